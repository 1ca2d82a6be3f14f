import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import type { User } from '../accounts/words.ts'
import { finishLogin } from '../messages/new-logins.ts'
import { homeOfUser } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { checkBan } from '../numbers/phone-rules.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'

/** A token that signs in to an account once. */
export interface WebToken {
  readonly token: string
  readonly expiresAtS: number
}

/**
 * Tokens for a web client, made by a website that knows its visitors. Where Telegram's come from is not documented:
 * here the operator makes them.
 */
export interface WebTokens {
  /** @throws {RpcError} PHONE_NUMBER_INVALID, PHONE_NUMBER_UNOCCUPIED */
  create(phoneNumber: string): Promise<WebToken>
  /** @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD, WEBAUTH_TOKEN_EXPIRED, USER_MIGRATE_X, SESSION_PASSWORD_NEEDED */
  signIn(caller: Caller, request: AppClaim & { readonly token: string }): Promise<User>
}

const TOKEN_BYTES = 32

/** The rules of auth.importWebTokenAuthorization. Only hashes of tokens are kept. */
export function createWebTokens(parts: Ground): WebTokens {
  const { store, clock, random, settings } = parts
  const digestOf = (token: string): Uint8Array => createHash('sha256').update(token).digest()

  async function checkMayEnter(userId: bigint, dcId: number): Promise<void> {
    await checkBan(parts, userId)
    const home = await homeOfUser(parts, userId)
    if (home !== undefined && home !== dcId) throw refusal('USER_MIGRATE_X', { x: home })
  }

  return {
    async create(phoneNumber) {
      const user = await store.look(() => findUserByPhone(checkPhone(phoneNumber, settings)))
      if (user === undefined) throw refusal('PHONE_NUMBER_UNOCCUPIED')
      const token = Buffer.from(random(TOKEN_BYTES)).toString('base64url')
      const nowMs = clock.nowMs()
      const expiresAtMs = nowMs + settings.webTokenLifetimeS * 1000
      await store.webTokens.create({ digest: digestOf(token), userId: user.id, expiresAtMs, nowMs })
      return { token, expiresAtS: Math.floor(expiresAtMs / 1000) }
    },
    async signIn(caller, { token, ...claim }) {
      const { apiId } = await checkApp(parts, claim)
      const { authKeyId, dcId, ip } = caller
      const nowMs = clock.nowMs()
      const digest = digestOf(token)
      const user = await store.webTokens.find(digest, nowMs)
      // A token that is spent, too, goes to the store: this may be a repeat of the login that has spent it.
      if (user !== undefined) await checkMayEnter(user.id, dcId)
      const authorization = { hash: randomLong(random), ip }
      const request = requestOf(caller, parts)
      const login = { digest, authKeyId, dcId, apiId, authorization, request, nowMs }
      const outcome = await store.webTokens.signIn(login)
      if (outcome.kind === 'dead') throw refusal('WEBAUTH_TOKEN_EXPIRED')
      return await finishLogin(parts, outcome)
    },
  }
}
