/** The contract of files on a server of S3 that is not ours. It accepts any secret: signatures are tested beside the client. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import S3rver from 's3rver'
import { createSecret } from '../../packages/server/src/database/secret.ts'
import { s3PlaceOf } from '../../packages/server/src/files/s3/place.ts'
import { openS3Files } from '../../packages/server/src/files/s3.ts'
import { pieces, testBytes } from '../../packages/server/src/files/test-bytes.ts'
import { testFiles } from '../../packages/server/src/files/test-contract.ts'
import { seededRandom } from '../../packages/server/src/rules/test-world.ts'

const directory = mkdtempSync(join(tmpdir(), 'cablegram-s3rver-'))
const configureBuckets = [{ name: 'cablegram-test' }]
const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets })
const { port } = await server.run()
after(async () => {
  await server.close()
  rmSync(directory, { recursive: true })
})

const secret = createSecret(new Uint8Array(32), seededRandom('secret'))
let buckets = 0

function open(prefix = `bucket-${buckets++}`) {
  const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }
  const place = s3PlaceOf(`s3://cablegram-test/${prefix}?endpoint=http://127.0.0.1:${port}`, keys)
  return openS3Files({ place, secret, random: seededRandom(prefix), nowMs: Date.now })
}

// Of an empty object, s3rver announces a byte that never comes.
const LEAST_BYTES = 2

// It writes an object in place: copies that come at once mix.
testFiles('s3rver', () => open(), { least: LEAST_BYTES, atOnce: 1 })

test('s3rver: a long file comes in blocks, and back', async () => {
  const files = await open()
  const bytes = testBytes(12 * 1024 * 1024 + 1)
  const { name } = await files.put(pieces(bytes, 524_288))
  const back = []
  for (let at = 0; at <= bytes.length; at += 1024 * 1024) back.push(await files.read(name, at, 1024 * 1024))
  assert.ok(Buffer.concat(back).equals(bytes))
  await files.delete(name)
  await assert.rejects(files.read(name, 0, 1))
  await files.close()
})
