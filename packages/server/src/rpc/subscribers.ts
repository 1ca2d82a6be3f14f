import type { ConnectionId, SessionRef } from '@cablegram/mtproto'
import { type News, updatesOf } from '../api/index.ts'
import type { Nudge } from '../bus/nudge.ts'
import type { Decision } from '../database/decision.ts'
import { findAccounts } from '../rules/accounts/accounts.ts'
import { type LoginMark, listLoginMarks, listSignedInKeys } from '../rules/accounts/decide-login-marks.ts'
import { listSessions } from '../rules/accounts/decide-users.ts'
import type { OnKeys } from '../rules/accounts/key-records.ts'
import { findKey } from '../rules/accounts/keys.ts'
import type { KeyRecord } from '../rules/accounts/words.ts'
import { listPaidCodes } from '../rules/codes/decide-live-codes.ts'
import { findPaidCode } from '../rules/codes/paid-codes.ts'
import { shownDevice } from '../rules/index.ts'
import { listAcceptedTokens } from '../rules/logins/decide-login-tokens.ts'
import { type AccountEnds, findEnds } from '../rules/messages/decide-box-log.ts'
import { freshEventsOf } from '../rules/messages/fresh-events.ts'
import { statusNews } from '../rules/people/statuses.ts'
import { ActiveSessions, type KeyUse } from './active-sessions.ts'
import { BotTeller } from './bot-teller.ts'
import { type BoxNudge, BoxTeller, signedInKeys } from './box-teller.ts'
import type { LayerCodecs } from './layer-codecs.ts'
import { PushGate } from './push-gate.ts'
import { type Outlet, pushWritten, type WrittenPush, writeUpdates } from './push-writer.ts'
import { SendOrder, type Ticket } from './send-order.ts'

/** Boxes that one look asks about when anything may have changed. PostgreSQL reads a list in time that grows with its square. */
const BOXES_AT_ONCE = 100
/** Accepted QR codes, and paid codes, that one look asks about; all nodes have fewer under way. */
const MAX_OWED = 1_000

/** Everything goes through. */
const OPEN_GATE = new PushGate({
  faults: { hasPushFaults: false, takePush: async () => undefined },
  delays: { wait: async () => {} },
})

/** Options of subscribers. */
export interface SubscribersOptions {
  /** Other nodes change the same boxes, and their nudges may be lost or come in another order. */
  readonly isShared?: boolean
  /** Told why something was not sent that nobody waits for. */
  readonly onTrouble?: (error: unknown) => void
  /** The door that updates go through. Default: an open one. */
  readonly gate?: PushGate
  /** Tells whether a connection has not closed yet. Default: none has. */
  readonly isOpen?: (connection: ConnectionId) => boolean
}

/** Knows the sessions of this node in which each key was last active; hears of news, reads the store and sends updates. */
export class Subscribers {
  readonly #on: OnKeys
  readonly #codecs: LayerCodecs
  readonly #isShared: boolean
  readonly #onTrouble: (error: unknown) => void
  readonly #sessions: ActiveSessions
  readonly #order: SendOrder
  readonly #teller: BoxTeller
  readonly #bots: BotTeller
  readonly #gate: PushGate
  #outlet: Outlet | undefined
  /** The logins that the sessions of an account know of, as {@link markOf} names them; of accounts with keys here. */
  readonly #toldLogins = new Map<bigint, Set<string>>()
  /** QR codes and paid codes whose keys were told. */
  #toldOwed: ReadonlySet<string> = new Set()
  /** News of an account is told one after the other. */
  readonly #turns = new Map<bigint, Promise<void>>()
  readonly #hearing = new Set<Promise<void>>()
  #isClosed = false

