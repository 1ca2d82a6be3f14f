import { bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { repeatably, repeatedChange, repeatedLogin } from '../accounts/decide-repeats.ts'
import type { Authorized, PasswordNeeded, RequestRef } from '../accounts/words.ts'
import { logIn } from './decide-log-in.ts'
import type { Passkey, PasskeyChallenge, PasskeyLogin, RegisterPasskey } from './words.ts'

const challenge = sql`
  INSERT INTO passkey_challenges (auth_key_id, purpose, digest, user_id, api_id, expires_at_ms)
  VALUES (:authKeyId, :purpose, :digest, :userId, :apiId, :expiresAtMs)
  ON CONFLICT (auth_key_id, purpose) DO UPDATE SET digest = excluded.digest, user_id = excluded.user_id,
    api_id = excluded.api_id, expires_at_ms = excluded.expires_at_ms`
const spend = sql`
  DELETE FROM passkey_challenges WHERE auth_key_id = :authKeyId AND purpose = :purpose AND digest = :digest
    AND user_id IS NOT DISTINCT FROM :userId AND expires_at_ms > :nowMs
    AND auth_key_id IN (SELECT auth_key_id FROM auth_keys WHERE dc_id = coalesce(:dcId, dc_id)) RETURNING api_id`
const insert = sql`
  INSERT INTO passkeys (id, user_id, public_key, sign_count, name, created_at_s)
  SELECT :id, :userId, :publicKey, :signCount, :name, :createdAtS
  WHERE (SELECT count(*) FROM passkeys WHERE user_id = :userId) < :maxPasskeys
    AND EXISTS (SELECT 1 FROM authorizations WHERE auth_key_id = :authKeyId AND user_id = :userId)
  ON CONFLICT (id) DO NOTHING`
const find = sql`SELECT * FROM passkeys WHERE id = :id`
const list = sql`SELECT * FROM passkeys WHERE user_id = :userId ORDER BY created_at_s, id`
const remove = sql`DELETE FROM passkeys WHERE user_id = :userId AND id = :id`
// A count that does not grow is a copy of the authenticator; those that do not count always say 0.
const count = sql`
  UPDATE passkeys SET sign_count = :signCount, used_at_s = :nowS
  WHERE id = :id AND user_id = :userId AND (sign_count < :signCount OR (sign_count = 0 AND :signCount = 0))`

/** Keeps the challenge of a ceremony. The ceremony of the same purpose that the key began before is over. */
export function* keepPasskeyChallenge({ userId, ...rest }: PasskeyChallenge): Decision<void> {
  yield* challenge.send({ ...rest, userId: userId ?? null })
}

/** Finds a passkey by its credential id. */
export function* findPasskey(id: string): Decision<Passkey | undefined> {
  const row = yield* find.row({ id })
  return row && toPasskey(row)
}

/** Lists the passkeys of an account, oldest first. */
export function* listPasskeys(userId: bigint): Decision<Passkey[]> {
  return (yield* list.rows({ userId })).map(toPasskey)
}

/** Spends the challenge and keeps the passkey. False if the challenge was not good, or the passkey is known or one too many. */
export function* keepPasskey(secret: Secret, asked: RegisterPasskey): Decision<boolean> {
  const { request, passkey } = asked
  yield* alone('account', passkey.userId)
  const isKept = yield* repeatably(secret, request, keepNew(asked), repeatedChange)
  // A repeat may come after it was taken away.
  return isKept && (yield* find.row({ id: passkey.id })) !== undefined
}

function* keepNew({ authKeyId, digest, passkey, maxPasskeys, nowMs }: RegisterPasskey): Decision<boolean> {
  const { usedAtS: _, ...added } = passkey
  const { userId } = passkey
  const asked = { authKeyId, purpose: 'registration', digest, userId, dcId: null, nowMs }
  if ((yield* spend.row(asked)) === undefined) return false
  return (yield* insert.run({ ...added, authKeyId, maxPasskeys })) > 0
}

/** Takes a passkey from an account. False if it has no such passkey. @param request undefined: a repeat is refused */
export function* removePasskey(
  secret: Secret,
  userId: bigint,
  id: string,
  request?: RequestRef,
): Decision<boolean> {
  yield* alone('account', userId)
  return yield* repeatably(secret, request, take(userId, id), repeatedChange)
}

function* take(userId: bigint, id: string): Decision<boolean> {
  return (yield* remove.run({ userId, id })) > 0
}

type Outcome = Authorized | PasswordNeeded | { readonly kind: 'dead' }

/** Spends the challenge and signs the key in; `dead` also if the authenticator has miscounted. */
export function* signInByPasskey(secret: Secret, login: PasskeyLogin): Decision<Outcome> {
  yield* alone('account', login.passkey.userId)
  return yield* repeatably<Outcome>(secret, login.request, signIn(login), repeatedLogin)
}

function* signIn(login: PasskeyLogin): Decision<Outcome> {
  const { passkey, signCount, digest, from, authKeyId, authorization, nowMs } = login
  const { id, userId } = passkey
  const asked = { purpose: 'login', digest, userId: null, nowMs }
  const spent = yield* spend.row({ ...asked, authKeyId: from.authKeyId, dcId: from.dcId ?? null })
  const nowS = Math.floor(nowMs / 1000)
  if (spent === undefined || (yield* count.run({ id, userId, signCount, nowS })) === 0)
    return { kind: 'dead' }
  const apiId = int(spent, 'api_id')
  return yield* logIn({ ...authorization, authKeyId, userId, apiId, dcId: login.dcId, nowS })
}

function toPasskey(row: Row): Passkey {
  return {
    id: text(row, 'id'),
    userId: long(row, 'user_id'),
    publicKey: bytes(row, 'public_key'),
    signCount: int(row, 'sign_count'),
    name: text(row, 'name'),
    createdAtS: int(row, 'created_at_s'),
    usedAtS: isNull(row, 'used_at_s') ? undefined : int(row, 'used_at_s'),
  }
}
