import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SessionKeeper } from './keeper.ts'
import { memorySession } from './memory.ts'
import { decodeSession, type Session } from './session.ts'

const session: Session = {
  server: { name: 'test', fingerprints: [] },
  dcId: 2,
  dcs: {},
  addresses: {},
  userId: undefined,
  logoutTokens: [],
}

test('a storage that throws at once is tried again with the next change', async () => {
  const written: string[] = []
  const troubles: unknown[] = []
  let isBroken = true
  const storage = memorySession()
  const keeper = new SessionKeeper(
    {
      ...storage,
      write(text) {
        if (isBroken) throw new Error('disk full')
        written.push(text)
        return Promise.resolve()
      },
    },
    (error) => troubles.push(error),
  )
  await keeper.open()
  keeper.change(session)
  await assert.rejects(keeper.flush(), /disk full/)
  isBroken = false
  await keeper.flush()
  assert.equal(written.length, 1)
  await keeper.close()
})

test('a change that comes after the storage is given back is not written', async () => {
  const written: string[] = []
  const keeper = new SessionKeeper({ ...memorySession(), write: async (text) => void written.push(text) })
  await keeper.open()
  await keeper.close()
  keeper.change(session)
  await keeper.flush()
  assert.deepEqual(written, [])
})

test('a change at the very end of a write is written, too', async () => {
  for (let turns = 0; turns < 5; turns += 1) {
    let stored = ''
    let atEnd = () => {}
    const write = (text: string) => {
      stored = text
      let left = turns
      const count = () => (left-- > 0 ? queueMicrotask(count) : atEnd())
      queueMicrotask(count)
      return Promise.resolve()
    }
    const keeper = new SessionKeeper({ ...memorySession(), write })
    await keeper.open()
    const flushed = new Promise((resolve) => {
      atEnd = () => {
        atEnd = () => {}
        keeper.change({ ...session, dcId: 4 })
        resolve(keeper.flush())
      }
    })
    keeper.change(session)
    await flushed
    assert.equal(decodeSession(stored, 'x').dcId, 4, `${turns} turns after the write`)
    await keeper.close()
  }
})

test('a write that fails rejects all who wait for it', async () => {
  const keeper = new SessionKeeper({
    ...memorySession(),
    write: () => Promise.reject(new Error('disk full')),
  })
  await keeper.open()
  keeper.change(session)
  const outcomes = await Promise.allSettled([keeper.flush(), keeper.flush()])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  await assert.rejects(keeper.close(), /disk full/)
})

test('a session that is opened again begins without changes of before', async () => {
  let isFull = true
  let written = 0
  const keeper = new SessionKeeper({
    ...memorySession(),
    write: async () => {
      if (isFull) throw new Error('disk full')
      written += 1
    },
  })
  await keeper.open()
  keeper.change(session)
  await assert.rejects(keeper.close(), /disk full/)
  isFull = false
  await keeper.open()
  await keeper.flush()
  assert.equal(written, 0)
  await keeper.close()
})
