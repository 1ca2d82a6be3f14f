import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../database/decision.ts'
import { forgetOldCodes } from '../codes/decide-forget.ts'
import { ANY_MESSAGE } from '../messages/decide-search.ts'
import { markRead } from '../messages/messages.ts'
import { calendarOf, countMessages, positionsOf } from '../messages/search-messages.ts'
import { setGlobalPrivacy } from '../people/account-settings.ts'
import { changePrivacy } from '../people/privacy.ts'
import { block, createChats, setRole } from '../test-chats.ts'
import { checkEditable, editText } from './edit-message.ts'
import { outboxReadDate, readersOf } from './read-times.ts'

const DAY_MS = 86_400_000
const [ADA, BOB, CAROL] = ['9996621001', '9996621002', '9996621003']

test('the time at which the other one read a message is that of the first read past it', async () => {
  const world = await createChats()
  const { rules, clock } = world
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  const first = await world.say(ada, bob.userId, 'first')
  const date = () => outboxReadDate(rules, ada.caller, { peerId: bob.userId, id: first.id })
  await assert.rejects(date(), { message: 'MESSAGE_NOT_READ_YET' })
  clock.advance(60_000)
  const readAtS = Math.floor(clock.nowMs() / 1000)
  await markRead(rules, bob.caller, ada.userId, 0)
  clock.advance(60_000)
  await world.say(ada, bob.userId, 'second')
  await markRead(rules, bob.caller, ada.userId, 0)
  assert.equal(await date(), readAtS)
  clock.advance(8 * DAY_MS)
  await assert.rejects(date(), { message: 'MESSAGE_TOO_OLD' })
  while (await world.store.decide(() => forgetOldCodes(0, clock.nowMs())));
  const left = sql`SELECT count(*) AS n FROM reads`
  assert.equal(Number((await world.store.look(() => left.row()))?.['n']), 0)
})

test('whoever hides when they read is told no more of others', async () => {
  const world = await createChats()
  const { rules } = world
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  const { id } = await world.say(ada, bob.userId, 'first')
  await markRead(rules, bob.caller, ada.userId, 0)
  const date = () => outboxReadDate(rules, ada.caller, { peerId: bob.userId, id })
  await setGlobalPrivacy(rules, bob.caller, { hidesReadMarks: true })
  await date()
  await changePrivacy(rules, bob.caller, 'status', [{ isAllowed: false, whom: 'all' }])
  await assert.rejects(date(), { code: 403, message: 'USER_PRIVACY_RESTRICTED' })
  await setGlobalPrivacy(rules, ada.caller, { hidesReadMarks: true })
  await changePrivacy(rules, ada.caller, 'status', [{ isAllowed: false, whom: 'all' }])
  await assert.rejects(date(), { code: 403, message: 'YOUR_PRIVACY_RESTRICTED' })
})

test('authors learn which members of a group have read a message, and nobody learns that of others', async () => {
  const world = await createChats()
  const { rules, store } = world
  const people = [await world.person(ADA), await world.person(BOB), await world.person(CAROL)] as const
  const [ada, bob, carol] = people
  const group = await world.group(people)
  const { id } = await world.say(ada, group, 'hello')
  const readers = async () =>
    (await readersOf(rules, ada.caller, { peerId: group, id })).map(({ userId }) => userId)
  assert.deepEqual(await readers(), [])
  await markRead(rules, bob.caller, group, 0)
  await markRead(rules, carol.caller, group, 0)
  assert.deepEqual(await readers(), [bob.userId, carol.userId])
  const { id: sameId } = (await world.history(carol, group))[0] ?? assert.fail('Carol has the message')
  await assert.rejects(readersOf(rules, carol.caller, { peerId: group, id: sameId }), {
    message: 'MSG_ID_INVALID',
  })
  await setRole(store, group, carol, 'left')
  assert.deepEqual(await readers(), [bob.userId])
  await assert.rejects(readersOf(rules, carol.caller, { peerId: group, id }), { message: 'PEER_ID_INVALID' })
})

test('messages are counted by filter, by day and by place', async () => {
  const world = await createChats()
  const { rules, clock } = world
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  const ids: number[] = []
  for (let day = 0; day < 3; day++) {
    for (let nth = 0; nth <= day; nth++) {
      ids.push((await world.say(ada, bob.userId, `https://example.org/${day}/${nth}`)).id)
      await world.say(ada, bob.userId, 'no link')
    }
    clock.advance(DAY_MS)
  }
  const links = { ...ANY_MESSAGE, peerId: bob.userId, kind: 'link' }
  const mentions = { ...ANY_MESSAGE, peerId: bob.userId, isMentioned: true }
  assert.deepEqual(await countMessages(rules, ada.caller, [links, mentions]), [6, 0])
  const calendar = await calendarOf(rules, ada.caller, links, 0)
  assert.deepEqual(
    calendar.days.map(({ minId, maxId, count }) => [minId, maxId, count]),
    [
      [ids[3], ids[5], 3],
      [ids[1], ids[2], 2],
      [ids[0], ids[0], 1],
    ],
  )
  assert.deepEqual(
    calendar.messages.map(({ id }) => id),
    [ids[3], ids[1], ids[0]],
  )
  const older = await calendarOf(rules, ada.caller, links, ids[3] ?? 0)
  assert.deepEqual([older.count, older.skipped, older.days.length], [6, 3, 2])
  const { count, places } = await positionsOf(rules, ada.caller, links, { offsetId: 0, limit: 3 })
  assert.equal(count, 6)
  assert.deepEqual(
    places.map(({ id, place }) => [id, place]),
    [
      [ids[5], 0],
      [ids[3], 2],
      [ids[1], 4],
    ],
  )
})

test('nobody edits a message in a chat with somebody who has blocked them, or whom they block', async () => {
  const world = await createChats()
  const { rules, store } = world
  const [ada, bob, carol] = [await world.person(ADA), await world.person(BOB), await world.person(CAROL)]
  const toBob = await world.say(ada, bob.userId, 'first')
  const toCarol = await world.say(ada, carol.userId, 'first')
  const edit = (peerId: bigint, id: number) =>
    editText(rules, ada.caller, { peerId, id, text: 'changed', entities: [] })
  assert.deepEqual(await checkEditable(rules, ada.caller, { peerId: bob.userId, id: toBob.id }), {
    kind: 'editable',
    isCaption: false,
  })
  await block(store, bob, ada)
  await block(store, ada, carol)
  await assert.rejects(edit(bob.userId, toBob.id), { code: 403, message: 'USER_IS_BLOCKED' })
  await assert.rejects(edit(carol.userId, toCarol.id), { message: 'YOU_BLOCKED_USER' })
  assert.equal((await world.history(bob, ada.userId))[0]?.text, 'first')
})
