/**
 * A loopback relay: one address for clients, whichever node serves them. It counts what passes, to see that a client at rest
 * is at rest.
 */
import { connect, createServer, type Socket } from 'node:net'
import type { ReadyLine } from '../test/e2e/serve.ts'

/** A relay in front of the server; clients get its `server`. */
export interface Relay {
  readonly server: ReadyLine
  /** The number of chunks that clients have sent; about one per packet. */
  chunksFromClient(): number
  /** Leads connections to another server from now on, and cuts those that are open. */
  turnTo(server: ReadyLine): void
  close(): void
}

/** Opens a relay in front of this server's first data centre. */
export async function openRelay(server: ReadyLine): Promise<Relay> {
  const [, ...others] = server.dcs
  const dc = firstDc(server)
  let target = dc
  const sockets = new Set<Socket>()
  let chunks = 0
  const listener = createServer((near) => {
    const far = connect(target.port, target.host)
    near.on('data', () => {
      chunks += 1
    })
    near.pipe(far).pipe(near)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  await new Promise<void>((listening) => listener.listen(0, dc.host, listening))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const address = listener.address()
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port')
  return {
    server: { ...server, dcs: [{ ...dc, port: address.port }, ...others] },
    chunksFromClient: () => chunks,
    turnTo(next) {
      target = firstDc(next)
      cut()
    },
    close: () => {
      listener.close()
      cut()
    },
  }
}

function firstDc({ dcs: [dc] }: ReadyLine): ReadyLine['dcs'][number] {
  if (!dc) throw new Error('the server listens nowhere')
  return dc
}
