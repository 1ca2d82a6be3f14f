import { createHash } from 'node:crypto'
import type { Random } from '@cablegram/mtproto'
import { type Bus, createBus } from '../bus/bus.ts'
import type { Nudge } from '../bus/nudge.ts'
import { CHANNELS, createInbox, type Inbox } from '../courier/index.ts'
import type { Courier, SentCode } from '../courier/port.ts'
import { openStore } from '../database/index.ts'
import type { Store } from '../database/store.ts'
import { createMemoryFiles } from '../files/memory.ts'
import type { FileStore } from '../files/port.ts'
import type { Caller } from '../ground/caller.ts'
import { createClock, type MovableClock } from '../ground/clock.ts'
import type { Ground, Notices } from '../ground/ground.ts'
import { createSettings, type Settings } from '../ground/settings.ts'
import { firstApp } from './accounts/apps.ts'
import { findKey, keepMadeKey, requireUserId } from './accounts/keys.ts'
import type { App } from './accounts/words.ts'
import { sendLoginCode } from './logins/send-code.ts'
import { signInWithCode } from './logins/sign-in.ts'
import { signUpWithCode } from './logins/sign-up.ts'
import type { SendCode } from './logins/words.ts'
import { eventsAfter } from './messages/decide-box-log.ts'
import { mergeEvents } from './messages/event-rows.ts'
import type { BoxEvent } from './messages/words.ts'
import { createRules, type Rules } from './rules.ts'

/** Options of a world for a test of the rules. */
export interface WorldOptions
  extends Pick<Notices, 'onCodeMissing' | 'onNewAppRefused'>,
    Pick<Ground, 'pictures'> {
  readonly limits?: 'box' | 'strict'
  readonly settings?: Partial<Settings>
  readonly courier?: Courier
  readonly data?: string
  /** Instead of files in memory. */
  readonly files?: FileStore
  /** Opens another store than SQLite's, which is to tell of its nudges. */
  readonly openStore?: (onNudges: (nudges: readonly Nudge[]) => void) => Promise<Store>
}

/** The rules with everything around them, on a clock that stands still until it is moved. */
export interface World {
  readonly store: Store
  readonly bus: Bus
  readonly clock: MovableClock
  readonly inbox: Inbox
  readonly rules: Rules
  readonly app: App
  /** Keys that went because others were made. */
  readonly thrownAway: readonly bigint[]
  /** Collects the nudges of a kind from now on. */
  hear<K extends Nudge['kind']>(kind: K): Extract<Nudge, { kind: K }>[]
  /** Collects the events of all boxes from now on, as their log has them. */
  hearEvents(): HeardEvent[]
  /** A permanent key of its own, in data centre 2. */
  caller(details?: Partial<Caller>): Promise<Caller>
  /** The same key as its next request finds it: signed in, waiting for a password … */
  again(caller: Caller): Promise<Caller>
  /** A code: not what a future auth token does instead. */
  sendCode(
    caller: Caller,
    phoneNumber: string,
    changes?: Partial<Omit<SendCode, 'phoneNumber'>>,
  ): Promise<SentCode>
  /** Code and, where the number has no account, sign-up. */
  signIn(caller: Caller, phoneNumber: string): Promise<void>
}

/** An event in somebody's box. */
export interface HeardEvent {
  readonly boxId: bigint
  readonly event: BoxEvent
}

/** When every test begins. */
export const START_MS: number = Date.UTC(2026, 0, 1)

