/** Bots over the wire: starts, buttons, and what a bot is told of its chats. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { memorySession, newPasswordSettings, passwordProof, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type {
  BotCommandScope,
  InputPeer,
  InputUser,
  KeyboardButton,
  Message,
  ReplyMarkup,
  Update,
} from '@cablegram/tl/api'

let server: CablegramServer
const open: { close(): Promise<void> }[] = []
before(async () => {
  server = await startServer({ store: 'memory', testClock: true })
})
after(async () => {
  for (const one of open.reverse()) await one.close()
  await server.close()
})

type TextMessage = Extract<Message, { _: 'message' }>

/** Somebody who is signed in, or a bot, and what they have been told. */
interface Somebody {
  readonly client: TelegramClient
  readonly username: string
  /** The updates that were not taken. */
  readonly told: Update[]
  /** Resolves with the next update of a kind that has not been taken. */
  next<K extends Update['_']>(kind: K): Promise<Extract<Update, { _: K }>>
  /** The next message, which is no service message. */
  message(): Promise<TextMessage>
}

let names = 0

function listening(client: TelegramClient, username: string): Somebody {
  open.push(client)
  const told: Update[] = []
  const waiting = new Set<() => void>()
  client.onUpdate((updates) => {
    if (updates._ === 'updates') told.push(...updates.updates)
    for (const wake of [...waiting]) wake()
  })
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
  async function message(): Promise<TextMessage> {
    for (;;) {
      const { message: found } = await next('updateNewMessage')
      if (found._ === 'message') return found
    }
  }
  return { client, username, told, next, message }
}

async function person(): Promise<Somebody> {
  const username = `person_${++names}`
  const phone = `+99966210${String(names).padStart(2, '0')}`
  await server.users.create({ phone, firstName: username, username })
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false, langCode: 'en' })
  const one = listening(client, username)
  await client.start({ phone: async () => phone, code: async ({ length = 5 }) => '2'.repeat(length) })
  await client.updates.getState()
  return one
}

async function bot(): Promise<Somebody> {
  const username = `helper_${++names}_bot`
  const { token } = await server.bots.create({ username })
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  const one = listening(client, username)
  const [app] = server.info.apps
  assert.ok(app !== undefined)
  await client.auth.importBotAuthorization({
    flags: 0,
    apiId: app.apiId,
    apiHash: app.apiHash,
    botAuthToken: token,
  })
  await client.updates.getState()
  return one
}

async function userOf(
  { client }: Somebody,
  { username }: Somebody,
): Promise<Extract<InputUser, { _: 'inputUser' }>> {
  const { users } = await client.contacts.resolveUsername({ username })
  const [user] = users
  assert.ok(user?._ === 'user' && user.accessHash !== undefined)
  return { _: 'inputUser', userId: user.id, accessHash: user.accessHash }
}

async function peerOf(viewer: Somebody, other: Somebody): Promise<InputPeer> {
  return { ...(await userOf(viewer, other)), _: 'inputPeerUser' }
}

let randomIds = 0n
const text = (peer: InputPeer, message: string) => ({ peer, message, randomId: ++randomIds })
const EMPTY = { _: 'inputPeerEmpty' } as const
const DATA = Uint8Array.of(7)
const button = (requiresPassword?: true): ReplyMarkup => ({
  _: 'replyInlineMarkup',
  rows: [
    {
      _: 'keyboardButtonRow',
      buttons: [
        {
          _: 'keyboardButtonCallback',
          text: 'Press',
          data: DATA,
          ...(requiresPassword && { requiresPassword }),
        },
      ],
    },
  ],
})

async function started() {
  const [ada, helper] = [await person(), await bot()]
  const toBot = await peerOf(ada, helper)
  const params = {
    bot: await userOf(ada, helper),
    peer: EMPTY,
    randomId: ++randomIds,
    startParam: 'from-link_1',
  }
  const answer = await ada.client.messages.startBot(params)
  const toAda = await peerOf(helper, ada)
  return { ada, helper, toBot, toAda, params, answer }
}

/** The bot has sent Ada a button, which she sees. */
async function withButton(requiresPassword?: true) {
  const scene = await started()
  const { ada, helper, toAda } = scene
  await helper.client.messages.sendMessage({
    ...text(toAda, 'Choose'),
    replyMarkup: button(requiresPassword),
  })
  const { id } = await ada.message()
  return { ...scene, press: { peer: scene.toBot, msgId: id, data: DATA } }
}

