import { int, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { authorize } from '../accounts/decide-authorizations.ts'
import { endLogins } from '../accounts/decide-ended-logins.ts'
import { repeatably } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { ExportAuthorization, ImportAuthorization, ImportOutcome } from './words.ts'

// A login that was brought here itself is taken further as the login it came from: all end together.
const findLogin = sql`
  SELECT coalesce(home_hash, hash) AS home_hash, user_id FROM authorizations WHERE auth_key_id = :authKeyId`
const insert = sql`
  INSERT INTO exported_authorizations (digest, home_hash, dc_id, expires_at_ms)
  VALUES (:digest, :homeHash, :dcId, :expiresAtMs)`
const forgetExpired = sql`DELETE FROM exported_authorizations WHERE expires_at_ms <= :nowMs`
const forgetOldest = sql`
  DELETE FROM exported_authorizations WHERE digest IN (
    SELECT digest FROM exported_authorizations WHERE home_hash = :homeHash AND digest <> :digest
    ORDER BY expires_at_ms DESC, digest LIMIT 1000000000 OFFSET :others)`
const IS_WAITING = 'digest = :digest AND expires_at_ms > :nowMs AND dc_id = coalesce(:dcId, dc_id)'
const spend = sql`
  DELETE FROM exported_authorizations WHERE ${IS_WAITING}
    AND home_hash IN (SELECT hash FROM authorizations WHERE user_id = :userId) RETURNING home_hash`
const find = sql`SELECT 1 FROM exported_authorizations WHERE ${IS_WAITING}`
const findHome = sql`
  SELECT u.*, a.api_id, a.auth_key_id FROM authorizations a JOIN users u ON u.id = a.user_id
  WHERE a.hash = :homeHash`
const listOldest = sql`
  SELECT auth_key_id, hash, ip FROM authorizations WHERE home_hash = :homeHash AND auth_key_id <> :authKeyId
  ORDER BY created_at_s DESC, auth_key_id LIMIT 1000000000 OFFSET :keep`

/**
 * Gives out a login for another data centre.
 *
 * @returns the user whose login it is; undefined if nobody is signed in on the key
 */
export function* exportLogin(request: ExportAuthorization): Decision<bigint | undefined> {
  const { digest, authKeyId, dcId, expiresAtMs, maxWaiting, nowMs } = request
  const owner = yield* findLogin.row({ authKeyId })
  if (owner === undefined) return undefined
  yield* alone('account', long(owner, 'user_id'))
  yield* forgetExpired.send({ nowMs })
  // Ended meanwhile, or another login by now.
  const login = yield* findLogin.row({ authKeyId })
  if (login === undefined) return undefined
  const homeHash = long(login, 'home_hash')
  yield* insert.send({ digest, homeHash, dcId, expiresAtMs })
  yield* forgetOldest.send({ homeHash, digest, others: maxWaiting - 1 })
  return long(login, 'user_id')
}

/** Spends what was given out and signs the key in. The login ends with the one it came from. */
export function* importLogin(secret: Secret, asked: ImportAuthorization): Decision<ImportOutcome> {
  yield* alone('account', asked.userId)
  return yield* repeatably(secret, asked.request, bringIn(asked), (outcome) =>
    outcome.kind === 'authorized' ? outcome : undefined,
  )
}

function* bringIn(request: ImportAuthorization): Decision<ImportOutcome> {
  const { digest, userId, authKeyId, authorization, maxImported, nowMs } = request
  const asked = { digest, dcId: request.dcId ?? null, nowMs }
  const spent = yield* spend.row({ ...asked, userId })
  if (spent === undefined) return { kind: (yield* find.row(asked)) === undefined ? 'dead' : 'otherUser' }
  const homeHash = long(spent, 'home_hash')
  const home = yield* findHome.row({ homeHash })
  if (home === undefined) return { kind: 'dead' }
  // A login that is brought back to where it came from is there already.
  if (long(home, 'auth_key_id') !== authKeyId) {
    yield* endLogins(yield* listOldest.rows({ homeHash, authKeyId, keep: maxImported - 1 }))
    const nowS = Math.floor(nowMs / 1000)
    const apiId = int(home, 'api_id')
    yield* authorize({ ...authorization, authKeyId, userId, apiId, homeHash, nowS })
  }
  return { kind: 'authorized', user: toUser(home) }
}
