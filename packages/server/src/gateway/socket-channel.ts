import type { Socket } from 'node:net'
import { type Addresses, addressesOf, type Channel, CLOSE_TIMEOUT_MS } from './channel.ts'

/** More than this is not held back: a slow reader is to be noticed by what it has not taken. */
const MAX_HELD_BYTES = 64 * 1024

/** A connection whose bytes are MTProto's own: TCP, or what is inside TLS. */
export function socketChannel(socket: Socket, addresses: Addresses = addressesOf(socket)): Channel {
  let isCorked = false

  function flush(): void {
    if (!isCorked) return
    isCorked = false
    socket.uncork()
  }

  return {
    ...addresses,
    framing: 'detect',
    get bufferedBytes() {
      return socket.writableLength
    },
    open({ onBytes, onDrained, onClosed }, idleTimeoutMs) {
      socket.setTimeout(idleTimeoutMs, () => socket.destroy())
      socket.on('data', onBytes)
      socket.on('drain', onDrained)
      // 'close' follows and says all there is to do.
      socket.on('error', () => undefined)
      socket.on('close', onClosed)
      socket.resume()
    },
    write(chunk) {
      // Calls that came together are answered one by one in one turn: together their answers are one system call.
      if (!isCorked) {
        isCorked = true
        socket.cork()
        process.nextTick(flush)
      }
      socket.write(chunk)
      if (socket.writableLength > MAX_HELD_BYTES) flush()
    },
    // The machine writes these itself.
    refuse: () => undefined,
    pause: () => void socket.pause(),
    resume() {
      if (socket.isPaused()) socket.resume()
    },
    end() {
      socket.setTimeout(CLOSE_TIMEOUT_MS)
      socket.end()
      socket.resume()
    },
    destroy: () => void socket.destroy(),
  }
}
