/** Programs that listen hear everything once: while they run, after they were away, and after restarts of the server. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { memorySession, type SessionStorage, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Update } from '@cablegram/tl/api'
import { freePort } from './free-port.ts'
import { sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cablegram-events-'))
})
after(() => rm(folder, { recursive: true, force: true }))

type Options = ConstructorParameters<typeof TelegramClient>[1]

/** Texts that a client's handlers were told, and a way to wait for them. */
class Ear {
  readonly texts: string[] = []
  readonly errors: unknown[] = []
  readonly states: string[] = []
  #wake: () => void = () => {}

  constructor(client: TelegramClient) {
    client.on('raw', (update) => this.#hear(update))
    client.on('error', (error) => this.errors.push(error))
    client.on('connection', ({ state }) => {
      this.states.push(state)
      this.#wake()
    })
  }

  #hear(update: Update): void {
    if (update._ !== 'updateNewMessage' || update.message._ !== 'message') return
    this.texts.push(update.message.message)
    this.#wake()
  }

  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async has(count: number): Promise<void> {
    await this.until(() => this.texts.length >= count)
  }
}

async function signInAgain(client: TelegramClient, server: CablegramServer, phone: string): Promise<void> {
  const sent = await sendCode(client, server.info, phone)
  const { _ } = await client.auth.signIn({ ...sent, phoneCode: TEST_CODE })
  assert.equal(_, 'auth.authorization')
}

let lastId = 0n

/** Writes to the account's own Saved Messages. */
async function save(client: TelegramClient, message: string): Promise<void> {
  lastId += 1n
  await client.messages.sendMessage({ peer: { _: 'inputPeerSelf' }, message, randomId: lastId })
}

test('a listener hears what other devices do, once, and goes on where its session has left off', async () => {
  const server = await startServer({ store: 'memory' })
  const phone = testPhone(7101)
  const writer = new TelegramClient(memorySession(), { server: server.info })
  await signUp(writer, server.info, phone)
  await save(writer, 'before')
  const session: SessionStorage = memorySession()
  const first = new TelegramClient(session, { server: server.info })
  const ear = new Ear(first)
  await signInAgain(first, server, phone)
  await ear.until(() => ear.states.includes('upToDate'))
  const begun = ear.texts.length
  await save(writer, 'one')
  await save(writer, 'two')
  await ear.until(() => ear.texts.includes('two'))
  assert.deepEqual(ear.texts.slice(begun), ['one', 'two'])
  await first.close()
  for (let n = 0; n < 120; n += 1) await save(writer, `away ${n}`)
  const second = new TelegramClient(session, { server: server.info })
  const later = new Ear(second)
  await second.connect()
  await later.has(120)
  await save(writer, 'last')
  await later.has(121)
  assert.deepEqual(later.texts, [...Array.from({ length: 120 }, (_, n) => `away ${n}`), 'last'])
  assert.deepEqual([...ear.errors, ...later.errors], [])
  await second.close()
  await writer.close()
  await server.close()
})

