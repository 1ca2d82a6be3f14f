/** Causes of errors of the answers that people add to polls, and of votes that their author has not seen. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { InputMedia, InputPeer, inputPollAnswer, MessageEntity } from '@cablegram/tl/api'
import { signUp } from '../e2e/logins.ts'
import { SELF, saved } from './chats.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const GROUP = { _: 'inputPeerChat', chatId: 1n } as const
const ADA = '(SELECT min(id) FROM users)'
const BOB = '(SELECT max(id) FROM users)'
const ADD = 'messages.addPollAnswer'
const DELETE = 'messages.deletePollAnswer'

const answer = (text: string, ...entities: MessageEntity[]): inputPollAnswer => ({
  _: 'inputPollAnswer',
  text: { _: 'textWithEntities', text, entities },
})

const poll = (openAnswers: boolean, closed = false): InputMedia => ({
  _: 'inputMediaPoll',
  poll: {
    _: 'poll',
    id: 0n,
    hash: 0n,
    ...(openAnswers && { openAnswers }),
    ...(closed && { closed }),
    question: { _: 'textWithEntities', text: '?', entities: [] },
    answers: ['a', 'b'].map((text, place) => ({
      _: 'pollAnswer',
      text: { _: 'textWithEntities', text, entities: [] },
      option: Uint8Array.of(place),
    })),
  },
})

/** Something that is done with the answers of a poll. */
type Act = (client: TelegramClient, peer: InputPeer, msgId: number) => Promise<unknown>

const add =
  (text = 'c', ...entities: MessageEntity[]): Act =>
  (client, peer, msgId) =>
    client.messages.addPollAnswer({ peer, msgId, answer: answer(text, ...entities) })
const remove: Act = (client, peer, msgId) =>
  client.messages.deletePollAnswer({ peer, msgId, option: Uint8Array.of(0) })

const BOTH: readonly (readonly [method: string, act: Act])[] = [
  [ADD, add()],
  [DELETE, remove],
]

/** Ada has a poll in Saved Messages, after a note. */
const withPoll = (method: string, error: string, act: Act, isOpen = true): Cause =>
  saved(method, error, async (client) => {
    await client.messages.sendMedia({ peer: SELF, media: poll(isOpen), message: '', randomId: 2n })
    await act(client, SELF, 2)
  })

const closed: Act = async (client, peer, id) =>
  client.messages.editMessage({ peer, id, media: poll(true, true) })

async function findBob(client: TelegramClient): Promise<InputPeer> {
  const { users } = await client.contacts.resolveUsername({ username: 'bob_of_polls' })
  const [bob] = users
  assert.ok(bob?._ === 'user' && bob.accessHash !== undefined)
  return { _: 'inputPeerUser', userId: bob.id, accessHash: bob.accessHash }
}

/** Ada has a poll in a chat with Bob, and one in a group with him; the data is changed since. */
async function polled(world: World, sql: string) {
  const ids = { bob: 0, group: 0 }
  const { client } = await world.damaged(async (server, ada) => {
    await signUp(ada, server.info, world.phone())
    await server.users.create({ phone: world.phone(), firstName: 'Bob', username: 'bob_of_polls' })
    const bob = await findBob(ada)
    assert.ok(bob._ === 'inputPeerUser')
    await ada.messages.createChat({ users: [{ ...bob, _: 'inputUser' }], title: 'A group' })
    const send = async (peer: InputPeer, randomId: bigint) => {
      const { _: kind, ...sent } = await ada.messages.sendMedia({
        peer,
        media: poll(true),
        message: '',
        randomId,
      })
      assert.ok(kind === 'updates' && 'updates' in sent)
      const [first] = sent.updates
      return first?._ === 'updateMessageID' ? first.id : 0
    }
    ids.bob = await send(bob, 3n)
    ids.group = await send(GROUP, 4n)
  }, sql)
  return { client, ids }
}

const since = (error: string, sql: string, where: 'bob' | 'group'): readonly Cause[] =>
  BOTH.map(([method, act]) =>
    cause(method, error, async (world) => {
      const { client, ids } = await polled(world, sql)
      await act(client, where === 'bob' ? await findBob(client) : GROUP, ids[where])
    }),
  )

const FORBIDS_TEXTS = `UPDATE chat_members SET role = 'member'; UPDATE chats SET default_rights = 33554432`
const FROM_NEWEST = { offsetId: 0, addOffset: 0, limit: 1, maxId: 0, minId: 0 }

/** The causes of this file. */
export const POLL_CAUSES: readonly Cause[] = [
  ...BOTH.flatMap(([method, act]) => [
    saved(method, '400 PEER_ID_INVALID', (client) => act(client, NOBODY, 1)),
    saved(method, '400 MESSAGE_ID_INVALID', (client) => act(client, SELF, 999)),
    withPoll(method, '400 MESSAGE_POLL_CLOSED', async (client, peer, id) => {
      await closed(client, peer, id)
      await act(client, peer, id)
    }),
  ]),
  withPoll(ADD, '400 POLL_ANSWER_INVALID', add('')),
  withPoll(ADD, '400 POLL_ANSWERS_INVALID', add(), false),
  withPoll(ADD, '400 POLL_OPTION_DUPLICATE', add('a')),
  withPoll(
    ADD,
    '400 ENTITY_BOUNDS_INVALID',
    add('c', { _: 'messageEntityCustomEmoji', offset: 1, length: 1, documentId: 1n }),
  ),
  withPoll(DELETE, '400 OPTION_INVALID', remove),
  ...since('400 INPUT_USER_DEACTIVATED', `DELETE FROM boxes WHERE box_id = ${BOB}`, 'bob'),
  ...since('400 YOU_BLOCKED_USER', `INSERT INTO blocks VALUES (${ADA}, ${BOB}, 1)`, 'bob'),
  ...since('403 USER_IS_BLOCKED', `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1)`, 'bob'),
  ...since('400 CHAT_ID_INVALID', 'UPDATE chats SET is_deactivated = 1', 'group'),
  ...since(
    '403 CHAT_WRITE_FORBIDDEN',
    `UPDATE chat_members SET role = 'left' WHERE user_id = ${ADA}`,
    'group',
  ),
  ...since('403 CHAT_SEND_PLAIN_FORBIDDEN', FORBIDS_TEXTS, 'group'),
  saved('messages.getUnreadPollVotes', '400 PEER_ID_INVALID', (client) =>
    client.messages.getUnreadPollVotes({ ...FROM_NEWEST, peer: NOBODY }),
  ),
  saved('messages.readPollVotes', '400 PEER_ID_INVALID', (client) =>
    client.messages.readPollVotes({ peer: NOBODY }),
  ),
]
