/** Polls, votes, reactions and buttons over the wire: what the others are told, at once and when they come back. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { InputMedia, InputPeer, Message, Update } from '@cablegram/tl/api'

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

const text = (words: string) => ({ _: 'textWithEntities' as const, text: words, entities: [] })
const [YES, NO] = [Uint8Array.of(1), Uint8Array.of(2)]
const POLL: InputMedia = {
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    question: text('Tea?'),
    answers: [
      { _: 'pollAnswer', text: text('yes'), option: YES },
      { _: 'pollAnswer', text: text('no'), option: NO },
    ],
  },
}

/** Somebody who is signed in, and what they have been told. */
interface Person {
  readonly client: TelegramClient
  readonly told: Update[]
  /** Resolves with the next update of a kind that has not been taken. */
  next<K extends Update['_']>(kind: K): Promise<Extract<Update, { _: K }>>
}

async function person(server: CablegramServer, phone: string, username: string): Promise<Person> {
  await server.users.create({ phone, firstName: username, username })
  const client = new TelegramClient(memorySession(), { server: server.info })
  open.push(client)
  const told: Update[] = []
  const waiting = new Set<() => void>()
  client.onUpdate((updates) => {
    if (updates._ === 'updates') told.push(...updates.updates)
    for (const wake of waiting) wake()
  })
  await client.start({ phone: async () => phone, code: async ({ length = 5 }) => '2'.repeat(length) })
  await client.updates.getState()
  async function next<K extends Update['_']>(kind: K): Promise<Extract<Update, { _: K }>> {
    const isOfKind = (update: Update): update is Extract<Update, { _: K }> => update._ === kind
    for (;;) {
      const at = told.findIndex(isOfKind)
      const [found] = at < 0 ? [] : told.splice(at, 1)
      if (found !== undefined && isOfKind(found)) return found
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake)
          resolve()
        }
        waiting.add(wake)
      })
    }
  }
  return { client, told, next }
}

async function peerOf({ client }: Person, username: string): Promise<InputPeer> {
  const { users } = await client.contacts.resolveUsername({ username })
  const [user] = users
  assert.ok(user?._ === 'user' && user.accessHash !== undefined)
  return { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash }
}

async function createScene() {
  const server = await startServer({ store: 'memory', testClock: true })
  open.push(server)
  const ada = await person(server, '+9996621234', 'ada_of_polls')
  const bob = await person(server, '+9996621235', 'bob_of_polls')
  const [toBob, toAda] = [await peerOf(ada, 'bob_of_polls'), await peerOf(bob, 'ada_of_polls')]
  const got = async (): Promise<Extract<Message, { _: 'message' }>> => {
    const { message } = await bob.next('updateNewMessage')
    assert.ok(message._ === 'message')
    return message
  }
  return { server, ada, bob, toBob, toAda, got }
}

test('a vote is told to the one who asked, who sees the count and not the choice', async () => {
  const { ada, bob, toBob, toAda, got } = await createScene()
  await ada.client.messages.sendMedia({ peer: toBob, media: POLL, message: '', randomId: 1n })
  const message = await got()
  assert.ok(message.media?._ === 'messageMediaPoll')
  const answer = await bob.client.messages.sendVote({ peer: toAda, msgId: message.id, options: [NO] })
  assert.ok(answer._ === 'updates')
  const [own] = answer.updates
  assert.ok(own?._ === 'updateMessagePoll')
  assert.deepEqual(
    own.results.results?.map(({ chosen, voters }) => [chosen, voters]),
    [
      [undefined, 0],
      [true, 1],
    ],
  )
  const { pollId, results } = await ada.next('updateMessagePoll')
  assert.deepEqual([pollId, results.totalVoters, results.results], [message.media.poll.id, 1, undefined])
  // The answer told Bob.
  assert.deepEqual(
    bob.told.filter(({ _: kind }) => kind === 'updateMessagePoll'),
    [],
  )
})

