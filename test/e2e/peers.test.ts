/** Peers by all of their names, against the real server, and again after a restart. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { memorySession, type SessionStorage, sqliteSession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { InputUser, MethodName } from '@cablegram/tl/api'
import { signUp } from './logins.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-peers-'))
const open: TelegramClient[] = []
let server: CablegramServer
let ada: TelegramClient
let bob: TelegramClient

before(async () => {
  server = await startServer({ store: 'memory' })
  ada = await person('+9996628001', 'ada_of_peers')
  bob = await person('+9996628002', 'bob_of_peers')
})
after(async () => {
  for (const client of open) await client.close()
  await server.close()
  await rm(folder, { recursive: true })
})

function newClient(session: SessionStorage | string): TelegramClient {
  const client = new TelegramClient(session, { server: server.info })
  open.push(client)
  return client
}

async function person(phone: string, username: string): Promise<TelegramClient> {
  const client = newClient(memorySession())
  await signUp(client, server.info, phone)
  await client.account.updateUsername({ username })
  return client
}

/** The methods that a client calls from now on. */
function watchCalls(client: TelegramClient): MethodName[] {
  const called: MethodName[] = []
  const { call } = client
  client.call = (method, params, options) => {
    called.push(method)
    return call.call(client, method, params, options) as ReturnType<typeof client.call<typeof method>>
  }
  return called
}

async function bobForAda(): Promise<InputUser> {
  const { inputPeer } = await ada.resolve('@bob_of_peers')
  assert.ok(inputPeer?._ === 'inputPeerUser')
  return { _: 'inputUser', userId: inputPeer.userId, accessHash: inputPeer.accessHash }
}

async function idOf(client: TelegramClient): Promise<bigint> {
  return (await client.resolve('me')).id
}

test('a user is found by each kind of name, and the server is asked once', async () => {
  const bobId = await idOf(bob)
  const called = watchCalls(ada)
  for (const peer of [
    '@bob_of_peers',
    '@BOB_of_peers',
    'https://t.me/bob_of_peers',
    'tg://resolve?domain=bob_of_peers',
    bobId,
  ]) {
    const found = await ada.resolve(peer)
    assert.deepEqual(
      [found.id, found.kind, found.title, found.username],
      [bobId, 'user', 'Ada', 'bob_of_peers'],
    )
    assert.equal(found.inputPeer?._, 'inputPeerUser')
    assert.equal((await ada.resolve(found)).id, bobId)
  }
  assert.deepEqual(called, ['contacts.resolveUsername'])
})

test('a user is found by the number', async () => {
  const carl = await person('+9996628003', 'carl_of_peers')
  const found = await ada.resolve('+999 662 8003')
  assert.equal(found.id, await idOf(carl))
})

test('the own account is "me", by each of its names', async () => {
  for (const peer of ['me', '@ada_of_peers', await idOf(ada)]) {
    const found = await ada.resolve(peer)
    assert.deepEqual([found.id, found.inputPeer?._], [await idOf(ada), 'inputPeerSelf'])
  }
})

test('an unknown name, number, id and invitation are refused with the cause and the next step', async () => {
  await ada.resolve('@bob_of_peers')
  for (const [peer, code, message] of [
    [
      '@bob_of_peer',
      'PEER_NAME_UNKNOWN',
      /^Nobody is called @bob_of_peer; check the spelling\. Did you mean bob_of_peers\?/,
    ],
    [
      '@quite_somebody',
      'PEER_NAME_UNKNOWN',
      /^Nobody is called @quite_somebody; check the spelling, or whether/,
    ],
    ['+9996629999', 'PEER_PHONE_UNKNOWN', /^Nobody can be found by \+9996629999/],
    [123456789n, 'PEER_ID_UNKNOWN', /^This session has not seen 123456789\. Name it by/],
    [-1001234567890n, 'PEER_ID_UNKNOWN', /^This session has not seen -1001234567890/],
    [-987654n, 'PEER_ID_UNKNOWN', /^This session has not seen -987654/],
    [0n, 'PEER_INVALID', /no user and no chat/],
  ] as const) {
    await assert.rejects(ada.resolve(peer), { name: 'PeerError', code, message }, String(peer))
  }
})

