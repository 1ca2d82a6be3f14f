import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sideEventsAfter } from '../messages/decide-side-log.ts'
import { historyOf } from '../messages/messages.ts'
import type { Message, PeerId, SeenPoll } from '../messages/words.ts'
import { createWorld, signedIn } from '../test-world.ts'
import { checkPoll, type WrittenPoll } from './check-poll.ts'
import { closePoll } from './close-poll.ts'
import { forwardMessages } from './forward-messages.ts'
import { addAnswer, deleteAnswer } from './poll-answers.ts'
import { sendMedia } from './send-media.ts'
import { listVotes, pollResults, vote } from './votes.ts'

const plain = (text: string) => ({ text, entities: [] })
const [A, B, C] = ['YQ==', 'Yg==', 'Yw==']
const POLL: WrittenPoll = {
  question: plain('Tea?'),
  answers: [
    { ...plain('yes'), option: A },
    { ...plain('no'), option: B },
    { ...plain('later'), option: C },
  ],
  isQuiz: false,
  isMultiple: false,
  hasPublicVoters: false,
  isRevotingDisabled: false,
  isShuffled: false,
  hidesResults: false,
  correct: [],
}

/** Two people who can write to each other. */
async function createScene() {
  const world = await createWorld()
  const ada = await signedIn(world, '9996621234')
  const bob = await signedIn(world, '9996621235')
  let count = 0n
  async function send(changes: Partial<WrittenPoll> = {}, randomId = ++count) {
    const writing = { peerId: bob.id, content: plain(''), randomId }
    const { event } = await sendMedia(world.rules, ada.caller, writing, {
      kind: 'poll',
      poll: { ...POLL, ...changes },
    })
    return event.message
  }
  const newest = async (person: Person, peerId: PeerId) => {
    const query = { peerId, offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0 }
    const { messages } = await historyOf(world.rules, person.caller, query)
    return messages[0] ?? assert.fail('no message')
  }
  const choose = (person: Person, message: Message, options: readonly string[]) =>
    vote(world.rules, person.caller, { peerId: message.peerId, messageId: message.id }, options)
  return { ...world, ada, bob, send, newest, choose }
}

type Person = Awaited<ReturnType<typeof signedIn>>

function pollOf({ media }: Message): SeenPoll {
  assert.ok(media?.kind === 'poll' && media.poll !== undefined)
  return media.poll
}

test('a poll reaches both sides, and each sees the votes after voting', async () => {
  const { ada, bob, send, newest, choose } = await createScene()
  const sent = await send()
  assert.deepEqual([pollOf(sent).isOwn, pollOf(sent).counts, pollOf(sent).totalVoters], [true, undefined, 0])
  const got = await newest(bob, ada.id)
  assert.deepEqual(
    pollOf(got).answers.map(({ text }) => text),
    ['yes', 'no', 'later'],
  )
  assert.equal(pollOf(got).isOwn, false)
  const voted = await choose(bob, got, [B])
  assert.deepEqual([voted.poll.counts, voted.poll.chosen, voted.poll.totalVoters], [[0, 1, 0], [1], 1])
  // Ada has not voted: she sees how many have.
  const seen = pollOf(await newest(ada, bob.id))
  assert.deepEqual([seen.counts, seen.totalVoters, seen.recentVoterIds], [undefined, 1, []])
  await choose(ada, sent, [A])
  assert.deepEqual(pollOf(await newest(ada, bob.id)).counts, [1, 1, 0])
})

test('a vote can be changed and taken back, and everybody who has the poll is told', async () => {
  const { store, ada, bob, send, newest, choose } = await createScene()
  const sent = await send()
  const got = await newest(bob, ada.id)
  await choose(bob, got, [B])
  const changed = await choose(bob, got, [C])
  assert.deepEqual(changed.poll.counts, [0, 0, 1])
  const back = await choose(bob, got, [])
  assert.deepEqual([back.poll.counts, back.poll.totalVoters], [undefined, 0])
  for (const { id, caller } of [ada, bob]) {
    const events = await store.look(() => sideEventsAfter(id, 0, 100))
    const told = events.filter(({ kind }) => kind === 'poll')
    assert.deepEqual(
      told.map(({ subject, causedBy }) => [subject, causedBy]),
      [[changed.pollId, id === bob.id ? caller.authKeyId : undefined]],
    )
  }
  assert.equal((await choose(ada, sent, [A])).pollId, changed.pollId)
})

