import { allocateBytes } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { type Frame, type FrameCodec, type HighBit, readInt, toFrame, writeInt } from './frame.ts'

/** Differences between the two sides. */
export interface PaddedSetup {
  readonly highBit: HighBit
  readonly random: Random
  /** The longest padding of a frame that is sent: 2^n - 1, up to 15. */
  readonly maxPadding: number
}

/** auth_key_id | msg_key, or auth_key_id | msg_id | length: no packet is shorter than the second. */
const PLAIN_HEAD_BYTES = 20
const ENCRYPTED_HEAD_BYTES = 24
const QUICK_ACK = -1
/** A client may take a frame of twelve bytes or more for a packet (TDLib does): a quick acknowledgement has fewer. */
const MAX_QUICK_ACK_PADDING = 3

/** ```text
 * length of payload and padding, 4 bytes LE | payload | padding, 0 to 15 bytes
 * ```
 * The payload shows where its padding begins. The length's high bit asks for a quick acknowledgement;
 * one comes as a frame of its own, `ffffffff | token | padding`. Transport errors have no padding, because some
 * clients know them by their four bytes.
 */
export function makePaddedCodec({ highBit, random, maxPadding }: PaddedSetup): FrameCodec {
  const isToClient = highBit === 'quickAck'

  function encodePadded(head: number, payload: Uint8Array, longest: number): Uint8Array {
    // The last byte says how much padding, and is used for nothing else.
    const fresh = random(longest + 1)
    const padding = fresh.subarray(0, (fresh[longest] ?? 0) & longest)
    const length = payload.length + padding.length
    const frame = allocateBytes(4 + length)
    writeInt(frame, 0, head | length)
    frame.set(payload, 4)
    frame.set(padding, 4 + payload.length)
    return frame
  }

  return {
    measure(bytes) {
      if (bytes.length < 4) return undefined
      const length = readInt(bytes, 0) & 0x7fffffff
      if (length < 4) throw new ProtocolError('FRAME_LENGTH_INVALID', `a padded frame has ${length} bytes`)
      return 4 + length
    },
    decode(bytes) {
      const padded = bytes.subarray(4)
      const note = isToClient ? readNote(padded) : undefined
      return note ?? toFrame(cutPadding(padded), readInt(bytes, 0) < 0)
    },
    encode(payload, wantsQuickAck) {
      const isTransportError = payload.length === 4
      return encodePadded(wantsQuickAck ? 0x80000000 : 0, payload, isTransportError ? 0 : maxPadding)
    },
    encodeQuickAck(token) {
      const payload = new Uint8Array(8)
      writeInt(payload, 0, QUICK_ACK)
      writeInt(payload, 4, token)
      return encodePadded(0, payload, MAX_QUICK_ACK_PADDING)
    },
  }
}

/** A payload too short to be a packet is a quick acknowledgement or a transport error, possibly padded. */
function readNote(padded: Uint8Array): Frame | undefined {
  if (padded.length >= PLAIN_HEAD_BYTES) return undefined
  const code = readInt(padded, 0)
  if (code === QUICK_ACK && padded.length >= 8) return { kind: 'quickAck', token: readInt(padded, 4) >>> 0 }
  return code < 0 ? { kind: 'transportError', code } : undefined
}

/** The packet without its padding. A payload that is not a packet stays whole, and the envelope refuses it. */
function cutPadding(padded: Uint8Array): Uint8Array {
  const isPlain = readInt(padded, 0) === 0 && readInt(padded, 4) === 0
  if (!isPlain) {
    const cipherBytes = padded.length - ENCRYPTED_HEAD_BYTES
    return cipherBytes < 0 ? padded : padded.subarray(0, padded.length - (cipherBytes % 16))
  }
  const bodyBytes = readInt(padded, PLAIN_HEAD_BYTES - 4)
  return bodyBytes < 0 ? padded : padded.subarray(0, PLAIN_HEAD_BYTES + bodyBytes)
}