test('a bot that is started reads the parameter, and the user does not', async () => {
  const { ada, helper, params, answer } = await started()
  assert.ok(answer._ === 'updates')
  const [id, own] = answer.updates
  assert.ok(id?._ === 'updateMessageID' && id.randomId === params.randomId)
  assert.ok(own?._ === 'updateNewMessage' && own.message._ === 'message')
  assert.equal(own.message.message, '/start')
  const got = await helper.message()
  assert.equal(got.message, '/start from-link_1')
  assert.deepEqual(got.entities, [{ _: 'messageEntityBotCommand', offset: 0, length: 6 }])
  // The same call again is the same message.
  const again = await ada.client.messages.startBot(params)
  assert.ok(again._ === 'updates')
  assert.deepEqual(
    again.updates.map(({ _: kind }) => kind),
    ['updateMessageID', 'updateNewMessage'],
  )
  const { messages } = (await helper.client.messages.getMessages({
    id: [1, 2].map((each) => ({ _: 'inputMessageID' as const, id: each })),
  })) as Extract<Awaited<ReturnType<typeof helper.client.messages.getMessages>>, { _: 'messages.messages' }>
  assert.deepEqual(
    messages.map(({ _: kind }) => kind),
    ['message', 'messageEmpty'],
  )
})

test('a bot writes to nobody who has not started it, and not to bots', async () => {
  const [ada, helper, other] = [await person(), await bot(), await bot()]
  const toAda = await peerOf(helper, ada)
  await assert.rejects(helper.client.messages.sendMessage(text(toAda, 'hi')), { type: 'PEER_ID_INVALID' })
  await assert.rejects(helper.client.messages.sendMessage(text(await peerOf(helper, other), 'hi')), {
    type: 'USER_IS_BOT',
  })
  await ada.client.messages.sendMessage(text(await peerOf(ada, helper), 'hello'))
  await helper.client.messages.sendMessage(text(toAda, 'hi'))
  assert.equal((await ada.message()).message, 'hi')
})

test('a press reaches the bot, and its answer the one who pressed', async () => {
  const { ada, helper, press } = await withButton()
  const answered = ada.client.messages.getBotCallbackAnswer(press)
  // A call that waits holds up nothing else.
  assert.equal(
    (
      await ada.client.messages
        .getBotCallbackAnswer({ ...press, data: Uint8Array.of(9) })
        .catch((error) => error)
    ).type,
    'DATA_INVALID',
  )
  const query = await helper.next('updateBotCallbackQuery')
  const { users } = await helper.client.contacts.resolveUsername({ username: ada.username })
  assert.deepEqual(
    [query.userId, query.peer, query.data],
    [users[0]?.id, { _: 'peerUser', userId: users[0]?.id }, DATA],
  )
  const { queryId } = query
  const answer = { queryId, message: 'Done', alert: true, cacheTime: 5 } as const
  assert.equal(await helper.client.messages.setBotCallbackAnswer(answer), true)
  assert.deepEqual(await answered, {
    _: 'messages.botCallbackAnswer',
    alert: true,
    message: 'Done',
    cacheTime: 5,
  })
  // The same answer may come again, another one may not.
  assert.equal(await helper.client.messages.setBotCallbackAnswer(answer), true)
  await assert.rejects(helper.client.messages.setBotCallbackAnswer({ queryId, cacheTime: 0 }), {
    type: 'QUERY_ID_INVALID',
  })
})

test('a press that no bot answers is over after ten seconds, and too late to answer', async () => {
  const { ada, helper, press } = await withButton()
  const answered = ada.client.messages.getBotCallbackAnswer(press)
  const { queryId } = await helper.next('updateBotCallbackQuery')
  await Promise.all([assert.rejects(answered, { type: 'BOT_RESPONSE_TIMEOUT' }), server.clock.advance(10)])
  await assert.rejects(helper.client.messages.setBotCallbackAnswer({ queryId, cacheTime: 0 }), {
    type: 'QUERY_ID_INVALID',
  })
})

