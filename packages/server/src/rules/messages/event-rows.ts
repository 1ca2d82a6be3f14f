import { int, isNull, long, type Row, text } from '../../database/columns.ts'
import type { Decision } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import type { Secret } from '../../database/secret.ts'
import { type Contents, contentsOf, toMessage } from './message-rows.ts'
import type { BoxChange, BoxEvent, PeerId } from './words.ts'

/** A change as the log keeps it: without the message, which may be gone by the time somebody asks for it. */
export type LoggedChange = Exclude<BoxChange, { readonly message: unknown }>

/** A row of `box_log`, without its place. */
export interface LoggedColumns {
  readonly kind: LoggedChange['kind']
  readonly peerId: PeerId
  readonly messageId: number | null
  readonly detail: string | null
}

/** Columns of `box_log` for a change of a box that names no message, or one. */
export function toColumns(change: Exclude<LoggedChange, { readonly ids: unknown }>): LoggedColumns {
  const { kind, peerId } = change
  switch (kind) {
    case 'readInbox':
      return { kind, peerId, messageId: change.maxId, detail: String(change.unreadCount) }
    case 'readOutbox':
      return { kind, peerId, messageId: change.maxId, detail: null }
    case 'folder':
      return { kind, peerId, messageId: null, detail: String(change.folderId) }
  }
}

/** The events of rows of the log, one for each. A message that is gone since is told as its deletion, so that nobody misses a pts. */
export function* toEvents(secret: Secret, boxId: bigint, rows: readonly Row[]): Decision<BoxEvent[]> {
  const contents = yield* contentsOf(secret, boxId, rows)
  return rows.map((row, at) => toEvent(boxId, row, contents[at]))
}

/** Events with neighbours of a kind in one. */
export function mergeEvents(events: readonly BoxEvent[]): BoxEvent[] {
  const merged: BoxEvent[] = []
  for (const event of events) {
    const last = merged.at(-1)
    const both = last && merge(last, event)
    if (both === undefined) merged.push(event)
    else merged.splice(-1, 1, both)
  }
  return merged
}

/** Two events as one, if the second comes right after the first and is of its kind. */
function merge(one: BoxEvent, next: BoxEvent): BoxEvent | undefined {
  if (one.pts !== next.pts - next.ptsCount) return undefined
  const place = { pts: next.pts, ptsCount: one.ptsCount + next.ptsCount }
  if (one.kind === 'deleteMessages' && next.kind === 'deleteMessages') {
    const { standsIn: _, ...deletion } = one
    return { ...deletion, ids: [...one.ids, ...next.ids], ...place }
  }
  if (one.kind === 'readContents' && next.kind === 'readContents') {
    return { ...one, ids: [...one.ids, ...next.ids], ...place }
  }
  if (one.kind !== 'pinned' || next.kind !== 'pinned') return undefined
  const isSame = one.peerId === next.peerId && one.isPinned === next.isPinned
  return isSame ? { ...one, ids: [...one.ids, ...next.ids], ...place } : undefined
}

function toEvent(boxId: bigint, row: Row, content: Contents[number]): BoxEvent {
  return {
    ...toChange(boxId, row, content),
    pts: int(row, 'log_pts'),
    ptsCount: int(row, 'pts_count'),
    ...(isNull(row, 'caused_by') ? {} : { causedBy: long(row, 'caused_by') }),
  }
}

function toChange(boxId: bigint, row: Row, content: Contents[number]): BoxChange {
  const kind = text(row, 'log_kind')
  switch (kind) {
    case 'newMessage': {
      if (isNull(row, 'id')) return gone(row)
      const message = toMessage(boxId, row, content)
      return { kind, message, ...(message.isOut && { randomId: long(row, 'random_id') }) }
    }
    case 'editMessage':
      return isNull(row, 'id') ? gone(row) : { kind, message: toMessage(boxId, row, content) }
    case 'readInbox': {
      const [peerId, maxId] = [long(row, 'log_peer_id'), int(row, 'message_id')]
      return { kind, peerId, maxId, unreadCount: Number(text(row, 'detail')) }
    }
    case 'readOutbox':
      return { kind, peerId: long(row, 'log_peer_id'), maxId: int(row, 'message_id') }
    case 'deleteMessages':
      // Logs of before migration 8 have one row for several.
      return {
        kind,
        ids: isNull(row, 'message_id') ? JSON.parse(text(row, 'detail')) : [int(row, 'message_id')],
      }
    case 'readContents':
      return { kind, ids: [int(row, 'message_id')] }
    case 'pinned': {
      const isPinned = text(row, 'detail') === '1'
      return { kind, peerId: long(row, 'log_peer_id'), ids: [int(row, 'message_id')], isPinned }
    }
    case 'folder':
      return { kind, peerId: long(row, 'log_peer_id'), folderId: Number(text(row, 'detail')) }
    default:
      throw new StoreError('STORE_FAILED', `an event of an unknown kind is in the log: ${kind}`)
  }
}

function gone(row: Row): BoxChange {
  return { kind: 'deleteMessages', ids: [int(row, 'message_id')], standsIn: true }
}
