import { bool, bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, nudge, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { clientOf } from '../accounts/decide-keys.ts'
import { repeatably } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { Authorized, OwnLogin, PasswordNeeded } from '../accounts/words.ts'
import { logIn } from './decide-log-in.ts'
import type {
  AcceptLoginToken,
  AcceptLoginTokenOutcome,
  ExportLoginToken,
  ExportLoginTokenOutcome,
  ImportLoginToken,
  ImportLoginTokenOutcome,
} from './words.ts'

/** Former tokens of a key that are told from ones that never were. */
const MAX_FORMER = 4

const IS_ACCEPTED = 'auth_key_id = :authKeyId AND expires_at_ms > :nowMs'
const findAccepted = sql`
  SELECT user_id FROM login_tokens WHERE ${IS_ACCEPTED} AND state = 'accepted' ORDER BY digest LIMIT 1`
const collect = sql`
  UPDATE login_tokens SET state = 'used', used_by = auth_key_id, used_at_ms = :nowMs
  WHERE ${IS_ACCEPTED} AND state = 'accepted' AND coalesce(home_dc, :dcId) = :dcId RETURNING *`
const move = sql`
  UPDATE login_tokens SET state = 'moved', move_digest = :moveDigest, expires_at_ms = :moveExpiresAtMs
  WHERE ${IS_ACCEPTED} AND state IN ('accepted', 'moved') AND home_dc <> :dcId RETURNING home_dc`
const listAccepted = sql`
  SELECT digest, auth_key_id FROM login_tokens WHERE expires_at_ms > :nowMs AND state = 'accepted'
  ORDER BY expires_at_ms, digest LIMIT :limit`
const findCollected = sql`
  SELECT * FROM login_tokens WHERE auth_key_id = :authKeyId AND used_by = auth_key_id
    AND used_at_ms > :usedAfterMs ORDER BY created_at_ms DESC LIMIT 1`
const replace = sql`
  UPDATE login_tokens SET state = 'replaced' WHERE auth_key_id = :authKeyId AND state = 'waiting'`
const forgetFormer = sql`
  DELETE FROM login_tokens WHERE digest IN (
    SELECT digest FROM login_tokens WHERE auth_key_id = :authKeyId AND digest <> :digest
    ORDER BY created_at_ms DESC, digest LIMIT 1000000000 OFFSET ${MAX_FORMER - 1})`
const forget = sql`DELETE FROM login_tokens WHERE expires_at_ms < :forgetBeforeMs`
const insert = sql`
  INSERT INTO login_tokens (digest, auth_key_id, api_id, ip, created_at_ms, expires_at_ms)
  VALUES (:digest, :authKeyId, :apiId, :ip, :nowMs, :expiresAtMs)`
const except = sql`
  INSERT INTO login_token_exceptions (digest, user_id) VALUES (:digest, :userId)
  ON CONFLICT (digest, user_id) DO NOTHING`
const accept = sql`
  UPDATE login_tokens SET state = 'accepted', user_id = :userId, hash = :hash, home_dc = :homeDc,
    confirmed = :confirmed, expires_at_ms = :collectByMs
  WHERE digest = :digest AND state = 'waiting' AND expires_at_ms > :nowMs AND auth_key_id <> :authKeyId
    AND NOT EXISTS (
      SELECT 1 FROM login_token_exceptions e WHERE e.digest = login_tokens.digest AND e.user_id = :userId)`
// A login that was brought from another data centre is as good as the one it came from.
const findOwn = sql`
  SELECT CASE WHEN h.unconfirmed = 0 OR h.created_at_s <= :confirmedBeforeS THEN 1 ELSE 0 END AS confirmed
  FROM authorizations a JOIN authorizations h ON h.hash = coalesce(a.home_hash, a.hash)
  WHERE a.auth_key_id = :authKeyId AND a.user_id = :userId`
const showLogin = sql`
  SELECT t.*, k.client, coalesce(p.title, '') AS title,
    CASE WHEN EXISTS (SELECT 1 FROM passwords WHERE user_id = t.user_id) THEN 1 ELSE 0 END AS password_pending
  FROM login_tokens t JOIN auth_keys k ON k.auth_key_id = t.auth_key_id
  LEFT JOIN apps p ON p.api_id = t.api_id WHERE t.digest = :digest`
const find = sql`SELECT * FROM login_tokens WHERE digest = :digest`
const spend = sql`
  UPDATE login_tokens SET state = 'used', used_by = :authKeyId, used_at_ms = :nowMs
  WHERE move_digest = :digest AND state = 'moved' AND home_dc = :dcId AND expires_at_ms > :nowMs RETURNING *`
const findMoved = sql`SELECT * FROM login_tokens WHERE move_digest = :digest`
const findUser = sql`SELECT * FROM users WHERE id = :userId`
const findStanding = sql`
  SELECT 1 FROM authorizations WHERE auth_key_id = :authKeyId AND hash = :hash`
const findPending = sql`
  SELECT 1 FROM pending_logins WHERE auth_key_id = :authKeyId AND hash = :hash`

/** Signs the key in if its token was accepted, or gives it another token to show. */
export function* exportToken(request: ExportLoginToken): Decision<ExportLoginTokenOutcome> {
  const { authKeyId, dcId, ip, moveDigest, moveExpiresAtMs, nowMs } = request
  yield* alone('loginToken', authKeyId)
  const owner = yield* findAccepted.row({ authKeyId, nowMs })
  // A decision that ends logins of the account ends those that wait to be collected, too.
  if (owner !== undefined) yield* alone('account', long(owner, 'user_id'))
  const accepted = yield* collect.row({ authKeyId, dcId, nowMs })
  if (accepted !== undefined) return yield* signIn(accepted, { authKeyId, dcId, ip }, nowMs)
  const moved = yield* move.row({ authKeyId, dcId, nowMs, moveDigest, moveExpiresAtMs })
  if (moved !== undefined) return { kind: 'moved', dcId: int(moved, 'home_dc') }
  const used = yield* findCollected.row({ authKeyId, usedAfterMs: nowMs - request.replayWithinMs })
  return (used && (yield* replay(used, authKeyId))) ?? (yield* keepToken(request))
}

function* keepToken(request: ExportLoginToken): Decision<ExportLoginTokenOutcome> {
  const { digest, authKeyId, apiId, ip, exceptIds, forgetBeforeMs, expiresAtMs, nowMs } = request
  yield* forget.send({ forgetBeforeMs })
  yield* replace.send({ authKeyId })
  yield* insert.send({ digest, authKeyId, apiId, ip, nowMs, expiresAtMs })
  for (const userId of exceptIds) yield* except.send({ digest, userId })
  yield* forgetFormer.send({ authKeyId, digest })
  return { kind: 'waiting' }
}

/** Tokens that were accepted and not collected yet: their keys, by digest in hexadecimal digits. */
export function* listAcceptedTokens(nowMs: number, limit: number): Decision<Map<string, bigint>> {
  const rows = yield* listAccepted.rows({ nowMs, limit })
  return new Map(
    rows.map((row) => [Buffer.from(bytes(row, 'digest')).toString('hex'), long(row, 'auth_key_id')]),
  )
}

/** Lets in the key that shows a token. One winner for each token. */
export function* acceptToken(secret: Secret, asked: AcceptLoginToken): Decision<AcceptLoginTokenOutcome> {
  yield* alone('account', asked.userId)
  return yield* repeatably(secret, asked.request, acceptOnce(asked), (outcome) =>
    outcome.kind === 'accepted' ? outcome : undefined,
  )
}

function* acceptOnce(asked: AcceptLoginToken): Decision<AcceptLoginTokenOutcome> {
  const { digest, authKeyId, userId, hash, homeDc = null, confirmedBeforeS, collectByMs, nowMs } = asked
  const own = yield* findOwn.row({ authKeyId, userId, confirmedBeforeS })
  // Ended since the call was let in: a login that it let in now would outlive it.
  if (own === undefined) return { kind: 'noLogin' }
  // Nobody has to confirm a login that a confirmed one has let in. An unconfirmed login confirms nobody.
  const confirmed = int(own, 'confirmed')
  const by = { digest, authKeyId, userId, hash, homeDc, confirmed, collectByMs, nowMs }
  if ((yield* accept.run(by)) === 0) return { kind: whyNotAccepted(yield* find.row({ digest }), nowMs) }
  const row = (yield* showLogin.row({ digest })) ?? {}
  yield* nudge({ kind: 'loginToken', authKeyId: String(long(row, 'auth_key_id')) })
  return { kind: 'accepted', login: toOwnLogin(row, asked, confirmed === 1) }
}

function toOwnLogin(row: Row, { userId, hash, nowMs }: AcceptLoginToken, confirmed: boolean): OwnLogin {
  const nowS = Math.floor(nowMs / 1000)
  return {
    authKeyId: long(row, 'auth_key_id'),
    userId,
    hash,
    apiId: int(row, 'api_id'),
    appTitle: text(row, 'title'),
    client: clientOf(row),
    ip: text(row, 'ip'),
    createdAtS: nowS,
    activeAtS: nowS,
    unconfirmed: !confirmed,
    passwordPending: bool(row, 'password_pending'),
    encryptedRequestsDisabled: false,
    callRequestsDisabled: false,
  }
}

function whyNotAccepted(
  row: Row | undefined,
  nowMs: number,
): 'unknown' | 'expired' | 'alreadyAccepted' | 'excepted' {
  if (row === undefined) return 'unknown'
  if (!isNull(row, 'user_id')) return 'alreadyAccepted'
  return text(row, 'state') === 'waiting' && int(row, 'expires_at_ms') > nowMs ? 'excepted' : 'expired'
}

/** Signs the key in by an accepted token, in the data centre of the account that accepted it. One winner. */
export function* importToken(request: ImportLoginToken): Decision<ImportLoginTokenOutcome> {
  const { digest, authKeyId, dcId, ip, nowMs } = request
  const owner = yield* findMoved.row({ digest })
  if (owner !== undefined) yield* alone('account', long(owner, 'user_id'))
  const spent = yield* spend.row({ digest, authKeyId, dcId, nowMs })
  if (spent !== undefined) return yield* signIn(spent, { authKeyId, dcId, ip }, nowMs)
  const row = yield* findMoved.row({ digest })
  if (row === undefined) return { kind: (yield* find.row({ digest })) === undefined ? 'unknown' : 'notHere' }
  if (text(row, 'state') === 'used') {
    const isOurs = long(row, 'used_by') === authKeyId
    const isSoon = int(row, 'used_at_ms') > nowMs - request.replayWithinMs
    const again = isOurs && isSoon ? yield* replay(row, authKeyId) : undefined
    return again ?? { kind: 'used' }
  }
  return { kind: int(row, 'expires_at_ms') > nowMs ? 'notHere' : 'expired' }
}

function* signIn(
  row: Row,
  caller: Pick<ImportLoginToken, 'authKeyId' | 'dcId' | 'ip'>,
  nowMs: number,
): Decision<Authorized | PasswordNeeded> {
  const [userId, hash] = [long(row, 'user_id'), long(row, 'hash')]
  const login = { ...caller, userId, hash, apiId: int(row, 'api_id'), confirmed: bool(row, 'confirmed') }
  return yield* logIn({ ...login, nowS: Math.floor(nowMs / 1000) })
}

/** The same login again, while it still stands or still waits for its password. */
function* replay(row: Row, authKeyId: bigint): Decision<Authorized | PasswordNeeded | undefined> {
  const [userId, hash] = [long(row, 'user_id'), long(row, 'hash')]
  if ((yield* findPending.row({ authKeyId, hash })) !== undefined) return { kind: 'passwordNeeded' }
  if ((yield* findStanding.row({ authKeyId, hash })) === undefined) return undefined
  return { kind: 'authorized', user: toUser((yield* findUser.row({ userId })) ?? {}), hash, fresh: false }
}
