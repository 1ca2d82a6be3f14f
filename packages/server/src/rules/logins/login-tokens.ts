import { createHash } from 'node:crypto'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requireUserId } from '../accounts/keys.ts'
import type { OwnLogin, User } from '../accounts/words.ts'
import { finishLogin } from '../messages/new-logins.ts'
import { homeOfUser } from '../numbers/home.ts'
import { refusal } from '../refusal.ts'
import { type AppClaim, checkApp } from './app-check.ts'

/** What auth.exportLoginToken asks for. */
export interface LoginTokenRequest extends AppClaim {
  /** Accounts the client has already: they cannot accept the token. */
  readonly exceptIds: readonly bigint[]
}

/** What a client that shows a QR code is told. */
export type LoginTokenAnswer =
  | { readonly kind: 'show'; readonly token: Uint8Array; readonly expiresInS: number }
  /** Accepted by somebody who is at home in another data centre: there the token is to be imported. */
  | { readonly kind: 'moveTo'; readonly dcId: number; readonly token: Uint8Array }
  | { readonly kind: 'authorized'; readonly user: User }

/** Logins by QR code; every method throws the RpcError of the rule that refuses. */
export interface LoginTokens {
  /** @throws {RpcError} API_ID_INVALID, API_ID_PUBLISHED_FLOOD, LIMIT_INVALID, SESSION_PASSWORD_NEEDED */
  export(caller: Caller, request: LoginTokenRequest): Promise<LoginTokenAnswer>
  /** @throws {RpcError} AUTH_TOKEN_INVALID, _INVALIDX, _EXPIRED, _ALREADY_ACCEPTED, SESSION_PASSWORD_NEEDED */
  import(caller: Caller, token: Uint8Array): Promise<User>
  /**
   * The login to come.
   * @throws {RpcError} AUTH_TOKEN_INVALIDX, _EXPIRED, _ALREADY_ACCEPTED, _EXCEPTION
   */
  accept(caller: Caller, token: Uint8Array): Promise<OwnLogin>
}

/** As many bits as a key has: nobody guesses them, so they need no attempt cap. */
const TOKEN_BYTES = 32
/** Clients hold a handful of accounts. */
const MAX_EXCEPT_IDS = 100
/** How long it is still known why a token is good no more. */
const REMEMBERED_MS = 10 * 60_000

/** The rules of auth.exportLoginToken, importLoginToken and acceptLoginToken. Only hashes of tokens are kept. */
export function createLoginTokens(parts: Ground): LoginTokens {
  const { store, clock, random, settings } = parts
  const replayWithinMs = settings.loginTokenLifetimeS * 1000

  return {
    async export(caller, request) {
      if (request.exceptIds.length > MAX_EXCEPT_IDS) throw refusal('LIMIT_INVALID')
      const { apiId } = await checkApp(parts, request)
      const nowMs = clock.nowMs()
      const { authKeyId, dcId, ip } = caller
      const [token, moveToken] = [random(TOKEN_BYTES), random(TOKEN_BYTES)]
      const outcome = await store.loginTokens.export({
        digest: digestOf(token),
        moveDigest: digestOf(moveToken),
        authKeyId,
        dcId,
        apiId,
        ip,
        exceptIds: request.exceptIds,
        expiresAtMs: nowMs + settings.loginTokenLifetimeS * 1000,
        moveExpiresAtMs: nowMs + settings.loginTokenCollectS * 1000,
        replayWithinMs,
        forgetBeforeMs: nowMs - REMEMBERED_MS,
        nowMs,
      })
      switch (outcome.kind) {
        case 'waiting':
          return { kind: 'show', token, expiresInS: settings.loginTokenLifetimeS }
        case 'moved':
          return { kind: 'moveTo', dcId: outcome.dcId, token: moveToken }
        case 'authorized':
        case 'passwordNeeded':
          return { kind: 'authorized', user: await finishLogin(parts, outcome) }
      }
    },
    async import(caller, token) {
      if (token.length !== TOKEN_BYTES) throw refusal('AUTH_TOKEN_INVALIDX')
      const { authKeyId, dcId, ip } = caller
      const nowMs = clock.nowMs()
      const digest = digestOf(token)
      const outcome = await store.loginTokens.import({ digest, authKeyId, dcId, ip, replayWithinMs, nowMs })
      switch (outcome.kind) {
        case 'authorized':
        case 'passwordNeeded':
          return await finishLogin(parts, outcome)
        case 'notHere':
          throw refusal('AUTH_TOKEN_INVALID')
        case 'unknown':
          throw refusal('AUTH_TOKEN_INVALIDX')
        case 'expired':
          throw refusal('AUTH_TOKEN_EXPIRED')
        case 'used':
          throw refusal('AUTH_TOKEN_ALREADY_ACCEPTED')
      }
    },
    async accept(caller, token) {
      const userId = requireUserId(caller.state)
      if (token.length !== TOKEN_BYTES) throw refusal('AUTH_TOKEN_INVALIDX')
      const home = await homeOfUser(parts, userId)
      const nowMs = clock.nowMs()
      const outcome = await store.loginTokens.accept({
        request: requestOf(caller, parts),
        digest: digestOf(token),
        userId,
        authKeyId: caller.authKeyId,
        hash: randomLong(random),
        confirmedBeforeS: Math.floor(nowMs / 1000) - settings.confirmWithinS,
        homeDc: home,
        collectByMs: nowMs + settings.loginTokenCollectS * 1000,
        nowMs,
      })
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
    },
  }
}

function digestOf(token: Uint8Array): Uint8Array {
  return createHash('sha256').update(token).digest()
}
