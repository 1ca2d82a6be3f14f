import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Decision } from '../../database/decision.ts'
import type { Store } from '../../database/store.ts'
import { eventsAfter } from '../messages/decide-box-log.ts'
import { sideEventsAfter } from '../messages/decide-side-log.ts'
import { messagesOf } from '../messages/messages.ts'
import type { Reaction } from '../messages/words.ts'
import { createChats } from '../test-chats.ts'
import { createWorld, signedIn } from '../test-world.ts'
import { listReactors, reactionsTo, seeAllReactions, setReactions, unreadReactions } from './reactions.ts'
import { readContents } from './read-contents.ts'
import { sendText } from './send-message.ts'

/** A text from Ada to Bob, under its id in each box. */
async function createScene() {
  const world = await createWorld()
  const ada = await signedIn(world, '9996621234')
  const bob = await signedIn(world, '9996621235')
  let count = 0n
  async function write() {
    const content = { text: 'hi', entities: [] }
    const { event } = await sendText(world.rules, ada.caller, { peerId: bob.id, content, randomId: ++count })
    const slice = await world.store.look(() => eventsAfter(world.store.secret, bob.id, 1, 100))
    assert.ok(slice.kind === 'events')
    const [got] = slice.events.flatMap((each) => (each.kind === 'newMessage' ? each.message : [])).slice(-1)
    assert.ok(got)
    return { sent: event.message.id, got: got.id }
  }
  const react = (person: Person, id: number, ...reactions: readonly Reaction[]) => {
    const peerId = person === ada ? bob.id : ada.id
    return setReactions(world.rules, person.caller, { peerId, id, reactions })
  }
  const seen = async (person: Person, id: number) =>
    (await messagesOf(world.rules, person.caller, [id]))[0]?.reactions
  return { ...world, ada, bob, write, react, seen }
}

type Person = Awaited<ReturnType<typeof signedIn>>

test('a reaction is seen by both sides, and the author has not seen it yet', async () => {
  const { ada, bob, clock, write, react, seen } = await createScene()
  const { sent, got } = await write()
  const atS = Math.floor(clock.nowMs() / 1000)
  const own = await react(bob, got, '👍')
  assert.deepEqual(own.counts, [{ reaction: '👍', count: 1, chosenPlace: 1 }])
  assert.deepEqual(await seen(bob, got), own)
  assert.deepEqual(await seen(ada, sent), {
    counts: [{ reaction: '👍', count: 1 }],
    recent: [{ userId: bob.id, reaction: '👍', atS, isOwn: false, isUnread: true }],
  })
})

test('a reaction replaces the one before, and is taken back by none', async () => {
  const { ada, bob, write, react, seen } = await createScene()
  const { sent, got } = await write()
  await react(bob, got, '👍')
  await react(ada, sent, '🔥')
  const changed = await react(bob, got, '🔥')
  assert.deepEqual(changed.counts, [{ reaction: '🔥', count: 2, chosenPlace: 1 }])
  await react(ada, sent)
  assert.deepEqual((await react(bob, got)).counts, [])
  assert.equal(await seen(ada, sent), undefined)
})

/** A store that counts the statements of decisions, without locks and nudges. */
function counting(store: Store) {
  let statements = 0
  function* counted<T>(decision: Decision<T>): Decision<T> {
    for (let step = decision.next(); ; ) {
      if (step.done === true) return step.value
      if ('statement' in step.value) statements += 1
      step = decision.next(yield step.value)
    }
  }
  const decide: Store['decide'] = (start) => store.decide(() => counted(start()))
  return { store: { ...store, decide }, statements: () => statements }
}

test('a reaction takes as many statements in a large group as in a small one', async () => {
  const chats = await createChats()
  const ada = await chats.person('9996621200')
  const others = []
  for (let n = 1; n < 12; n++) others.push(await chats.person(String(9996621200 + n)))
  const counts: number[] = []
  for (const members of [others.slice(0, 2), others]) {
    const peerId = await chats.group([ada, ...members])
    const { id } = await chats.say(ada, peerId, 'hi')
    const { store, statements } = counting(chats.store)
    await setReactions({ ...chats.rules, store }, ada.caller, { peerId, id, reactions: ['👍'] })
    counts.push(statements())
    for (const { userId } of members) {
      const told = await chats.store.look(() => sideEventsAfter(userId, 0, 10))
      assert.equal(told.at(-1)?.kind, 'reactions')
    }
  }
  assert.equal(counts[0], counts[1])
})

test('everybody who has the message is told, the one who reacts by the answer', async () => {
  const { store, ada, bob, write, react } = await createScene()
  const { sent, got } = await write()
  await react(bob, got, '👍')
  await react(bob, got, '👎')
  for (const [{ id, caller }, subject] of [
    [ada, sent],
    [bob, got],
  ] as const) {
    const events = await store.look(() => sideEventsAfter(id, 0, 100))
    const told = events.filter(({ kind }) => kind === 'reactions')
    const by = id === bob.id ? caller.authKeyId : undefined
    assert.deepEqual(
      told.map((event) => [event.subject, event.causedBy]),
      [[BigInt(subject), by]],
    )
  }
})

