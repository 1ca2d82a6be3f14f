import { allocateBytes } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import { type FrameCodec, type HighBit, readInt, toFrame, writeInt } from './frame.ts'

/** ```text
 * length, 4 bytes LE | payload
 * ```
 * The length's high bit asks for a quick acknowledgement, or belongs to one.
 */
export function makeIntermediateCodec(highBit: HighBit): FrameCodec {
  return {
    measure(bytes) {
      if (bytes.length < 4) return undefined
      const head = readInt(bytes, 0)
      if (head < 0 && highBit === 'quickAck') return 4
      const length = head & 0x7fffffff
      if (length === 0 || length % 4 !== 0) {
        throw new ProtocolError('FRAME_LENGTH_INVALID', `an intermediate frame has ${length} bytes`)
      }
      return 4 + length
    },
    decode(bytes) {
      const head = readInt(bytes, 0)
      if (head < 0 && highBit === 'quickAck') return { kind: 'quickAck', token: head >>> 0 }
      return toFrame(bytes.subarray(4), head < 0)
    },
    encode(payload, wantsQuickAck) {
      const frame = allocateBytes(4 + payload.length)
      writeInt(frame, 0, payload.length | (wantsQuickAck ? 0x80000000 : 0))
      frame.set(payload, 4)
      return frame
    },
    encodeQuickAck(token) {
      const frame = new Uint8Array(4)
      writeInt(frame, 0, token)
      return frame
    },
  }
}
