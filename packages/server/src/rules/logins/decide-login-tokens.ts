import { bool, int, isNull, long, type Row, text } from '../../database/columns.ts'
import { nudge } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { clientOf } from '../accounts/decide-keys.ts'
import { prepareLogin } from '../accounts/decide-logins.ts'
import { prepareRepeats } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { Authorized, PasswordNeeded } from '../accounts/words.ts'
import type {
  AcceptLoginToken,
  AcceptLoginTokenOutcome,
  ExportLoginToken,
  ExportLoginTokenOutcome,
  ImportLoginToken,
  ImportLoginTokenOutcome,
  LoginTokenStore,
} from './words.ts'

/** Former tokens of a key that are told from ones that never were. */
const MAX_FORMER = 4

/** Tokens shown as QR codes. */
export function createLoginTokenStore(db: Database, secret: Secret): LoginTokenStore {
  const isAccepted = 'auth_key_id = :authKeyId AND expires_at_ms > :nowMs'
  const collect = db.prepare(
    `UPDATE login_tokens SET state = 'used', used_by = auth_key_id, used_at_ms = :nowMs
     WHERE ${isAccepted} AND state = 'accepted' AND ifnull(home_dc, :dcId) = :dcId RETURNING *`,
  )
  const move = db.prepare(
    `UPDATE login_tokens SET state = 'moved', move_digest = :moveDigest, expires_at_ms = :moveExpiresAtMs
     WHERE ${isAccepted} AND state IN ('accepted', 'moved') AND home_dc <> :dcId RETURNING home_dc`,
  )
  const collected = db.prepare(
    `SELECT * FROM login_tokens WHERE auth_key_id = :authKeyId AND used_by = auth_key_id
       AND used_at_ms > :usedAfterMs ORDER BY created_at_ms DESC LIMIT 1`,
  )
  const replace = db.prepare(
    `UPDATE login_tokens SET state = 'replaced' WHERE auth_key_id = ? AND state = 'waiting'`,
  )
  const forgetFormer = db.prepare(
    `DELETE FROM login_tokens WHERE digest IN (
       SELECT digest FROM login_tokens WHERE auth_key_id = ? ORDER BY created_at_ms DESC LIMIT -1 OFFSET ${MAX_FORMER}
     )`,
  )
  const forget = db.prepare('DELETE FROM login_tokens WHERE expires_at_ms < ?')
  const insert = db.prepare(
    `INSERT INTO login_tokens (digest, auth_key_id, api_id, ip, except_ids, created_at_ms, expires_at_ms)
     VALUES (:digest, :authKeyId, :apiId, :ip, :exceptIds, :nowMs, :expiresAtMs)`,
  )
  const accept = db.prepare(
    `UPDATE login_tokens SET state = 'accepted', user_id = :userId, hash = :hash, home_dc = :homeDc,
       confirmed = :confirmed, expires_at_ms = :collectByMs
     WHERE digest = :digest AND state = 'waiting' AND expires_at_ms > :nowMs AND auth_key_id <> :authKeyId
       AND NOT EXISTS (SELECT 1 FROM json_each(except_ids) WHERE value = :userId) RETURNING digest`,
  )
  // What was brought from another data centre is as good as the login it came from.
  const findOwn = db.prepare(
    `SELECT NOT h.unconfirmed OR h.created_at_s <= :confirmedBeforeS AS confirmed FROM authorizations a
     JOIN authorizations h ON h.hash = ifnull(a.home_hash, a.hash)
     WHERE a.auth_key_id = :authKeyId AND a.user_id = :userId`,
  )
  const showLogin = db.prepare(
    `SELECT t.*, k.client, coalesce(p.title, '') AS title,
       EXISTS (SELECT 1 FROM passwords WHERE user_id = t.user_id) AS password_pending
     FROM login_tokens t JOIN auth_keys k ON k.auth_key_id = t.auth_key_id
     LEFT JOIN apps p ON p.api_id = t.api_id WHERE t.digest = ?`,
  )
  const find = db.prepare('SELECT * FROM login_tokens WHERE digest = ?')
  const spend = db.prepare(
    `UPDATE login_tokens SET state = 'used', used_by = :authKeyId, used_at_ms = :nowMs
     WHERE move_digest = :digest AND state = 'moved' AND home_dc = :dcId AND expires_at_ms > :nowMs RETURNING *`,
  )
  const findMoved = db.prepare('SELECT * FROM login_tokens WHERE move_digest = ?')
  const findUser = db.prepare('SELECT * FROM users WHERE id = ?')
  const stands = db.prepare('SELECT 1 FROM authorizations WHERE auth_key_id = :authKeyId AND hash = :hash')
  const waits = db.prepare('SELECT 1 FROM pending_logins WHERE auth_key_id = :authKeyId AND hash = :hash')
  const logIn = prepareLogin(db)
  const repeats = prepareRepeats(db, secret)

  function signIn(row: Row, caller: { authKeyId: bigint; dcId: number; ip: string }, nowMs: number) {
    const [userId, hash] = [long(row, 'user_id'), long(row, 'hash')]
    const login = { ...caller, userId, hash, apiId: int(row, 'api_id'), confirmed: bool(row, 'confirmed') }
    return logIn({ ...login, nowS: Math.floor(nowMs / 1000) })
  }

  /** The same again, while the login still stands, or still waits for its password. */
  function replay(row: Row, authKeyId: bigint): Authorized | PasswordNeeded | undefined {
    const [userId, hash] = [long(row, 'user_id'), long(row, 'hash')]
    if (waits.get({ authKeyId, hash }) !== undefined) return { kind: 'passwordNeeded' }
    if (stands.get({ authKeyId, hash }) === undefined) return undefined
    return { kind: 'authorized', user: toUser(findUser.get(userId) ?? {}), hash, fresh: false }
  }

  function exportOne(request: ExportLoginToken): ExportLoginTokenOutcome {
    const { digest, authKeyId, dcId, apiId, ip, nowMs } = request
    const accepted = collect.get({ authKeyId, dcId, nowMs })
    if (accepted !== undefined) return signIn(accepted, { authKeyId, dcId, ip }, nowMs)
    const { moveDigest, moveExpiresAtMs } = request
    const moved = move.get({ authKeyId, dcId, nowMs, moveDigest, moveExpiresAtMs })
    if (moved !== undefined) return { kind: 'moved', dcId: int(moved, 'home_dc') }
    const used = collected.get({ authKeyId, usedAfterMs: nowMs - request.replayWithinMs })
    const repeated = used && replay(used, authKeyId)
    if (repeated !== undefined) return repeated
    forget.run(request.forgetBeforeMs)
    replace.run(authKeyId)
    const exceptIds = `[${request.exceptIds.join(',')}]`
    insert.run({ digest, authKeyId, apiId, ip, exceptIds, nowMs, expiresAtMs: request.expiresAtMs })
    forgetFormer.run(authKeyId)
    return { kind: 'waiting' }
  }

  function acceptOne({
    homeDc,
    confirmedBeforeS,
    request: _,
    ...request
  }: AcceptLoginToken): AcceptLoginTokenOutcome {
    const { digest, authKeyId, userId, nowMs } = request
    const own = findOwn.get({ authKeyId, userId, confirmedBeforeS })
    // Ended since the call was let in: what it let in now would outlive it.
    if (own === undefined) return { kind: 'noLogin' }
    // Nobody has to confirm whom a confirmed login has let in. Who nobody has confirmed confirms nobody.
    const confirmed = bool(own, 'confirmed')
    const accepted = accept.get({ ...request, homeDc: homeDc ?? null, confirmed: Number(confirmed) })
    if (accepted === undefined) return { kind: whyNotAccepted(find.get(digest), nowMs) }
    const row = showLogin.get(digest) ?? {}
    db.decide(nudge({ kind: 'loginToken', authKeyId: String(long(row, 'auth_key_id')) }))
    const nowS = Math.floor(nowMs / 1000)
    return {
      kind: 'accepted',
      login: {
        authKeyId: long(row, 'auth_key_id'),
        userId: request.userId,
        hash: request.hash,
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
      },
    }
  }

  function importOne(request: ImportLoginToken): ImportLoginTokenOutcome {
    const { digest, authKeyId, dcId, ip, nowMs } = request
    const spent = spend.get({ digest, authKeyId, dcId, nowMs })
    if (spent !== undefined) return signIn(spent, { authKeyId, dcId, ip }, nowMs)
    const row = findMoved.get(digest)
    if (row === undefined) return { kind: find.get(digest) === undefined ? 'unknown' : 'notHere' }
    if (text(row, 'state') === 'used') {
      const isOurs = long(row, 'used_by') === authKeyId
      const isSoon = int(row, 'used_at_ms') > nowMs - request.replayWithinMs
      return (isOurs && isSoon && replay(row, authKeyId)) || { kind: 'used' }
    }
    return { kind: int(row, 'expires_at_ms') > nowMs ? 'notHere' : 'expired' }
  }

  return {
    export: (request) => db.write(() => exportOne(request)),
    accept: (asked) =>
      db.write(() =>
        repeats.decide(
          asked.request,
          () => acceptOne(asked),
          (outcome) => (outcome.kind === 'accepted' ? outcome : undefined),
        ),
      ),
    import: (request) => db.write(() => importOne(request)),
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
