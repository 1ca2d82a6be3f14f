import { int, long, type Row } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { Authorized, PasswordNeeded } from '../accounts/words.ts'
import { logIn } from './decide-log-in.ts'
import type { FutureTokenClaim, NewFutureToken } from './words.ts'

const forget = sql`DELETE FROM future_tokens WHERE expires_at_ms <= :nowMs`
const findOwner = sql`
  SELECT user_id FROM authorizations WHERE auth_key_id = :authKeyId AND home_hash IS NULL AND is_bot = 0`
// A token is later than all others of its account, however many are made in a millisecond: so the oldest is known.
const insert = sql`
  INSERT INTO future_tokens (digest, user_id, phone, created_at_ms, expires_at_ms, login_hash)
  SELECT :digest, u.id, u.phone, (
      SELECT CASE WHEN max(t.created_at_ms) >= :nowMs THEN max(t.created_at_ms) + 1 ELSE :nowMs END
      FROM future_tokens t WHERE t.user_id = u.id),
    :expiresAtMs, CASE WHEN :withLogin = 1 THEN a.hash END
  FROM authorizations a JOIN users u ON u.id = a.user_id
  WHERE a.auth_key_id = :authKeyId AND a.home_hash IS NULL AND a.is_bot = 0
  ON CONFLICT (digest) DO UPDATE SET expires_at_ms = future_tokens.expires_at_ms RETURNING user_id`
// Spent tokens are known only for their repeats: they leave first.
const evict = sql`
  DELETE FROM future_tokens WHERE digest IN (
    SELECT digest FROM future_tokens WHERE user_id = :userId
    ORDER BY CASE WHEN used_by IS NULL THEN 0 ELSE 1 END, created_at_ms DESC LIMIT 1000000000 OFFSET :max)`

/**
 * Keeps a token for the account that is signed in on the key, once. False if there is none, if it is a bot, or if the
 * login was brought from another data centre.
 */
export function* keepFutureToken(token: NewFutureToken): Decision<boolean> {
  const { digest, authKeyId, expiresAtMs, nowMs } = token
  const owner = yield* findOwner.row({ authKeyId })
  if (owner === undefined) return false
  yield* alone('account', long(owner, 'user_id'))
  yield* forget.send({ nowMs })
  const made = yield* insert.row({
    digest,
    authKeyId,
    expiresAtMs,
    nowMs,
    withLogin: Number(token.withLogin),
  })
  if (made === undefined) return false
  yield* evict.send({ userId: long(made, 'user_id'), max: token.maxPerUser })
  return true
}

/** A caller who brings tokens. */
export interface FutureLogin extends FutureTokenClaim {
  readonly phone: string
  readonly authKeyId: bigint
  readonly dcId: number
  readonly apiId: number
  readonly nowMs: number
}

const spend = sql`UPDATE future_tokens SET used_by = :authKeyId, used_at_ms = :nowMs, hash = :hash
  WHERE digest = :digest AND phone = :phone AND used_by IS NULL AND expires_at_ms > :nowMs
    AND user_id = (SELECT id FROM users WHERE phone = :phone) RETURNING user_id`
const findSpent = sql`SELECT t.used_at_ms, t.hash, u.*,
    CASE WHEN EXISTS (SELECT 1 FROM authorizations WHERE auth_key_id = t.used_by AND hash = t.hash)
      THEN 1 ELSE 0 END AS signed_in,
    CASE WHEN EXISTS (SELECT 1 FROM pending_logins WHERE auth_key_id = t.used_by AND hash = t.hash)
      THEN 1 ELSE 0 END AS pending
  FROM future_tokens t JOIN users u ON u.id = t.user_id
  WHERE t.digest = :digest AND t.phone = :phone AND t.used_by = :authKeyId`

/** Spends the first token that fits the number and is alive, and signs the key in; undefined if there is none. */
export function* spendFutureToken(login: FutureLogin): Decision<Authorized | PasswordNeeded | undefined> {
  const { digests, authorization, phone, authKeyId, dcId, apiId, nowMs } = login
  // Before any is spent: a repeat brings the same tokens, and another of them may be good, too.
  for (const digest of digests) {
    const row = yield* findSpent.row({ digest, phone, authKeyId })
    const before = row && replay(row, login)
    if (before !== undefined) return before
  }
  for (const digest of digests) {
    const spent = yield* spend.row({ digest, phone, authKeyId, hash: authorization.hash, nowMs })
    if (spent === undefined) continue
    const nowS = Math.floor(nowMs / 1000)
    return yield* logIn({ ...authorization, authKeyId, userId: long(spent, 'user_id'), apiId, dcId, nowS })
  }
  return undefined
}

/** The login that a token led to, if it still stands: a log-out is not undone by a late repeat. */
function replay(row: Row, { replayWithinMs, nowMs }: FutureLogin): Authorized | PasswordNeeded | undefined {
  if (int(row, 'used_at_ms') + replayWithinMs <= nowMs) return undefined
  if (int(row, 'signed_in') === 1) {
    return { kind: 'authorized', user: toUser(row), hash: long(row, 'hash'), fresh: false }
  }
  return int(row, 'pending') === 1 ? { kind: 'passwordNeeded' } : undefined
}
