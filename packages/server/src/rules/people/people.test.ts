import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { requireUserId } from '../accounts/keys.ts'
import { seePeers } from '../avatars/see-peers.ts'
import { sideEventsAfter } from '../messages/decide-side-log.ts'
import { historyOf } from '../messages/messages.ts'
import { createWorld, type World } from '../test-world.ts'
import { setSignUpQuiet } from './account-settings.ts'
import { block } from './blocks.ts'
import { addContact, contactsOf, importContacts, savedEntriesOf } from './contacts.ts'
import { changePrivacy } from './privacy.ts'
import { updateProfile, updateUsername } from './profiles.ts'
import { removeAccount } from './remove-account.ts'
import { noteGone, noteStillHere, statusNews, updateStatus } from './statuses.ts'

const [ADA, BOB, CAROL] = ['9996621001', '9996621002', '9996621003']
const BOOK = { firstName: 'Bobby', lastName: '' }

/** Somebody who is signed in. */
async function person(world: World, phone: string): Promise<Caller> {
  const caller = await world.caller()
  await world.signIn(caller, phone)
  return await world.again(caller)
}

const idOf = ({ state }: Caller): bigint => requireUserId(state)

/** The kinds and subjects of the side events of somebody's box. */
async function told({ store }: World, userId: bigint): Promise<string[]> {
  const events = await store.look(() => sideEventsAfter(userId, 0, 100))
  return events.map(({ kind, subject }) => `${kind} ${subject}`)
}

async function befriend(world: World, owner: Caller, other: Caller): Promise<void> {
  const contact = { ...BOOK, phone: '', contactId: idOf(other), sharesPhone: false }
  await addContact(world.rules, owner, contact)
}

const WHOLE = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0 }

test('a sign-up is told to those who have the number, once, without a sound if they want none', async () => {
  const world = await createWorld()
  const [ada, bob] = [await person(world, ADA), await person(world, BOB)]
  for (const owner of [ada, bob]) await importContacts(world.rules, owner, [{ ...BOOK, phone: `+${CAROL}` }])
  assert.equal((await savedEntriesOf(world.rules, ada)).length, 1)
  await setSignUpQuiet(world.rules, bob, true)
  const carol = await person(world, CAROL)
  for (const [owner, isSilent] of [
    [ada, undefined],
    [bob, true],
  ] as const) {
    const query = { ...WHOLE, peerId: idOf(carol) }
    const { messages } = await historyOf(world.rules, owner, query)
    assert.deepEqual(
      messages.map((each) => [each.action, each.fromId, each.isOut, each.isSilent]),
      [[{ kind: 'contactSignUp' }, idOf(carol), false, isSilent]],
    )
    const { contacts, savedCount } = await contactsOf(world.rules, owner)
    assert.deepEqual([contacts, savedCount], [[{ userId: idOf(carol), isMutual: false }], 0])
  }
  const { people } = await seePeers(world.rules, idOf(ada), { userIds: [idOf(carol)] })
  const [seen] = people
  assert.ok(seen?.kind === 'person' && seen.firstName === 'Bobby', 'the names of the address book')
})

test('changes of a profile are told to contacts and to oneself, and not to strangers', async () => {
  const world = await createWorld()
  const [ada, bob, carol] = [await person(world, ADA), await person(world, BOB), await person(world, CAROL)]
  await befriend(world, bob, ada)
  await updateProfile(world.rules, ada, { about: 'Poet' })
  await updateProfile(world.rules, ada, { firstName: 'Augusta' })
  await updateProfile(world.rules, ada, { firstName: 'Augusta' })
  await updateUsername(world.rules, ada, 'augusta')
  const news = [`user ${idOf(ada)}`, `userName ${idOf(ada)}`]
  assert.deepEqual(await told(world, idOf(ada)), news)
  assert.deepEqual(await told(world, idOf(bob)), [`contact ${idOf(ada)}`, ...news])
  assert.deepEqual(await told(world, idOf(carol)), [])
})

test('blocks, contacts and rules are told to one’s own sessions only', async () => {
  const world = await createWorld()
  const [ada, bob] = [await person(world, ADA), await person(world, BOB)]
  await befriend(world, ada, bob)
  await block(world.rules, ada, idOf(bob), true)
  await block(world.rules, ada, idOf(bob), true)
  await changePrivacy(world.rules, ada, 'status', [{ isAllowed: false, whom: 'all' }])
  const own = [`contact ${idOf(bob)}`, `peerBlocked ${idOf(bob)}`, 'privacy 0']
  assert.deepEqual(await told(world, idOf(ada)), own)
  assert.deepEqual(await told(world, idOf(bob)), [])
  const events = await world.store.look(() => sideEventsAfter(idOf(ada), 0, 10))
  assert.ok(
    events.every(({ causedBy }) => causedBy === ada.authKeyId),
    'the calling key has the answer',
  )
})

