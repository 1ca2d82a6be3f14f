import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { boxOf } from '../messages/box-of.ts'
import { lockBoxes } from '../messages/decide-append-message.ts'
import { boxPts } from '../messages/decide-box-log.ts'
import { findMessages } from '../messages/decide-history.ts'
import { loggingOf, logMessages } from '../messages/decide-log-messages.ts'
import type { Message, PeerId, Place } from '../messages/words.ts'
import type { WritingGround } from './decide-write.ts'
import { stretchOf, type UnreadQuery, type UnreadReactions } from './reactions.ts'
import { actorOf, groundOf } from './send-message.ts'

/** Messages with votes that their author has not seen: more of one chat are not counted. */
const MAX_UNREAD = 1000

const list = sql`
  SELECT id FROM messages WHERE box_id = :boxId AND peer_id = :peerId AND has_unread_votes = 1 ORDER BY id DESC
  LIMIT ${MAX_UNREAD}`
const logging = loggingOf('m.box_id = :boxId AND m.peer_id = :peerId AND m.has_unread_votes = 1')
const markRead = sql`
  UPDATE messages SET has_unread_votes = 0 WHERE box_id = :boxId AND peer_id = :peerId AND has_unread_votes = 1`

/** The caller's polls in a chat with votes that the caller has not seen, newest first. */
export async function unreadVotes(
  { store }: Ground,
  caller: Caller,
  query: UnreadQuery,
): Promise<UnreadReactions> {
  const { userId } = actorOf(caller)
  const all = await store.look(() => findUnread(store.secret, userId, query.peerId))
  return stretchOf(all, query)
}

function* findUnread(secret: Secret, boxId: bigint, peerId: PeerId): Decision<Message[]> {
  const rows = yield* list.rows({ boxId, peerId })
  return yield* findMessages(
    secret,
    boxId,
    rows.map((row) => int(row, 'id')),
  )
}

/** Marks the votes in the caller's polls of a chat as seen. */
export async function seeAllVotes(on: Ground, caller: Caller, peerId: PeerId): Promise<Place> {
  const ground = groundOf(on, caller)
  return await on.store.decide(() => decideRead(ground, peerId))
}

function* decideRead({ settings, actor }: WritingGround, peerId: PeerId): Decision<Place> {
  const { userId: boxId, authKeyId: causedBy } = actor
  const home = boxOf(settings, boxId)
  yield* lockBoxes([home])
  const which = { boxId, peerId }
  const places = yield* logMessages(logging, which, { kind: 'readContents', causedBy }, home)
  yield* markRead.send(which)
  return places.get(boxId) ?? { pts: yield* boxPts(boxId), ptsCount: 0 }
}
