/** Bytes to a port, and what comes back: for peers that do not speak MTProto, or not well. */
import { connect } from 'node:net'

/** What a connection came to. */
export interface Exchange {
  received: Buffer
  /** The server closed it, and did not leave that to our deadline. */
  closedByServer: boolean
}

/** Sends the bytes and waits until the server closes, has said `enoughBytes`, or for `withinMs`. */
export function exchange(
  port: number,
  bytes: Uint8Array,
  withinMs: number,
  enoughBytes: number = Number.POSITIVE_INFINITY,
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const received: Buffer[] = []
    let dialled = false
    const done = (closedByServer: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ received: Buffer.concat(received), closedByServer })
    }
    const timer = setTimeout(() => done(false), withinMs)
    socket.on('connect', () => {
      dialled = true
      socket.write(bytes)
    })
    socket.on('data', (chunk) => {
      received.push(chunk)
      if (Buffer.concat(received).length >= enoughBytes) done(false)
    })
    socket.on('close', () => done(true))
    socket.on('error', (error) => {
      if (!dialled) reject(error)
    })
  })
}