test('a status is told to contacts who may see it, and ends after 300 seconds or with the last session', async () => {
  const world = await createWorld()
  const [ada, bob, carol] = [await person(world, ADA), await person(world, BOB), await person(world, CAROL)]
  await befriend(world, bob, ada)
  const heard = world.hear('status')
  await updateStatus(world.rules, ada, false)
  assert.deepEqual(heard, [{ kind: 'status', userId: String(idOf(ada)) }])
  const viewers = [idOf(bob), idOf(carol)]
  assert.deepEqual(await statusNews(world.rules, idOf(ada), viewers), [
    { viewerId: idOf(bob), status: { kind: 'online', forS: 300 } },
  ])
  world.clock.advance(300_000)
  const [late] = await statusNews(world.rules, idOf(ada), viewers)
  assert.equal(late?.status.kind, 'offline')
  await updateStatus(world.rules, ada, false)
  await noteGone(world.rules, idOf(ada), 0)
  await noteGone(world.rules, idOf(ada), 0)
  await updateStatus(world.rules, ada, true)
  assert.equal(heard.length, 3, 'nobody goes offline twice')
  await changePrivacy(world.rules, ada, 'status', [{ isAllowed: false, whom: 'all' }])
  assert.equal(heard.length, 4, 'others see another status now')
  const [hidden] = await statusNews(world.rules, idOf(ada), viewers)
  assert.deepEqual(hidden?.status, { kind: 'recently', isByOwn: false })
})

test('whoever leaves one node for another and says so stays online', async () => {
  const world = await createWorld()
  const [ada, bob] = [await person(world, ADA), await person(world, BOB)]
  await befriend(world, bob, ada)
  const isOnline = async () => {
    const [news] = await statusNews(world.rules, idOf(ada), [idOf(bob)])
    return news?.status.kind === 'online'
  }
  await updateStatus(world.rules, ada, false)
  world.clock.advance(2_000)
  await updateStatus(world.rules, ada, false)
  world.clock.advance(7_000)
  await noteGone(world.rules, idOf(ada), 8_000)
  assert.ok(await isOnline(), 'her connection to the first node closed before')
  await noteGone(world.rules, idOf(ada), 7_000)
  assert.ok(!(await isOnline()))
})

test('whoever has a connection to another node stays online without a word, and whoever is offline stays so', async () => {
  const world = await createWorld()
  const [ada, bob, carol] = [await person(world, ADA), await person(world, BOB), await person(world, CAROL)]
  await befriend(world, bob, ada)
  await updateStatus(world.rules, ada, false)
  world.clock.advance(20_000)
  const heard = world.hear('status')
  const here = [idOf(ada), idOf(carol)]
  await noteStillHere(world.rules, here, 0)
  world.clock.advance(2_000)
  await noteGone(world.rules, idOf(ada), 8_000)
  const viewers = [idOf(bob)]
  const [online] = await statusNews(world.rules, idOf(ada), viewers)
  assert.deepEqual(online?.status, { kind: 'online', forS: 278 }, 'no longer than she said')
  await noteStillHere(world.rules, here, 3)
  world.clock.advance(8_000)
  await noteStillHere(world.rules, here, 11)
  await noteGone(world.rules, idOf(ada), 8_000)
  const [offline] = await statusNews(world.rules, idOf(ada), viewers)
  assert.equal(offline?.status.kind, 'offline')
  await noteStillHere(world.rules, here, 0)
  assert.equal((await statusNews(world.rules, idOf(ada), viewers))[0]?.status.kind, 'offline')
  assert.equal(heard.length, 1, 'nobody is told of what does not change')
})

test('a deleted account is told of, and leaves address books and chats as nobody', async () => {
  const world = await createWorld()
  const [ada, bob] = [await person(world, ADA), await person(world, BOB)]
  await befriend(world, ada, bob)
  await importContacts(world.rules, ada, [{ ...BOOK, phone: `+${BOB}` }])
  await updateUsername(world.rules, bob, 'bob_the_first')
  const bobId = idOf(bob)
  assert.equal(await removeAccount(world.rules, bobId), true)
  assert.ok((await told(world, idOf(ada))).includes(`user ${bobId}`))
  const { contacts, savedCount } = await contactsOf(world.rules, ada)
  assert.deepEqual([contacts, savedCount], [[], 1], 'the number stays in the address book')
  const { people } = await seePeers(world.rules, idOf(ada), { userIds: [bobId] })
  assert.deepEqual(people, [{ kind: 'deleted', id: bobId }])
  await updateUsername(world.rules, ada, 'bob_the_first')
})
