import { ProtocolError } from '../errors.ts'
import type { Frame, FrameCodec, FrameDecoder } from './frame.ts'

/** No transport needs more bytes than this to tell how long a frame is. */
const MAX_HEAD_BYTES = 4
const FIRST_CAPACITY = 1024

const NONE = new Uint8Array(0)

/**
 * Cuts a stream into a codec's frames. Frames that lie whole in a chunk are views of it; only one that spans chunks
 * is copied, into a buffer that grows with what has arrived and not with what was announced.
 */
export class FrameCutter implements FrameDecoder {
  readonly #codec: FrameCodec
  readonly #maxFrameBytes: number
  #pending = NONE
  #held = 0
  #isBroken = false

  constructor(codec: FrameCodec, maxFrameBytes: number) {
    this.#codec = codec
    this.#maxFrameBytes = maxFrameBytes
  }

  /** What the frame that is not whole yet takes. */
  get heldBytes(): number {
    return this.#pending.length
  }

  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = []
    if (this.#isBroken) return frames
    try {
      this.#cut(chunk, frames)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#isBroken = true
      this.#pending = NONE
      frames.push({ kind: 'failed', error })
    }
    return frames
  }

  #cut(chunk: Uint8Array, frames: Frame[]): void {
    let rest = this.#held > 0 ? chunk.subarray(this.#complete(chunk, frames)) : chunk
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
      const begun = this.#pending.subarray(0, this.#held)
      const length = this.#measure(begun)
      if (length === this.#held) {
        frames.push(this.#codec.decode(begun))
        // The frame is a view of this buffer: the next one needs its own.
        this.#pending = NONE
        this.#held = 0
        return taken
      }
      if (taken === chunk.length) return taken
      taken += this.#hold(chunk.subarray(taken), length ?? Math.min(this.#held + 1, MAX_HEAD_BYTES))
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

  /** Adds from `chunk` until the pending bytes are `length`; says how many it took. */
  #hold(chunk: Uint8Array, length: number): number {
    const held = this.#held
    const taken = Math.min(chunk.length, length - held)
    if (held + taken > this.#pending.length) {
      const grown = new Uint8Array(Math.max(FIRST_CAPACITY, (held + taken) * 2))
      grown.set(this.#pending.subarray(0, held))
      this.#pending = grown
    }
    this.#pending.set(chunk.subarray(0, taken), held)
    this.#held += taken
    return taken
  }
}
