import { bytes, int, isNull, long, type Row, text } from '../../database/columns.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareLogin } from '../accounts/decide-logins.ts'
import { prepareRepeats, repeatedChange, repeatedLogin } from '../accounts/decide-repeats.ts'
import type { Passkey, PasskeyLogin, PasskeyStore, RegisterPasskey } from './words.ts'

/** Passkeys and what they are asked to sign. */
export function createPasskeyStore(db: Database, secret: Secret): PasskeyStore {
  const challenge = db.prepare(
    `INSERT INTO passkey_challenges (auth_key_id, purpose, digest, user_id, api_id, expires_at_ms)
     VALUES (:authKeyId, :purpose, :digest, :userId, :apiId, :expiresAtMs)
     ON CONFLICT (auth_key_id, purpose) DO UPDATE SET digest = excluded.digest, user_id = excluded.user_id,
       api_id = excluded.api_id, expires_at_ms = excluded.expires_at_ms`,
  )
  const spend = db.prepare(
    `DELETE FROM passkey_challenges WHERE auth_key_id = :authKeyId AND purpose = :purpose AND digest = :digest
       AND user_id IS :userId AND expires_at_ms > :nowMs
       AND auth_key_id IN (SELECT auth_key_id FROM auth_keys WHERE dc_id = ifnull(:dcId, dc_id)) RETURNING api_id`,
  )
  const insert = db.prepare(
    `INSERT INTO passkeys (id, user_id, public_key, sign_count, name, created_at_s)
     SELECT :id, :userId, :publicKey, :signCount, :name, :createdAtS
     WHERE (SELECT count(*) FROM passkeys WHERE user_id = :userId) < :maxPasskeys
       AND EXISTS (SELECT 1 FROM authorizations WHERE auth_key_id = :authKeyId AND user_id = :userId)
     ON CONFLICT (id) DO NOTHING RETURNING 1`,
  )
  const find = db.prepare('SELECT * FROM passkeys WHERE id = ?')
  const list = db.prepare('SELECT * FROM passkeys WHERE user_id = ? ORDER BY created_at_s, id')
  const remove = db.prepare('DELETE FROM passkeys WHERE user_id = :userId AND id = :id')
  // A count that does not grow is a copy of the authenticator; those that do not count always say 0.
  const count = db.prepare(
    `UPDATE passkeys SET sign_count = :signCount, used_at_s = :nowS
     WHERE id = :id AND user_id = :userId AND (sign_count < :signCount OR (sign_count = 0 AND :signCount = 0))
     RETURNING 1`,
  )
  const logIn = prepareLogin(db)
  const repeats = prepareRepeats(db, secret)

  function register({ authKeyId, digest, passkey, maxPasskeys, nowMs }: RegisterPasskey): boolean {
    const { userId } = passkey
    const asked = { authKeyId, purpose: 'registration', digest, userId, dcId: null, nowMs }
    if (spend.get(asked) === undefined) return false
    const { usedAtS: _, ...added } = passkey
    return insert.get({ ...added, authKeyId, maxPasskeys }) !== undefined
  }

  function signIn(login: PasskeyLogin): Awaited<ReturnType<PasskeyStore['signIn']>> {
    const { passkey, signCount, digest, from, authKeyId, authorization, nowMs } = login
    const { id, userId } = passkey
    const asked = {
      authKeyId: from.authKeyId,
      dcId: from.dcId ?? null,
      purpose: 'login',
      digest,
      userId: null,
    }
    const spent = spend.get({ ...asked, nowMs })
    const nowS = Math.floor(nowMs / 1000)
    if (spent === undefined || count.get({ id, userId, signCount, nowS }) === undefined)
      return { kind: 'dead' }
    const apiId = int(spent, 'api_id')
    return logIn({ ...authorization, authKeyId, userId, apiId, dcId: login.dcId, nowS })
  }

  return {
    async challenge({ userId, ...rest }) {
      await db.write(() => challenge.run({ ...rest, userId: userId ?? null }))
    },
    register: (asked) =>
      db.write(() => {
        const { request, passkey } = asked
        const isKept = repeats.decide(request, () => register(asked), repeatedChange)
        // It may have been taken away since.
        return isKept && find.get(passkey.id) !== undefined
      }),
    find: (id) =>
      db.read(() => {
        const row = find.get(id)
        return row && toPasskey(row)
      }),
    list: (userId) => db.read(() => list.all(userId).map(toPasskey)),
    remove: (userId, id, request) =>
      db.write(() => {
        const run = (): boolean => remove.run({ userId, id }).changes > 0
        return repeats.decide(request, run, repeatedChange)
      }),
    signIn: (login) => db.write(() => repeats.decide(login.request, () => signIn(login), repeatedLogin)),
  }
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
