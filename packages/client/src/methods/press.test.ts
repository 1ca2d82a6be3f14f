import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Message, type TlWrittenMessage } from '../message/message.ts'
import { User } from '../peers/views.ts'
import type { MethodClient } from './method-client.ts'
import { press } from './press.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const tl: TlWrittenMessage = {
  _: 'message',
  id: 7,
  peerId: { _: 'peerUser', userId: 1n },
  date: 1,
  message: 'Tea?',
  replyMarkup: {
    _: 'replyInlineMarkup',
    rows: [
      {
        _: 'keyboardButtonRow',
        buttons: [
          { _: 'keyboardButtonCallback', text: 'Yes', data: bytes('yes') },
          { _: 'keyboardButtonCallback', text: 'No', data: bytes('no') },
          { _: 'keyboardButtonUrl', text: 'Why?', url: 'https://example.org/' },
          { _: 'keyboardButtonCopy', text: 'Copy', copyText: 'x' },
        ],
      },
    ],
  },
}
const bot = new User(
  {
    id: 1n,
    firstName: 'Tea',
    lastName: undefined,
    username: undefined,
    phone: undefined,
    isSelf: false,
    isBot: true,
  },
  undefined,
  { _: 'inputPeerUser', userId: 1n, accessHash: 2n },
)
const message = new Message(tl, bot, bot)

function clientThatNotes() {
  const calls: unknown[] = []
  const call = async (method: string, params: object) => {
    calls.push([method, params])
    return { _: 'messages.botCallbackAnswer', message: 'Good choice', alert: true, cacheTime: 0 }
  }
  return { calls, client: { call, peers: {} } as unknown as MethodClient }
}

test('a button is pressed by its text or its data, and the bot answers', async () => {
  const { calls, client } = clientThatNotes()
  const answer = { text: 'Good choice', isAlert: true, url: undefined }
  assert.deepEqual(await press(client, message, 'Yes'), answer)
  assert.deepEqual(await press(client, message, { data: 'no' }), answer)
  const peer = { _: 'inputPeerUser', userId: 1n, accessHash: 2n }
  const method = 'messages.getBotCallbackAnswer'
  assert.deepEqual(calls, [
    [method, { peer, msgId: 7, data: bytes('yes') }],
    [method, { peer, msgId: 7, data: bytes('no') }],
  ])
})

test('a button with a link gives the link and asks nobody', async () => {
  const { calls, client } = clientThatNotes()
  assert.equal((await press(client, message, 'Why?')).url, 'https://example.org/')
  assert.deepEqual(calls, [])
})

test('a button that is not there is refused with those that are', async () => {
  const { client } = clientThatNotes()
  const refused = { code: 'BUTTON_UNKNOWN', message: /no button "Maybe".*"Yes", "No", "Why\?"\.$/ }
  await assert.rejects(press(client, message, 'Maybe'), refused)
  const { replyMarkup: _, ...bare } = tl
  await assert.rejects(press(client, new Message(bare, bot, bot), { data: 'yes' }), { message: /has none/ })
})
