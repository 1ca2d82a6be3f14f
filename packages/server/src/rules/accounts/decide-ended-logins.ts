import { long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, nudge, sql } from '../../database/decision.ts'
import { forgetKnownLogins } from './decide-known-logins.ts'
import type { RevokeReason } from './words.ts'

const COLUMNS = 'SELECT auth_key_id, hash, ip FROM authorizations'
const listOfKey = sql`${COLUMNS} WHERE auth_key_id = :authKeyId
  OR home_hash = (SELECT hash FROM authorizations WHERE auth_key_id = :authKeyId)`
const endTokens = sql`DELETE FROM future_tokens WHERE login_hash = :hash AND used_by IS NULL`
const forgetGranted = sql`DELETE FROM granted_requests WHERE auth_key_id = :authKeyId`
const takeOff = sql`DELETE FROM authorizations WHERE auth_key_id = :authKeyId`
const sayEnded = sql`UPDATE auth_keys SET signed_out = 1, revoked = coalesce(:reason, revoked)
  WHERE auth_key_id = :authKeyId`
const giveUp = sql`DELETE FROM pending_logins WHERE auth_key_id = :authKeyId`
const revoke = sql`UPDATE auth_keys SET revoked = :reason WHERE auth_key_id = :authKeyId`

/** Tells subscribers that the record of a key has changed. Every decision that changes one does so. */
export function* tellKey(authKeyId: bigint): Decision<void> {
  yield* nudge({ kind: 'key', authKeyId: String(authKeyId) })
}

/** Tells the account's other sessions of a login: it is new, or was confirmed, by this key. */
export function* tellLogin(userId: bigint, hash: bigint, byAuthKeyId: bigint): Decision<void> {
  yield* nudge({
    kind: 'login',
    boxId: String(userId),
    hash: String(hash),
    byAuthKeyId: String(byAuthKeyId),
  })
}

/**
 * Takes logins off their keys. A login takes with it the tokens for the next one and what its key was granted.
 *
 * @param logins rows of `authorizations`. Those that were brought from them to other data centres are among them, because
 * a row that goes by a cascade leaves its key unnoticed
 * @param reason the error that the keys get from now on; undefined: none
 */
export function* endLogins(logins: readonly Row[], reason?: RevokeReason): Decision<void> {
  for (const login of logins) {
    const authKeyId = long(login, 'auth_key_id')
    yield* endTokens.send({ hash: long(login, 'hash') })
    yield* forgetGranted.send({ authKeyId })
    yield* takeOff.send({ authKeyId })
    yield* sayEnded.send({ authKeyId, reason: reason ?? null })
    yield* tellKey(authKeyId)
  }
}

/**
 * Takes the login off a key, with those that were brought from it to other data centres.
 *
 * @param reason the error that this key gets from now on; undefined: none. The keys it was brought to get none
 * @returns whether there was one
 */
export function* endLoginOfKey(authKeyId: bigint, reason?: RevokeReason): Decision<boolean> {
  const logins = yield* listOfKey.rows({ authKeyId })
  const isOwn = (row: Row): boolean => long(row, 'auth_key_id') === authKeyId
  yield* endLogins(logins.filter(isOwn), reason)
  yield* endLogins(logins.filter((row) => !isOwn(row)))
  return logins.length > 0
}

/** Gives up a login that waits for its password. @returns whether there was one */
export function* endPendingLogin(authKeyId: bigint, reason?: RevokeReason): Decision<boolean> {
  if ((yield* giveUp.run({ authKeyId })) === 0) return false
  yield* forgetGranted.send({ authKeyId })
  if (reason !== undefined) yield* revoke.send({ authKeyId, reason })
  yield* tellKey(authKeyId)
  return true
}

const listOfUser = sql`${COLUMNS} WHERE user_id = :userId`
const listPendingOfUser = sql`SELECT auth_key_id FROM pending_logins WHERE user_id = :userId`

/** Lists the rows of an account's logins, for {@link endLogins}. */
export function listLoginsOfUser(userId: bigint): Decision<readonly Row[]> {
  return listOfUser.rows({ userId })
}

/** Gives up the logins of an account that wait for a password. @returns their keys */
export function* endPendingLoginsOfUser(userId: bigint, reason?: RevokeReason): Decision<bigint[]> {
  const authKeyIds = keysOf(yield* listPendingOfUser.rows({ userId }))
  for (const authKeyId of authKeyIds) yield* endPendingLogin(authKeyId, reason)
  return authKeyIds
}

/** Logins that were ended from elsewhere. */
export interface Ended {
  /** Their keys, now revoked. */
  readonly authKeyIds: bigint[]
  /** True if there was anything to end: a login that nobody has collected yet is on no key. */
  readonly any: boolean
}

/** Logins of an account: the one with this hash, or all but that one. No login has the hash 0. */
export type WhichLogins = { readonly only: bigint } | { readonly except: bigint | null }

function isMeant(hash: string): string {
  return `user_id = :userId AND CASE WHEN ${hash} = :hash THEN 1 ELSE 0 END = :isOnly`
}

const listMeant = sql`${COLUMNS} WHERE ${isMeant('coalesce(home_hash, hash)')}`
const listPendingMeant = sql`SELECT auth_key_id FROM pending_logins WHERE ${isMeant('hash')}`
const endUncollected = sql`
  DELETE FROM login_tokens WHERE ${isMeant('hash')} AND state IN ('accepted', 'moved')`
const endFuture = sql`DELETE FROM future_tokens WHERE user_id = :userId AND login_hash IS NULL`

/**
 * Ends logins of an account from elsewhere, with those that were brought from them to other data centres. Logins that wait
 * for a password, or to be collected, end too. Ending all others, or all, also ends what log-outs left for logins to come.
 */
export function* revokeLogins(userId: bigint, which: WhichLogins): Decision<Ended> {
  yield* alone('account', userId)
  const isOnly = 'only' in which
  const meant = { userId, hash: isOnly ? which.only : (which.except ?? 0n), isOnly: Number(isOnly) }
  const logins = yield* listMeant.rows(meant)
  const pending = yield* listPendingMeant.rows(meant)
  const origins = logins.map((row) => ({ authKeyId: long(row, 'auth_key_id'), ip: text(row, 'ip') }))
  yield* forgetKnownLogins(userId, origins)
  yield* endLogins(logins, 'SESSION_REVOKED')
  for (const row of pending) yield* endPendingLogin(long(row, 'auth_key_id'), 'SESSION_REVOKED')
  if (!isOnly) yield* endFuture.send({ userId })
  const authKeyIds = keysOf([...logins, ...pending])
  const any = (yield* endUncollected.run(meant)) > 0 || authKeyIds.length > 0
  return { authKeyIds, any }
}

/** The keys of rows of `authorizations` or `pending_logins`, each once. */
export function keysOf(rows: readonly Row[]): bigint[] {
  return [...new Set(rows.map((row) => long(row, 'auth_key_id')))]
}
