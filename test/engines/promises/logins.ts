/** Clients that log in while things break, and the proof that no login is lost and no code works twice. */
import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import { memorySession, TelegramClient } from '@cablegram/client'
import { RpcError } from '@cablegram/mtproto'
import { listCodes } from '../../e2e/console.ts'
import { ownPhone, type Sent, sendCode, TEST_CODE, testPhone } from '../../e2e/logins.ts'
import type { Cluster } from '../cluster.ts'
import type { PostgresServer } from '../postgres.ts'
import { Seen } from './seen.ts'

/** A login that the server has confirmed. */
export interface SignedIn {
  readonly client: TelegramClient
  readonly phone: string
  readonly sent: Sent
  readonly code: string
  readonly atMs: number
}

/** Numbers in use; each login has another one. */
let phones = 0

/** Clients of one cluster. They stay from round to round, with the keys that they have. */
export class Logins {
  readonly seen: Seen
  readonly #cluster: Cluster
  readonly #clients: TelegramClient[] = []
  readonly #opened: TelegramClient[] = []
  #thief: TelegramClient | undefined
  #isClosed = false

  constructor(cluster: Cluster, seen: Seen = new Seen()) {
    this.#cluster = cluster
    this.seen = seen
  }

  /**
   * Begins logins of new numbers, all at once. A fifth of the clients is new, so that key exchanges are under way too; the
   * others have logged out before. Codes of every third number come through the inbox.
   *
   * @param console of a node that stays
   */
  begin(count: number, console: string): { readonly done: SignedIn[]; readonly all: Promise<void> } {
    const done: SignedIn[] = []
    const work = Array.from({ length: count }, async (_, at) => {
      const client = await this.#clientAt(at)
      done.push(await this.logIn(client, this.#nextPhone(), console))
    })
    return { done, all: Promise.all(work).then(() => undefined) }
  }

  async #clientAt(at: number): Promise<TelegramClient> {
    const kept = this.#clients[at]
    if (kept !== undefined && at % 5 !== 0) {
      await this.seen.untilAnswered(() => logOut(kept))
      return kept
    }
    await kept?.close()
    const client = this.openClient()
    this.#clients[at] = client
    return client
  }

  /** A client that comes through the balancer. */
  openClient(): TelegramClient {
    const client = new TelegramClient(memorySession(), { server: this.#cluster.ready })
    this.#opened.push(client)
    return client
  }

  #nextPhone(): string {
    phones += 1
    return phones % 3 === 0 ? `+44740${100_000 + phones}` : testPhone(phones)
  }

  /** Signs a new number up, step by step, each until it is answered. */
  async logIn(client: TelegramClient, phone: string, console: string): Promise<SignedIn> {
    const { seen } = this
    const { ready } = this.#cluster
    const sent = await seen.untilAnswered(() => sendCode(client, ready, phone))
    const code = phone.startsWith('+99966') ? TEST_CODE : await this.#readCode(console, phone)
    const verified = await seen.untilAnswered(() => client.auth.signIn({ ...sent, phoneCode: code }))
    assert.equal(verified._, 'auth.authorizationSignUpRequired')
    const made = await seen.untilAnswered(() =>
      client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' }),
    )
    assert.equal(made._, 'auth.authorization')
    return { client, phone, sent, code, atMs: performance.now() }
  }

  /** The operator's face has no way of its own to repeat a request. */
  async #readCode(console: string, phone: string): Promise<string> {
    while (!this.#isClosed) {
      const [entry] = await listCodes(console, phone).catch(() => [])
      if (entry !== undefined) return entry.code
      await wait(50)
    }
    throw new Error(`no code came for ${phone}`)
  }

  /** Every client is who it was told to be, each account has one login, and nobody gets in with a code once more. */
  async prove(signedIn: readonly SignedIn[], postgres: PostgresServer, database: string): Promise<void> {
    await Promise.all(
      signedIn.map(async ({ client, phone, sent, code }) => {
        await this.#isRefused(client, { ...sent, phoneCode: code }, true)
        assert.equal(`+${await this.seen.untilAnswered(() => ownPhone(client))}`, phone)
      }),
    )
    this.#thief ??= this.openClient()
    const thief = this.#thief
    for (const { sent, code } of signedIn) await this.#isRefused(thief, { ...sent, phoneCode: code }, false)
    const counts = await postgres.query(
      `SELECT u.phone, count(*)::int AS logins FROM users u JOIN authorizations a ON a.user_id = u.id GROUP BY u.phone`,
      database,
    )
    const logins = new Map(counts.map(({ phone, logins: each }) => [`+${phone}`, each]))
    for (const { phone } of signedIn) assert.equal(logins.get(phone), 1, `${phone} has one login`)
  }

  /** The key that used a code may be told the same once more; no other key may. */
  async #isRefused(
    client: TelegramClient,
    request: Sent & { readonly phoneCode: string },
    isSameKey: boolean,
  ): Promise<void> {
    const outcome = await this.seen.untilAnswered(() =>
      client.auth.signIn(request).then(
        () => 'answered',
        (error: unknown) => {
          if (error instanceof RpcError && error.code === 400) return error.type
          throw error
        },
      ),
    )
    if (!(isSameKey && outcome === 'answered'))
      assert.match(outcome, /^PHONE_CODE_(EXPIRED|INVALID|EMPTY)$|^PHONE_NUMBER_UNOCCUPIED$/)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#opened.map((client) => client.close()))
  }
}

/** A client whose logout was done, and whose answer was lost, is told that it is not signed in. */
async function logOut(client: TelegramClient): Promise<void> {
  try {
    await client.auth.logOut()
  } catch (error) {
    if (!(error instanceof RpcError && error.type === 'AUTH_KEY_UNREGISTERED')) throw error
  }
}
