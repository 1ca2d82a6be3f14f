import type { SessionRef } from '@cablegram/mtproto'
import type { Updates } from '@cablegram/tl/api'
import { type News, updatesOf } from '../api/index.ts'
import type { Nudge } from '../bus/nudge.ts'
import type { Decision } from '../database/decision.ts'
import { findAccounts } from '../rules/accounts/accounts.ts'
import { type LoginMark, listLoginMarks } from '../rules/accounts/decide-login-marks.ts'
import { listSessions } from '../rules/accounts/decide-users.ts'
import type { OnKeys } from '../rules/accounts/key-records.ts'
import { findKey } from '../rules/accounts/keys.ts'
import { listPaidCodes } from '../rules/codes/decide-live-codes.ts'
import { findPaidCode } from '../rules/codes/paid-codes.ts'
import { shownDevice } from '../rules/index.ts'
import { listAcceptedTokens } from '../rules/logins/decide-login-tokens.ts'
import { eventsAfter, findPts } from '../rules/messages/decide-box-log.ts'
import type { LayerCodecs } from './layer-codecs.ts'

const MAX_KEYS = 100_000
/** A client that starts anew begins another session under its key; few run more than two at once. */
const MAX_SESSIONS_OF_KEY = 8
const EVENTS_AT_ONCE = 100
/** Boxes that one look asks about when anything may have changed. PostgreSQL reads a list in time that grows with its square. */
const BOXES_AT_ONCE = 100
/** Accepted QR codes, and paid codes, that one look asks about; all nodes have fewer under way. */
const MAX_OWED = 1_000

interface Subscriber {
  readonly session: SessionRef
  readonly layer: number
}

/** A key of this node. */
interface SubscribedKey {
  /** The sessions in which it was last active, the longest inactive first. */
  readonly sessions: readonly Subscriber[]
  /** Undefined while nobody is known to be signed in on it. */
  readonly userId: bigint | undefined
}

/** A call by a key. */
export interface KeyUse {
  readonly authKeyId: bigint
  readonly session: SessionRef
  readonly layer: number
  readonly userId: bigint | undefined
}

/** Way out for updates. */
export interface Outlet {
  readonly nowS: number
  readonly push: (session: SessionRef, body: Uint8Array) => void
  /** A key is gone from the store. */
  readonly forget?: (authKeyId: bigint) => void
}

/** Knows the sessions of this node in which each key was last active; hears of news, reads the store and sends updates. */
export class Subscribers {
  readonly #on: OnKeys
  readonly #codecs: LayerCodecs
  readonly #isShared: boolean
  /** The longest inactive first. */
  readonly #keys = new Map<bigint, SubscribedKey>()
  readonly #keysOfUser = new Map<bigint, Set<bigint>>()
  /** The pts up to which the sessions of an account have been told; only of accounts with keys here. */
  readonly #toldPts = new Map<bigint, number>()
  /** The logins that the sessions of an account know of, as {@link markOf} names them; of the same accounts. */
  readonly #toldLogins = new Map<bigint, Set<string>>()
  /** QR codes and paid codes whose keys were told. */
  #toldOwed: ReadonlySet<string> = new Set()
  /** News of an account is told one after the other. */
  readonly #turns = new Map<bigint, Promise<void>>()
  readonly #hearing = new Set<Promise<void>>()
  #isClosed = false

  /** @param isShared other nodes change the same boxes, and their nudges may be lost or come in another order */
  constructor(on: OnKeys, codecs: LayerCodecs, isShared = false) {
    this.#on = on
    this.#isShared = isShared
    this.#codecs = codecs
  }

  /** Notes that a key has called something. */
  note({ authKeyId, session, layer, userId }: KeyUse): void {
    const known = this.#keys.get(authKeyId)
    const others = (known?.sessions ?? []).filter((each) => !isSame(each.session, session))
    const sessions = [...others, { session, layer }].slice(-MAX_SESSIONS_OF_KEY)
    this.#put(authKeyId, { sessions, userId })
    const [oldest] = this.#keys.size > MAX_KEYS ? this.#keys.keys() : []
    if (oldest !== undefined) this.#drop(oldest)
  }

