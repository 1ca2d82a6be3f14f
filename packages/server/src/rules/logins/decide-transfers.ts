import { int, long } from '../../database/columns.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareAuthorize } from '../accounts/decide-authorizations.ts'
import { endLogins } from '../accounts/decide-ended-logins.ts'
import { prepareRepeats } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { ImportAuthorization, ImportOutcome, TransferStore } from './words.ts'

/** Logins on their way between data centres. */
export function createTransferStore(db: Database, secret: Secret): TransferStore {
  // What was brought here itself is taken further as the login it came from: all end together.
  const insert = db.prepare(
    `INSERT INTO exported_authorizations (digest, home_hash, dc_id, expires_at_ms)
     SELECT :digest, ifnull(home_hash, hash), :dcId, :expiresAtMs FROM authorizations WHERE auth_key_id = :authKeyId
     RETURNING home_hash`,
  )
  const findUserId = db.prepare('SELECT user_id FROM authorizations WHERE hash = ?')
  const forgetExpired = db.prepare('DELETE FROM exported_authorizations WHERE expires_at_ms <= ?')
  const forgetOldest = db.prepare(
    `DELETE FROM exported_authorizations WHERE digest IN (
       SELECT digest FROM exported_authorizations WHERE home_hash = :homeHash
       ORDER BY expires_at_ms DESC LIMIT -1 OFFSET :keep
     )`,
  )
  const isWaiting = 'digest = :digest AND expires_at_ms > :nowMs AND dc_id = ifnull(:dcId, dc_id)'
  const spend = db.prepare(
    `DELETE FROM exported_authorizations WHERE ${isWaiting}
       AND home_hash IN (SELECT hash FROM authorizations WHERE user_id = :userId) RETURNING home_hash`,
  )
  const find = db.prepare(`SELECT 1 FROM exported_authorizations WHERE ${isWaiting}`)
  const findHome = db.prepare(
    'SELECT u.*, a.api_id, a.auth_key_id FROM authorizations a JOIN users u ON u.id = a.user_id WHERE a.hash = ?',
  )
  const listOldest = db.prepare(
    `SELECT auth_key_id, hash, ip FROM authorizations WHERE home_hash = :homeHash AND auth_key_id <> :authKeyId
     ORDER BY created_at_s DESC LIMIT -1 OFFSET :keep`,
  )
  const authorizeKey = prepareAuthorize(db)
  const repeats = prepareRepeats(db, secret)

  function importOne(request: ImportAuthorization): ImportOutcome {
    const { digest, userId, authKeyId, authorization, maxImported, nowMs } = request
    const asked = { digest, dcId: request.dcId ?? null, nowMs }
    const spent = spend.get({ ...asked, userId })
    if (spent === undefined) return { kind: find.get(asked) === undefined ? 'dead' : 'otherUser' }
    const homeHash = long(spent, 'home_hash')
    const home = findHome.get(homeHash)
    if (home === undefined) return { kind: 'dead' }
    // Brought back to where it came from: there is nothing to do.
    if (long(home, 'auth_key_id') !== authKeyId) {
      db.decide(endLogins(listOldest.all({ homeHash, authKeyId, keep: maxImported - 1 })))
      const nowS = Math.floor(nowMs / 1000)
      authorizeKey({ ...authorization, authKeyId, userId, apiId: int(home, 'api_id'), homeHash, nowS })
    }
    return { kind: 'authorized', user: toUser(home) }
  }

  return {
    export: ({ digest, authKeyId, dcId, expiresAtMs, maxWaiting, nowMs }) =>
      db.write(() => {
        forgetExpired.run(nowMs)
        const row = insert.get({ digest, authKeyId, dcId, expiresAtMs })
        if (row === undefined) return undefined
        const homeHash = long(row, 'home_hash')
        forgetOldest.run({ homeHash, keep: maxWaiting })
        return long(findUserId.get(homeHash) ?? {}, 'user_id')
      }),
    import: (asked) =>
      db.write(() =>
        repeats.decide(
          asked.request,
          () => importOne(asked),
          (outcome) => (outcome.kind === 'authorized' ? outcome : undefined),
        ),
      ),
  }
}
