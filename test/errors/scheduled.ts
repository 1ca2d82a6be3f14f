import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { InputMedia, InputPeer } from '@cablegram/tl/api'
import { signUp } from '../e2e/logins.ts'
import { SELF, saved } from './chats.ts'
import { bot } from './content.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const GROUP = { _: 'inputPeerChat', chatId: 1n } as const
const DICE = { _: 'inputMediaDice', emoticon: '🎲' } as const
const ADA = '(SELECT min(id) FROM users)'
const BOB = '(SELECT max(id) FROM users)'
const WHEN_ONLINE = 2_147_483_646
const DAY_S = 86_400
const inDays = (days: number): number => Math.floor(Date.now() / 1000) + days * DAY_S

/** Sends something later. */
type Later = (client: TelegramClient, peer: InputPeer, scheduleDate: number) => Promise<unknown>

const sendText: Later = (client, peer, scheduleDate) =>
  client.messages.sendMessage({ peer, message: 'a', randomId: 2n, scheduleDate })

/** All ways of sending something later. */
const WAYS: readonly (readonly [method: string, later: Later])[] = [
  ['messages.sendMessage', sendText],
  [
    'messages.sendMedia',
    (client, peer, scheduleDate) =>
      client.messages.sendMedia({ peer, media: DICE, message: '', randomId: 2n, scheduleDate }),
  ],
  [
    'messages.forwardMessages',
    (client, toPeer, scheduleDate) =>
      client.messages.forwardMessages({ fromPeer: SELF, toPeer, id: [1], randomId: [2n], scheduleDate }),
  ],
]

const toHerself = (error: string, scheduleDate: number): readonly Cause[] =>
  WAYS.map(([method, later]) => saved(method, error, (client) => later(client, SELF, scheduleDate)))

/** As many messages as may wait in one chat. */
async function fill(client: TelegramClient): Promise<void> {
  const id = Array<number>(100).fill(1)
  const randomId = id.map((_, n) => BigInt(1000 + n))
  const scheduleDate = inDays(1)
  await client.messages.forwardMessages({ fromPeer: SELF, toPeer: SELF, id, randomId, scheduleDate })
}

const POLL: InputMedia = {
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    question: { _: 'textWithEntities', text: '?', entities: [] },
    answers: [0, 1].map((option) => ({
      _: 'pollAnswer',
      text: { _: 'textWithEntities', text: `${option}`, entities: [] },
      option: Uint8Array.of(option),
    })),
  },
}

async function findBob(client: TelegramClient): Promise<InputPeer> {
  const { users } = await client.contacts.resolveUsername({ username: 'bob_of_later' })
  const [bob] = users
  assert.ok(bob?._ === 'user' && bob.accessHash !== undefined)
  return { _: 'inputPeerUser', userId: bob.id, accessHash: bob.accessHash }
}

/** Ada has a text and a poll that wait in a group with Bob, and a text that waits for Bob; the data is changed since. */
async function waiting(world: World, sql: string): Promise<TelegramClient> {
  const { client } = await world.damaged(async (server, ada) => {
    await signUp(ada, server.info, world.phone())
    await server.users.create({ phone: world.phone(), firstName: 'Bob', username: 'bob_of_later' })
    const bob = await findBob(ada)
    assert.ok(bob._ === 'inputPeerUser')
    await ada.messages.createChat({ users: [{ ...bob, _: 'inputUser' }], title: 'A group' })
    const scheduleDate = inDays(1)
    await sendText(ada, bob, scheduleDate)
    const poll = { peer: GROUP, media: POLL, message: '' }
    await ada.messages.sendMessage({ peer: GROUP, message: 'a', randomId: 3n, scheduleDate })
    await ada.messages.sendMedia({ ...poll, randomId: 4n, scheduleDate })
  }, sql)
  return client
}

