import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type {
  MethodName,
  Params,
  Results,
  Message as TlMessage,
  Update,
  Updates,
  User,
} from '@cablegram/tl/api'
import { TestClock } from '../login/test-clock.ts'
import type { CallOptions } from '../options.ts'
import { testBook } from '../peers/test-book.ts'
import { deleteMessages } from './delete-messages.ts'
import { editMessage } from './edit-message.ts'
import { forwardMessages } from './forward-messages.ts'
import type { MethodClient } from './method-client.ts'
import { react } from './react.ts'
import { sendMessage } from './send-message.ts'

const me: User = { _: 'user', id: 9n, self: true, accessHash: 99n, firstName: 'Me' }
const ada: User = { _: 'user', id: 1n, accessHash: 11n, firstName: 'Ada' }
const randomBytes = Uint8Array.from({ length: 8 }, (_, index) => (index === 7 ? 5 : 0))
const RANDOM_ID = 5n

interface Stage {
  readonly client: MethodClient
  readonly calls: { readonly method: string; readonly params: object; readonly options: object | undefined }[]
  readonly clock: TestClock
}

/** A client whose server gives these answers, one after the other. */
function stage(answers: readonly (Updates | RpcError)[]): Stage {
  const left = [...answers]
  const calls: { method: string; params: object; options: object | undefined }[] = []
  const clock = new TestClock()
  const peers = testBook([me, ada], clock)
  const client: MethodClient = {
    async call<Method extends MethodName>(
      method: Method,
      params: Params<Method>,
      options?: CallOptions,
    ): Promise<Results[Method]> {
      calls.push({ method, params, options })
      const answer = left.shift() ?? assert.fail(`nothing answers ${method}`)
      if (answer instanceof RpcError) throw answer
      return answer as Results[Method]
    },
    peers,
    surroundings: { clock, random: () => randomBytes },
    closed: new AbortController().signal,
  }
  return { client, calls, clock }
}

const message: TlMessage = {
  _: 'message',
  out: true,
  id: 5,
  fromId: { _: 'peerUser', userId: 9n },
  peerId: { _: 'peerUser', userId: 1n },
  date: 100,
  message: 'Hi',
}
const id: Update = { _: 'updateMessageID', id: 5, randomId: RANDOM_ID }
const news: Update = { _: 'updateNewMessage', message, pts: 2, ptsCount: 1 }
const other: Update = {
  _: 'updateNewMessage',
  message: { ...message, id: 4, message: 'other' },
  pts: 1,
  ptsCount: 1,
}
const lists = { users: [me, ada], chats: [], date: 100, seq: 0 }

const FORMS: readonly (readonly [string, Updates])[] = [
  ['updates', { _: 'updates', updates: [id, news], ...lists }],
  ['updates with another message before it', { _: 'updates', updates: [other, id, news], ...lists }],
  ['updates whose number comes last', { _: 'updates', updates: [news, id], ...lists }],
  ['updates without a number', { _: 'updates', updates: [news], ...lists }],
  ['updatesCombined', { _: 'updatesCombined', updates: [id, news], seqStart: 0, ...lists }],
  [
    'updates of a queue',
    { _: 'updates', updates: [id, { _: 'updateNewScheduledMessage', message }], ...lists },
  ],
  [
    'updates of a channel',
    { _: 'updates', updates: [id, { ...news, _: 'updateNewChannelMessage' }], ...lists },
  ],
  ['updateShort', { _: 'updateShort', update: news, date: 100 }],
  [
    'updateShortSentMessage',
    { _: 'updateShortSentMessage', out: true, id: 5, pts: 2, ptsCount: 1, date: 100 },
  ],
  [
    'updateShortMessage',
    { _: 'updateShortMessage', out: true, id: 5, userId: 1n, message: 'Hi', pts: 2, ptsCount: 1, date: 100 },
  ],
]

