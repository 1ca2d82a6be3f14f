import {
  decodeContainer,
  type EncryptedMessage,
  type InnerMessage,
  isContainer,
  msgIdTimeS,
} from '../envelope/index.ts'
import type { ReceivedIds } from './received-ids.ts'

/** Why nothing of a packet is processed, as bad_msg_notification has it. */
export type BadMsgCode = 16 | 17 | 18 | 19 | 20 | 64

const MAX_AGE_S = 300
const MAX_AHEAD_S = 30

/**
 * What a server holds against a client's packet once its salt is right, in this order: 18, 16 and 17, 64, 19.
 * Codes 32 to 35 are not enforced: clients differ widely in how they count.
 *
 * @param received ids of messages of this session, without those of containers
 * @see protocol.md section 7
 */
export function checkPacket(
  packet: EncryptedMessage,
  received: ReceivedIds | undefined,
  nowS: number,
): { readonly messages: readonly InnerMessage[] } | { readonly bad: BadMsgCode } {
  if ((packet.msgId & 3n) !== 0n) return { bad: 18 }
  const ageS = nowS - msgIdTimeS(packet.msgId)
  if (ageS > MAX_AGE_S) return { bad: 16 }
  if (-ageS > MAX_AHEAD_S) return { bad: 17 }
  if (!isContainer(packet.body)) return { messages: [packet] }
  const messages = decodeContainer(packet)
  if (!messages) return { bad: 64 }
  if (received?.check(packet.msgId) === 'known') return { bad: 19 }
  return messages.some(({ msgId }) => (msgId & 3n) !== 0n) ? { bad: 18 } : { messages }
}