test('what is no reaction is refused, and nothing is written', async () => {
  const { ada, bob, write, react, seen } = await createScene()
  const { sent, got } = await write()
  await assert.rejects(react(bob, got, 'a'), { message: 'REACTION_INVALID' })
  await assert.rejects(react(bob, got, '👍', '👎'), { message: 'REACTIONS_TOO_MANY' })
  await assert.rejects(react(bob, got, '#7'), { message: 'PREMIUM_ACCOUNT_REQUIRED' })
  await assert.rejects(react(bob, 999, '👍'), { message: 'MESSAGE_ID_INVALID' })
  await assert.rejects(react(bob, got), { message: 'MESSAGE_NOT_MODIFIED' })
  assert.equal(await seen(ada, sent), undefined)
  // With or without the sign for colours, it is the same heart.
  await react(bob, got, '❤\ufe0f')
  await assert.rejects(react(bob, got, '❤'), { message: 'MESSAGE_NOT_MODIFIED' })
})

test('unseen reactions are listed, and read all at once', async () => {
  const { rules, store, ada, bob, write, react, seen } = await createScene()
  const [one, two, three] = [await write(), await write(), await write()]
  for (const { got } of [one, two, three]) await react(bob, got, '👍')
  await react(bob, three.got)
  const query = { peerId: bob.id, offsetId: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0 }
  const list = async (changes: Partial<typeof query> = {}) => {
    const { messages, count } = await unreadReactions(rules, ada.caller, { ...query, ...changes })
    return [count, messages.map(({ id }) => id)]
  }
  assert.deepEqual(await list(), [2, [two.sent, one.sent]])
  assert.deepEqual(await list({ offsetId: two.sent }), [2, [one.sent]])
  assert.deepEqual(await list({ limit: 1 }), [2, [two.sent]])
  const { pts, ptsCount } = await seeAllReactions(rules, ada.caller, bob.id)
  assert.equal(ptsCount, 2)
  assert.deepEqual(await list(), [0, []])
  assert.equal((await seen(ada, one.sent))?.recent[0]?.isUnread, false)
  const slice = await store.look(() => eventsAfter(store.secret, ada.id, pts - ptsCount, 10))
  assert.ok(slice.kind === 'events')
  assert.deepEqual(
    slice.events.flatMap((event) => (event.kind === 'readContents' ? event.ids : [])),
    [one.sent, two.sent],
  )
  assert.deepEqual(await seeAllReactions(rules, ada.caller, bob.id), { pts, ptsCount: 0 })
})

test('reading the contents of a message reads the reactions to it, and no others', async () => {
  const { rules, ada, bob, write, react, seen } = await createScene()
  const [one, two] = [await write(), await write()]
  for (const { got } of [one, two]) await react(bob, got, '👍')
  assert.equal((await readContents(rules, ada.caller, [one.sent])).ptsCount, 1)
  const isUnread = async ({ sent }: typeof one) => (await seen(ada, sent))?.recent[0]?.isUnread
  assert.deepEqual([await isUnread(one), await isUnread(two)], [false, true])
  assert.equal((await readContents(rules, ada.caller, [one.sent])).ptsCount, 0)
})

test('those who reacted are listed, the last ones first, page by page', async () => {
  const { rules, clock, ada, bob, write, react } = await createScene()
  const { sent, got } = await write()
  await react(bob, got, '👍')
  clock.advance(2000)
  await react(ada, sent, '🔥')
  const query = { peerId: bob.id, id: sent, reaction: undefined, offset: '', limit: 1 }
  const first = await listReactors(rules, ada.caller, query)
  assert.deepEqual([first.count, first.reactors.map(({ userId }) => userId)], [2, [ada.id]])
  const second = await listReactors(rules, ada.caller, { ...query, offset: first.nextOffset ?? '' })
  assert.deepEqual([second.reactors.map(({ reaction }) => reaction), second.nextOffset], [['👍'], undefined])
  const hearts = await listReactors(rules, ada.caller, { ...query, reaction: '❤' })
  assert.deepEqual(hearts, { reactors: [], count: 0, nextOffset: undefined })
  await assert.rejects(listReactors(rules, ada.caller, { ...query, id: 999 }), { message: 'MSG_ID_INVALID' })
})

test('reactions are given for the messages of one chat', async () => {
  const { rules, ada, bob, write, react } = await createScene()
  const [one, two] = [await write(), await write()]
  await react(bob, one.got, '👍')
  const found = await reactionsTo(rules, ada.caller, bob.id, [one.sent, two.sent, 999])
  assert.deepEqual([...found.keys()], [one.sent, two.sent])
  assert.deepEqual(found.get(two.sent), { counts: [], recent: [] })
  assert.equal((await reactionsTo(rules, ada.caller, ada.id, [one.sent])).size, 0)
})
