import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listAudit } from '../accounts/audit.ts'
import { sideEventsAfter } from '../messages/decide-side-log.ts'
import { type Chats, createChats, type Person } from '../test-chats.ts'
import { contactBirthdays, updateBirthday } from './birthdays.ts'
import { blockedOf, blockOnly } from './blocks.ts'
import { updateNote } from './contact-notes.ts'
import { addContact, importContacts } from './contacts.ts'
import { fullPersonOf } from './full-people.ts'
import { changePrivacy } from './privacy.ts'
import { report, reportSpam } from './reports.ts'
import { countTopPeers, forgetTopPeer, topPeersOf } from './top-peers.ts'

const DAY_MS = 86_400_000
const [ADA, BOB, CAROL] = ['9996621001', '9996621002', '9996621003']

async function told({ store }: Chats, { userId }: Person): Promise<string[]> {
  const events = await store.look(() => sideEventsAfter(userId, 0, 100))
  return events.map(({ kind, subject }) => `${kind} ${subject}`)
}

async function befriend({ rules }: Chats, owner: Person, other: Person): Promise<void> {
  const contact = { firstName: 'B', lastName: '', phone: '', contactId: other.userId, sharesPhone: false }
  await addContact(rules, owner.caller, contact)
}

test('a whole list of blocks replaces the one before, and each change is told', async () => {
  const world = await createChats()
  const [ada, bob, carol] = [await world.person(ADA), await world.person(BOB), await world.person(CAROL)]
  await blockOnly(world.rules, ada.caller, [bob.userId, ada.userId, 777000n])
  assert.deepEqual(await told(world, ada), [`peerBlocked ${bob.userId}`])
  await blockOnly(world.rules, ada.caller, [carol.userId])
  const { blocked } = await blockedOf(world.rules, ada.caller, 0, 10)
  assert.deepEqual(
    blocked.map(({ peerId }) => peerId),
    [carol.userId],
  )
  assert.deepEqual((await told(world, ada)).sort(), [
    `peerBlocked ${bob.userId}`,
    `peerBlocked ${carol.userId}`,
  ])
})

test('a birthday is shown to contacts, and told for three days', async () => {
  const world = await createChats()
  const { rules, clock } = world
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  await befriend(world, bob, ada)
  const today = new Date(clock.nowMs())
  const birthday = { day: today.getUTCDate(), month: today.getUTCMonth() + 1 }
  await updateBirthday(rules, ada.caller, birthday)
  assert.ok((await told(world, bob)).includes(`user ${ada.userId}`))
  assert.equal(
    (await fullPersonOf(rules, bob.caller, ada.userId)).birthday,
    undefined,
    'she has not added him',
  )
  assert.deepEqual(await contactBirthdays(rules, bob.caller), [])
  await befriend(world, ada, bob)
  assert.deepEqual(await contactBirthdays(rules, bob.caller), [{ userId: ada.userId, birthday }])
  assert.deepEqual((await fullPersonOf(rules, bob.caller, ada.userId)).birthday, birthday)
  clock.advance(2 * DAY_MS)
  assert.deepEqual(await contactBirthdays(rules, bob.caller), [])
  await changePrivacy(rules, ada.caller, 'birthday', [{ isAllowed: false, whom: 'all' }])
  assert.equal((await fullPersonOf(rules, bob.caller, ada.userId)).birthday, undefined)
  await updateBirthday(rules, ada.caller, undefined)
  assert.equal((await fullPersonOf(rules, ada.caller, ada.userId)).birthday, undefined)
})

test('a birthday is a day of the calendar that has come', async () => {
  const world = await createChats()
  const ada = await world.person(ADA)
  for (const birthday of [
    { day: 30, month: 2 },
    { day: 0, month: 1 },
    { day: 1, month: 13 },
    { day: 29, month: 2, year: 2023 },
    { day: 1, month: 1, year: 1700 },
    { day: 1, month: 1, year: 2999 },
  ]) {
    await assert.rejects(updateBirthday(world.rules, ada.caller, birthday), { message: 'BIRTHDAY_INVALID' })
  }
  await updateBirthday(world.rules, ada.caller, { day: 29, month: 2 })
})

test('a note about a contact is its author’s alone, and outlives new names and imports', async () => {
  const world = await createChats()
  const { rules } = world
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  await befriend(world, ada, bob)
  const note = { text: 'met at the club', entities: [{ kind: 'bold', offset: 0, length: 3 }] } as const
  await updateNote(rules, ada.caller, bob.userId, note)
  await befriend(world, ada, bob)
  await importContacts(rules, ada.caller, [{ phone: BOB, firstName: 'Robert', lastName: '' }])
  assert.deepEqual((await fullPersonOf(rules, ada.caller, bob.userId)).note, note)
  assert.equal((await fullPersonOf(rules, bob.caller, ada.userId)).note, undefined)
  assert.deepEqual(await told(world, bob), [])
  await updateNote(rules, ada.caller, bob.userId, { text: ' ', entities: [] })
  assert.equal((await fullPersonOf(rules, ada.caller, bob.userId)).note, undefined)
})

test('the chats that somebody writes to most come first; a reset forgets their past', async () => {
  const world = await createChats()
  const { rules, clock } = world
  const [ada, bob, carol] = [await world.person(ADA), await world.person(BOB), await world.person(CAROL)]
  const group = await world.group([ada, bob])
  await world.say(ada, bob.userId, 'old')
  await world.say(ada, bob.userId, 'old, too')
  clock.advance(90 * DAY_MS)
  await world.say(ada, carol.userId, 'new')
  await world.say(ada, ada.userId, 'a note')
  await world.say(ada, group, 'to all')
  await world.say(bob, ada.userId, 'answers do not count')
  const top = async () => {
    const page = { offset: 0, limit: 10 }
    const found = await topPeersOf(rules, ada.caller, ['correspondents', 'groups'], page)
    return found?.map(({ peers }) => peers.map(({ peerId }) => peerId))
  }
  assert.deepEqual(await top(), [[carol.userId, bob.userId], [group]])
  await forgetTopPeer(rules, ada.caller, 'correspondents', carol.userId)
  assert.deepEqual(await top(), [[bob.userId], [group]])
  await countTopPeers(rules, ada.caller, false)
  assert.equal(await top(), undefined)
})

test('a report is in the audit trail, without what was said; one of spam hides the bar', async () => {
  const world = await createChats()
  const { rules } = world
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  await report(rules, ada.caller, { peerId: bob.userId, reason: 'violence', ids: [7, 8] })
  assert.equal((await fullPersonOf(rules, ada.caller, bob.userId)).bar.mayReportSpam, true)
  await reportSpam(rules, ada.caller, bob.userId)
  assert.equal((await fullPersonOf(rules, ada.caller, bob.userId)).bar.mayReportSpam, false)
  const entries = await listAudit(rules, { userId: ada.userId, limit: 10 })
  assert.deepEqual(
    entries.filter(({ action }) => action === 'report').map(({ detail }) => detail),
    [`peer ${bob.userId}; violence; messages 7,8`, `peer ${bob.userId}; spam`],
  )
})
