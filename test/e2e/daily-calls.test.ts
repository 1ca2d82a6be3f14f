/** The daily calls, each against the real server, as programs write them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  html,
  type Message,
  md,
  memorySession,
  sendMessage,
  TelegramClient,
  toMarkdown,
} from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { signUp } from './logins.ts'

const open: TelegramClient[] = []
let server: CablegramServer
let ada: TelegramClient
let bob: TelegramClient

before(async () => {
  server = await startServer({ store: 'memory', testClock: true })
  ada = await person('+9996628101', 'ada_daily')
  bob = await person('+9996628102', 'bob_daily')
})
after(async () => {
  for (const client of open) await client.close()
  await server.close()
})

async function person(phone: string, username: string): Promise<TelegramClient> {
  const client = new TelegramClient(memorySession(), { server: server.info })
  open.push(client)
  await signUp(client, server.info, phone)
  await client.updateProfile({ firstName: username.slice(0, 3), username })
  return client
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = []
  for await (const item of items) list.push(item)
  return list
}

/** The newest message that somebody has in the chat with another one. */
async function newest(client: TelegramClient, peer: string): Promise<Message> {
  const [message] = await all(client.history(peer, { limit: 1 }))
  return message ?? assert.fail('no message')
}

test('a text arrives with its formatting, its author and its reply', async () => {
  const first = await ada.sendMessage('@bob_daily', md`**Hi** ${'**you**'}`)
  assert.deepEqual(
    [first.text, first.isOut, first.chat.title, first.sender.id],
    ['Hi **you**', true, 'bob', ada.userId],
  )
  const got = await newest(bob, '@ada_daily')
  assert.deepEqual(
    [got.text, got.isOut, got.sender.title, toMarkdown(got)],
    ['Hi **you**', false, 'ada', '**Hi** \\*\\*you\\*\\*'],
  )
  const reply = await bob.sendMessage(got.chat, html`<i>Hello</i>`, { replyTo: got, silent: true })
  assert.equal(reply.replyTo, got.id)
  const back = await newest(ada, '@bob_daily')
  assert.deepEqual(
    [back.text, back.replyTo, back.raw._ === 'message' && back.raw.silent],
    ['Hello', first.id, true],
  )
  assert.equal((await sendMessage(ada, 'me', 'a note')).chat.id, ada.userId)
})

test('a mention in a text is of the user, and links and code stay', async () => {
  const user = await ada.resolve('@bob_daily')
  assert.ok(user.kind === 'user')
  const sent = await ada.sendMessage('me', md`${user}: [site](https://example.org/) \`x\``)
  assert.deepEqual(
    sent.entities.map(({ _ }) => _),
    ['messageEntityMentionName', 'messageEntityTextUrl', 'messageEntityCode'],
  )
  assert.equal(toMarkdown(sent), `[bob](tg://user?id=${user.id}): [site](https://example.org/) \`x\``)
})

test('a repeated call with the same number sends nothing twice', async () => {
  const first = await ada.sendMessage('@bob_daily', 'once', { randomId: 4242n })
  const again = await ada.sendMessage('@bob_daily', 'once', { randomId: 4242n })
  assert.equal(again.id, first.id)
  const found = await all(bob.history('@ada_daily', { search: 'once' }))
  assert.equal(found.length, 1)
})

test('a message is edited, pinned, forwarded, and deleted for both', async () => {
  const message = await ada.sendMessage('@bob_daily', 'draft')
  const edited = await ada.editMessage(message, md`__final__`)
  assert.deepEqual(
    [edited.id, edited.text, edited.entities.length, typeof edited.editDateS],
    [message.id, 'final', 1, 'number'],
  )
  await ada.pinMessage(message, { silent: true })
  const pinned = async () => {
    const found = await all(bob.history('@ada_daily', { search: 'final' }))
    return found.map(({ raw }) => raw._ === 'message' && raw.pinned === true)
  }
  assert.deepEqual(await pinned(), [true])
  await ada.unpinMessage(message)
  assert.deepEqual(await pinned(), [false])
  const other = await ada.sendMessage('me', 'note')
  const copies = await ada.forwardMessages([message, other, message], 'me')
  assert.deepEqual(
    copies.map(({ text }) => text),
    ['final', 'note', 'final'],
  )
  assert.ok(copies[0]?.raw._ === 'message' && copies[0].raw.fwdFrom)
  const [copy] = await ada.forwardMessages([message], 'me', { dropAuthor: true })
  assert.equal(copy?.raw._ === 'message' && copy.raw.fwdFrom, undefined)
  await ada.deleteMessages([message, other, ...copies])
  assert.deepEqual(await all(bob.history('@ada_daily', { search: 'final' })), [])
  assert.deepEqual(
    await all(ada.history('me', { search: 'note', limit: 5 })).then((found) => found.map(({ text }) => text)),
    ['a note'],
  )
})