test('a bot that comes back while somebody waits is told of the press', async () => {
  const { ada, helper, press } = await withButton()
  const before = await helper.client.updates.getState()
  assert.equal(before.unreadCount, 0, 'bots read nothing, and have nothing to read')
  const answered = ada.client.messages.getBotCallbackAnswer(press)
  await helper.next('updateBotCallbackQuery')
  const missed = await helper.client.updates.getDifference({
    pts: before.pts,
    date: before.date,
    qts: before.qts,
  })
  assert.ok(missed._ === 'updates.difference')
  const query = missed.otherUpdates.find((update) => update._ === 'updateBotCallbackQuery')
  assert.ok(query?._ === 'updateBotCallbackQuery')
  await helper.client.messages.setBotCallbackAnswer({ queryId: query.queryId, cacheTime: 0 })
  assert.deepEqual(await answered, { _: 'messages.botCallbackAnswer', cacheTime: 0 })
})

test('a bot sees of a group what is for it, and everything once it leads', async () => {
  const [ada, helper, other] = [await person(), await bot(), await bot()]
  const { updates } = await ada.client.messages.createChat({
    users: [await userOf(ada, helper), await userOf(ada, other)],
    title: 'Club',
  })
  assert.ok(updates._ === 'updates')
  const chatId = updates.chats[0]?.id ?? 0n
  const group = { _: 'inputPeerChat', chatId } as const
  const say = (words: string, more: object = {}) =>
    ada.client.messages.sendMessage({ ...text(group, words), ...more })
  await say('nothing for bots')
  await say('/list')
  await say(`/list@${other.username}`)
  await say(`/list@${helper.username}`)
  await say(`hello @${helper.username}`)
  const heard = [await helper.message(), await helper.message(), await helper.message()]
  assert.deepEqual(
    heard.map(({ message }) => message),
    ['/list', `/list@${helper.username}`, `hello @${helper.username}`],
  )
  await helper.client.messages.sendMessage(text(group, 'Here I am'))
  const { id } = await ada.message()
  await say('I see', { replyTo: { _: 'inputReplyToMessage', replyToMsgId: id } })
  assert.equal((await helper.message()).message, 'I see')
  await ada.client.messages.editChatAdmin({ chatId, userId: await userOf(ada, helper), isAdmin: true })
  await say('for all')
  assert.equal((await helper.message()).message, 'for all')
  await other.client.messages.sendMessage(text(group, '/list'))
  await say('after the other bot')
  assert.equal((await helper.message()).message, 'after the other bot')
  // A message that a bot does not see has no place in its log.
  const { pts } = await other.client.updates.getState()
  const all = await other.client.updates.getDifference({ pts: 1, date: 1, qts: 1 })
  assert.ok(all._ === 'updates.difference')
  assert.equal(all.state.pts, pts)
  assert.deepEqual(
    all.newMessages.flatMap((message) => (message._ === 'message' ? message.message : [])),
    ['/list', `/list@${other.username}`, '/list'],
  )
})

test('a bot that is started in a group joins it, and alone reads the parameter', async () => {
  const [ada, helper, bob] = [await person(), await bot(), await person()]
  const { updates } = await ada.client.messages.createChat({ users: [await userOf(ada, bob)], title: 'Club' })
  assert.ok(updates._ === 'updates')
  const peer = { _: 'inputPeerChat', chatId: updates.chats[0]?.id ?? 0n } as const
  const params = { bot: await userOf(ada, helper), peer, randomId: ++randomIds, startParam: 'x' }
  const answer = await ada.client.messages.startBot(params)
  assert.ok(answer._ === 'updates')
  assert.deepEqual(
    answer.updates.map(({ _: kind }) => kind),
    ['updateMessageID', 'updateMessageID', 'updateNewMessage', 'updateNewMessage', 'updateChatParticipants'],
  )
  assert.equal((await helper.message()).message, `/start@${helper.username} x`)
  assert.equal((await bob.message()).message, `/start@${helper.username}`)
  const again = await ada.client.messages.startBot(params)
  assert.ok(again._ === 'updates')
  assert.equal(again.updates.filter(({ _: kind }) => kind === 'updateNewMessage').length, 1)
})

