import { int, long, type Row } from '../../database/columns.ts'
import { alone, type Decision, type Statement, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { announceEvents } from './decide-box-log.ts'
import { findSent, keepSent, randomIdOf, withId } from './decide-sent-messages.ts'
import { trimMessages } from './decide-trim.ts'
import { bringBackFromArchive } from './decide-unarchive.ts'
import { kindOf, mediaIdOf, sealBody } from './message-rows.ts'
import type { AppendOutcome, Box, BoxEvent, MessageToBoxes, NewMessage, PeerId } from './words.ts'

const insertBody = sql`
  INSERT INTO bodies (holders, sealed_body, seal_id, poll_id, media_id)
  VALUES (:holders, :sealed, :sealId, :pollId, :mediaId) RETURNING body_id`
const mention = sql`
  UPDATE messages SET is_mentioned = 1, has_unread_content = 1
  WHERE body_id = :bodyId AND box_id IN ${LISTED_IDS}`

/** Nobody has listened to a recording yet. Its sender is told once somebody has; one's own, in Saved Messages, is heard. */
const unheard = sql`
  UPDATE messages SET has_unread_content = 1 WHERE body_id = :bodyId AND peer_id <> box_id`

/** Kinds of messages that people listen to. */
const RECORDINGS: ReadonlySet<string> = new Set(['voice', 'round'])

/** The same statements write to any number of boxes. One box, or two, the common cases, need no list. */
const toOne = writing('box_id = :homeId')
const toTwo = writing('box_id IN (:homeId, :otherId)')
const toMany = writing(`box_id IN ${LISTED_IDS}`)

type Writing = { readonly [K in 'advance' | 'date' | 'insert' | 'log' | 'top']: Statement }

/** The boxes of others are on the other side of a chat with one person, and in the same chat as a group. */
function writing(which: string): Writing {
  const here = (home: string, others: string): string =>
    `CASE WHEN box_id = :homeId THEN CAST(${home} AS BIGINT) ELSE CAST(${others} AS BIGINT) END`
  return {
    advance: sql`
      UPDATE boxes SET pts = pts + 1, last_id = last_id + 1,
        last_date_s = CASE WHEN last_date_s < :dateS THEN :dateS ELSE last_date_s END
      WHERE ${which} RETURNING box_id, pts, last_id, last_date_s`,
    date: sql`UPDATE boxes SET last_date_s = :dateS WHERE ${which}`,
    insert: sql`
      INSERT INTO messages (box_id, id, peer_id, from_id, is_out, date_s, random_id, pts, body_id, kind, reply_to_id,
        saved_peer_id)
      SELECT box_id, last_id, ${here(':peerId', ':othersPeerId')}, CAST(:fromId AS BIGINT), ${here(':isOut', '0')},
        CAST(:dateS AS BIGINT), CAST(:randomId AS BIGINT), pts, CAST(:bodyId AS BIGINT), CAST(:kind AS TEXT),
        CASE WHEN CAST(:replyBodyId AS BIGINT) = 0 THEN 0 ELSE coalesce((
          SELECT max(r.id) FROM messages r WHERE r.body_id = :replyBodyId AND r.box_id = boxes.box_id), 0) END,
        ${here(':savedPeerId', '0')}
      FROM boxes WHERE ${which}`,
    log: sql`
      INSERT INTO box_log (box_id, pts, pts_count, kind, message_id, caused_by)
      SELECT box_id, pts, 1, 'newMessage', last_id, CAST(:causedBy AS BIGINT) FROM boxes WHERE ${which}`,
    top: sql`
      INSERT INTO dialogs (box_id, peer_id, top_id, top_date_s, read_inbox_max_id, read_outbox_max_id,
        message_count)
      SELECT box_id, ${here(':peerId', ':othersPeerId')}, last_id, CAST(:dateS AS BIGINT),
        CASE WHEN CAST(:isSaved AS BIGINT) = 1 THEN last_id ELSE 0 END,
        CASE WHEN CAST(:isSaved AS BIGINT) = 1 THEN last_id ELSE 0 END, 1
      FROM boxes WHERE ${which}
      ON CONFLICT (box_id, peer_id) DO UPDATE SET top_id = excluded.top_id, top_date_s = excluded.top_date_s,
        message_count = dialogs.message_count + 1, read_inbox_max_id = CASE WHEN excluded.read_inbox_max_id = 0
          THEN dialogs.read_inbox_max_id ELSE excluded.read_inbox_max_id END,
        read_outbox_max_id = CASE WHEN excluded.read_outbox_max_id = 0
          THEN dialogs.read_outbox_max_id ELSE excluded.read_outbox_max_id END
      RETURNING box_id, peer_id, folder_id`,
  }
}

/**
 * Puts a message in a box, once for each random id.
 *
 * @param causedBy the key whose call sends it: its sessions learn of it from the answer
 */
export function* appendMessage(
  secret: Secret,
  box: Box,
  message: NewMessage,
  causedBy?: bigint,
): Decision<AppendOutcome> {
  return yield* appendToBoxes(secret, { boxes: [box], message, causedBy })
}

/**
 * Puts one message in several boxes, its body once: those of the two people of a chat, or of a group's members. A box whose
 * account is gone is left out. In the chat of an account with itself the message is read at once.
 */
export function* appendToBoxes(secret: Secret, given: MessageToBoxes): Decision<AppendOutcome> {
  yield* lockBoxes(given.boxes)
  return yield* appendLocked(secret, given)
}

/** Locks boxes: nobody else changes them until the decision is committed. */
export function* lockBoxes(boxes: readonly Pick<Box, 'boxId'>[]): Decision<void> {
  for (const boxId of boxes.map((box) => box.boxId).sort(byId)) yield* alone('box', boxId)
}

/** Puts one message in several boxes that are locked already, as {@link appendToBoxes}. */
export function* appendLocked(secret: Secret, given: MessageToBoxes): Decision<AppendOutcome> {
  const { boxes, message } = given
  const [{ boxId: homeId }] = boxes
  const sent = yield* findSent(secret, homeId, message)
  if (sent !== undefined) return sent
  const { written, places, archived } = yield* write(secret, given)
  const home = places.get(homeId)
  if (home === undefined) return { kind: 'noBox' }
  yield* keepSent(homeId, written, home)
  for (const box of boxes) {
    const counters = places.get(box.boxId)
    if (counters !== undefined) yield* announce(box, counters, freshEvents(given, written, box, counters))
  }
  for (const box of boxes) {
    const peerId = archived.get(box.boxId)
    if (peerId !== undefined) yield* bringBackFromArchive(box, peerId, written.dateS)
  }
  const event = { kind: 'newMessage', message: withId(written, home.id), pts: home.pts, ptsCount: 1 } as const
  return { kind: 'appended', event: { ...event, ...randomIdOf(message) } }
}

/** The place of a message in a box. */
interface Counters {
  readonly id: number
  readonly pts: number
}

interface Written {
  /** The message with the date that it has in every box. */
  readonly written: NewMessage
  readonly places: ReadonlyMap<bigint, Counters>
  /** The boxes that have the chat in their archive, and the chat as each has it. The sender's is not in it. */
  readonly archived: ReadonlyMap<bigint, PeerId>
}

function* write(secret: Secret, given: MessageToBoxes): Decision<Written> {
  const { boxes, replyBodyId, mentionedIds = [], causedBy } = given
  const [home, other] = boxes
  const boxIds = boxes.map(({ boxId }) => boxId)
  const [statements, which] =
    boxes.length > 2
      ? [toMany, { ids: idList(boxIds) }]
      : other === undefined
        ? [toOne, {}]
        : [toTwo, { otherId: other.boxId }]
  const homeId = home.boxId
  const advanced = yield* statements.advance.rows({ ...which, homeId, dateS: given.message.dateS })
  const message = withSaved(homeId, {
    ...given.message,
    dateS: yield* dateIn(statements, { ...which, homeId }, advanced),
  })
  const pollId = message.media?.kind === 'poll' ? message.media.pollId : 0n
  const mediaId = mediaIdOf(message)
  const sealed = sealBody(secret, message)
  const body = (yield* insertBody.row({ holders: advanced.length, ...sealed, pollId, mediaId })) ?? {}
  const bodyId = long(body, 'body_id')
  const { peerId, fromId, isOut, dateS, randomId, savedPeerId = 0n } = message
  const chat = { ...which, homeId, peerId, othersPeerId: peerId > 0n ? fromId : peerId, dateS }
  const about = { fromId, isOut: Number(isOut), randomId, bodyId, kind: kindOf(message), savedPeerId }
  yield* statements.insert.send({ ...chat, ...about, replyBodyId: replyBodyId ?? 0n })
  if (mentionedIds.length > 0) yield* mention.send({ bodyId, ids: idList(mentionedIds) })
  const isRecording = RECORDINGS.has(kindOf(message))
  if (isRecording) yield* unheard.send({ bodyId })
  yield* statements.log.send({ ...which, homeId, causedBy: causedBy ?? null })
  const tops = yield* statements.top.rows({ ...chat, isSaved: Number(peerId === homeId) })
  const archived = tops.filter(
    (row) => int(row, 'folder_id') === 1 && !(isOut && long(row, 'box_id') === homeId),
  )
  return {
    written: isRecording && peerId !== homeId ? { ...message, hasUnreadContent: true } : message,
    places: new Map(advanced.map((row) => [long(row, 'box_id'), countersOf(row)])),
    archived: new Map(archived.map((row) => [long(row, 'box_id'), long(row, 'peer_id')])),
  }
}

/** The date of a message in every box: no box has a newer one. Only a sender who waited for another's decision comes late. */
function* dateIn(
  { date }: Writing,
  which: Readonly<Record<string, bigint | string>>,
  advanced: readonly Row[],
): Decision<number> {
  const dates = advanced.map((row) => int(row, 'last_date_s'))
  const dateS = Math.max(0, ...dates)
  if (dates.some((each) => each < dateS)) yield* date.send({ ...which, dateS })
  return dateS
}

/** Everything in Saved Messages belongs to a chat there: that of its origin, or the owner's own. */
function withSaved(homeId: bigint, message: NewMessage): NewMessage {
  const { peerId, savedPeerId = homeId } = message
  return peerId === homeId ? { ...message, savedPeerId } : message
}

function countersOf(row: Row): Counters {
  return { id: int(row, 'last_id'), pts: int(row, 'pts') }
}

/** Drops what is beyond the limits of a box, and tells its subscribers. */
function* announce(box: Box, counters: Counters, events: readonly BoxEvent[] | undefined): Decision<void> {
  yield* trimMessages(box, counters.id)
  yield* announceEvents(box, { pts: counters.pts, ptsCount: 1 }, events)
}

/** The event in a box as the log would give it; undefined for a message that differs from box to box in more than its place. */
function freshEvents(
  { boxes, message: given, replyBodyId, mentionedIds = [], causedBy }: MessageToBoxes,
  written: NewMessage,
  { boxId }: Box,
  { id, pts }: Counters,
): readonly BoxEvent[] | undefined {
  const isPlain = [written.media, written.markup, written.action, written.start].every(
    (part) => part === undefined,
  )
  if (!isPlain || replyBodyId !== undefined || mentionedIds.length > 0) return undefined
  const place = { pts, ptsCount: 1, ...(causedBy !== undefined && { causedBy }) }
  const message = withId(written, id)
  if (boxId === boxes[0].boxId) return [{ kind: 'newMessage', message, ...randomIdOf(given), ...place }]
  const { savedPeerId: _, peerId, fromId, ...theirs } = message
  const here = { fromId, peerId: peerId > 0n ? fromId : peerId, isOut: false }
  return [{ kind: 'newMessage', message: { ...theirs, ...here }, ...place }]
}

function byId(one: bigint, other: bigint): number {
  return one < other ? -1 : Number(one > other)
}
