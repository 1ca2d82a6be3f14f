import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMarkedUnread, setMarkedUnread } from '../dialogs/marks.ts'
import { boxOf } from '../messages/box-of.ts'
import { appendToBoxes } from '../messages/decide-append-message.ts'
import { stateOf } from '../messages/difference.ts'
import { dialogsWith, markRead, messagesOf } from '../messages/messages.ts'
import { removeAccount } from '../people/remove-account.ts'
import { block, createChats, type Person, setRole } from '../test-chats.ts'
import { deleteByIds, deleteHistory } from './delete-messages.ts'
import { editText } from './edit-message.ts'
import { forwardMessages } from './forward-messages.ts'
import { pinMessage, unpinAll } from './pin-messages.ts'

/** Ada, Bob and Eve, whose boxes do not begin with the same ids. */
async function createScene() {
  const chats = await createChats()
  const [ada, bob, eve] = [
    await chats.person('9996621231'),
    await chats.person('9996621232'),
    await chats.person('9996621233'),
  ]
  await chats.say(bob, bob.userId, 'a note of Bob')
  for (const note of ['one', 'two']) await chats.say(eve, eve.userId, note)
  return { ...chats, ada, bob, eve }
}

const ptsOf = async ({ rules }: { rules: Parameters<typeof stateOf>[0] }, { caller }: Person) =>
  (await stateOf(rules, caller)).pts
const refuses = (call: Promise<unknown>, message: string, code = 400) =>
  assert.rejects(call, { message, code })

test('a text is in both boxes, and each side sees the other as the peer', async () => {
  const scene = await createScene()
  const { ada, bob, say, history, events } = scene
  const sent = await say(ada, bob.userId, 'hello')
  assert.deepEqual([sent.id, sent.peerId, sent.fromId, sent.isOut], [1, bob.userId, ada.userId, true])
  const [received] = await history(bob, ada.userId)
  assert.deepEqual(
    [received?.id, received?.peerId, received?.fromId, received?.isOut, received?.text],
    [2, ada.userId, ada.userId, false, 'hello'],
  )
  const [event] = await events(bob, 2)
  assert.ok(event?.kind === 'newMessage')
  assert.deepEqual([event.message, event.pts, event.causedBy], [received, 3, ada.caller.authKeyId])
  assert.equal(event.randomId, undefined, "the random id is the sender's alone")
  const [own] = await events(ada, 1)
  assert.equal(own?.kind === 'newMessage' && own.randomId, 4n)
})

test('a repeat is answered with the message as it is now, also after it was deleted', async () => {
  const scene = await createScene()
  const { ada, bob, say, rules, history } = scene
  const sent = await say(ada, bob.userId, 'hello', { randomId: 7n })
  assert.deepEqual(await say(ada, bob.userId, 'hello', { randomId: 7n }), sent)
  await editText(rules, ada.caller, { peerId: bob.userId, id: 1, text: 'hallo', entities: [] })
  assert.equal((await say(ada, bob.userId, 'hello', { randomId: 7n })).text, 'hallo')
  await refuses(say(ada, ada.userId, 'hello', { randomId: 7n }), 'RANDOM_ID_DUPLICATE', 500)
  await deleteByIds(rules, ada.caller, [1], true)
  assert.equal((await say(ada, bob.userId, 'hello', { randomId: 7n })).id, 1)
  assert.deepEqual(await history(bob, ada.userId), [])
  assert.equal((await say(bob, ada.userId, 'mine', { randomId: 7n })).id, 3, 'others may use the same id')
})

test("Saved Messages are read at once, and count as nobody else's", async () => {
  const { ada, say, rules } = await createScene()
  const { id, savedPeerId } = await say(ada, ada.userId, 'a note')
  assert.equal(savedPeerId, ada.userId)
  const { dialogs, state } = await dialogsWith(rules, ada.caller, [ada.userId])
  const [dialog] = dialogs
  assert.deepEqual([dialog?.readInboxMaxId, dialog?.readOutboxMaxId, dialog?.unreadCount], [id, id, 0])
  assert.deepEqual(state, { pts: 2, unreadCount: 0 })
})

