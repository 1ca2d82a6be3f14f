import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import { TestClock } from '../login/test-clock.ts'
import { Message } from '../message/message.ts'
import type { MethodClient } from '../methods/method-client.ts'
import { testBook } from '../peers/test-book.ts'
import { User, userOf } from '../peers/views.ts'
import { editPressed, replyTo } from './answer.ts'

const refused = new RpcError(400, 'CHAT_WRITE_FORBIDDEN')

/** The numbers under which a handler sends these answers to a message. */
async function numbersOf(raw: object, answers: readonly string[]): Promise<bigint[]> {
  const numbers: bigint[] = []
  const ada = { _: 'user', id: 1n, accessHash: 5n, firstName: 'Ada' } as const
  const peers = testBook([ada], new TestClock())
  const client = {
    async call(_method: string, params: { randomId: bigint }) {
      numbers.push(params.randomId)
      throw refused
    },
    peers,
    surroundings: { clock: new TestClock(), random: () => assert.fail('drawn at random') },
    closed: new AbortController().signal,
  } as unknown as MethodClient
  const sender = new User(
    { id: 1n, firstName: 'Ada', isSelf: false, isBot: false } as never,
    undefined,
    undefined,
  )
  const tl = { _: 'message', id: 7, peerId: { _: 'peerUser', userId: 1n }, date: 1, message: 'Hi', ...raw }
  const reply = replyTo(client, new Message(tl as never, sender, sender))
  for (const text of answers) await assert.rejects(reply(text), refused)
  return numbers
}

test('a handler that hears a message again sends its answers under the same numbers', async () => {
  const first = await numbersOf({}, ['one', 'two'])
  assert.deepEqual(await numbersOf({}, ['one', 'two']), first)
  assert.equal(new Set(first).size, 2)
})

test('an edited message and another one are answered under other numbers', async () => {
  const numbers = [{}, { id: 8 }, { editDate: 5 }, { editDate: 5, message: 'Ho' }]
  const all = await Promise.all(numbers.map((raw) => numbersOf(raw, ['one'])))
  assert.equal(new Set(all.flat()).size, numbers.length)
})

test('the message of a press is edited where it is: in its chat, or through the bot', async () => {
  const calls: unknown[][] = []
  const client = {
    async call(...call: unknown[]) {
      calls.push(call)
      throw refused
    },
  } as unknown as MethodClient
  const chat = userOf({ _: 'user', id: 1n, accessHash: 5n, firstName: 'Ada' })
  await assert.rejects(editPressed(client, chat, 7)('Done'), refused)
  const id = { _: 'inputBotInlineMessageID', dcId: 4, id: 3n, accessHash: 2n } as const
  await assert.rejects(editPressed(client, undefined, id)('Done', { preview: false }), refused)
  const peer = { _: 'inputPeerUser', userId: 1n, accessHash: 5n }
  const limits = { signal: undefined, timeoutMs: undefined }
  assert.deepEqual(calls, [
    ['messages.editMessage', { peer, id: 7, message: 'Done' }, limits],
    ['messages.editInlineBotMessage', { id, message: 'Done', noWebpage: true }, { ...limits, dcId: 4 }],
  ])
})
