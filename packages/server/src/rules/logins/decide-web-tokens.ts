import { long } from '../../database/columns.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import { prepareLogin } from '../accounts/decide-logins.ts'
import { prepareRepeats, repeatedLogin } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { WebTokenLogin, WebTokenStore } from './words.ts'

/** Tokens that a website of the operator's gives its visitors. */
export function createWebTokenStore(db: Database, secret: Secret): WebTokenStore {
  const forget = db.prepare('DELETE FROM web_tokens WHERE expires_at_ms <= ?')
  const insert = db.prepare(
    'INSERT INTO web_tokens (digest, user_id, expires_at_ms) VALUES (:digest, :userId, :expiresAtMs)',
  )
  const find = db.prepare(
    `SELECT u.* FROM web_tokens t JOIN users u ON u.id = t.user_id
     WHERE t.digest = :digest AND t.expires_at_ms > :nowMs`,
  )
  const spend = db.prepare(
    'DELETE FROM web_tokens WHERE digest = :digest AND expires_at_ms > :nowMs RETURNING user_id',
  )
  const logIn = prepareLogin(db)
  const repeats = prepareRepeats(db, secret)

  function signIn(login: WebTokenLogin): Awaited<ReturnType<WebTokenStore['signIn']>> {
    const { digest, authKeyId, dcId, apiId, authorization, nowMs } = login
    const spent = spend.get({ digest, nowMs })
    if (spent === undefined) return { kind: 'dead' }
    const nowS = Math.floor(nowMs / 1000)
    return logIn({ ...authorization, authKeyId, userId: long(spent, 'user_id'), apiId, dcId, nowS })
  }

  return {
    create: ({ nowMs, ...token }) =>
      db.write(() => {
        forget.run(nowMs)
        insert.run(token)
      }),
    find: (digest, nowMs) =>
      db.read(() => {
        const row = find.get({ digest, nowMs })
        return row && toUser(row)
      }),
    signIn: (login) => db.write(() => repeats.decide(login.request, () => signIn(login), repeatedLogin)),
  }
}
