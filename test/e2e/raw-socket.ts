/**
 * Sends bytes to a port and collects the answer: for peers that do not speak MTProto, or speak it badly.
 */
import { connect } from 'node:net'

/** The outcome of a connection. */
export interface Exchange {
  received: Buffer
  /** The server closed it before our deadline did. */
  closedByServer: boolean
}

/** Sends the bytes and waits until the server closes, has sent `enoughBytes`, or for `withinMs`. */
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