  constructor(
    on: OnKeys,
    codecs: LayerCodecs,
    {
      isShared = false,
      onTrouble = () => {},
      gate = OPEN_GATE,
      isOpen = () => true,
    }: SubscribersOptions = {},
  ) {
    this.#on = on
    this.#onTrouble = onTrouble
    this.#isShared = isShared
    this.#codecs = codecs
    const sessions = new ActiveSessions((userId) => this.#onLeft(userId), isOpen)
    this.#sessions = sessions
    const order = new SendOrder({
      maxPushes: on.settings.maxQueuedPushes,
      onTooMany: (authKeyId) => void this.#pushTooLong(authKeyId).catch(onTrouble),
      onTrouble,
    })
    this.#order = order
    this.#gate = gate
    this.#teller = new BoxTeller({ on, codecs, sessions, order, gate })
    this.#bots = new BotTeller({ on, codecs, sessions, order, gate })
  }

  /** Notes that a key has called something. */
  note(use: KeyUse): void {
    this.#sessions.note(use)
  }

  /** Looks at a key again that has changed between this record of it and {@link note}: its login may have ended. */
  check(record: KeyRecord): void {
    const { authKeyId, state } = record
    if (state.at !== 'authorized' || this.#outlet === undefined || this.#on.keyRecords.isCurrent(record))
      return
    void this.hear({ kind: 'key', authKeyId: String(authKeyId) }, this.#outlet).catch(this.#onTrouble)
  }

  /** A call of a key begins whose answer may tell of events of a box. */
  beginCall(authKeyId: bigint, session: SessionRef): Ticket {
    return this.#order.begin(authKeyId, session)
  }

  /** Tells the sessions of this node what has changed. */
  async hear(nudge: Nudge, outlet: Outlet): Promise<void> {
    this.#outlet = outlet
    const heard = this.#hear(nudge, outlet)
    this.#hearing.add(heard)
    try {
      await heard
    } finally {
      this.#hearing.delete(heard)
    }
  }

  /** The ends of an account's logs; undefined while something of them has not left to its sessions here. */
  async toldEnds(userId: bigint): Promise<AccountEnds | undefined> {
    const ends = (await this.#on.store.look(() => findEnds([userId]))).get(userId)
    if (ends === undefined || this.#turns.has(userId)) return undefined
    if (!this.#teller.isTold(userId, ends) || this.#bots.isBehind(userId, ends.qts)) return undefined
    const areIdle = this.#sessions.keysHere(userId).every((authKeyId) => this.#order.isIdle(authKeyId))
    return areIdle ? ends : undefined
  }

  /** Begins no more looks at the store; resolves when those under way are over. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#hearing)
  }

  async #hear(nudge: Nudge, outlet: Outlet): Promise<void> {
    switch (nudge.kind) {
      case 'box':
        return await this.#tellBox(boxNudge(nudge), outlet)
      case 'login': {
        const userId = BigInt(nudge.boxId)
        const by = nudge.byAuthKeyId === undefined ? undefined : BigInt(nudge.byAuthKeyId)
        if (by !== undefined) this.#sessions.belongs(by, userId)
        if (this.#sessions.hasUser(userId)) await this.begin(userId)
        return await this.#inTurn(userId, () => this.#tellLogin(userId, BigInt(nudge.hash), by, outlet))
      }
      case 'loginToken':
        return await this.#push([BigInt(nudge.authKeyId)], { kind: 'loginToken' }, outlet)
      case 'paidCode':
        return await this.#tellPaid(BigInt(nudge.authKeyId), nudge.phone, outlet)
      case 'botEvent':
        return await this.#tellBot(BigInt(nudge.botId), nudge.qts, outlet)
      case 'typing':
        return await this.#tellTyping(nudge, outlet)
      case 'status':
        return await this.#tellStatus(BigInt(nudge.userId), outlet)
      case 'key':
        return await this.#lookUp(BigInt(nudge.authKeyId), outlet)
      case 'reset':
        this.#toldLogins.clear()
        this.#bots.forgetAll()
        return this.#teller.forgetAll()
      case 'anything':
        return await this.#tellAll(outlet)
    }
  }

  /**
   * Looks up how far the log of an account's box goes, before the first call here of a key of its is answered. Everything
   * after that is told, also if the nudge for it is lost.
   */
  async begin(userId: bigint): Promise<void> {
    if (!this.#isShared || this.#teller.knows(userId)) return
    const { ends, logins } = await this.#on.store.look(() => findStates([userId]))
    const found = ends.get(userId)
    if (found === undefined || this.#teller.knows(userId)) return
    this.#teller.begin(userId, found)
    this.#bots.begin(userId, found.qts)
    this.#toldLogins.set(userId, new Set(logins.map(markOf)))
  }

  #onLeft(userId: bigint): void {
    this.#teller.forget(userId)
    this.#bots.forget(userId)
    this.#toldLogins.delete(userId)
  }

  async #lookUp(authKeyId: bigint, outlet: Outlet): Promise<void> {
    if (!this.#sessions.has(authKeyId)) return
    // One of these calls may be what has changed the key.
    const answered = this.#order.answered(authKeyId)
    const record = await findKey(this.#on, authKeyId)
    // A single node forgets a key where it is destroyed.
    if (record === undefined) return this.#isShared ? outlet.forget?.(authKeyId) : undefined
    const { state } = record
    if (state.at === 'authorized') return this.#sessions.belongs(authKeyId, state.userId)
    // A client that is signing in again knows that its login has ended.
    if (state.at !== 'passwordPending') await this.#tellEnded(authKeyId, answered, outlet)
  }

  /** Tells the sessions of a key that its login has ended: they ask for the difference, and are refused. */
  async #tellEnded(authKeyId: bigint, answered: Promise<void>, outlet: Outlet): Promise<void> {
    const userId = this.#sessions.userOf(authKeyId)
    if (userId === undefined) return
    const subscribers = this.#sessions.of(authKeyId)
    this.#sessions.left(authKeyId)
    await answered
    await this.#pushTo({ subscribers, userId }, { kind: 'tooLong' }, outlet)
  }

  async #inTurn(userId: bigint, run: () => Promise<void>): Promise<void> {
    if (!this.#sessions.hasUser(userId)) return
    const turn = (this.#turns.get(userId) ?? Promise.resolve()).then(run, run)
    this.#turns.set(userId, turn)
    try {
      await turn
    } finally {
      if (this.#turns.get(userId) === turn) this.#turns.delete(userId)
    }
  }

  async #tellBox(news: BoxNudge, outlet: Outlet): Promise<void> {
    const { boxId, pts } = news
    if (!this.#sessions.hasUser(boxId)) return
    // Before anybody is told that the change is made: answers that tell of it wait until it has its place.
    this.#order.announce(boxId, pts)
    this.#teller.beginWith(news)
    try {
      await this.#inTurn(boxId, () => this.#teller.tell(news, outlet, () => this.#isClosed))
    } finally {
      this.#order.finish(boxId)
    }
  }

  async #tellBot(botId: bigint, qts: number, outlet: Outlet): Promise<void> {
    if (!this.#sessions.hasUser(botId)) return
    this.#bots.begin(botId, qts - 1)
    await this.#inTurn(botId, () => this.#bots.tell(botId, qts, outlet, () => this.#isClosed))
  }

  /** Nudges may have been lost: everything that is stored for accounts and keys here is compared with what was told. */
  async #tellAll(outlet: Outlet): Promise<void> {
    const userIds = this.#teller.boxIds
    for (let at = 0; at < userIds.length && !this.#isClosed; at += BOXES_AT_ONCE) {
      const { ends, logins } = await this.#on.store.look(() =>
        findStates(userIds.slice(at, at + BOXES_AT_ONCE)),
      )
      const behind = [...ends].filter(([userId, end]) => this.#teller.isBehind(userId, end))
      const bots = [...ends].filter(([userId, { qts }]) => this.#bots.isBehind(userId, qts))
      await Promise.all([
        ...bots.map(([botId, { qts }]) => this.#tellBot(botId, qts, outlet)),
        ...behind.map(([boxId, { pts, sideSeq }]) =>
          this.#tellBox({ boxId, pts, ptsCount: 1, sideSeq }, outlet),
        ),
        this.#tellLogins(logins, outlet),
      ])
    }
    await this.#tellAllEnded(outlet)
    if (this.#isShared && this.#sessions.size > 0 && !this.#isClosed) await this.#tellOwed(outlet)
  }

  /** Tells the keys whose logins have ended. */
  async #tellAllEnded(outlet: Outlet): Promise<void> {
    const { userIds } = this.#sessions
    for (let at = 0; at < userIds.length && !this.#isClosed; at += BOXES_AT_ONCE) {
      const some = userIds.slice(at, at + BOXES_AT_ONCE)
      const signedIn = await this.#on.store.look(() => listSignedInKeys(some))
      const here = some.flatMap((userId) => this.#sessions.keysHere(userId))
      for (const authKeyId of here) if (!signedIn.has(authKeyId)) await this.#lookUp(authKeyId, outlet)
    }
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
    ].filter(({ authKeyId }) => this.#sessions.has(authKeyId))
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
    const keys = this.#sessions.keysOf(userId, logins).filter((authKeyId) => authKeyId !== by)
    if (login === undefined || keys.length === 0) return
    const [user] = await findAccounts(this.#on, [userId])
    if (user === undefined || user.isBot) return
    const unconfirmed = login.unconfirmed
      ? { device: shownDevice(login.client).model, location: login.ip }
      : undefined
    await this.#push(keys, { kind: 'newAuthorization', hash, unconfirmed }, outlet)
  }

  async #tellPaid(authKeyId: bigint, phone: string, outlet: Outlet): Promise<void> {
    if (!this.#sessions.has(authKeyId)) return
    const sent = await findPaidCode(this.#on, authKeyId, phone)
    if (sent !== undefined) await this.#push([authKeyId], { kind: 'sentCode', sent }, outlet)
  }

  /** True for seconds: who is not here hears of it never. */
  async #tellTyping(nudge: Extract<Nudge, { kind: 'typing' }>, outlet: Outlet): Promise<void> {
    const { action, progress } = nudge
    const doing = { action, progress }
    const news = {
      kind: 'typing',
      peerId: BigInt(nudge.peerId),
      fromId: BigInt(nudge.fromId),
      doing,
    } as const
    await this.#tellAccount(BigInt(nudge.boxId), news, outlet)
  }

  /** Tells those who are here, and near, of somebody's status as each may see it. */
  async #tellStatus(userId: bigint, outlet: Outlet): Promise<void> {
    const { userIds } = this.#sessions
    if (userIds.length === 0) return
    for (const { viewerId, status } of await statusNews(this.#on, userId, userIds)) {
      await this.#tellAccount(viewerId, { kind: 'status', userId, status }, outlet)
    }
  }

  async #tellAccount(userId: bigint, news: News, outlet: Outlet): Promise<void> {
    if (!this.#sessions.hasUser(userId)) return
    const keys = await signedInKeys(this.#on, userId, this.#sessions.keysHere(userId))
    await this.#push(keys, news, outlet)
  }

  /** Too much waits to leave: the client has to ask for the difference. */
  async #pushTooLong(authKeyId: bigint): Promise<void> {
    if (this.#outlet !== undefined) await this.#push([authKeyId], { kind: 'tooLong' }, this.#outlet)
  }

  /** All are told in the same turn: a session that is told of two things hears of the first one first. */
  async #push(authKeyIds: readonly bigint[], news: News, outlet: Outlet): Promise<void> {
    const subscribers = authKeyIds.flatMap((authKeyId) => this.#sessions.of(authKeyId))
    if (subscribers.length === 0) return
    const [first] = authKeyIds
    const userId = first === undefined ? undefined : this.#sessions.userOf(first)
    await this.#pushTo({ subscribers, userId }, news, outlet)
  }

  async #pushTo(
    { subscribers, userId }: Pick<WrittenPush, 'subscribers' | 'userId'>,
    news: News,
    outlet: Outlet,
  ): Promise<void> {
    const written = await writeUpdates(this.#codecs, updatesOf(news, outlet.nowS()), subscribers)
    await pushWritten({ written, subscribers, userId }, this.#gate, outlet)
    if (written.failure !== undefined) throw written.failure
  }
}

function boxNudge(nudge: Extract<Nudge, { kind: 'box' }>): BoxNudge {
  const { boxId, pts, ptsCount = 1, sideSeq } = nudge
  const fresh = freshEventsOf(nudge)
  // A change without a pts leaves the log of events as it is.
  return { boxId: BigInt(boxId), pts, ptsCount: sideSeq === undefined ? ptsCount : 0, sideSeq, fresh }
}

/** The ends of the boxes of these accounts, and their logins. */
function* findStates(userIds: readonly bigint[]): Decision<StatesOfAccounts> {
  return { ends: yield* findEnds(userIds), logins: yield* listLoginMarks(userIds) }
}

interface StatesOfAccounts {
  readonly ends: ReadonlyMap<bigint, AccountEnds>
  readonly logins: readonly LoginMark[]
}

function markOf({ hash, unconfirmed }: Pick<LoginMark, 'hash' | 'unconfirmed'>): string {
  return `${hash} ${unconfirmed}`
}