test('messages are had by their numbers, each from the chat that was named', async () => {
  const question = await ada.sendMessage('@bob_daily', 'Tea?')
  const note = await ada.sendMessage('me', 'buy tea')
  const answer = await ada.sendMessage('@bob_daily', 'Yes', { replyTo: question })
  const asked = [
    { chat: answer.chat, id: answer.replyTo ?? 0 },
    { chat: 'me', id: question.id },
    note,
    { chat: 'me', id: 999_999 },
    { chat: '@bob_daily', id: answer.id },
  ]
  const found = await ada.getMessages(asked)
  assert.deepEqual(
    found.map(({ text, sender }) => [text, sender.id]),
    ['Tea?', 'buy tea', 'Yes'].map((text) => [text, ada.userId]),
  )
  assert.deepEqual(await ada.getMessages([]), [])
  await assert.rejects(ada.getMessages([5 as never]), { code: 'MESSAGE_INVALID' })
  const scheduleAtS = Math.floor(ada.serverNowMs() / 1000) + 3600
  const queued = await ada.sendMessage('me', 'later', { scheduleAtS })
  await assert.rejects(ada.getMessages([queued]), { code: 'MESSAGE_INVALID' })
  await ada.deleteMessages([queued, note, question, answer])
})

test('a message that is sent later waits in the queue', async () => {
  const scheduleAtS = Math.floor(ada.serverNowMs() / 1000) + 3600
  const waiting = await ada.sendMessage('@bob_daily', 'later', { scheduleAtS })
  assert.deepEqual([waiting.text, waiting.dateS], ['later', scheduleAtS])
  assert.deepEqual(await all(bob.history('@ada_daily', { search: 'later' })), [])
})

test('texts that are sent side by side arrive in their order, though the server has the first one wait', async () => {
  const dave = await person('+9996628119', 'dave_daily')
  server.faults.add({ method: 'messages.sendMessage', error: { code: 420, type: 'FLOOD_WAIT_1' }, times: 1 })
  const words = Array.from({ length: 12 }, (_, n) => `in order ${n}`)
  await Promise.all(words.map((word) => dave.sendMessage('me', word)))
  const texts = (await all(dave.history('me', { reverse: true }))).map(({ text }) => text)
  assert.deepEqual(texts, words)
})

test('a history is read by kind, and a message tells of its file', async () => {
  await ada.sendFile('me', new File(['of its own'], 'own.txt', { type: 'text/plain' }), { caption: 'papers' })
  await ada.sendMessage('me', 'papers in words')
  const found = await all(ada.history('me', { filter: 'documents', search: 'papers' }))
  assert.deepEqual(
    found.map(({ file }) => file),
    [{ kind: 'document', fileName: 'own.txt', sizeBytes: 10, mimeType: 'text/plain' }],
  )
  assert.deepEqual(await all(ada.history('me', { filter: 'videos' })), [])
  await assert.rejects(all(ada.history('me', { filter: 'photo' as 'photos' })), {
    code: 'OPTION_INVALID',
    message: /photos/,
  })
})

test('a history is read in pages, from both ends, from any message, and with words', async () => {
  const carl = await person('+9996628103', 'carl_daily')
  const numbers = Array.from({ length: 230 }, (_, n) => n + 1)
  for (const n of numbers) await carl.sendMessage('me', `number ${n}`)
  const texts = async (options: Parameters<typeof carl.history>[1]) =>
    (await all(carl.history('me', options))).map(({ text }) => Number(text.slice(7)))
  assert.deepEqual(await texts({}), numbers.toReversed())
  assert.deepEqual(await texts({ reverse: true }), numbers)
  assert.deepEqual(await texts({ limit: 101 }), numbers.slice(-101).toReversed())
  assert.deepEqual(await texts({ limit: 3, reverse: true }), [1, 2, 3])
  assert.deepEqual(await texts({ limit: 0 }), [])
  const [middle] = await all(carl.history('me', { search: '"number 100"', limit: 1 }))
  const found = middle ?? (await all(carl.history('me'))).find(({ text }) => text === 'number 100')
  assert.deepEqual(await texts({ fromId: found?.id, limit: 3 }), [100, 99, 98])
  assert.deepEqual(await texts({ fromId: found?.id, limit: 3, reverse: true }), [100, 101, 102])
  assert.equal((await texts({ search: 'number', limit: 150 })).length, 150)
  assert.deepEqual(await texts({ search: '229' }), [229])
  let read = 0
  for await (const _ of carl.history('me')) {
    read += 1
    if (read === 5) break
  }
  assert.equal(read, 5)
})