test('a reply names the message by its own id in each box, and a quote has to be in it', async () => {
  const { ada, bob, eve, say, history } = await createScene()
  await say(ada, bob.userId, 'a question of some length')
  const quote = { text: 'question', entities: [], offset: 5 }
  const answer = await say(bob, ada.userId, 'an answer', { replyTo: { id: 2, quote } })
  assert.deepEqual([answer.replyToId, answer.reply?.quote?.offset], [2, 2])
  const [received] = await history(ada, bob.userId)
  assert.deepEqual([received?.replyToId, received?.reply?.quote?.text], [1, 'question'])
  const wrong = { text: 'questions', entities: [], offset: 2 }
  await refuses(say(bob, ada.userId, 'a', { replyTo: { id: 2, quote: wrong } }), 'QUOTE_TEXT_INVALID')
  await refuses(say(bob, ada.userId, 'a', { replyTo: { id: 1 } }), 'REPLY_MESSAGE_ID_INVALID')
  await refuses(say(bob, eve.userId, 'a', { replyTo: { id: 2 } }), 'REPLY_MESSAGE_ID_INVALID')
  await refuses(say(bob, ada.userId, 'a', { replyTo: { id: 99 } }), 'REPLY_MESSAGE_ID_INVALID')
})

test('blocks, deleted accounts and the service user keep a text from being written', async () => {
  const scene = await createScene()
  const { ada, bob, eve, say, store, rules } = scene
  const before = await say(ada, bob.userId, 'before', { randomId: 7n })
  await block(store, bob, ada)
  await refuses(say(ada, bob.userId, 'a'), 'USER_IS_BLOCKED', 403)
  assert.deepEqual(
    await say(ada, bob.userId, 'before', { randomId: 7n }),
    before,
    'a repeat is still answered',
  )
  await refuses(say(bob, ada.userId, 'a'), 'YOU_BLOCKED_USER')
  await refuses(say(ada, 777000n, 'a'), 'PEER_ID_INVALID')
  await removeAccount(rules, eve.userId)
  await refuses(say(ada, eve.userId, 'a'), 'INPUT_USER_DEACTIVATED')
  await refuses(say(ada, -99n, 'a'), 'PEER_ID_INVALID')
  await refuses(say(ada, ada.userId, 'a', { randomId: 0n }), 'RANDOM_ID_EMPTY')
  assert.equal(await ptsOf(scene, ada), 2)
})

test('a text in a group is in every box, and marks those whom it names or replies to', async () => {
  const { ada, bob, eve, say, group, history, store } = await createScene()
  const peerId = await group([ada, bob, eve])
  const entities = [{ kind: 'mentionName', offset: 0, length: 2, userId: eve.userId }] as const
  await say(ada, peerId, 'hi all', { entities })
  await say(bob, peerId, 'hi Ada', { replyTo: { id: 2 } })
  for (const [person, ids, marks] of [
    [ada, [2, 1], [true, undefined]],
    [bob, [3, 2], [undefined, undefined]],
    [eve, [4, 3], [undefined, true]],
  ] as const) {
    const messages = await history(person, peerId)
    assert.deepEqual(
      messages.map(({ id }) => id),
      ids,
    )
    assert.deepEqual(
      messages.map(({ text }) => text),
      ['hi Ada', 'hi all'],
    )
    assert.deepEqual(
      messages.map(({ isMentioned }) => isMentioned),
      marks,
    )
    assert.deepEqual(
      messages.map(({ hasUnreadContent }) => hasUnreadContent),
      marks,
    )
    assert.equal(messages[0]?.replyToId, ids[1])
  }
  await setRole(store, peerId, eve, 'left')
  await say(ada, peerId, 'without Eve')
  assert.equal((await history(eve, peerId)).length, 2)
  await refuses(say(eve, peerId, 'a'), 'CHAT_WRITE_FORBIDDEN', 403)
})

