/** Uploads of the client against the real server: every kind of source and size comes back as it was. */
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { after, before, test } from 'node:test'
import {
  type FileSource,
  memorySession,
  TelegramClient,
  type UploadOptions,
  uploadFile,
} from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { UsageError } from '@cablegram/tl'
import type { document, InputFile } from '@cablegram/tl/api'
import { isLong } from '../effort.ts'
import { signUp, testPhone } from './logins.ts'
import { openRelay } from './relay.ts'

const KIB = 1024
const MIB = KIB * KIB
const SELF = { _: 'inputPeerSelf' } as const

const folder = await mkdtemp(join(tmpdir(), 'cablegram-e2e-uploads-'))
let server: CablegramServer
let client: TelegramClient

before(async () => {
  server = await startServer({ data: join(folder, 'data') })
  client = new TelegramClient(memorySession(), { server: server.info })
  await signUp(client, server.info, testPhone(1))
})
after(async () => {
  await client.close()
  await server.close()
  await rm(folder, { recursive: true })
})

function testBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = 31 * at + (at >> 9) + 7
  return bytes
}

async function documentOf(file: InputFile): Promise<document> {
  const media = await client.messages.uploadMedia({
    peer: SELF,
    media: { _: 'inputMediaUploadedDocument', file, mimeType: 'application/octet-stream', attributes: [] },
  })
  return media._ === 'messageMediaDocument' && media.document?._ === 'document'
    ? media.document
    : assert.fail(media._)
}

async function readBack({ id, accessHash, fileReference, size }: document): Promise<Buffer> {
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const parts: Uint8Array[] = []
  for (let offset = 0n; offset < size; offset += BigInt(512 * KIB)) {
    const part = await client.upload.getFile({ location, offset, limit: 512 * KIB })
    parts.push(part._ === 'upload.file' ? part.bytes : assert.fail(part._))
  }
  return Buffer.concat(parts)
}

interface Told {
  readonly doneBytes: number
  readonly totalBytes: number | undefined
}

/** Sends, and checks the bytes, the progress and the kind of file. */
async function check(source: FileSource, bytes: Uint8Array, options: UploadOptions = {}): Promise<InputFile> {
  const told: Told[] = []
  const file = await uploadFile(client, source, {
    ...options,
    onProgress: (doneBytes, totalBytes) => told.push({ doneBytes, totalBytes }),
  })
  assert.ok((await readBack(await documentOf(file))).equals(bytes))
  assert.deepEqual(told.at(-1), { doneBytes: bytes.length, totalBytes: bytes.length })
  for (const [at, each] of told.entries()) assert.ok(each.doneBytes >= (told[at - 1]?.doneBytes ?? 0))
  return file
}

// Long form: every source in every size; the short one reads the large files from paths only.
for (const size of [1, 128 * KIB, 10 * MIB, 10 * MIB + 1]) {
  test(`bytes, a Blob and a file of ${size} bytes arrive whole`, async () => {
    const bytes = testBytes(size)
    const path = join(folder, `${size}.bin`)
    await writeFile(path, bytes)
    const kind = size > 10 * MIB ? 'inputFileBig' : 'inputFile'
    const file = await check(path, bytes)
    assert.deepEqual([file._, 'name' in file && file.name], [kind, `${size}.bin`])
    if (size > MIB && !isLong) return
    await check(new Blob([bytes.slice()]), bytes, { name: 'other.bin' })
    await check(bytes, bytes)
  })
}

for (const size of [1, MIB - 1, MIB, 3 * MIB + 5]) {
  test(`streams of Node and of the web of ${size} bytes arrive whole, their length known or not`, async () => {
    const bytes = testBytes(size)
    const path = join(folder, `stream-${size}.bin`)
    await writeFile(path, bytes)
    assert.equal((await check(createReadStream(path), bytes))._, 'inputFileBig')
    assert.equal((await check(createReadStream(path), bytes, { size }))._, 'inputFile')
    assert.equal((await check(new Blob([bytes.slice()]).stream(), bytes))._, 'inputFileBig')
  })
}