test('a bot is told when somebody blocks it, and may not write to them then', async () => {
  const { ada, helper, toBot, toAda } = await started()
  assert.equal((await helper.client.updates.getState()).qts, 1)
  await ada.client.contacts.block({ id: toBot })
  const stopped = await helper.next('updateBotStopped')
  assert.deepEqual([stopped.stopped, stopped.qts], [true, 2])
  await assert.rejects(helper.client.messages.sendMessage(text(toAda, 'hi')), {
    code: 403,
    type: 'USER_IS_BLOCKED',
  })
  await ada.client.contacts.unblock({ id: toBot })
  const again = await helper.next('updateBotStopped')
  assert.deepEqual([again.stopped, again.qts], [false, 3])
  await helper.client.messages.sendMessage(text(toAda, 'hi'))
  assert.equal((await helper.client.updates.getState()).qts, 3)
  // Numbers inside a difference are those that the setting asks for: 0 by default, as on Telegram.
  const { pts } = await helper.client.updates.getState()
  const first = await helper.client.updates.getDifference({ pts, date: 2 ** 31 - 1, qts: 1, qtsLimit: 1 })
  assert.ok(first._ === 'updates.differenceSlice')
  assert.equal(first.intermediateState.qts, 2)
  const rest = await helper.client.updates.getDifference({ pts, date: 2 ** 31 - 1, qts: 2 })
  assert.ok(rest._ === 'updates.difference')
  assert.deepEqual(
    [...first.otherUpdates, ...rest.otherUpdates].map(
      (update) => update._ === 'updateBotStopped' && update.stopped,
    ),
    [true, false],
  )
  assert.equal(rest.state.qts, 3)
  // People have no such events.
  assert.equal((await ada.client.updates.getState()).qts, 1)
})

test('a bot is told of votes in its polls, reactions, and who comes into a group that it leads', async () => {
  const { ada, helper, toBot, toAda } = await started()
  const option = Uint8Array.of(3)
  const words = (value: string) => ({ _: 'textWithEntities' as const, text: value, entities: [] })
  await helper.client.messages.sendMedia({
    peer: toAda,
    message: '',
    randomId: ++randomIds,
    media: {
      _: 'inputMediaPoll',
      poll: {
        _: 'poll',
        id: 0n,
        hash: 0n,
        publicVoters: true,
        question: words('Tea?'),
        answers: [
          { _: 'pollAnswer', text: words('yes'), option },
          { _: 'pollAnswer', text: words('no'), option: Uint8Array.of(4) },
        ],
      },
    },
  })
  const { id } = await ada.message()
  await ada.client.messages.sendVote({ peer: toBot, msgId: id, options: [option] })
  const vote = await helper.next('updateMessagePollVote')
  assert.deepEqual([vote.options, vote.positions, vote.qts], [[option], [0], 2])
  const reaction = [{ _: 'reactionEmoji', emoticon: '👍' } as const]
  await ada.client.messages.sendReaction({ peer: toBot, msgId: id, reaction })
  const reacted = await helper.next('updateBotMessageReaction')
  assert.deepEqual([reacted.oldReactions, reacted.newReactions.length, reacted.qts], [[], 1, 3])
  const bot = await userOf(ada, helper)
  const { updates } = await ada.client.messages.createChat({ users: [bot], title: 'Club' })
  assert.ok(updates._ === 'updates')
  const chatId = updates.chats[0]?.id ?? 0n
  const own = await helper.next('updateChatParticipant')
  assert.deepEqual([own.prevParticipant, own.newParticipant?._], [undefined, 'chatParticipant'])
  await ada.client.messages.editChatAdmin({ chatId, userId: bot, isAdmin: true })
  assert.equal((await helper.next('updateChatParticipant')).newParticipant?._, 'chatParticipantAdmin')
  const bob = await person()
  const peer = { _: 'inputPeerChat', chatId } as const
  const invite = await ada.client.messages.exportChatInvite({ peer, requestNeeded: true })
  assert.ok(invite._ === 'chatInviteExported')
  await bob.client.account.updateProfile({ about: 'Builder' })
  const hash = invite.link.split('+').at(-1) ?? ''
  await assert.rejects(bob.client.messages.importChatInvite({ hash }), { type: 'INVITE_REQUEST_SENT' })
  const asked = await helper.next('updateBotChatInviteRequester')
  assert.deepEqual([asked.about, asked.invite._, asked.qts], ['Builder', 'chatInviteExported', 6])
  await helper.client.messages.hideChatJoinRequest({
    peer,
    userId: await userOf(helper, bob),
    approved: true,
  })
  const joined = await helper.next('updateChatParticipant')
  assert.deepEqual(
    [joined.newParticipant?._, joined.invite?._, joined.qts],
    ['chatParticipant', 'chatInviteExported', 7],
  )
})

