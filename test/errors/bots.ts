import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import type { InputCheckPasswordSRP, InputPeer, InputUser, Params, ReplyMarkup } from '@cablegram/tl/api'
import { SELF, saved } from './chats.ts'
import { type Cause, cause } from './registry.ts'
import { PASSWORD, passwordCauses } from './two-step.ts'
import { appOf, type World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const STRANGER = { _: 'inputUser', userId: 999_999_999n, accessHash: 1n } as const
const ME = { _: 'inputUserSelf' } as const
const EMPTY = { _: 'inputPeerEmpty' } as const
const DATA = Uint8Array.of(1)

let names = 0

/** A bot that is signed in, and its name. */
async function botOf(world: World, server: CablegramServer) {
  const username = `cause${++names}_bot`
  const { token } = await server.bots.create({ username })
  const client = world.connect(server)
  await client.auth.importBotAuthorization({ flags: 0, ...appOf(server), botAuthToken: token })
  return { client, username }
}

async function found(
  client: TelegramClient,
  username: string,
): Promise<Extract<InputUser, { _: 'inputUser' }>> {
  const { users } = await client.contacts.resolveUsername({ username })
  const [user] = users
  assert.ok(user?._ === 'user' && user.accessHash !== undefined)
  return { _: 'inputUser', userId: user.id, accessHash: user.accessHash }
}

type Start = Params<'messages.startBot'>

/** Ada starts a bot, but for this change. */
const start = (error: string, change: Partial<Start>): Cause =>
  cause('messages.startBot', error, async (world) => {
    const server = await world.server()
    const { username } = await botOf(world, server)
    const ada = await world.user(server)
    const bot = await found(ada, username)
    await ada.messages.startBot({ bot, peer: EMPTY, randomId: 1n, startParam: 'a', ...change })
  })

/** Ada starts a bot in a group of Grace's, of which she is a member. */
const startIn = (
  error: string,
  before: (
    grace: TelegramClient,
    ada: TelegramClient,
    peer: Extract<InputPeer, { _: 'inputPeerChat' }>,
  ) => Promise<unknown>,
): Cause =>
  cause('messages.startBot', error, async (world) => {
    const server = await world.server()
    const { username } = await botOf(world, server)
    const [ada, grace] = [await world.user(server), await world.user(server)]
    const name = `ada_${username.slice(0, -4)}`
    await ada.account.updateUsername({ username: name })
    const { updates } = await grace.messages.createChat({ users: [await found(grace, name)], title: 'Club' })
    assert.ok(updates._ === 'updates')
    const peer = { _: 'inputPeerChat', chatId: updates.chats[0]?.id ?? 0n } as const
    await before(grace, ada, peer)
    await ada.messages.startBot({ bot: await found(ada, username), peer, randomId: 1n, startParam: 'a' })
  })

const press = (client: TelegramClient, change: Partial<Params<'messages.getBotCallbackAnswer'>> = {}) =>
  client.messages.getBotCallbackAnswer({ peer: SELF, msgId: 1, data: DATA, ...change })

const share = (client: TelegramClient, change: Partial<Params<'messages.sendBotRequestedPeer'>> = {}) =>
  client.messages.sendBotRequestedPeer({
    peer: SELF,
    msgId: 999,
    buttonId: 1,
    requestedPeers: [SELF],
    ...change,
  })

/** A bot sends two buttons with the same number. */
const numbered = (method: 'messages.sendMessage' | 'messages.sendMedia'): Cause =>
  asBot(method, '400 BUTTON_ID_INVALID', async (client) => {
    const button = {
      _: 'keyboardButtonRequestPeer' as const,
      text: 'a',
      buttonId: 1,
      peerType: { _: 'requestPeerTypeUser' as const },
      maxQuantity: 1,
    }
    const rows = [{ _: 'keyboardButtonRow' as const, buttons: [button, button] }]
    const message = {
      peer: SELF,
      message: 'a',
      randomId: 1n,
      replyMarkup: { _: 'replyKeyboardMarkup', rows },
    } as const
    if (method === 'messages.sendMessage') await client.messages.sendMessage(message)
    else await client.messages.sendMedia({ ...message, media: { _: 'inputMediaDice', emoticon: '🎲' } })
  })

/** The bot whose button Ada is shown, and the press of it. */
async function offered(
  world: World,
  server: CablegramServer,
  ada: TelegramClient,
  requiresPassword: boolean,
) {
  const { client: bot, username } = await botOf(world, server)
  const name = `ada_${username.slice(0, -4)}`
  await ada.account.updateUsername({ username: name })
  const peer = { ...(await found(ada, username)), _: 'inputPeerUser' } as const
  await ada.messages.sendMessage({ peer, message: '/start', randomId: 1n })
  const button = { _: 'keyboardButtonCallback', text: 'a', data: DATA } as const
  const replyMarkup: ReplyMarkup = {
    _: 'replyInlineMarkup',
    rows: [
      { _: 'keyboardButtonRow', buttons: [{ ...button, ...(requiresPassword && { requiresPassword }) }] },
    ],
  }
  const toAda = { ...(await found(bot, name)), _: 'inputPeerUser' } as const
  await bot.messages.sendMessage({ peer: toAda, message: 'a', randomId: 1n, replyMarkup })
  return {
    bot,
    pressIt: (password?: InputCheckPasswordSRP) =>
      press(ada, { peer, msgId: 2, ...(password !== undefined && { password }) }),
  }
}

/** Ada presses a button that a bot has sent her. */
const pressed = (
  error: string,
  requiresPassword: boolean,
  wait?: (server: CablegramServer) => Promise<unknown>,
): Cause =>
  cause('messages.getBotCallbackAnswer', error, async (world) => {
    const server = wait === undefined ? await world.server() : await world.start()
    const { bot, pressIt } = await offered(world, server, await world.user(server), requiresPassword)
    const waiting = pressIt()
    const isTold = new Promise<void>((resolve) => bot.onUpdate(() => resolve()))
    if (wait !== undefined) await Promise.race([isTold.then(() => wait(server)), waiting])
    await waiting
  })

const answered = (error: string, change: Partial<Params<'messages.setBotCallbackAnswer'>>): Cause =>
  cause('messages.setBotCallbackAnswer', error, async (world) => {
    const { client } = await botOf(world, await world.server())
    await client.messages.setBotCallbackAnswer({ queryId: 1n, cacheTime: 0, ...change })
  })

/** Something that a bot does. */
const asBot = (method: string, error: string, act: (client: TelegramClient) => Promise<unknown>): Cause =>
  cause(method, error, async (world) => {
    const { client } = await botOf(world, await world.server())
    await act(client)
  })
const command = (name: string, description = 'a') => ({
  _: 'botCommand' as const,
  command: name,
  description,
})
const commanded = (error: string, change: Partial<Params<'bots.setBotCommands'>>): Cause =>
  asBot('bots.setBotCommands', error, (client) =>
    client.bots.setBotCommands({
      scope: { _: 'botCommandScopeDefault' },
      langCode: '',
      commands: [],
      ...change,
    }),
  )

/** Causes of errors of bots and of those who use them. */
export const BOT_CAUSES: readonly Cause[] = [
  start('400 START_PARAM_EMPTY', { startParam: '' }),
  start('400 START_PARAM_INVALID', { startParam: 'a b' }),
  start('400 START_PARAM_TOO_LONG', { startParam: 'a'.repeat(65) }),
  start('400 BOT_INVALID', { bot: { _: 'inputUserSelf' }, peer: SELF }),
  start('400 PEER_ID_INVALID', { peer: SELF }),
  start('400 RANDOM_ID_EMPTY', { randomId: 0n }),
  cause('messages.startBot', '400 YOU_BLOCKED_USER', async (world) => {
    const server = await world.server()
    const { username } = await botOf(world, server)
    const ada = await world.user(server)
    const bot = await found(ada, username)
    await ada.contacts.block({ id: { ...bot, _: 'inputPeerUser' } })
    await ada.messages.startBot({ bot, peer: EMPTY, randomId: 1n, startParam: 'a' })
  }),
  startIn('403 CHAT_WRITE_FORBIDDEN', (_grace, ada, { chatId }) =>
    ada.messages.deleteChatUser({ chatId, userId: { _: 'inputUserSelf' } }),
  ),
  startIn('400 CHAT_ADMIN_REQUIRED', (grace, _ada, peer) =>
    grace.messages.editChatDefaultBannedRights({
      peer,
      bannedRights: { _: 'chatBannedRights', inviteUsers: true, untilDate: 0 },
    }),
  ),
  startIn('500 RANDOM_ID_DUPLICATE', (_grace, ada) =>
    ada.messages.sendMessage({ peer: SELF, message: 'a', randomId: 1n }),
  ),
  cause('messages.sendMessage', '400 USER_IS_BOT', async (world) => {
    const server = await world.server()
    const [{ client }, { username }] = [await botOf(world, server), await botOf(world, server)]
    const peer = { ...(await found(client, username)), _: 'inputPeerUser' } as const
    await client.messages.sendMessage({ peer, message: 'a', randomId: 1n })
  }),
  commanded('400 BOT_COMMAND_INVALID', { commands: [command('/start')] }),
  commanded('400 BOT_COMMAND_DESCRIPTION_INVALID', { commands: [command('start', '')] }),
  commanded('400 LANG_CODE_INVALID', { langCode: 'english' }),
  commanded('400 PEER_ID_INVALID', { scope: { _: 'botCommandScopePeer', peer: NOBODY } }),
  commanded('400 USER_ID_INVALID', { scope: { _: 'botCommandScopePeerUser', peer: SELF, userId: STRANGER } }),
  asBot('bots.resetBotCommands', '400 LANG_CODE_INVALID', (client) =>
    client.bots.resetBotCommands({ scope: { _: 'botCommandScopeDefault' }, langCode: 'english' }),
  ),
  asBot('bots.getBotInfo', '400 LANG_CODE_INVALID', (client) =>
    client.bots.getBotInfo({ langCode: 'english' }),
  ),
  asBot('bots.setBotMenuButton', '400 BUTTON_TEXT_INVALID', (client) =>
    client.bots.setBotMenuButton({
      userId: { _: 'inputUserEmpty' },
      button: { _: 'botMenuButton', text: '', url: 'https://example.org' },
    }),
  ),
  asBot('bots.setBotMenuButton', '400 BUTTON_URL_INVALID', (client) =>
    client.bots.setBotMenuButton({
      userId: { _: 'inputUserEmpty' },
      button: { _: 'botMenuButton', text: 'a', url: 'http://example.org' },
    }),
  ),
  asBot('bots.setBotGroupDefaultAdminRights', '400 RIGHTS_NOT_MODIFIED', (client) =>
    client.bots.setBotGroupDefaultAdminRights({ adminRights: { _: 'chatAdminRights' } }),
  ),
  asBot('bots.setBotBroadcastDefaultAdminRights', '400 RIGHTS_NOT_MODIFIED', (client) =>
    client.bots.setBotBroadcastDefaultAdminRights({ adminRights: { _: 'chatAdminRights' } }),
  ),
  saved('bots.setBotInfo', '400 USER_BOT_INVALID', (client) => client.bots.setBotInfo({ langCode: '' })),
  saved('bots.getBotInfo', '400 USER_BOT_INVALID', (client) => client.bots.getBotInfo({ langCode: '' })),
  saved('bots.setBotInfo', '400 BOT_INVALID', (client) =>
    client.bots.setBotInfo({ bot: STRANGER, langCode: '' }),
  ),
  saved('bots.getBotInfo', '400 BOT_INVALID', (client) =>
    client.bots.getBotInfo({ bot: STRANGER, langCode: '' }),
  ),
  saved('bots.allowSendMessage', '400 BOT_INVALID', (client) => client.bots.allowSendMessage({ bot: ME })),
  saved('bots.canSendMessage', '400 BOT_INVALID', (client) => client.bots.canSendMessage({ bot: ME })),
  saved('bots.getBotRecommendations', '400 BOT_INVALID', (client) =>
    client.bots.getBotRecommendations({ bot: ME }),
  ),
  saved('messages.getBotCallbackAnswer', '400 PEER_ID_INVALID', (client) => press(client, { peer: NOBODY })),
  saved('messages.getBotCallbackAnswer', '400 MESSAGE_ID_INVALID', (client) => press(client, { msgId: 999 })),
  saved('messages.getBotCallbackAnswer', '400 DATA_INVALID', (client) => press(client)),
  saved('messages.sendBotRequestedPeer', '400 PEER_ID_INVALID', (client) => share(client, { peer: NOBODY })),
  saved('messages.sendBotRequestedPeer', '400 MESSAGE_ID_INVALID', (client) => share(client)),
  numbered('messages.sendMessage'),
  numbered('messages.sendMedia'),
  pressed('400 PASSWORD_MISSING', true),
  pressed('400 BOT_RESPONSE_TIMEOUT', false, (server) => server.clock.advance(10)),
  ...passwordCauses('messages.getBotCallbackAnswer', async (world) => {
    const server = await world.server()
    const client = await world.protectedUser(server, PASSWORD)
    const { pressIt } = await offered(world, server, client, true)
    return { client, give: pressIt }
  }),
  answered('400 QUERY_ID_INVALID', {}),
  answered('400 MESSAGE_TOO_LONG', { message: 'a'.repeat(201) }),
  answered('400 URL_INVALID', { url: 'https://example.org' }),
]
