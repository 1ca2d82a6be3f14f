import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { refusal } from '../refusal.ts'
import {
  changeLogin,
  endLogin,
  endOtherLogins,
  findTtlDays,
  listOwnLogins,
  setTtlDays,
} from './decide-own-logins.ts'
import { requireUserId } from './keys.ts'
import type { OwnerOfLogins, OwnLogin } from './words.ts'

/** The logins of an account. */
export interface OwnLogins {
  readonly logins: readonly OwnLogin[]
  /** The hash of the login that asks. */
  readonly ownHash: bigint | undefined
  readonly ttlDays: number
}

/** The changes to a login; undefined stays. */
export interface LoginChange {
  /** 0: the login that asks. */
  readonly hash: bigint
  readonly confirmed: boolean
  readonly encryptedRequestsDisabled: boolean | undefined
  readonly callRequestsDisabled: boolean | undefined
}

const MAX_TTL_DAYS = 366
const DAY_S = 86_400

/** Lists the logins of the caller's account, as its owner sees them. */
export async function listAuthorizations(on: Ground, caller: Caller): Promise<OwnLogins> {
  const userId = requireUserId(caller.state)
  const { logins, ownHash, ttlDays } = await on.store.look(function* () {
    const own = yield* listOwnLogins(userId, caller.authKeyId)
    return { ...own, ttlDays: yield* findTtlDays(userId) }
  })
  const confirmedBeforeS = nowS(on) - on.settings.confirmWithinS
  const shown = logins
    .filter((login) => !isOver(on, login, ttlDays))
    .map((login) => ({ ...login, unconfirmed: login.unconfirmed && login.createdAtS > confirmedBeforeS }))
  return { logins: shown, ownHash, ttlDays }
}

/** Tells whether a login's time is up, though its key has not come back to be told. */
function isOver(on: Ground, { passwordPending, createdAtS, activeAtS }: OwnLogin, ttlDays: number): boolean {
  return passwordPending
    ? createdAtS + on.settings.password.pendingLoginLifetimeS <= nowS(on)
    : activeAtS + ttlDays * DAY_S <= nowS(on)
}

/** Changes a login of the caller's account. @throws {RpcError} HASH_INVALID */
export async function changeAuthorization(on: Ground, caller: Caller, change: LoginChange): Promise<void> {
  const { authKeyId, state } = caller
  const userId = requireUserId(state)
  const confirmedBeforeS = nowS(on) - on.settings.confirmWithinS
  const request = { ...change, authKeyId, userId, confirmedBeforeS }
  const outcome = await on.store.decide(() => changeLogin(request))
  if (outcome === 'unknown') throw refusal('HASH_INVALID')
}

/**
 * Ends another login; its key gets SESSION_REVOKED from then on.
 *
 * @throws {RpcError} HASH_INVALID, FRESH_RESET_AUTHORISATION_FORBIDDEN
 */
export async function endAuthorization(on: Ground, caller: Caller, hash: bigint): Promise<void> {
  const { secret } = on.store
  const asked = { ...ownerOf(on, caller), hash, request: requestOf(caller, on) }
  const ended = await on.store.decide(() => endLogin(secret, asked))
  if (ended === 'fresh') throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
  if (ended === 'unknown') throw refusal('HASH_INVALID')
}

/** Ends all other logins of the account. @throws {RpcError} FRESH_RESET_AUTHORISATION_FORBIDDEN */
export async function endOtherAuthorizations(on: Ground, caller: Caller): Promise<void> {
  const owner = ownerOf(on, caller)
  const ended = await on.store.decide(() => endOtherLogins(owner))
  if (ended === 'fresh') throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
}

/**
 * Says after how many days without a request the account's logins end.
 *
 * @throws {RpcError} TTL_DAYS_INVALID, FRESH_RESET_AUTHORISATION_FORBIDDEN
 */
export async function setTtlOfLogins(on: Ground, caller: Caller, days: number): Promise<void> {
  if (days < 1 || days > MAX_TTL_DAYS) throw refusal('TTL_DAYS_INVALID')
  const owner = ownerOf(on, caller)
  const outcome = await on.store.decide(() => setTtlDays(owner, days))
  if (outcome === 'fresh') throw refusal('FRESH_RESET_AUTHORISATION_FORBIDDEN')
}

/** A login of just now may be a thief's: the others have time to throw it out, not the other way round. */
function ownerOf(on: Ground, { authKeyId, state }: Caller): OwnerOfLogins {
  const signedInBeforeS = nowS(on) - on.settings.freshLoginS
  return { authKeyId, userId: requireUserId(state), signedInBeforeS }
}

function nowS({ clock }: Ground): number {
  return Math.floor(clock.nowMs() / 1000)
}