test('people see the commands that are for them, and are told when these change', async () => {
  const { ada, helper, toBot, toAda } = await started()
  const bot = await userOf(ada, helper)
  const set = (scope: BotCommandScope, langCode: string, command: string) =>
    helper.client.bots.setBotCommands({
      scope,
      langCode,
      commands: [{ _: 'botCommand', command, description: command }],
    })
  const seen = async () => {
    const { fullUser } = await ada.client.users.getFullUser({ id: bot })
    return fullUser.botInfo?.commands?.map(({ command }) => command)
  }
  const version = async () => {
    const [user] = await ada.client.users.getUsers({ id: [bot] })
    return user?._ === 'user' ? (user.botInfoVersion ?? 0) : 0
  }
  const before = await version()
  assert.equal(await seen(), undefined)
  await set({ _: 'botCommandScopeDefault' }, '', 'all')
  const told = await ada.next('updateBotCommands')
  assert.deepEqual(
    [told.peer, told.commands.map(({ command }) => command)],
    [{ _: 'peerUser', userId: bot.userId }, ['all']],
  )
  assert.deepEqual(await seen(), ['all'])
  await set({ _: 'botCommandScopeUsers' }, '', 'people')
  await set({ _: 'botCommandScopeUsers' }, 'en', 'english')
  assert.deepEqual(await seen(), ['english'])
  await set({ _: 'botCommandScopePeer', peer: toAda }, '', 'ada')
  assert.deepEqual(await seen(), ['ada'])
  assert.equal(await version(), before + 4)
  await helper.client.bots.resetBotCommands({
    scope: { _: 'botCommandScopePeer', peer: toAda },
    langCode: '',
  })
  assert.deepEqual(await seen(), ['english'])
  // In a group, its own and those of admins come first.
  const { updates } = await ada.client.messages.createChat({ users: [bot], title: 'Club' })
  assert.ok(updates._ === 'updates')
  const chatId = updates.chats[0]?.id ?? 0n
  const inGroup = async () => {
    const { fullChat } = await ada.client.messages.getFullChat({ chatId })
    assert.ok(fullChat._ === 'chatFull')
    return fullChat.botInfo?.map(({ userId, commands }) => [userId, commands?.map(({ command }) => command)])
  }
  assert.deepEqual(await inGroup(), [[bot.userId, ['all']]])
  await set({ _: 'botCommandScopeChats' }, '', 'groups')
  assert.deepEqual(await inGroup(), [[bot.userId, ['groups']]])
  await set({ _: 'botCommandScopeChatAdmins' }, '', 'admins')
  assert.deepEqual(await inGroup(), [[bot.userId, ['admins']]])
  const peer = { _: 'inputPeerChat', chatId } as const
  await set({ _: 'botCommandScopePeerUser', peer, userId: await userOf(helper, ada) }, '', 'here')
  assert.deepEqual(await inGroup(), [[bot.userId, ['here']]])
  await assert.rejects(
    helper.client.bots.setBotCommands({
      scope: { _: 'botCommandScopePeerAdmins', peer: toAda },
      langCode: '',
      commands: [],
    }),
    { type: 'PEER_ID_INVALID' },
  )
  assert.equal(toBot._, 'inputPeerUser')
})

