import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '../../../database/decision.ts'
import type { Caller } from '../../../ground/caller.ts'
import { createGroup, editRights, removeFromGroup } from '../../groups/groups.ts'
import { findPolls } from '../../messages/decide-polls.ts'
import { sideEventsAfter } from '../../messages/decide-side-log.ts'
import { historyOf } from '../../messages/messages.ts'
import type { Message, PeerId } from '../../messages/words.ts'
import { block } from '../../people/blocks.ts'
import { changePrivacy } from '../../people/privacy.ts'
import { removeAccount } from '../../people/remove-account.ts'
import { updateStatus } from '../../people/statuses.ts'
import { createWorld, signedIn } from '../../test-world.ts'
import type { WrittenPoll } from '../check-poll.ts'
import { closeDuePolls } from '../close-due-polls.ts'
import { deleteByIds } from '../delete-messages.ts'
import { editText } from '../edit-message.ts'
import { sendMedia } from '../send-media.ts'
import { sendText } from '../send-message.ts'
import { pollResults } from '../votes.ts'
import { queuePlace, WHEN_ONLINE_S } from './decide-queue.ts'
import { editWaiting } from './edit-waiting.ts'
import { deleteWaiting, hasWaiting, sendWaiting, waitingIn } from './queue.ts'
import { type Scheduled, scheduleForwards, scheduleMedia, scheduleText } from './schedule.ts'
import { sendDue } from './send-due.ts'

const HOUR_S = 3600
const plain = (text: string) => ({ text, entities: [] })

/** Ada, who writes later, and Bob. */
async function createScene() {
  const world = await createWorld()
  const ada = await signedIn(world, '9996621234')
  const bob = await signedIn(world, '9996621235')
  const { rules, clock } = world
  let count = 0n
  const nowS = () => Math.floor(clock.nowMs() / 1000)
  const later = (
    text: string,
    changes: { peerId?: PeerId; inS?: number; dateS?: number; reply?: number } = {},
  ) => {
    const { peerId = bob.id, inS = HOUR_S, dateS = nowS() + inS, reply } = changes
    const replyTo = reply === undefined ? undefined : { id: reply }
    const writing = { peerId, content: plain(text), randomId: ++count, replyTo }
    return scheduleText(rules, ada.caller, writing, dateS)
  }
  const history = async ({ caller }: Person, peerId: PeerId): Promise<readonly Message[]> => {
    const query = { peerId, offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }
    return (await historyOf(rules, caller, query)).messages
  }
  const pass = async (seconds: number) => {
    clock.advance(seconds * 1000)
    await sendDue(rules)
    await closeDuePolls(rules)
  }
  const queue = async (peerId: PeerId = bob.id) => await waitingIn(rules, ada.caller, peerId)
  const queueChanges = async () =>
    (await world.store.look(() => sideEventsAfter(ada.id, 0, 100)))
      .filter(({ kind }) => kind === 'scheduled')
      .map(({ subject, detail }) => ({ ...queuePlace(subject), detail }))
  return { ...world, ada, bob, nowS, later, history, pass, queue, queueChanges }
}

type Person = { readonly caller: Caller; readonly id: bigint }

function waitingOf(scheduled: Scheduled): Message {
  assert.ok(scheduled.kind === 'waiting')
  return scheduled.waiting[0]?.message ?? assert.fail('nothing waits')
}

const texts = (messages: readonly Message[]) => messages.map(({ text }) => text)

