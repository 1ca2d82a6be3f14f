import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LAYERS, loadLayer } from '@cablegram/tl/layers'
import type { BotEvent } from '../rules/bots/words.ts'
import { addBotEvent, botEventsAfter } from '../rules/messages/decide-bot-log.ts'
import { createChats } from '../rules/test-chats.ts'
import { botPush } from './bot-events.ts'

test('every layer can carry the events of bots, in its own words', async () => {
  const world = await createChats()
  const { rules, store } = world
  const [ada, bot] = [await world.person('9996621001'), await world.bot('helper_bot')]
  const chatId = -(await world.group([ada, bot]))
  const { userId } = ada
  const now = { role: 'member', inviterId: userId, joinedAtS: 1 } as const
  const events: readonly BotEvent[] = [
    { kind: 'stopped', userId, isStopped: true },
    { kind: 'member', chatId, actorId: userId, userId, now, hash: 'gone' },
    { kind: 'vote', pollId: 5n, userId, options: ['AQ=='], places: [1] },
    { kind: 'reaction', peerId: -chatId, messageId: 3, userId, before: [], now: ['👍'] },
    { kind: 'requester', chatId, userId, hash: 'gone' },
  ]
  for (const event of events) await store.decide(() => addBotEvent(bot.userId, event, 1))
  const logged = await store.look(() => botEventsAfter(bot.userId, 1, 100))
  assert.deepEqual([logged.upToQts, logged.qts], [6, 6])
  const told = await botPush(logged.events, { on: rules, viewerId: bot.userId, nowS: 2 })
  assert.ok(told._ === 'updates')
  assert.deepEqual(
    told.updates.map((update) => [update._, 'qts' in update && update.qts]),
    [
      ['updateBotStopped', 2],
      ['updateChatParticipant', 3],
      ['updateMessagePollVote', 4],
      ['updateBotMessageReaction', 5],
      ['updateBotChatInviteRequester', 6],
    ],
  )
  assert.deepEqual(
    told.users.map(({ id }) => id),
    [userId],
  )
  assert.deepEqual(
    told.chats.map(({ id }) => id),
    [chatId],
  )
  for (const layer of LAYERS) {
    const { encode } = await loadLayer(layer)
    assert.ok(encode('Updates', told).length > 0, `layer ${layer}`)
  }
})
