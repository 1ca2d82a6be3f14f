import {
  decodeContainer,
  type InnerMessage,
  isContainer,
  MAX_AGE_S,
  MAX_AHEAD_S,
  msgIdTimeS,
} from '../envelope/index.ts'
import type { EncryptedMessage } from '../machine.ts'
import type { Receipt, ReceivedIds } from './received-ids.ts'

/** Why nothing of a packet is processed, as bad_msg_notification has it. */
export type BadMsgCode = 16 | 17 | 18 | 19 | 20 | 64

/**
 * Checks a client's packet once its salt is right, in this order: 18, 16 and 17, 64, 19, 20. Codes 32 to 35 are not
 * enforced: clients differ widely in how they count.
 *
 * @param received ids of messages of this session, without those of containers
 * @param receipt what is known of the packet's own id
 * @see protocol.md section 7
 */
export function checkPacket(
  packet: EncryptedMessage,
  received: ReceivedIds | undefined,
  receipt: Receipt,
  nowS: number,
): { readonly messages: readonly InnerMessage[] } | { readonly bad: BadMsgCode } {
  if ((packet.msgId & 3n) !== 0n) return { bad: 18 }
  const ageS = nowS - msgIdTimeS(packet.msgId, nowS)
  if (ageS > MAX_AGE_S) return { bad: 16 }
  if (-ageS > MAX_AHEAD_S) return { bad: 17 }
  if (!isContainer(packet.body)) return receipt === 'tooOld' ? { bad: 20 } : { messages: [packet] }
  const messages = decodeContainer(packet)
  if (!messages) return { bad: 64 }
  if (received?.check(packet.msgId) === 'known') return { bad: 19 }
  if (receipt === 'tooOld') return { bad: 20 }
  return messages.some(({ msgId }) => (msgId & 3n) !== 0n) ? { bad: 18 } : { messages }
}
