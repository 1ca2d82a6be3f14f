/** Scenarios for a server of two nodes: a client goes on at any of them, and what one node does the other knows. */
import assert from 'node:assert/strict'
import { listCodes, removeSession } from '../test/e2e/console.ts'
import { openClient, sendCode } from '../test/e2e/logins.ts'
import type { ReadyLine } from '../test/e2e/serve.ts'
import { type ClientProcess, Refused } from './client-process.ts'
import { expectMe, type Scenario, signedIn } from './scenarios.ts'
import type { Stage } from './stage.ts'

/** In the order of the table. */
export const NODES: readonly Scenario[] = [
  { name: 'back at another node', play: backAtAnotherNode },
  { name: 'moved while connected', play: movedWhileConnected },
  { name: 'logged out elsewhere', play: loggedOutElsewhere },
]

const [FIRST, SECOND] = [0, 1]
/** The promise is one second for nodes with a bus, and two without; a client on a busy machine may take longer to hear of it. */
const REFUSED_WITHIN_MS = 30_000

/**
 * The session of one node is good at the other, where the code of a login at the first arrives as a message. The console of
 * the first node ends the session, and the client at the other is refused.
 */
async function backAtAnotherNode(stage: Stage): Promise<void> {
  const balancer = await stage.relay()
  const { client, login } = await signedIn(stage, balancer.server)
  const session = await client.session()
  await client.close()
  balancer.turnTo(stage.node(SECOND))
  const later = stage.client()
  await later.open(balancer.server, session)
  await expectMe(later, login)
  await expectCode(stage, later, login.phone)
  await removeSession(stage.node(FIRST).console, login.phone)
  await expectSoonRefused(stage, later, 'SESSION_REVOKED')
}

/** The node of a connected client is taken out: the client goes on at the other by itself, and back. */
async function movedWhileConnected(stage: Stage): Promise<void> {
  const balancer = await stage.relay()
  const { client, login } = await signedIn(stage, balancer.server)
  await expectCode(stage, client, login.phone)
  for (const node of [SECOND, FIRST]) {
    balancer.turnTo(stage.node(node))
    await expectMe(client, login)
    await expectCode(stage, client, login.phone)
  }
}

/** Two processes have one session, at two nodes; when one logs out, the key is nobody's any more. */
async function loggedOutElsewhere(stage: Stage): Promise<void> {
  const { client, login } = await signedIn(stage)
  const session = await client.session()
  const relay = await stage.relay()
  relay.turnTo(stage.node(SECOND))
  const other = stage.client()
  await other.open(relay.server, session)
  await expectMe(other, login)
  await client.logOut()
  await expectSoonRefused(stage, other, 'AUTH_KEY_UNREGISTERED')
}

/** Somebody asks for a code at the first node: the client hears it, wherever it is, and each node's inbox has it. */
async function expectCode(stage: Stage, client: ClientProcess, phone: string): Promise<void> {
  const [text] = await Promise.all([client.heard(), askForCode(stage.node(FIRST), phone)])
  for (const node of [FIRST, SECOND]) {
    const [newest] = await listCodes(stage.node(node).console, phone)
    assert.deepEqual([newest?.channel, newest?.text], ['app', text])
  }
}

async function askForCode(server: ReadyLine, phone: string): Promise<void> {
  const other = openClient(server)
  try {
    await sendCode(other, server, phone)
  } finally {
    await other.close()
  }
}

async function expectSoonRefused(stage: Stage, client: ClientProcess, text: string): Promise<void> {
  const sinceMs = performance.now()
  for (;;) {
    const refusal = await refusalOf(client)
    const tookMs = Math.round(performance.now() - sinceMs)
    assert.ok(tookMs < REFUSED_WITHIN_MS, `not refused within ${REFUSED_WITHIN_MS} ms`)
    if (refusal === undefined) continue
    assert.deepEqual(refusal, { code: 401, text, own: true })
    return stage.note(`refused after ${tookMs} ms`)
  }
}

async function refusalOf(client: ClientProcess): Promise<Refused['refusal'] | undefined> {
  try {
    await client.me()
    return undefined
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return error.refusal
  }
}
