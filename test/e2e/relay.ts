/**
 * A relay between a client and a server: breaks connections, splits the first bytes, prepends bytes, and
 * records what a client sends.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Changes that a relay makes to connections. */
export interface RelayOptions {
  /** The port of the server. */
  readonly port: number
  /** The number of first bytes that leave one by one. */
  readonly trickleBytes?: number
  /** Bytes sent to the server first. */
  readonly head?: Uint8Array
  /** The connection to the server, if not TCP. */
  readonly dial?: (port: number) => Duplex
  /** Receives what the client sends on each connection, in order. */
  readonly onSent?: (connection: number, chunk: Uint8Array) => void
}

/** A relay on its own port. */
export interface Relay {
  readonly port: number
  /** The number of connections so far. */
  readonly connections: number
  /** Breaks every open connection. */
  cut(): void
  close(): Promise<void>
}

/** Opens a relay. */
export async function openRelay(options: RelayOptions): Promise<Relay> {
  const { port, head, dial = (to) => connect({ port: to, host: '127.0.0.1', noDelay: true }) } = options
  const sockets = new Set<Duplex>()
  let connections = 0
  const server = createServer({ noDelay: true }, (client) => {
    connections += 1
    const upstream = dial(port)
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    if (head) upstream.write(head)
    upstream.on('data', (chunk) => client.write(chunk))
    const connection = connections
    client.on('data', (chunk) => options.onSent?.(connection, chunk))
    void pump(client, upstream, options.trickleBytes ?? 0)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections
    },
    cut,
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

async function pump(from: Socket, to: Duplex, trickleBytes: number): Promise<void> {
  let left = trickleBytes
  try {
    for await (const chunk of from) {
      let rest: Buffer = chunk
      for (; left > 0 && rest.length > 0; left--) {
        to.write(rest.subarray(0, 1))
        rest = rest.subarray(1)
        // The byte leaves in its own packet.
        await new Promise(setImmediate)
      }
      if (rest.length > 0) to.write(rest)
    }
    to.end()
  } catch {
    to.destroy()
  }
}
