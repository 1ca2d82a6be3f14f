import type { Socket } from 'node:net'
import { type Addresses, addressesOf, type Channel, CLOSE_TIMEOUT_MS } from './channel.ts'

/** A connection whose bytes are MTProto's own: TCP, or what is inside TLS. */
export function socketChannel(socket: Socket, addresses: Addresses = addressesOf(socket)): Channel {
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
    write: (chunk) => void socket.write(chunk),
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
