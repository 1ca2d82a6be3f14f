import { bool, int, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { seePolls } from './decide-polls.ts'
import type { BoxEvent, Message, SeenPoll, SeenReactions } from './words.ts'

const countReactions = sql`
  SELECT m.id, r.reaction, count(*) AS n, max(CASE WHEN r.user_id = :boxId THEN r.place ELSE 0 END) AS chosen
  FROM messages m JOIN ${LISTED_IDS} l ON l.listed_id = m.id JOIN reactions r ON r.body_id = m.body_id
  WHERE m.box_id = :boxId GROUP BY m.id, r.reaction ORDER BY m.id, n DESC, min(r.at_s), r.reaction`
const listRecent = sql`
  SELECT id, has_unread_reactions, user_id, reaction, at_s FROM (
    SELECT m.id, m.has_unread_reactions, r.user_id, r.reaction, r.at_s,
      row_number() OVER (PARTITION BY m.id ORDER BY r.at_s DESC, r.user_id, r.place) AS newest
    FROM messages m JOIN ${LISTED_IDS} l ON l.listed_id = m.id JOIN reactions r ON r.body_id = m.body_id
    WHERE m.box_id = :boxId
  ) x WHERE x.newest <= 3 ORDER BY id, newest`

/**
 * Messages of a box with what differs from viewer to viewer and is in no body: the votes of polls, and reactions. Most have
 * neither, and nothing is looked up.
 */
export function* withSeen<M extends Message>(
  secret: Secret,
  boxId: bigint,
  messages: readonly M[],
): Decision<M[]> {
  const pollIds = new Set(messages.flatMap(({ media }) => (media?.kind === 'poll' ? [media.pollId] : [])))
  const reactedIds = messages.flatMap(({ id, hasReactions }) => (hasReactions ? [id] : []))
  if (pollIds.size === 0 && reactedIds.length === 0) return [...messages]
  const polls =
    pollIds.size === 0 ? new Map<bigint, SeenPoll>() : yield* seePolls(secret, boxId, [...pollIds])
  const reactions = reactedIds.length === 0 ? undefined : yield* seeReactions(boxId, reactedIds)
  return messages.map((message) => {
    const { id, media } = message
    const poll = media?.kind === 'poll' ? polls.get(media.pollId) : undefined
    const seen = reactions?.get(id)
    return {
      ...message,
      ...(media?.kind === 'poll' && poll && { media: { ...media, poll } }),
      ...(seen && { reactions: seen }),
    }
  })
}

/** Events of a box with their messages as {@link withSeen} gives them. */
export function* withSeenEvents(
  secret: Secret,
  boxId: bigint,
  events: readonly BoxEvent[],
): Decision<BoxEvent[]> {
  const messages = events.flatMap((event) => ('message' in event ? event.message : []))
  const seen = (yield* withSeen(secret, boxId, messages)).values()
  return events.map((event) =>
    'message' in event ? { ...event, message: seen.next().value ?? event.message } : event,
  )
}

/** The reactions to messages of a box, as its owner sees them. */
export function* seeReactions(
  boxId: bigint,
  ids: readonly number[],
): Decision<ReadonlyMap<number, SeenReactions>> {
  const listed = { boxId, ids: idList(ids) }
  const counts = yield* countReactions.rows(listed)
  const recent = yield* listRecent.rows(listed)
  const ofMessage = (rows: readonly Row[], id: number) => rows.filter((row) => int(row, 'id') === id)
  return new Map(
    ids.map((id) => {
      const seen = {
        counts: ofMessage(counts, id).map(toCount),
        recent: ofMessage(recent, id).map((row) => toRecent(row, boxId)),
      }
      return [id, seen] as const
    }),
  )
}

function toCount(row: Row): SeenReactions['counts'][number] {
  const chosenPlace = int(row, 'chosen')
  return { reaction: text(row, 'reaction'), count: int(row, 'n'), ...(chosenPlace > 0 && { chosenPlace }) }
}

function toRecent(row: Row, viewerId: bigint): SeenReactions['recent'][number] {
  const userId = long(row, 'user_id')
  const isOwn = userId === viewerId
  const isUnread = bool(row, 'has_unread_reactions') && !isOwn
  return { userId, reaction: text(row, 'reaction'), atS: int(row, 'at_s'), isOwn, isUnread }
}
