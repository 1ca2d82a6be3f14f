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

test('peers that wait to be written when the account changes are written for that account alone', async () => {
  const state = memoryState()
  const it = stage(state)
  it.book.remember([ada])
  it.userId = 200n
  it.book.remember([group])
  await it.book.save()
  assert.equal(await it.book.byId(1n), undefined)
  const former = stage(state)
  assert.equal((await former.book.byId(1n))?.accessHash, 11n)
  assert.equal(await former.book.byId(-1_000_000_000_007n), undefined)
  const later = stage(state)
  later.userId = 200n
  assert.equal(await later.book.byId(1n), undefined)
  assert.equal((await later.book.byId(-1_000_000_000_007n))?.accessHash, 77n)
})

test('a write that is on its way when the account changes ends for the former one', async () => {
  const state = memoryState()
  const gates: (() => void)[] = []
  const it = stage({
    ...state,
    async get(key) {
      await new Promise<void>((resolve) => gates.push(resolve))
      return await state.get(key)
    },
  })
  it.book.remember([ada])
  const saving = it.book.save()
  await new Promise(setImmediate)
  it.userId = 200n
  assert.equal(it.book.recent(1n), undefined)
  let isSaved = false
  void saving.then(() => {
    isSaved = true
  })
  while (!isSaved) {
    for (const open of gates.splice(0)) open()
    await new Promise(setImmediate)
  }
  assert.notEqual(await state.get('100/peer/1'), undefined)
  assert.equal(await state.get('200/peer/1'), undefined)
  assert.equal(it.book.recent(1n), undefined)
})

const rename = (usernames: readonly string[], firstName = 'Ada') => ({
  _: 'updateShort',
  date: 0,
  update: {
    _: 'updateUserName',
    userId: 1n,
    firstName,
    lastName: '',
    usernames: usernames.map((username) => ({ _: 'username', username, active: true })),
  },
})

test('updates change the names and the number of a user that is at hand, and of one that is only in the state', async () => {
  const state = memoryState()
  for (const it of [stage(state), stage(state)]) {
    if (it.book.size === 0 && (await state.get('100/peer/1')) === undefined) it.book.remember([ada])
    await it.book.save()
    it.book.remember(rename(['Countess'], 'Augusta'))
    it.book.remember({ _: 'updateShort', update: { _: 'updateUserPhone', userId: 1n, phone: '+999 2' } })
    await it.book.save()
    assert.equal(await it.book.byName('ada'), undefined)
    assert.equal(await it.book.byPhone('9991'), undefined)
    const found = await it.book.byName('countess')
    assert.deepEqual([found?.id, found?.title, found?.accessHash], [1n, 'Augusta', 11n])
    assert.equal((await it.book.byPhone('9992'))?.id, 1n)
    it.book.remember(rename(['Ada']))
    it.book.remember({ _: 'updateShort', update: { _: 'updateUserPhone', userId: 1n, phone: '9991' } })
    await it.book.save()
  }
})

test('updateUser without the user: its names lead nowhere until they are seen again', async () => {
  const state = memoryState()
  const it = stage(state)
  it.book.remember([ada])
  it.book.remember({ _: 'updateShort', update: { _: 'updateUser', userId: 1n }, date: 0 })
  await it.book.save()
  assert.equal(await it.book.byName('ada'), undefined)
  assert.equal(await it.book.byPhone('9991'), undefined)
  assert.equal((await it.book.byId(1n))?.accessHash, 11n)
  it.book.remember({ _: 'updates', updates: [{ _: 'updateUser', userId: 1n }], users: [ada], chats: [] })
  assert.equal((await it.book.byName('ada'))?.id, 1n)
})

test('a name that moved to another account leads there, whatever the state remembers of the former one', async () => {
  const state = memoryState()
  const first = stage(state)
  first.book.remember([ada])
  await first.book.save()
  const it = stage(state)
  const bob: User = { _: 'user', id: 2n, accessHash: 22n, firstName: 'Bob', username: 'ada' }
  it.book.remember([bob])
  // The old record comes out of the state, with the name that it had.
  assert.equal((await it.book.byId(1n))?.usernames[0], 'ada')
  assert.equal((await it.book.byName('ada'))?.id, 2n)
  await it.book.save()
  assert.equal((await stage(state).book.byName('ada'))?.id, 2n)
})

test('an access hash that was refused is forgotten, at hand and in the state, unless a newer one is known', async () => {
  const state = memoryState()
  const it = stage(state)
  it.book.remember([ada])
  await it.book.forgetHash(1n, 11n)
  assert.equal(it.book.recent(1n)?.accessHash, undefined)
  const other = stage(state)
  assert.deepEqual(await other.book.byId(1n).then((record) => [record?.accessHash, record?.usernames]), [
    undefined,
    ['ada'],
  ])
  other.book.remember([{ ...ada, accessHash: 12n }])
  await other.book.forgetHash(1n, 11n)
  assert.equal(other.book.recent(1n)?.accessHash, 12n)
  assert.equal((await stage(state).book.byId(1n))?.accessHash, 12n)
})
