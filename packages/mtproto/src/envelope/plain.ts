import { ProtocolError } from '../errors.ts'
import type { MsgId } from '../machine.ts'

/** A message of a key exchange, not encrypted. */
export interface PlainMessage {
  readonly msgId: MsgId
  /** A view of the packet. */
  readonly body: Uint8Array
}

const HEAD_BYTES = 20

/** auth_key_id 0 | msg_id | length | body. */
export function encodePlain(msgId: MsgId, body: Uint8Array): Uint8Array {
  const packet = new Uint8Array(HEAD_BYTES + body.length)
  const view = new DataView(packet.buffer)
  view.setBigInt64(8, msgId, true)
  view.setInt32(16, body.length, true)
  packet.set(body, HEAD_BYTES)
  return packet
}

/**
 * The message in a packet that {@link readAuthKeyId} gave 0 for.
 *
 * @param maxBytes a longer body is refused unread: anybody may send one
 * @throws ProtocolError PLAIN_MESSAGE_INVALID
 */
export function decodePlain(packet: Uint8Array, maxBytes: number): PlainMessage {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
  const length = packet.length < HEAD_BYTES ? -1 : view.getInt32(16, true)
  if (length < 4 || length > maxBytes || length % 4 !== 0 || length > packet.length - HEAD_BYTES) {
    throw new ProtocolError('PLAIN_MESSAGE_INVALID', 'the length of an unencrypted message is wrong')
  }
  return { msgId: view.getBigInt64(8, true), body: packet.subarray(HEAD_BYTES, HEAD_BYTES + length) }
}

/**
 * Whose packet it is: the id of the key it is encrypted with, 0 for an unencrypted one.
 *
 * @returns undefined where the packet is too short for either
 */
export function readAuthKeyId(packet: Uint8Array): bigint | undefined {
  if (packet.length < HEAD_BYTES) return undefined
  return new DataView(packet.buffer, packet.byteOffset, 8).getBigInt64(0, true)
}
