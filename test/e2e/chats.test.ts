/** Two people on three devices talk over the wire: every act reaches everybody whom it concerns, once and in order. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { InputPeer, Params, Update, Updates } from '@cablegram/tl/api'
import { signUp } from './logins.ts'

type Peer = Params<'messages.sendMessage'>['peer']

const WHOLE = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0, hash: 0n } as const
const open: { close(): Promise<void> }[] = []
let server: CablegramServer

before(async () => {
  server = await startServer({ store: 'memory', testClock: true })
})
after(async () => {
  for (const one of open.reverse()) await one.close()
  await server.close()
})

/** A person, and the updates with a pts that reach them, by pts. */
const SELF = { _: 'inputPeerSelf' } as const

interface Person {
  readonly client: TelegramClient
  readonly peerOf: (username: string) => Promise<Peer>
  /** Resolves to the update of this kind that comes next, and that no call has taken. */
  next<K extends Update['_']>(kind: K): Promise<Extract<Update, { _: K }>>
}

async function person(phone: string): Promise<Person> {
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  open.push(client)
  const heard: Update[] = []
  let wake = (): void => undefined
  client.onUpdate((updates: Updates) => {
    if (updates._ === 'updates') heard.push(...updates.updates)
    if (updates._ === 'updateShort') heard.push(updates.update)
    wake()
  })
  await signUp(client, server.info, phone)
  return {
    client,
    async peerOf(username) {
      const { users } = await client.contacts.resolveUsername({ username })
      const [user] = users
      assert.ok(user?._ === 'user' && user.accessHash !== undefined)
      return { _: 'inputPeerUser', userId: user.id, accessHash: user.accessHash }
    },
    async next(kind) {
      for (;;) {
        const at = heard.findIndex(({ _ }) => _ === kind)
        const [found] = at < 0 ? [] : heard.splice(at, 1)
        if (found !== undefined) return found as Extract<Update, { _: typeof kind }>
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

test('a reply to the message 0 is none', async () => {
  const { client } = await person('+9996627003')
  const replyTo = { _: 'inputReplyToMessage', replyToMsgId: 0 } as const
  const sent = await client.messages.sendMessage({ peer: SELF, message: 'a', randomId: 8n, replyTo })
  const news = sent._ === 'updates' ? sent.updates.at(-1) : undefined
  assert.ok(news?._ === 'updateNewMessage' && news.message._ === 'message')
  assert.equal(news.message.replyTo, undefined)
})

test('texts, edits, pins, reads, typing and deletions reach the other side', async () => {
  const [ada, bob] = [await person('+9996627001'), await person('+9996627002')]
  await ada.client.account.updateUsername({ username: 'ada_who_talks' })
  await bob.client.account.updateUsername({ username: 'bob_who_talks' })
  const [toBob, toAda] = [await ada.peerOf('bob_who_talks'), await bob.peerOf('ada_who_talks')]

  const sent = await ada.client.messages.sendMessage({ peer: toBob, message: 'hello', randomId: 5n })
  assert.ok(sent._ === 'updates')
  assert.deepEqual(
    sent.updates.map(({ _ }) => _),
    ['updateMessageID', 'updateNewMessage'],
  )
  assert.ok(sent.users.length === 2, 'both are named')
  const { message } = await bob.next('updateNewMessage')
  assert.ok(message._ === 'message' && message.message === 'hello' && message.out === undefined)

  await ada.client.messages.setTyping({ peer: toBob, action: { _: 'sendMessageTypingAction' } })
  assert.equal((await bob.next('updateUserTyping')).action._, 'sendMessageTypingAction')

  await bob.client.messages.readHistory({ peer: toAda, maxId: message.id })
  assert.equal((await ada.next('updateReadHistoryOutbox')).maxId, 1)

  const replyTo = { _: 'inputReplyToMessage', replyToMsgId: message.id, quoteText: 'hell' } as const
  await bob.client.messages.sendMessage({ peer: toAda, message: 'oh?', randomId: 6n, replyTo })
  const { message: answer } = await ada.next('updateNewMessage')
  assert.ok(answer._ === 'message' && answer.replyTo?._ === 'messageReplyHeader')
  assert.deepEqual([answer.replyTo.replyToMsgId, answer.replyTo.quoteText], [1, 'hell'])

  await ada.client.messages.editMessage({ peer: toBob, id: 1, message: 'hello!' })
  const { message: edited } = await bob.next('updateEditMessage')
  assert.ok(edited._ === 'message' && edited.message === 'hello!' && edited.id === message.id)

  await ada.client.messages.updatePinnedMessage({ peer: toBob, id: 1 })
  assert.deepEqual((await bob.next('updatePinnedMessages')).messages, [message.id])
  const { message: note } = await bob.next('updateNewMessage')
  assert.ok(note._ === 'messageService' && note.action._ === 'messageActionPinMessage')
  assert.ok(toBob._ === 'inputPeerUser')
  const { fullUser } = await ada.client.users.getFullUser({ id: { ...toBob, _: 'inputUser' } })
  assert.equal(fullUser.pinnedMsgId, 1)

  await bob.client.messages.deleteMessages({ id: [message.id], revoke: true })
  assert.deepEqual((await ada.next('updateDeleteMessages')).messages, [1])
  for (const { client, peer } of [
    { ...ada, peer: toBob },
    { ...bob, peer: toAda },
  ]) {
    const history = await client.messages.getHistory({ ...WHOLE, peer })
    assert.ok(history._ === 'messages.messages')
    assert.equal(history.messages.length, 2)
    const found = async (where: InputPeer, q: string): Promise<number> => {
      const page = await client.messages.search({
        ...{ peer: where, q, filter: { _: 'inputMessagesFilterEmpty' }, minDate: 0, maxDate: 0 },
        ...{ offsetId: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0, hash: 0n },
      })
      assert.ok(page._ === 'messages.messages' || page._ === 'messages.messagesSlice')
      return page.messages.length
    }
    // An empty peer stands for all chats.
    for (const where of [peer, { _: 'inputPeerEmpty' } as const]) assert.equal(await found(where, 'oh'), 1)
    // No words find everything, in one chat.
    assert.equal(await found(peer, ''), 2)
  }
})