test('default rights bind members, and not those who lead the group', async () => {
  const { ada, bob, say, group, rules } = await createScene()
  const silent = await group([ada, bob], 2)
  await refuses(say(bob, silent, 'a'), 'CHAT_WRITE_FORBIDDEN', 403)
  await say(ada, silent, 'a')
  const mediaOnly = await group([ada, bob], 2 ** 25)
  await refuses(say(bob, mediaOnly, 'a'), 'CHAT_SEND_PLAIN_FORBIDDEN', 403)
  const unpinned = await group([ada, bob], 2 ** 17)
  const { id } = await say(bob, unpinned, 'a')
  const pin = { peerId: unpinned, id, isPinned: true, isForOneself: false, isSilent: false }
  await refuses(pinMessage(rules, bob.caller, pin), 'CHAT_ADMIN_REQUIRED')
  await refuses(unpinAll(rules, bob.caller, unpinned), 'CHAT_ADMIN_REQUIRED')
})

test('an edit changes the text in every box and has a later date than the one before', async () => {
  const { ada, bob, say, rules, history, events, clock } = await createScene()
  await say(ada, bob.userId, 'hello')
  const edit = (text: string) =>
    editText(rules, ada.caller, { peerId: bob.userId, id: 1, text, entities: [] })
  const first = await edit('hallo')
  const second = await edit('hullo')
  const dates = [first, second].map(({ events: [event] }) =>
    event?.kind === 'editMessage' ? event.message.editedAtS : assert.fail(),
  )
  const nowS = Math.floor(clock.nowMs() / 1000)
  assert.deepEqual(dates, [nowS, nowS + 1])
  assert.equal((await history(bob, ada.userId))[0]?.text, 'hullo')
  const told = (await events(bob, 3)).map((event) => [event.kind, event.pts])
  assert.deepEqual(told, [
    ['editMessage', 4],
    ['editMessage', 5],
  ])
  await refuses(edit('hullo'), 'MESSAGE_NOT_MODIFIED')
  await refuses(edit(' '), 'MESSAGE_EMPTY')
  clock.advance(172_801_000)
  await refuses(edit('too late'), 'MESSAGE_EDIT_TIME_EXPIRED')
})

test('only the author edits, never a forwarded or a service message, and Saved Messages at any time', async () => {
  const { ada, bob, say, rules, clock } = await createScene()
  await say(ada, bob.userId, 'hello')
  const edit = (person: Person, peerId: bigint, id: number) =>
    editText(rules, person.caller, { peerId, id, text: 'new', entities: [] })
  await refuses(edit(bob, ada.userId, 2), 'MESSAGE_AUTHOR_REQUIRED', 403)
  await refuses(edit(bob, bob.userId, 2), 'MESSAGE_ID_INVALID')
  await refuses(edit(bob, ada.userId, 9), 'MESSAGE_ID_INVALID')
  const forwarding = {
    fromPeerId: ada.userId,
    toPeerId: bob.userId,
    ids: [2],
    randomIds: [70n],
    dropsAuthor: false,
    isSilent: false,
    isProtected: false,
  }
  await forwardMessages(rules, bob.caller, forwarding)
  await refuses(edit(bob, bob.userId, 3), 'MESSAGE_AUTHOR_REQUIRED', 403)
  clock.advance(400_000_000)
  await edit(bob, bob.userId, 1)
})

