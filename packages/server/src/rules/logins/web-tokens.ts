import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { findUserByPhone } from '../accounts/decide-users.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import type { User } from '../accounts/words.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { checkAccountMaySignIn } from '../numbers/home.ts'
import { checkPhone } from '../numbers/phone.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'
import { findWebTokenUser, keepWebToken, signInByWebToken } from './decide-web-tokens.ts'

/** A token that signs in to an account once. */
export interface WebToken {
  readonly token: string
  readonly expiresAtS: number
}

/** The store keeps only hashes of tokens. */
const TOKEN_BYTES = 32

/**
 * Makes a token for a web client. Telegram's come from websites that know their visitors, which is not documented: here
 * the operator makes them.
 *
 * @throws {RpcError} PHONE_NUMBER_INVALID, PHONE_NUMBER_UNOCCUPIED
 */
export async function createWebToken(on: Ground, phoneNumber: string): Promise<WebToken> {
  const { store, clock, random, settings } = on
  const phone = checkPhone(phoneNumber, settings)
  const user = await store.look(() => findUserByPhone(phone))
  if (user === undefined) throw refusal('PHONE_NUMBER_UNOCCUPIED')
  const token = Buffer.from(random(TOKEN_BYTES)).toString('base64url')
  const nowMs = clock.nowMs()
  const expiresAtMs = nowMs + settings.webTokenLifetimeS * 1000
  const kept = { digest: digestOf(token), userId: user.id, expiresAtMs, nowMs }
  await store.decide(() => keepWebToken(kept))
  return { token, expiresAtS: Math.floor(expiresAtMs / 1000) }
}

/**
 * Signs the key in with a token of the web.
 *
 * @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD, WEBAUTH_TOKEN_EXPIRED, USER_MIGRATE_X, SESSION_PASSWORD_NEEDED
 */
export async function signInWithWebToken(
  on: Ground,
  caller: Caller,
  { token, ...claim }: AppClaim & { readonly token: string },
): Promise<User> {
  const { store, clock, random } = on
  const { apiId } = await checkApp(on, claim)
  const { authKeyId, dcId, ip } = caller
  const nowMs = clock.nowMs()
  const digest = digestOf(token)
  const user = await store.look(() => findWebTokenUser(digest, nowMs))
  // A spent token goes to the store, too: this may be a repeat of the login that has spent it.
  if (user !== undefined) await checkAccountMaySignIn(on, user.id, caller)
  const authorization = { hash: randomLong(random), ip }
  const login = { digest, authKeyId, dcId, apiId, authorization, request: requestOf(caller, on), nowMs }
  const outcome = await store.decide(() => withLoginNotice(on, signInByWebToken(store.secret, login)))
  if (outcome.kind === 'dead') throw refusal('WEBAUTH_TOKEN_EXPIRED')
  return requireSignedIn(outcome)
}

function digestOf(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}