  /** Tells the sessions of this node what has changed. */
  async hear(nudge: Nudge, outlet: Outlet): Promise<void> {
    const heard = this.#hear(nudge, outlet)
    this.#hearing.add(heard)
    try {
      await heard
    } finally {
      this.#hearing.delete(heard)
    }
  }

  /** Begins no more looks at the store; resolves when those under way are over. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#hearing)
  }

  async #hear(nudge: Nudge, outlet: Outlet): Promise<void> {
    switch (nudge.kind) {
      case 'box': {
        const boxId = BigInt(nudge.boxId)
        const since = nudge.pts - (nudge.ptsCount ?? 1)
        return await this.#inTurn(boxId, () => this.#tellBox(boxId, { since, pts: nudge.pts }, outlet))
      }
      case 'login': {
        const userId = BigInt(nudge.boxId)
        const by = nudge.byAuthKeyId === undefined ? undefined : BigInt(nudge.byAuthKeyId)
        if (by !== undefined) this.#belongs(by, userId)
        if (this.#keysOfUser.has(userId)) await this.begin(userId)
        return await this.#inTurn(userId, () => this.#tellLogin(userId, BigInt(nudge.hash), by, outlet))
      }
      case 'loginToken':
        return await this.#push([BigInt(nudge.authKeyId)], { kind: 'loginToken' }, outlet)
      case 'paidCode':
        return await this.#tellPaid(BigInt(nudge.authKeyId), nudge.phone, outlet)
      case 'key':
        return await this.#lookUp(BigInt(nudge.authKeyId), outlet)
      case 'reset':
        this.#toldLogins.clear()
        return this.#toldPts.clear()
      case 'anything':
        return await this.#tellAll(outlet)
    }
  }

  /**
   * Looks up how far the log of an account's box goes, before the first call here of a key of its is answered. Everything
   * after that is told, also if the nudge for it is lost.
   */
  async begin(userId: bigint): Promise<void> {
    if (!this.#isShared || this.#toldPts.has(userId)) return
    const { pts, logins } = await this.#on.store.look(() => findStates([userId]))
    const found = pts.get(userId)
    if (found === undefined || this.#toldPts.has(userId)) return
    this.#toldPts.set(userId, found)
    this.#toldLogins.set(userId, new Set(logins.map(markOf)))
  }

  #put(authKeyId: bigint, key: SubscribedKey): void {
    const known = this.#keys.get(authKeyId)
    // At the end of the map, as the key that was active last.
    if (known !== undefined && known.userId === key.userId) this.#keys.delete(authKeyId)
    else this.#drop(authKeyId)
    this.#keys.set(authKeyId, key)
    if (key.userId === undefined) return
    const ofUser = this.#keysOfUser.get(key.userId) ?? new Set()
    this.#keysOfUser.set(key.userId, ofUser.add(authKeyId))
  }

  #drop(authKeyId: bigint): void {
    const userId = this.#keys.get(authKeyId)?.userId
    this.#keys.delete(authKeyId)
    if (userId === undefined) return
    const ofUser = this.#keysOfUser.get(userId)
    ofUser?.delete(authKeyId)
    if (ofUser?.size !== 0) return
    this.#keysOfUser.delete(userId)
    this.#toldPts.delete(userId)
    this.#toldLogins.delete(userId)
  }

