import { RpcError } from '@cablegram/mtproto'
import { callSafely } from '../call-safely.ts'
import { type ActionParams, type LoginAction, LoginActionError, type LoginStep } from './actions.ts'
import { LoginContext, type LoginOptions, plainUser } from './context.ts'
import { checkLoginOptions } from './login-options.ts'
import { checkParams } from './params.ts'
import { type LoginProblem, problemOf } from './problem.ts'
import { type Moment, resumeLogin, saveLogin } from './saved.ts'
import { onSentCode } from './sent-code.ts'
import { signedInUser } from './signed-in.ts'
import type { LoginState } from './states.ts'
import type { AuthorizedUser, LoginClient } from './surface.ts'
import { legalActions, TRANSITIONS } from './transitions.ts'
import { watchState } from './watch.ts'

/** The pause after a failed renewal of a QR code. */
const QR_RETRY_MS = 5_000

/**
 * Begins a login, or goes on with the one that the session has kept. Connects first.
 *
 * @throws UsageError API_ID_MISSING, OPTION_INVALID
 */
export async function createLogin(client: LoginClient, options: LoginOptions = {}): Promise<Login> {
  checkLoginOptions(options)
  await client.connect()
  const login = new Login(client, options)
  await login.findOut()
  return login
}

/**
 * A login without a terminal: it has a state, and the actions that the state allows lead to other states.
 *
 * If the input was wrong (a wrong code, say), the state stays the same and `problem` says why. Any other refusal rejects
 * the action; the state does not change, and the action may be repeated.
 */
export class Login {
  readonly #ctx: LoginContext
  #state: LoginState = { at: 'waitPhone' }
  #acting: Promise<unknown> = Promise.resolve()
  #stopWatching: () => void = () => {}
  #isClosed = false
  readonly #listeners = new Set<(state: LoginState) => unknown>()

  constructor(client: LoginClient, options: LoginOptions = {}) {
    this.#ctx = new LoginContext(client, options, (state) => this.#enter(state))
    client.closed.addEventListener('abort', this.#onClientClosed, { once: true })
  }

  readonly #onClientClosed = (): void => this.close()

  /** The state of the login, as plain JSON. */
  get state(): LoginState {
    return this.#state
  }

  /** The actions that the state allows now. */
  get actions(): readonly LoginAction[] {
    return legalActions(this.#state, this.#ctx.clock.nowMs())
  }

  /** The state with its actions as methods, typed by `at`. */
  get step(): LoginStep {
    const actions = Object.keys(TRANSITIONS[this.#state.at]) as LoginAction[]
    const methods = actions.map((action) => [
      action,
      async (params: ActionParams<typeof action>) => {
        await this.act(action, params)
        return this.step
      },
    ])
    // The table of transitions has the actions that the type has for each state.
    return { ...this.#state, ...Object.fromEntries(methods) } as LoginStep
  }

  /** Why the server refused the last answer; undefined if it did not. */
  get problem(): LoginProblem | undefined {
    return 'problem' in this.#state ? this.#state.problem : undefined
  }

  /** The user who signed in, as the server sent it. */
  get user(): AuthorizedUser | undefined {
    return this.#ctx.user
  }

  /**
   * Takes an action and gives the next state. Actions run one after the other.
   *
   * @throws LoginActionError for one that is not legal; UsageError LOGIN_PARAMS_INVALID; RpcError a refusal that no other
   * answer can change; SessionError where the state it leads to cannot be stored
   */
  act<Action extends LoginAction>(action: Action, params?: ActionParams<Action>): Promise<LoginState> {
    return this.#next(async () => {
      const { closed } = this.#ctx.client
      if (closed.aborted) throw closed.reason
      const state = this.#state
      const legal = this.actions
      if (!legal.includes(action)) throw new LoginActionError(action, state.at, legal)
      checkParams(action, state.at, params ?? {})
      this.#ctx.beginAction()
      this.#enter(await this.#transition(action, params ?? {}))
      // If the process dies now, the next one goes on with the code that was just sent.
      await this.#ctx.client.save()
      return this.#state
    })
  }

  /** Tells `listener` of every new state, with an action or without one, until the returned function is called. What it throws goes to `onError` of the client. */
  onState(listener: (state: LoginState) => unknown): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Stops renewing QR codes and listening. The session keeps the login; `cancel` would give it up. */
  close(): void {
    this.#isClosed = true
    this.#stopWatching()
    this.#listeners.clear()
    this.#ctx.client.closed.removeEventListener('abort', this.#onClientClosed)
  }

  /** Finds the first state: signed in already, an unfinished login, or the beginning. */
  async findOut(): Promise<void> {
    const { client, app } = this.#ctx
    const user = client.userId === undefined ? undefined : await signedInUser(client)
    if (user) {
      this.#ctx.user = user
      this.#enter({ at: 'authorized', user: plainUser(user) })
      return
    }
    const resumed = resumeLogin(client.pendingLogin, app.apiId, this.#now())
    if (resumed) this.#state = resumed
    else client.keepLogin(undefined)
    this.#watch()
  }

  #transition(action: LoginAction, params: object): Promise<LoginState> {
    // Looked up by the state and an action that is legal in it, it takes that state and those parameters.
    const transitions: Readonly<Record<string, unknown>> = { ...TRANSITIONS[this.#state.at] }
    const run = transitions[action] as (
      ctx: LoginContext,
      state: LoginState,
      params: object,
    ) => Promise<LoginState>
    const { problem: _, ...state } = { problem: undefined, ...this.#state }
    return run(this.#ctx, state, params)
  }

  #next<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#acting.then(action)
    this.#acting = result.catch(() => {})
    return result
  }

  #enter(next: LoginState): void {
    // States are JSON by their types; this holds whatever an answer contained.
    const state: LoginState = JSON.parse(JSON.stringify(next))
    this.#state = state
    const { client, app } = this.#ctx
    client.keepLogin(saveLogin(state, app.apiId, this.#now()))
    this.#watch()
    for (const listener of [...this.#listeners]) {
      callSafely(
        () => listener(state),
        (error) => client.reportError(error),
      )
    }
  }

  #now(): Moment {
    const { client, clock } = this.#ctx
    return { localMs: clock.nowMs(), serverMs: client.serverNowMs() }
  }

  #watch(): void {
    this.#stopWatching()
    if (this.#isClosed) return
    this.#stopWatching = watchState(this.#ctx, this.#state, {
      onQr: () => this.#renewQr(),
      onPaid: (sent) => {
        const state = this.#state
        if (state.at === 'waitPayment') this.#enter(onSentCode(this.#ctx, state.phoneNumber, sent))
      },
    })
  }

  /** Tries again after a failure: no caller waits for this action. */
  #renewQr(): void {
    const shown = this.#state
    this.#stopWatching()
    this.#next(async () => {
      if (this.#state !== shown || this.#isClosed) return
      this.#ctx.beginAction()
      this.#enter(await this.#transition('exportLoginToken', {}))
    }).catch((error) => {
      if (this.#state !== shown || shown.at !== 'waitQr' || this.#isClosed) return
      const isRefusal = error instanceof RpcError
      if (isRefusal) this.#state = { ...shown, problem: problemOf(error) }
      const delayMs = isRefusal && error.argument ? error.argument * 1000 : QR_RETRY_MS
      this.#stopWatching = this.#ctx.clock.after(delayMs, () => this.#renewQr())
    })
  }
}
