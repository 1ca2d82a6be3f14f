import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import type { MethodName, Params, Results, Message as TlMessage, User } from '@cablegram/tl/api'
import { TestClock } from '../login/test-clock.ts'
import { testBook } from '../peers/test-book.ts'
import { type HistoryOptions, history } from './history.ts'
import type { MethodClient } from './method-client.ts'

const me: User = { _: 'user', id: 9n, self: true, accessHash: 99n, firstName: 'Me' }
const NUMBERS = [3, 2, 1]

/** A client whose chat with oneself has three messages, as a server cuts them into pages. */
function client(): MethodClient {
  const clock = new TestClock()
  const peers = testBook([me], clock)
  return {
    async call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Results[Method]> {
      assert.equal(method, 'messages.getHistory')
      const answer: Results['messages.getHistory'] = {
        _: 'messages.messages',
        messages: page(params as Params<'messages.getHistory'>),
        topics: [],
        chats: [],
        users: [me],
      }
      return answer as Results[Method]
    },
    peers,
    surroundings: { clock, random: (length) => new Uint8Array(length) },
    closed: new AbortController().signal,
  }
}

/** Newest first; a negative `addOffset` begins so many messages before `offsetId`. */
function page({ offsetId, addOffset, limit }: Params<'messages.getHistory'>): TlMessage[] {
  const older = NUMBERS.findIndex((id) => id < offsetId)
  const place = offsetId === 0 ? 0 : older === -1 ? NUMBERS.length : older
  const ids = NUMBERS.slice(Math.max(0, place + addOffset), Math.max(0, place + addOffset + limit))
  const peerId = { _: 'peerUser', userId: 9n } as const
  return ids.map((id) => ({ _: 'message', id, peerId, date: 100 + id, message: `text ${id}` }))
}

async function idsOf(options: HistoryOptions): Promise<number[]> {
  const ids: number[] = []
  for await (const { id } of history(client(), 'me', options)) ids.push(id)
  return ids
}

test('a history begins with the message it is told, and without one or with 0 at its end', async () => {
  assert.deepEqual(await idsOf({}), [3, 2, 1])
  assert.deepEqual(await idsOf({ fromId: 0 }), [3, 2, 1])
  assert.deepEqual(await idsOf({ fromId: 2 }), [2, 1])
  assert.deepEqual(await idsOf({ reverse: true }), [1, 2, 3])
  assert.deepEqual(await idsOf({ reverse: true, fromId: 0 }), [1, 2, 3])
  assert.deepEqual(await idsOf({ reverse: true, fromId: 2 }), [2, 3])
})

test('a signal that aborts ends a history within its page', async () => {
  const abort = new AbortController()
  const ids: number[] = []
  const read = async () => {
    for await (const { id } of history(client(), 'me', { signal: abort.signal })) {
      ids.push(id)
      abort.abort()
    }
  }
  await assert.rejects(read, { name: 'AbortError' })
  assert.deepEqual(ids, [3])
})

test('a limit is a whole number, or no limit', async () => {
  assert.deepEqual(await idsOf({ limit: 0 }), [])
  assert.deepEqual(await idsOf({ limit: Number.POSITIVE_INFINITY }), [3, 2, 1])
  for (const limit of [1.5, -1, Number.NaN]) {
    await assert.rejects(
      idsOf({ limit }),
      (error) => error instanceof UsageError && error.code === 'OPTION_INVALID',
    )
  }
})
