/** Updates without a pts: pushed to those who are there, and given to those who come back. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Update } from '@cablegram/tl/api'
import { testPhone } from './logins.ts'
import type { ReadyLine } from './serve.ts'
import { type Heard, WireClient } from './wire-client.ts'

const open: { close(): unknown }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function session(server: CablegramServer, index: number, name: string) {
  const client = await WireClient.open(server.info as ReadyLine)
  open.push(client)
  return { client, userId: await client.logIn(testPhone(index), name) }
}

/** Ada with two sessions, and Bob, who has her number. */
async function createScene() {
  const server = await startServer({ store: 'memory' })
  open.push(server)
  const [ada, other, bob] = [
    await session(server, 1, 'Ada'),
    await session(server, 1, 'Ada'),
    await session(server, 2, 'Bob'),
  ]
  const contact = { _: 'inputPhoneContact', clientId: 1n, firstName: 'Ada', lastName: 'L' } as const
  const imported = await bob.client.call({
    _: 'contacts.importContacts',
    contacts: [{ ...contact, phone: testPhone(1) }],
  })
  const [seen] = imported.users
  assert.ok(seen?._ === 'user')
  const adaAsBobSees = { _: 'inputPeerUser', userId: seen.id, accessHash: seen.accessHash ?? 0n } as const
  return { server, ada, other, bob, adaAsBobSees }
}

/** Waits for an update of this kind that comes by itself. */
async function next<K extends Update['_']>(client: WireClient, kind: K) {
  let found: { update: Extract<Update, { _: K }>; userIds: readonly bigint[] } | undefined
  const find = (heard: readonly Heard[]): boolean => {
    for (const one of heard) {
      if (one.kind !== 'updates') continue
      const { updates } = one
      const all =
        updates._ === 'updates' ? updates.updates : updates._ === 'updateShort' ? [updates.update] : []
      const update = all.find((each): each is Extract<Update, { _: K }> => each._ === kind)
      const users = updates._ === 'updates' ? updates.users : []
      if (update !== undefined) found = { update, userIds: users.map(({ id }) => id) }
    }
    return found !== undefined
  }
  await client.until(find)
  client.heard.length = 0
  return found ?? assert.fail()
}

test('a new name reaches whoever has a contact or a chat with its owner, as each sees it', async () => {
  const { ada, other, bob } = await createScene()
  await ada.client.call({ _: 'account.updateProfile', firstName: 'Augusta' })
  const own = await next(other.client, 'updateUserName')
  assert.deepEqual(own.update, {
    _: 'updateUserName',
    userId: ada.userId,
    firstName: 'Augusta',
    lastName: '',
    usernames: [],
  })
  assert.deepEqual(own.userIds, [ada.userId])
  const theirs = await next(bob.client, 'updateUserName')
  assert.deepEqual([theirs.update.firstName, theirs.update.lastName], ['Ada', 'L'], 'as Bob calls her')
  await ada.client.call({ _: 'account.updateProfile', about: 'Countess' })
  assert.equal((await next(bob.client, 'updateUser')).update.userId, ada.userId)
})

test('a block is told to the other sessions of its owner alone, and to those that come back', async () => {
  const { server, bob, adaAsBobSees } = await createScene()
  const away = await session(server, 2, 'Bob')
  const { pts, date } = await away.client.call({ _: 'updates.getState' })
  const block = { _: 'contacts.block', id: adaAsBobSees } as const
  await bob.client.call(block)
  const told = await next(away.client, 'updatePeerBlocked')
  const expected = {
    _: 'updatePeerBlocked',
    blocked: true,
    blockedMyStoriesFrom: undefined,
    peerId: { _: 'peerUser', userId: adaAsBobSees.userId },
  }
  assert.deepEqual([told.update, told.userIds], [expected, [adaAsBobSees.userId]])
  const missed = await away.client.call({ _: 'updates.getDifference', pts, date, qts: 1 })
  assert.ok(missed._ === 'updates.difference')
  assert.deepEqual(
    missed.otherUpdates.filter(({ _ }) => _ === 'updatePeerBlocked'),
    [expected],
  )
  assert.ok(missed.users.some(({ id }) => id === adaAsBobSees.userId))
  await bob.client.call({ ...block, _: 'contacts.unblock' })
  const again = await away.client.call({ _: 'updates.getDifference', pts, date, qts: 1 })
  assert.ok(again._ === 'updates.difference')
  assert.deepEqual(
    again.otherUpdates.filter(({ _ }) => _ === 'updatePeerBlocked'),
    [{ ...expected, blocked: undefined }],
    'only the newest, as it is now',
  )
  const later = await away.client.call({ _: 'updates.getDifference', pts, date: date + 3600, qts: 1 })
  assert.equal(later._, 'updates.differenceEmpty')
})

test('a status reaches those who are there, and no difference', async () => {
  const { ada, bob } = await createScene()
  const { pts, date } = await bob.client.call({ _: 'updates.getState' })
  await ada.client.call({ _: 'account.updateStatus', offline: false })
  const online = await next(bob.client, 'updateUserStatus')
  assert.equal(online.update.userId, ada.userId)
  assert.ok(online.update.status._ === 'userStatusOnline')
  await ada.client.call({ _: 'account.updateStatus', offline: true })
  const offline = await next(bob.client, 'updateUserStatus')
  assert.equal(offline.update.status._, 'userStatusOffline')
  const missed = await bob.client.call({ _: 'updates.getDifference', pts, date: date + 3600, qts: 1 })
  assert.equal(missed._, 'updates.differenceEmpty')
})