test('a message comes with its chat and its sender, and reply answers it', async () => {
  const server = await startServer({ store: 'memory' })
  const ada = new TelegramClient(memorySession(), { server: server.info })
  const bob = new TelegramClient(memorySession(), { server: server.info })
  await signUp(ada, server.info, testPhone(7105))
  await signUp(bob, server.info, testPhone(7106))
  await bob.account.updateUsername({ username: 'bob_listens' })
  bob.on(
    'message',
    async ({ message, chat, sender, reply }) => {
      await reply(`${sender.title} in ${chat.kind} ${chat.id === sender.id}: ${message.text}`)
    },
    { incoming: true, text: /^\/start/ },
  )
  const answers: string[] = []
  const edits: string[] = []
  const heard = new Promise<void>((resolve) => {
    ada.on(
      'message',
      ({ message, chat }) => {
        answers.push(`${message.replyTo} ${message.text}`)
        if (chat.username !== 'bob_listens') answers.push(String(chat.username))
        resolve()
      },
      { sender: '@bob_listens' },
    )
  })
  const edited = new Promise<void>((resolve) => {
    bob.on('edit', ({ message }) => {
      edits.push(message.text)
      resolve()
    })
  })
  const [user] = (await ada.contacts.resolveUsername({ username: 'bob_listens' })).users
  assert.ok(user?._ === 'user' && user.accessHash !== undefined)
  const peer = { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash } as const
  await ada.messages.sendMessage({ peer, message: 'not a command', randomId: 1n })
  const sent = await ada.messages.sendMessage({ peer, message: '/start now', randomId: 2n })
  const id = sent._ === 'updates' && sent.updates[0]?._ === 'updateMessageID' ? sent.updates[0].id : 0
  await heard
  assert.deepEqual(answers, [`${id} Ada in user true: /start now`])
  await ada.messages.editMessage({ peer, id, message: '/start later' })
  await edited
  assert.deepEqual(edits, ['/start later'])
  await ada.close()
  await bob.close()
  await server.close()
})

const WAYS: readonly (readonly [string, Options])[] = [
  ['TCP', {}],
  ['WebSocket', { transport: 'websocket' }],
  ['HTTP', { transport: 'http' }],
  ['TCP, with temporary keys', { pfs: true }],
]

for (const [index, [way, options]] of WAYS.entries()) {
  test(`a client that only listens hears again after a restart of the server, over ${way}`, async () => {
    const data = join(folder, `data-${index}`)
    const port = await freePort()
    let server = await startServer({ data, port })
    const phone = testPhone(7110 + index)
    const writer = new TelegramClient(memorySession(), { server: server.info })
    await signUp(writer, server.info, phone)
    const listener = new TelegramClient(memorySession(), { server: server.info, ...options })
    const ear = new Ear(listener)
    await signInAgain(listener, server, phone)
    await ear.until(() => ear.states.includes('upToDate'))
    const begun = ear.texts.length
    for (const round of [1, 2]) {
      await server.close()
      server = await startServer({ data, port })
      await save(writer, `round ${round}`)
      await ear.until(() => ear.texts.includes(`round ${round}`))
      await save(writer, `after ${round}`)
      await ear.until(() => ear.texts.includes(`after ${round}`))
    }
    assert.deepEqual(ear.texts.slice(begun), ['round 1', 'after 1', 'round 2', 'after 2'])
    assert.deepEqual(ear.errors, [])
    await listener.close()
    await writer.close()
    await server.close()
  })
}

for (const [index, [way, options]] of WAYS.entries()) {
  test(`a listener of raw updates hears again after a restart of the server, over ${way}`, async () => {
    const data = join(folder, `raw-${index}`)
    const port = await freePort()
    const server = await startServer({ data, port })
    const phone = testPhone(7120 + index)
    const writer = new TelegramClient(memorySession(), { server: server.info })
    await signUp(writer, server.info, phone)
    const listener = new TelegramClient(memorySession(), { server: server.info, ...options })
    const heard: string[] = []
    let wake: () => void = () => {}
    const until = async (isThere: () => boolean) => {
      while (!isThere()) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
    await signInAgain(listener, server, phone)
    listener.onUpdate((updates) => {
      heard.push(updates._ === 'updates' ? (updates.updates.at(-1)?._ ?? '') : updates._)
      wake()
    })
    await server.close()
    const again = await startServer({ data, port })
    await until(() => heard.includes('updatesTooLong'))
    // The session is awake once the server has the call that the client makes by itself.
    for (let n = 0; !heard.includes('updateNewMessage'); n += 1) {
      await save(writer, `try ${n}`)
      await Promise.race([until(() => heard.includes('updateNewMessage')), writer.help.getNearestDc()])
    }
    await listener.close()
    await writer.close()
    await again.close()
  })
}