test('a message waits under an id of its queue, and is sent once at its time', async () => {
  const { ada, bob, nowS, later, history, pass, queue, queueChanges, rules } = await createScene()
  const first = waitingOf(await later('first'))
  assert.deepEqual([first.id, first.dateS, first.isOut], [1, nowS() + HOUR_S, true])
  assert.equal(waitingOf(await later('second', { inS: HOUR_S + 5 })).id, 2)
  assert.deepEqual(texts(await queue()), ['second', 'first'])
  assert.equal(await hasWaiting(rules, ada.caller, bob.id), true)
  await pass(HOUR_S - 1)
  assert.deepEqual(await history(bob, ada.id), [])
  await pass(1)
  await pass(0)
  const [got, ...more] = await history(bob, ada.id)
  assert.deepEqual([got?.text, got?.isFromScheduled, got?.dateS, more], ['first', true, nowS(), []])
  assert.deepEqual(texts(await queue()), ['second'])
  assert.deepEqual(await queueChanges(), [
    { peerId: bob.id, id: 2, detail: '' },
    { peerId: bob.id, id: 1, detail: '1' },
  ])
  await pass(5)
  assert.deepEqual(texts(await history(bob, ada.id)), ['second', 'first'])
  assert.equal(await hasWaiting(rules, ada.caller, bob.id), false)
})

test('ids go on when a queue was empty', async () => {
  const { later, pass } = await createScene()
  await later('first')
  await pass(HOUR_S)
  assert.equal(waitingOf(await later('second')).id, 2)
})

test('a time that is near means at once, and one too far is refused', async () => {
  const { bob, ada, later, history, nowS } = await createScene()
  assert.equal((await later('now', { inS: 9 })).kind, 'sent')
  assert.equal((await later('past', { dateS: 5 })).kind, 'sent')
  assert.equal((await later('later', { inS: 10 })).kind, 'waiting')
  const got = await history(bob, ada.id)
  assert.deepEqual(
    got.map(({ text, isFromScheduled }) => [text, isFromScheduled]),
    [
      ['past', undefined],
      ['now', undefined],
    ],
  )
  await assert.rejects(later('far', { dateS: nowS() + 366 * 86_400 + 1 }), {
    message: 'SCHEDULE_DATE_TOO_LATE',
  })
})

test('a hundred messages wait in one chat, and no more', async () => {
  const { ada, bob, later, nowS, rules } = await createScene()
  await sendText(rules, ada.caller, { peerId: ada.id, content: plain('note'), randomId: 5000n })
  const ids = Array<number>(100).fill(1)
  const forwarding = {
    fromPeerId: ada.id,
    toPeerId: bob.id,
    dropsAuthor: false,
    isSilent: false,
    isProtected: false,
  }
  const asked = { ...forwarding, ids, randomIds: ids.map((_, n) => BigInt(6000 + n)) }
  const scheduled = await scheduleForwards(rules, ada.caller, asked, nowS() + HOUR_S)
  assert.ok(scheduled.kind === 'waiting')
  assert.deepEqual([scheduled.waiting.length, scheduled.waiting[99]?.message.id], [100, 100])
  await assert.rejects(later('one more'), { message: 'SCHEDULE_TOO_MUCH' })
  assert.equal((await later('elsewhere', { peerId: ada.id })).kind, 'waiting')
})

test('a message waits until the other is online, if the writer may know that', async () => {
  const { ada, bob, later, history, pass, rules } = await createScene()
  await updateStatus(rules, bob.caller, true)
  assert.equal((await later('hello', { dateS: WHEN_ONLINE_S })).kind, 'waiting')
  await pass(HOUR_S)
  assert.deepEqual(await history(bob, ada.id), [])
  await updateStatus(rules, bob.caller, false)
  await sendDue(rules)
  assert.deepEqual(texts(await history(bob, ada.id)), ['hello'])
  assert.equal((await later('there you are', { dateS: WHEN_ONLINE_S })).kind, 'sent')
  await changePrivacy(rules, bob.caller, 'status', [{ isAllowed: false, whom: 'all' }])
  for (const peerId of [bob.id, ada.id]) {
    await assert.rejects(later('who knows', { peerId, dateS: WHEN_ONLINE_S }), {
      message: 'SCHEDULE_STATUS_PRIVATE',
    })
  }
})

test('somebody who hides since then is not given away by a message that comes', async () => {
  const { ada, bob, later, history, rules } = await createScene()
  await updateStatus(rules, bob.caller, true)
  await later('hello', { dateS: WHEN_ONLINE_S })
  await changePrivacy(rules, bob.caller, 'status', [{ isAllowed: false, whom: 'all' }])
  await updateStatus(rules, bob.caller, false)
  await sendDue(rules)
  assert.deepEqual(await history(bob, ada.id), [])
})

