/** People and bots at several nodes of one server: the order of updates, presses of buttons, who is online, budgets. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import type { InputPeer, Update } from '@cablegram/tl/api'
import { placesIn } from '../../packages/server/src/api/places-in.ts'
import { testPhone } from '../e2e/logins.ts'
import { type ReadyLine, startServe } from '../e2e/serve.ts'
import { type Heard, WireClient } from '../e2e/wire-client.ts'
import { type RedisServer, startBalancer, startPostgres, startRedis } from './index.ts'

const PARALLEL = 32

const postgres = await startPostgres({ settings: { max_connections: 400 } })
const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'cablegram-update-order-'))
const open: { close(): unknown }[] = []
const clients: TelegramClient[] = []
after(async () => {
  // Clients close before the nodes that they are connected to.
  await Promise.allSettled(clients.map((client) => client.close()))
  await Promise.allSettled(open.map((one) => one.close()))
  await Promise.all([postgres.close(), redis.close()])
  rmSync(folder, { recursive: true })
})

const placesOf = (one: Heard) => placesIn(one.kind === 'answer' ? one.answer : one.updates)

/** The places of a session's stream that do not follow the one before. */
function gapsOf(heard: readonly Heard[], sincePts: number): string[] {
  const gaps: string[] = []
  let pts = sincePts
  for (const one of heard) {
    for (const place of placesOf(one)) {
      if (place.pts <= sincePts) continue
      if (place.pts - place.ptsCount !== pts) gaps.push(`${place.pts} (${one.kind}) after ${pts}`)
      pts = Math.max(pts, place.pts)
    }
  }
  return gaps
}

/** Options for the nodes of a new server. */
async function newServer(bus: RedisServer | undefined = redis) {
  const database = await postgres.createDatabase()
  const secretFile = join(folder, `${database}.key`)
  return { store: postgres.url(database), bus: bus?.url(), secretFile, testClock: true }
}

async function startNode(options: ServerOptions): Promise<CablegramServer> {
  const node = await startServer(options)
  open.push(node)
  return node
}

/** Two nodes of one server. */
async function startNodes(options: ServerOptions): Promise<[CablegramServer, CablegramServer]> {
  return [await startNode(options), await startNode(options)]
}

type Info = Pick<CablegramServer['info'], 'dcs' | 'publicKeys' | 'apps'>

/** A client of one node, or of those behind a balancer's port. */
function connect(info: Info, { port, session }: { port?: number; session?: string } = {}): TelegramClient {
  const dcs = info.dcs.map((dc) => ({ ...dc, port: port ?? dc.port }))
  const client = new TelegramClient(memorySession(session), {
    server: { ...info, dcs },
    pfs: false,
    floodWaitMaxS: 0,
  })
  clients.push(client)
  return client
}

let people = 100

/** Somebody who signs in by a client, with the updates that come to it. */
async function person(node: CablegramServer, client = connect(node.info)) {
  const index = ++people
  const [phone, username] = [testPhone(index), `person_${index}`]
  await node.users.create({ phone, firstName: username, username })
  const told: Update[] = []
  client.onUpdate((updates) => {
    if (updates._ === 'updates') told.push(...updates.updates)
    if (updates._ === 'updateShort') told.push(updates.update)
  })
  const code = async () => (await node.codes.waitFor(phone)).code
  await client.start({ phone: async () => phone, code })
  const { id } = await client.users
    .getUsers({ id: [{ _: 'inputUserSelf' }] })
    .then(([self]) => self ?? assert.fail())
  return { client, id, username, told }
}

type Person = Awaited<ReturnType<typeof person>>

async function peerOf(
  { client }: Person,
  username: string,
): Promise<Extract<InputPeer, { _: 'inputPeerUser' }>> {
  const { users } = await client.contacts.resolveUsername({ username })
  const [user] = users
  assert.ok(user?._ === 'user' && user.accessHash !== undefined)
  return { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash }
}

