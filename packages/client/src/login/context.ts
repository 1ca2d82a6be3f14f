import type { Random, RpcError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { CodeSettings } from '@cablegram/tl/api'
import { type Clock, pause, systemClock } from '../net/clock.ts'
import { secureRandom } from '../random.ts'
import type { App } from '../server/server.ts'
import type { Authorized, LoginState, PlainUser } from './states.ts'
import type { AuthorizedUser, LoginClient } from './surface.ts'

/** What a login may be told. */
export interface LoginOptions {
  /** How often the server may make it begin again before its error is the login's. Default: 5. */
  readonly maxDetours?: number
  /** The pause after the server's request to start over, doubled each time. Default: 500. */
  readonly restartPauseMs?: number
  /** What the device can do with a code; by default only what is typed. */
  readonly codeSettings?: Partial<Omit<CodeSettings, '_' | 'logoutTokens'>>
  /** Users who are signed in on this device already, and may not do so again by QR code. */
  readonly exceptIds?: readonly bigint[]
  readonly random?: Random
  readonly clock?: Clock
}

/** What the server says when it wants the whole thing begun again. */
const RESTARTS = new Set(['AUTH_RESTART', 'SIGN_IN_FAILED'])

/** What all states of one login share: the client, time and chance, and how often things are tried again. */
export class LoginContext {
  readonly client: LoginClient
  readonly app: App
  readonly clock: Clock
  readonly random: Random
  readonly options: LoginOptions
  /** Everything the server said of who signed in. */
  user: AuthorizedUser | undefined
  /** Makes this the state, whatever becomes of the action on its way. */
  readonly settle: (state: LoginState) => void
  readonly #maxDetours: number
  #renewalsLeft: number
  #retriesLeft = 0
  #pauseMs = 0

  constructor(client: LoginClient, options: LoginOptions, settle: (state: LoginState) => void) {
    if (!client.app) throw new UsageError('API_ID_MISSING', 'The client has neither api_id nor api_hash')
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

  /** Every action may be tried again anew. */
  beginAction(): void {
    this.#retriesLeft = this.#maxDetours
    this.#pauseMs = this.options.restartPauseMs ?? 500
  }

  /** Returns when a refused call may be repeated. @throws RpcError the refusal, when it has been often enough */
  async retry(refusal: RpcError): Promise<void> {
    if (this.#retriesLeft === 0) throw refusal
    this.#retriesLeft -= 1
    await this.pauseAfter(refusal)
  }

  /** Whether a dead code may be replaced once more; a login of nothing but dead codes has an end. */
  mayRenew(): boolean {
    if (this.#renewalsLeft === 0) return false
    this.#renewalsLeft -= 1
    return true
  }

  /** Where the server wants everything begun again, it is given time. */
  async pauseAfter(refusal: RpcError): Promise<void> {
    if (!RESTARTS.has(refusal.type)) return
    const ms = this.#pauseMs
    this.#pauseMs *= 2
    await pause(this.clock, ms, [this.client.closed])
  }

  /** The end of the login. */
  authorized(authorization: { readonly _: string }): Authorized {
    if (!isAuthorization(authorization)) throw unsupported(`the answer was ${authorization._}`)
    const { user, setupPasswordRequired, otherwiseReloginDays } = authorization
    this.user = user
    return { at: 'authorized', user: plainUser(user), setupPasswordRequired, otherwiseReloginDays }
  }
}

/** Whether the server's error asks for a new beginning. */
export function isRestart({ type }: RpcError): boolean {
  return RESTARTS.has(type)
}

/** What no client but Telegram's own can do. */
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
