import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { Chat, Message as TlMessage, User } from '@cablegram/tl/api'
import { chatsIn } from '../peers/views.ts'
import { messageOf } from './message.ts'

const ada: User = {
  _: 'user',
  id: 1n,
  accessHash: 11n,
  firstName: 'Ada',
  lastName: 'Lovelace',
  username: 'ada',
}
const me: User = { _: 'user', id: 9n, self: true, accessHash: 99n, firstName: 'Me' }
const channel: Chat = {
  _: 'channel',
  id: 7n,
  accessHash: 77n,
  title: 'News',
  broadcast: true,
  photo: { _: 'chatPhotoEmpty' },
  date: 0,
}
const nobody = { recent: () => undefined, selfId: 9n }
const findChat = chatsIn({ users: [ada, me], chats: [channel] }, nobody)
const base = { _: 'message', id: 5, date: 1_700_000_000, message: 'Hi' } as const
const view = (raw: TlMessage) => messageOf(raw, findChat, 9n) ?? assert.fail('no message')

test('the chat and the author of a message are who it is from and to', () => {
  const toAda = { _: 'peerUser', userId: 1n } as const
  for (const [what, raw, chatId, senderId] of [
    ['a message of the other one', { ...base, peerId: toAda }, 1n, 1n],
    ['an own one', { ...base, peerId: toAda, out: true }, 1n, 9n],
    ['one in a group', { ...base, peerId: { _: 'peerChat', chatId: 3n }, fromId: toAda }, -3n, 1n],
    [
      'one in a channel',
      { ...base, peerId: { _: 'peerChannel', channelId: 7n } },
      -1_000_000_000_007n,
      -1_000_000_000_007n,
    ],
    ['a saved one', { ...base, peerId: { _: 'peerUser', userId: 9n } }, 9n, 9n],
  ] as const) {
    const message = view(raw)
    assert.deepEqual([message.chat.id, message.sender.id], [chatId, senderId], what)
  }
  assert.equal(view({ ...base, peerId: { _: 'peerChannel', channelId: 7n } }).chat.kind, 'channel')
})

test('a note to oneself is outgoing, unless it is forwarded from somebody else', () => {
  const note = { ...base, peerId: { _: 'peerUser', userId: 9n } } as const
  const from = (userId: bigint) =>
    ({ _: 'messageFwdHeader', fromId: { _: 'peerUser', userId }, date: 1 }) as const
  assert.equal(view(note).isOut, true)
  assert.equal(view({ ...note, fwdFrom: from(9n) }).isOut, true)
  assert.equal(view({ ...note, fwdFrom: from(1n) }).isOut, false)
  assert.equal(view({ ...note, fwdFrom: { _: 'messageFwdHeader', fromName: 'Eve', date: 1 } }).isOut, false)
  assert.equal(view({ ...note, peerId: { _: 'peerUser', userId: 1n } }).isOut, false)
})

test('a message has the fields that programs need, and its TL value', () => {
  const raw: TlMessage = {
    ...base,
    out: true,
    peerId: { _: 'peerUser', userId: 1n },
    replyTo: { _: 'messageReplyHeader', replyToMsgId: 4 },
    entities: [{ _: 'messageEntityBold', offset: 0, length: 2 }],
    editDate: 1_700_000_001,
    groupedId: 2n ** 60n,
    media: { _: 'messageMediaDice', value: 6, emoticon: '🎲' },
  }
  const message = view(raw)
  const { id, text, entities, replyTo, dateS, editDateS, isOut, albumId, media } = message
  assert.deepEqual(
    { id, text, entities, replyTo, dateS, editDateS, isOut, albumId, media },
    {
      id: 5,
      text: 'Hi',
      entities: raw.entities,
      replyTo: 4,
      dateS: 1_700_000_000,
      editDateS: 1_700_000_001,
      isOut: true,
      albumId: 2n ** 60n,
      media: raw.media,
    },
  )
  assert.equal(message.raw, raw)
})

test('a message prints and serialises readably, without its TL value', () => {
  const message = view({
    ...base,
    peerId: { _: 'peerUser', userId: 1n },
    entities: [{ _: 'messageEntityCustomEmoji', offset: 0, length: 2, documentId: 2n ** 62n }],
    media: {
      _: 'messageMediaContact',
      phoneNumber: '1',
      firstName: 'B',
      lastName: '',
      vcard: '',
      userId: 3n,
    },
  })
  const chat = {
    kind: 'user',
    id: '1',
    title: 'Ada Lovelace',
    firstName: 'Ada',
    lastName: 'Lovelace',
    username: 'ada',
    isSelf: false,
    isBot: false,
  }
  assert.deepEqual(JSON.parse(JSON.stringify(message)), {
    id: 5,
    chat,
    sender: chat,
    text: 'Hi',
    entities: [{ _: 'messageEntityCustomEmoji', offset: 0, length: 2, documentId: '4611686018427387904' }],
    media: {
      _: 'messageMediaContact',
      phoneNumber: '1',
      firstName: 'B',
      lastName: '',
      vcard: '',
      userId: '3',
    },
    dateS: 1_700_000_000,
    isOut: false,
  })
  const printed = inspect(message)
  assert.match(printed, /^Message \{\n {2}id: 5,\n {2}chat: User \{/)
  assert.doesNotMatch(printed, /raw|peerId|accessHash/)
})

test('a service message has an action and no text', () => {
  const action = { _: 'messageActionChatEditTitle', title: 'New' } as const
  const message = view({ _: 'messageService', id: 6, date: 1, peerId: { _: 'peerChat', chatId: 3n }, action })
  assert.deepEqual([message.text, message.action, message.chat.kind], ['', action, 'group'])
})

test('an empty message is none, and an unknown author has an id', () => {
  assert.equal(messageOf({ _: 'messageEmpty', id: 1 }, findChat, 9n), undefined)
  const message = view({
    ...base,
    peerId: { _: 'peerChat', chatId: 3n },
    fromId: { _: 'peerUser', userId: 8n },
  })
  assert.deepEqual(
    [message.sender.id, message.sender.kind, message.sender.title, message.sender.raw],
    [8n, 'user', '', undefined],
  )
})

test('what a message and its chat do not have is no field of them', () => {
  const { sender, ...message } = view({ ...base, peerId: { _: 'peerUser', userId: 9n } })
  assert.deepEqual(Object.keys(message), ['id', 'chat', 'text', 'entities', 'dateS', 'isOut'])
  assert.deepEqual(Object.keys(sender), ['kind', 'id', 'title', 'firstName', 'isSelf', 'isBot'])
})
