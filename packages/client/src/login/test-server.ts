import { ConnectionError, RpcError } from '@cablegram/mtproto'
import type { Results, Updates } from '@cablegram/tl/api'
import type { AuthorizedUser, LoginClient, PendingLogin, SentCode } from './surface.ts'
import { TestClock } from './test-clock.ts'

/** The methods a login uses, by their name without the namespace. */
export type Handlers = LoginClient['auth'] & LoginClient['account']

/** User who signs in. */
export const user: AuthorizedUser = { _: 'user', id: 7n, firstName: 'Ada', phone: '1' }

/** Client that signs in. */
export const authorization: Extract<Results['auth.signIn'], { _: 'auth.authorization' }> = {
  _: 'auth.authorization',
  user,
}

/** An SMS of five digits, but for what is said otherwise. */
export function sentCode(more: Partial<SentCode> = {}): SentCode {
  return {
    _: 'auth.sentCode',
    type: { _: 'auth.sentCodeTypeSms', length: 5 },
    phoneCodeHash: 'hash',
    ...more,
  }
}

/** An answer that refuses. */
export function refusal(code: number, text: string): () => never {
  return () => {
    throw new RpcError(code, text)
  }
}

/** So many of the same answer. */
export function times<T>(count: number, answer: T): T[] {
  return Array.from({ length: count }, () => answer)
}

/** A server of which the test writes every answer; it notes what it was asked. */
export class ScriptedServer implements LoginClient {
  readonly asked: string[] = []
  readonly requests: Record<string, unknown>[] = []
  readonly app = { apiId: 1, apiHash: 'secret' }
  logoutTokens: readonly Uint8Array[] = []
  userId: bigint | undefined
  dcId = 2
  authKeyId = 99n
  pendingLogin: PendingLogin | undefined
  saves = 0
  readonly errors: unknown[] = []
  /** The server's clock; a test may set this machine's another way. */
  clock: { nowMs(): number } = new TestClock()
  readonly #closing = new AbortController()
  readonly auth: LoginClient['auth']
  readonly account: LoginClient['account']
  readonly users: LoginClient['users']
  readonly #answers: { [Method in keyof Handlers]?: (() => unknown)[] }
  readonly #listeners = new Set<(update: Updates) => void>()

  constructor(answers: { [Method in keyof Handlers]?: (() => unknown)[] }) {
    this.#answers = answers
    const answer = (method: string | symbol) => (params: object) => this.#answer(String(method), params)
    // Every method is the same: it notes, and gives the next answer of the script.
    const methods = new Proxy({}, { get: (_, method) => answer(method) })
    this.auth = methods as LoginClient['auth']
    this.account = methods as LoginClient['account']
    this.users = { getUsers: async () => [user] }
  }

  async connect(): Promise<void> {}

  async save(): Promise<void> {
    this.saves += 1
  }

  async switchDc(dcId: number): Promise<void> {
    this.dcId = dcId
  }

  keepLogin(pending: PendingLogin | undefined): void {
    this.pendingLogin = pending && JSON.parse(JSON.stringify(pending))
  }

  reportError(error: unknown): void {
    this.errors.push(error)
  }

  onUpdate(listener: (update: Updates) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  serverNowMs(): number {
    return this.clock.nowMs()
  }

  get closed(): AbortSignal {
    return this.#closing.signal
  }

  /** Closes the client. */
  close(): void {
    this.#closing.abort(new ConnectionError('CLIENT_CLOSED', 'The client was closed'))
  }

  /** Pushes an update. */
  push(update: Updates): void {
    for (const listener of this.#listeners) listener(update)
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size
  }

  async #answer(method: string, params: object): Promise<unknown> {
    this.asked.push(method)
    this.requests.push({ ...params })
    const script: Readonly<Record<string, (() => unknown)[]>> = this.#answers
    const answer = script[method]?.shift()
    if (!answer) throw new Error(`${method} was not expected`)
    return answer()
  }
}
