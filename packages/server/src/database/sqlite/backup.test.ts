import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { seededRandom } from '../../rules/test-world.ts'
import { openStore } from '../index.ts'

function newStore(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'cablegram-backup-'))
  t.after(() => rmSync(root, { recursive: true }))
  const store = openStore({ data: join(root, 'data'), random: seededRandom('backup') })
  return { store, backups: join(root, 'backups') }
}

test('a backup that fails leaves no folder behind', async (t) => {
  const { store, backups } = newStore(t)
  await store.close()
  await assert.rejects(store.backUp(join(backups, 'one')))
  assert.deepEqual(readdirSync(backups), [])
})

test('a backup has its name only when it is complete', async (t) => {
  const { store, backups } = newStore(t)
  mkdirSync(backups)
  const seen = new Set<string>()
  let isDone = false
  const copying = store.backUp(join(backups, 'one')).finally(() => {
    isDone = true
  })
  while (!isDone) {
    for (const name of readdirSync(backups)) seen.add(name)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const file = await copying
  seen.delete('one')
  assert.deepEqual([...seen], ['one.unfinished'])
  assert.equal(file, join(backups, 'one', 'cablegram.db'))
  assert.deepEqual(readdirSync(backups), ['one'])
  const copy = new DatabaseSync(file, { readOnly: true })
  assert.deepEqual({ ...copy.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' })
  copy.close()
  assert.equal(statSync(file).mode & 0o077, 0)
  await store.close()
})

test('a backup replaces no other folder', async (t) => {
  const { store, backups } = newStore(t)
  mkdirSync(join(backups, 'one'), { recursive: true })
  writeFileSync(join(backups, 'one', 'cablegram.db'), 'an older backup')
  mkdirSync(join(backups, 'one.unfinished'))
  const files = await Promise.all([1, 2, 3].map(() => store.backUp(join(backups, 'one'))))
  const named = [2, 3, 4].map((number) => join(backups, `one-${number}`, 'cablegram.db'))
  assert.deepEqual(files.sort(), named)
  assert.deepEqual(readdirSync(backups).sort(), ['one', 'one-2', 'one-3', 'one-4', 'one.unfinished'])
  await store.close()
})
