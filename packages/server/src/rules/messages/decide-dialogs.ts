import { bool, int, isNull, long, type Row } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import type { Secret } from '../../database/secret.ts'
import { withSeen } from './decide-seen.ts'
import { type Contents, contentsOf, messageColumns, toMessage } from './message-rows.ts'
import type { Dialog, DialogList, DialogsOffset, DialogsQuery, PeerId } from './words.ts'

const OWN = 'm.box_id = :boxId AND m.peer_id = p.listed_id'

const findListed = sql`
  SELECT p.listed_id, d.read_inbox_max_id, d.read_outbox_max_id, d.is_marked_unread, d.folder_id, d.pinned_place,
    d.mute_until_s, d.is_silent, d.shows_previews, ${messageColumns('t')},
    (SELECT count(*) FROM messages m WHERE ${OWN} AND m.is_out = 0 AND m.id > coalesce(d.read_inbox_max_id, 0)) AS unread,
    (SELECT count(*) FROM messages m WHERE ${OWN} AND m.is_mentioned = 1 AND m.has_unread_content = 1) AS mentions,
    (SELECT count(*) FROM messages m WHERE ${OWN} AND m.has_unread_reactions = 1) AS reactions,
    (SELECT count(*) FROM messages m WHERE ${OWN} AND m.has_unread_votes = 1) AS votes
  FROM ${LISTED_IDS} p
  LEFT JOIN dialogs d ON d.box_id = :boxId AND d.peer_id = p.listed_id
  LEFT JOIN messages t ON t.box_id = :boxId AND t.id = d.top_id
  LEFT JOIN bodies b ON b.body_id = t.body_id`

/** Chats with messages, of one folder or of all (−1). */
const LISTED = `box_id = :boxId AND top_id > 0 AND (CAST(:folderId AS BIGINT) = -1 OR folder_id = :folderId)`

const countAll = sql`
  SELECT count(*) AS n, count(CASE WHEN pinned_place > 0 THEN 1 END) AS pinned FROM dialogs WHERE ${LISTED}`
const listPinned = sql`
  SELECT peer_id FROM dialogs WHERE ${LISTED} AND pinned_place > 0 ORDER BY pinned_place DESC, peer_id LIMIT :limit`
/** Ids of a box rise with their dates, so that the id of an offset says more than its date. */
const listOthers = sql`
  SELECT peer_id FROM dialogs WHERE ${LISTED} AND pinned_place = 0
    AND (CAST(:offsetId AS BIGINT) = 0 OR top_id < :offsetId)
    AND (CAST(:offsetDateS AS BIGINT) = 0 OR top_date_s < :offsetDateS)
  ORDER BY top_date_s DESC, top_id DESC LIMIT :limit`

/** More pinned chats than a folder can have. */
const MAX_PINNED = 200
const EVERY_FOLDER = -1

/** The chats of a box with these peers, one for each, in this order. */
export function* findDialogs(secret: Secret, boxId: bigint, peerIds: readonly PeerId[]): Decision<Dialog[]> {
  if (peerIds.length === 0) return []
  const rows = yield* findListed.rows({ boxId, ids: idList(peerIds) })
  const contents = yield* contentsOf(secret, boxId, rows)
  const listed = rows.map((row, at) => toDialog(boxId, row, contents[at]))
  const tops = listed.flatMap(({ topMessage }) => topMessage ?? [])
  const seen = new Map((yield* withSeen(secret, boxId, tops)).map((message) => [message.id, message]))
  const dialogs = new Map(
    listed.map((dialog) => [
      dialog.peerId,
      { ...dialog, topMessage: dialog.topMessage && seen.get(dialog.topMessage.id) },
    ]),
  )
  return peerIds.flatMap((peerId) => dialogs.get(peerId) ?? [])
}

/** A page of the list of chats of a box. */
export function* listDialogs(secret: Secret, boxId: bigint, query: DialogsQuery): Decision<DialogList> {
  const { folderId = EVERY_FOLDER, excludesPinned, offset, limit } = query
  const counted = (yield* countAll.row({ boxId, folderId })) ?? {}
  const pinned = excludesPinned ? [] : yield* listPinnedPeers(boxId, folderId)
  const begin = placeAfter(offset, pinned, limit)
  const first = pinned.slice(begin.pinned, begin.pinned + limit)
  const others =
    first.length < limit ? yield* listOtherPeers(boxId, folderId, begin, limit - first.length) : []
  return {
    dialogs: yield* findDialogs(secret, boxId, [...first, ...others]),
    count: int(counted, 'n') - (excludesPinned ? int(counted, 'pinned') : 0),
  }
}

/** The pinned chats of a folder, in their order. */
export function* listPinnedDialogs(secret: Secret, boxId: bigint, folderId: number): Decision<Dialog[]> {
  return yield* findDialogs(secret, boxId, yield* listPinnedPeers(boxId, folderId))
}

function* listPinnedPeers(boxId: bigint, folderId: number): Decision<PeerId[]> {
  const rows = yield* listPinned.rows({ boxId, folderId, limit: MAX_PINNED })
  return rows.map((row) => long(row, 'peer_id'))
}

/** The beginning of a page: that many of the pinned chats came before, and the others begin below the id and the date. */
interface Begin {
  readonly pinned: number
  readonly offsetId: number
  readonly offsetDateS: number
}

function* listOtherPeers(
  boxId: bigint,
  folderId: number,
  { offsetId, offsetDateS }: Begin,
  limit: number,
): Decision<PeerId[]> {
  const rows = yield* listOthers.rows({ boxId, folderId, offsetId, offsetDateS, limit })
  return rows.map((row) => long(row, 'peer_id'))
}

/** A page that was full of pinned chats ended with one of them. Any other offset is a place among the others, as given. */
function placeAfter({ dateS, id, peerId }: DialogsOffset, pinned: readonly PeerId[], limit: number): Begin {
  if (dateS === 0 && id === 0) return { pinned: 0, offsetId: 0, offsetDateS: 0 }
  const rank = peerId === undefined ? 0 : pinned.indexOf(peerId) + 1
  if (rank > 0 && rank % limit === 0) return { pinned: rank, offsetId: 0, offsetDateS: 0 }
  return { pinned: pinned.length, offsetId: id, offsetDateS: id === 0 ? dateS : 0 }
}

function toDialog(boxId: bigint, row: Row, content: Contents[number]): Dialog {
  const flag = (column: string) => (isNull(row, column) ? undefined : bool(row, column))
  const count = (column: string) => (isNull(row, column) ? 0 : int(row, column))
  return {
    peerId: long(row, 'listed_id'),
    topMessage: isNull(row, 'id') ? undefined : toMessage(boxId, row, content),
    readInboxMaxId: count('read_inbox_max_id'),
    readOutboxMaxId: count('read_outbox_max_id'),
    unreadCount: int(row, 'unread'),
    unreadMentionsCount: int(row, 'mentions'),
    unreadReactionsCount: int(row, 'reactions'),
    unreadVotesCount: int(row, 'votes'),
    isPinned: count('pinned_place') > 0,
    isMarkedUnread: flag('is_marked_unread') ?? false,
    folderId: count('folder_id'),
    muteUntilS: isNull(row, 'mute_until_s') ? undefined : int(row, 'mute_until_s'),
    isSilent: flag('is_silent'),
    showsPreviews: flag('shows_previews'),
  }
}
