/** What a client that is signed in sees of the logins of others: the chat of user 777000. */
import assert from 'node:assert/strict'
import { listCodes } from '../test/e2e/console.ts'
import { expectMe, expectRefusal, type Scenario, signedIn } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** For a client that has chats. */
export const CHATS: readonly Scenario[] = [
  { name: 'code as message', play: codeAsMessage },
  { name: 'code after restart', play: codeAfterRestart },
]

/** Somebody else wants to sign in: the client hears the code, finds it in the chat, and later what it was not there for. */
async function codeAsMessage(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  const [text] = await Promise.all([client.heard(), askForCode(stage, login.phone)])
  const [sent] = await listCodes(stage.server.console, login.phone)
  assert.deepEqual([sent?.channel, sent?.text], ['app', text])
  assert.deepEqual(await client.serviceChat(), { texts: [text], unread: 1 })
  await client.readServiceChat()
  const session = await client.session()
  await client.close()
  await askForCode(stage, login.phone)
  const later = stage.client()
  await later.open(stage.server, session)
  assert.deepEqual(await later.serviceChat(), { texts: [text, text], unread: 1 })
}

/** A client that has settled down hears on, though the server is another process and knows no session of its. */
async function codeAfterRestart(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  await Promise.all([client.heard(), askForCode(stage, login.phone)])
  await stage.restartServer('SIGKILL')
  await expectMe(client, login)
  await Promise.all([client.heard(), askForCode(stage, login.phone)])
}

/** The code of a test number is always the same, and never this one. */
async function askForCode(stage: Stage, phone: string): Promise<void> {
  const other = stage.client()
  await other.open(stage.server)
  await expectRefusal(other.tryCode(phone, '00000'), 400, 'PHONE_CODE_INVALID')
  await other.close()
}
