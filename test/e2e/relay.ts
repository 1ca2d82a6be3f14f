/**
 * A relay between a client and a server: breaks connections, cuts the first bytes up, puts others before them, records
 * what a client sends.
 */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** What a relay does to connections. */
export interface RelayOptions {
  /** Of the server. */
  readonly port: number
  /** So many of the client's first bytes leave one by one. */
  readonly trickleBytes?: number
  /** Sent to the server before anything else. */
  readonly head?: Uint8Array
  /** Something other than a TCP connection to the server. */
  readonly dial?: (port: number) => Duplex
  /** Told what the client sends on each connection, in order. */
  readonly onSent?: (connection: number, chunk: Uint8Array) => void
}

/** A relay on a port of its own. */
export interface Relay {
  readonly port: number
  /** How many connections there have been. */
  readonly connections: number
  /** Breaks every connection there is. */
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
        // Into a packet of its own.
        await new Promise(setImmediate)
      }
      if (rest.length > 0) to.write(rest)
    }
    to.end()
  } catch {
    to.destroy()
  }
}