test('a bot describes itself, has a menu button for all or for one, and suggests rights', async () => {
  const { ada, helper } = await started()
  const bot = await userOf(ada, helper)
  const { client } = helper
  await client.bots.setBotInfo({ langCode: '', name: 'Helper', about: 'Helps', description: 'I help you.' })
  await client.bots.setBotInfo({ langCode: 'de', description: 'Ich helfe.' })
  assert.deepEqual(await client.bots.getBotInfo({ langCode: 'de' }), {
    _: 'bots.botInfo',
    name: '',
    about: '',
    description: 'Ich helfe.',
  })
  await client.bots.setBotMenuButton({
    userId: { _: 'inputUserEmpty' },
    button: { _: 'botMenuButtonCommands' },
  })
  assert.equal((await ada.next('updateBotMenuButton')).button._, 'botMenuButtonCommands')
  const own = { _: 'botMenuButton', text: 'Open', url: 'https://example.org/' } as const
  await client.bots.setBotMenuButton({ userId: await userOf(helper, ada), button: own })
  assert.deepEqual((await ada.next('updateBotMenuButton')).button, own)
  await client.bots.setBotGroupDefaultAdminRights({ adminRights: { _: 'chatAdminRights', banUsers: true } })
  const { fullUser, users } = await ada.client.users.getFullUser({ id: bot })
  assert.deepEqual(
    [users[0]?._ === 'user' && users[0].firstName, fullUser.about, fullUser.botInfo?.description],
    ['Helper', 'Helps', 'I help you.'],
  )
  assert.deepEqual(fullUser.botInfo?.menuButton, own)
  assert.deepEqual(fullUser.botGroupAdminRights, { _: 'chatAdminRights', banUsers: true })
  await client.bots.setBotMenuButton({
    userId: await userOf(helper, ada),
    button: { _: 'botMenuButtonDefault' },
  })
  assert.equal((await ada.next('updateBotMenuButton')).button._, 'botMenuButtonCommands')
})

test('a bot that somebody lets write may, and its owner may rename it', async () => {
  const [ada, helper] = [await person(), await bot()]
  const user = await userOf(ada, helper)
  assert.equal(await ada.client.bots.canSendMessage({ bot: user }), false)
  const allowed = await ada.client.bots.allowSendMessage({ bot: user })
  assert.ok(allowed._ === 'updates' && allowed.updates.length === 2)
  assert.equal(await ada.client.bots.canSendMessage({ bot: user }), true)
  const again = await ada.client.bots.allowSendMessage({ bot: user })
  assert.ok(again._ === 'updates' && again.updates.length === 0)
  await helper.client.messages.sendMessage(text(await peerOf(helper, ada), 'hi'))
  assert.equal((await ada.message()).message, 'hi')
  await assert.rejects(ada.client.bots.setBotInfo({ bot: user, langCode: '', name: 'Mine' }), {
    type: 'BOT_INVALID',
  })
  const username = `owned_${++names}_bot`
  const ownerPhone = `+99966210${ada.username.slice(-2).replace('_', '0')}`
  await server.bots.create({ username, ownerPhone })
  const [owned] = await ada.client.bots.getAdminedBots()
  assert.ok(owned?._ === 'user' && owned.username === username && owned.accessHash !== undefined)
  const mine = { _: 'inputUser', userId: owned.id, accessHash: owned.accessHash } as const
  await ada.client.bots.setBotInfo({ bot: mine, langCode: '', name: 'Mine' })
  assert.equal((await ada.client.bots.getBotInfo({ bot: mine, langCode: '' })).name, 'Mine')
})

test('a bot changes the text and the buttons of its message, together or apart', async () => {
  const { ada, helper, toAda, press } = await withButton()
  const { messages } = (await helper.client.messages.getMessages({
    id: [{ _: 'inputMessageID', id: 2 }],
  })) as { messages: Message[] }
  const [own] = messages
  assert.ok(own?._ === 'message' && own.replyMarkup !== undefined)
  const { id } = own
  const edit = (change: object) => helper.client.messages.editMessage({ peer: toAda, id, ...change })
  const seen = async () => {
    const { message } = await ada.next('updateEditMessage')
    assert.ok(message._ === 'message')
    return [message.message, message.replyMarkup?._]
  }
  await edit({ message: 'Chosen', replyMarkup: button() })
  assert.deepEqual(await seen(), ['Chosen', 'replyInlineMarkup'])
  await assert.rejects(edit({ replyMarkup: button() }), { type: 'MESSAGE_NOT_MODIFIED' })
  await edit({ message: 'Done' })
  assert.deepEqual(await seen(), ['Done', undefined])
  await assert.rejects(ada.client.messages.getBotCallbackAnswer(press), { type: 'DATA_INVALID' })
  await edit({ replyMarkup: button() })
  assert.deepEqual(await seen(), ['Done', 'replyInlineMarkup'])
  await edit({})
  assert.deepEqual(await seen(), ['Done', undefined])
  await assert.rejects(edit({ replyMarkup: { _: 'replyKeyboardHide' } }), { type: 'REPLY_MARKUP_INVALID' })
})

