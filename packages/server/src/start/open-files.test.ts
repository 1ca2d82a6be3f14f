import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import { TEST_KEYS, TestS3 } from '../files/test-s3.ts'
import { startServer } from './start-server.ts'

test('a server with --files s3://… has its files in the bucket, and looks at it at the start', async (t) => {
  const bucket = await new TestS3(Date.now).listen()
  t.after(() => bucket.close())
  const data = mkdtempSync(join(tmpdir(), 'cablegram-bucket-'))
  t.after(() => rmSync(data, { recursive: true }))
  const files = bucket.address('cablegram')
  const server = await startServer({ data, files, s3: TEST_KEYS })
  await server.close()
  assert.deepEqual([...bucket.objects.keys()], ['cablegram/id'])
  assert.ok(
    bucket.received.some(({ method, key }) => method === 'DELETE' && key.startsWith('cablegram/tmp/')),
  )
  const refused = (code: string) => (error: unknown) => error instanceof UsageError && error.code === code
  await assert.rejects(startServer({ data, files }), refused('FILES_KEYS_MISSING'))
  await assert.rejects(startServer({ data, files: 's3://x', s3: TEST_KEYS }), refused('FILES_INVALID'))
  const wrong = { ...TEST_KEYS, secretAccessKey: 'wrong' }
  await assert.rejects(startServer({ data, files, s3: wrong }), refused('FILES_UNUSABLE'))
})
