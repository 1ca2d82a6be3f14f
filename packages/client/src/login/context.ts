import type { Random, RpcError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { CodeSettings } from '@cablegram/tl/api'
import { type Clock, pause, systemClock } from '../net/clock.ts'
import { secureRandom } from '../random.ts'
import type { App } from '../server/server.ts'
import type { Authorized, LoginState, PlainUser } from './states.ts'
import type { AuthorizedUser, LoginClient } from './surface.ts'

/** The options of a login. */
export interface LoginOptions {
  /** How often the server may make the login begin again before its error is thrown. Default: 5. */
  readonly maxDetours?: number
  /** The pause before starting over, doubled each time. Default: 500. */
  readonly restartPauseMs?: number
  /** The ways in which the device can take a code; by default it is typed. */
  readonly codeSettings?: Partial<Omit<CodeSettings, '_' | 'logoutTokens'>>
  /** Users who are signed in on this device already; a QR code does not sign them in again. */
  readonly exceptIds?: readonly bigint[]
  readonly random?: Random
  readonly clock?: Clock
}

/** Errors by which the server asks to start over. */
const RESTARTS = new Set(['AUTH_RESTART', 'SIGN_IN_FAILED'])

/** Parts shared by all states of a login: client, clock, randomness, and the attempts left. */
export class LoginContext {
  readonly client: LoginClient
  readonly app: App
  readonly clock: Clock
  readonly random: Random
  readonly options: LoginOptions
  /** The user who signed in, as the server sent it. */
  user: AuthorizedUser | undefined
  /** Enters a state at once, however the running action ends. */
  readonly settle: (state: LoginState) => void
  readonly #maxDetours: number
  #renewalsLeft: number
  #retriesLeft = 0
  #pauseMs = 0

  constructor(client: LoginClient, options: LoginOptions, settle: (state: LoginState) => void) {
    if (!client.app)
      throw new UsageError(
        'API_ID_MISSING',
        'The client has no api_id and api_hash: give it `apiId` and `apiHash`.',
      )
    this.client = client
    this.app = client.app
    this.clock = options.clock ?? systemClock
    this.random = options.random ?? secureRandom
    this.options = options
    this.settle = settle
    this.#maxDetours = options.maxDetours ?? 5
    this.#renewalsLeft = this.#maxDetours
    this.beginAction()
  }

  /** Gives each action a full number of attempts. */
  beginAction(): void {
    this.#retriesLeft = this.#maxDetours
    this.#pauseMs = this.options.restartPauseMs ?? 500
  }

  /** Resolves when a refused call may be repeated. @throws RpcError the refusal, when no attempts are left */
  async retry(refusal: RpcError): Promise<void> {
    if (this.#retriesLeft === 0) throw refusal
    this.#retriesLeft -= 1
    await this.pauseAfter(refusal)
  }

  /** Whether an expired code may be replaced once more. */
  mayRenew(): boolean {
    if (this.#renewalsLeft === 0) return false
    this.#renewalsLeft -= 1
    return true
  }

  /** Waits, if the server asked to start over. */
  async pauseAfter(refusal: RpcError): Promise<void> {
    if (!RESTARTS.has(refusal.type)) return
    const ms = this.#pauseMs
    this.#pauseMs *= 2
    await pause(this.clock, ms, [this.client.closed])
  }

  /** The state after a successful answer. */
  authorized(authorization: { readonly _: string }): Authorized {
    if (!isAuthorization(authorization)) throw unsupported(`the answer was ${authorization._}`)
    const { user, setupPasswordRequired, otherwiseReloginDays } = authorization
    this.user = user
    return { at: 'authorized', user: plainUser(user), setupPasswordRequired, otherwiseReloginDays }
  }
}

/** Whether the server asks to start over. */
export function isRestart({ type }: RpcError): boolean {
  return RESTARTS.has(type)
}

/** The error for steps that only Telegram's own apps can take. */
export function unsupported(why: string): UsageError {
  return new UsageError('LOGIN_UNSUPPORTED', `This login cannot be finished here: ${why}.`)
}

/** A user as JSON. */
export function plainUser(user: AuthorizedUser): PlainUser {
  const id = String(user.id)
  if (user._ === 'userEmpty') return { id }
  const { bot, firstName, lastName, username, phone } = user
  return { id, isBot: bot, firstName, lastName, username, phone }
}

function isAuthorization(value: { readonly _: string }): value is {
  readonly _: 'auth.authorization'
  readonly user: AuthorizedUser
  readonly setupPasswordRequired?: boolean
  readonly otherwiseReloginDays?: number
} {
  return value._ === 'auth.authorization'
}
