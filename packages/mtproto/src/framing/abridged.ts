import { allocateBytes } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import { type FrameCodec, type HighBit, readInt, toFrame, writeInt } from './frame.ts'

/** ```text
 * n | payload                 n = length/4 < 127
 * 7f | n, 3 bytes | payload
 * ```
 * The first byte's high bit asks for a quick acknowledgement, or is the first bit of one.
 */
export function makeAbridgedCodec(highBit: HighBit): FrameCodec {
  return {
    measure(bytes) {
      const first = bytes[0]
      if (first === undefined) return undefined
      if (first & 0x80 && highBit === 'quickAck') return 4
      const isLong = (first & 0x7f) === 0x7f
      if (isLong && bytes.length < 4) return undefined
      const words = isLong ? readInt(bytes, 0) >>> 8 : first & 0x7f
      if (words === 0) throw new ProtocolError('FRAME_LENGTH_INVALID', 'an abridged frame is empty')
      return (isLong ? 4 : 1) + words * 4
    },
    decode(bytes) {
      const first = bytes[0] ?? 0
      if (first & 0x80 && highBit === 'quickAck')
        return { kind: 'quickAck', token: reverseToken(readInt(bytes, 0)) }
      return toFrame(bytes.subarray((first & 0x7f) === 0x7f ? 4 : 1), (first & 0x80) !== 0)
    },
    encode(payload, wantsQuickAck) {
      const words = payload.length / 4
      const bit = wantsQuickAck ? 0x80 : 0
      const isLong = words >= 0x7f
      const frame = allocateBytes((isLong ? 4 : 1) + payload.length)
      if (isLong) writeInt(frame, 0, bit | 0x7f | (words << 8))
      else frame[0] = bit | words
      frame.set(payload, isLong ? 4 : 1)
      return frame
    },
    encodeQuickAck(token) {
      const frame = new Uint8Array(4)
      writeInt(frame, 0, reverseToken(token))
      return frame
    },
  }
}

/** A token travels most significant byte first here, so that its high bit is in the byte that is read first. */
function reverseToken(token: number): number {
  return (((token & 0xff) << 24) | ((token & 0xff00) << 8) | ((token >>> 8) & 0xff00) | (token >>> 24)) >>> 0
}
