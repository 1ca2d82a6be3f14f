/**
 * Scenarios for the chats of a signed-in client: the service chat, which reports other logins, and Saved
 * Messages.
 */
import assert from 'node:assert/strict'
import { listCodes } from '../test/e2e/console.ts'
import { expectMe, expectRefusal, type Scenario, signedIn } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** Scenarios for a client that has chats. */
export const CHATS: readonly Scenario[] = [
  { name: 'code as message', play: codeAsMessage },
  { name: 'code after restart', play: codeAfterRestart },
  { name: 'text to oneself', play: textToOneself },
]

/**
 * Somebody else wants to sign in: the client hears the code, finds it in the chat, and later sees what it
 * missed.
 */
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

/**
 * A client that has settled down keeps receiving updates although the server restarts and has lost its
 * sessions.
 */
async function codeAfterRestart(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  await Promise.all([client.heard(), askForCode(stage, login.phone)])
  await stage.restartServer('SIGKILL')
  await expectMe(client, login)
  await Promise.all([client.heard(), askForCode(stage, login.phone)])
}

/** A text written in one session is heard by another, and is in the history of both. */
async function textToOneself(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  const other = stage.client()
  await other.open(stage.server)
  await other.logIn(login)
  await expectMe(other, login)
  // A client that has just signed in asks where its updates begin, and is not told of what came before.
  assert.deepEqual(await other.savedTexts(), [])
  await client.saveText('bread, milk')
  // The client may first hear of its own login.
  while ((await other.heard()) !== 'bread, milk');
  for (const each of [client, other]) assert.deepEqual(await each.savedTexts(), ['bread, milk'])
}

/** The code of a test number is always the same, and never this one. */
async function askForCode(stage: Stage, phone: string): Promise<void> {
  const other = stage.client()
  await other.open(stage.server)
  await expectRefusal(other.tryCode(phone, '00000'), 400, 'PHONE_CODE_INVALID')
  await other.close()
}
