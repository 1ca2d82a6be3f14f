import { bool, int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { addEvent, boxPts } from './decide-box-log.ts'
import { isLeftBehind } from './decide-left-behind.ts'
import { noteRead } from './decide-read-times.ts'
import { addSideEvent } from './decide-side-log.ts'
import type { Affected, Box, PeerId } from './words.ts'

const RANGE = 'm.box_id = :boxId AND m.peer_id = :peerId AND m.is_out = 0 AND m.id > :after AND m.id <= :upTo'

const findMark = sql`SELECT read_inbox_max_id, is_marked_unread FROM dialogs WHERE box_id = :boxId AND peer_id = :peerId`
const findNewest = sql`
  SELECT m.id FROM messages m WHERE m.box_id = :boxId AND m.peer_id = :peerId AND m.is_out = 0 AND m.id > :after
    AND (CAST(:maxId AS BIGINT) = 0 OR m.id <= :maxId) ORDER BY m.id DESC LIMIT 1`
const markRead = sql`
  INSERT INTO dialogs (box_id, peer_id, read_inbox_max_id) VALUES (:boxId, :peerId, :maxId)
  ON CONFLICT (box_id, peer_id) DO UPDATE
  SET read_inbox_max_id = excluded.read_inbox_max_id, is_marked_unread = 0`
const countUnread = sql`
  SELECT count(*) AS n FROM messages WHERE box_id = :boxId AND peer_id = :peerId AND is_out = 0 AND id > :maxId`
const listAuthors = sql`SELECT DISTINCT m.from_id FROM messages m WHERE ${RANGE} ORDER BY m.from_id`
/**
 * The newest of the messages that are read now, of each author, under the ids of the authors' own boxes. Bots are not told, and
 * neither is anybody where the author or the reader has left the group.
 */
const listReadOf = sql`
  SELECT p.box_id, max(p.id) AS max_id FROM messages m
  JOIN messages p ON p.body_id = m.body_id AND p.box_id = m.from_id
  JOIN users u ON u.id = m.from_id AND u.is_bot = 0
  WHERE ${RANGE} AND NOT (${isLeftBehind('p')}) AND NOT (${isLeftBehind('m')}) GROUP BY p.box_id ORDER BY p.box_id`
const raiseOutbox = sql`
  UPDATE dialogs SET read_outbox_max_id = :maxId
  WHERE box_id = :boxId AND peer_id = :peerId AND read_outbox_max_id < :maxId`

/** A chat to read. */
export interface ChatToRead {
  readonly peerId: PeerId
  /** Up to this message; 0: all. */
  readonly maxId: number
  readonly nowS: number
}

/**
 * Marks messages of others up to `maxId` as read, in the box of who reads them and in those of their authors.
 *
 * @param causedBy the key whose call reads them
 */
export function* readMessages(
  box: Box,
  { peerId, maxId, nowS }: ChatToRead,
  causedBy?: bigint,
): Decision<Affected> {
  const { boxId } = box
  yield* lockToRead(boxId, peerId)
  const { after, isMarked } = yield* marksOf(boxId, peerId)
  const newest = yield* findNewest.row({ boxId, peerId, after, maxId })
  if (newest === undefined) return { pts: yield* boxPts(boxId), event: undefined }
  const upTo = int(newest, 'id')
  yield* markRead.send({ boxId, peerId, maxId: upTo })
  if (peerId !== boxId) yield* noteRead(boxId, peerId, upTo, nowS)
  const unreadCount = int((yield* countUnread.row({ boxId, peerId, maxId: upTo })) ?? {}, 'n')
  const change = { kind: 'readInbox', peerId, maxId: upTo, unreadCount } as const
  const place = yield* addEvent(box, change, causedBy)
  yield* tellAuthors(box, { boxId, peerId, after, upTo })
  // Nothing else tells of it, not even the answer.
  if (isMarked)
    yield* addSideEvent(boxId, { kind: 'dialogUnreadMark', subject: peerId, atS: nowS }, undefined)
  return { pts: place?.pts ?? 0, event: place && { ...change, ...place } }
}

/** The boxes of the authors are locked with that of who reads: in a group, those who have written since the mark. */
function* lockToRead(boxId: bigint, peerId: PeerId): Decision<void> {
  const boxIds = new Set([boxId])
  if (peerId > 0n) boxIds.add(peerId)
  else {
    yield* alone('chat', -peerId)
    const { after } = yield* marksOf(boxId, peerId)
    const authors = yield* listAuthors.rows({ boxId, peerId, after, upTo: Number.MAX_SAFE_INTEGER })
    for (const row of authors) boxIds.add(long(row, 'from_id'))
  }
  for (const each of [...boxIds].sort(byId)) yield* alone('box', each)
}

/** The message up to which a chat is read, and whether its owner has marked it as unread. */
function* marksOf(
  boxId: bigint,
  peerId: PeerId,
): Decision<{ readonly after: number; readonly isMarked: boolean }> {
  const row = yield* findMark.row({ boxId, peerId })
  if (row === undefined) return { after: 0, isMarked: false }
  return { after: int(row, 'read_inbox_max_id'), isMarked: bool(row, 'is_marked_unread') }
}

interface ReadRange {
  readonly boxId: bigint
  readonly peerId: PeerId
  readonly after: number
  readonly upTo: number
}

/** Raises the marks of the authors, who see a private chat as one with the reader. The first reader of a group counts. */
function* tellAuthors(limits: Box, range: ReadRange): Decision<void> {
  const peerId = range.peerId > 0n ? range.boxId : range.peerId
  for (const row of yield* listReadOf.rows({ ...range })) {
    const [boxId, maxId] = [long(row, 'box_id'), int(row, 'max_id')]
    if ((yield* raiseOutbox.run({ boxId, peerId, maxId })) === 0) continue
    yield* addEvent({ ...limits, boxId }, { kind: 'readOutbox', peerId, maxId }, undefined)
  }
}

function byId(one: bigint, other: bigint): number {
  return one < other ? -1 : Number(one > other)
}
