import { alone, type Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findGroup } from '../groups/decide-group.ts'
import { boxOf } from '../messages/box-of.ts'
import { editBody } from '../messages/decide-edit-message.ts'
import { findPolls, rewritePoll } from '../messages/decide-polls.ts'
import { withSeen } from '../messages/decide-seen.ts'
import type { BoxEvent } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refused } from '../refusal.ts'
import { openMessage } from './decide-open-message.ts'
import { holdersOfPoll, pollIn, tellHolders } from './decide-votes.ts'
import type { WritingGround } from './decide-write.ts'
import { groundOf } from './send-message.ts'
import type { PollMessage } from './votes.ts'

/** A poll that was closed: the edit of its message in the closer's box. */
interface Closed {
  readonly kind: 'closed'
  readonly event: BoxEvent
}

/**
 * Closes a poll of the caller's own.
 *
 * @throws {RpcError} MESSAGE_ID_INVALID, MESSAGE_AUTHOR_REQUIRED, MESSAGE_NOT_MODIFIED, CHAT_WRITE_FORBIDDEN
 */
export async function closePoll(on: Ground, caller: Caller, message: PollMessage): Promise<BoxEvent> {
  const ground = groundOf(on, caller)
  return accepted(await on.store.decide(() => decideClose(ground, message))).event
}

function* decideClose(on: WritingGround, { peerId, messageId }: PollMessage): Decision<Closed | Refused> {
  const { secret, settings, nowS, actor } = on
  const { userId, authKeyId: causedBy } = actor
  const found = yield* pollIn(secret, { userId, peerId, messageId })
  if (found === undefined) return refused('MESSAGE_ID_INVALID')
  const { pollId } = found
  yield* alone('poll', pollId)
  const holders = yield* holdersOfPoll(pollId)
  const message = yield* openMessage(secret, { userId, peerId, id: messageId }, holders)
  if (isRefused(message)) return message
  const [poll = found] = yield* findPolls(secret, [pollId])
  if (poll.creatorId !== userId || message.forward !== undefined) {
    return refused('MESSAGE_AUTHOR_REQUIRED', 403)
  }
  if (poll.isClosed) return refused('MESSAGE_NOT_MODIFIED')
  if (peerId < 0n && !(yield* findGroup(-peerId))?.roles.has(userId))
    return refused('CHAT_WRITE_FORBIDDEN', 403)
  yield* rewritePoll(secret, { ...poll, isClosed: true })
  const edit = { message, content: message, nowS, isDated: false, causedBy }
  const { places } = yield* editBody(secret, edit, boxOf(settings, userId))
  const place = places.get(userId)
  if (place === undefined) return refused('MESSAGE_ID_INVALID')
  yield* tellHolders(holders, { pollId, atS: nowS, userId, causedBy })
  const { bodyId: _, randomId: __, ...now } = message
  const [seen = now] = yield* withSeen(secret, userId, [now])
  return { kind: 'closed', event: { kind: 'editMessage', message: seen, ...place } }
}
