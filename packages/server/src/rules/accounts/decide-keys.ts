import { bool, bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { KeyRecordCache } from './key-record-cache.ts'
import type { ClientInfo, KeyRecord, KeyState, KeyStore, RevokeReason, ServerKeyStore } from './words.ts'

/** Permanent authorization keys. */
export function createKeyStore(db: Database, secret: Secret): KeyStore {
  const insert = db.prepare(
    `INSERT INTO auth_keys (auth_key_id, sealed_key, dc_id, first_salt, created_at_s, used_at_s, is_test)
     VALUES (:authKeyId, :sealedKey, :dcId, :firstSalt, :createdAtS, :createdAtS, :isTest) ON CONFLICT DO NOTHING`,
  )
  // Plain columns only: the cache learns from them which tables to watch.
  const find = db.prepare(
    `SELECT k.*, a.user_id, a.hash, a.active_at_s, a.is_bot, p.user_id AS pending_user_id, p.since_s FROM auth_keys k
     LEFT JOIN authorizations a ON a.auth_key_id = k.auth_key_id
     LEFT JOIN pending_logins p ON p.auth_key_id = k.auth_key_id WHERE k.auth_key_id = ?`,
  )
  const cache = new KeyRecordCache(db, find)
  const setClient = db.prepare('UPDATE auth_keys SET client = :client WHERE auth_key_id = :authKeyId')
  const setActive = db.prepare(
    'UPDATE authorizations SET active_at_s = :nowS, ip = :ip WHERE auth_key_id = :authKeyId',
  )
  const setUsed = db.prepare('UPDATE auth_keys SET used_at_s = :nowS WHERE auth_key_id = :authKeyId')
  const deleteAuthorization = db.prepare('DELETE FROM authorizations WHERE auth_key_id = ?')
  const deletePending = db.prepare('DELETE FROM pending_logins WHERE auth_key_id = ?')
  const deleteKey = db.prepare('DELETE FROM auth_keys WHERE auth_key_id = ?')
  const deleteUnused = db.prepare(
    `DELETE FROM auth_keys WHERE auth_key_id IN (
       SELECT auth_key_id FROM auth_keys WHERE has_signed_in = 0 AND created_at_s < :beforeS
       ORDER BY created_at_s LIMIT :limit
     ) RETURNING auth_key_id`,
  )

  const deleteSignedOut = db.prepare(
    `DELETE FROM auth_keys WHERE auth_key_id IN (
       SELECT auth_key_id FROM auth_keys WHERE signed_out = 1 AND used_at_s < :beforeS
       ORDER BY used_at_s LIMIT :limit
     ) RETURNING auth_key_id`,
  )

  return {
    keep({ key, isTest, ...rest }) {
      const sealedKey = secret.seal(key, sealedAs(rest.authKeyId))
      return db.write(() => insert.run({ ...rest, isTest: Number(isTest), sealedKey }).changes > 0)
    },
    find: (authKeyId) =>
      db.read(() => {
        const cached = cache.get(authKeyId)
        if (cached !== undefined) return cached
        const row = find.get(authKeyId)
        return row && cache.keep(toRecord(row, secret))
      }),
    async rememberClient(authKeyId, client) {
      await db.write(() => setClient.run({ authKeyId, client: JSON.stringify(client) }))
    },
    async noteActivity(authKeyId, ip, nowS) {
      await db.write(() => {
        setActive.run({ authKeyId, ip, nowS })
        setUsed.run({ authKeyId, nowS })
      })
    },
    signOut: (authKeyId) =>
      db.write(() => {
        deletePending.run(authKeyId)
        return deleteAuthorization.run(authKeyId).changes > 0
      }),
    forget: (authKeyId) => db.write(() => deleteKey.run(authKeyId).changes > 0),
    forgetUnused: (beforeS, limit) =>
      db.write(() => deleteUnused.all({ beforeS, limit }).map((row) => long(row, 'auth_key_id'))),
    forgetSignedOut: (beforeS, limit) =>
      db.write(() => deleteSignedOut.all({ beforeS, limit }).map((row) => long(row, 'auth_key_id'))),
  }
}

/** The RSA keys of the server. */
export function createServerKeyStore(db: Database, secret: Secret): ServerKeyStore {
  const context = 'server key'
  const select = db.prepare('SELECT sealed_pem FROM server_keys ORDER BY id')
  const insert = db.prepare('INSERT INTO server_keys (sealed_pem, created_at_s) VALUES (?, ?)')
  const list = (): string[] =>
    select.all().map((row) => Buffer.from(unseal(secret, bytes(row, 'sealed_pem'), context)).toString())
  return {
    list: () => db.read(list),
    keepFirst: (privatePem, nowS) =>
      db.write(() => {
        const [first] = list()
        if (first !== undefined) return first
        insert.run(secret.seal(Buffer.from(privatePem), context), nowS)
        return privatePem
      }),
  }
}

/** What the client behind a key said of itself; undefined where it has said nothing yet. */
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
    return { at: 'authorized', userId, hash, activeAtS, isBot: bool(row, 'is_bot') }
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
