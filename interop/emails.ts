/** Scenarios for login e-mails and logout tokens, for the clients that support them. */
import assert from 'node:assert/strict'
import { listCodes, listUsers, putPhoneRule } from '../test/e2e/console.ts'
import { existingAccount, expectMe, type Scenario, signedIn } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** In the order of the table. */
export const EMAILS: readonly Scenario[] = [
  { name: 'sets up an e-mail', play: setsUpEmail },
  { name: 'code by e-mail', play: codeByEmail },
  { name: 'token of a log-out', play: tokenOfLogOut },
]

const EMAIL = 'ada@example.org'

/** The number requires a login e-mail: the client names it, verifies it, and signs in with an SMS. */
async function setsUpEmail(stage: Stage): Promise<void> {
  const login = await existingAccount(stage, stage.freshPhone())
  const digits = login.phone.slice(1)
  await putPhoneRule(stage.server.console, digits, { rule: 'channels', channels: ['setUpEmail', 'sms'] })
  const client = stage.client()
  await client.open(stage.server)
  assert.equal(await client.logIn({ ...login, email: EMAIL }), 0)
  await expectMe(client, login)
  const [user] = await listUsers(stage.server.console, login.phone)
  assert.equal(user?.loginEmail, EMAIL)
  const channels = (await listCodes(stage.server.console, login.phone)).map(({ channel }) => channel)
  assert.deepEqual(channels, ['sms', 'email'])
}

/** The code goes to the account's e-mail and is typed as an e-mail code. */
async function codeByEmail(stage: Stage): Promise<void> {
  const login = await existingAccount(stage, stage.freshPhone(), { loginEmail: EMAIL })
  const client = stage.client()
  await client.open(stage.server)
  assert.equal(await client.logIn(login), 0)
  await expectMe(client, login)
}

/** The client keeps the token of its logout, which replaces the code next time. */
async function tokenOfLogOut(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  await client.logOut()
  const session = await client.session()
  await client.close()
  const { length } = await listCodes(stage.server.console, login.phone)
  const later = stage.client()
  await later.open(stage.server, session)
  assert.equal(await later.logIn({ ...login, byToken: true }), 0)
  await expectMe(later, login)
  assert.equal((await listCodes(stage.server.console, login.phone)).length, length)
}