/** Resolves with what is found; the time limit of the test ends a wait for nothing. */
async function until<T>(find: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await find()
    if (found !== undefined && found !== false) return found
    await wait(10)
  }
}

let randomIds = 0n

/** A person has a message of a bot's with a button; the bot is a client of its own. */
async function withButton(node: CablegramServer, botInfo: Info) {
  const username = `helper_${++people}_bot`
  const { token } = await node.bots.create({ username })
  const ada = await person(node)
  const bot = connect(botInfo)
  const queries: bigint[] = []
  const listen = (client: TelegramClient): void => {
    client.onUpdate((updates) => {
      const news = updates._ === 'updates' ? updates.updates : []
      for (const update of news) if (update._ === 'updateBotCallbackQuery') queries.push(update.queryId)
    })
  }
  listen(bot)
  const [app] = botInfo.apps
  assert.ok(app)
  const { apiId, apiHash } = app
  await bot.auth.importBotAuthorization({ flags: 0, apiId, apiHash, botAuthToken: token })
  const toBot = await peerOf(ada, username)
  await ada.client.messages.startBot({
    bot: { ...toBot, _: 'inputUser' },
    peer: { _: 'inputPeerEmpty' },
    randomId: ++randomIds,
    startParam: 'a',
  })
  const { users } = await bot.contacts.resolveUsername({ username: ada.username })
  const [user] = users
  assert.ok(user?._ === 'user')
  const data = Uint8Array.of(7)
  await bot.messages.sendMessage({
    peer: { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n },
    message: 'Choose',
    randomId: ++randomIds,
    replyMarkup: {
      _: 'replyInlineMarkup',
      rows: [{ _: 'keyboardButtonRow', buttons: [{ _: 'keyboardButtonCallback', text: 'Press', data }] }],
    },
  })
  const msgId = await until(
    () =>
      ada.told.flatMap((update) =>
        update._ === 'updateNewMessage' && update.message._ === 'message' && !update.message.out
          ? [update.message.id]
          : [],
      )[0],
  )
  const press = () => ada.client.messages.getBotCallbackAnswer({ peer: toBot, msgId, data })
  const answer = (client: TelegramClient, queryId: bigint) =>
    client.messages.setBotCallbackAnswer({ queryId, message: 'Done', cacheTime: 0 })
  return { bot, queries, listen, press, answer }
}

const DONE = { _: 'messages.botCallbackAnswer', message: 'Done', cacheTime: 0 }