test('a repeated call gives the message that waits, and later the one that was sent', async () => {
  const { ada, bob, nowS, pass, queue, rules } = await createScene()
  const writing = { peerId: bob.id, content: plain('once'), randomId: 77n }
  const dateS = nowS() + HOUR_S
  const first = waitingOf(await scheduleText(rules, ada.caller, writing, dateS))
  assert.deepEqual(waitingOf(await scheduleText(rules, ada.caller, writing, dateS)), first)
  assert.equal((await queue()).length, 1)
  await assert.rejects(scheduleText(rules, ada.caller, { ...writing, peerId: ada.id }, dateS), {
    message: 'RANDOM_ID_DUPLICATE',
  })
  await pass(HOUR_S)
  const sent = await scheduleText(rules, ada.caller, writing, dateS + HOUR_S)
  assert.ok(sent.kind === 'sent')
  const [event] = sent.events
  assert.ok(event?.kind === 'newMessage')
  assert.deepEqual([event.message.text, event.message.id, (await queue()).length], ['once', 1, 0])
})

test('a new time and a new text are kept, and nothing else is taken for a change', async () => {
  const { ada, bob, nowS, later, history, pass, rules } = await createScene()
  const { id } = waitingOf(await later('draught'))
  const dateS = nowS() + 2 * HOUR_S
  const edit = { peerId: bob.id, id, dateS, text: plain('draft') }
  const edited = await editWaiting(rules, ada.caller, edit)
  assert.deepEqual([edited.text, edited.dateS, edited.editedAtS], ['draft', dateS, nowS()])
  await assert.rejects(editWaiting(rules, ada.caller, edit), { message: 'MESSAGE_NOT_MODIFIED' })
  const moved = await editWaiting(rules, ada.caller, { ...edit, dateS: dateS - HOUR_S, text: undefined })
  assert.deepEqual([moved.text, moved.dateS], ['draft', dateS - HOUR_S])
  for (const wrong of [5, nowS() + 400 * 86_400]) {
    await assert.rejects(editWaiting(rules, ada.caller, { ...edit, dateS: wrong }), {
      message: 'SCHEDULE_DATE_INVALID',
    })
  }
  await assert.rejects(editWaiting(rules, ada.caller, { ...edit, id: 99 }), { message: 'MESSAGE_ID_INVALID' })
  await pass(HOUR_S)
  const [got] = await history(bob, ada.id)
  assert.deepEqual([got?.text, got?.editedAtS], ['draft', undefined])
})

test('what waits is sent before its time, or taken back, at its writer’s wish', async () => {
  const { ada, bob, later, history, pass, queue, rules } = await createScene()
  const ids: number[] = []
  for (const text of ['a', 'b', 'c']) ids.push(waitingOf(await later(text)).id)
  const [a = 0, b = 0, c = 0] = ids
  const { events, gone } = await sendWaiting(rules, ada.caller, bob.id, [b, a])
  assert.deepEqual(gone, [
    { id: a, sentId: 1 },
    { id: b, sentId: 2 },
  ])
  assert.deepEqual(
    events.map((event) => event.kind === 'newMessage' && [event.message.text, event.randomId]),
    [
      ['a', undefined],
      ['b', undefined],
    ],
  )
  await assert.rejects(sendWaiting(rules, ada.caller, bob.id, [a]), { message: 'MESSAGE_ID_INVALID' })
  await deleteWaiting(rules, ada.caller, bob.id, [c, 99])
  assert.deepEqual(await queue(), [])
  await pass(HOUR_S)
  assert.deepEqual(texts(await history(bob, ada.id)), ['b', 'a'])
})

test('a message that may not be sent any more is dropped at its time', async () => {
  const { ada, bob, later, history, pass, queue, queueChanges, rules } = await createScene()
  await later('to Bob')
  await block(rules, bob.caller, ada.id, true)
  await assert.rejects(sendWaiting(rules, ada.caller, bob.id, [1]), { message: 'USER_IS_BLOCKED' })
  assert.equal((await queue()).length, 1)
  await pass(HOUR_S)
  assert.deepEqual([await queue(), await history(bob, ada.id)], [[], []])
  assert.deepEqual(await queueChanges(), [{ peerId: bob.id, id: 1, detail: '' }])
})

