/**
 * Shared by the tests of the client's login: their own server, clients of it, and a clock for their waits.
 */
import assert from 'node:assert/strict'
import {
  type ClientOptions,
  type LoginState,
  type LoginStateAt,
  memorySession,
  type SessionStorage,
  TelegramClient,
} from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'

const opened: { close(): Promise<void> }[] = []

/** Closes what these functions have opened: for `after` in each file, because files share this module. */
export async function closeOpened(): Promise<void> {
  for (const one of opened.splice(0).reverse()) await one.close()
}

/** A server in memory, open until `closeOpened`. */
export async function serve(options: Parameters<typeof startServer>[0] = {}): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', testClock: true, ...options })
  opened.push(server)
  return server
}

/** A client of it with an empty session, open as long. */
export function connect(
  server: CablegramServer,
  { session, ...options }: ClientOptions & { readonly session?: string | SessionStorage } = {},
): TelegramClient {
  const client = new TelegramClient(session ?? memorySession(), { server: server.info, ...options })
  opened.push(client)
  return client
}

/** Signs in a number of the test convention, or signs it up if it has no account. */
export async function signedIn(
  server: CablegramServer,
  phone: string,
  options: ClientOptions = {},
): Promise<TelegramClient> {
  const client = connect(server, options)
  await client.start({
    phone: async () => phone,
    code: async ({ length = 5 }) => testCode(phone, length),
    name: async () => ({ firstName: 'Ada' }),
    password: async () => assert.fail('asked for a password'),
  })
  return client
}

/** The code of a number of the test convention. */
export function testCode(phone: string, length = 5): string {
  return (phone[6] ?? '').repeat(length)
}

/** The state, which must have this name. */
export function isAt<At extends LoginState['at']>(state: LoginState, at: At): LoginStateAt<At> {
  assert.equal(state.at, at, JSON.stringify(state))
  return state as LoginStateAt<At>
}

/** A clock for a login's waits: real time plus the advance. */
export class AheadClock {
  #aheadMs = 0

  nowMs(): number {
    return Date.now() + this.#aheadMs
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = setTimeout(action, Math.max(delayMs, 0))
    return () => clearTimeout(timer)
  }

  moveTo(timeMs: number): void {
    this.#aheadMs = Math.max(timeMs - Date.now(), this.#aheadMs)
  }
}

/** Resolves once the login reaches that state by itself. */
export function comesTo(
  login: { readonly state: LoginState; onState(listener: (state: LoginState) => void): () => void },
  at: LoginState['at'],
): Promise<LoginState> {
  return new Promise((resolve) => {
    const stop = login.onState((state) => {
      if (state.at !== at) return
      stop()
      resolve(state)
    })
    if (login.state.at === at) resolve(login.state)
  })
}
