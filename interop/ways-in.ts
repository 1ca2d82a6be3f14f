/** Scenarios for logins beyond the code: a password after it, another device, a bot token. */
import assert from 'node:assert/strict'
import { createBot, listUsers } from '../test/e2e/console.ts'
import type { ClientProcess } from './client-process.ts'
import { existingAccount, expectMe, type Scenario, signedIn } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** Scenarios for a client over its usual transport, in the order of the table. */
export const WAYS_IN: readonly Scenario[] = [
  { name: 'password', play: password },
  { name: 'sets a password', play: setsPassword },
  { name: 'recovers it', play: recoversPassword },
  { name: 'QR', play: (stage) => qr(stage, {}) },
  { name: 'QR and password', play: (stage) => qr(stage, { password: PASSWORD }) },
  { name: 'bot', play: bot },
]

/** Scenarios for a client in data centre 2 of three: the account that accepts its code has another home. */
export const QR_MIGRATION: Scenario = { name: 'QR to 3', play: (stage) => qr(stage, { home: 3 }) }

/** Contains a letter with more than one form in Unicode. */
const PASSWORD = 'correct horse é 12'
const HINT = 'a horse'

/** Signs in to an account with a password, which is mistyped once. */
async function password(stage: Stage): Promise<void> {
  const login = await existingAccount(stage, stage.freshTestPhone(), { password: PASSWORD })
  const client = stage.client()
  await client.open(stage.server)
  assert.equal(await client.logIn(login), 1)
  await expectMe(client, login)
}

/** The client sets the password itself and is asked for it next time. */
async function setsPassword(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  await client.setPassword(PASSWORD, HINT)
  await client.close()
  const later = stage.client()
  await later.open(stage.server)
  assert.equal(await later.logIn({ ...login, password: PASSWORD }), 1)
  await expectMe(later, login)
}

/** The client sets a password with an address and confirms it; later it says that the password is lost. */
async function recoversPassword(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  await client.setPassword(PASSWORD, HINT, { phone: login.phone, email: 'ada@example.org' })
  await client.close()
  const later = stage.client()
  await later.open(stage.server)
  await later.recoverPassword({ ...login, password: PASSWORD })
  await expectMe(later, login)
  const [user] = await listUsers(stage.server.console, login.phone)
  assert.equal(user?.hasPassword, false)
}

/** One process shows the code; another one, signed in, accepts it. */
async function qr(stage: Stage, { home, password }: { home?: number; password?: string }): Promise<void> {
  const login = await existingAccount(
    stage,
    stage.freshTestPhone(home),
    password === undefined ? {} : { password },
  )
  const old = await logInAt(stage, login)
  const client = stage.client()
  await client.open(stage.server)
  await old.acceptQr(await client.showQr(password))
  await client.qrDone()
  await expectMe(client, login)
  if (home !== undefined) assert.equal(await client.dc(), home)
}

async function logInAt(stage: Stage, login: Parameters<ClientProcess['logIn']>[0]): Promise<ClientProcess> {
  const client = stage.client()
  await client.open(stage.server)
  await client.logIn(login)
  return client
}

/** A bot token made by the console. */
async function bot(stage: Stage): Promise<void> {
  const { id, token } = await createBot(stage.server.console, { username: `interop${Date.now()}bot` })
  const client = stage.client()
  await client.open(stage.server)
  await client.logInBot(token)
  assert.equal((await client.me()).id, String(id))
}
