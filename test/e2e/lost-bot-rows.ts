/** Lost answers of the methods of bots. */
import assert from 'node:assert/strict'
import type { InputUser } from '@cablegram/tl/api'
import type { LostAnswerRow, LostWorld } from './lost-answer-rows.ts'

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
  'messages.getBotCallbackAnswer': { because: 'each call is a press of its own' },
  'messages.setBotCallbackAnswer': {
    because: 'the one who pressed has lost the server, too, and waits no more',
  },
}
