import { bool, bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import { endLoginOfKey, endPendingLogin, tellKey } from './decide-ended-logins.ts'
import type { ClientInfo, KeyRecord, KeyState, NewAuthKey, RevokeReason } from './words.ts'

const insert = sql`
  INSERT INTO auth_keys (auth_key_id, sealed_key, dc_id, first_salt, created_at_s, used_at_s, is_test)
  VALUES (:authKeyId, :sealedKey, :dcId, :firstSalt, :createdAtS, :createdAtS, :isTest)
  ON CONFLICT (auth_key_id) DO NOTHING`
const find = sql`
  SELECT k.*, a.user_id, a.hash, a.active_at_s, a.is_bot, a.home_hash, p.user_id AS pending_user_id, p.since_s FROM auth_keys k
  LEFT JOIN authorizations a ON a.auth_key_id = k.auth_key_id
  LEFT JOIN pending_logins p ON p.auth_key_id = k.auth_key_id WHERE k.auth_key_id = :authKeyId`
const setClient = sql`UPDATE auth_keys SET client = :client WHERE auth_key_id = :authKeyId`
const setActive = sql`UPDATE authorizations SET active_at_s = :nowS, ip = :ip WHERE auth_key_id = :authKeyId`
const setUsed = sql`UPDATE auth_keys SET used_at_s = :nowS WHERE auth_key_id = :authKeyId`
const deleteKey = sql`DELETE FROM auth_keys WHERE auth_key_id = :authKeyId`
const deleteUnused = sql`
  DELETE FROM auth_keys WHERE auth_key_id IN (
    SELECT auth_key_id FROM auth_keys WHERE has_signed_in = 0 AND created_at_s < :beforeS
    ORDER BY created_at_s LIMIT :limit
  ) RETURNING auth_key_id`
const deleteSignedOut = sql`
  DELETE FROM auth_keys WHERE auth_key_id IN (
    SELECT auth_key_id FROM auth_keys WHERE signed_out = 1 AND used_at_s < :beforeS
    ORDER BY used_at_s LIMIT :limit
  ) RETURNING auth_key_id`

/** Keeps a permanent key. @returns false where its id is taken */
export function* keepKey(secret: Secret, { key, isTest, ...rest }: NewAuthKey): Decision<boolean> {
  const sealedKey = secret.seal(key, sealedAs(rest.authKeyId))
  const isKept = (yield* insert.run({ ...rest, isTest: Number(isTest), sealedKey })) > 0
  if (isKept) yield* tellKey(rest.authKeyId)
  return isKept
}

/** Finds what is known of a permanent key. */
export function* findKeyRecord(secret: Secret, authKeyId: bigint): Decision<KeyRecord | undefined> {
  const row = yield* find.row({ authKeyId })
  return row && toRecord(row, secret)
}

/** Remembers what initConnection said of the client behind a key. */
export function* rememberClient(authKeyId: bigint, client: ClientInfo): Decision<void> {
  yield* setClient.send({ authKeyId, client: JSON.stringify(client) })
  yield* tellKey(authKeyId)
}

/** Notes that a key, and its login if there is one, was used just now. */
export function* noteKeyActivity(authKeyId: bigint, ip: string, nowS: number): Decision<void> {
  yield* setActive.send({ authKeyId, ip, nowS })
  yield* setUsed.send({ authKeyId, nowS })
  yield* tellKey(authKeyId)
}

/** Takes the login off a key, half a one too, and off the keys it was brought to. @returns whether anybody was signed in */
export function* signOut(authKeyId: bigint): Decision<boolean> {
  yield* endPendingLogin(authKeyId)
  return yield* endLoginOfKey(authKeyId)
}

/** Forgets a key with its login. @returns false where there was no such key */
export function* forgetKey(authKeyId: bigint): Decision<boolean> {
  yield* signOut(authKeyId)
  const isGone = (yield* deleteKey.run({ authKeyId })) > 0
  if (isGone) yield* tellKey(authKeyId)
  return isGone
}

/** Forgets keys made before then that nobody ever signed in on, the oldest first. @returns their ids */
export function* forgetUnusedKeys(beforeS: number, limit: number): Decision<bigint[]> {
  return yield* tellForgotten(yield* deleteUnused.rows({ beforeS, limit }))
}

/** Forgets keys last used before then whose login has ended, the longest unused first. @returns their ids */
export function* forgetSignedOutKeys(beforeS: number, limit: number): Decision<bigint[]> {
  return yield* tellForgotten(yield* deleteSignedOut.rows({ beforeS, limit }))
}

function* tellForgotten(rows: readonly Row[]): Decision<bigint[]> {
  const authKeyIds = rows.map((row) => long(row, 'auth_key_id'))
  for (const authKeyId of authKeyIds) yield* tellKey(authKeyId)
  return authKeyIds
}

/** The client behind a key, as it described itself; undefined where it has said nothing yet. */
export function clientOf(row: Row): ClientInfo | undefined {
  return isNull(row, 'client') ? undefined : JSON.parse(text(row, 'client'))
}

function toRecord(row: Row, secret: Secret): KeyRecord {
  const authKeyId = long(row, 'auth_key_id')
  // Not the row: records are kept, and a row is several times as large.
  const sealedKey = bytes(row, 'sealed_key')
  return {
    authKeyId,
    // Unsealed only when asked for: each request looks up the state of its key, few need the key itself.
    get key() {
      return unseal(secret, sealedKey, sealedAs(authKeyId))
    },
    dcId: int(row, 'dc_id'),
    firstSalt: long(row, 'first_salt'),
    createdAtS: int(row, 'created_at_s'),
    usedAtS: int(row, 'used_at_s'),
    isTest: bool(row, 'is_test'),
    client: clientOf(row),
    state: toState(row),
  }
}

function toState(row: Row): KeyState {
  if (!isNull(row, 'user_id')) {
    const [userId, hash, activeAtS] = [long(row, 'user_id'), long(row, 'hash'), int(row, 'active_at_s')]
    const isImported = !isNull(row, 'home_hash')
    const login = { at: 'authorized', userId, hash, activeAtS, isBot: bool(row, 'is_bot') } as const
    return isImported ? { ...login, isImported } : login
  }
  if (!isNull(row, 'pending_user_id')) {
    return { at: 'passwordPending', userId: long(row, 'pending_user_id'), sinceS: int(row, 'since_s') }
  }
  if (isNull(row, 'revoked')) return { at: 'anonymous' }
  const revoked = text(row, 'revoked')
  return { at: 'revoked', reason: REVOKE_REASONS.find((reason) => reason === revoked) ?? 'SESSION_REVOKED' }
}

const REVOKE_REASONS: readonly RevokeReason[] = [
  'USER_DEACTIVATED',
  'USER_DEACTIVATED_BAN',
  'SESSION_EXPIRED',
  'AUTH_KEY_DUPLICATED',
]

/** Sealed under its own id, so that one key's bytes cannot be put in another's place. */
function sealedAs(authKeyId: bigint): string {
  return `auth key ${authKeyId}`
}
