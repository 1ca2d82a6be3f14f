import assert from 'node:assert/strict'
import { test } from 'node:test'
import { long } from '../../database/columns.ts'
import { sql } from '../../database/decision.ts'
import { addToGroup, removeFromGroup } from '../groups/groups.ts'
import { sideEventsAfter } from '../messages/decide-side-log.ts'
import { markRead } from '../messages/messages.ts'
import type { Message, PeerId } from '../messages/words.ts'
import { type Chats, createChats, type Person } from '../test-chats.ts'
import { closePoll } from './close-poll.ts'
import { deleteByIds, deleteHistory } from './delete-messages.ts'
import { editText } from './edit-message.ts'
import { pinMessage, unpinAll } from './pin-messages.ts'
import { addAnswer } from './poll-answers.ts'
import { setReactions } from './reactions.ts'
import { sendMedia } from './send-media.ts'
import { vote } from './votes.ts'

const [ADA, BOB, CAROL] = ['9996621001', '9996621002', '9996621003']
const miscounted = sql`
  SELECT count(*) AS n FROM bodies b
  WHERE b.holders <> (SELECT count(*) FROM messages m WHERE m.body_id = b.body_id)`
const YES = 'YQ=='

/** A group of three in which each has said something, with a reaction of Bob's and a pin; Carol is gone then. */
async function scene(isKicked: boolean) {
  const world = await createChats()
  const people = [await world.person(ADA), await world.person(BOB), await world.person(CAROL)] as const
  const [ada, bob, carol] = people
  const group = await world.group(people)
  const mine = await world.say(ada, group, 'from Ada')
  await world.say(bob, group, 'from Bob')
  await world.say(carol, group, 'from Carol')
  const poll = await sayPoll(world, ada, group)
  await setReactions(world.rules, bob.caller, { peerId: group, id: 1, reactions: ['👍'] })
  const pin = { peerId: group, id: 2, isPinned: true, isForOneself: false, isSilent: false }
  await pinMessage(world.rules, ada.caller, pin)
  await removeFromGroup(world.rules, (isKicked ? ada : carol).caller, -group, carol.userId, false)
  return { ...world, ada, bob, carol, group, mine, poll }
}

async function sayPoll({ rules }: Chats, { caller }: Person, peerId: PeerId): Promise<Message> {
  const plain = (text: string) => ({ text, entities: [] })
  const writing = { peerId, content: plain(''), randomId: 900n }
  const flags = { isQuiz: false, isMultiple: false, hasPublicVoters: true, isRevotingDisabled: false }
  const poll = {
    ...{
      question: plain('Tea?'),
      answers: [
        { ...plain('yes'), option: YES },
        { ...plain('no'), option: 'Yg==' },
      ],
    },
    ...{ ...flags, isShuffled: false, hidesResults: false, hasOpenAnswers: true, correct: [] },
  }
  return (await sendMedia(rules, caller, writing, { kind: 'poll', poll })).event.message
}

const nameFile = sql`UPDATE bodies SET media_id = :mediaId`
const filesOf = sql`
  SELECT b.media_id FROM messages m JOIN bodies b ON b.body_id = m.body_id WHERE m.box_id = :boxId ORDER BY m.id LIMIT 1`

/** All that somebody has of a group, and what they were told: polls apart, which are no part of a message. */
async function boxOf(
  { history, events, store }: Pick<Chats, 'history' | 'events' | 'store'>,
  person: Person,
  group: PeerId,
) {
  const messages = (await history(person, group)).filter(({ media }) => media === undefined)
  const side = await store.look(() => sideEventsAfter(person.userId, 0, 100))
  return { messages, events: (await events(person, 1)).length, side }
}

