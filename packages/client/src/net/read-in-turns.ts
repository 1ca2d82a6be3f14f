import type { Duplex } from 'node:stream'

/** A turn of the event loop otherwise reads megabytes from one socket, and decrypts all of them before anything else happens. */
const TURN_BYTES = 256 * 1024

/** Reads a socket, and after each quarter of a MiB lets other connections and the program have a turn. */
export function readInTurns(socket: Duplex, onChunk: (chunk: Uint8Array) => void): void {
  let leftBytes = TURN_BYTES
  socket.on('data', (chunk: Uint8Array) => {
    leftBytes -= chunk.length
    if (leftBytes <= 0) {
      leftBytes = TURN_BYTES
      socket.pause()
      setImmediate(() => socket.resume())
    }
    onChunk(chunk)
  })
}
