/** A test about somebody's bot: the calls that it makes, and the moment at which it has nothing more to do. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type Person, startServer } from '@cablegram/server'
import type { Updates } from '@cablegram/tl/api'

let server: CablegramServer
const clients: TelegramClient[] = []
before(async () => {
  server = await startServer({ store: 'memory', testClock: true })
})
after(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await server.close()
})

/** A bot whose client answers each text with what `answer` makes of it, or not at all. */
async function botThatAnswers(answer: (text: string) => string | undefined) {
  const bot = await server.people.create({ firstName: 'Echo', bot: true })
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  clients.push(client)
  const [{ apiId = 0, apiHash = '' } = {}] = server.info.apps
  await client.auth.importBotAuthorization({ flags: 0, apiId, apiHash, botAuthToken: bot.token ?? '' })
  await client.updates.getState()
  const failures: unknown[] = []
  client.onUpdate((updates) => {
    for (const { text, userId, accessHash } of textsIn(updates)) {
      const message = answer(text)
      if (message === undefined) continue
      const peer = { _: 'inputPeerUser', userId, accessHash } as const
      const randomId = BigInt(text.length + 1)
      client.messages.sendMessage({ peer, message, randomId }).catch((error: unknown) => failures.push(error))
    }
  })
  return { bot, client, failures }
}

function textsIn(updates: Updates) {
  if (updates._ !== 'updates') return []
  return updates.updates.flatMap((update) => {
    if (update._ !== 'updateNewMessage' || update.message._ !== 'message' || update.message.out) return []
    const { message: text, peerId } = update.message
    const user = updates.users.find(({ id }) => peerId._ === 'peerUser' && id === peerId.userId)
    return user?._ === 'user' ? [{ text, userId: user.id, accessHash: user.accessHash ?? 0n }] : []
  })
}

async function person(): Promise<Person> {
  return await server.people.create({ firstName: 'Ada' })
}

const callsOf = (bot: Person) => bot.calls().map(({ method, state }) => [method, state])

test('a bot that answers is idle when its answer is there', async () => {
  const { bot, failures } = await botThatAnswers((text) => `You said ${text}`)
  const ada = await person()
  await ada.send(bot, 'Hello')
  await bot.idle()
  assert.deepEqual(
    (await ada.messages(bot)).map(({ text }) => text),
    ['Hello', 'You said Hello'],
  )
  assert.deepEqual(failures, [])
  assert.deepEqual(callsOf(bot).at(-1), ['messages.sendMessage', 'answered'])
})

test('a bot that does not answer is idle, and its silence is seen', async () => {
  const { bot } = await botThatAnswers(() => undefined)
  const ada = await person()
  await bot.idle()
  const before = bot.calls().at(-1)?.id
  await ada.send(bot, 'Hello')
  await bot.idle()
  assert.deepEqual(bot.calls({ afterId: before }), [])
})

test('calls have their requests and answers, and refused ones their errors', async () => {
  const { bot, client } = await botThatAnswers(() => undefined)
  const ada = await person()
  const peer = { _: 'inputPeerUser', userId: BigInt(ada.id), accessHash: 5n } as const
  await assert.rejects(client.messages.sendMessage({ peer, message: 'a', randomId: 1n }), {
    message: /PEER_ID_INVALID/,
  })
  await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
  const [refused, answered] = bot.calls().slice(-2)
  assert.deepEqual([refused?.state, refused?.error], ['refused', { code: 400, type: 'PEER_ID_INVALID' }])
  assert.deepEqual(refused?.request, {
    _: 'messages.sendMessage',
    peer: { _: 'inputPeerUser', userId: String(ada.id), accessHash: '5' },
    message: 'a',
    randomId: '1',
  })
  assert.equal(answered?.method, 'users.getUsers')
  assert.deepEqual(
    (answered?.answer as { id: string }[] | undefined)?.map(({ id }) => id),
    [String(bot.id)],
  )
})

test('a call that the server does not answer yet keeps the bot busy, and the error says so', async () => {
  const { bot, client } = await botThatAnswers(() => undefined)
  await bot.idle()
  const fault = await server.faults.add({ method: 'help.getConfig', delayMs: 60_000 })
  const asked = client.help.getConfig().catch(() => undefined)
  await assert.rejects(bot.idle({ timeoutMs: 300 }), {
    code: 'IDLE_TIMEOUT',
    message: 'Echo was not idle within 300 ms. Calls are under way: help.getConfig.',
  })
  assert.deepEqual(callsOf(bot).at(-1), ['help.getConfig', 'underWay'])
  await server.faults.remove(fault.id)
  await client.close()
  await asked
})

test('an answer that a fault withholds is no answer', async () => {
  const { bot, client } = await botThatAnswers(() => undefined)
  const fault = await server.faults.add({ method: 'help.getNearestDc', drop: true, times: 1 })
  const asked = client.help.getNearestDc().catch(() => undefined)
  while (callsOf(bot).at(-1)?.[1] !== 'withheld') await bot.idle()
  assert.deepEqual(callsOf(bot).at(-1), ['help.getNearestDc', 'withheld'])
  assert.equal(
    server.faults.list().some(({ id }) => id === fault.id),
    false,
  )
  await client.close()
  await asked
})

test('an account without a client is never idle', async () => {
  const ada = await person()
  await assert.rejects(ada.idle({ timeoutMs: 0 }), {
    code: 'IDLE_TIMEOUT',
    message: 'Ada was not idle within 0 ms. Ada has no client that is connected and has called something.',
  })
  assert.deepEqual(ada.calls(), [])
})

test('calls and idleness over HTTP', async () => {
  const { bot } = await botThatAnswers((text) => text)
  const ada = await person()
  await ada.send(bot, 'Hello')
  const url = `${server.info.console}/api/people/${bot.id}`
  assert.deepEqual(await (await fetch(`${url}/idle`)).json(), { isIdle: true })
  const { calls } = (await (await fetch(`${url}/calls`)).json()) as {
    calls: { method: string; id: number }[]
  }
  assert.equal(calls.at(-1)?.method, 'messages.sendMessage')
  const later = await (await fetch(`${url}/calls?afterId=${calls.at(-1)?.id}`)).json()
  assert.deepEqual(later, { calls: [] })
  const alone = await fetch(`${server.info.console}/api/people/${ada.id}/idle?timeoutMs=0`)
  assert.match(await alone.text(), /"isIdle":false,"reason":"Ada has no client/)
})

test('a reset forgets the calls', async () => {
  const { bot } = await botThatAnswers(() => undefined)
  assert.ok(bot.calls().length > 0)
  await server.reset()
  assert.deepEqual(bot.calls(), [])
})
