import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../database/decision.ts'
import type { Settings } from '../../ground/settings.ts'
import { letBotWrite } from '../bots/bots.ts'
import { createGroup } from '../groups/groups.ts'
import { importContacts, resolvePhone } from '../people/contacts.ts'
import { searchPeople } from '../people/search-people.ts'
import { type Chats, createChats, type Person } from '../test-chats.ts'
import { forwardMessages } from './forward-messages.ts'
import { pinMessage } from './pin-messages.ts'
import { addAnswer } from './poll-answers.ts'
import { scheduleText } from './scheduled/schedule.ts'
import { sendDue } from './scheduled/send-due.ts'
import { sendMedia } from './send-media.ts'

const [ADA, BOB, CAROL] = ['9996621001', '9996621002', '9996621003']
const count = sql`SELECT count(*) AS n FROM sends WHERE scope IN ('message', 'stranger', 'newGroup', 'resolvePhone')`

async function scene(settings: Partial<Settings>) {
  const world = await createChats({ settings })
  const people = [await world.person(ADA), await world.person(BOB), await world.person(CAROL)] as const
  return { ...world, people }
}

const spent = async ({ store }: Chats) => Number((await store.look(() => count.row()))?.['n'])

test('a budget of messages lets the next through after the exact wait, and refused ones cost nothing', async () => {
  const world = await scene({ actLimits: [{ act: 'message', max: 2, windowS: 60 }] })
  const [ada, bob] = world.people
  await world.say(ada, bob.userId, 'one', { randomId: 1n })
  world.clock.advance(10_000)
  await world.say(ada, bob.userId, 'two')
  await world.say(ada, bob.userId, 'one', { randomId: 1n })
  assert.equal(await spent(world), 2, 'a repeat costs nothing, and is answered though the budget is spent')
  world.clock.advance(20_000)
  for (let tries = 0; tries < 3; tries++) {
    await assert.rejects(world.say(ada, bob.userId, 'three'), { code: 420, message: 'FLOOD_WAIT_30' })
  }
  await assert.rejects(world.say(ada, -999n, 'nowhere'), { message: 'PEER_ID_INVALID' })
  assert.equal(await spent(world), 2)
  await world.say(bob, ada.userId, 'the others have their own')
  world.clock.advance(30_000)
  await world.say(ada, bob.userId, 'three')
})

test('forwarded messages count one by one, and all or none are sent', async () => {
  const world = await scene({ actLimits: [{ act: 'message', max: 4, windowS: 60 }] })
  const [ada, bob] = world.people
  const ids = [(await world.say(ada, bob.userId, 'one')).id, (await world.say(ada, bob.userId, 'two')).id]
  const forward = (randomIds: bigint[]) =>
    forwardMessages(world.rules, ada.caller, {
      ...{ fromPeerId: bob.userId, toPeerId: ada.userId, ids, randomIds },
      ...{ dropsAuthor: false, isSilent: false, isProtected: false },
    })
  await forward([11n, 12n])
  assert.equal((await forward([11n, 12n])).events.length, 2, 'a repeat')
  world.clock.advance(30_000)
  await assert.rejects(forward([13n, 14n]), { code: 420 })
  assert.equal((await world.history(ada, ada.userId)).length, 2)
})

test('messages that are sent later count when they are written, and not again when they are sent', async () => {
  const world = await scene({ actLimits: [{ act: 'message', max: 2, windowS: 60 }] })
  const { rules, clock } = world
  const [ada, bob] = world.people
  const later = (randomId: bigint) => {
    const writing = { peerId: bob.userId, content: { text: 'later', entities: [] }, randomId }
    return scheduleText(rules, ada.caller, writing, Math.floor(clock.nowMs() / 1000) + 20)
  }
  await later(1n)
  await later(2n)
  await later(2n)
  await assert.rejects(later(3n), { code: 420, message: 'FLOOD_WAIT_60' })
  await assert.rejects(world.say(ada, bob.userId, 'now', { randomId: 4n }), { code: 420 })
  clock.advance(20_000)
  await sendDue(rules)
  assert.deepEqual([(await world.history(bob, ada.userId)).length, await spent(world)], [2, 2])
})