for (const isKicked of [true, false]) {
  test(`what somebody has of a group stays as it was when they ${isKicked ? 'were removed' : 'left'}`, async () => {
    const world = await scene(isKicked)
    const { rules, store, ada, bob, carol, group, mine, poll } = world
    const before = await boxOf(world, carol, group)
    assert.equal(before.messages.find(({ id }) => id === 1)?.reactions?.counts.length, 1)
    assert.equal(before.messages.find(({ id }) => id === 2)?.isPinned, true)
    const edit = { peerId: group, id: mine.id, text: 'changed', entities: [] }
    await editText(rules, ada.caller, edit)
    await setReactions(rules, ada.caller, { peerId: group, id: 1, reactions: ['🔥'] })
    await setReactions(rules, bob.caller, { peerId: group, id: 2, reactions: ['🔥'] })
    await unpinAll(rules, ada.caller, group)
    await pinMessage(rules, ada.caller, {
      ...{ peerId: group, id: 3, isPinned: true, isForOneself: false, isSilent: true },
    })
    await vote(rules, bob.caller, { peerId: group, messageId: poll.id }, [YES])
    await addAnswer(rules, bob.caller, { peerId: group, messageId: poll.id }, { text: 'later', entities: [] })
    await closePoll(rules, ada.caller, { peerId: group, messageId: poll.id })
    await deleteByIds(rules, ada.caller, [2], true)
    assert.deepEqual(await boxOf(world, carol, group), before)
    await deleteHistory(rules, ada.caller, {
      ...{ peerId: group, maxId: 0, minDateS: 0, maxDateS: 0, isForAll: true, staysListed: false },
    })
    assert.deepEqual(await boxOf(world, carol, group), before)
    assert.deepEqual(await world.history(bob, group), [])
    assert.equal(long((await store.look(() => miscounted.row())) ?? {}, 'n'), 0n)
  })
}

test('members see the changes, and somebody who comes back sees what changes from then on', async () => {
  const world = await scene(false)
  const { rules, ada, bob, carol, group, mine } = world
  const edit = (text: string, id = mine.id) =>
    editText(rules, ada.caller, { peerId: group, id, text, entities: [] })
  await edit('while Carol is away')
  assert.equal(
    (await world.history(bob, group)).find(({ id }) => id === mine.id)?.text,
    'while Carol is away',
  )
  await addToGroup(rules, carol.caller, -group, carol.userId, 0)
  const said = await world.say(ada, group, 'welcome')
  await edit('welcome back', said.id)
  const texts = (await world.history(carol, group)).map(({ text }) => text)
  assert.deepEqual([texts[0], texts.at(-1)], ['welcome back', 'from Ada'])
})

test('nobody who has left a group votes there, or closes a poll of theirs', async () => {
  const { rules, ada, carol, group, poll, store, ...world } = await scene(false)
  const ofCarol = (await world.history(carol, group)).find(({ media }) => media !== undefined)
  const message = { peerId: group, messageId: ofCarol?.id ?? 0 }
  await assert.rejects(vote(rules, carol.caller, message, [YES]), { message: 'MESSAGE_ID_INVALID' })
  await removeFromGroup(rules, ada.caller, -group, ada.userId, false)
  await assert.rejects(closePoll(rules, ada.caller, { peerId: group, messageId: poll.id }), {
    message: 'CHAT_WRITE_FORBIDDEN',
  })
  assert.equal(long((await store.look(() => miscounted.row())) ?? {}, 'n'), 0n)
})

test('reading old messages of a group tells nobody who has left, and nobody of a reader who has left', async () => {
  const world = await scene(false)
  const { rules, ada, bob, carol, group } = world
  const marks = async (who: Person) =>
    (await world.events(who, 1)).filter(({ kind }) => kind === 'readOutbox').length
  await markRead(rules, carol.caller, group, 0)
  assert.deepEqual([await marks(ada), await marks(bob)], [0, 0])
  await markRead(rules, bob.caller, group, 0)
  assert.deepEqual([await marks(ada), await marks(carol)], [1, 0])
})

test('a copy that is left behind has the same file', async () => {
  const { rules, store, person, group, say } = await createChats()
  const [ada, bob, carol] = [
    await person('9996621231'),
    await person('9996621232'),
    await person('9996621233'),
  ]
  const tea = await group([ada, bob, carol])
  const { id } = await say(ada, tea, 'a caption')
  await store.decide(() => nameFile.send({ mediaId: 7n }))
  await removeFromGroup(rules, ada.caller, -tea, carol.userId, false)
  await deleteByIds(rules, ada.caller, [id], true)
  const [left] = await store.look(() => filesOf.rows({ boxId: carol.userId }))
  assert.equal(left && long(left, 'media_id'), 7n)
})
