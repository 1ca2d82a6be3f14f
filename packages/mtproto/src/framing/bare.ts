import { ProtocolError } from '../errors.ts'
import { type Framing, toFrame } from './frame.ts'

/**
 * HTTP's way to delimit, which is to leave it to HTTP: each push is a whole payload, the body of a request or an
 * answer, and each frame is one.
 */
export function makeBareFraming(maxFrameBytes: number): Framing {
  let isBroken = false
  return {
    kind: 'bare',
    heldBytes: 0,
    drop: () => undefined,
    release: () => undefined,
    push(chunk) {
      if (isBroken) return []
      if (chunk.length <= maxFrameBytes) return [toFrame(chunk, false)]
      isBroken = true
      const error = new ProtocolError(
        'FRAME_TOO_LARGE',
        `a body has ${chunk.length} bytes, more than ${maxFrameBytes}`,
      )
      return [{ kind: 'failed', error }]
    },
    encodeFrame: (payload) => payload,
    encodeQuickAck: () => new Uint8Array(0),
  }
}
