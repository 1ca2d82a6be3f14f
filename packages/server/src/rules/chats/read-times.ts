import type { Decision } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findGroup } from '../groups/decide-group.ts'
import { findStored } from '../messages/decide-history.ts'
import { listReadTimes, READ_TIMES_KEPT_S, type ReadTime } from '../messages/decide-read-times.ts'
import type { PeerId } from '../messages/words.ts'
import { hidesReadTimes } from '../people/decide-read-privacy.ts'
import { accepted, type Refused, refused } from '../refusal.ts'
import { groundOf } from './send-message.ts'

/** A message under its id in the caller's box. */
interface AskedMessage {
  readonly peerId: PeerId
  readonly id: number
}

/** Members of a group in which it is told who read what. help.getAppConfig has the same. */
export const MAX_MEMBERS_READING = 100

/**
 * The second in which the other one read a message of the caller's.
 *
 * @throws {RpcError} PEER_ID_INVALID, MESSAGE_ID_INVALID, MESSAGE_TOO_OLD, MESSAGE_NOT_READ_YET, YOUR_PRIVACY_RESTRICTED,
 *   USER_PRIVACY_RESTRICTED
 */
export async function outboxReadDate(on: Ground, caller: Caller, asked: AskedMessage): Promise<number> {
  const { secret, nowS, actor } = groundOf(on, caller)
  const { atS } = accepted(
    await on.store.look(function* (): Decision<{ kind: 'read'; atS: number } | Refused> {
      const { peerId, id } = asked
      const { userId } = actor
      if (peerId < 0n || peerId === userId) return refused('PEER_ID_INVALID')
      const [message] = yield* findStored(secret, userId, [id])
      if (message?.peerId !== peerId || !message.isOut) return refused('MESSAGE_ID_INVALID')
      if (nowS - message.dateS > READ_TIMES_KEPT_S) return refused('MESSAGE_TOO_OLD')
      if (yield* hidesReadTimes(userId, peerId)) return refused('YOUR_PRIVACY_RESTRICTED', 403)
      if (yield* hidesReadTimes(peerId, userId)) return refused('USER_PRIVACY_RESTRICTED', 403)
      const [read] = yield* listReadTimes(message.bodyId, userId)
      return read === undefined ? refused('MESSAGE_NOT_READ_YET') : { kind: 'read', atS: read.atS }
    }),
  )
  return atS
}

/**
 * Those who have read a message of the caller's in a group, and when. Nobody learns who read what others wrote.
 *
 * @throws {RpcError} PEER_ID_INVALID, CHAT_TOO_BIG, MSG_ID_INVALID, MSG_TOO_OLD
 */
export async function readersOf(
  on: Ground,
  caller: Caller,
  asked: AskedMessage,
): Promise<readonly ReadTime[]> {
  const { secret, nowS, actor } = groundOf(on, caller)
  const { readers } = accepted(
    await on.store.look(function* (): Decision<{ kind: 'readers'; readers: ReadTime[] } | Refused> {
      const { peerId, id } = asked
      const group = peerId < 0n ? yield* findGroup(-peerId) : undefined
      if (group === undefined || !group.roles.has(actor.userId)) return refused('PEER_ID_INVALID')
      if (group.roles.size > MAX_MEMBERS_READING) return refused('CHAT_TOO_BIG')
      const [message] = yield* findStored(secret, actor.userId, [id])
      if (message?.peerId !== peerId || !message.isOut) return refused('MSG_ID_INVALID')
      if (nowS - message.dateS > READ_TIMES_KEPT_S) return refused('MSG_TOO_OLD')
      const times = yield* listReadTimes(message.bodyId, message.fromId)
      const readers = times.filter(({ userId }) => userId !== actor.userId && group.roles.has(userId))
      return { kind: 'readers', readers }
    }),
  )
  return readers
}
