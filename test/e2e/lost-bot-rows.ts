/** Lost answers of the methods of bots. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { InputUser } from '@cablegram/tl/api'
import type { LostAnswerRow, LostWorld } from './lost-world.ts'

let names = 0

/** Somebody who knows a bot. */
async function withBot(world: LostWorld) {
  const username = `lost_rows_${++names}_bot`
  await world.http('POST', '/api/bots', { username })
  const client = await world.user()
  const { users } = await client.contacts.resolveUsername({ username })
  const [user] = users
  assert.ok(user?._ === 'user' && user.accessHash !== undefined)
  const bot: InputUser = { _: 'inputUser', userId: user.id, accessHash: user.accessHash }
  return { client, bot }
}

/** A bot that is signed in. */
async function botIn(world: LostWorld): Promise<TelegramClient> {
  const { token } = await world.http('POST', '/api/bots', { username: `lost_rows_${++names}_bot` })
  const client = world.client()
  await client.auth.importBotAuthorization({ flags: 0, ...world.app, botAuthToken: String(token) })
  return client
}

const scope = { _: 'botCommandScopeDefault' } as const
const FOR_ALL = { _: 'inputUserEmpty' } as const
const RIGHTS = { _: 'chatAdminRights', banUsers: true } as const

/** A row whose call a bot makes. */
function byBot(call: (client: TelegramClient) => Promise<unknown>, told: unknown = true): LostAnswerRow {
  return async (world) => {
    const client = await botIn(world)
    return { client, call: () => call(client), told }
  }
}

/** The rows of bots, by method. */
export const LOST_BOT_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'messages.startBot': async (world) => {
    const { client, bot } = await withBot(world)
    const params = { bot, peer: { _: 'inputPeerEmpty' }, randomId: 1n, startParam: 'a' } as const
    return {
      client,
      call: () => client.messages.startBot(params),
      told: 'updates',
      async check() {
        const found = await client.messages.search({
          peer: { ...bot, _: 'inputPeerUser' },
          q: '/start',
          filter: { _: 'inputMessagesFilterEmpty' },
          minDate: 0,
          maxDate: 0,
          offsetId: 0,
          addOffset: 0,
          limit: 10,
          maxId: 0,
          minId: 0,
          hash: 0n,
        })
        assert.ok('messages' in found)
        assert.equal(found.messages.length, 1)
      },
    }
  },
  'bots.allowSendMessage': async (world) => {
    const { client, bot } = await withBot(world)
    return { client, call: () => client.bots.allowSendMessage({ bot }), told: 'updates' }
  },
  'bots.canSendMessage': 'reads',
  'messages.sendBotRequestedPeer': {
    because: 'each call sends a service message: the request has no random id',
  },
  'bots.getAdminedBots': 'reads',
  'bots.getBotCommands': 'reads',
  'bots.getBotInfo': 'reads',
  'bots.getBotMenuButton': 'reads',
  'bots.getBotRecommendations': 'reads',
  'bots.resetBotCommands': byBot((client) => client.bots.resetBotCommands({ scope, langCode: '' })),
  'bots.setBotCommands': byBot((client) =>
    client.bots.setBotCommands({
      scope,
      langCode: '',
      commands: [{ _: 'botCommand', command: 'help', description: 'Help' }],
    }),
  ),
  'bots.setBotInfo': byBot((client) => client.bots.setBotInfo({ langCode: '', name: 'Helper' })),
  'bots.setBotMenuButton': byBot((client) =>
    client.bots.setBotMenuButton({ userId: FOR_ALL, button: { _: 'botMenuButtonCommands' } }),
  ),
  'bots.setBotGroupDefaultAdminRights': byBot(
    (client) => client.bots.setBotGroupDefaultAdminRights({ adminRights: RIGHTS }),
    '400 RIGHTS_NOT_MODIFIED',
  ),
  'bots.setBotBroadcastDefaultAdminRights': byBot(
    (client) => client.bots.setBotBroadcastDefaultAdminRights({ adminRights: RIGHTS }),
    '400 RIGHTS_NOT_MODIFIED',
  ),
  'help.setBotUpdatesStatus': { because: 'the server keeps nothing of it' },
  'messages.getBotCallbackAnswer': { because: 'each call is a press of its own' },
  'messages.setBotCallbackAnswer': {
    because: 'the one who pressed has lost the server, too, and waits no more',
  },
}
