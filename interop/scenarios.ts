/**
 * The scenarios that every client has to pass with our server: one function each, the same for all clients.
 */
import assert from 'node:assert/strict'
import { createUser, listUsers } from '../test/e2e/console.ts'
import type { ReadyLine } from '../test/e2e/serve.ts'
import { type ClientProcess, Refused } from './client-process.ts'
import type { Login } from './clients/contract.ts'
import type { Stage } from './stage.ts'

/** One row of the table. */
export interface Scenario {
  name: string
  play(stage: Stage): Promise<void>
}

/** Scenarios for a client over its usual transport, in the order of the table. */
export const EVERY_SCENARIO: readonly Scenario[] = [
  { name: 'sign up', play: signUp },
  { name: 'wrong code', play: wrongCode },
  { name: 'sign in', play: signIn },
  { name: 'saved session', play: savedSession },
  { name: 'server restarts', play: (stage) => survive(stage, 'SIGTERM') },
  { name: 'server killed', play: (stage) => survive(stage, 'SIGKILL') },
  { name: 'log out', play: logOut },
  { name: 'at rest', play: atRest },
]

/** Scenarios for a client that asks in data centre 2 of three. */
export const MIGRATIONS: readonly Scenario[] = [
  { name: 'moves to 1', play: (stage) => migrate(stage, 1) },
  { name: 'moves to 3', play: (stage) => migrate(stage, 3) },
]

/** Some of every scenario, by name. */
export function scenariosNamed(...names: readonly string[]): readonly Scenario[] {
  return EVERY_SCENARIO.filter(({ name }) => names.includes(name))
}

/**
 * A fresh number, the code from the console, a name; then the account exists with one session of this
 * client.
 */
async function signUp(stage: Stage): Promise<void> {
  const client = stage.client()
  const login = newLogin(stage.freshPhone())
  await client.open(stage.server)
  assert.equal(await client.logIn(login), 0)
  await expectMe(client, login)
  const [user] = await listUsers(stage.server.console, login.phone)
  assert.equal(user?.firstName, login.firstName)
  assert.equal(user.sessions.length, 1)
}

/** A wrong code is reported by the client's own error type, with Telegram's words. */
async function wrongCode(stage: Stage): Promise<void> {
  const login = await existingAccount(stage, stage.freshTestPhone())
  const client = stage.client()
  await client.open(stage.server)
  await expectRefusal(client.tryCode(login.phone, '00000'), 400, 'PHONE_CODE_INVALID')
}

/** The client's interactive login, with one slip of the finger. */
async function signIn(stage: Stage): Promise<void> {
  const client = stage.client()
  const login = { ...(await existingAccount(stage, stage.freshPhone())), wrongCodes: 1 }
  await client.open(stage.server)
  assert.equal(await client.logIn(login), 1)
  await expectMe(client, login)
}

/** Another process opens the session string. */
async function savedSession(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  const session = await client.session()
  await client.close()
  const later = stage.client()
  await later.open(stage.server, session)
  await expectMe(later, login)
}

/** Client and saved session are still signed in after the server restarted. */
async function survive(stage: Stage, signal: NodeJS.Signals): Promise<void> {
  const { client, login } = await signedIn(stage)
  const session = await client.session()
  await stage.restartServer(signal)
  await expectMe(client, login)
  await client.close()
  const later = stage.client()
  await later.open(stage.server, session)
  await expectMe(later, login)
}

/** After a logout the session is worthless. */
async function logOut(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  const session = await client.session()
  await client.logOut()
  await client.close()
  const later = stage.client()
  await later.open(stage.server, session)
  await expectRefusal(later.me(), 401, stage.signedOut)
  const [user] = await listUsers(stage.server.console, login.phone)
  assert.deepEqual(user?.sessions, [])
}

/** A client at rest asks for little: a client that dislikes an answer asks again and again. */
async function atRest(stage: Stage): Promise<void> {
  const relay = await stage.relay()
  const { client, login } = await signedIn(stage, relay.server)
  const before = relay.chunksFromClient()
  await new Promise((done) => setTimeout(done, AT_REST_MS))
  const sent = relay.chunksFromClient() - before
  stage.note(`${sent} packets in ${AT_REST_MS / 1000} s at rest`)
  assert.ok(sent <= MAX_CHUNKS_AT_REST, `the client sent ${sent} packets in ${AT_REST_MS} ms at rest`)
  await expectMe(client, login)
}

/**
 * A number with another home: the client asks in 2, moves there by itself, signs up, and starts there next
 * time.
 */
async function migrate(stage: Stage, home: number): Promise<void> {
  const client = stage.client()
  const login = newLogin(stage.freshTestPhone(home))
  await client.open(stage.server)
  assert.equal(await client.logIn(login), 0)
  assert.equal(await client.dc(), home)
  await expectMe(client, login)
  const session = await client.session()
  await client.close()
  const later = stage.client()
  await later.open(stage.server, session)
  await expectMe(later, login)
  assert.equal(await later.dc(), home)
}

const AT_REST_MS = 15_000
const MAX_CHUNKS_AT_REST = 40

function newLogin(phone: string): Login {
  return { phone, firstName: 'Ada', lastName: 'Lovelace', wrongCodes: 0 }
}

/** Makes an account through the console. */
export async function existingAccount(
  stage: Stage,
  phone: string,
  { loginEmail, ...more }: { readonly password?: string; readonly loginEmail?: string } = {},
): Promise<Login> {
  const { firstName, lastName, wrongCodes } = newLogin(phone)
  const email = loginEmail === undefined ? {} : { loginEmail }
  await createUser(stage.server.console, { phone, firstName, lastName, ...more, ...email })
  return { phone, firstName, lastName, wrongCodes, ...more }
}

/** Signs a client in to its own account. */
export async function signedIn(
  stage: Stage,
  server: ReadyLine = stage.server,
): Promise<{ client: ClientProcess; login: Login }> {
  const client = stage.client()
  const login = await existingAccount(stage, stage.freshTestPhone())
  await client.open(server)
  await client.logIn(login)
  return { client, login }
}

/** The client knows who it is. */
export async function expectMe(client: ClientProcess, login: Login): Promise<void> {
  const me = await client.me()
  assert.deepEqual([me.phone, me.firstName], [login.phone.replace('+', ''), login.firstName])
}

/** Checks that the server refused with this, and that the client reports it by its own error type. */
export async function expectRefusal(asked: Promise<unknown>, code: number, text: string): Promise<void> {
  await assert.rejects(asked, (error) => {
    if (!(error instanceof Refused)) throw error
    assert.deepEqual(error.refusal, { code, text, own: true })
    return true
  })
}
