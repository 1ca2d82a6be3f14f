/** Several nodes of one server on PostgreSQL, with and without Redis: what one does, all know. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { type ClientOptions, memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import type { Updates } from '@cablegram/tl/api'
import { ownPhone, sendCode, signUp, testPhone } from '../e2e/logins.ts'
import { startServe } from '../e2e/serve.ts'
import { startBalancer, startPostgres, startRedis } from './index.ts'

const postgres = await startPostgres()
const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'cablegram-nodes-'))
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
after(async () => {
  await Promise.all([postgres.close(), redis.close()])
  rmSync(folder, { recursive: true })
})

/** The options of the nodes that run. */
const started = new Map<CablegramServer, ServerOptions>()
const SERVICE = 777000n
let phones = 0
const newPhone = (): string => testPhone(++phones)

/** Options for the nodes of a new server. */
async function newServer(): Promise<ServerOptions & { readonly store: string }> {
  const database = await postgres.createDatabase()
  const secretFile = join(folder, `${database}.key`)
  return { store: postgres.url(database), bus: redis.url(), secretFile, testClock: true }
}

async function startNode(options: ServerOptions): Promise<CablegramServer> {
  const node = await startServer(options)
  started.set(node, options)
  open.push(node)
  return node
}

/** Two nodes of a new server. */
async function startNodes(changes: ServerOptions = {}): Promise<[CablegramServer, CablegramServer]> {
  const options = { ...(await newServer()), ...changes }
  return [await startNode(options), await startNode(options)]
}

function connect(
  { info }: Pick<CablegramServer, 'info'>,
  { session, port, ...options }: Partial<ClientOptions> & { session?: string; port?: number } = {},
): TelegramClient {
  const dcs = info.dcs.map((dc) => ({ ...dc, port: port ?? dc.port }))
  const client = new TelegramClient(memorySession(session), { ...options, server: { ...info, dcs } })
  open.push(client)
  return client
}

/** An account with a client at each of these nodes. */
async function signedIn(nodes: readonly CablegramServer[]): Promise<TelegramClient[]> {
  const phone = newPhone()
  const clients: TelegramClient[] = []
  for (const node of nodes) {
    const client = connect(node)
    clients.push(client)
    if (clients.length === 1) await signUp(client, node.info, phone)
    else {
      const sent = await sendCode(client, node.info, phone)
      const { code } = await node.codes.waitFor(phone)
      await client.auth.signIn({ ...sent, phoneCode: code })
    }
    await client.updates.getState({})
  }
  return clients
}

/** Resolves when this holds; the time limit of the test ends a wait for nothing. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(10)
}

async function health({ info }: CablegramServer): Promise<Record<string, unknown>> {
  return JSON.parse(await (await fetch(`${info.console}/healthz`)).text())
}

const note = (message: string) =>
  ({
    peer: { _: 'inputPeerSelf' },
    message,
    randomId: BigInt(message.length),
  }) as const

/** The texts of the messages that a client is pushed from now on. */
function texts(client: TelegramClient): string[] {
  const heard: string[] = []
  client.onUpdate((updates: Updates) => {
    if (updates._ !== 'updates') return
    for (const update of updates.updates) {
      if (update._ !== 'updateNewMessage' || update.message._ !== 'message') continue
      const { message, peerId } = update.message
      if (peerId._ === 'peerUser' && peerId.userId !== SERVICE) heard.push(message)
    }
  })
  return heard
}

test('a message of a client at one node is pushed to the other session at another, once', async () => {
  const nodes = await startNodes()
  const [one, two] = await signedIn(nodes)
  assert.ok(one && two)
  const [atOne, atTwo] = [texts(one), texts(two)]
  for (const message of ['a', 'bb', 'ccc']) await one.messages.sendMessage(note(message))
  await until(() => atTwo.length === 3)
  assert.deepEqual(atTwo, ['a', 'bb', 'ccc'])
  assert.deepEqual(atOne, [])
})

