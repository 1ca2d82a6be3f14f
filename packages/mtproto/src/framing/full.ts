import { allocateBytes, crc32 } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import { type FrameCodec, readInt, toFrame, writeInt } from './frame.ts'

/** ```text
 * length of it all, 4 bytes LE | seq, 4 bytes LE | payload | CRC-32 of all before, 4 bytes LE
 * ```
 * Each direction counts its own seq from 0.
 */
export function makeFullCodec(): FrameCodec {
  let received = 0
  let sent = 0
  return {
    measure(bytes) {
      if (bytes.length < 4) return undefined
      const length = readInt(bytes, 0) >>> 0
      if (length < 16 || length % 4 !== 0) {
        throw new ProtocolError('FRAME_LENGTH_INVALID', `a full frame has ${length} bytes`)
      }
      return length
    },
    decode(bytes) {
      const end = bytes.length - 4
      if (readInt(bytes, end) !== (crc32(bytes.subarray(0, end)) | 0)) {
        throw new ProtocolError('FRAME_CRC_MISMATCH', 'the CRC-32 of a full frame is wrong')
      }
      if (readInt(bytes, 4) !== received) {
        throw new ProtocolError('FRAME_SEQ_MISMATCH', 'a full frame is out of sequence')
      }
      received = (received + 1) | 0
      return toFrame(bytes.subarray(8, end), false)
    },
    encode(payload) {
      const end = 8 + payload.length
      const frame = allocateBytes(end + 4)
      writeInt(frame, 0, frame.length)
      writeInt(frame, 4, sent)
      sent = (sent + 1) | 0
      frame.set(payload, 8)
      writeInt(frame, end, crc32(frame.subarray(0, end)))
      return frame
    },
    encodeQuickAck: () => new Uint8Array(0),
  }
}
