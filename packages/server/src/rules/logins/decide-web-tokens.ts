import { long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { repeatably, repeatedLogin } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { Authorized, PasswordNeeded, User } from '../accounts/words.ts'
import { logIn } from './decide-log-in.ts'
import type { NewWebToken, WebTokenLogin } from './words.ts'

const forget = sql`DELETE FROM web_tokens WHERE expires_at_ms <= :nowMs`
const insert = sql`
  INSERT INTO web_tokens (digest, user_id, expires_at_ms) VALUES (:digest, :userId, :expiresAtMs)`
const find = sql`
  SELECT u.* FROM web_tokens t JOIN users u ON u.id = t.user_id
  WHERE t.digest = :digest AND t.expires_at_ms > :nowMs`
const spend = sql`
  DELETE FROM web_tokens WHERE digest = :digest AND expires_at_ms > :nowMs RETURNING user_id`

/** Keeps a token that signs in to its account once. */
export function* keepWebToken({ digest, userId, expiresAtMs, nowMs }: NewWebToken): Decision<void> {
  yield* forget.send({ nowMs })
  yield* insert.send({ digest, userId, expiresAtMs })
}

/** The account of a token; undefined if the token is no longer good. */
export function* findWebTokenUser(digest: Uint8Array, nowMs: number): Decision<User | undefined> {
  const row = yield* find.row({ digest, nowMs })
  return row && toUser(row)
}

type Outcome = Authorized | PasswordNeeded | { readonly kind: 'dead' }

/** Spends a token and signs the key in. */
export function* signInByWebToken(secret: Secret, login: WebTokenLogin): Decision<Outcome> {
  const user = yield* findWebTokenUser(login.digest, login.nowMs)
  if (user !== undefined) yield* alone('account', user.id)
  return yield* repeatably<Outcome>(secret, login.request, signIn(login), repeatedLogin)
}

function* signIn({ digest, authKeyId, dcId, apiId, authorization, nowMs }: WebTokenLogin): Decision<Outcome> {
  const spent = yield* spend.row({ digest, nowMs })
  if (spent === undefined) return { kind: 'dead' }
  const nowS = Math.floor(nowMs / 1000)
  return yield* logIn({ ...authorization, authKeyId, userId: long(spent, 'user_id'), apiId, dcId, nowS })
}