test('a vote that the poll does not take is refused, and nothing is counted', async () => {
  const { rules, ada, bob, send, newest, choose } = await createScene()
  await send()
  const got = await newest(bob, ada.id)
  await assert.rejects(choose(bob, got, [A, B]), { message: 'OPTIONS_TOO_MUCH' })
  await assert.rejects(choose(bob, got, ['eA==']), { message: 'OPTION_INVALID' })
  await assert.rejects(choose(bob, { ...got, id: 999 }, [A]), { message: 'MESSAGE_ID_INVALID' })
  await assert.rejects(choose(bob, { ...got, peerId: bob.id }, [A]), { message: 'MESSAGE_ID_INVALID' })
  const place = { peerId: ada.id, messageId: got.id }
  assert.equal((await pollResults(rules, bob.caller, place)).poll.totalVoters, 0)
  await send({ isMultiple: true })
  const many = await choose(bob, await newest(bob, ada.id), [A, C, A])
  assert.deepEqual([many.poll.counts, many.poll.totalVoters], [[1, 0, 1], 1])
})

test('a quiz tells its right answer to those who have answered, who cannot answer again', async () => {
  const { ada, bob, send, newest, choose } = await createScene()
  await send({ isQuiz: true, correct: [1], solution: plain('Because.') })
  const got = await newest(bob, ada.id)
  const answered = await choose(bob, got, [A])
  assert.deepEqual([answered.poll.correct, answered.poll.solution?.text], [[1], 'Because.'])
  await assert.rejects(choose(bob, got, [B]), { message: 'REVOTE_NOT_ALLOWED' })
  await assert.rejects(choose(bob, got, []), { message: 'REVOTE_NOT_ALLOWED' })
})

test('a poll closes at its time', async () => {
  const { clock, ada, bob, send, newest, choose } = await createScene()
  await send({ closePeriodS: 60 })
  const got = await newest(bob, ada.id)
  assert.equal(pollOf(got).closesAtS, Math.floor(clock.nowMs() / 1000) + 60)
  clock.advance(60_000)
  await assert.rejects(choose(bob, got, [A]), { message: 'MESSAGE_POLL_CLOSED' })
})

test('its author closes a poll, and everybody sees the votes', async () => {
  const { rules, ada, bob, send, newest, choose } = await createScene()
  const sent = await send()
  const got = await newest(bob, ada.id)
  const close = (person: Person, message: Message) =>
    closePoll(rules, person.caller, { peerId: message.peerId, messageId: message.id })
  await assert.rejects(close(bob, got), { message: 'MESSAGE_AUTHOR_REQUIRED' })
  await assert.rejects(close(ada, { ...sent, id: 999 }), { message: 'MESSAGE_ID_INVALID' })
  const event = await close(ada, sent)
  assert.ok(event.kind === 'editMessage')
  assert.deepEqual([pollOf(event.message).isClosed, pollOf(event.message).counts], [true, [0, 0, 0]])
  assert.equal(event.message.editedAtS, undefined)
  assert.deepEqual(pollOf(await newest(bob, ada.id)).counts, [0, 0, 0])
  await assert.rejects(choose(bob, got, [A]), { message: 'MESSAGE_POLL_CLOSED' })
  await assert.rejects(close(ada, sent), { message: 'MESSAGE_NOT_MODIFIED' })
})

test('a forward is the same poll', async () => {
  const { rules, ada, bob, send, newest, choose } = await createScene()
  const sent = await send()
  await forwardMessages(rules, ada.caller, {
    fromPeerId: bob.id,
    toPeerId: ada.id,
    ids: [sent.id],
    randomIds: [77n],
    dropsAuthor: false,
    isSilent: false,
    isProtected: false,
  })
  const copy = await newest(ada, ada.id)
  assert.notEqual(copy.id, sent.id)
  await choose(ada, copy, [A])
  await choose(bob, await newest(bob, ada.id), [A])
  assert.deepEqual(pollOf(await newest(ada, ada.id)).counts, [2, 0, 0])
})

test('a message that is sent again has the poll that it had', async () => {
  const { send } = await createScene()
  const first = await send({}, 5n)
  const again = await send({ question: plain('Coffee?') }, 5n)
  assert.deepEqual(again, first)
})

