import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import { boxOf } from './box-of.ts'
import { appendMessage } from './decide-append-message.ts'
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
  NewMessage,
} from './words.ts'

/** What a client had heard of when it was last here. */
export interface Since {
  readonly pts: number
  readonly dateS: number
  /** Events it takes at once; undefined: as many as we like. */
  readonly limit: number | undefined
  /** It would rather begin anew than hear of more than these; undefined: of all. */
  readonly totalLimit: number | undefined
}

/** What a change has done to the log. */
export interface AffectedMessages {
  readonly pts: number
  readonly ptsCount: number
}

/** Messages: everybody has a box of their own. Every method throws the RpcError of the rule that refuses. */
export interface Messages {
  state(caller: Caller): Promise<BoxState>
  /** @throws {RpcError} PERSISTENT_TIMESTAMP_EMPTY, PERSISTENT_TIMESTAMP_INVALID, DATE_EMPTY */
  difference(caller: Caller, since: Since): Promise<LogSlice>
  dialogs(caller: Caller, query: DialogsQuery): Promise<DialogList>
  /** One for each of these, empty ones included. */
  dialogsWith(caller: Caller, peerIds: readonly bigint[]): Promise<readonly Dialog[]>
  history(caller: Caller, query: HistoryQuery): Promise<HistorySlice>
  /** In any order, without those there are not. @throws {RpcError} LIMIT_INVALID */
  find(caller: Caller, ids: readonly number[]): Promise<readonly Message[]>
  /** Marks what the other side wrote up to `maxId` as read; 0: everything. */
  read(caller: Caller, peerId: bigint, maxId: number): Promise<AffectedMessages>
  /** @throws {RpcError} LIMIT_INVALID */
  remove(caller: Caller, ids: readonly number[]): Promise<AffectedMessages>
  /**
   * Puts a message in an account's box, unless it is there already; its sessions are told. False where there is no
   * account.
   */
  deliver(userId: bigint, message: NewMessage): Promise<boolean>
}

const MAX_IDS = 200
const MAX_AT_ONCE = 100

/** The rules of messages. */
export function createMessages({ store, settings }: Pick<Ground, 'store' | 'settings'>): Messages {
  function checkCount(ids: readonly number[]): void {
    if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
  }

  return {
    state: async ({ state }) => {
      const userId = requireUserId(state)
      return await store.look(() => boxState(userId))
    },
    async difference({ state }, { pts, dateS, limit, totalLimit }) {
      if (pts === 0) throw refusal('PERSISTENT_TIMESTAMP_EMPTY')
      if (dateS === 0) throw refusal('DATE_EMPTY')
      const atOnce = Math.min(settings.maxDifference, Math.max(1, limit ?? settings.maxDifference))
      const userId = requireUserId(state)
      const slice = await store.look(() => eventsAfter(store.secret, userId, pts, atOnce))
      if (pts < 0 || pts > slice.pts) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
      const isTooLong = totalLimit !== undefined && slice.pts - pts > totalLimit
      return isTooLong ? { kind: 'trimmed', pts: slice.pts, unreadCount: slice.unreadCount } : slice
    },
    async dialogs({ state }, query) {
      const userId = requireUserId(state)
      const limit = bounded(query.limit)
      return await store.look(() => listDialogs(store.secret, userId, { ...query, limit }))
    },
    async dialogsWith({ state }, peerIds) {
      const userId = requireUserId(state)
      return await store.look(() => findDialogs(store.secret, userId, peerIds))
    },
    async history({ state }, query) {
      const userId = requireUserId(state)
      const limit = bounded(query.limit)
      return await store.look(() => listHistory(store.secret, userId, { ...query, limit }))
    },
    async find({ state }, ids) {
      checkCount(ids)
      const userId = requireUserId(state)
      return await store.look(() => findMessages(store.secret, userId, ids))
    },
    async read(caller, peerId, maxId) {
      const box = boxOf(settings, requireUserId(caller.state))
      return affectedBy(await store.decide(() => readMessages(box, peerId, maxId, caller.authKeyId)))
    },
    async remove(caller, ids) {
      checkCount(ids)
      const box = boxOf(settings, requireUserId(caller.state))
      return affectedBy(await store.decide(() => removeMessages(box, ids, caller.authKeyId)))
    },
    async deliver(userId, message) {
      const box = boxOf(settings, userId)
      const outcome = await store.decide(() => appendMessage(store.secret, box, message))
      return outcome.kind !== 'noBox'
    },
  }
}

function affectedBy({ pts, event }: Affected): AffectedMessages {
  return { pts, ptsCount: event?.ptsCount ?? 0 }
}

function bounded(limit: number): number {
  return Math.min(MAX_AT_ONCE, Math.max(0, limit))
}