/** Bytes that look random and are the same each time. */
export function seededRandom(seed: string): Random {
  let count = 0
  return (length) => {
    const blocks: Uint8Array[] = []
    for (let have = 0; have < length; have += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${count++}`).digest())
    }
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, length))
  }
}

/** A world of its own for each test, in memory unless it names a folder. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const random = seededRandom('world')
  const digests = seededRandom('requests')
  const clock = createClock(() => START_MS)
  const bus = createBus()
  const onNudges = (nudges: readonly Nudge[]): void => bus.publish(nudges)
  const store =
    (await options.openStore?.(onNudges)) ??
    openStore({ data: options.data, random, onNudges, checkDecisions: true })
  const inbox = createInbox({ store, bus, clock })
  const courier = options.courier ?? inbox.courier
  const settings = createSettings(options.limits, options.settings)
  const files =
    options.files ?? createMemoryFiles({ random: seededRandom('files'), nowMs: () => clock.nowMs() })
  const rules = createRules({ ...options, store, files, clock, random, courier, bus, settings })
  const app = await firstApp(rules)
  let nextKeyId = 1n
  const thrownAway: bigint[] = []

  const world: World = {
    store,
    bus,
    clock,
    inbox,
    rules,
    app,
    thrownAway,
    hear<K extends Nudge['kind']>(kind: K) {
      const heard: Extract<Nudge, { kind: K }>[] = []
      const isOfKind = (nudge: Nudge): nudge is Extract<Nudge, { kind: K }> => nudge.kind === kind
      bus.subscribe((nudge) => isOfKind(nudge) && heard.push(nudge))
      return heard
    },
    hearEvents() {
      const heard: HeardEvent[] = []
      bus.subscribe(async (nudge) => {
        if (nudge.kind !== 'box' || nudge.sideSeq !== undefined) return
        const boxId = BigInt(nudge.boxId)
        const { pts, ptsCount = 1 } = nudge
        const slice = await store.look(() => eventsAfter(store.secret, boxId, pts - ptsCount, ptsCount))
        if (slice.kind === 'events')
          heard.push(...mergeEvents(slice.events).map((event) => ({ boxId, event })))
      })
      return heard
    },
    async caller(details = {}) {
      const caller = {
        authKeyId: nextKeyId++,
        dcId: 2,
        ip: '127.0.0.1',
        layer: 228,
        channels: new Set(CHANNELS),
        apiId: app.apiId,
        appVersion: '1.0',
        state: { at: 'anonymous' },
        // Every request is another one, as with an own message id; a test of repeats says which are the same.
        digest: () => digests(32),
        ...details,
      } satisfies Caller
      const authKey = { id: caller.authKeyId, key: random(256) }
      const kept = await keepMadeKey(rules, {
        authKey,
        firstSalt: 1n,
        createdAtS: Math.floor(clock.nowMs() / 1000),
        dcId: caller.dcId,
        isTest: false,
      })
      thrownAway.push(...kept.thrownAway)
      return caller
    },
    async again(caller) {
      const record = await findKey(rules, caller.authKeyId)
      return { ...caller, state: record?.state ?? { at: 'anonymous' } }
    },
    async sendCode(caller, phoneNumber, changes) {
      const { apiId, apiHash } = app
      const request = { phoneNumber, apiId, apiHash, logoutTokens: [], allowed: {}, ...changes }
      const outcome = await sendLoginCode(rules, caller, request)
      if (outcome.kind !== 'sent') throw new Error('a token has signed in')
      return outcome
    },
    async signIn(caller, phoneNumber) {
      const { phoneCodeHash } = await world.sendCode(caller, phoneNumber)
      const [entry] = await inbox.list(phoneNumber)
      const held = { phoneNumber, phoneCodeHash }
      const { code = '', channel } = entry ?? {}
      const typed = channel === 'email' ? { phoneCode: undefined, email: { code } } : { phoneCode: code }
      const outcome = await signInWithCode(rules, caller, { ...held, ...typed })
      if (outcome.kind === 'authorized') return
      await signUpWithCode(rules, caller, { ...held, firstName: 'Ada', lastName: 'Lovelace' })
    },
  }
  return world
}

/** Signs somebody in, who has an account by then. */
export async function signedIn(
  world: World,
  phone: string,
): Promise<{ readonly caller: Caller; readonly id: bigint }> {
  const first = await world.caller()
  await world.signIn(first, phone)
  const caller = await world.again(first)
  return { caller, id: requireUserId(caller.state) }
}