test('strangers are counted once each; whoever knows the writer is none', async () => {
  const world = await scene({ actLimits: [{ act: 'stranger', max: 1, windowS: 60, refusal: 'PEER_FLOOD' }] })
  const [ada, bob, carol] = world.people
  await world.say(ada, bob.userId, 'hello')
  await world.say(ada, bob.userId, 'again')
  await assert.rejects(world.say(ada, carol.userId, 'hello'), { code: 400, message: 'PEER_FLOOD' })
  await world.say(carol, ada.userId, 'hello')
  await world.say(ada, carol.userId, 'hello')
  assert.equal(await spent(world), 3, 'Ada has written to Bob twice, Carol to Ada')
})

test('groups, imports and searches have budgets of their own; a number that nobody has is free', async () => {
  const limits = (['newGroup', 'importContacts', 'resolvePhone', 'searchPeople'] as const).map((act) => ({
    act,
    max: 1,
    windowS: 60,
  }))
  const world = await scene({ actLimits: limits })
  const { rules } = world
  const [{ caller }, bob] = world.people
  const acts = [
    () => createGroup(rules, caller, { title: 'A', userIds: [bob.userId] }),
    () => importContacts(rules, caller, []),
    () => resolvePhone(rules, caller, BOB),
    () => searchPeople(rules, caller, 'bob', 10),
  ]
  await assert.rejects(resolvePhone(rules, caller, '9996629999'), { message: 'PHONE_NOT_OCCUPIED' })
  await assert.rejects(createGroup(rules, caller, { title: 'A', userIds: [123n] }), { code: 400 })
  for (const act of acts) {
    await act()
    await assert.rejects(act(), { code: 420, message: 'FLOOD_WAIT_60' })
  }
})

test('twenty messages at once do not go beyond the budget', async () => {
  const world = await scene({ actLimits: [{ act: 'message', max: 5, windowS: 60 }] })
  const [ada, bob] = world.people as readonly [Person, Person, Person]
  const outcomes = await Promise.allSettled(
    Array.from({ length: 20 }, (_, nth) => world.say(ada, bob.userId, String(nth))),
  )
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 5)
  assert.equal((await world.history(bob, ada.userId)).length, 5)
})

test('what somebody pins, adds to a poll or lets a bot do is said in a message that counts, or is not done', async () => {
  const world = await scene({ actLimits: [{ act: 'message', max: 3, windowS: 60 }] })
  const { rules, clock } = world
  const [ada, bob] = world.people
  const bot = await world.bot('budget_bot')
  const plain = (text: string) => ({ text, entities: [] })
  const poll = {
    ...{ question: plain('Tea?'), answers: ['YQ==', 'Yg=='].map((option) => ({ ...plain(option), option })) },
    ...{ isQuiz: false, isMultiple: false, hasPublicVoters: false, isRevotingDisabled: false },
    ...{ isShuffled: false, hidesResults: false, hasOpenAnswers: true, correct: [] },
  }
  const writing = { peerId: bob.userId, content: plain(''), randomId: 50n }
  const { event } = await sendMedia(rules, ada.caller, writing, { kind: 'poll', poll })
  const { id } = event.message
  const pin = { peerId: bob.userId, id, isPinned: true, isForOneself: false, isSilent: true }
  const message = { peerId: bob.userId, messageId: id }
  const acts = [
    () => pinMessage(rules, ada.caller, pin),
    () => addAnswer(rules, ada.caller, message, plain('later')),
    () => letBotWrite(rules, ada.caller, bot.userId),
  ]
  await world.say(ada, bob.userId, 'two')
  await world.say(ada, bob.userId, 'three')
  for (const act of acts) await assert.rejects(act(), { code: 420, message: 'FLOOD_WAIT_60' })
  const [, , asked] = await world.history(bob, ada.userId)
  assert.ok(asked?.media?.kind === 'poll')
  assert.deepEqual([asked.isPinned, asked.media.poll?.answers.length], [undefined, 2], 'nothing was done')
  assert.equal(await spent(world), 3)
  clock.advance(60_000)
  for (const act of acts) await act()
  await assert.rejects(world.say(ada, bob.userId, 'seven'), { code: 420 })
  await letBotWrite(rules, ada.caller, bot.userId)
})

test('without limits nothing is counted', async () => {
  const world = await createChats()
  const [ada, bob] = [await world.person(ADA), await world.person(BOB)]
  await world.say(ada, bob.userId, 'hello')
  assert.equal(await spent(world), 0)
})