const since = (error: string, sql: string, peer: 'bob' | typeof GROUP, id = 1): Cause =>
  cause('messages.sendScheduledMessages', error, async (world) => {
    const client = await waiting(world, sql)
    const chat = peer === 'bob' ? await findBob(client) : peer
    return await client.messages.sendScheduledMessages({ peer: chat, id: [id] })
  })

const MEMBER = `UPDATE chat_members SET role = 'member';`
const forbidding = (right: number): string => `${MEMBER} UPDATE chats SET default_rights = ${right}`

const MANY = Array<number>(201).fill(1)

/** Causes of errors of messages that are sent later. */
export const SCHEDULED_CAUSES: readonly Cause[] = [
  ...WAYS.map(([method, later]) =>
    cause(method, '400 SCHEDULE_BOT_NOT_ALLOWED', async (world) => later(await bot(world), SELF, inDays(1))),
  ),
  ...toHerself('400 SCHEDULE_DATE_TOO_LATE', inDays(400)),
  ...toHerself('400 SCHEDULE_STATUS_PRIVATE', WHEN_ONLINE),
  ...WAYS.map(([method, later]) =>
    saved(method, '400 SCHEDULE_TOO_MUCH', async (client) => {
      await fill(client)
      await later(client, SELF, inDays(1))
    }),
  ),
  saved('messages.editMessage', '400 SCHEDULE_DATE_INVALID', async (client) => {
    await sendText(client, SELF, inDays(1))
    await client.messages.editMessage({ peer: SELF, id: 1, scheduleDate: 1 })
  }),
  saved('messages.getScheduledHistory', '400 PEER_ID_INVALID', (client) =>
    client.messages.getScheduledHistory({ peer: NOBODY, hash: 0n }),
  ),
  saved('messages.getScheduledMessages', '400 PEER_ID_INVALID', (client) =>
    client.messages.getScheduledMessages({ peer: NOBODY, id: [1] }),
  ),
  saved('messages.sendScheduledMessages', '400 PEER_ID_INVALID', (client) =>
    client.messages.sendScheduledMessages({ peer: NOBODY, id: [1] }),
  ),
  saved('messages.deleteScheduledMessages', '400 PEER_ID_INVALID', (client) =>
    client.messages.deleteScheduledMessages({ peer: NOBODY, id: [1] }),
  ),
  saved('messages.getScheduledMessages', '400 LIMIT_INVALID', (client) =>
    client.messages.getScheduledMessages({ peer: SELF, id: MANY }),
  ),
  saved('messages.sendScheduledMessages', '400 LIMIT_INVALID', (client) =>
    client.messages.sendScheduledMessages({ peer: SELF, id: MANY }),
  ),
  saved('messages.deleteScheduledMessages', '400 LIMIT_INVALID', (client) =>
    client.messages.deleteScheduledMessages({ peer: SELF, id: MANY }),
  ),
  saved('messages.sendScheduledMessages', '400 MESSAGE_ID_INVALID', (client) =>
    client.messages.sendScheduledMessages({ peer: SELF, id: [1] }),
  ),
  since('400 INPUT_USER_DEACTIVATED', `DELETE FROM boxes WHERE box_id = ${BOB}`, 'bob'),
  since('400 YOU_BLOCKED_USER', `INSERT INTO blocks VALUES (${ADA}, ${BOB}, 1)`, 'bob'),
  since('403 USER_IS_BLOCKED', `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1)`, 'bob'),
  since('400 CHAT_ID_INVALID', 'UPDATE chats SET is_deactivated = 1', GROUP),
  since('403 CHAT_WRITE_FORBIDDEN', `UPDATE chat_members SET role = 'left' WHERE user_id = ${ADA}`, GROUP),
  since('403 CHAT_SEND_PLAIN_FORBIDDEN', forbidding(33554432), GROUP),
  since('403 CHAT_SEND_POLL_FORBIDDEN', forbidding(256), GROUP, 2),
]
