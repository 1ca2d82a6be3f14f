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
  return { ada, bob, toBob, toAda, got }
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
  assert.equal(answer.updates.filter(({ _: kind }) => kind === 'updateEditMessage').length, 1)
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
