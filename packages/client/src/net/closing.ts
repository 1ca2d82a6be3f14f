import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** How long a connection may go on sending what it has after it was closed. */
const GRACE_MS = 1_500

/**
 * Lets a socket send what it has and close, and cuts it off after a grace: a peer that reads nothing and answers nothing
 * would otherwise keep the socket, and with it the process, for as long as it likes.
 */
export function closeGently(socket: Socket): void {
  if (socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), GRACE_MS)
  // The socket keeps the process alive by itself; nothing else has to.
  timer.unref()
  socket.once('close', () => clearTimeout(timer))
  // Incoming bytes are read and dropped: unread bytes would delay the end.
  socket.resume()
  socket.destroySoon()
}

/** Resolves when a socket is closed. */
export function closedOf(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

/** Chunks of one event-loop turn leave in one write: a call and its acknowledgement cost one system call. */
export function writeInOneTurn(socket: Duplex, chunk: Uint8Array): void {
  if (socket.destroyed || socket.writableEnded) return
  if (socket.writableCorked === 0) {
    socket.cork()
    process.nextTick(() => socket.uncork())
  }
  socket.write(chunk)
}