test('a closed poll is an edit for both, and takes no more votes', async () => {
  const { ada, bob, toBob, toAda, got } = await createScene()
  await ada.client.messages.sendMedia({ peer: toBob, media: POLL, message: '', randomId: 1n })
  const { id } = await got()
  const closed = { ...POLL, poll: { ...POLL.poll, closed: true } }
  const answer = await ada.client.messages.editMessage({ peer: toBob, id: 1, media: closed })
  assert.ok(answer._ === 'updates')
  // mtcute and Pyrogram read the poll from the first update.
  assert.deepEqual(
    answer.updates.map(({ _: kind }) => kind),
    ['updateMessagePoll', 'updateEditMessage'],
  )
  const [news] = answer.updates
  assert.ok(news?._ === 'updateMessagePoll' && news.poll?.closed === true)
  const { message } = await bob.next('updateEditMessage')
  assert.ok(message._ === 'message' && message.media?._ === 'messageMediaPoll')
  assert.deepEqual([message.id, message.editDate, message.media.poll.closed], [id, undefined, true])
  await assert.rejects(bob.client.messages.sendVote({ peer: toAda, msgId: id, options: [YES] }), {
    type: 'MESSAGE_POLL_CLOSED',
  })
})

test('a reaction is told to the author, who has not seen it until they read', async () => {
  const { ada, bob, toBob, toAda, got } = await createScene()
  await ada.client.messages.sendMessage({ peer: toBob, message: 'hi', randomId: 1n })
  const { id } = await got()
  const reaction = [{ _: 'reactionEmoji', emoticon: '👍' } as const]
  await bob.client.messages.sendReaction({ peer: toAda, msgId: id, reaction })
  const told = await ada.next('updateMessageReactions')
  assert.deepEqual(
    told.reactions.recentReactions?.map(({ unread, my }) => [unread, my]),
    [[true, undefined]],
  )
  const { dialogs } = await ada.client.messages.getPeerDialogs({
    peers: [{ _: 'inputDialogPeer', peer: toBob }],
  })
  const [dialog] = dialogs
  assert.equal(dialog?._ === 'dialog' && dialog.unreadReactionsCount, 1)
  const read = await ada.client.messages.readReactions({ peer: toBob })
  assert.equal(read.ptsCount, 1)
  // Bob was told by his answer.
  assert.deepEqual(
    bob.told.filter(({ _: kind }) => kind === 'updateMessageReactions'),
    [],
  )
})

test('who was away learns of votes and reactions from the difference', async () => {
  const { ada, bob, toBob, toAda, got } = await createScene()
  const before = await ada.client.updates.getState()
  await ada.client.messages.sendMedia({ peer: toBob, media: POLL, message: '', randomId: 1n })
  const { id } = await got()
  await bob.client.messages.sendVote({ peer: toAda, msgId: id, options: [YES] })
  const reaction = [{ _: 'reactionEmoji', emoticon: '🔥' } as const]
  await bob.client.messages.sendReaction({ peer: toAda, msgId: id, reaction })
  const difference = await ada.client.updates.getDifference({ pts: before.pts, date: before.date, qts: 0 })
  assert.ok(difference._ === 'updates.difference')
  const kinds = difference.otherUpdates.map(({ _: kind }) => kind)
  assert.ok(kinds.includes('updateMessagePoll') && kinds.includes('updateMessageReactions'), kinds.join())
  const [message] = difference.newMessages
  assert.ok(message?._ === 'message' && message.media?._ === 'messageMediaPoll')
  assert.equal(message.reactions?.results[0]?.count, 1)
})

