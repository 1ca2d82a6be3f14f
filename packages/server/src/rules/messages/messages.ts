import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { boxOf } from './box-of.ts'
import { boxState, eventsAfter } from './decide-box-log.ts'
import { findDialogs, listDialogs } from './decide-dialogs.ts'
import { findMessages, listHistory } from './decide-history.ts'
import { readMessages } from './decide-read-messages.ts'
import { removeMessages } from './decide-remove-messages.ts'
import type {
  Affected,
  BoxState,
  Dialog,
  DialogList,
  DialogsQuery,
  HistoryQuery,
  HistorySlice,
  LogSlice,
  Message,
} from './words.ts'

/** The state that a client has, and what it accepts as an answer. */
export interface Since {
  readonly pts: number
  readonly dateS: number
  /** Events that the client takes at once; undefined: as many as we like. */
  readonly limit: number | undefined
  /** The client would rather begin anew than hear of more events; undefined: of all. */
  readonly totalLimit: number | undefined
}

/** The effect of a change on the log. */
export interface AffectedMessages {
  readonly pts: number
  readonly ptsCount: number
}

const MAX_IDS = 200
const MAX_AT_ONCE = 100

/** The state of the caller's box. */
export async function stateOf({ store }: Ground, { state }: Caller): Promise<BoxState> {
  const userId = requireUserId(state)
  return await store.look(() => boxState(userId))
}

/**
 * The events that a client has missed since a state, with the state of the box at the same moment.
 *
 * @throws {RpcError} PERSISTENT_TIMESTAMP_EMPTY, PERSISTENT_TIMESTAMP_INVALID, DATE_EMPTY
 */
export async function differenceSince(
  { store, settings }: Ground,
  { state }: Caller,
  { pts, dateS, limit, totalLimit }: Since,
): Promise<LogSlice & BoxState> {
  if (pts === 0) throw refusal('PERSISTENT_TIMESTAMP_EMPTY')
  if (dateS === 0) throw refusal('DATE_EMPTY')
  const atOnce = Math.min(settings.maxDifference, Math.max(1, limit ?? settings.maxDifference))
  const userId = requireUserId(state)
  const { slice, state: now } = await store.look(function* () {
    return { slice: yield* eventsAfter(store.secret, userId, pts, atOnce), state: yield* boxState(userId) }
  })
  if (pts < 0 || pts > now.pts) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
  const isTooLong = totalLimit !== undefined && now.pts - pts > totalLimit
  return isTooLong ? { kind: 'trimmed', ...now } : { ...slice, ...now }
}

/** The caller's chats, newest first. */
export async function dialogsOf(
  { store }: Ground,
  { state }: Caller,
  query: DialogsQuery,
): Promise<DialogList> {
  const userId = requireUserId(state)
  const limit = bounded(query.limit)
  return await store.look(() => listDialogs(store.secret, userId, { ...query, limit }))
}

/** The caller's chats with these peers, empty ones too, and the state of the box at the same moment. */
export async function dialogsWith(
  { store }: Ground,
  { state }: Caller,
  peerIds: readonly bigint[],
): Promise<{ readonly dialogs: readonly Dialog[]; readonly state: BoxState }> {
  const userId = requireUserId(state)
  return await store.look(function* () {
    return { dialogs: yield* findDialogs(store.secret, userId, peerIds), state: yield* boxState(userId) }
  })
}

/** A stretch of a chat of the caller's, newest first. */
export async function historyOf(
  { store }: Ground,
  { state }: Caller,
  query: HistoryQuery,
): Promise<HistorySlice> {
  const userId = requireUserId(state)
  const limit = bounded(query.limit)
  return await store.look(() => listHistory(store.secret, userId, { ...query, limit }))
}

/** Those of these messages that the caller has. @throws {RpcError} LIMIT_INVALID */
export async function messagesOf(
  { store }: Ground,
  { state }: Caller,
  ids: readonly number[],
): Promise<readonly Message[]> {
  checkCount(ids)
  const userId = requireUserId(state)
  return await store.look(() => findMessages(store.secret, userId, ids))
}

/** Marks messages that the caller got from a peer as read, up to `maxId`; 0: all of them. */
export async function markRead(
  { store, settings }: Ground,
  { authKeyId, state }: Caller,
  peerId: bigint,
  maxId: number,
): Promise<AffectedMessages> {
  const box = boxOf(settings, requireUserId(state))
  return effectOf(await store.decide(() => readMessages(box, { peerId, maxId }, authKeyId)))
}

/** Deletes messages of the caller's; nobody else has them. @throws {RpcError} LIMIT_INVALID */
export async function deleteOwn(
  { store, settings }: Ground,
  { authKeyId, state }: Caller,
  ids: readonly number[],
): Promise<AffectedMessages> {
  checkCount(ids)
  const box = boxOf(settings, requireUserId(state))
  return effectOf(await store.decide(() => removeMessages(box, ids, authKeyId)))
}

function effectOf({ pts, event }: Affected): AffectedMessages {
  return { pts, ptsCount: event?.ptsCount ?? 0 }
}

function checkCount(ids: readonly number[]): void {
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
}

function bounded(limit: number): number {
  return Math.min(MAX_AT_ONCE, Math.max(0, limit))
}
