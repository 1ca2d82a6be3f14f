/** Users and clients of one server, whose answers will be lost. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { memorySession, passwordProof, TelegramClient } from '@cablegram/client'
import type { InputCheckPasswordSRP } from '@cablegram/tl/api'
import { createUser, listCodes, listUsers } from './console.ts'
import { type Sent, sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'
import type { ReadyLine } from './serve.ts'

/** A call whose answer will be lost. */
export interface LostCall {
  readonly client: TelegramClient
  /** Makes the call, once. */
  call(): Promise<unknown>
  /**
   * The expected answer to the repeat: `true`, the constructor of the answer, or `code TYPE` of a refusal.
   */
  readonly told: unknown
  /** Checks that the answer is true. */
  check?(answer: unknown): Promise<void> | void
}

/** `reads`: the method changes nothing. A text: the reason why nothing can be lost. */
export type LostAnswerRow = 'reads' | { readonly because: string } | ((world: LostWorld) => Promise<LostCall>)

/** The password and the e-mail address of accounts that have them. */
export const PASSWORD = 'correct horse 12'
export const EMAIL = 'ada@example.org'
export const SELF = { _: 'inputPeerSelf' } as const

/** Randomness of clients. */
export const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))

/** Users and clients of one server. */
export class LostWorld {
  readonly ready: ReadyLine
  readonly #clients: TelegramClient[] = []
  #phones = 0

  constructor(ready: ReadyLine) {
    this.ready = ready
  }

  get app(): { apiId: number; apiHash: string } {
    const [app] = this.ready.apps
    assert.ok(app)
    return { apiId: app.apiId, apiHash: app.apiHash }
  }

  phone(): string {
    return testPhone(++this.#phones)
  }

  client(dcId = 2): TelegramClient {
    const dcs = this.ready.dcs.filter(({ id }) => id === dcId)
    const client = new TelegramClient(memorySession(), { server: { ...this.ready, dcs }, pfs: false })
    this.#clients.push(client)
    return client
  }

  async user(phone: string = this.phone()): Promise<TelegramClient> {
    const client = this.client()
    await signUp(client, this.ready, phone)
    return client
  }

  async sent(client: TelegramClient, phone: string = this.phone()): Promise<Sent> {
    return await sendCode(client, this.ready, phone)
  }

  /** A second login of an account. */
  async again(phone: string): Promise<TelegramClient> {
    const client = this.client()
    const sent = await this.sent(client, phone)
    const [entry] = await listCodes(this.ready.console, phone)
    await client.auth.signIn({ ...sent, phoneCode: entry?.code ?? TEST_CODE })
    return client
  }

  /** A client that gave the right code for an account with a password. */
  async pending(phone: string = this.phone(), email?: string): Promise<TelegramClient> {
    await createUser(this.ready.console, {
      phone,
      firstName: 'Ada',
      password: PASSWORD,
      ...(email && { email }),
    })
    return await this.half(phone)
  }

  async half(phone: string): Promise<TelegramClient> {
    const client = this.client()
    const sent = await this.sent(client, phone)
    const [entry] = await listCodes(this.ready.console, phone)
    const signIn = client.auth.signIn({ ...sent, phoneCode: entry?.code ?? TEST_CODE })
    await assert.rejects(signIn, { type: 'SESSION_PASSWORD_NEEDED' })
    return client
  }

  async protected(phone: string = this.phone(), email?: string): Promise<TelegramClient> {
    const client = await this.pending(phone, email)
    await client.auth.checkPassword({ password: await proofOf(client) })
    return client
  }

  async http(method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(this.ready.console + path, { method, headers, body: JSON.stringify(body) })
    assert.ok(response.ok, `${method} ${path}: ${response.status}`)
    return response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>)
  }

  async channels(phone: string, ...channels: string[]): Promise<string> {
    await this.http('PUT', `/api/phone-rules/${phone.slice(1)}`, { rule: 'channels', channels })
    return phone
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()))
  }
}

export async function proofOf(
  client: TelegramClient,
  password: string = PASSWORD,
): Promise<InputCheckPasswordSRP> {
  return await passwordProof(await client.account.getPassword(), password, random)
}

export async function phoneOf(client: TelegramClient): Promise<string> {
  const [self] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  return self?._ === 'user' ? `+${self.phone}` : 'nobody'
}

/** The repeat signed in, and the account has one login more than before. */
export function signsIn(
  world: LostWorld,
  client: TelegramClient,
  phone: string,
  logins: number,
): () => Promise<void> {
  return async () => {
    assert.equal(await phoneOf(client), phone)
    const [user] = await listUsers(world.ready.console, phone)
    assert.equal(user?.sessions.length, logins)
  }
}

/** A call of somebody who is signed in, which is told `true`. */
export async function settings(
  world: LostWorld,
  change: (client: TelegramClient) => Promise<unknown>,
): Promise<LostCall> {
  const client = await world.user()
  return { client, call: () => change(client), told: true }
}