/** How a call was refused. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof RpcError ? error.message : String(error)
}

test('the stream of every session has no gap, whichever nodes the sessions are on', async () => {
  const nodes = await startNodes(await newServer())
  const sessions: { readonly client: WireClient; readonly phone: string }[] = []
  for (const index of [1, 2]) {
    for (const node of nodes) {
      const client = await WireClient.open(node.info as ReadyLine)
      open.push(client)
      await client.logIn(testPhone(index), 'Ada')
      sessions.push({ client, phone: testPhone(3 - index) })
    }
  }
  const states = await Promise.all(sessions.map(({ client }) => client.call({ _: 'updates.getState' })))
  let randomId = 0n
  const writes = sessions.map(async ({ client, phone }) => {
    const contact = { _: 'inputPhoneContact', clientId: 1n, phone, firstName: 'A', lastName: '' } as const
    const { users } = await client.call({ _: 'contacts.importContacts', contacts: [contact] })
    const [user] = users
    assert.ok(user?._ === 'user')
    const peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash ?? 0n } as const
    await Promise.all(
      Array.from({ length: PARALLEL }, (_, n) => {
        randomId += 1n
        return client.call({ _: 'messages.sendMessage', peer, message: `text ${n}`, randomId })
      }),
    )
  })
  await Promise.all(writes)
  for (const [index, { client }] of sessions.entries()) {
    const { pts: end } = await client.call({ _: 'updates.getState' })
    await client.until((heard) => heard.flatMap(placesOf).some(({ pts }) => pts >= end))
    assert.deepEqual(gapsOf(client.heard, states[index]?.pts ?? 0), [])
  }
})

// Two at once: some of them wait for seconds, and nodes that start together take all of the processor from each other.
describe('people and bots at several nodes', { concurrency: 2 }, () => {
  for (const bus of ['Redis', 'no bus'] as const) {
    test(`with ${bus}, a bot at another node hears of a press, and its answer comes in time`, async (t) => {
      const [one, two] = await startNodes(await newServer(bus === 'Redis' ? redis : undefined))
      const { bot, queries, press, answer } = await withButton(one, two.info)
      const sinceMs = performance.now()
      const pressed = press()
      await answer(bot, await until(() => queries[0]))
      assert.deepEqual(await pressed, DONE)
      t.diagnostic(`${Math.round(performance.now() - sinceMs)} ms`)
    })
  }

  test('a press is answered although Redis ends while the bot thinks', async () => {
    const own = await startRedis()
    try {
      const [one, two] = await startNodes(await newServer(own))
      const { bot, queries, press, answer } = await withButton(one, two.info)
      const pressed = press()
      const queryId = await until(() => queries[0])
      await own.kill()
      await answer(bot, queryId)
      assert.deepEqual(await pressed, DONE)
    } finally {
      await own.close()
    }
  })

  test('the node of a bot is killed during a press: the bot answers at another node, or the press is over in time', async () => {
    const options = await newServer()
    const one = await startNode(options)
    const { store, secretFile, bus = '' } = options
    const shared = ['--store', store, '--secret-file', secretFile, '--bus', bus, '--test-clock']
    const doomed = await startServe([...shared, '--port', '0', '--console-port', '0', '--log', 'error'])
    const { bot, queries, listen, press, answer } = await withButton(one, doomed.ready as Info)
    // Its other connection is at the node that stays.
    const again = connect(one.info, { session: await bot.exportSession() })
    await again.updates.getState({})
    const pressed = press()
    const queryId = await until(() => queries[0])
    await doomed.stop('SIGKILL')
    listen(again)
    await answer(again, queryId)
    assert.deepEqual(await pressed, DONE)
    const unanswered = press()
    await until(() => (queries.length > 1 ? true : undefined))
    const refused = refusalOf(unanswered)
    await one.clock.advance(10)
    assert.equal(await refused, 'BOT_RESPONSE_TIMEOUT')
  })

  test('a node that closes ends the presses that wait there at once, with an answer', async () => {
    const options = await newServer()
    const [one, two] = await startNodes(options)
    const { queries, press } = await withButton(one, two.info)
    const refused = refusalOf(press())
    await until(() => queries[0])
    const closed = one.close()
    // Calls that are under way when a node closes have less time than a press; those that are cut off get no answer.
    assert.equal(await refused, 'BOT_RESPONSE_TIMEOUT')
    await closed
  })

  for (const bus of ['Redis', 'no bus'] as const) {
    test(`with ${bus}, somebody whose client goes to another node stays online, and then leaves for good`, async () => {
      const nodes = await startNodes(await newServer(bus === 'Redis' ? redis : undefined))
      const [one, two] = nodes
      const balancer = await startBalancer(nodes.map(({ info }) => info.dcs[0]?.port ?? 0))
      open.push(balancer)
      balancer.turnTo(0)
      const ada = await person(one, connect(one.info, { port: balancer.port }))
      const bob = await person(two)
      await ada.client.contacts.addContact({
        id: { ...(await peerOf(ada, bob.username)), _: 'inputUser' },
        firstName: 'Bob',
        lastName: '',
        phone: '',
      })
      const toAda = await peerOf(bob, ada.username)
      await bob.client.contacts.addContact({
        id: { ...toAda, _: 'inputUser' },
        firstName: 'Ada',
        lastName: '',
        phone: '',
      })
      await ada.client.account.updateStatus({ offline: false })
      balancer.turnTo(1)
      balancer.cut()
      await ada.client.updates.getState({})
      // The first node takes her for gone after eight seconds.
      await wait(10_000)
      const status = async () => {
        const [user] = await bob.client.users.getUsers({ id: [{ ...toAda, _: 'inputUser' }] })
        assert.ok(user?._ === 'user')
        return user.status
      }
      assert.equal((await status())?._, 'userStatusOnline')
      await ada.client.close()
      const offline = await until(async () => {
        const now = await status()
        return now?._ === 'userStatusOffline' ? now : undefined
      })
      assert.ok(Math.abs(offline.wasOnline - Date.now() / 1000) < 10)
      const told = bob.told.flatMap((update) =>
        update._ === 'updateUserStatus' && update.userId === ada.id ? [update.status._] : [],
      )
      assert.ok(!told.slice(0, -1).includes('userStatusOffline'), told.join())
    })
  }

  test('somebody whose node is killed is online for five minutes at most, and was last seen when they said so', async () => {
    const options = await newServer()
    const one = await startNode(options)
    const { store, secretFile, bus = '' } = options
    const shared = ['--store', store, '--secret-file', secretFile, '--bus', bus, '--test-clock']
    const doomed = await startServe([...shared, '--port', '0', '--console-port', '0', '--log', 'error'])
    const bob = await person(one)
    const ada = await person(one, connect(doomed.ready as Info))
    const toAda = await peerOf(bob, ada.username)
    const adaToBob = await peerOf(ada, bob.username)
    await ada.client.messages.sendMessage({ peer: adaToBob, message: 'hi', randomId: ++randomIds })
    const saidAtS = Math.floor(Date.now() / 1000)
    await ada.client.account.updateStatus({ offline: false })
    await doomed.stop('SIGKILL')
    await ada.client.close()
    const status = async () => {
      const [user] = await bob.client.users.getUsers({ id: [{ ...toAda, _: 'inputUser' }] })
      assert.ok(user?._ === 'user')
      return user.status
    }
    const before = await status()
    assert.ok(before?._ === 'userStatusOnline')
    assert.ok(before.expires <= saidAtS + 300 + 60)
    await one.clock.advance(300)
    const after = await status()
    assert.ok(after?._ === 'userStatusOffline')
    assert.ok(Math.abs(after.wasOnline - saidAtS) < 60)
  })

  test('budgets of two nodes are one: 90 messages at once are 60, and 25 strangers are 20', async () => {
    const nodes = await startNodes({ ...(await newServer()), limits: 'strict' })
    const [one, two] = nodes
    const ada = await person(one)
    const session = await ada.client.exportSession()
    const clients = [ada.client, connect(two.info, { session })]
    const count = async (calls: readonly Promise<unknown>[]) => {
      const counts: Record<string, number> = {}
      for (const outcome of await Promise.all(calls.map(refusalOf))) {
        const name = outcome.replace(/\d+$/, 'X')
        counts[name] = (counts[name] ?? 0) + 1
      }
      return counts
    }
    const strangers = await Promise.all(
      Array.from({ length: 25 }, async () => {
        const username = `stranger_${++people}`
        await two.users.create({ phone: testPhone(people), firstName: 'S', username })
        return await peerOf(ada, username)
      }),
    )
    const write = (client: TelegramClient, peer: InputPeer) =>
      client.messages.sendMessage({ peer, message: 'hi', randomId: ++randomIds })
    const toStrangers = strangers.map((peer, index) => write(clients[index % 2] ?? ada.client, peer))
    assert.deepEqual(await count(toStrangers), { undefined: 20, PEER_FLOOD: 5 })
    const self = { _: 'inputPeerSelf' } as const
    const toSelf = Array.from({ length: 70 }, (_, index) => write(clients[index % 2] ?? ada.client, self))
    assert.deepEqual(await count(toSelf), { undefined: 40, FLOOD_WAIT_X: 30 })
  })
})