for (const [what, answer] of FORMS) {
  test(`a message is read from an answer that is ${what}`, async () => {
    const { client } = stage([answer])
    const sent = await sendMessage(client, 1n, 'Hi', { replyTo: 3 })
    assert.deepEqual(
      [sent.id, sent.text, sent.dateS, sent.isOut, sent.chat.id, sent.chat.title, sent.sender.id],
      [5, 'Hi', 100, true, 1n, 'Ada', 9n],
    )
  })
}

test('an answer that only numbers the message keeps what was sent', async () => {
  const entities = [{ _: 'messageEntityBold', offset: 0, length: 2 }] as const
  const { client } = stage([
    {
      _: 'updateShortSentMessage',
      out: true,
      id: 5,
      pts: 2,
      ptsCount: 1,
      date: 100,
      entities: [...entities],
    },
    { _: 'updateShortSentMessage', id: 6, pts: 3, ptsCount: 1, date: 101 },
  ])
  const sent = await sendMessage(client, 1n, { text: 'Hi', entities }, { replyTo: 3 })
  assert.deepEqual([sent.entities, sent.replyTo], [entities, 3])
  const saved = await sendMessage(client, 'me', 'note')
  assert.deepEqual([saved.isOut, saved.chat.id, saved.sender.id, saved.text], [true, 9n, 9n, 'note'])
})

test('an answer that tells of no message is an error that says so', async () => {
  const { client } = stage([{ _: 'updatesTooLong' }, { _: 'updates', updates: [id], ...lists }])
  const wrong = { code: 'ANSWER_INVALID', message: /does not say which message it was/ }
  await assert.rejects(sendMessage(client, 1n, 'Hi'), wrong)
  await assert.rejects(sendMessage(client, 1n, 'Hi'), wrong)
})

test('a send may be repeated, and keeps its place among those to the same chat', async () => {
  const { client, calls } = stage([{ _: 'updates', updates: [id, news], ...lists }])
  const { signal } = new AbortController()
  await sendMessage(client, 1n, 'Hi', { signal, timeoutMs: 5 })
  assert.deepEqual(calls[0]?.options, { signal, timeoutMs: 5, retry: true, chain: 'to 1' })
})

test('a refusal is not repeated', async () => {
  const { client, calls } = stage([new RpcError(403, 'CHAT_WRITE_FORBIDDEN')])
  await assert.rejects(sendMessage(client, 1n, 'Hi'), { type: 'CHAT_WRITE_FORBIDDEN' })
  assert.equal(calls.length, 1)
})

test('options become the parameters of the call, and nothing else is sent', async () => {
  const answer: Updates = { _: 'updates', updates: [id, news], ...lists }
  const { client, calls } = stage([answer, answer])
  await sendMessage(client, 1n, 'Hi')
  const plain = {
    peer: { _: 'inputPeerUser', userId: 1n, accessHash: 11n },
    message: 'Hi',
    randomId: RANDOM_ID,
  }
  assert.deepEqual(calls[0]?.params, plain)
  await sendMessage(client, 1n, 'Hi', {
    replyTo: { id: 3 },
    silent: true,
    scheduleAtS: 500,
    preview: false,
    randomId: 5n,
    buttons: [[{ text: 'Yes', data: 'y' }]],
  })
  assert.deepEqual(calls[1]?.params, {
    ...plain,
    replyTo: { _: 'inputReplyToMessage', replyToMsgId: 3 },
    silent: true,
    scheduleDate: 500,
    noWebpage: true,
    replyMarkup: {
      _: 'replyInlineMarkup',
      rows: [
        {
          _: 'keyboardButtonRow',
          buttons: [{ _: 'keyboardButtonCallback', text: 'Yes', data: new TextEncoder().encode('y') }],
        },
      ],
    },
  })
})

test('an edit is read from its answer, also among others', async () => {
  const edit: Update = {
    _: 'updateEditMessage',
    message: { ...message, message: 'new' },
    pts: 3,
    ptsCount: 1,
  }
  const { client } = stage([
    { _: 'updates', updates: [other, edit], ...lists },
    { _: 'updates', updates: [], ...lists },
  ])
  const edited = await editMessage(client, { id: 5, chat: 1n }, 'new')
  assert.deepEqual([edited.id, edited.text], [5, 'new'])
  await assert.rejects(editMessage(client, { id: 5, chat: 1n }, 'new'), { code: 'ANSWER_INVALID' })
})

