import { bool, int, isNull, long } from '../../database/columns.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareAuthorize } from '../accounts/decide-authorizations.ts'
import { createBox } from '../accounts/decide-boxes.ts'
import { prepareEnd } from '../accounts/decide-ended-logins.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { BotLoginOutcome, BotStore, TokenLogin } from './words.ts'

/** Bots and their tokens. */
export function createBotStore(db: Database): BotStore {
  const insert = db.prepare(
    `INSERT INTO users (access_hash, phone, first_name, last_name, created_at_s, is_bot, username, home_dc)
     VALUES (:accessHash, '@' || :username, :username, '', :createdAtS, 1, :username, :homeDc)
     ON CONFLICT DO NOTHING RETURNING *`,
  )
  const list = db.prepare('SELECT * FROM users WHERE is_bot ORDER BY id LIMIT ?')
  const revokeTokens = db.prepare('UPDATE bot_tokens SET revoked = 1 WHERE user_id = ?')
  const insertToken = db.prepare(
    'INSERT INTO bot_tokens (digest, user_id) SELECT :digest, id FROM users WHERE id = :userId AND is_bot RETURNING 1',
  )
  const find = db.prepare(
    'SELECT u.*, t.revoked FROM bot_tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = ?',
  )
  const settleHome = db.prepare('UPDATE users SET home_dc = :dcId WHERE id = :userId AND home_dc IS NULL')
  const findLogin = db.prepare(
    'SELECT hash FROM authorizations WHERE auth_key_id = :authKeyId AND user_id = :userId',
  )
  const authorize = prepareAuthorize(db)
  const end = prepareEnd(db)

  function signIn(login: TokenLogin & { readonly dcs: number }): BotLoginOutcome {
    const { digest, authKeyId, dcId, apiId, authorization, nowMs } = login
    const row = find.get(digest)
    if (row === undefined) return { kind: 'unknown' }
    if (bool(row, 'revoked')) return { kind: 'revoked' }
    const user = toUser(row)
    if (login.dcs > 1 && !isNull(row, 'home_dc')) {
      // What is beyond the last data centre lives in the first, as numbers do.
      const home = int(row, 'home_dc') <= login.dcs ? int(row, 'home_dc') : 1
      if (home !== dcId) return { kind: 'elsewhere', dcId: home }
    }
    settleHome.run({ userId: user.id, dcId })
    const before = findLogin.get({ authKeyId, userId: user.id })
    if (before !== undefined) return { kind: 'authorized', user, hash: long(before, 'hash'), fresh: false }
    const nowS = Math.floor(nowMs / 1000)
    const { hash, ip } = authorization
    authorize({ authKeyId, userId: user.id, hash, ip, apiId, homeHash: null, confirmed: true, nowS })
    return { kind: 'authorized', user, hash, fresh: true }
  }

  return {
    create: ({ homeDc, ...bot }) =>
      db.write(() => {
        const row = insert.get({ ...bot, homeDc: homeDc ?? null })
        if (row === undefined) return undefined
        const made = toUser(row)
        db.decide(createBox(made.id))
        return made
      }),
    list: (limit) => db.read(() => list.all(limit).map(toUser)),
    setToken: (userId, digest) =>
      db.write(() => {
        revokeTokens.run(userId)
        const isBot = insertToken.get({ userId, digest }) !== undefined
        return isBot ? end(userId, { except: null }).authKeyIds : undefined
      }),
    signIn: (login) => db.write(() => signIn(login)),
  }
}
