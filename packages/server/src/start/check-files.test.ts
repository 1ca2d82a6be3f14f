import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import { sql } from '../database/decision.ts'
import { openStore } from '../database/index.ts'
import { checkFiles } from './check-files.ts'

const keepBlob = sql`INSERT INTO blobs (digest, name, size, at_s) VALUES (:digest, 'a', 1, 1)`

test('a place of files takes over from another one only as long as there are none', async () => {
  const store = openStore({ random: (length) => Uint8Array.from(randomBytes(length)) })
  await checkFiles(store, { id: '1' })
  await checkFiles(store, { id: '2' })
  const digest = Uint8Array.from(createHash('sha256').digest())
  await store.decide(() => keepBlob.send({ digest }))
  await checkFiles(store, { id: '2' })
  await assert.rejects(checkFiles(store, { id: '1' }), (error: UsageError) => {
    assert.match(error.message, /with the number 2, and this place has the number 1: name the right folder/)
    return error instanceof UsageError && error.code === 'FILES_OTHER'
  })
  await store.close()
})