  /** Somebody has signed in on a key, which has called nothing since. */
  #belongs(authKeyId: bigint, userId: bigint): void {
    const known = this.#keys.get(authKeyId)
    if (known !== undefined && known.userId !== userId) this.#put(authKeyId, { ...known, userId })
  }

  async #lookUp(authKeyId: bigint, { forget }: Outlet): Promise<void> {
    const known = this.#keys.get(authKeyId)
    // A single node forgets a key where it is destroyed.
    if (known === undefined || (known.userId !== undefined && !this.#isShared)) return
    const record = await findKey(this.#on, authKeyId)
    if (record?.state.at === 'authorized') this.#belongs(authKeyId, record.state.userId)
    if (record === undefined) forget?.(authKeyId)
  }

  async #inTurn(userId: bigint, run: () => Promise<void>): Promise<void> {
    if (!this.#keysOfUser.has(userId)) return
    const turn = (this.#turns.get(userId) ?? Promise.resolve()).then(run, run)
    this.#turns.set(userId, turn)
    try {
      await turn
    } finally {
      if (this.#turns.get(userId) === turn) this.#turns.delete(userId)
    }
  }

  /** The keys of this node that are signed in to the account now, but this one. */
  #keysOf(userId: bigint, logins: readonly { readonly authKeyId: bigint }[], except?: bigint): bigint[] {
    const here = this.#keysOfUser.get(userId)
    const keys = logins.map(({ authKeyId }) => authKeyId)
    return keys.filter((authKeyId) => authKeyId !== except && here?.has(authKeyId))
  }

  /** Tells of the events of a box up to this pts. @param news the events after `since` are new, if nothing else is known */
  async #tellBox(boxId: bigint, news: { since: number; pts: number }, outlet: Outlet): Promise<void> {
    const { store } = this.#on
    for (let told = this.#toldPts.get(boxId) ?? news.since; told < news.pts && !this.#isClosed; ) {
      const since = told
      const { slice, logins } = await store.look(function* () {
        const events = yield* eventsAfter(store.secret, boxId, since, EVENTS_AT_ONCE)
        return { slice: events, logins: yield* listSessions(boxId) }
      })
      if (slice.kind === 'trimmed') await this.#push(this.#keysOf(boxId, logins), { kind: 'tooLong' }, outlet)
      else {
        for (const event of slice.events) {
          await this.#push(this.#keysOf(boxId, logins, event.causedBy), event, outlet)
        }
      }
      told = slice.kind === 'trimmed' ? slice.pts : slice.upToPts
      if (this.#keysOfUser.has(boxId)) this.#toldPts.set(boxId, told)
      if (told <= since) return
    }
  }

  /** Nudges may have been lost: everything that is stored for accounts and keys here is compared with what was told. */
  async #tellAll(outlet: Outlet): Promise<void> {
    const userIds = [...this.#toldPts.keys()]
    for (let at = 0; at < userIds.length && !this.#isClosed; at += BOXES_AT_ONCE) {
      const { pts, logins } = await this.#on.store.look(() =>
        findStates(userIds.slice(at, at + BOXES_AT_ONCE)),
      )
      const behind = [...pts].filter(([userId, end]) => end > (this.#toldPts.get(userId) ?? end))
      await Promise.all([
        ...behind.map(([userId, end]) =>
          this.#inTurn(userId, () => this.#tellBox(userId, { since: end - 1, pts: end }, outlet)),
        ),
        this.#tellLogins(logins, outlet),
      ])
    }
    if (this.#isShared && this.#keys.size > 0 && !this.#isClosed) await this.#tellOwed(outlet)
  }

  /** Tells of the logins that are new, or have been confirmed. */
  async #tellLogins(logins: readonly LoginMark[], outlet: Outlet): Promise<void> {
    for (const login of logins) {
      const { userId, hash, authKeyId } = login
      const told = this.#toldLogins.get(userId)
      if (told === undefined || told.has(markOf(login))) continue
      // A new login knows of itself; one that was confirmed does not.
      const isKnown = told.has(markOf({ hash, unconfirmed: true }))
      const by = isKnown ? undefined : authKeyId
      await this.#inTurn(userId, () => this.#tellLogin(userId, hash, by, outlet))
    }
  }

  /** Tells keys of accepted QR codes and paid codes, which are in no log. */
  async #tellOwed(outlet: Outlet): Promise<void> {
    const { store, clock, settings } = this.#on
    const nowMs = clock.nowMs()
    const arePaid = settings.codePayments === 'operator'
    const { tokens, codes } = await store.look(function* () {
      return {
        tokens: yield* listAcceptedTokens(nowMs, MAX_OWED),
        codes: arePaid ? yield* listPaidCodes(nowMs, MAX_OWED) : [],
      }
    })
    const before = this.#toldOwed
    const owed = [
      ...[...tokens].map(([digest, authKeyId]) => ({ id: digest, authKeyId, phone: undefined })),
      ...codes.map(({ phoneCodeHash, ...rest }) => ({ id: phoneCodeHash, ...rest })),
    ].filter(({ authKeyId }) => this.#keys.has(authKeyId))
    this.#toldOwed = new Set(owed.map(({ id }) => id))
    for (const { id, authKeyId, phone } of owed) {
      if (before.has(id)) continue
      if (phone === undefined) await this.#push([authKeyId], { kind: 'loginToken' }, outlet)
      else await this.#tellPaid(authKeyId, phone, outlet)
    }
  }

  async #tellLogin(userId: bigint, hash: bigint, by: bigint | undefined, outlet: Outlet): Promise<void> {
    const logins = await this.#on.store.look(() => listSessions(userId))
    // A login that has ended again is not worth telling.
    const login = logins.find((each) => each.hash === hash)
    if (login !== undefined) this.#toldLogins.get(userId)?.add(markOf(login))
    const keys = this.#keysOf(userId, logins, by)
    if (login === undefined || keys.length === 0) return
    const [user] = await findAccounts(this.#on, [userId])
    if (user === undefined || user.isBot) return
    const unconfirmed = login.unconfirmed
      ? { device: shownDevice(login.client).model, location: login.ip }
      : undefined
    await this.#push(keys, { kind: 'newAuthorization', hash, unconfirmed }, outlet)
  }

  async #tellPaid(authKeyId: bigint, phone: string, outlet: Outlet): Promise<void> {
    if (!this.#keys.has(authKeyId)) return
    const sent = await findPaidCode(this.#on, authKeyId, phone)
    if (sent !== undefined) await this.#push([authKeyId], { kind: 'sentCode', sent }, outlet)
  }

  /** All are told in the same turn: a session that is told of two things hears of the first one first. */
  async #push(authKeyIds: readonly bigint[], news: News, { nowS, push }: Outlet): Promise<void> {
    const subscribers = authKeyIds.flatMap((authKeyId) => this.#keys.get(authKeyId)?.sessions ?? [])
    if (subscribers.length === 0) return
    const updates: Updates = updatesOf(news, nowS)
    const bodies = await Promise.allSettled(
      subscribers.map(async ({ layer }) => (await this.#codecs.for(layer)).encode('Updates', updates)),
    )
    subscribers.forEach(({ session }, index) => {
      const body = bodies[index]
      if (body?.status === 'fulfilled') push(session, body.value)
    })
    const unsaid = bodies.find((body) => body.status === 'rejected')
    if (unsaid !== undefined) throw unsaid.reason
  }
}

/** How far the boxes of these accounts go, and their logins. */
function* findStates(userIds: readonly bigint[]): Decision<StatesOfAccounts> {
  return { pts: yield* findPts(userIds), logins: yield* listLoginMarks(userIds) }
}

interface StatesOfAccounts {
  readonly pts: ReadonlyMap<bigint, number>
  readonly logins: readonly LoginMark[]
}

function markOf({ hash, unconfirmed }: Pick<LoginMark, 'hash' | 'unconfirmed'>): string {
  return `${hash} ${unconfirmed}`
}

function isSame(one: SessionRef, other: SessionRef): boolean {
  return one.sessionId === other.sessionId && one.authKeyId === other.authKeyId
}
