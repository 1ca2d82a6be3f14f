import { int } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { withSeen } from './decide-seen.ts'
import { MESSAGE_COLUMNS, messagesIn, WITH_BODIES } from './message-rows.ts'
import type { Message, PeerId } from './words.ts'

/** A choice of messages of a box. Fields that are undefined, and dates that are 0, choose nothing. */
export interface Choice {
  readonly peerId: PeerId | undefined
  /** Of the kind `service`, only messages about a photo. */
  readonly kind: string | undefined
  /** A second kind, beside the first. */
  readonly otherKind: string | undefined
  readonly fromId: bigint | undefined
  readonly savedPeerId: PeerId | undefined
  readonly isPinned: boolean
  readonly isMentioned: boolean
  /** Mentions that the owner of the box has not seen. */
  readonly isUnseen: boolean
  /** Chats with people, or groups. */
  readonly peers: 'people' | 'groups' | undefined
  readonly folderId: number | undefined
  readonly minDateS: number
  readonly maxDateS: number
}

/** Every message of a box. */
export const ANY_MESSAGE: Choice = {
  peerId: undefined,
  kind: undefined,
  otherKind: undefined,
  fromId: undefined,
  savedPeerId: undefined,
  isPinned: false,
  isMentioned: false,
  isUnseen: false,
  peers: undefined,
  folderId: undefined,
  minDateS: 0,
  maxDateS: 0,
}

const DAY_S = 86_400
/** Any id: ids of users and peers are never this. */
const ANY = 0n
const EVERY_FOLDER = -1

const CHOSEN = `m.box_id = :boxId
  AND (CAST(:peerId AS BIGINT) = 0 OR m.peer_id = :peerId)
  AND (CAST(:kind AS TEXT) = '' OR m.kind = :kind OR m.kind = :otherKind)
  AND (CAST(:kind AS TEXT) <> 'service' OR (SELECT b.media_id FROM bodies b WHERE b.body_id = m.body_id) <> 0)
  AND (CAST(:fromId AS BIGINT) = 0 OR m.from_id = :fromId)
  AND (CAST(:savedPeerId AS BIGINT) = 0 OR m.saved_peer_id = :savedPeerId)
  AND m.is_pinned >= :isPinned AND m.is_mentioned >= :isMentioned AND m.has_unread_content >= :isUnseen
  AND (CAST(:peers AS BIGINT) = 0 OR (m.peer_id > 0 AND CAST(:peers AS BIGINT) = 1)
    OR (m.peer_id < 0 AND CAST(:peers AS BIGINT) = -1))
  AND (CAST(:folderId AS BIGINT) = -1 OR coalesce((
    SELECT d.folder_id FROM dialogs d WHERE d.box_id = m.box_id AND d.peer_id = m.peer_id), 0) = :folderId)
  AND m.date_s >= :minDateS AND (CAST(:maxDateS AS BIGINT) = 0 OR m.date_s <= :maxDateS)`

/** The conditions on single chats read its index, and those on pins and mentions theirs. */
const inChat = choosing('m.peer_id = :peerId AND')
const pinned = choosing('m.peer_id = :peerId AND m.is_pinned = 1 AND')
const mentioned = choosing('m.peer_id = :peerId AND m.is_mentioned = 1 AND m.has_unread_content = 1 AND')
const anywhere = choosing('')

function choosing(condition: string) {
  return {
    list: sql`
      SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE ${condition} ${CHOSEN} AND m.id < :belowId
      ORDER BY m.id DESC LIMIT :limit`,
    page: sql`
      SELECT ${MESSAGE_COLUMNS} FROM ${WITH_BODIES} WHERE ${condition} ${CHOSEN}
      ORDER BY m.id DESC LIMIT :limit OFFSET :skipped`,
    count: sql`
      SELECT count(*) AS n, count(CASE WHEN m.id >= :offsetId THEN 1 END) AS passed FROM messages m
      WHERE ${condition} ${CHOSEN}`,
    days: sql`
      SELECT m.date_s - m.date_s % ${DAY_S} AS day_s, min(m.id) AS min_id, max(m.id) AS max_id, count(*) AS n
      FROM messages m WHERE ${condition} ${CHOSEN} AND (CAST(:offsetId AS BIGINT) = 0 OR m.id < :offsetId)
      GROUP BY m.date_s - m.date_s % ${DAY_S} ORDER BY day_s DESC LIMIT :limit`,
    places: sql`
      SELECT id, date_s, place FROM (
        SELECT m.id, m.date_s, row_number() OVER (ORDER BY m.id DESC) - 1 AS place FROM messages m
        WHERE ${condition} ${CHOSEN}) p
      WHERE place % :step = 0 AND (CAST(:offsetId AS BIGINT) = 0 OR id < :offsetId) ORDER BY id DESC LIMIT :limit`,
  }
}