test('votes of a poll with public voters are listed for those who have voted, page by page', async () => {
  const { rules, clock, ada, bob, send, newest, choose } = await createScene()
  const sent = await send({ hasPublicVoters: true })
  const query = { peerId: bob.id, messageId: sent.id, option: undefined, offset: '', limit: 1 }
  await assert.rejects(listVotes(rules, ada.caller, query), { message: 'POLL_VOTE_REQUIRED' })
  await choose(ada, sent, [A])
  clock.advance(5000)
  await choose(bob, await newest(bob, ada.id), [B])
  assert.deepEqual(pollOf(await newest(ada, bob.id)).recentVoterIds, [bob.id, ada.id])
  const first = await listVotes(rules, ada.caller, query)
  assert.deepEqual([first.count, first.voters.map(({ userId }) => userId)], [2, [bob.id]])
  const second = await listVotes(rules, ada.caller, { ...query, offset: first.nextOffset ?? '' })
  assert.deepEqual(
    [second.voters.map(({ userId, options }) => [userId, options]), second.nextOffset],
    [[[ada.id, [0]]], undefined],
  )
  const of = await listVotes(rules, ada.caller, { ...query, option: B })
  assert.deepEqual([of.count, of.voters.map(({ userId }) => userId)], [1, [bob.id]])
  await assert.rejects(listVotes(rules, ada.caller, { ...query, option: 'eA==' }), {
    message: 'OPTION_INVALID',
  })
  const secret = await send()
  await assert.rejects(listVotes(rules, ada.caller, { ...query, messageId: secret.id }), {
    message: 'MSG_ID_INVALID',
  })
})

test('a poll within the limits is kept, and any other is refused', () => {
  const check = (changes: Partial<WrittenPoll>) => checkPoll({ ...POLL, ...changes }, 1000)
  const answers = (...texts: readonly string[]) => texts.map(plain)
  assert.deepEqual(
    check({ answers: answers('a', 'b') }).answers.map(({ option }) => option),
    ['AA==', 'AQ=='],
  )
  assert.equal(check({ question: plain(` ${'a'.repeat(300)} `) }).question.text.length, 300)
  for (const text of ['', ' ', 'a'.repeat(301)])
    assert.throws(() => check({ question: plain(text) }), { message: 'POLL_QUESTION_INVALID' })
  for (const count of [0, 1, 11])
    assert.throws(() => check({ answers: Array(count).fill(plain('a')) }), {
      message: 'POLL_ANSWERS_INVALID',
    })
  for (const text of ['', 'a'.repeat(101)])
    assert.throws(() => check({ answers: answers('a', text) }), { message: 'POLL_ANSWER_INVALID' })
  const option = (bytes: number) => Buffer.alloc(bytes).toString('base64')
  for (const bytes of [0, 101])
    assert.throws(() => check({ answers: [plain('a'), { ...plain('b'), option: option(bytes) }] }), {
      message: 'POLL_OPTION_INVALID',
    })
  const twice = [plain('a'), plain('b')].map((text) => ({ ...text, option: A }))
  assert.throws(() => check({ answers: twice }), { message: 'POLL_OPTION_DUPLICATE' })
  const quiz = { isQuiz: true, correct: [0] }
  assert.deepEqual(check(quiz).correct, [0])
  assert.throws(() => check({ ...quiz, correct: [] }), { message: 'QUIZ_CORRECT_ANSWERS_EMPTY' })
  assert.throws(() => check({ ...quiz, correct: [0, 1] }), { message: 'QUIZ_CORRECT_ANSWERS_TOO_MUCH' })
  assert.throws(() => check({ ...quiz, correct: [3] }), { message: 'QUIZ_CORRECT_ANSWER_INVALID' })
  assert.throws(() => check({ ...quiz, isMultiple: true }), { message: 'QUIZ_MULTIPLE_INVALID' })
  assert.throws(() => check({ ...quiz, solution: plain('a'.repeat(201)) }), { message: 'MESSAGE_TOO_LONG' })
  assert.equal(check({ closesAtS: 900 }).closesAtS, undefined)
  assert.equal(check({ closesAtS: 2000 }).closesAtS, 2000)
})

test('a poll is answered, added to and closed where somebody with a lower id has it, too: all boxes are locked in one order', async () => {
  const { rules, ada, bob, newest, choose } = await createScene()
  const writing = { peerId: bob.id, content: plain(''), randomId: 1n }
  const poll = { ...POLL, hasOpenAnswers: true }
  const { event } = await sendMedia(rules, bob.caller, writing, { kind: 'poll', poll })
  const { id: messageId } = event.message
  await forwardMessages(rules, bob.caller, {
    fromPeerId: bob.id,
    toPeerId: ada.id,
    ids: [messageId],
    randomIds: [2n],
    dropsAuthor: false,
    isSilent: false,
    isProtected: false,
  })
  assert.ok(ada.id < bob.id)
  const own = { peerId: bob.id, messageId }
  const { poll: changed } = await addAnswer(rules, bob.caller, own, plain('at five'))
  const added = changed.answers.at(-1)?.option ?? ''
  await choose(ada, await newest(ada, bob.id), [added])
  await deleteAnswer(rules, bob.caller, own, added)
  await closePoll(rules, bob.caller, own)
  assert.deepEqual(pollOf(await newest(ada, bob.id)).isClosed, true)
})
