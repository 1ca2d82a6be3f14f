import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SessionKeeper } from './keeper.ts'
import { memorySession } from './memory.ts'
import type { Session } from './session.ts'

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
