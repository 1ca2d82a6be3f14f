import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { findGroup } from '../groups/decide-group.ts'
import { leads } from '../groups/words.ts'
import { seeReactions } from '../messages/decide-seen.ts'
import type { PeerId, SeenReactions } from '../messages/words.ts'
import { accepted, isRefused, type Refused, refused } from '../refusal.ts'
import { openMessage } from './decide-open-message.ts'
import { takeReactions } from './decide-reactions.ts'
import type { WritingGround } from './decide-write.ts'
import { groundOf } from './send-message.ts'

/** Messages that one look finds: each look goes through all of somebody's reactions. */
const AT_ONCE = 500

const listReacted = sql`
  SELECT m.id FROM reactions r JOIN messages m ON m.body_id = r.body_id
  WHERE r.user_id = :reactorId AND m.box_id = :boxId AND m.peer_id = :peerId AND m.id > :afterId
  GROUP BY m.id ORDER BY m.id LIMIT ${AT_ONCE}`

/** Reactions of somebody to a message of a group. */
export interface Removal {
  readonly peerId: PeerId
  readonly id: number
  readonly reactorId: bigint
}

interface Removed {
  readonly kind: 'removed'
  readonly reactions: SeenReactions
}

/**
 * Takes somebody's reactions off a message of a group that the caller leads.
 *
 * @throws {RpcError} PEER_ID_INVALID, MESSAGE_ID_INVALID, CHAT_ADMIN_REQUIRED
 */
export async function removeReaction(on: Ground, caller: Caller, removal: Removal): Promise<SeenReactions> {
  const ground = groundOf(on, caller)
  return accepted(await on.store.decide(() => decideRemove(ground, removal))).reactions
}

/**
 * Takes all of somebody's reactions off the messages of a group that the caller leads.
 *
 * @throws {RpcError} PEER_ID_INVALID, CHAT_ADMIN_REQUIRED
 */
export async function removeReactionsOf(
  on: Ground,
  caller: Caller,
  { peerId, reactorId }: Omit<Removal, 'id'>,
): Promise<void> {
  const ground = groundOf(on, caller)
  const { userId: boxId } = ground.actor
  const bar = await on.store.look(() => findBarOfRemoval(peerId, boxId))
  if (bar !== undefined) accepted<never>(bar)
  for (let afterId = 0; ; ) {
    const rows = await on.store.look(() => listReacted.rows({ boxId, peerId, reactorId, afterId }))
    for (const row of rows) {
      afterId = int(row, 'id')
      const removal = { peerId, id: afterId, reactorId }
      const outcome = await on.store.decide(() => decideRemove(ground, removal))
      // It was deleted since the look.
      if (isRefused(outcome) && outcome.name === 'MESSAGE_ID_INVALID') continue
      accepted(outcome)
    }
    if (rows.length < AT_ONCE) return
  }
}

function* findBarOfRemoval(peerId: PeerId, userId: bigint): Decision<Refused | undefined> {
  if (peerId > 0n) return refused('PEER_ID_INVALID')
  const group = yield* findGroup(-peerId)
  return group !== undefined && leads(group, userId) ? undefined : refused('CHAT_ADMIN_REQUIRED')
}

function* decideRemove(on: WritingGround, { peerId, id, reactorId }: Removal): Decision<Removed | Refused> {
  const { userId } = on.actor
  const bar = yield* findBarOfRemoval(peerId, userId)
  if (bar !== undefined) return bar
  const message = yield* openMessage(on.secret, { userId, peerId, id })
  if (isRefused(message)) return message
  yield* takeReactions(on, message, reactorId)
  const seen = (yield* seeReactions(userId, [id])).get(id)
  return { kind: 'removed', reactions: seen ?? { counts: [], recent: [] } }
}
