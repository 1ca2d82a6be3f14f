import { alone, type Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { lockBoxes } from '../messages/decide-append-message.ts'
import { findStored } from '../messages/decide-history.ts'
import { leaveBehind } from '../messages/decide-left-behind.ts'
import { holdersOf } from '../messages/decide-remove-messages.ts'
import type { PeerId, StoredMessage } from '../messages/words.ts'
import { type Refused, refused } from '../refusal.ts'

/** A message under its id in somebody's box. */
export interface MessageRef {
  readonly userId: bigint
  readonly peerId: PeerId
  readonly id: number
}

/**
 * Finds a message of a chat, which is about to change, and locks every box that has it: those of members who have left since,
 * too, who keep it as it is.
 *
 * @param others boxes that are to be locked with them
 */
export function* openMessage(
  secret: Secret,
  { userId, peerId, id }: MessageRef,
  others: readonly bigint[] = [],
): Decision<StoredMessage | Refused> {
  if (peerId < 0n) yield* alone('chat', -peerId)
  const [before] = peerId < 0n ? yield* findStored(secret, userId, [id]) : []
  const bodyIds = before === undefined ? [] : [before.bodyId]
  const holders = peerId > 0n ? [peerId] : yield* holdersOf(bodyIds)
  yield* lockBoxes([...new Set([userId, ...holders, ...others])].map((boxId) => ({ boxId })))
  yield* leaveBehind(bodyIds)
  const [message] = yield* findStored(secret, userId, [id])
  return message?.peerId === peerId ? message : refused('MESSAGE_ID_INVALID')
}
