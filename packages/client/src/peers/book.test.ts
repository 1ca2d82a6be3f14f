import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Chat, Message, User } from '@cablegram/tl/api'
import { settled } from '../login/test-clock.ts'
import { accountState } from '../storage/account-state.ts'
import { memoryState } from '../storage/memory-state.ts'
import type { StateStorage } from '../storage/state.ts'
import { PeerBook } from './book.ts'

const ada: User = { _: 'user', id: 1n, accessHash: 11n, firstName: 'Ada', username: 'Ada', phone: '9991' }
const group: Chat = {
  _: 'channel',
  id: 7n,
  accessHash: 77n,
  title: 'Engines',
  megagroup: true,
  photo: { _: 'chatPhotoEmpty' },
  date: 0,
}

interface Stage {
  readonly book: PeerBook
  readonly errors: unknown[]
  readonly timers: (() => void)[]
  userId: bigint | undefined
  isOpen: boolean
  nowMs: number
}

function stage(state: StateStorage = memoryState()): Stage {
  const errors: unknown[] = []
  const timers: (() => void)[] = []
  const it: Pick<Stage, 'userId' | 'isOpen' | 'nowMs'> = { userId: 100n, isOpen: true, nowMs: 1_000_000 }
  const book = new PeerBook({
    state: accountState(state, async () => it.userId),
    clock: {
      nowMs: () => it.nowMs,
      after(_ms, action) {
        timers.push(action)
        return () => void timers.splice(timers.indexOf(action), 1)
      },
    },
    userId: () => it.userId,
    isOpen: () => it.isOpen,
    onError: (error) => errors.push(error),
  })
  return Object.assign(it, { book, errors, timers })
}

test('peers of answers and updates of every form are remembered', () => {
  const message: Message = {
    _: 'message',
    id: 5,
    peerId: { _: 'peerUser', userId: 1n },
    date: 0,
    message: 'a',
  }
  const lists = { users: [ada], chats: [group] }
  for (const [what, value] of [
    ['messages', { _: 'messages.messages', messages: [message], ...lists }],
    [
      'updates',
      { _: 'updates', updates: [{ _: 'updateNewMessage', message, pts: 1, ptsCount: 1 }], ...lists },
    ],
    [
      'an answer with updates',
      { _: 'messages.invitedUsers', updates: { _: 'updates', updates: [], ...lists } },
    ],
    ['a list of users and chats', [ada, group]],
  ] as const) {
    const { book } = stage()
    book.remember(value)
    assert.equal(book.recent(1n)?.accessHash, 11n, what)
    assert.equal(book.recent(-1_000_000_000_007n)?.accessHash, 77n, what)
  }
  const { book } = stage()
  book.remember({ _: 'auth.authorization', user: ada })
  assert.equal(book.recent(1n)?.title, 'Ada')
  for (const value of [undefined, null, true, 5n, 'text', new Uint8Array(3), {}, { users: 5, chats: null }]) {
    book.remember(value)
  }
})

test('a reduced user is remembered with the message that shows it', async () => {
  const { book } = stage()
  const message: Message = {
    _: 'message',
    id: 5,
    fromId: { _: 'peerUser', userId: 2n },
    peerId: { _: 'peerChannel', channelId: 7n },
    date: 0,
    message: 'a',
  }
  const eve: User = { _: 'user', id: 2n, min: true, accessHash: 22n, firstName: 'Eve' }
  book.remember({ _: 'messages.channelMessages', messages: [message], users: [eve], chats: [group] })
  assert.equal(book.recent(2n)?.accessHash, undefined)
  assert.deepEqual(book.recent(2n)?.seenIn, { chatId: -1_000_000_000_007n, messageId: 5 })
})

test('what was remembered is written a moment later, together, and found by another book', async () => {
  const state = memoryState()
  const first = stage(state)
  first.book.remember([ada])
  first.book.remember([group])
  assert.equal(first.timers.length, 1)
  first.timers[0]?.()
  await first.book.save()
  const { book } = stage(state)
  assert.equal(book.recent(1n), undefined)
  assert.equal((await book.byName('ADA'))?.id, 1n)
  assert.equal((await book.byPhone('9991'))?.id, 1n)
  assert.equal((await book.byId(-1_000_000_000_007n))?.title, 'Engines')
  assert.deepEqual(first.timers, [])
})

test('a book that is closed has written everything, and leaves no timer', async () => {
  const state = memoryState()
  const { book, timers } = stage(state)
  book.remember([ada])
  await book.close()
  assert.deepEqual(timers, [])
  book.remember([group])
  assert.deepEqual(timers, [])
  assert.equal((await stage(state).book.byId(1n))?.id, 1n)
})

test('a timer that finds everything written holds up nothing', async () => {
  const state = memoryState()
  const { book, timers } = stage(state)
  book.remember([ada])
  timers[0]?.()
  book.remember([group])
  await settled()
  assert.equal(timers.length, 1, 'the second peer was written with the first')
  timers[0]?.()
  await book.close()
  assert.equal((await stage(state).book.byId(-1_000_000_000_007n))?.title, 'Engines')
})

test('nothing is written while the session is not open', async () => {
  const state = memoryState()
  const it = stage(state)
  it.isOpen = false
  it.book.remember([ada])
  it.timers[0]?.()
  await it.book.save()
  assert.equal(await stage(state).book.byId(1n), undefined)
  it.isOpen = true
  await it.book.save()
  assert.equal((await stage(state).book.byId(1n))?.id, 1n)
})

test('another account does not see the peers of the former one', async () => {
  const it = stage()
  it.book.remember([ada])
  await it.book.save()
  it.userId = 200n
  assert.equal(it.book.recent(1n), undefined)
  assert.equal(await it.book.byId(1n), undefined)
  assert.equal(await it.book.byName('ada'), undefined)
  it.userId = 100n
  assert.equal((await it.book.byId(1n))?.id, 1n)
})

test('a write that fails is told, and later peers are written', async () => {
  const state = memoryState()
  let isBroken = true
  const it = stage({
    ...state,
    write: async (changes) => {
      if (isBroken) throw new Error('disk full')
      await state.write(changes)
    },
  })
  it.book.remember([ada])
  await it.book.save()
  assert.match(String(it.errors[0]), /disk full/)
  isBroken = false
  it.book.remember([group])
  await it.book.save()
  assert.equal((await stage(state).book.byId(-1_000_000_000_007n))?.id, -1_000_000_000_007n)
})

test('a name at hand is good for a day, and longer if its peer is seen again', async () => {
  const state = memoryState()
  const it = stage(state)
  const hour = 60 * 60 * 1000
  it.book.remember([ada])
  for (let day = 0; day < 3; day += 1) {
    it.nowMs += 20 * hour
    it.book.remember([ada])
    await it.book.save()
  }
  it.nowMs += 20 * hour
  assert.equal((await it.book.byName('ada'))?.id, 1n)
  const other = stage(state)
  other.nowMs = it.nowMs
  assert.equal((await other.book.byName('ada'))?.id, 1n)
  it.nowMs += 20 * hour
  assert.equal(await it.book.byName('ada'), undefined)
  assert.equal((await it.book.byId(1n))?.id, 1n)
})