test('a message to a group that its writer has left, or to an account that is gone, is dropped', async () => {
  const { ada, bob, later, pass, queue, rules } = await createScene()
  const { chatId } = await createGroup(rules, bob.caller, { title: 'Club', userIds: [ada.id] })
  await later('to the group', { peerId: -chatId })
  await removeFromGroup(rules, ada.caller, chatId, ada.id, false)
  await pass(HOUR_S)
  assert.deepEqual(await queue(-chatId), [])
  await later('to Bob')
  await removeAccount(rules, bob.id)
  await pass(HOUR_S)
  assert.deepEqual(await queue(), [])
})

test('what a deleted account would have sent goes with it, its polls, too', async () => {
  const { ada, bob, nowS, later, history, pass, rules, store } = await createScene()
  await later('later')
  const poll = {
    ...{ question: plain('Tea?'), answers: ['YQ==', 'Yg=='].map((option) => ({ ...plain(option), option })) },
    ...{ isQuiz: false, isMultiple: false, hasPublicVoters: false, isRevotingDisabled: false },
    ...{ isShuffled: false, hidesResults: false, correct: [] },
  }
  const writing = { peerId: bob.id, content: plain(''), randomId: 900n }
  await scheduleMedia(rules, ada.caller, writing, { media: { kind: 'poll', poll }, dateS: nowS() + HOUR_S })
  const said = { peerId: bob.id, content: plain(''), randomId: 901n }
  await sendMedia(rules, ada.caller, said, { kind: 'poll', poll })
  const count = sql`SELECT (SELECT count(*) FROM scheduled) AS waiting, (SELECT count(*) FROM polls) AS polls`
  assert.deepEqual({ ...(await store.look(() => count.row())) }, { waiting: 2n, polls: 2n })
  await removeAccount(rules, ada.id)
  assert.deepEqual({ ...(await store.look(() => count.row())) }, { waiting: 0n, polls: 1n })
  await pass(HOUR_S)
  assert.equal((await history(bob, ada.id)).length, 1)
})

test('what waits until somebody is online is dropped once they have deleted their account', async () => {
  const { bob, later, pass, queue, queueChanges, rules } = await createScene()
  await later('when Bob is online', { dateS: WHEN_ONLINE_S })
  await removeAccount(rules, bob.id)
  await pass(0)
  assert.deepEqual(await queue(), [])
  assert.deepEqual(await queueChanges(), [{ peerId: bob.id, id: 1, detail: '' }])
})

test('a reply is left out where its message is gone, and a quote where it has changed', async () => {
  const { ada, bob, later, history, pass, rules, nowS } = await createScene()
  const write = (text: string, randomId: bigint) =>
    sendText(rules, ada.caller, { peerId: bob.id, content: plain(text), randomId })
  await write('one', 901n)
  await write('two', 902n)
  await later('to one', { reply: 1 })
  const quote = { ...plain('two'), offset: 0 }
  const quoting = { peerId: bob.id, content: plain('to two'), randomId: 903n, replyTo: { id: 2, quote } }
  const waiting = waitingOf(await scheduleText(rules, ada.caller, quoting, nowS() + HOUR_S))
  assert.deepEqual([waiting.replyToId, waiting.reply?.quote?.text], [2, 'two'])
  await assert.rejects(later('to none', { reply: 99 }), { message: 'REPLY_MESSAGE_ID_INVALID' })
  await deleteByIds(rules, ada.caller, [1], true)
  await editText(rules, ada.caller, { peerId: bob.id, id: 2, ...plain('zwei') })
  await pass(HOUR_S)
  const got = await history(ada, bob.id)
  assert.deepEqual(
    got.slice(0, 2).map(({ text, replyToId, reply }) => [text, replyToId, reply?.quote]),
    [
      ['to two', 2, undefined],
      ['to one', undefined, undefined],
    ],
  )
})