/** A client of the same account behind a relay. */
async function behind(port: number): Promise<TelegramClient> {
  const [dc] = server.info.dcs
  assert.ok(dc)
  const session = memorySession(await client.exportSession())
  return new TelegramClient(session, { server: { ...server.info, dcs: [{ ...dc, port }] } })
}

/** A connection on which nothing comes and nothing goes. */
function deadEnd(): Duplex {
  return new Duplex({ read: () => {}, write: () => {} })
}

test('other calls are answered while not a byte of an upload gets through', async () => {
  let dials = 0
  const dial = (port: number) => {
    dials += 1
    return dials === 2 ? deadEnd() : connect({ port, host: '127.0.0.1', noDelay: true })
  }
  const relay = await openRelay({ port: server.info.dcs[0]?.port ?? 0, dial })
  const sender = await behind(relay.port)
  await sender.connect()
  const abort = new AbortController()
  const sending = uploadFile(sender, testBytes(5 * MIB), { signal: abort.signal })
  sending.catch(() => undefined)
  for (let call = 0; call < 20; call++) await sender.updates.getState()
  assert.equal(dials, 2)
  abort.abort(new Error('enough'))
  await assert.rejects(sending, { message: 'enough' })
  await sender.close()
  await relay.close()
})

test('an upload whose connections break again and again arrives whole', async () => {
  const relay = await openRelay({ port: server.info.dcs[0]?.port ?? 0 })
  const sender = await behind(relay.port)
  const bytes = testBytes(7 * MIB)
  let breaks = 0
  const file = await uploadFile(sender, bytes, {
    onProgress: (doneBytes) => {
      if (doneBytes < (breaks + 1) * 2 * MIB) return
      breaks += 1
      relay.cut()
    },
  })
  assert.equal(breaks, 3)
  assert.ok((await readBack(await documentOf(file))).equals(bytes))
  await sender.close()
  await relay.close()
})

test('an upload goes on after a restart of the program: only what had not arrived is sent', async () => {
  const bytes = testBytes(5 * MIB)
  const path = join(folder, 'resumed.bin')
  await writeFile(path, bytes)
  const first = new TelegramClient(memorySession(await client.exportSession()), { server: server.info })
  let record = ''
  const onRecord = (text: string) => {
    record = text
  }
  const onProgress = (doneBytes: number) => void (doneBytes > 2 * MIB && first.close())
  await assert.rejects(uploadFile(first, path, { onProgress, onRecord }), { code: 'CLIENT_CLOSED' })
  const progress: number[] = []
  const file = await uploadFile(client, path, {
    resume: record,
    onProgress: (doneBytes) => progress.push(doneBytes),
  })
  assert.ok((progress[0] ?? 0) > 2 * MIB && progress.at(-1) === 5 * MIB)
  assert.ok((await readBack(await documentOf(file))).equals(bytes))
})

test('a path that is no file, and a source that is nothing of the kind, are refused', async () => {
  await assert.rejects(uploadFile(client, folder), { code: 'FILE_SOURCE_INVALID' })
  await assert.rejects(uploadFile(client, join(folder, 'absent')), (error) => {
    assert.ok(error instanceof UsageError && error.code === 'FILE_UNREADABLE')
    assert.match(error.message, /absent: there is no such file\.$/)
    assert.equal((error.cause as { code?: unknown }).code, 'ENOENT')
    return true
  })
  await assert.rejects(uploadFile(client, Object(7)), { code: 'FILE_SOURCE_INVALID' })
  await assert.rejects(uploadFile(client, 7 as never), { code: 'FILE_SOURCE_INVALID', message: /a number/ })
  await assert.rejects(uploadFile(client, ''), { code: 'FILE_SOURCE_INVALID', message: /An empty string/ })
  const data = new URL('data:,x')
  await assert.rejects(uploadFile(client, data), { code: 'FILE_SOURCE_INVALID', message: /data:,x is not/ })
  const url = 'https://example.org/a.png'
  await assert.rejects(uploadFile(client, url), { code: 'FILE_SOURCE_INVALID', message: /another machine/ })
  await assert.rejects(uploadFile(client, createReadStream(join(folder, 'absent'))), { code: 'ENOENT' })
  await assert.rejects(uploadFile(client, new Uint8Array(1), { partSize: 1000 }), { code: 'OPTION_INVALID' })
})
