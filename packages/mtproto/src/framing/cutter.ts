import { freeBytes, GrowingBytes } from '@cablegram/tl'
import { ProtocolError } from '../errors.ts'
import type { Frame, FrameCodec, FrameDecoder } from './frame.ts'

/** No transport needs more bytes than this to tell how long a frame is. */
const MAX_HEAD_BYTES = 4

/**
 * Cuts a stream into a codec's frames. Frames that lie whole in a chunk are views of it; only one that spans chunks
 * is copied, into memory that grows with the bytes that have arrived and not with the length that was announced.
 */
export class FrameCutter implements FrameDecoder {
  readonly #codec: FrameCodec
  readonly #maxFrameBytes: number
  readonly #pending: GrowingBytes
  /** The copy of a frame that spanned chunks. The caller may look at it until it is released, or the next push. */
  #lent: Uint8Array | undefined
  #isBroken = false

  constructor(codec: FrameCodec, maxFrameBytes: number) {
    this.#codec = codec
    this.#maxFrameBytes = maxFrameBytes
    this.#pending = new GrowingBytes(maxFrameBytes)
  }

  /** Memory for the frame that is not whole yet. */
  get heldBytes(): number {
    return this.#pending.capacity
  }

  /** Frees the memory of an unfinished frame at once. Nothing may be pushed afterwards. */
  drop(): void {
    this.#isBroken = true
    this.#pending.drop()
  }

  /** Frees the copy that the caller was lent. */
  release(): void {
    if (this.#lent) freeBytes(this.#lent)
    this.#lent = undefined
  }

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    this.release()
    if (this.#isBroken) return frames
    try {
      this.#cut(chunk, frames)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.drop()
      frames.push({ kind: 'failed', error })
    }
    return frames
  }

  #cut(chunk: Uint8Array, frames: Frame[]): void {
    let rest = this.#pending.length > 0 ? chunk.subarray(this.#complete(chunk, frames)) : chunk
    while (rest.length > 0) {
      const length = this.#measure(rest)
      if (length === undefined || length > rest.length) {
        this.#hold(rest, rest.length)
        return
      }
      frames.push(this.#codec.decode(rest.subarray(0, length)))
      rest = rest.subarray(length)
    }
  }

  /** Completes the frame that earlier chunks began, if it can; says how many bytes of `chunk` that took. */
  #complete(chunk: Uint8Array, frames: Frame[]): number {
    let taken = 0
    for (;;) {
      const length = this.#measure(this.#pending.head(MAX_HEAD_BYTES))
      if (length === this.#pending.length) {
        this.#lent = this.#pending.take()
        frames.push(this.#codec.decode(this.#lent))
        return taken
      }
      if (taken === chunk.length) return taken
      taken += this.#hold(chunk.subarray(taken), length ?? Math.min(this.#pending.length + 1, MAX_HEAD_BYTES))
    }
  }

  #measure(bytes: Uint8Array): number | undefined {
    const length = this.#codec.measure(bytes)
    if (length !== undefined && length > this.#maxFrameBytes) {
      throw new ProtocolError(
        'FRAME_TOO_LARGE',
        `a frame has ${length} bytes, more than ${this.#maxFrameBytes}`,
      )
    }
    return length
  }

  /** Adds from `chunk` until the pending bytes are `length`. Returns how many it took. */
  #hold(chunk: Uint8Array, length: number): number {
    const taken = chunk.subarray(0, length - this.#pending.length)
    this.#pending.add(taken)
    return taken.length
  }
}