test('bots hear of nobody who writes or is online, and cannot list what people list', async () => {
  const { ada, helper, toBot, toAda } = await started()
  const { client } = helper
  const page = { offsetId: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0, hash: 0n }
  const lists = [
    client.messages.getHistory({ peer: toAda, offsetDate: 0, ...page }),
    client.messages.getDialogs({ offsetDate: 0, offsetPeer: EMPTY, ...page }),
    client.messages.readHistory({ peer: toAda, maxId: 0 }),
    client.account.updateStatus({ offline: false }),
  ]
  for (const list of lists) await assert.rejects(list, { type: 'BOT_METHOD_INVALID' })
  await client.messages.sendMessage(text(toAda, 'hi'))
  await ada.message()
  await ada.client.messages.setTyping({ peer: toBot, action: { _: 'sendMessageTypingAction' } })
  await ada.client.account.updateStatus({ offline: true })
  await ada.client.messages.readHistory({ peer: toBot, maxId: 0 })
  await ada.client.messages.sendMessage(text(toBot, 'the last'))
  for (;;) if ((await helper.message()).message === 'the last') break
  const heard = helper.told.map(({ _: kind }) => kind)
  assert.deepEqual(
    heard.filter((kind) => /Typing|Status|ReadHistory/.test(kind)),
    [],
  )
})

test('a button that asks for the password is pressed with it, and with nothing else', async () => {
  const { ada, helper, press } = await withButton(true)
  const { client } = ada
  await assert.rejects(client.messages.getBotCallbackAnswer(press), { type: 'PASSWORD_MISSING' })
  const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length))
  const newSettings = await newPasswordSettings(
    await client.account.getPassword(),
    'correct horse',
    '',
    random,
  )
  const none = { _: 'inputCheckPasswordEmpty' } as const
  await client.account.updatePasswordSettings({ password: none, newSettings })
  for (const given of [press, { ...press, password: none }]) {
    await assert.rejects(client.messages.getBotCallbackAnswer(given), { type: 'PASSWORD_HASH_INVALID' })
  }
  const wrong = await passwordProof(await client.account.getPassword(), 'wrong horse', random)
  await assert.rejects(client.messages.getBotCallbackAnswer({ ...press, password: wrong }), {
    type: 'PASSWORD_HASH_INVALID',
  })
  const password = await passwordProof(await client.account.getPassword(), 'correct horse', random)
  const answered = client.messages.getBotCallbackAnswer({ ...press, password })
  const { queryId } = await helper.next('updateBotCallbackQuery')
  await helper.client.messages.setBotCallbackAnswer({ queryId, cacheTime: 0 })
  assert.equal((await answered)._, 'messages.botCallbackAnswer')
})

type PeerType = Extract<KeyboardButton, { _: 'keyboardButtonRequestPeer' }>['peerType']

/** The bot has asked Ada for a peer, whose name and username it wants to know. */
async function asked(peerType: PeerType, maxQuantity = 1) {
  const scene = await started()
  const { ada, helper, toAda, toBot } = scene
  await helper.message()
  const wanted = { nameRequested: true, usernameRequested: true, text: 'Choose', buttonId: 7 } as const
  const key = { _: 'inputKeyboardButtonRequestPeer', ...wanted, peerType, maxQuantity } as const
  await helper.client.messages.sendMessage({
    ...text(toAda, 'Who?'),
    replyMarkup: { _: 'replyKeyboardMarkup', rows: [{ _: 'keyboardButtonRow', buttons: [key] }] },
  })
  const message = await ada.message()
  const share = (requestedPeers: InputPeer[], buttonId = 7) =>
    ada.client.messages.sendBotRequestedPeer({ peer: toBot, msgId: message.id, buttonId, requestedPeers })
  const told = async () => {
    for (;;) {
      const { message: found } = await helper.next('updateNewMessage')
      if (found._ === 'messageService') return found.action
    }
  }
  return { ...scene, message, share, told }
}

const NOT_SO = { code: 400, type: 'PEER_ID_INVALID' }

