import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import type { User } from '../accounts/words.ts'
import { findAccountDc } from '../numbers/decide-home.ts'
import { checkPhone, homeDc } from '../numbers/phone.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'
import { createBotUser, listBotUsers, setBotToken, signBotIn } from './decide-bots.ts'

/** A bot to make. */
export interface NewBotAccount {
  readonly username: string
  /** The account whose data centre is the bot's home; undefined: the bot's first login decides. */
  readonly ownerPhone?: string | undefined
}

/** A bot with the token that it signs in with. The token is shown this once. */
export interface BotWithToken {
  readonly bot: User
  readonly token: string
}

/** Names as Telegram has them: letters, digits and underscores, and everybody sees that it is a bot. */
const USERNAME = /^(?=.{5,32}$)[a-z][a-z0-9_]*bot$/i
const TOKEN = /^[1-9]\d{0,18}:[\w-]{35}$/
const TOKEN_LENGTH = 35
const LIST_LIMIT = 1000

/** Makes a bot. @throws {RpcError} USERNAME_INVALID, USERNAME_OCCUPIED, PHONE_NUMBER_INVALID, PHONE_NUMBER_UNOCCUPIED */
export async function createBot(on: Ground, { username, ownerPhone }: NewBotAccount): Promise<BotWithToken> {
  const { store, clock, random } = on
  if (!USERNAME.test(username)) throw refusal('USERNAME_INVALID')
  const owner = await findOwner(on, ownerPhone)
  const createdAtS = Math.floor(clock.nowMs() / 1000)
  const made = {
    username,
    accessHash: randomLong(random),
    homeDc: owner?.homeDc,
    ownerId: owner?.userId ?? 0n,
    createdAtS,
  }
  const bot = await store.decide(() => createBotUser(made))
  const token = bot && (await replaceBotToken(on, bot.id))
  if (bot === undefined || token === undefined) throw refusal('USERNAME_OCCUPIED')
  return { bot, token }
}

/** Lists the bots by id. */
export async function listBots({ store }: Ground): Promise<User[]> {
  return await store.look(() => listBotUsers(LIST_LIMIT))
}

/** Gives a bot another token, and ends the logins by the former one; undefined if there is no such bot. */
export async function replaceBotToken(on: Ground, userId: bigint): Promise<string | undefined> {
  const { store, random } = on
  const token = `${userId}:${Buffer.from(random(TOKEN_LENGTH)).toString('base64url').slice(0, TOKEN_LENGTH)}`
  const digest = digestOf(on, token)
  const revoked = await store.decide(() => setBotToken(userId, digest))
  return revoked && token
}

/**
 * Signs a bot in.
 *
 * @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD, ACCESS_TOKEN_INVALID, _EXPIRED, USER_MIGRATE_X
 */
export async function signInBot(
  on: Ground,
  caller: Caller,
  { token, ...claim }: AppClaim & { readonly token: string },
): Promise<User> {
  const { store, clock, random, settings } = on
  const { apiId } = await checkApp(on, claim)
  if (!TOKEN.test(token)) throw refusal('ACCESS_TOKEN_INVALID')
  const { authKeyId, dcId, ip } = caller
  const authorization = { hash: randomLong(random), ip }
  const nowMs = clock.nowMs()
  const login = {
    digest: digestOf(on, token),
    authKeyId,
    dcId,
    dcs: settings.dcs,
    apiId,
    authorization,
    nowMs,
  }
  const outcome = await store.decide(() => signBotIn(login))
  switch (outcome.kind) {
    case 'authorized':
      return outcome.user
    case 'unknown':
      throw refusal('ACCESS_TOKEN_INVALID')
    case 'revoked':
      throw refusal('ACCESS_TOKEN_EXPIRED')
    case 'elsewhere':
      throw refusal('USER_MIGRATE_X', { x: outcome.dcId })
  }
}

async function findOwner(
  { store, settings }: Ground,
  ownerPhone: string | undefined,
): Promise<{ readonly userId: bigint; readonly homeDc: number | undefined } | undefined> {
  if (ownerPhone === undefined) return undefined
  const phone = checkPhone(ownerPhone, settings)
  const owner = await store.look(function* () {
    const user = yield* findUserByPhone(phone)
    return user && { userId: user.id, homeDc: yield* findAccountDc(phone) }
  })
  if (owner === undefined) throw refusal('PHONE_NUMBER_UNOCCUPIED')
  return { userId: owner.userId, homeDc: homeDc(phone, settings.dcs, owner.homeDc) }
}

/** Looked up by a keyed hash: how long that takes tells nobody anything of the tokens there are. */
function digestOf({ store }: Ground, token: string): Uint8Array {
  return store.secret.startMac('bot tokens').update(token).digest()
}