test('codes, faults, the clock, rules and the console are those of all nodes', async () => {
  const [one, two] = await startNodes()
  const phone = newPhone()
  const waiting = two.codes.waitFor(phone, { timeoutMs: 60_000 })
  const announced: string[] = []
  two.onCode(({ phone: to }) => announced.push(to))
  const client = connect(one)
  await signUp(client, one.info, phone)
  assert.equal((await waiting).phone, phone)
  await until(() => announced.includes(phone))
  assert.deepEqual(
    (await two.users.list()).map((user) => user.phone),
    [phone],
  )

  await fetch(`${one.info.console}/api/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'help.getNearestDc', error: { code: 500, type: 'TRY_LATER' }, times: 1 }),
  })
  await until(() => two.faults.list().length === 1)
  const other = connect(two)
  await assert.rejects(other.help.getNearestDc({}), { message: /TRY_LATER/ })
  await until(() => one.faults.list().length === 0)
  await client.help.getNearestDc({})

  await one.clock.advance(86_400)
  await until(() => two.clock.state().aheadS === 86_400)
  const late = await startNode(started.get(one) ?? assert.fail())
  assert.equal(late.clock.state().aheadS, 86_400)

  await two.phoneRules.put(phone.slice(1), { rule: 'ban' })
  await assert.rejects(sendCode(connect(one), one.info, phone), { message: /PHONE_NUMBER_BANNED/ })

  two.faults.add({ method: 'help.getConfig', error: { code: 500, type: 'TRY_LATER' } })
  await until(() => one.faults.list().length === 1)
  await two.reset()
  await until(() => one.faults.list().length === 0 && one.clock.state().aheadS === 0)
  assert.deepEqual(await one.users.list(), [])
})

for (const bus of ['Redis', 'no bus'] as const) {
  test(`with ${bus}, a login ended at one node is soon refused by another`, async (t) => {
    const [one, two] = await startNodes(bus === 'Redis' ? {} : { bus: undefined })
    const [, client, idle] = await signedIn([one, two, two])
    assert.ok(client && idle)
    const told = new Promise<void>((resolve) => {
      idle.onUpdate(({ _ }) => _ === 'updatesTooLong' && resolve())
    })
    const phone = (await ownPhone(client)) ?? ''
    const [account] = await one.users.list(phone)
    const newest = account?.sessions.toSorted((a, b) => b.createdAtS - a.createdAtS)
    assert.ok(account && newest)
    await Promise.all(account.sessions.map(({ hash }) => one.users.removeSession(account.id, hash)))
    const since = performance.now()
    const ended = async () => {
      const outcome = await ownPhone(client).then(
        () => '',
        (error: Error) => error.message,
      )
      return /SESSION_REVOKED/.test(outcome)
    }
    await until(ended)
    const tookMs = performance.now() - since
    t.diagnostic(`${Math.round(tookMs)} ms`)
    // The promise is one second, or two without a bus; a machine may be busy with other things for longer.
    assert.ok(tookMs < 60_000)
    // The other one has asked for nothing.
    await told
  })
}

test('a client goes on at any node, with a permanent key and with temporary ones', async () => {
  const [one, two] = await startNodes()
  const balancer = await startBalancer([one, two].map(({ info }) => info.dcs[0]?.port ?? 0))
  open.push(balancer)
  for (const pfs of [false, true]) {
    const phone = newPhone()
    balancer.turnTo(0)
    const client = connect(one, { port: balancer.port, pfs })
    await signUp(client, one.info, phone)
    for (const node of [1, 0, 1]) {
      balancer.turnTo(node)
      balancer.cut()
      assert.equal(`+${await ownPhone(client)}`, phone)
    }
  }
})

test('a login that begins at one node ends at another', async () => {
  const [one, two] = await startNodes()
  const balancer = await startBalancer([one, two].map(({ info }) => info.dcs[0]?.port ?? 0))
  open.push(balancer)
  const phone = newPhone()
  const client = connect(one, { port: balancer.port })
  balancer.turnTo(0)
  const sent = await sendCode(client, one.info, phone)
  balancer.turnTo(1)
  balancer.cut()
  const { code } = await one.codes.waitFor(phone)
  await client.auth.signIn({ ...sent, phoneCode: code })
  balancer.turnTo(0)
  balancer.cut()
  await client.auth.signUp({ ...sent, firstName: 'Ada', lastName: '' })
  assert.equal(`+${await ownPhone(client)}`, phone)
})

test('while Redis is away nodes poll and say so, and nothing is lost', async () => {
  const nodes = await startNodes()
  const [one, two] = await signedIn(nodes)
  assert.ok(one && two)
  const heard = texts(two)
  await redis.stop()
  await until(async () => (await Promise.all(nodes.map(health))).every(({ bus }) => bus === 'polling'))
  const { status, busTrouble } = await health(nodes[0])
  assert.equal(status, 'ok')
  assert.match(String(busTrouble), /^the Redis at 127\.0\.0\.1:\d+ is away/)
  await one.messages.sendMessage(note('a'))
  await until(() => heard.length === 1)
  await redis.start()
  await one.messages.sendMessage(note('bb'))
  await until(async () => (await Promise.all(nodes.map(health))).every(({ bus }) => bus === 'ok'))
  await one.messages.sendMessage(note('ccc'))
  await until(() => heard.length === 3)
  assert.deepEqual(heard, ['a', 'bb', 'ccc'])
})

test('a node with a bus notices one without, says so, and hears of what it does', async () => {
  const options = await newServer()
  const without = await startNode({ ...options, bus: undefined })
  const withBus = await startNode(options)
  const [one, two] = await signedIn([without, withBus])
  assert.ok(one && two)
  const heard = texts(two)
  await until(async () => (await health(withBus))['busTrouble'] === 'node 1 is silent on the bus')
  await one.messages.sendMessage(note('a'))
  await until(() => heard.length === 1)
})

test('a rolling restart loses no call: a node that closes answers, and clients go on at another', async () => {
  const options = await newServer()
  const nodes = [await startNode(options), await startNode(options), await startNode(options)]
  const ports = nodes.map(({ info }) => info.dcs[0]?.port ?? 0)
  const balancer = await startBalancer(ports)
  open.push(balancer)
  const phone = newPhone()
  const info = nodes[0] ?? assert.fail()
  const client = connect(info, { port: balancer.port })
  await signUp(client, info.info, phone)
  let isOver = false
  let calls = 0
  const calling = (async () => {
    while (!isOver) {
      assert.equal(`+${await ownPhone(client)}`, phone)
      calls += 1
    }
  })()
  for (let at = 0; at < nodes.length; at++) {
    await nodes[at]?.close()
    const again = await startNode(options)
    nodes[at] = again
    ports[at] = again.info.dcs[0]?.port ?? 0
    const before = calls
    await until(() => calls > before)
  }
  isOver = true
  await calling
  assert.ok(calls > 3)
})

test('a node that does not fit is refused with the next step', async () => {
  const options = await newServer()
  await startNode(options)
  const refused = async (changes: ServerOptions, code: string, message: RegExp) =>
    assert.rejects(startServer({ ...options, ...changes }), (error: { code: string; message: string }) => {
      assert.match(error.message, message)
      return error.code === code
    })
  await refused(
    { nowMs: () => Date.now() + 10_000 },
    'CLOCK_SKEW',
    // The database is asked, which may take a moment.
    /\d\.\d s ahead of that of the database: set both by NTP/,
  )
  await refused(
    { testClock: false },
    'NODE_OPTIONS_DIFFER',
    /Node 1 of this database runs with --test-clock on, and this one with --test-clock off: give all nodes the same/,
  )
  await refused(
    { limits: 'strict', dcs: 2, passkeyDomain: 'example.org' },
    'NODE_OPTIONS_DIFFER',
    /with --dcs 1, --limits box, --passkey-domain localhost, and this one with --dcs 2, --limits strict, --passkey-domain example\.org:/,
  )
  const other = join(folder, 'other.key')
  writeFileSync(other, Buffer.alloc(32, 7))
  await refused({ secretFile: other }, 'SECRET_WRONG', /--secret-file/)
  await refused({ bus: 'redis://127.0.0.1:1' }, 'BUS_UNREACHABLE', /start it, or correct/)
})

test('a node refuses to back up what is in PostgreSQL, and says where to do it', async () => {
  const node = await startNode(await newServer())
  const answer = await fetch(`${node.info.console}/api/backups`, { method: 'POST' })
  assert.equal(answer.status, 409)
  const { error } = JSON.parse(await answer.text())
  assert.equal(error.code, 'BACKUP_ELSEWHERE')
  assert.match(error.next, /pg_dump/)
})

test('a node with other settings starts, and its log names them', async () => {
  const { store, secretFile = '', testClock: _, ...options } = await newServer()
  await startNode({ store, secretFile, ...options, settings: { codeLifetimeS: 120 } })
  const serve = ['--port', '0', '--console-port', '0', '--log', 'warn']
  const node = await startServe(['--store', store, '--secret-file', secretFile, ...serve])
  const { code, stderr } = await node.stop()
  assert.equal(code, 0)
  assert.match(
    stderr,
    /node 1 runs with other settings: codeLifetimeS 120 \(here 300\); give all nodes the same, unless this is a rolling restart"/,
  )
})

test('a node whose database is away answers 503, and still closes', async () => {
  const own = await startPostgres()
  try {
    const name = await own.createDatabase()
    const node = await startNode({
      ...(await newServer()),
      store: own.url(name),
      secretFile: join(folder, 'own.key'),
    })
    await own.stop('immediate')
    await until(async () => (await health(node))['status'] === 'failing')
    assert.equal((await fetch(`${node.info.console}/healthz`)).status, 503)
    await node.close()
  } finally {
    await own.close()
  }
})

for (const bus of [true, false]) {
  test(`people on demand at one node hear of those at another, ${bus ? 'by Redis' : 'by looking'}`, async () => {
    const [one, two] = await startNodes(bus ? {} : { bus: undefined })
    const ada = await one.people.create({ firstName: 'Ada' })
    const bot = await two.people.create({ firstName: 'Keys', bot: true })
    const sent = await ada.start(await one.people.get(bot.id), 'a-payload')
    const told = await bot.next({ timeoutMs: 60_000 })
    assert.equal(told.text, '/start a-payload')
    await bot.react(sent, '👍')
    await bot.send(told.chat, 'Sure?', { buttons: [[{ text: 'Yes' }]] })
    const { message } = await ada.nextEvent('reaction', { timeoutMs: 60_000 })
    assert.equal(message?.reactions?.[0]?.emoji, '👍')
    const pressing = ada.press(await ada.next({ timeoutMs: 60_000 }), 'Yes')
    await bot.answer(await bot.nextPress({ timeoutMs: 60_000 }), { text: 'Noted' })
    assert.equal((await pressing).text, 'Noted')
    const media = { kind: 'poll', question: 'Tea?', answers: ['Yes', 'No'] } as const
    const group = await ada.createGroup('Tea', [await one.people.create({ firstName: 'Bob' })])
    const poll = await ada.send(group, '', { media })
    await ada.vote(poll, ['Yes'])
    assert.equal((await ada.nextEvent('poll', { timeoutMs: 60_000 })).message?.media?.totalVoters, 1)
    const phones = (await two.people.list()).map(({ phone }) => phone)
    assert.deepEqual(phones, ['+9996629999', '+9996629998', undefined])
  })
}
