/** Files in a bucket, through the whole server: two nodes' worth of files, read back by a server that starts later. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { TEST_KEYS, TestS3 } from '../../packages/server/src/files/test-s3.ts'
import { signUp, testPhone } from './logins.ts'

const PART_BYTES = 524_288
const FILE = { _: 'inputFile', id: 1n, parts: 2, name: 'a.bin', md5Checksum: '' } as const
const bytes = Uint8Array.from({ length: PART_BYTES + 7 }, (_, at) => 31 * at + 7)

test('a document comes back from the bucket after a restart, and its parts are gone', async (t) => {
  const bucket = await new TestS3(Date.now).listen()
  t.after(() => bucket.close())
  const data = await mkdtemp(join(tmpdir(), 'cablegram-on-s3-'))
  t.after(() => rm(data, { recursive: true }))
  const options = { data, files: bucket.address('here'), s3: TEST_KEYS }
  let server = await startServer(options)
  const session = memorySession()
  let client = new TelegramClient(session, { server: server.info, pfs: false })
  await signUp(client, server.info, testPhone(1))
  for (const filePart of [0, 1]) {
    const part = bytes.subarray(filePart * PART_BYTES, (filePart + 1) * PART_BYTES)
    await client.upload.saveFilePart({ fileId: FILE.id, filePart, bytes: part })
  }
  const media = await client.messages.uploadMedia({
    peer: { _: 'inputPeerSelf' },
    media: { _: 'inputMediaUploadedDocument', file: FILE, mimeType: 'text/plain', attributes: [] },
  })
  assert.ok(media._ === 'messageMediaDocument' && media.document?._ === 'document')
  const { id, accessHash, fileReference } = media.document
  assert.equal(
    [...bucket.objects.keys()].some((key) => key.startsWith('here/parts/')),
    false,
  )
  await client.close()
  await server.close()
  server = await startServer(options)
  try {
    client = new TelegramClient(session, { server: server.info, pfs: false })
    const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
    const parts: Uint8Array[] = []
    for (const offset of [0n, 524_288n]) {
      const answer = await client.upload.getFile({ location, offset, limit: PART_BYTES })
      assert.ok(answer._ === 'upload.file')
      parts.push(answer.bytes)
    }
    assert.ok(Buffer.concat(parts).equals(bytes))
    await client.close()
  } finally {
    await server.close()
  }
})
