import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LazyState } from './lazy-state.ts'
import { memoryState } from './memory-state.ts'

const FAILURES: Readonly<Record<string, () => Promise<void>>> = {
  'throws at once': () => {
    throw new Error('locked for a moment')
  },
  rejects: () => Promise.reject(new Error('locked for a moment')),
}

for (const [what, fail] of Object.entries(FAILURES)) {
  test(`a state whose opening ${what} is opened again by the next use`, async () => {
    let isLocked = true
    const state = new LazyState({
      ...memoryState(),
      open: () => (isLocked ? fail() : Promise.resolve()),
    })
    await assert.rejects(state.get('a'), /locked for a moment/)
    isLocked = false
    await state.write(new Map([['a', '1']]))
    assert.equal(await state.get('a'), '1')
    await state.close()
  })
}
