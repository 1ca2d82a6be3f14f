/** A server that does not take the access hash that the client remembers. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type { MethodName, Params, Results, User } from '@cablegram/tl/api'
import { TestClock } from '../login/test-clock.ts'
import { type FoundPeer, type PeerClient, type PeerLike, usePeer } from './resolve.ts'
import { testBook } from './test-book.ts'
import { userOf } from './views.ts'

const ada: User = { _: 'user', id: 1n, accessHash: 11n, firstName: 'Ada', username: 'ada', phone: '9991' }
const renewed: User = { ...ada, accessHash: 12n }

/** A client that remembers Ada, and whose server finds this user by her name and number. */
function stage(found: User | undefined, remembered: User = ada) {
  const asked: string[] = []
  const peers = testBook([remembered], new TestClock())
  const client: PeerClient = {
    peers,
    async call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Results[Method]> {
      asked.push(method)
      if (method === 'users.getUsers') throw new RpcError(400, 'USER_ID_INVALID', method)
      if (!found) {
        const type = method === 'contacts.resolvePhone' ? 'PHONE_NOT_OCCUPIED' : 'USERNAME_NOT_OCCUPIED'
        throw new RpcError(400, type, method)
      }
      assert.ok('username' in params ? params.username === 'ada' : 'phone' in params)
      const peer = { _: 'peerUser', userId: found.id } as const
      return { _: 'contacts.resolvedPeer', peer, users: [found], chats: [] } as unknown as Results[Method]
    },
  }
  const used: unknown[] = []
  /** Takes only this hash. */
  const use =
    (accepted: bigint, type = 'PEER_ID_INVALID') =>
    async ({ inputPeer }: FoundPeer) => {
      used.push(inputPeer)
      if ('accessHash' in inputPeer && inputPeer.accessHash === accepted) return 'done'
      if (inputPeer._ === 'inputPeerUserFromMessage' && accepted === 0n) return 'done'
      throw new RpcError(400, type, 'messages.sendMessage')
    }
  return { client, peers, asked, used, use }
}

const NAMED: readonly PeerLike[] = ['@ada', '+9991', 1n, userOf(ada)]

test('a stale access hash is looked up once more, however the peer is named', async () => {
  for (const peer of NAMED) {
    const { client, peers, asked, used, use } = stage(renewed)
    if (peer === '+9991') await peers.save()
    assert.equal(await usePeer(client, peer, use(12n)), 'done')
    assert.equal(used.length, 2)
    assert.deepEqual(asked, [peer === '+9991' ? 'contacts.resolvePhone' : 'contacts.resolveUsername'])
    assert.equal(peers.recent(1n)?.accessHash, 12n)
    assert.equal(await usePeer(client, 1n, use(12n)), 'done')
    assert.equal(asked.length, 1)
  }
})

test('a hash that the server gives again is not tried again: the refusal is about something else', async () => {
  const { client, used, use, peers } = stage(ada)
  await assert.rejects(usePeer(client, '@ada', use(12n)), { type: 'PEER_ID_INVALID' })
  assert.equal(used.length, 1)
  assert.equal(peers.recent(1n)?.accessHash, 11n)
})

test('a name that another account has by now is not taken for the id', async () => {
  const { client, used, use } = stage({ ...renewed, id: 2n })
  await assert.rejects(usePeer(client, 1n, use(12n, 'USER_ID_INVALID')), { type: 'USER_ID_INVALID' })
  assert.equal(used.length, 1)
})

test('without a name a peer is named by a message of it, if one was seen', async () => {
  const { client, peers, use } = stage(undefined, { ...ada, username: undefined, phone: undefined } as never)
  const message = {
    _: 'message',
    id: 5,
    fromId: { _: 'peerUser', userId: 1n },
    date: 0,
    message: 'x',
  } as const
  const peerId = { _: 'peerChannel', channelId: 7n } as const
  const group = {
    _: 'channel',
    id: 7n,
    accessHash: 77n,
    title: 'G',
    photo: { _: 'chatPhotoEmpty' },
    date: 0,
  } as const
  const users = [{ _: 'user', id: 1n, min: true, accessHash: 1n, firstName: 'Ada' }]
  peers.remember({ _: 'messages.channelMessages', messages: [{ ...message, peerId }], users, chats: [group] })
  assert.equal(await usePeer(client, 1n, use(0n)), 'done')
})

test('a peer that cannot be found again fails with the refusal of the call, and later with the next step', async () => {
  const { client, use } = stage(undefined)
  await assert.rejects(usePeer(client, 1n, use(12n, 'USER_ID_INVALID')), { type: 'USER_ID_INVALID' })
  await assert.rejects(usePeer(client, 1n, use(12n)), { code: 'PEER_ID_UNKNOWN' })
})

test('other refusals are thrown at once', async () => {
  const { client, asked, use } = stage(renewed)
  await assert.rejects(usePeer(client, '@ada', use(12n, 'USER_IS_BLOCKED')), { type: 'USER_IS_BLOCKED' })
  assert.deepEqual(asked, [])
})