test('people add answers to a poll that takes them, and take them away', async () => {
  const { ada, bob, toBob, toAda, got } = await createScene()
  const open: InputMedia = { ...POLL, poll: { ...POLL.poll, openAnswers: true, publicVoters: true } }
  await ada.client.messages.sendMedia({ peer: toBob, media: open, message: '', randomId: 1n })
  const { id: msgId } = await got()
  const answer = { _: 'inputPollAnswer', text: text('cocoa') } as const
  const added = await bob.client.messages.addPollAnswer({ peer: toAda, msgId, answer })
  assert.ok(added._ === 'updates')
  assert.deepEqual(
    added.updates.map(({ _ }) => _),
    ['updateMessageID', 'updateNewMessage', 'updateMessagePoll'],
  )
  const { message } = await ada.next('updateNewMessage')
  assert.ok(message._ === 'messageService' && message.action._ === 'messageActionPollAppendAnswer')
  assert.deepEqual([message.action.answer.text.text, message.replyTo?._], ['cocoa', 'messageReplyHeader'])
  const { poll } = await ada.next('updateMessagePoll')
  const third = poll?.answers[2]
  assert.ok(third?._ === 'pollAnswer' && third.addedBy?._ === 'peerUser')
  await bob.client.messages.sendVote({ peer: toAda, msgId, options: [third.option] })
  await ada.next('updateMessagePoll')
  await ada.client.messages.sendVote({ peer: toBob, msgId: 1, options: [YES] })
  const removed = await ada.client.messages.deletePollAnswer({ peer: toBob, msgId: 1, option: third.option })
  assert.ok(removed._ === 'updates')
  const left = removed.updates.find((update) => update._ === 'updateMessagePoll')
  assert.ok(left?._ === 'updateMessagePoll')
  assert.deepEqual([left.poll?.answers.length, left.results.totalVoters], [2, 1])
  await assert.rejects(bob.client.messages.deletePollAnswer({ peer: toAda, msgId, option: YES }), {
    type: 'OPTION_INVALID',
  })
})

test('an author sees which polls have new votes, and who voted last for each answer', async () => {
  const { ada, bob, toBob, toAda, got } = await createScene()
  const open: InputMedia = { ...POLL, poll: { ...POLL.poll, publicVoters: true } }
  await ada.client.messages.sendMedia({ peer: toBob, media: open, message: '', randomId: 1n })
  const { id: msgId } = await got()
  await bob.client.messages.sendVote({ peer: toAda, msgId, options: [NO] })
  const told = await ada.next('updateMessagePoll')
  assert.equal(told.results.hasUnreadVotes, true)
  const page = { offsetId: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0 }
  const unread = async () => {
    const found = await ada.client.messages.getUnreadPollVotes({ ...page, peer: toBob })
    const peers = [{ _: 'inputDialogPeer', peer: toBob } as const]
    const { dialogs } = await ada.client.messages.getPeerDialogs({ peers })
    const [dialog] = dialogs
    assert.ok(found._ === 'messages.messages' && dialog?._ === 'dialog')
    return [found.messages.length, dialog.unreadPollVotesCount]
  }
  assert.deepEqual(await unread(), [1, 1])
  assert.equal((await ada.client.messages.readPollVotes({ peer: toBob })).ptsCount, 1)
  assert.deepEqual(await unread(), [0, 0])
  const voted = await ada.client.messages.sendVote({ peer: toBob, msgId: 1, options: [YES] })
  assert.ok(voted._ === 'updates')
  const [update] = voted.updates
  assert.ok(update?._ === 'updateMessagePoll')
  assert.deepEqual(
    update.results.results?.map(({ recentVoters }) => recentVoters?.length),
    [1, 1],
  )
})

test('a poll closes by itself at its time, and everybody is told', async () => {
  const { server, ada, bob, toBob, toAda, got } = await createScene()
  const timed: InputMedia = { ...POLL, poll: { ...POLL.poll, closePeriod: 60 } }
  await ada.client.messages.sendMedia({ peer: toBob, media: timed, message: '', randomId: 1n })
  const { id: msgId } = await got()
  await server.clock.advance(30)
  await bob.client.messages.sendVote({ peer: toAda, msgId, options: [NO] })
  await ada.next('updateMessagePoll')
  await server.clock.advance(30)
  for (const person of [ada, bob]) {
    const { poll, results } = await person.next('updateMessagePoll')
    assert.deepEqual([poll?.closed, results.results?.map(({ voters }) => voters)], [true, [0, 1]])
  }
})
