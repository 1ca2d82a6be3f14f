import type { Socket } from 'node:net'
import {
  type Addresses,
  addressesOf,
  type Channel,
  type ChannelEvents,
  CLOSE_TIMEOUT_MS,
  freeingOf,
} from './channel.ts'

/** More bytes than this are not held back, so that a slow reader shows by what it has not taken. */
const MAX_HELD_BYTES = 64 * 1024

/**
 * A connection whose bytes are MTProto's own: TCP, or the inside of TLS. It is a class because there are many thousands of
 * them, and an object of closures takes a kilobyte more.
 */
export class SocketChannel implements Channel {
  readonly framing = 'detect'
  readonly ip: string
  readonly localIp: string
  readonly #socket: Socket
  #isCorked = false

  constructor(socket: Socket, { ip, localIp }: Addresses = addressesOf(socket)) {
    this.#socket = socket
    this.ip = ip
    this.localIp = localIp
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength
  }

  open({ onBytes, onDrained, onClosed }: ChannelEvents, idleTimeoutMs: number): void {
    const socket = this.#socket
    socket.setTimeout(idleTimeoutMs, destroyThis)
    socket.on('data', onBytes)
    socket.on('drain', onDrained)
    // 'close' follows, and the channel acts on that.
    socket.on('error', ignore)
    socket.on('close', onClosed)
    socket.resume()
  }

  write(chunk: Uint8Array): void {
    // Calls that came together are answered in one turn, one by one. Corked, their answers are one system call. A part of a file
    // is too large for that.
    if (!this.#isCorked && chunk.length <= MAX_HELD_BYTES) {
      this.#isCorked = true
      this.#socket.cork()
      process.nextTick(SocketChannel.#flush, this)
    }
    this.#socket.write(chunk, freeingOf(chunk))
    if (this.#socket.writableLength > MAX_HELD_BYTES) SocketChannel.#flush(this)
  }

  refuse(): void {
    // The machine writes these itself.
  }

  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    if (this.#socket.isPaused()) this.#socket.resume()
  }

  end(): void {
    this.#socket.setTimeout(CLOSE_TIMEOUT_MS)
    this.#socket.end()
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  static #flush(channel: SocketChannel): void {
    if (!channel.#isCorked) return
    channel.#isCorked = false
    channel.#socket.uncork()
  }
}

function destroyThis(this: Socket): void {
  this.destroy()
}

function ignore(): void {
  // Nothing to do.
}
