import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { refusal } from '../refusal.ts'
import { requireUserId } from './keys.ts'
import type { OwnLogin } from './words.ts'

/** The logins of an account. */
export interface OwnLogins {
  readonly logins: readonly OwnLogin[]
  /** The hash of the login that asks. */
  readonly ownHash: bigint | undefined
  readonly ttlDays: number
}

/** What is to be different in a login; undefined stays. */
export interface LoginChange {
  /** 0: the login that asks. */
  readonly hash: bigint
  readonly confirmed: boolean
  readonly encryptedRequestsDisabled: boolean | undefined
  readonly callRequestsDisabled: boolean | undefined
}

/** An account's logins, as its owner sees them; every method throws the RpcError of the rule that refuses. */
export interface Authorizations {
  list(caller: Caller): Promise<OwnLogins>
  /** @throws {RpcError} HASH_INVALID */
  change(caller: Caller, change: LoginChange): Promise<void>
  /**
   * Ends another login; its key gets SESSION_REVOKED from then on.
   * @throws {RpcError} HASH_INVALID, FRESH_RESET_AUTHORISATION_FORBIDDEN
   */
  end(caller: Caller, hash: bigint): Promise<void>
  /** Ends all others. @throws {RpcError} FRESH_RESET_AUTHORISATION_FORBIDDEN */
  endOthers(caller: Caller): Promise<void>
  /** @throws {RpcError} TTL_DAYS_INVALID, FRESH_RESET_AUTHORISATION_FORBIDDEN */
  setTtlDays(caller: Caller, days: number): Promise<void>
  /** Ends a key's login because others have the key, too: AUTH_KEY_DUPLICATED from then on. */
  endDuplicated(authKeyId: bigint): Promise<void>
}

const MAX_TTL_DAYS = 366
const DAY_S = 86_400

/** The rules of account.getAuthorizations and of what is done with what it lists. */
export function createAuthorizations(parts: Ground): Authorizations {
  const { store, clock, settings } = parts
  const nowS = (): number => Math.floor(clock.nowMs() / 1000)

  /** Who signed in just now may be a thief: the others have time to throw them out, not the other way round. */
  const owner = ({ authKeyId, state }: Caller) => ({
    authKeyId,
    userId: requireUserId(state),
    signedInBeforeS: nowS() - settings.freshLoginS,
  })

  /** Whether its time is up, though its key has not come back to be told. */
  function isOver({ passwordPending, createdAtS, activeAtS }: OwnLogin, ttlDays: number): boolean {
    return passwordPending
      ? createdAtS + settings.password.pendingLoginLifetimeS <= nowS()
      : activeAtS + ttlDays * DAY_S <= nowS()
  }

  return {
    async list({ authKeyId, state }) {
      const userId = requireUserId(state)
      const { logins, ownHash } = await store.authorizations.list(userId, authKeyId)
      const ttlDays = await store.authorizations.ttlDays(userId)
      const confirmedBeforeS = nowS() - settings.confirmWithinS
      return {
        logins: logins
          .filter((login) => !isOver(login, ttlDays))
          .map((login) => ({
            ...login,
            unconfirmed: login.unconfirmed && login.createdAtS > confirmedBeforeS,
          })),
        ownHash,
        ttlDays,
      }
    },
    async change({ authKeyId, state }, change) {
      const userId = requireUserId(state)
      const confirmedBeforeS = nowS() - settings.confirmWithinS
      const outcome = await store.authorizations.change({ ...change, authKeyId, userId, confirmedBeforeS })
      if (outcome === 'unknown') throw refusal('HASH_INVALID')
    },
    async end(caller, hash) {
      const ended = await store.authorizations.end({
        ...owner(caller),
        hash,
        request: requestOf(caller, parts),
      })
      if (ended === 'fresh') throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
      if (ended === 'unknown') throw refusal('HASH_INVALID')
    },
    async endOthers(caller) {
      const ended = await store.authorizations.endOthers(owner(caller))
      if (ended === 'fresh') throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
    },
    async setTtlDays(caller, days) {
      if (days < 1 || days > MAX_TTL_DAYS) throw refusal('TTL_DAYS_INVALID')
      const outcome = await store.authorizations.setTtlDays({ ...owner(caller), days })
      if (outcome === 'fresh') throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
    },
    async endDuplicated(authKeyId) {
      await store.authorizations.endDuplicated(authKeyId)
    },
  }
}