test('forwarded messages of two chats come back in their order, without those that are gone', async () => {
  const copy = (copyId: number, text: string): Update => ({
    _: 'updateNewMessage',
    message: { ...message, id: copyId, message: text },
    pts: copyId,
    ptsCount: 1,
  })
  const { client, calls } = stage([
    { _: 'updates', updates: [{ ...id, id: 21 }, copy(21, 'from ada')], ...lists },
    { _: 'updates', updates: [], ...lists },
  ])
  const from = [
    { id: 11, chat: 1n },
    { id: 12, chat: 'me' },
  ]
  assert.deepEqual(
    (await forwardMessages(client, from, 'me')).map(({ text }) => text),
    ['from ada'],
  )
  assert.deepEqual(
    calls.map(({ params }) => 'id' in params && params.id),
    [[11], [12]],
  )
})

test('messages of two chats are forwarded in the order that was given', async () => {
  const none: Updates = { _: 'updates', updates: [], ...lists }
  const { client, calls } = stage([none, none, none])
  const from = [11, 12, 13, 14].map((each) => ({ id: each, chat: each === 12 ? 'me' : 1n }))
  await forwardMessages(client, from, 'me')
  assert.deepEqual(
    calls.map(({ params }) => 'id' in params && params.id),
    [[11], [12], [13, 14]],
  )
})

test('a misspelt option, and a value that is not a message, are refused before any call', async () => {
  const { client, calls } = stage([])
  const misspelt = { reply: 3 } as object
  await assert.rejects(sendMessage(client, 'me', 'x', misspelt), {
    code: 'OPTION_INVALID',
    message: /no option `reply` of sendMessage\. .*replyTo/,
  })
  await assert.rejects(sendMessage(client, 'me', 'x', { replyTo: '3' } as object), { code: 'OPTION_INVALID' })
  const bare: never = 5 as never
  const refusal = { code: 'MESSAGE_INVALID', message: /a message, or { id, chat }, not a number/ }
  await assert.rejects(editMessage(client, bare, 'x'), refusal)
  await assert.rejects(forwardMessages(client, [bare], 'me'), refusal)
  assert.deepEqual(calls, [])
})

test('a message that waits for its time is edited and deleted in its queue, and refused elsewhere', async () => {
  const waiting: Update = { _: 'updateNewScheduledMessage', message: { ...message, date: 500 } }
  const { client, calls } = stage([
    { _: 'updates', updates: [id, waiting], ...lists },
    { _: 'updates', updates: [waiting], ...lists },
    { _: 'updates', updates: [], ...lists },
    { _: 'messages.affectedMessages', pts: 3, ptsCount: 1 } as never,
  ])
  const queued = await sendMessage(client, 1n, 'Hi', { scheduleAtS: 500 })
  assert.deepEqual([queued.id, queued.scheduledAtS], [5, 500])
  assert.equal((await editMessage(client, queued, 'Ho')).scheduledAtS, 500)
  await deleteMessages(client, [queued, { id: 5, chat: 1n }])
  const peer = { _: 'inputPeerUser', userId: 1n, accessHash: 11n }
  assert.deepEqual(
    calls.slice(1).map(({ method, params }) => ({ method, ...params })),
    [
      { method: 'messages.editMessage', peer, id: 5, message: 'Ho', scheduleDate: 500 },
      { method: 'messages.deleteScheduledMessages', peer, id: [5] },
      { method: 'messages.deleteMessages', id: [5], revoke: true },
    ],
  )
  const refused = { code: 'MESSAGE_INVALID', message: /waits for its time/ }
  await assert.rejects(forwardMessages(client, [queued], 'me'), refused)
  await assert.rejects(react(client, queued, '👍'), refused)
  await assert.rejects(sendMessage(client, 1n, 'Hi', { replyTo: queued }), { code: 'OPTION_INVALID' })
})