test('the list of chats has each chat once, with its newest message and what is unread', async () => {
  const dan = await person('+9996628104', 'dan_daily')
  const senders = await Promise.all(
    [ada, bob].map(async (each) => await each.sendMessage('@dan_daily', 'for dan')),
  )
  assert.equal(senders.length, 2)
  await dan.sendMessage('me', 'note')
  const listed = await all(dan.dialogs())
  const chats = listed.filter(({ chat }) => chat.id !== 777000n)
  assert.deepEqual(
    chats.map(({ chat, unreadCount, message }) => `${chat.title} ${unreadCount} ${message?.text}`).toSorted(),
    ['ada 1 for dan', 'bob 1 for dan', 'dan 0 note'],
  )
  assert.equal((await all(dan.dialogs({ limit: 2 }))).length, 2)
  assert.deepEqual(await all(dan.dialogs({ archived: true })), [])
  for (const { chat } of chats) await dan.markRead(chat)
  assert.ok(
    (await all(dan.dialogs())).every(({ unreadCount, chat }) => unreadCount === 0 || chat.id === 777000n),
  )
})

test('a group has its members, with roles; a user has none', async () => {
  const { inputPeer } = await ada.resolve('@bob_daily')
  assert.ok(inputPeer?._ === 'inputPeerUser')
  const made = await ada.messages.createChat({ users: [{ ...inputPeer, _: 'inputUser' }], title: 'Engines' })
  const [chat] = made.updates._ === 'updates' ? made.updates.chats : []
  assert.ok(chat?._ === 'chat')
  const found = await all(ada.members(-chat.id))
  assert.deepEqual(found.map(({ user, role }) => `${user.title} ${role}`).toSorted(), [
    'ada creator',
    'bob member',
  ])
  assert.equal((await all(ada.members(chat, { limit: 1 }))).length, 1)
  assert.match(JSON.stringify(found), /"role":"creator"/)
  await assert.rejects(all(ada.members('@bob_daily')), {
    code: 'PEER_INVALID',
    message: /bob is a user, and only groups/,
  })
})

test('people type, react and read', async () => {
  const message = await ada.sendMessage('@bob_daily', 'look')
  const typed = new Promise((resolve) => {
    const off = ada.onUpdate((update) => {
      if (update._ !== 'updateShort' || update.update._ !== 'updateUserTyping') return
      off()
      resolve(update.update.action._)
    })
  })
  await bob.setTyping('@ada_daily', 'recordVoice')
  assert.equal(await typed, 'sendMessageRecordAudioAction')
  await assert.rejects(bob.setTyping('@ada_daily', 'singing' as never), {
    code: 'ACTION_INVALID',
    message: /may be typing/,
  })
  const got = await newest(bob, '@ada_daily')
  const reactions = async () => {
    const { raw } = await newest(ada, '@bob_daily')
    assert.equal(raw.id, message.id)
    return (
      raw.reactions?.results.map(({ reaction }) => reaction._ === 'reactionEmoji' && reaction.emoticon) ?? []
    )
  }
  await bob.react(got, '👍')
  await bob.react(got, '👍')
  assert.deepEqual(await reactions(), ['👍'])
  await bob.react(got, undefined)
  assert.deepEqual(await reactions(), [])
})

test('a poll is voted in by the places of its answers, and closed', async () => {
  const poll = await ada.sendPoll('@bob_daily', 'Tea or coffee?', ['Tea', md`**Coffee**`])
  assert.ok(poll.media?._ === 'messageMediaPoll')
  const got = await newest(bob, '@ada_daily')
  await bob.vote(got, [1])
  const votes = (await newest(ada, '@bob_daily')).media
  assert.ok(votes?._ === 'messageMediaPoll')
  assert.equal(votes.results.totalVoters, 1)
  await bob.vote(got, [])
  await ada.closePoll(poll)
  await assert.rejects(bob.vote(got, [0]), { type: 'MESSAGE_POLL_CLOSED' })
  await assert.rejects(bob.vote(got, [5]), {
    code: 'POLL_INVALID',
    message: /2 answers, from 0 on, and none at 5/,
  })
  const text = await ada.sendMessage('me', 'no poll')
  await assert.rejects(ada.vote(text, [0]), { code: 'POLL_INVALID' })
})

