import {
  allocateBytes,
  openPacket,
  PACKET_HEAD_BYTES,
  type SealedPacket,
  sealPacket,
} from '../crypto/index.ts'
import type { AuthKey, Decrypted, EncryptedMessage, Random, Rejection } from '../machine.ts'
import { bodyBytes, writeBody } from './container.ts'
import { SIDES, type Side } from './sides.ts'

/** A message to encrypt. Its body is TL: with the rest of it a multiple of four bytes. */
export interface OutgoingMessage extends Omit<EncryptedMessage, 'quickAckToken'> {
  /** The end of the body, in pieces. */
  readonly rest?: readonly Uint8Array[] | undefined
}

const MESSAGE_HEAD_BYTES = 32
const MIN_PADDING_BYTES = 12
const MAX_PADDING_BYTES = 1024
/** Up to seven blocks more than needed, so that a packet's length says less of its body's. */
const EXTRA_BLOCKS_MASK = 7

/** A packet of `message`, with random padding. */
export function encryptMessage(
  key: AuthKey,
  side: Side,
  message: OutgoingMessage,
  random: Random,
): Uint8Array {
  return encryptWithToken(key, side, message, random).packet
}

/** A packet as {@link encryptMessage} makes it, and what a quick acknowledgement of it will say. */
export function encryptWithToken(
  key: AuthKey,
  side: Side,
  message: OutgoingMessage,
  random: Random,
): SealedPacket {
  return sealMessage(key, side, message, drawPadding(message, random))
}

/** Random padding for a message: as much as it needs, and up to seven blocks more. */
export function drawPadding(message: Pick<OutgoingMessage, 'body' | 'rest'>, random: Random): Uint8Array {
  const unpadded = MESSAGE_HEAD_BYTES + bodyBytes(message)
  const needed = MIN_PADDING_BYTES + (-(unpadded + MIN_PADDING_BYTES) & 15)
  // The last byte says how many extra blocks, and is used for nothing else.
  const fresh = random(needed + EXTRA_BLOCKS_MASK * 16 + 1)
  const extraBlocks = (fresh[fresh.length - 1] ?? 0) & EXTRA_BLOCKS_MASK
  return fresh.subarray(0, needed + extraBlocks * 16)
}

/**
 * A packet of `message` with this very padding.
 *
 * @param padding 12 to 1024 bytes that make the plaintext a multiple of 16
 */
export function sealMessage(
  key: AuthKey,
  side: Side,
  message: OutgoingMessage,
  padding: Uint8Array,
): SealedPacket {
  const packet = layOutMessage(message, padding)
  return { packet, quickAckToken: sealPacket(key, SIDES[side].sendOffset, packet) }
}

/** A packet before it is sealed: room for its head, and the plaintext with this padding. */
export function layOutMessage(message: OutgoingMessage, padding: Uint8Array): Uint8Array {
  const length = bodyBytes(message)
  const packet = allocateBytes(PACKET_HEAD_BYTES + MESSAGE_HEAD_BYTES + length + padding.length)
  const plaintext = packet.subarray(PACKET_HEAD_BYTES)
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, MESSAGE_HEAD_BYTES)
  view.setBigInt64(0, message.salt, true)
  view.setBigInt64(8, message.sessionId, true)
  view.setBigInt64(16, message.msgId, true)
  view.setInt32(24, message.seqNo, true)
  view.setInt32(28, length, true)
  plaintext.set(padding, writeBody(plaintext, MESSAGE_HEAD_BYTES, message))
  return packet
}

/**
 * The message in a packet under `key`. Nothing of it is looked at before msg_key has been found right.
 *
 * @see protocol.md section 4: the session id, msg_id and salt are the session's to check
 */
export function decryptMessage(
  key: AuthKey,
  side: Side,
  packet: Uint8Array,
  where: 'apart' | 'inPlace' = 'apart',
): Decrypted {
  const length = packet.length - PACKET_HEAD_BYTES
  if (length < MESSAGE_HEAD_BYTES || length % 16 !== 0) return reject('LENGTH_INVALID')
  const to = where === 'inPlace' ? packet.subarray(PACKET_HEAD_BYTES) : allocateBytes(length)
  const opened = openPacket(key, SIDES[side].receiveOffset, packet, to)
  if (!opened) return reject('MSG_KEY_MISMATCH')
  const { plaintext, quickAckToken } = opened
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, MESSAGE_HEAD_BYTES)
  const bodyBytes = view.getInt32(28, true)
  const paddingBytes = length - MESSAGE_HEAD_BYTES - bodyBytes
  if (bodyBytes < 0 || bodyBytes % 4 !== 0 || paddingBytes < 0) return reject('BODY_LENGTH_INVALID')
  if (paddingBytes < MIN_PADDING_BYTES || paddingBytes > MAX_PADDING_BYTES) return reject('PADDING_INVALID')
  const message: EncryptedMessage = {
    salt: view.getBigInt64(0, true),
    sessionId: view.getBigInt64(8, true),
    msgId: view.getBigInt64(16, true),
    seqNo: view.getInt32(24, true),
    body: plaintext.subarray(MESSAGE_HEAD_BYTES, MESSAGE_HEAD_BYTES + bodyBytes),
    quickAckToken,
  }
  return { ok: true, message }
}

function reject(rejection: Rejection): Decrypted {
  return { ok: false, rejection }
}
