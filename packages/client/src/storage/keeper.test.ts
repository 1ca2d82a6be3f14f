import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SessionKeeper } from './keeper.ts'
import { memorySession } from './memory.ts'

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
  keeper.change({
    server: { name: 'test', fingerprints: [] },
    dcId: 2,
    dcs: {},
    addresses: {},
    userId: undefined,
    logoutTokens: [],
  })
  await assert.rejects(keeper.flush(), /disk full/)
  isBroken = false
  await keeper.flush()
  assert.equal(written.length, 1)
  await keeper.close()
})
