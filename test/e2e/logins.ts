/** Logins step by step over the wire, with our own client. */
import assert from 'node:assert/strict'
import { memorySession, TelegramClient } from '@cablegram/client'
import type { ReadyLine } from './serve.ts'

/** Generous: 64 clients that make their keys at once take long on a busy machine. */
const CONNECT_WITHIN_MS = 120_000

/** A client of this server whose session is not stored: empty, or from a string session. */
export function openClient(server: Omit<ReadyLine, 'event'>, session?: string): TelegramClient {
  return new TelegramClient(memorySession(session), { server, connectTimeoutMs: CONNECT_WITHIN_MS })
}

/** The result of `auth.sendCode`, and its request. */
export interface Sent {
  phoneNumber: string
  phoneCodeHash: string
}

/** Requests a code for this number. */
export async function sendCode(
  client: TelegramClient,
  server: Pick<ReadyLine, 'apps'>,
  phoneNumber: string,
): Promise<Sent> {
  const [app] = server.apps
  assert.ok(app)
  const { apiId, apiHash } = app
  const sent = await client.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } })
  assert.equal(sent._, 'auth.sentCode')
  return { phoneNumber, phoneCodeHash: sent.phoneCodeHash }
}

/** A number of Telegram's test convention in data centre 2; `index` below 10,000. */
export function testPhone(index: number): string {
  return `+999662${String(index).padStart(4, '0')}`
}

/** The code of every number of {@link testPhone}. */
export const TEST_CODE = '22222'

/** Signs a new number up. */
export async function signUp(
  client: TelegramClient,
  server: Pick<ReadyLine, 'apps'>,
  phone: string,
): Promise<Sent> {
  const sent = await sendCode(client, server, phone)
  const verified = await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  assert.equal(verified._, 'auth.authorizationSignUpRequired')
  const made = await client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  assert.equal(made._, 'auth.authorization')
  return sent
}

/** The phone number of the user signed in on this client. */
export async function ownPhone(client: TelegramClient): Promise<string | undefined> {
  const [self] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  assert.equal(self?._, 'user')
  return self.phone
}
