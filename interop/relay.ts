/** A loopback relay that counts what passes, to see that a client at rest is at rest. */
import { connect, createServer, type Socket } from 'node:net'
import type { ReadyLine } from '../test/e2e/serve.ts'

/** A relay in front of the server; clients get its `server`. */
export interface Relay {
  readonly server: ReadyLine
  /** The number of chunks that clients have sent; about one per packet. */
  chunksFromClient(): number
  close(): void
}

/** Opens a relay in front of this server's first data centre. */
export async function openRelay(server: ReadyLine): Promise<Relay> {
  const [dc, ...others] = server.dcs
  if (!dc) throw new Error('the server listens nowhere')
  const sockets = new Set<Socket>()
  let chunks = 0
  const listener = createServer((near) => {
    const far = connect(dc.port, dc.host)
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
  const address = listener.address()
  if (typeof address !== 'object' || address === null) throw new Error('the relay has no port')
  return {
    server: { ...server, dcs: [{ ...dc, port: address.port }, ...others] },
    chunksFromClient: () => chunks,
    close: () => {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
