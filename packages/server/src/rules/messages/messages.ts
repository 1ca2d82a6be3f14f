import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { boxOf } from './box-of.ts'
import { boxState } from './decide-box-log.ts'
import { findDialogs, listDialogs, listPinnedDialogs } from './decide-dialogs.ts'
import { findMessages, listHistory } from './decide-history.ts'
import { readMessages } from './decide-read-messages.ts'
import type {
  Affected,
  BoxState,
  Dialog,
  DialogList,
  DialogsQuery,
  HistoryQuery,
  HistorySlice,
  Message,
  Place,
} from './words.ts'

const MAX_IDS = 200
const MAX_AT_ONCE = 100

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

/** The pinned chats of a folder of the caller's, and the state of the box at the same moment. */
export async function pinnedDialogs(
  { store }: Ground,
  { state }: Caller,
  folderId: number,
): Promise<{ readonly dialogs: readonly Dialog[]; readonly state: BoxState }> {
  const userId = requireUserId(state)
  return await store.look(function* () {
    const dialogs = yield* listPinnedDialogs(store.secret, userId, folderId)
    return { dialogs, state: yield* boxState(userId) }
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
  { store, settings, clock }: Ground,
  { authKeyId, state }: Caller,
  peerId: bigint,
  maxId: number,
): Promise<Place> {
  const box = boxOf(settings, requireUserId(state))
  const nowS = Math.floor(clock.nowMs() / 1000)
  return effectOf(await store.decide(() => readMessages(box, { peerId, maxId, nowS }, authKeyId)))
}

function effectOf({ pts, event }: Affected): Place {
  return { pts, ptsCount: event?.ptsCount ?? 0 }
}

function checkCount(ids: readonly number[]): void {
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
}

function bounded(limit: number): number {
  return Math.min(MAX_AT_ONCE, Math.max(0, limit))
}