test('a deletion for all reaches every box, one for oneself a single one', async () => {
  const scene = await createScene()
  const { ada, bob, eve, say, rules, history, events } = scene
  for (const text of ['one', 'two', 'three']) await say(ada, bob.userId, text)
  await say(ada, eve.userId, 'four')
  assert.deepEqual(await deleteByIds(rules, ada.caller, [2, 9, 2], false), { pts: 6, ptsCount: 1 })
  assert.equal((await history(bob, ada.userId)).length, 3)
  assert.deepEqual(await deleteByIds(rules, bob.caller, [2, 4], true), { pts: 7, ptsCount: 2 })
  assert.deepEqual((await history(ada, bob.userId)).length, 0)
  assert.deepEqual(
    (await history(bob, ada.userId)).map(({ text }) => text),
    ['two'],
  )
  const [gone] = (await events(ada, 6)).filter(({ kind }) => kind === 'deleteMessages')
  assert.deepEqual(gone, {
    kind: 'deleteMessages',
    ids: [1, 3],
    pts: 8,
    ptsCount: 2,
    causedBy: bob.caller.authKeyId,
  })
  const { dialogs } = await dialogsWith(rules, bob.caller, [ada.userId])
  assert.equal(dialogs[0]?.topMessage?.text, 'two', 'the chat shows the newest that is left')
  assert.deepEqual(await deleteByIds(rules, ada.caller, [99], true), { pts: 8, ptsCount: 0 })
})

test('in a group members delete their own for all, and those who lead it everything', async () => {
  const { ada, bob, eve, say, group, rules, history } = await createScene()
  const peerId = await group([ada, bob, eve])
  await say(ada, peerId, 'of Ada')
  await say(bob, peerId, 'of Bob')
  await refuses(deleteByIds(rules, bob.caller, [2, 3], true), 'MESSAGE_DELETE_FORBIDDEN', 403)
  assert.equal((await history(eve, peerId)).length, 2, 'nothing of it was done')
  await deleteByIds(rules, bob.caller, [3], true)
  await deleteByIds(rules, ada.caller, [1], true)
  for (const person of [ada, bob, eve]) assert.deepEqual(await history(person, peerId), [])
})

test('a history is deleted part by part, for oneself or for both, and may leave a note', async () => {
  const scene = await createScene()
  const { ada, bob, say, rules, history } = scene
  for (const text of ['one', 'two', 'three']) await say(ada, bob.userId, text)
  const whole = { peerId: bob.userId, maxId: 0, minDateS: 0, maxDateS: 0 }
  const part = await deleteHistory(rules, ada.caller, {
    ...whole,
    maxId: 1,
    isForAll: true,
    staysListed: false,
  })
  assert.deepEqual(part, { pts: 5, ptsCount: 1, left: 0 })
  assert.equal((await history(bob, ada.userId)).length, 2)
  const rest = await deleteHistory(rules, ada.caller, { ...whole, isForAll: false, staysListed: true })
  assert.deepEqual(rest, { pts: 7, ptsCount: 2, left: 0 })
  assert.deepEqual(
    (await history(ada, bob.userId)).map(({ action }) => action?.kind),
    ['historyClear'],
  )
  assert.equal((await history(bob, ada.userId)).length, 2)
})

test('forwarded messages keep their order and origin, and say where they were saved from', async () => {
  const { ada, bob, eve, say, rules, history } = await createScene()
  for (const text of ['one', 'two']) await say(ada, bob.userId, text)
  const forwarding = {
    fromPeerId: ada.userId,
    toPeerId: eve.userId,
    ids: [3, 99, 2],
    randomIds: [71n, 72n, 73n],
    dropsAuthor: false,
    isSilent: true,
    isProtected: false,
  }
  const { events } = await forwardMessages(rules, bob.caller, forwarding)
  const copies = events.map((event) => (event.kind === 'newMessage' ? event.message : assert.fail()))
  assert.deepEqual(
    copies.map(({ id, text, isSilent }) => [id, text, isSilent]),
    [
      [4, 'two', true],
      [5, 'one', true],
    ],
  )
  assert.equal(copies[0]?.forward?.fromId, ada.userId)
  assert.deepEqual(
    (await history(eve, bob.userId)).map(({ forward }) => forward?.fromId),
    [ada.userId, ada.userId],
  )
  await forwardMessages(rules, eve.caller, {
    ...forwarding,
    fromPeerId: bob.userId,
    toPeerId: eve.userId,
    ids: [3],
    randomIds: [74n],
  })
  const [saved] = await history(eve, eve.userId)
  assert.equal(saved?.forward?.fromId, ada.userId, 'of a copy, the first origin')
  assert.deepEqual(saved?.forward?.savedFrom, { peerId: bob.userId, id: 3 })
  assert.equal(saved?.savedPeerId, bob.userId)
  const bare = { ...forwarding, ids: [2], randomIds: [75n], dropsAuthor: true }
  await forwardMessages(rules, bob.caller, bare)
  assert.equal((await history(eve, bob.userId))[0]?.forward, undefined)
  for (const [change, error] of [
    [{ ids: [], randomIds: [] }, 'MESSAGE_IDS_EMPTY'],
    [{ ids: [99], randomIds: [76n] }, 'MESSAGE_ID_INVALID'],
    [{ ids: [2], randomIds: [] }, 'RANDOM_ID_INVALID'],
    [{ ids: [2], randomIds: [0n] }, 'RANDOM_ID_INVALID'],
  ] as const) {
    await refuses(forwardMessages(rules, bob.caller, { ...forwarding, ...change }), error)
  }
  const twice = { ...forwarding, ids: [2, 3], randomIds: [77n, 77n] }
  await refuses(forwardMessages(rules, bob.caller, twice), 'RANDOM_ID_DUPLICATE', 500)
})

