import { ProtocolError } from '../errors.ts'
import type { Frame, FrameCodec, FrameDecoder } from './frame.ts'

/** No transport needs more bytes than this to tell how long a frame is. */
const MAX_HEAD_BYTES = 4
const FIRST_CAPACITY = 1024

/**
 * Cuts a stream into `codec`'s frames. Frames that lie whole in a chunk are views of it; only one that spans chunks
 * is copied, into a buffer that grows with what has arrived and not with what was announced.
 */
export function makeFrameCutter(codec: FrameCodec, maxFrameBytes: number): FrameDecoder {
  let pending = new Uint8Array(0)
  let held = 0
  let broken = false

  function measure(bytes: Uint8Array): number | undefined {
    const length = codec.measure(bytes)
    if (length !== undefined && length > maxFrameBytes) {
      throw new ProtocolError('FRAME_TOO_LARGE', `a frame has ${length} bytes, more than ${maxFrameBytes}`)
    }
    return length
  }

  /** Adds from `chunk` until the pending bytes are `length`; says how many it took. */
  function hold(chunk: Uint8Array, length: number): number {
    const taken = Math.min(chunk.length, length - held)
    if (held + taken > pending.length) {
      const grown = new Uint8Array(Math.max(FIRST_CAPACITY, (held + taken) * 2))
      grown.set(pending.subarray(0, held))
      pending = grown
    }
    pending.set(chunk.subarray(0, taken), held)
    held += taken
    return taken
  }

  /** Completes the frame that earlier chunks began, if it can; says how many bytes of `chunk` that took. */
  function complete(chunk: Uint8Array, frames: Frame[]): number {
    let taken = 0
    for (;;) {
      const length = measure(pending.subarray(0, held))
      if (length === held) {
        frames.push(codec.decode(pending.subarray(0, held)))
        // The frame is a view of this buffer: the next one needs its own.
        pending = new Uint8Array(0)
        held = 0
        return taken
      }
      if (taken === chunk.length) return taken
      taken += hold(chunk.subarray(taken), length ?? Math.min(held + 1, MAX_HEAD_BYTES))
    }
  }

  function cut(chunk: Uint8Array, frames: Frame[]): void {
    let rest = held > 0 ? chunk.subarray(complete(chunk, frames)) : chunk
    while (rest.length > 0) {
      const length = measure(rest)
      if (length === undefined || length > rest.length) {
        hold(rest, rest.length)
        return
      }
      frames.push(codec.decode(rest.subarray(0, length)))
      rest = rest.subarray(length)
    }
  }

  return {
    push(chunk) {
      const frames: Frame[] = []
      if (broken) return frames
      try {
        cut(chunk, frames)
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error
        broken = true
        pending = new Uint8Array(0)
        frames.push({ kind: 'failed', error })
      }
      return frames
    },
  }
}
