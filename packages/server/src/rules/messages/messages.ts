import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requireUserId } from '../accounts/keys.ts'
import { refusal } from '../refusal.ts'
import type {
  Affected,
  Box,
  BoxEvent,
  BoxState,
  Dialog,
  DialogsQuery,
  HistoryQuery,
  HistorySlice,
  Leak,
  LogSlice,
  Message,
  NewMessage,
  NewMessageEvent,
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

/** A message of the caller's, and what they were told because of it. */
export interface Written {
  readonly event: NewMessageEvent
  readonly notice: NewMessageEvent | undefined
}

/** Messages: everybody has a box of their own. Every method throws the RpcError of the rule that refuses. */
export interface Messages {
  state(caller: Caller): Promise<BoxState>
  /** @throws {RpcError} PERSISTENT_TIMESTAMP_EMPTY, PERSISTENT_TIMESTAMP_INVALID, DATE_EMPTY */
  difference(caller: Caller, since: Since): Promise<LogSlice>
  dialogs(
    caller: Caller,
    query: DialogsQuery,
  ): Promise<{ readonly dialogs: readonly Dialog[]; readonly count: number }>
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
   * Puts what the caller has written in their box and tells their other sessions; the codes it gives away end with it.
   * Under a random id that was used already: the message that is there, and nothing else.
   */
  write(caller: Caller, message: NewMessage, leak: Leak | undefined): Promise<Written>
  /**
   * Puts a message in an account's box, and tells its sessions; of one that is there already they are told again, under
   * the same pts. False where there is no account.
   */
  deliver(userId: bigint, message: NewMessage): Promise<boolean>
}

const MAX_IDS = 200
const MAX_AT_ONCE = 100

/** The rules of messages. */
export function createMessages({
  store,
  bus,
  settings,
}: Pick<Ground, 'store' | 'bus' | 'settings'>): Messages {
  const boxOf = (userId: bigint): Box => ({
    userId,
    keptMessages: settings.maxMessages,
    keptEvents: settings.maxEvents,
  })

  function announce(userId: bigint, event: BoxEvent, exceptAuthKeyId?: bigint): void {
    bus.publish('userUpdate', {
      userId,
      update: event,
      ...(exceptAuthKeyId !== undefined && { exceptAuthKeyId }),
    })
  }

  /** The session that did it knows from its answer. */
  function tellOthers({ authKeyId, state }: Caller, { pts, event }: Affected): AffectedMessages {
    if (event !== undefined) announce(requireUserId(state), event, authKeyId)
    return { pts, ptsCount: event?.ptsCount ?? 0 }
  }

  function checkCount(ids: readonly number[]): void {
    if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
  }

  return {
    state: async ({ state }) => store.messages.state(requireUserId(state)),
    async difference({ state }, { pts, dateS, limit, totalLimit }) {
      if (pts === 0) throw refusal('PERSISTENT_TIMESTAMP_EMPTY')
      if (dateS === 0) throw refusal('DATE_EMPTY')
      const atOnce = Math.min(settings.maxDifference, Math.max(1, limit ?? settings.maxDifference))
      const slice = await store.messages.eventsAfter(requireUserId(state), pts, atOnce)
      if (pts < 0 || pts > slice.pts) throw refusal('PERSISTENT_TIMESTAMP_INVALID')
      const isTooLong = totalLimit !== undefined && slice.pts - pts > totalLimit
      return isTooLong ? { kind: 'trimmed', pts: slice.pts, unreadCount: slice.unreadCount } : slice
    },
    dialogs: async ({ state }, query) =>
      store.messages.dialogs(requireUserId(state), { ...query, limit: bounded(query.limit) }),
    dialogsWith: async ({ state }, peerIds) => store.messages.dialogsWith(requireUserId(state), peerIds),
    history: async ({ state }, query) =>
      store.messages.history(requireUserId(state), { ...query, limit: bounded(query.limit) }),
    async find({ state }, ids) {
      checkCount(ids)
      return store.messages.find(requireUserId(state), ids)
    },
    async read(caller, peerId, maxId) {
      return tellOthers(caller, await store.messages.read(boxOf(requireUserId(caller.state)), peerId, maxId))
    },
    async remove(caller, ids) {
      checkCount(ids)
      return tellOthers(caller, await store.messages.remove(boxOf(requireUserId(caller.state)), ids))
    },
    async write({ authKeyId, state }, message, leak) {
      const userId = requireUserId(state)
      const outcome = await store.messages.append(boxOf(userId), message, leak)
      if (outcome.kind === 'noBox') throw refusal('AUTH_KEY_UNREGISTERED')
      if (outcome.kind === 'repeated') return { event: outcome.event, notice: undefined }
      const { event, notice } = outcome
      announce(userId, event, authKeyId)
      if (notice !== undefined) announce(userId, notice, authKeyId)
      return { event, notice }
    },
    async deliver(userId, message) {
      const outcome = await store.messages.append(boxOf(userId), message)
      if (outcome.kind === 'noBox') return false
      announce(userId, outcome.event)
      return true
    },
  }
}

function bounded(limit: number): number {
  return Math.min(MAX_AT_ONCE, Math.max(0, limit))
}
