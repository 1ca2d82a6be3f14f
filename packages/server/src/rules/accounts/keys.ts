import type { AuthKey } from '@cablegram/mtproto'
import type { Store } from '../../database/store.ts'
import type { Clock } from '../../ground/clock.ts'
import type { Settings } from '../../ground/settings.ts'
import { refusal } from '../refusal.ts'
import type { ClientInfo, KeyRecord, KeyState } from './words.ts'

/** A permanent key that an exchange made. */
export interface MadeKey {
  readonly authKey: AuthKey
  readonly firstSalt: bigint
  readonly createdAtS: number
  readonly dcId: number
  /** The client named a data centre of the test environment. */
  readonly isTest: boolean
}

/** Permanent authorization keys: who is behind them and what they may do. */
export interface Keys {
  /** Resolves once the key would survive a crash; false where its id is taken. */
  keep(key: MadeKey): Promise<boolean>
  find(authKeyId: bigint): Promise<KeyRecord | undefined>
  /** What initConnection said holds for every later call of the key. */
  rememberClient(authKeyId: bigint, client: ClientInfo): Promise<void>
  /** Tells the sessions' list that the key was used: at most once a minute, and where there is no login once a day. */
  noteActivity(record: KeyRecord, ip: string): Promise<void>
  /** The key is gone, with its authorization. False where there was no such key. */
  forget(authKeyId: bigint): Promise<boolean>
  /** Told of each key that is thrown away because nobody ever signed in on it, or nobody has been for long. */
  onThrownAway(listener: (authKeyId: bigint) => void): void
}

/** Whose password a key may be asked for: of who is signed in, or begins to be. @throws {RpcError} 401 */
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
/** Who stays away for ever leaves a login behind that nothing else ends. Looked at with each key kept, the longest idle. */
const IDLE_LOOKED_AT = 64
/** With each key kept so many go at most: more than one, so that there are never more and more of them. */
const THROWN_AWAY_AT_ONCE = 4

/** The rules of permanent keys. */
export function createKeys(
  store: Pick<Store, 'keys' | 'authorizations'>,
  clock: Clock,
  settings: Pick<Settings, 'unusedKeyLifetimeS' | 'signedOutKeyLifetimeS' | 'password'>,
): Keys {
  const listeners: ((authKeyId: bigint) => void)[] = []

  async function throwAwayUnused(): Promise<void> {
    const nowS = Math.floor(clock.nowMs() / 1000)
    await store.authorizations.expireIdle(IDLE_LOOKED_AT, nowS)
    const thrownAway = await Promise.all([
      store.keys.forgetUnused(nowS - settings.unusedKeyLifetimeS, THROWN_AWAY_AT_ONCE),
      store.keys.forgetSignedOut(nowS - settings.signedOutKeyLifetimeS, THROWN_AWAY_AT_ONCE),
    ])
    for (const authKeyId of thrownAway.flat()) {
      for (const listener of listeners) listener(authKeyId)
    }
  }

  /** Ends what has come to its end, and says whether there was any such thing. */
  async function hasExpired({ authKeyId, state }: KeyRecord): Promise<boolean> {
    const nowS = Math.floor(clock.nowMs() / 1000)
    switch (state.at) {
      case 'authorized':
        // No account's logins last less than a day: only what was idle for so long is looked at.
        return nowS - state.activeAtS >= SHORTEST_TTL_S && store.authorizations.expire(authKeyId, nowS)
      case 'passwordPending': {
        const sinceS = nowS - settings.password.pendingLoginLifetimeS
        return state.sinceS <= sinceS && store.authorizations.expirePending(authKeyId, sinceS)
      }
      default:
        return false
    }
  }

  return {
    async keep({ authKey, ...rest }) {
      const key = { ...rest, authKeyId: authKey.id, key: authKey.key }
      const [kept] = await Promise.all([store.keys.keep(key), throwAwayUnused()])
      return kept
    },
    async find(authKeyId) {
      const record = await store.keys.find(authKeyId)
      return record && (await hasExpired(record)) ? await store.keys.find(authKeyId) : record
    },
    rememberClient: (authKeyId, client) => store.keys.rememberClient(authKeyId, client),
    async noteActivity({ authKeyId, state, usedAtS }, ip) {
      const nowS = Math.floor(clock.nowMs() / 1000)
      const isKnown =
        state.at === 'authorized'
          ? nowS - state.activeAtS < ACTIVITY_STEP_S
          : nowS - usedAtS < SIGNED_OUT_ACTIVITY_STEP_S
      if (isKnown) return
      await store.keys.noteActivity(authKeyId, ip, nowS)
    },
    forget: (authKeyId) => store.keys.forget(authKeyId),
    onThrownAway(listener) {
      listeners.push(listener)
    },
  }
}