test('a reminder comes into Saved Messages', async () => {
  const { ada, later, history, pass } = await createScene()
  assert.equal(waitingOf(await later('milk', { peerId: ada.id })).savedPeerId, ada.id)
  await pass(HOUR_S)
  const [got] = await history(ada, ada.id)
  assert.deepEqual([got?.text, got?.isFromScheduled, got?.savedPeerId], ['milk', true, ada.id])
})

const POLL: WrittenPoll = {
  question: plain('Tea?'),
  answers: [plain('yes'), plain('no')],
  isQuiz: false,
  isMultiple: false,
  hasPublicVoters: false,
  isRevotingDisabled: false,
  isShuffled: false,
  hidesResults: false,
  correct: [],
}

test('the time of a poll that closes by itself begins once the poll is sent', async () => {
  const { ada, bob, nowS, history, pass, rules } = await createScene()
  const poll = { ...POLL, closePeriodS: 60 }
  const later = { media: { kind: 'poll', poll } as const, dateS: nowS() + HOUR_S }
  const waiting = waitingOf(
    await scheduleMedia(rules, ada.caller, { peerId: bob.id, content: plain(''), randomId: 5n }, later),
  )
  assert.ok(waiting.media?.kind === 'poll')
  assert.deepEqual([waiting.media.poll?.closePeriodS, waiting.media.poll?.closesAtS], [60, undefined])
  await pass(HOUR_S)
  const [got] = await history(bob, ada.id)
  assert.ok(got?.media?.kind === 'poll')
  assert.equal(got.media.poll?.closesAtS, nowS() + 60)
  const results = () => pollResults(rules, bob.caller, { peerId: ada.id, messageId: got.id })
  await pass(59)
  assert.equal((await results()).poll.isClosed, false)
  await pass(1)
  assert.equal((await results()).poll.isClosed, true)
})

test('a poll goes with its message that waits, and a dice shows its value once it is sent', async () => {
  const { ada, bob, nowS, history, pass, queue, rules, store } = await createScene()
  const put = (media: Parameters<typeof scheduleMedia>[3]['media'], randomId: bigint) =>
    scheduleMedia(
      rules,
      ada.caller,
      { peerId: bob.id, content: plain(''), randomId },
      { media, dateS: nowS() + HOUR_S },
    )
  const poll = waitingOf(await put({ kind: 'poll', poll: POLL }, 5n))
  await deleteWaiting(rules, ada.caller, bob.id, [poll.id])
  const dice = waitingOf(await put({ kind: 'dice', emoticon: '🎲' }, 6n))
  assert.deepEqual(dice.media, { kind: 'dice', emoticon: '🎲', value: 0 })
  await pass(HOUR_S)
  const [got] = await history(bob, ada.id)
  assert.ok(got?.media?.kind === 'dice' && got.media.value >= 1)
  assert.deepEqual(await queue(), [])
  const pollId = poll.media?.kind === 'poll' ? poll.media.pollId : 0n
  assert.deepEqual(await store.look(() => findPolls(store.secret, [pollId])), [])
})

test('of messages that are asked for, all are sent, or none where one is refused', async () => {
  const { ada, bob, later, nowS, history, queue, rules } = await createScene()
  const { chatId } = await createGroup(rules, bob.caller, { title: 'Club', userIds: [ada.id] })
  const peerId = -chatId
  const { id: textId } = waitingOf(await later('text', { peerId }))
  const poll = { media: { kind: 'poll', poll: POLL } as const, dateS: nowS() + HOUR_S }
  const writing = { peerId, content: plain(''), randomId: 5n }
  const { id: pollId } = waitingOf(await scheduleMedia(rules, ada.caller, writing, poll))
  await editRights(rules, bob.caller, chatId, 1 << 8)
  const before = await history(ada, peerId)
  await assert.rejects(sendWaiting(rules, ada.caller, peerId, [textId, pollId]), {
    message: 'CHAT_SEND_POLL_FORBIDDEN',
  })
  assert.deepEqual([await history(ada, peerId), (await queue(peerId)).length], [before, 2])
})