test('users.getUsers takes an access hash of 0 for contacts, and from bots for those who have written to them', async () => {
  const [adaId, bobId] = [await idOf(ada), await idOf(bob)]
  const { token } = await server.bots.create({ username: 'peers_of_bot' })
  const bot = newClient(memorySession())
  await bot.start({ botToken: token })
  const found = async (client: TelegramClient) => {
    const id = [adaId, bobId].map((userId) => ({ _: 'inputUser', userId, accessHash: 0n }) as const)
    return (await client.users.getUsers({ id })).map(({ _ }) => _)
  }
  assert.deepEqual(await found(bot), ['userEmpty', 'userEmpty'])
  await ada.sendMessage('@peers_of_bot', '/start')
  assert.deepEqual(await found(bot), ['user', 'userEmpty'])
  assert.deepEqual(await found(ada), ['user', 'userEmpty'])
  await ada.contacts.addContact({ id: await bobForAda(), firstName: 'Bob', lastName: '', phone: '' })
  assert.deepEqual(await found(ada), ['user', 'user'])
  assert.deepEqual(await found(bob), ['userEmpty', 'user'], 'Bob has nobody in the address book')
})

test('a bot may name with an access hash of 0 those whom it has met, in private or in a group', async () => {
  const [adaId, bobId] = [await idOf(ada), await idOf(bob)]
  const { token } = await server.bots.create({ username: 'hashless_bot' })
  const bot = newClient(memorySession())
  await bot.start({ botToken: token })
  const find = async (client: TelegramClient, userId: bigint) => {
    const { fullUser } = await client.users.getFullUser({ id: { _: 'inputUser', userId, accessHash: 0n } })
    return fullUser.id
  }
  await assert.rejects(find(bot, adaId), { type: 'USER_ID_INVALID' })
  await ada.sendMessage('@hashless_bot', '/start')
  assert.equal(await find(bot, adaId), adaId)
  const peer = { _: 'inputPeerUser', userId: adaId, accessHash: 0n } as const
  await bot.messages.sendMessage({ peer, message: 'Hello', randomId: 1n })
  await assert.rejects(find(bot, bobId), { type: 'USER_ID_INVALID' })
  const { inputPeer } = await ada.resolve('@hashless_bot')
  assert.ok(inputPeer?._ === 'inputPeerUser')
  const users = [await bobForAda(), { ...inputPeer, _: 'inputUser' as const }]
  await ada.messages.createChat({ users, title: 'With a bot' })
  assert.equal(await find(bot, bobId), bobId)
  await assert.rejects(find(ada, bobId), { type: 'USER_ID_INVALID' }, 'people need the hash')
})

test('a group is found by its id and by its invite link, by members only', async () => {
  const made = await ada.messages.createChat({ users: [await bobForAda()], title: 'Engines' })
  assert.equal(made.updates._, 'updates')
  const [chat] = made.updates._ === 'updates' ? made.updates.chats : []
  assert.ok(chat?._ === 'chat')
  const peer = { _: 'inputPeerChat', chatId: chat.id } as const
  const invite = await ada.messages.exportChatInvite({ peer })
  assert.ok(invite._ === 'chatInviteExported')
  for (const named of [-chat.id, invite.link]) {
    const found = await ada.resolve(named)
    assert.deepEqual(
      [found.id, found.kind, found.title, found.inputPeer],
      [-chat.id, 'group', 'Engines', peer],
    )
  }
  const eve = await person('+9996628006', 'eve_of_peers')
  await assert.rejects(eve.resolve(invite.link), {
    code: 'PEER_NOT_JOINED',
    message: /leads to "Engines", and you are not in it\. Join first: client\.messages\.importChatInvite/,
  })
})

test('peers are found after a restart without a call', async () => {
  const bobId = await idOf(bob)
  for (const newSession of [
    () => join(folder, 'eve.session'),
    () => sqliteSession(join(folder, 'dan.db')),
  ] as const) {
    const first = newClient(newSession())
    await signUp(first, server.info, typeof newSession() === 'string' ? '+9996628004' : '+9996628005')
    await first.resolve('@bob_of_peers')
    await first.close()
    const again = newClient(newSession())
    const called = watchCalls(again)
    for (const peer of ['@bob_of_peers', bobId]) {
      const found = await again.resolve(peer)
      assert.deepEqual([found.id, found.title, found.inputPeer?._], [bobId, 'Ada', 'inputPeerUser'])
    }
    assert.deepEqual(called, [])
    await again.messages.sendMessage({
      peer: (await again.resolve(bobId)).inputPeer ?? assert.fail(),
      message: 'hello',
      randomId: 7n,
    })
    await again.close()
  }
})
