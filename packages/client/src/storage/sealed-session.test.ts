import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SessionKeeper } from './keeper.ts'
import { memoryState } from './memory-state.ts'
import { changePassphrase, isSealed, sealedSession } from './sealed-session.ts'
import type { SessionStorage } from './storage.ts'

/** A storage whose text and state the test can see. */
function place(text?: string) {
  const seen = { text, isOpen: false, state: new Map<string, string>() }
  const state = memoryState()
  const storage: SessionStorage = {
    name: 'me.session',
    state: {
      ...state,
      async write(changes) {
        for (const [key, value] of changes) if (value !== undefined) seen.state.set(key, value)
        await state.write(changes)
      },
    },
    async open() {
      seen.isOpen = true
      return seen.text
    },
    async write(written) {
      seen.text = written
    },
    async close() {
      seen.isOpen = false
    },
  }
  return { seen, storage }
}

const wrong = { code: 'SESSION_PASSPHRASE' }

test('a session is sealed, and opens with its passphrase only', async () => {
  const { seen, storage } = place('{"secret":1}')
  const sealed = sealedSession(storage, async () => 'correct horse')
  assert.equal(await sealed.open(), '{"secret":1}')
  assert.doesNotMatch(seen.text ?? '', /secret/)
  await sealed.write('{"secret":2}')
  await sealed.close()
  const written = seen.text
  await assert.rejects(sealedSession(storage, 'wrong').open(), wrong)
  await assert.rejects(sealedSession(storage, '').open(), wrong)
  assert.deepEqual([seen.text, seen.isOpen], [written, false])
  assert.equal(await sealed.open(), '{"secret":2}')
})

test('names and texts of the state are sealed, and a write is seen by the next read', async () => {
  const { seen, storage } = place()
  const sealed = sealedSession(storage, 'correct horse')
  assert.equal(await sealed.open(), undefined)
  const state = sealed.state ?? assert.fail('no state')
  void state.write(new Map([['name/ada', '1']]))
  void state.write(new Map([['name/ada', '2']]))
  assert.equal(await state.get('name/ada'), '2')
  assert.equal(await state.get('name/bob'), undefined)
  await state.write(new Map([['name/ada', undefined]]))
  assert.equal(await state.get('name/ada'), undefined)
  assert.doesNotMatch(JSON.stringify([...seen.state]), /ada|name/)
})

test('another passphrase opens the same session and the same state', async () => {
  const { seen, storage } = place()
  const before = sealedSession(storage, 'one')
  await before.open()
  await before.write('{"secret":1}')
  await before.state?.write(new Map([['key', 'text']]))
  await before.close()
  await assert.rejects(changePassphrase(storage, 'two', 'three'), wrong)
  await changePassphrase(storage, 'one', 'two')
  assert.equal(seen.isOpen, false)
  await assert.rejects(before.open(), wrong)
  const after = sealedSession(storage, 'two')
  assert.equal(await after.open(), '{"secret":1}')
  assert.equal(await after.state?.get('key'), 'text')
})

test('a sealed session without a passphrase, and a damaged one, are refused and stay as they are', async () => {
  const { seen, storage } = place('{"secret":1}')
  const sealed = sealedSession(storage, 'one')
  await sealed.open()
  await sealed.close()
  const text = seen.text ?? ''
  assert.ok(isSealed(text))
  await assert.rejects(new SessionKeeper(storage).open(), { ...wrong, message: /passphrase/ })
  for (const iterations of [0, 1e12, '5']) {
    seen.text = JSON.stringify({ ...JSON.parse(text), iterations })
    await assert.rejects(sealed.open(), { code: 'SESSION_CORRUPT' })
  }
  seen.text = JSON.stringify({ ...JSON.parse(text), session: JSON.parse(text).key })
  await assert.rejects(sealed.open(), { code: 'SESSION_CORRUPT' })
  seen.text = JSON.stringify({ ...JSON.parse(text), version: 2 })
  await assert.rejects(sealed.open(), { code: 'SESSION_VERSION' })
})

test('a session is given back when its client is closed before the passphrase is there', async () => {
  const { seen, storage } = place('{"secret":1}')
  const closing = new AbortController()
  const keeper = new SessionKeeper(
    sealedSession(storage, () => {
      queueMicrotask(() => closing.abort(new Error('closed')))
      return new Promise(() => {})
    }),
  )
  await assert.rejects(keeper.open(closing.signal), /closed/)
  assert.deepEqual(seen, { text: '{"secret":1}', isOpen: false, state: new Map() })
})
