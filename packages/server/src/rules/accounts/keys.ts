import type { AuthKey } from '@cablegram/mtproto'
import type { Ground } from '../../ground/ground.ts'
import { refusal } from '../refusal.ts'
import { forgetSignedOutKeys, forgetUnusedKeys, keepKey, noteKeyActivity } from './decide-keys.ts'
import { expireLogin, expirePendingLogin, listIdleLogins } from './decide-own-logins.ts'
import type { OnKeys } from './key-records.ts'
import type { KeyRecord, KeyState } from './words.ts'

/** A permanent key that an exchange made. */
export interface MadeKey {
  readonly authKey: AuthKey
  readonly firstSalt: bigint
  readonly createdAtS: number
  readonly dcId: number
  /** The client named a data centre of the test environment. */
  readonly isTest: boolean
}

/** The user whose password a key may be asked for: the one who is signed in, or begins to be. @throws {RpcError} 401 */
export function requirePasswordUserId(state: KeyState): bigint {
  return state.at === 'passwordPending' ? state.userId : requireUserId(state)
}

/** The user who is signed in, or the 401 that says why there is none. */
export function requireUserId(state: KeyState): bigint {
  if (state.at === 'authorized') return state.userId
  throw refusal(state.at === 'revoked' ? state.reason : 'AUTH_KEY_UNREGISTERED')
}

const ACTIVITY_STEP_S = 60
const SIGNED_OUT_ACTIVITY_STEP_S = 86_400
const SHORTEST_TTL_S = 24 * 60 * 60
/**
 * Logins that are looked at with each key that is kept, the longest idle: nothing else ends the login of a client that stays
 * away for ever.
 */
const IDLE_LOOKED_AT = 64
/** With each key kept so many go at most: more than one, so that there are never more and more of them. */
const THROWN_AWAY_AT_ONCE = 4

/** A key that was to be kept. */
export interface KeptKey {
  /** False where its id is taken. */
  readonly isKept: boolean
  /** Keys that are gone because nobody ever signed in on them, or nobody has been for long. */
  readonly thrownAway: readonly bigint[]
}

/** Keeps a key; once this resolves the key would survive a crash. Some that nobody uses go at the same time. */
export async function keepMadeKey(on: Ground, { authKey, ...rest }: MadeKey): Promise<KeptKey> {
  const { store, clock, settings } = on
  const key = { ...rest, authKeyId: authKey.id, key: authKey.key }
  const nowS = Math.floor(clock.nowMs() / 1000)
  const { unusedKeyLifetimeS, signedOutKeyLifetimeS } = settings
  const [isKept, , unused, signedOut] = await Promise.all([
    store.decide(() => keepKey(store.secret, key)),
    endIdleLogins(on, nowS),
    store.decide(() => forgetUnusedKeys(nowS - unusedKeyLifetimeS, THROWN_AWAY_AT_ONCE)),
    store.decide(() => forgetSignedOutKeys(nowS - signedOutKeyLifetimeS, THROWN_AWAY_AT_ONCE)),
  ])
  return { isKept, thrownAway: [...unused, ...signedOut] }
}

/** Ends logins of anybody that have been idle for too long, one by one: each can still be used in the meantime. */
async function endIdleLogins({ store }: Ground, nowS: number): Promise<void> {
  const authKeyIds = await store.look(() => listIdleLogins(IDLE_LOOKED_AT, nowS))
  await Promise.all(authKeyIds.map((authKeyId) => store.decide(() => expireLogin(authKeyId, nowS))))
}

/** Finds a key, and ends its login first if the time of that is up. */
export async function findKey(on: OnKeys, authKeyId: bigint): Promise<KeyRecord | undefined> {
  const record = await on.keyRecords.find(authKeyId)
  return record && (await hasExpired(on, record)) ? await on.keyRecords.find(authKeyId) : record
}

/** Ends what has come to its end, and says whether there was any such thing. */
async function hasExpired(
  { store, clock, settings }: Ground,
  { authKeyId, state }: KeyRecord,
): Promise<boolean> {
  const nowS = Math.floor(clock.nowMs() / 1000)
  switch (state.at) {
    case 'authorized':
      // No account's logins last less than a day: only those that were idle for so long are looked at.
      if (nowS - state.activeAtS < SHORTEST_TTL_S) return false
      return await store.decide(() => expireLogin(authKeyId, nowS))
    case 'passwordPending': {
      const sinceS = nowS - settings.password.pendingLoginLifetimeS
      return state.sinceS <= sinceS && (await store.decide(() => expirePendingLogin(authKeyId, sinceS)))
    }
    default:
      return false
  }
}

/** Tells the list of sessions that a key was used: at most once a minute, and where there is no login once a day. */
export async function noteActivity(on: Ground, record: KeyRecord, ip: string): Promise<void> {
  const { authKeyId, state, usedAtS } = record
  const nowS = Math.floor(on.clock.nowMs() / 1000)
  const isKnown =
    state.at === 'authorized'
      ? nowS - state.activeAtS < ACTIVITY_STEP_S
      : nowS - usedAtS < SIGNED_OUT_ACTIVITY_STEP_S
  if (!isKnown) await on.store.decide(() => noteKeyActivity(authKeyId, ip, nowS))
}
