import { bool, int, isNull, long } from '../../database/columns.ts'
import { alone, type Decision, sql } from '../../database/decision.ts'
import { insertAccount } from '../accounts/decide-account-ids.ts'
import { authorize } from '../accounts/decide-authorizations.ts'
import { createBox } from '../accounts/decide-boxes.ts'
import { revokeLogins } from '../accounts/decide-ended-logins.ts'
import { findPeerByName, holdName, keepName } from '../accounts/decide-usernames.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { User } from '../accounts/words.ts'
import type { BotLogin, BotLoginOutcome, NewBot } from './words.ts'

const insert = sql`
  INSERT INTO users (access_hash, phone, first_name, last_name, created_at_s, is_bot, username, home_dc)
  VALUES (:accessHash, '@' || :username, :username, '', :createdAtS, 1, :username, :homeDc)
  ON CONFLICT DO NOTHING RETURNING *`
const describeBot = sql`INSERT INTO bots (user_id, owner_id) VALUES (:userId, :ownerId)`
const list = sql`SELECT * FROM users WHERE is_bot = 1 ORDER BY id LIMIT :limit`
const revokeTokens = sql`UPDATE bot_tokens SET revoked = 1 WHERE user_id = :userId`
const insertToken = sql`
  INSERT INTO bot_tokens (digest, user_id) SELECT :digest, id FROM users WHERE id = :userId AND is_bot = 1`
const findOwner = sql`SELECT user_id FROM bot_tokens WHERE digest = :digest`
const find = sql`
  SELECT u.*, t.revoked FROM bot_tokens t JOIN users u ON u.id = t.user_id WHERE t.digest = :digest`
const settleHome = sql`UPDATE users SET home_dc = :dcId WHERE id = :userId AND home_dc IS NULL`
const findLogin = sql`
  SELECT hash FROM authorizations WHERE auth_key_id = :authKeyId AND user_id = :userId`

/** Makes a bot; undefined if its name is taken. */
export function* createBotUser({ homeDc, ownerId, ...bot }: NewBot): Decision<User | undefined> {
  yield* holdName(bot.username)
  if ((yield* findPeerByName(bot.username)) !== undefined) return undefined
  const row = yield* insertAccount(insert, { ...bot, homeDc: homeDc ?? null })
  if (row === undefined) return undefined
  const made = toUser(row)
  yield* createBox(made.id)
  yield* keepName(made.id, bot.username)
  yield* describeBot.send({ userId: made.id, ownerId })
  return made
}

/** Lists bots by id. */
export function* listBotUsers(limit: number): Decision<User[]> {
  return (yield* list.rows({ limit })).map(toUser)
}

/**
 * Gives a bot a token in place of the former one, and ends the logins by that one.
 *
 * @param digest of the token, 32 bytes
 * @returns the keys that were signed in, now revoked; undefined if there is no such bot
 */
export function* setBotToken(userId: bigint, digest: Uint8Array): Decision<bigint[] | undefined> {
  yield* alone('account', userId)
  yield* revokeTokens.send({ userId })
  const isBot = (yield* insertToken.run({ userId, digest })) > 0
  return isBot ? (yield* revokeLogins(userId, { except: null })).authKeyIds : undefined
}

/** Signs a bot in by its token. A key that is signed in as the bot already stays so. */
export function* signBotIn(login: BotLogin): Decision<BotLoginOutcome> {
  const { digest, authKeyId, dcId, apiId, authorization, nowMs } = login
  const owner = yield* findOwner.row({ digest })
  if (owner !== undefined) yield* alone('account', long(owner, 'user_id'))
  const row = yield* find.row({ digest })
  if (row === undefined) return { kind: 'unknown' }
  if (bool(row, 'revoked')) return { kind: 'revoked' }
  const user = toUser(row)
  if (login.dcs > 1 && !isNull(row, 'home_dc')) {
    // A home beyond the last data centre is the first one, as with numbers.
    const home = int(row, 'home_dc') <= login.dcs ? int(row, 'home_dc') : 1
    if (home !== dcId) return { kind: 'elsewhere', dcId: home }
  }
  yield* settleHome.send({ userId: user.id, dcId })
  const before = yield* findLogin.row({ authKeyId, userId: user.id })
  if (before !== undefined) return { kind: 'authorized', user, hash: long(before, 'hash'), fresh: false }
  const nowS = Math.floor(nowMs / 1000)
  const { hash, ip } = authorization
  yield* authorize({ authKeyId, userId: user.id, hash, ip, apiId, homeHash: null, confirmed: true, nowS })
  return { kind: 'authorized', user, hash, fresh: true }
}
