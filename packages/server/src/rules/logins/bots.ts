import { createHmac } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import type { User } from '../accounts/words.ts'
import { findAccountDc } from '../numbers/decide-home.ts'
import { checkPhone, homeDc } from '../numbers/phone.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'

/** What a bot is made of. */
export interface NewBotAccount {
  readonly username: string
  /** The bot is at home where this account is; undefined: where it first signs in. */
  readonly ownerPhone?: string | undefined
}

/** A bot with the token it signs in with, which is shown this once. */
export interface BotWithToken {
  readonly bot: User
  readonly token: string
}

/** Bots; every method throws the RpcError of the rule that refuses. */
export interface Bots {
  /** @throws {RpcError} USERNAME_INVALID, USERNAME_OCCUPIED, PHONE_NUMBER_INVALID, PHONE_NUMBER_UNOCCUPIED */
  create(bot: NewBotAccount): Promise<BotWithToken>
  /** By id. */
  list(): Promise<User[]>
  /** A new token in place of the former one; undefined where there is no such bot. */
  replaceToken(userId: bigint): Promise<string | undefined>
  /** @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD, ACCESS_TOKEN_INVALID, _EXPIRED, USER_MIGRATE_X */
  signIn(caller: Caller, request: AppClaim & { readonly token: string }): Promise<User>
}

/** As Telegram's: letters, digits and underscores, and everybody sees that it is a bot. */
const USERNAME = /^(?=.{5,32}$)[a-z][a-z0-9_]*bot$/i
const TOKEN = /^[1-9]\d{0,18}:[\w-]{35}$/
const TOKEN_LENGTH = 35
const LIST_LIMIT = 1000

/** The rules of bots. Only keyed hashes of tokens are kept. */
export function createBots(parts: Ground): Bots {
  const { store, clock, random, settings } = parts
  const pepper = store.deriveSecret('bot tokens')
  // What is looked up is keyed: how long that takes tells nobody anything of the tokens there are.
  const digestOf = (token: string): Uint8Array => createHmac('sha256', pepper).update(token).digest()

  async function homeOfOwner(ownerPhone: string | undefined): Promise<number | undefined> {
    if (ownerPhone === undefined) return undefined
    const phone = checkPhone(ownerPhone, settings)
    if ((await store.look(() => findUserByPhone(phone))) === undefined)
      throw refusal('PHONE_NUMBER_UNOCCUPIED')
    return homeDc(phone, settings.dcs, await store.look(() => findAccountDc(phone)))
  }

  async function setToken(userId: bigint): Promise<string | undefined> {
    const token = `${userId}:${Buffer.from(random(TOKEN_LENGTH)).toString('base64url').slice(0, TOKEN_LENGTH)}`
    const revoked = await store.bots.setToken(userId, digestOf(token))
    return revoked && token
  }

  return {
    async create({ username, ownerPhone }) {
      if (!USERNAME.test(username)) throw refusal('USERNAME_INVALID')
      const homeDcId = await homeOfOwner(ownerPhone)
      const createdAtS = Math.floor(clock.nowMs() / 1000)
      const accessHash = randomLong(random)
      const bot = await store.bots.create({ username, accessHash, homeDc: homeDcId, createdAtS })
      const token = bot && (await setToken(bot.id))
      if (bot === undefined || token === undefined) throw refusal('USERNAME_OCCUPIED')
      return { bot, token }
    },
    list: () => store.bots.list(LIST_LIMIT),
    replaceToken: (userId) => setToken(userId),
    async signIn(caller, { token, ...claim }) {
      const { apiId } = await checkApp(parts, claim)
      if (!TOKEN.test(token)) throw refusal('ACCESS_TOKEN_INVALID')
      const { authKeyId, dcId, ip } = caller
      const outcome = await store.bots.signIn({
        digest: digestOf(token),
        authKeyId,
        dcId,
        dcs: settings.dcs,
        apiId,
        authorization: { hash: randomLong(random), ip },
        nowMs: clock.nowMs(),
      })
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
    },
  }
}