test('pins are in both boxes under their own ids, with a note, unless they are for oneself', async () => {
  const { ada, bob, say, rules, history, events } = await createScene()
  await say(ada, bob.userId, 'one')
  await say(ada, bob.userId, 'two')
  const pin = { peerId: bob.userId, id: 1, isPinned: true, isForOneself: false, isSilent: true }
  const { events: own } = await pinMessage(rules, ada.caller, pin)
  assert.deepEqual(
    own.map(({ kind, pts }) => [kind, pts]),
    [
      ['pinned', 4],
      ['newMessage', 5],
    ],
  )
  const [pinned, note] = await events(bob, 4)
  assert.deepEqual(pinned?.kind === 'pinned' && [pinned.peerId, pinned.ids, pinned.isPinned], [
    ada.userId,
    [2],
    true,
  ])
  assert.ok(note?.kind === 'newMessage')
  assert.deepEqual(
    [note.message.action?.kind, note.message.replyToId, note.message.isSilent],
    ['pinMessage', 2, true],
  )
  await refuses(pinMessage(rules, ada.caller, pin), 'CHAT_NOT_MODIFIED')
  await refuses(pinMessage(rules, ada.caller, { ...pin, id: 3 }), 'MESSAGE_ID_INVALID')
  await pinMessage(rules, ada.caller, { ...pin, id: 2, isForOneself: true })
  assert.equal((await history(bob, ada.userId)).filter(({ isPinned }) => isPinned).length, 1)
  assert.deepEqual(await unpinAll(rules, ada.caller, bob.userId), { pts: 8, ptsCount: 2, left: 0 })
  assert.deepEqual(
    (await history(bob, ada.userId)).filter(({ isPinned }) => isPinned),
    [],
  )
})

test("a read chat raises the mark of its author, under the author's ids", async () => {
  const { ada, bob, eve, say, group, rules, events } = await createScene()
  await say(ada, bob.userId, 'one')
  await say(ada, bob.userId, 'two')
  assert.deepEqual(await markRead(rules, bob.caller, ada.userId, 2), { pts: 5, ptsCount: 1 })
  const outbox = (await events(ada, 3)).filter(({ kind }) => kind === 'readOutbox')
  assert.deepEqual(outbox, [{ kind: 'readOutbox', peerId: bob.userId, maxId: 1, pts: 4, ptsCount: 1 }])
  const { dialogs } = await dialogsWith(rules, ada.caller, [bob.userId])
  assert.equal(dialogs[0]?.readOutboxMaxId, 1)
  const peerId = await group([ada, bob, eve])
  await say(ada, peerId, 'of Ada')
  await say(bob, peerId, 'of Bob')
  const [adaPts, bobPts] = [(await stateOf(rules, ada.caller)).pts, (await stateOf(rules, bob.caller)).pts]
  await markRead(rules, eve.caller, peerId, 0)
  assert.deepEqual(
    (await events(ada, adaPts)).map((event) => event.kind === 'readOutbox' && event.maxId),
    [3],
  )
  assert.deepEqual(
    (await events(bob, bobPts)).map((event) => event.kind === 'readOutbox' && event.maxId),
    [5],
  )
  await markRead(rules, ada.caller, peerId, 0)
  assert.deepEqual(await events(bob, bobPts + 1), [], 'the first reader counts')
  assert.equal((await messagesOf(rules, bob.caller, [5])).length, 1)
})