/** The newest messages of a choice below an id, without votes and reactions. */
export function* listChosen(
  secret: Secret,
  boxId: bigint,
  choice: Choice,
  { belowId, limit }: { readonly belowId: number; readonly limit: number },
): Decision<Message[]> {
  const rows = yield* statementsFor(choice).list.rows({ ...paramsOf(boxId, choice), belowId, limit })
  return yield* messagesIn(secret, boxId, rows)
}

/** A page of the messages of a choice, newest first. */
export function* pageOfChosen(
  secret: Secret,
  boxId: bigint,
  choice: Choice,
  { skipped, limit }: { readonly skipped: number; readonly limit: number },
): Decision<Message[]> {
  const rows = yield* statementsFor(choice).page.rows({ ...paramsOf(boxId, choice), skipped, limit })
  return yield* withSeen(secret, boxId, yield* messagesIn(secret, boxId, rows))
}

/** The number of messages of a choice, and of those that are no older than an id. */
export function* countChosen(
  boxId: bigint,
  choice: Choice,
  offsetId: number,
): Decision<{ readonly count: number; readonly passed: number }> {
  const row = (yield* statementsFor(choice).count.row({ ...paramsOf(boxId, choice), offsetId })) ?? {}
  return { count: int(row, 'n'), passed: int(row, 'passed') }
}

/** The messages of a choice in a day. */
export interface FoundDay {
  /** Its first second, in UTC. */
  readonly dayS: number
  readonly minId: number
  readonly maxId: number
  readonly count: number
}

/** The newest days that have messages of a choice, below an id; 0: any. */
export function* listDays(
  boxId: bigint,
  choice: Choice,
  { offsetId, limit }: { readonly offsetId: number; readonly limit: number },
): Decision<FoundDay[]> {
  const rows = yield* statementsFor(choice).days.rows({ ...paramsOf(boxId, choice), offsetId, limit })
  return rows.map((row) => ({
    dayS: int(row, 'day_s'),
    minId: int(row, 'min_id'),
    maxId: int(row, 'max_id'),
    count: int(row, 'n'),
  }))
}

/** The place of a message in all of a choice, from 0, newest first. */
export interface FoundPlace {
  readonly id: number
  readonly dateS: number
  readonly place: number
}

/** Every so many messages of a choice, newest first, below an id; 0: any. */
export function* listPlaces(
  boxId: bigint,
  choice: Choice,
  page: { readonly step: number; readonly offsetId: number; readonly limit: number },
): Decision<FoundPlace[]> {
  const rows = yield* statementsFor(choice).places.rows({ ...paramsOf(boxId, choice), ...page })
  return rows.map((row) => ({ id: int(row, 'id'), dateS: int(row, 'date_s'), place: int(row, 'place') }))
}

function statementsFor(choice: Choice) {
  if (choice.peerId === undefined) return anywhere
  if (choice.isPinned) return pinned
  return choice.isMentioned && choice.isUnseen ? mentioned : inChat
}

function paramsOf(boxId: bigint, choice: Choice) {
  const {
    peerId = ANY,
    kind = '',
    otherKind = '',
    fromId = ANY,
    savedPeerId = ANY,
    folderId = EVERY_FOLDER,
  } = choice
  return {
    boxId,
    peerId,
    kind,
    otherKind,
    fromId,
    savedPeerId,
    folderId,
    peers: choice.peers === undefined ? 0 : choice.peers === 'people' ? 1 : -1,
    isPinned: Number(choice.isPinned),
    isMentioned: Number(choice.isMentioned),
    isUnseen: Number(choice.isUnseen),
    minDateS: choice.minDateS,
    maxDateS: choice.maxDateS,
  }
}