test('all chats are searched by words', async () => {
  await ada.sendMessage('me', 'a rare xylophone')
  await ada.sendMessage('@bob_daily', 'your xylophone')
  const found = await all(ada.search('xylophone'))
  assert.deepEqual(found.map(({ text }) => text).toSorted(), ['a rare xylophone', 'your xylophone'])
  assert.equal((await all(ada.search('xylophone', { limit: 1 }))).length, 1)
})

test('a profile changes in the parts that are given', async () => {
  const eve = await person('+9996628105', 'eve_daily')
  const changed = await eve.updateProfile({
    firstName: 'Eve',
    lastName: 'Moneypenny',
    bio: 'Secret',
    username: '@eve_daily',
  })
  assert.deepEqual([changed.title, changed.username], ['Eve Moneypenny', 'eve_daily'])
  const me = await eve.getMe()
  assert.deepEqual(
    [me.firstName, me.lastName, me.isSelf, me.phone],
    ['Eve', 'Moneypenny', true, '9996628105'],
  )
  const { fullUser } = await eve.users.getFullUser({ id: { _: 'inputUserSelf' } })
  assert.equal(fullUser.about, 'Secret')
  assert.equal((await eve.updateProfile({ lastName: '' })).title, 'Eve')
  await assert.rejects(eve.updateProfile({ username: 'ada_daily' }), { type: 'USERNAME_OCCUPIED' })
})

test('wrong texts and buttons are refused before anything is sent', async () => {
  for (const text of [undefined, 5, null, {}, { text: 'a' }]) {
    await assert.rejects(ada.sendMessage('me', text as never), { code: 'TEXT_INVALID' })
  }
  for (const buttons of [5, 'yes', [[{ text: 'a' }]], [{ text: 'a', data: 'b' }], {}]) {
    await assert.rejects(ada.sendMessage('me', 'a', { buttons: buttons as never }), {
      code: 'BUTTONS_INVALID',
    })
  }
  const mixed = [['a', { text: 'b', data: 'c' }]] as const
  await assert.rejects(ada.sendMessage('me', 'a', { buttons: mixed }), {
    message: /either all below the message/,
  })
})

test('a bot signs in, knows people by their ids, and sends buttons and keyboards', async () => {
  const { token } = await server.bots.create({ username: 'helper_daily_bot' })
  const { apiId, apiHash } = server.info.apps[0] ?? assert.fail()
  const bot = new TelegramClient(memorySession(), { server: server.info })
  open.push(bot)
  await bot.auth.importBotAuthorization({ flags: 0, apiId, apiHash, botAuthToken: token })
  assert.equal((await bot.getMe()).isBot, true)
  await ada.sendMessage('@helper_daily_bot', '/start')
  const me = ada.userId ?? assert.fail()
  const buttons = [[{ text: 'Yes', data: 'yes' }], [{ text: 'Why?', url: 'https://example.org/' }]]
  const asked = await bot.sendMessage(me, md`**Really?**`, { buttons })
  const got = await newest(ada, '@helper_daily_bot')
  assert.ok(got.raw._ === 'message' && got.raw.replyMarkup?._ === 'replyInlineMarkup')
  assert.deepEqual(
    got.raw.replyMarkup.rows.map(({ buttons: [button] }) => button?._),
    ['keyboardButtonCallback', 'keyboardButtonUrl'],
  )
  const edited = await bot.editMessage(asked, 'Done', { buttons: [[{ text: 'Again', data: 'again' }]] })
  assert.equal(edited.text, 'Done')
  await bot.sendMessage(me, 'Colour?', { buttons: { rows: [['Red', 'Blue']], once: true } })
  const keys = await newest(ada, '@helper_daily_bot')
  assert.ok(keys.raw._ === 'message' && keys.raw.replyMarkup?._ === 'replyKeyboardMarkup')
  const [same] = await bot.getMessages([{ chat: me, id: asked.id }])
  assert.equal(same?.text, 'Done')
  await bot.sendMessage(me, 'Thanks', { buttons: 'remove' })
  const gone = await newest(ada, '@helper_daily_bot')
  assert.ok(gone.raw._ === 'message' && gone.raw.replyMarkup?._ === 'replyKeyboardHide')
})
