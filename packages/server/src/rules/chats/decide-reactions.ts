import { int, long, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { boxOf } from '../messages/box-of.ts'
import { lockBoxes } from '../messages/decide-append-message.ts'
import { addBotEvent } from '../messages/decide-bot-log.ts'
import { boxPts } from '../messages/decide-box-log.ts'
import { findMessages } from '../messages/decide-history.ts'
import { loggingOf, logMessages } from '../messages/decide-log-messages.ts'
import { seeReactions } from '../messages/decide-seen.ts'
import { addMessageSideEvents } from '../messages/decide-side-log.ts'
import type { Message, PeerId, Reaction, SeenReactions, StoredMessage } from '../messages/words.ts'
import { isRefused, type Refused, refused } from '../refusal.ts'
import { type MessageRef, openMessage } from './decide-open-message.ts'
import { barOfReaction } from './decide-reaction-bars.ts'
import type { WritingGround } from './decide-write.ts'

/** Different reactions that a message can have. */
export const MAX_DIFFERENT_REACTIONS = 11

const listOwn = sql`SELECT reaction FROM reactions WHERE body_id = :bodyId AND user_id = :userId ORDER BY place`
const listOthers = sql`SELECT DISTINCT reaction FROM reactions WHERE body_id = :bodyId AND user_id <> :userId`
const clear = sql`DELETE FROM reactions WHERE body_id = :bodyId AND user_id = :userId`
const insert = sql`
  INSERT INTO reactions (body_id, user_id, place, reaction, at_s) VALUES (:bodyId, :userId, :place, :reaction, :atS)`
const mark = sql`UPDATE bodies SET has_reactions = :hasReactions WHERE body_id = :bodyId AND has_reactions <> :hasReactions`
const markUnread = sql`
  UPDATE messages SET has_unread_reactions = :isUnread WHERE body_id = :bodyId AND box_id = :authorId`
/** Bots are told in another way. */
const listHolders = sql`
  SELECT box_id FROM messages WHERE body_id = :bodyId
    AND NOT EXISTS (SELECT 1 FROM bots b WHERE b.user_id = box_id) ORDER BY box_id`
const listBots = sql`
  SELECT m.box_id, m.id, m.peer_id FROM messages m JOIN bots b ON b.user_id = m.box_id
  LEFT JOIN chat_members c ON c.chat_id = -m.peer_id AND c.user_id = m.box_id AND c.role IN ('creator', 'admin')
  WHERE m.body_id = :bodyId AND (m.peer_id > 0 OR c.user_id IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM bots o WHERE o.user_id = :userId)
  ORDER BY m.box_id`
const listReactors = sql`
  SELECT user_id, place, reaction, at_s FROM reactions
  WHERE body_id = :bodyId AND (CAST(:reaction AS TEXT) = '' OR reaction = :reaction)
  ORDER BY at_s DESC, user_id, place LIMIT :limit OFFSET :skipped`
const countReactors = sql`
  SELECT count(*) AS n FROM reactions WHERE body_id = :bodyId AND (CAST(:reaction AS TEXT) = '' OR reaction = :reaction)`
const findBody = sql`
  SELECT body_id FROM messages WHERE box_id = :boxId AND id = :id AND peer_id = :peerId AND kind <> 'service'`
const listUnread = sql`
  SELECT id FROM messages WHERE box_id = :boxId AND peer_id = :peerId AND has_unread_reactions = 1 ORDER BY id DESC
  LIMIT :limit`
const logging = loggingOf('m.box_id = :boxId AND m.peer_id = :peerId AND m.has_unread_reactions = 1')
const markRead = sql`
  UPDATE messages SET has_unread_reactions = 0 WHERE box_id = :boxId AND peer_id = :peerId AND has_unread_reactions = 1`

/** Somebody's reactions to a message. */
export interface Reacting {
  readonly peerId: PeerId
  readonly id: number
  readonly reactions: readonly Reaction[]
}

/** Reactions to a message, as the caller sees them. */
export interface Reacted {
  readonly kind: 'reacted'
  readonly reactions: SeenReactions
}

/** Replaces somebody's reactions to a message, and tells all who have it. */
export function* react(on: WritingGround, { peerId, id, reactions }: Reacting): Decision<Reacted | Refused> {
  const { secret, nowS, actor } = on
  const { userId } = actor
  const message = yield* openMessage(secret, { userId, peerId, id })
  if (isRefused(message)) return message
  if (message.action !== undefined) return refused('MESSAGE_ID_INVALID')
  const bar = yield* barOfReaction(message, userId, reactions)
  if (bar !== undefined) return bar
  const { bodyId } = message
  const own = (yield* listOwn.rows({ bodyId, userId })).map((row) => text(row, 'reaction'))
  if (own.join(' ') === reactions.join(' ')) return refused('MESSAGE_NOT_MODIFIED')
  const others = (yield* listOthers.rows({ bodyId, userId })).map((row) => text(row, 'reaction'))
  if (new Set([...others, ...reactions]).size > MAX_DIFFERENT_REACTIONS) return refused('REACTIONS_TOO_MANY')
  yield* clear.send({ bodyId, userId })
  for (const [at, reaction] of reactions.entries())
    yield* insert.send({ bodyId, userId, place: at + 1, reaction, atS: nowS })
  yield* markAuthor(message, userId, { isNew: reactions.length > 0, isLast: others.length === 0 })
  yield* tellReacted(on, bodyId, others.length + reactions.length > 0)
  yield* tellBots(bodyId, { userId, before: own, now: reactions, atS: nowS })
  const seen = (yield* seeReactions(userId, [id])).get(id)
  return { kind: 'reacted', reactions: seen ?? { counts: [], recent: [] } }
}

/** Keeps whether a message has reactions, and tells all who have it. */
function* tellReacted({ nowS, actor }: WritingGround, bodyId: bigint, hasReactions: boolean): Decision<void> {
  yield* mark.send({ bodyId, hasReactions: Number(hasReactions) })
  const boxIds = (yield* listHolders.rows({ bodyId })).map((row) => long(row, 'box_id'))
  yield* addMessageSideEvents(boxIds, { kind: 'reactions', bodyId, atS: nowS }, actor)
}

/** Takes somebody's reactions off a message, which is open, and tells all who have it. */
export function* takeReactions(on: WritingGround, message: StoredMessage, reactorId: bigint): Decision<void> {
  const { bodyId } = message
  const before = (yield* listOwn.rows({ bodyId, userId: reactorId })).map((row) => text(row, 'reaction'))
  if (before.length === 0) return
  yield* clear.send({ bodyId, userId: reactorId })
  const others = yield* listOthers.rows({ bodyId, userId: reactorId })
  yield* markAuthor(message, reactorId, { isNew: false, isLast: others.length === 0 })
  yield* tellReacted(on, bodyId, others.length > 0)
  yield* tellBots(bodyId, { userId: reactorId, before, now: [], atS: on.nowS })
}

interface Change {
  readonly userId: bigint
  readonly before: readonly Reaction[]
  readonly now: readonly Reaction[]
  readonly atS: number
}

/** Bots are told of reactions of people in private chats, and in groups that they lead. */
function* tellBots(bodyId: bigint, { userId, before, now, atS }: Change): Decision<void> {
  for (const row of yield* listBots.rows({ bodyId, userId })) {
    const message = { peerId: long(row, 'peer_id'), messageId: int(row, 'id') }
    yield* addBotEvent(long(row, 'box_id'), { kind: 'reaction', ...message, userId, before, now }, atS)
  }
}

/** Authors have not seen what others reacted with, unless it is taken back. */
function* markAuthor(
  { bodyId, fromId: authorId }: StoredMessage,
  userId: bigint,
  { isNew, isLast }: { readonly isNew: boolean; readonly isLast: boolean },
): Decision<void> {
  if (userId === authorId || (!isNew && !isLast)) return
  yield* markUnread.send({ bodyId, authorId, isUnread: Number(isNew) })
}

/** A query for those who reacted to a message, the last ones first. */
export interface ReactorsQuery extends MessageRef {
  /** Undefined: any. */
  readonly reaction: Reaction | undefined
  readonly skipped: number
  readonly limit: number
}

/** Somebody's reaction. */
export interface Reactor {
  readonly userId: bigint
  readonly reaction: Reaction
  readonly atS: number
}

/** Those who reacted to a message, and the number of all of them; undefined if there is no such message. */
export function* findReactors({
  userId,
  peerId,
  id,
  reaction = '',
  skipped,
  limit,
}: ReactorsQuery): Decision<{ readonly reactors: readonly Reactor[]; readonly count: number } | undefined> {
  const row = yield* findBody.row({ boxId: userId, id, peerId })
  if (row === undefined) return undefined
  const which = { bodyId: long(row, 'body_id'), reaction }
  const rows = yield* listReactors.rows({ ...which, skipped, limit })
  const reactors = rows.map((each) => ({
    userId: long(each, 'user_id'),
    reaction: text(each, 'reaction'),
    atS: int(each, 'at_s'),
  }))
  return { reactors, count: int((yield* countReactors.row(which)) ?? {}, 'n') }
}

/** The reactions to messages of one chat. Messages that are not there are left out. */
export function* findReactions(
  secret: Secret,
  userId: bigint,
  peerId: PeerId,
  ids: readonly number[],
): Decision<ReadonlyMap<number, SeenReactions>> {
  const messages = yield* findMessages(secret, userId, ids)
  const here = messages.filter((message) => message.peerId === peerId && message.action === undefined)
  return new Map(here.map(({ id, reactions }) => [id, reactions ?? { counts: [], recent: [] }]))
}

/** Messages of a chat with reactions that their author has not seen, newest first. */
export function* findUnreadReactions(
  secret: Secret,
  boxId: bigint,
  peerId: PeerId,
  limit: number,
): Decision<Message[]> {
  const rows = yield* listUnread.rows({ boxId, peerId, limit })
  return yield* findMessages(
    secret,
    boxId,
    rows.map((row) => int(row, 'id')),
  )
}

/** Marks all reactions in a chat as seen. */
export function* readReactions(
  { settings, actor }: WritingGround,
  peerId: PeerId,
): Decision<{ readonly pts: number; readonly ptsCount: number }> {
  const { userId: boxId, authKeyId: causedBy } = actor
  const home = boxOf(settings, boxId)
  yield* lockBoxes([home])
  const which = { boxId, peerId }
  const places = yield* logMessages(logging, which, { kind: 'readContents', causedBy }, home)
  yield* markRead.send(which)
  return places.get(boxId) ?? { pts: yield* boxPts(boxId), ptsCount: 0 }
}
