import { connect, type Socket } from 'node:net'
import type { Dial, Transport, TransportEvents } from './transport.ts'

/** Opens a TCP connection: the transport of Node. */
export const dialTcp: Dial = (address, events, signal) =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address.host, port: address.port, noDelay: true })
    const onAbort = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      signal.removeEventListener('abort', onAbort)
      socket.off('error', reject)
      resolve(transportOf(socket, events))
    })
    if (signal.aborted) onAbort()
  })

function transportOf(socket: Socket, events: TransportEvents): Transport {
  let cause: Error | undefined
  let ours = false
  socket.on('error', (error) => {
    cause = error
  })
  socket.on('data', (chunk) => {
    if (!ours) events.onBytes(chunk)
  })
  socket.on('close', () => {
    if (!ours) events.onClosed(cause)
  })
  return {
    send: (chunk) => {
      if (!socket.destroyed) sendInOneWrite(socket, chunk)
    },
    close() {
      ours = true
      // Flushes what was sent first, and does not wait for the peer to close its half.
      socket.destroySoon()
    },
  }
}

/** Chunks of one event-loop turn leave in one write: a call and its acknowledgement cost one system call. */
function sendInOneWrite(socket: Socket, chunk: Uint8Array): void {
  if (socket.writableCorked === 0) {
    socket.cork()
    process.nextTick(() => socket.uncork())
  }
  socket.write(chunk)
}