test('who is told that nothing is left of a history has no message of before, also if one comes meanwhile', async () => {
  const scene = await createScene()
  const { rules, store, ada, bob, say, history, events } = scene
  await say(ada, bob.userId, 'one')
  const box = boxOf(rules.settings, ada.userId)
  const message = { peerId: bob.userId, fromId: ada.userId, isOut: true, dateS: 1, text: 'two', entities: [] }
  for (const isForAll of [false, true]) {
    const boxes = [box, boxOf(rules.settings, bob.userId)] as const
    const appended = store.decide(() =>
      appendToBoxes(store.secret, { boxes, message: { ...message, randomId: isForAll ? 8n : 7n } }),
    )
    const whole = { peerId: bob.userId, maxId: 0, minDateS: 0, maxDateS: 0 }
    const part = await deleteHistory(rules, ada.caller, { ...whole, isForAll, staysListed: false })
    await appended
    const later = (await events(ada, part.pts)).length
    assert.deepEqual([part.left, (await history(ada, bob.userId)).length, later], [0, 0, 0])
  }
})

test('sessions are told that a chat is marked as unread no more when it is read', async () => {
  const scene = await createScene()
  const { rules, ada, bob, say, hear } = scene
  await say(bob, ada.userId, 'hello')
  await setMarkedUnread(rules, ada.caller, bob.userId, true)
  const heard = hear('box')
  await markRead(rules, ada.caller, bob.userId, 0)
  await say(bob, ada.userId, 'again')
  await markRead(rules, ada.caller, bob.userId, 0)
  const told = heard.filter(({ boxId, sideSeq }) => boxId === String(ada.userId) && sideSeq !== undefined)
  assert.equal(told.length, 1)
  assert.equal(await isMarkedUnread(rules, ada.userId, bob.userId), false)
})

test('a bot is not told of what others remove, and brings nothing from before it came', async () => {
  const world = await createChats()
  const [ada, bot] = [await world.person('9996621001'), await world.bot('helper_bot')]
  const chat = await world.group([ada, bot])
  await world.say(ada, chat, '/help', { entities: [{ kind: 'botCommand', offset: 0, length: 5 }] })
  const before = await world.events(bot, 1)
  const [message] = await world.history(ada, chat)
  await deleteByIds(world.rules, ada.caller, [message?.id ?? 0], true)
  assert.deepEqual(await world.history(bot, chat), [])
  const after = await world.events(bot, 1)
  assert.deepEqual([before.length, after.length], [1, 1])
  // Bots may take their own messages away, and have that in their log.
  const own = await world.say(bot, chat, 'hi')
  const { ptsCount } = await deleteByIds(world.rules, bot.caller, [own.id], true)
  assert.equal(ptsCount, 1)
})

test('of forwarded messages none is written where a random id has sent something elsewhere', async () => {
  const scene = await createScene()
  const { ada, bob, eve, say, rules, history } = scene
  const ids = [(await say(ada, bob.userId, 'one')).id, (await say(ada, bob.userId, 'two')).id]
  await say(ada, bob.userId, 'before', { randomId: 72n })
  const forwarding = {
    ...{ fromPeerId: bob.userId, toPeerId: eve.userId, ids, randomIds: [71n, 72n] },
    ...{ dropsAuthor: false, isSilent: false, isProtected: false },
  }
  await refuses(forwardMessages(rules, ada.caller, forwarding), 'RANDOM_ID_DUPLICATE', 500)
  assert.deepEqual(await history(eve, ada.userId), [])
})
