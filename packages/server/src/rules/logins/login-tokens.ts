import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requireUserId } from '../accounts/keys.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import type { OwnLogin, User } from '../accounts/words.ts'
import { withLoginNotice } from '../messages/decide-notice.ts'
import { lookUpNumberOf } from '../numbers/home.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'
import { acceptToken, exportToken, importToken } from './decide-login-tokens.ts'

/** The request of auth.exportLoginToken. */
export interface LoginTokenRequest extends AppClaim {
  /** Accounts that the client has already: they cannot accept the token. */
  readonly exceptIds: readonly bigint[]
}

/** The answer to a client that shows a QR code. */
export type LoginTokenAnswer =
  | { readonly kind: 'show'; readonly token: Uint8Array; readonly expiresInS: number }
  /** An account of another data centre has accepted it: the token is to be imported there. */
  | { readonly kind: 'moveTo'; readonly dcId: number; readonly token: Uint8Array }
  | { readonly kind: 'authorized'; readonly user: User }

/** As many bits as a key has: nobody guesses them, so they need no limit of guesses. The store keeps only hashes. */
const TOKEN_BYTES = 32
/** Clients hold a handful of accounts. */
const MAX_EXCEPT_IDS = 100
/** The time for which the server still knows why a token is no longer good. */
const REMEMBERED_MS = 10 * 60_000

/**
 * Gives a client a token to show as a QR code, or the login that its token was accepted for.
 *
 * @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD, LIMIT_INVALID, SESSION_PASSWORD_NEEDED
 */
export async function showLoginToken(
  on: Ground,
  caller: Caller,
  request: LoginTokenRequest,
): Promise<LoginTokenAnswer> {
  const { store, clock, random, settings } = on
  if (request.exceptIds.length > MAX_EXCEPT_IDS) throw refusal('LIMIT_INVALID')
  const { apiId } = await checkApp(on, request)
  const nowMs = clock.nowMs()
  const { authKeyId, dcId, ip } = caller
  const [token, moveToken] = [random(TOKEN_BYTES), random(TOKEN_BYTES)]
  const asked = {
    digest: digestOf(token),
    moveDigest: digestOf(moveToken),
    authKeyId,
    dcId,
    apiId,
    ip,
    exceptIds: request.exceptIds,
    expiresAtMs: nowMs + settings.loginTokenLifetimeS * 1000,
    moveExpiresAtMs: nowMs + settings.loginTokenCollectS * 1000,
    replayWithinMs: settings.loginTokenLifetimeS * 1000,
    forgetBeforeMs: nowMs - REMEMBERED_MS,
    nowMs,
  }
  const outcome = await store.decide(() => withLoginNotice(on, exportToken(asked)))
  switch (outcome.kind) {
    case 'waiting':
      return { kind: 'show', token, expiresInS: settings.loginTokenLifetimeS }
    case 'moved':
      return { kind: 'moveTo', dcId: outcome.dcId, token: moveToken }
    case 'authorized':
    case 'passwordNeeded':
      return { kind: 'authorized', user: requireSignedIn(outcome) }
  }
}

/**
 * Signs the key in by an accepted token, in the data centre of the account that has accepted it.
 *
 * @throws {RpcError} AUTH_TOKEN_INVALID, _INVALIDX, _EXPIRED, _ALREADY_ACCEPTED, SESSION_PASSWORD_NEEDED
 */
export async function collectMovedLogin(on: Ground, caller: Caller, token: Uint8Array): Promise<User> {
  const { store, clock, settings } = on
  if (token.length !== TOKEN_BYTES) throw refusal('AUTH_TOKEN_INVALIDX')
  const { authKeyId, dcId, ip } = caller
  const replayWithinMs = settings.loginTokenLifetimeS * 1000
  const asked = { digest: digestOf(token), authKeyId, dcId, ip, replayWithinMs, nowMs: clock.nowMs() }
  const outcome = await store.decide(() => withLoginNotice(on, importToken(asked)))
  switch (outcome.kind) {
    case 'authorized':
    case 'passwordNeeded':
      return requireSignedIn(outcome)
    case 'notHere':
      throw refusal('AUTH_TOKEN_INVALID')
    case 'unknown':
      throw refusal('AUTH_TOKEN_INVALIDX')
    case 'expired':
      throw refusal('AUTH_TOKEN_EXPIRED')
    case 'used':
      throw refusal('AUTH_TOKEN_ALREADY_ACCEPTED')
  }
}

/**
 * Lets in the client that shows a token.
 *
 * @returns the login to come
 * @throws {RpcError} AUTH_TOKEN_INVALIDX, _EXPIRED, _ALREADY_ACCEPTED, _EXCEPTION
 */
export async function letInByToken(on: Ground, caller: Caller, token: Uint8Array): Promise<OwnLogin> {
  const { store, clock, random, settings } = on
  const userId = requireUserId(caller.state)
  if (token.length !== TOKEN_BYTES) throw refusal('AUTH_TOKEN_INVALIDX')
  const homeDc = (await lookUpNumberOf(on, userId))?.homeDc
  const nowMs = clock.nowMs()
  const asked = {
    request: requestOf(caller, on),
    digest: digestOf(token),
    userId,
    authKeyId: caller.authKeyId,
    hash: randomLong(random),
    confirmedBeforeS: Math.floor(nowMs / 1000) - settings.confirmWithinS,
    homeDc,
    collectByMs: nowMs + settings.loginTokenCollectS * 1000,
    nowMs,
  }
  const outcome = await store.decide(() => acceptToken(store.secret, asked))
  switch (outcome.kind) {
    case 'accepted':
      return outcome.login
    case 'unknown':
      throw refusal('AUTH_TOKEN_INVALIDX')
    case 'expired':
      throw refusal('AUTH_TOKEN_EXPIRED')
    case 'alreadyAccepted':
      throw refusal('AUTH_TOKEN_ALREADY_ACCEPTED')
    case 'excepted':
      throw refusal('AUTH_TOKEN_EXCEPTION')
    case 'noLogin':
      throw refusal('AUTH_KEY_UNREGISTERED')
  }
}

function digestOf(token: Uint8Array): Uint8Array {
  return createHash('sha256').update(token).digest()
}
