import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { signUp } from './logins.ts'

/** People who talk to one server. */
class People {
  readonly server: CablegramServer
  readonly #clients: TelegramClient[] = []

  constructor(server: CablegramServer) {
    this.server = server
  }

  async person(phone: string): Promise<TelegramClient> {
    const client = new TelegramClient(memorySession(), { server: this.server.info, pfs: false })
    this.#clients.push(client)
    await signUp(client, this.server.info, phone)
    return client
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close()
    await this.server.close()
  }
}

const SELF = { _: 'inputUserSelf' } as const

async function selfOf(client: TelegramClient) {
  const [self] = await client.users.getUsers({ id: [SELF] })
  assert.ok(self?._ === 'user')
  return self
}

describe('people', () => {
  let people: People
  before(async () => {
    people = new People(await startServer({ store: 'memory', testClock: true }))
  })
  after(() => people.close())

  test('an access hash of one viewer is worth nothing to another', async () => {
    const { server } = people
    await server.users.create({ phone: '+9996621001', firstName: 'Grace', username: 'grace_h' })
    const [ada, bob] = [await people.person('+9996621002'), await people.person('+9996621003')]
    const seenBy = async (client: TelegramClient) => {
      const { users } = await client.contacts.resolveUsername({ username: 'Grace_H' })
      const [user] = users
      assert.ok(user?._ === 'user' && user.accessHash !== undefined)
      return { _: 'inputUser', userId: user.id, accessHash: user.accessHash } as const
    }
    const [forAda, forBob] = [await seenBy(ada), await seenBy(bob)]
    assert.equal(forAda.userId, forBob.userId)
    assert.notEqual(forAda.accessHash, forBob.accessHash)
    assert.deepEqual(await seenBy(ada), forAda, 'it stays the same')
    const [own] = await ada.users.getUsers({ id: [forAda] })
    assert.ok(own?._ === 'user' && own.firstName === 'Grace' && own.phone === undefined)
    assert.deepEqual(await ada.users.getUsers({ id: [forBob] }), [{ _: 'userEmpty', id: forBob.userId }])
    await assert.rejects(ada.users.getFullUser({ id: forBob }), { code: 400, type: 'USER_ID_INVALID' })
    const peer = { _: 'inputPeerUser', userId: forBob.userId, accessHash: forBob.accessHash } as const
    const asked = ada.messages.getPeerDialogs({ peers: [{ _: 'inputDialogPeer', peer }] })
    await assert.rejects(asked, { code: 400, type: 'PEER_ID_INVALID' })
  })

  test('everybody may name themselves with any hash, and no group or channel that is not theirs', async () => {
    const ada = await people.person('+9996621004')
    const { id } = await selfOf(ada)
    const [user] = await ada.users.getUsers({ id: [{ _: 'inputUser', userId: id, accessHash: 5n }] })
    assert.ok(user?._ === 'user' && user.self === true)
    for (const peer of [
      { _: 'inputPeerEmpty' },
      { _: 'inputPeerChat', chatId: 1n },
      { _: 'inputPeerChat', chatId: -1n },
      { _: 'inputPeerChannel', channelId: 1n, accessHash: 1n },
      { _: 'inputPeerUser', userId: -id, accessHash: 1n },
    ] as const) {
      const asked = ada.messages.getPeerDialogs({ peers: [{ _: 'inputDialogPeer', peer }] })
      await assert.rejects(asked, { code: 400, type: 'PEER_ID_INVALID' }, peer._)
    }
  })

  test('a user may be named by a message that has them', async () => {
    const ada = await people.person('+9996621005')
    const { id } = await selfOf(ada)
    const peer = { _: 'inputPeerSelf' } as const
    const sent = await ada.messages.sendMessage({ peer, message: 'note', randomId: 1n })
    assert.ok(sent._ === 'updates')
    const [given] = sent.updates
    assert.ok(given?._ === 'updateMessageID')
    const named = { _: 'inputUserFromMessage', peer, msgId: given.id, userId: id } as const
    const { users } = await ada.users.getFullUser({ id: named })
    assert.equal(users[0]?.id, id)
    const other = { ...named, userId: id + 1n } as const
    await assert.rejects(ada.users.getFullUser({ id: other }), { type: 'USER_ID_INVALID' })
    const later = { ...named, msgId: given.id + 1 } as const
    await assert.rejects(ada.users.getFullUser({ id: later }), { type: 'MSG_ID_INVALID' })
  })
})
