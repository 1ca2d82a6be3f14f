import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import type { InputPeer, InputUser, Params, ReplyMarkup } from '@cablegram/tl/api'
import { SELF, saved } from './chats.ts'
import { type Cause, cause } from './registry.ts'
import { appOf, type World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
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

/** Ada presses a button that a bot has sent her. */
const pressed = (
  error: string,
  requiresPassword: boolean,
  wait?: (server: CablegramServer) => Promise<unknown>,
): Cause =>
  cause('messages.getBotCallbackAnswer', error, async (world) => {
    const server = wait === undefined ? await world.server() : await world.start()
    const { client: bot, username } = await botOf(world, server)
    const ada = await world.user(server)
    const name = `ada_${username.slice(0, -4)}`
    await ada.account.updateUsername({ username: name })
    const peer = { ...(await found(ada, username)), _: 'inputPeerUser' } as const
    await ada.messages.sendMessage({ peer, message: '/start', randomId: 1n })
    const replyMarkup: ReplyMarkup = {
      _: 'replyInlineMarkup',
      rows: [
        {
          _: 'keyboardButtonRow',
          buttons: [
            {
              _: 'keyboardButtonCallback',
              text: 'a',
              data: DATA,
              ...(requiresPassword && { requiresPassword }),
            },
          ],
        },
      ],
    }
    const toAda = { ...(await found(bot, name)), _: 'inputPeerUser' } as const
    await bot.messages.sendMessage({ peer: toAda, message: 'a', randomId: 1n, replyMarkup })
    const waiting = press(ada, { peer, msgId: 2 })
    const isTold = new Promise<void>((resolve) => bot.onUpdate(() => resolve()))
    if (wait !== undefined) await Promise.race([isTold.then(() => wait(server)), waiting])
    await waiting
  })

const answered = (error: string, change: Partial<Params<'messages.setBotCallbackAnswer'>>): Cause =>
  cause('messages.setBotCallbackAnswer', error, async (world) => {
    const { client } = await botOf(world, await world.server())
    await client.messages.setBotCallbackAnswer({ queryId: 1n, cacheTime: 0, ...change })
  })

/** Causes of errors of bots and of those who use them. */
export const BOT_CAUSES: readonly Cause[] = [
  start('400 START_PARAM_EMPTY', { startParam: '' }),
  start('400 START_PARAM_INVALID', { startParam: 'a b' }),
  start('400 START_PARAM_TOO_LONG', { startParam: 'a'.repeat(65) }),
  start('400 BOT_INVALID', { bot: { _: 'inputUserSelf' }, peer: SELF }),
  start('400 PEER_ID_INVALID', { peer: SELF }),
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
  saved('messages.getBotCallbackAnswer', '400 PEER_ID_INVALID', (client) => press(client, { peer: NOBODY })),
  saved('messages.getBotCallbackAnswer', '400 MESSAGE_ID_INVALID', (client) => press(client, { msgId: 999 })),
  saved('messages.getBotCallbackAnswer', '400 DATA_INVALID', (client) => press(client)),
  pressed('400 PASSWORD_MISSING', true),
  pressed('400 BOT_RESPONSE_TIMEOUT', false, (server) => server.clock.advance(10)),
  answered('400 QUERY_ID_INVALID', {}),
  answered('400 MESSAGE_TOO_LONG', { message: 'a'.repeat(201) }),
  answered('400 URL_INVALID', { url: 'https://example.org' }),
]