test('a bot asks for people by a button, and is told of those who are chosen', async () => {
  const { ada, helper, message, share, told } = await asked({ _: 'requestPeerTypeUser', bot: false }, 2)
  assert.ok(message.replyMarkup?._ === 'replyKeyboardMarkup')
  assert.deepEqual(message.replyMarkup.rows[0]?.buttons, [
    {
      _: 'keyboardButtonRequestPeer',
      text: 'Choose',
      buttonId: 7,
      peerType: { _: 'requestPeerTypeUser', bot: false },
      maxQuantity: 2,
    },
  ])
  const [bob, cleo, other] = [await person(), await person(), await bot()]
  const [toBob, toCleo] = [await peerOf(ada, bob), await peerOf(ada, cleo)]
  assert.ok(toBob._ === 'inputPeerUser' && toCleo._ === 'inputPeerUser')
  await assert.rejects(share([]), NOT_SO)
  await assert.rejects(share([toBob, toCleo, { _: 'inputPeerSelf' }]), NOT_SO)
  await assert.rejects(share([await peerOf(ada, other)]), NOT_SO)
  await assert.rejects(share([toBob], 8), { code: 400, type: 'MESSAGE_ID_INVALID' })
  const answer = await share([toBob, toCleo])
  assert.ok(answer._ === 'updates')
  const [, sent] = answer.updates
  assert.ok(sent?._ === 'updateNewMessage' && sent.message._ === 'messageService')
  const peers = [toBob.userId, toCleo.userId].map((userId) => ({ _: 'peerUser', userId }))
  assert.deepEqual(sent.message.action, { _: 'messageActionRequestedPeer', buttonId: 7, peers })
  assert.deepEqual(await told(), {
    _: 'messageActionRequestedPeerSentMe',
    buttonId: 7,
    peers: [bob, cleo].map(({ username }, place) => ({
      _: 'requestedPeerUser',
      userId: peers[place]?.userId,
      firstName: username,
      lastName: '',
      username,
    })),
  })
  // The names are all that the bot learns.
  const { users } = (await helper.client.updates.getDifference({ pts: 1, date: 1, qts: 1 })) as {
    users: { id: bigint }[]
  }
  assert.ok(users.every(({ id }) => id !== toBob.userId))
})

test('a bot that asks for a group to lead is brought there, and made an admin', async () => {
  const botAdminRights = { _: 'chatAdminRights', deleteMessages: true } as const
  const own = { _: 'requestPeerTypeChat', creator: true, botParticipant: true, botAdminRights } as const
  const { ada, helper, share, told } = await asked(own)
  const bob = await person()
  const groupOf = async (creator: Somebody, member: Somebody) => {
    const users = [await userOf(creator, member)]
    const { updates } = await creator.client.messages.createChat({ users, title: 'Club' })
    assert.ok(updates._ === 'updates')
    return { _: 'inputPeerChat', chatId: updates.chats[0]?.id ?? 0n } as const
  }
  await assert.rejects(share([await groupOf(bob, ada)]), NOT_SO)
  await assert.rejects(share([await peerOf(ada, bob)]), NOT_SO)
  const group = await groupOf(ada, bob)
  const answer = await share([group])
  assert.ok(answer._ === 'updates')
  const kinds = answer.updates.flatMap((update) => (update._ === 'updateNewMessage' ? update.message : []))
  assert.deepEqual(
    kinds.map((each) => each._ === 'messageService' && each.action._),
    ['messageActionChatAddUser', 'messageActionRequestedPeer'],
  )
  const shared = await told()
  const sentMe = shared._ === 'messageActionChatAddUser' ? await told() : shared
  assert.deepEqual(sentMe, {
    _: 'messageActionRequestedPeerSentMe',
    buttonId: 7,
    peers: [{ _: 'requestedPeerChat', chatId: group.chatId, title: 'Club' }],
  })
  const { fullChat } = await ada.client.messages.getFullChat({ chatId: group.chatId })
  assert.ok(fullChat._ === 'chatFull' && fullChat.participants._ === 'chatParticipants')
  const { userId } = await userOf(ada, helper)
  const role = fullChat.participants.participants.find((each) => each.userId === userId)?._
  assert.equal(role, 'chatParticipantAdmin')
})
