/** Downloads of the client from the real server: whole files and ranges, on and on after a kill, with checked bytes. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { access, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { download, memorySession, TelegramClient, uploadFile } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { document, Message, message } from '@cablegram/tl/api'
import { isLong } from '../effort.ts'
import { signUp, testPhone } from './logins.ts'
import { openRelay } from './relay.ts'

const KIB = 1024
const MIB = KIB * KIB
const SELF = { _: 'inputPeerSelf' } as const

const folder = await mkdtemp(join(tmpdir(), 'cablegram-e2e-downloads-'))
let server: CablegramServer
let client: TelegramClient
let randomId = 0n

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

/** A message to oneself with a document of these bytes. */
async function sent(bytes: Uint8Array): Promise<message> {
  const file = await uploadFile(client, bytes)
  randomId += 1n
  const media = { _: 'inputMediaUploadedDocument', file, mimeType: 'text/plain', attributes: [] } as const
  const updates = await client.messages.sendMedia({
    ...{ peer: SELF, media: { ...media, attributes: [] }, message: '', randomId },
  })
  const news = updates._ === 'updates' ? updates.updates : []
  const found = news.find((update) => update._ === 'updateNewMessage')
  return found?.message._ === 'message' ? found.message : assert.fail('no message')
}

function documentIn(found: Message): document {
  const media = found._ === 'message' ? found.media : undefined
  return media?._ === 'messageMediaDocument' && media.document?._ === 'document'
    ? media.document
    : assert.fail(`no document in ${found._}`)
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

let files = 0
function newPath(): string {
  files += 1
  return join(folder, `file-${files}.bin`)
}

async function filesBeside(path: string): Promise<string[]> {
  const name = path.slice(folder.length + 1)
  return (await readdir(folder)).filter((each) => each.startsWith(name)).toSorted()
}

// Long form: files as large as those that are uploaded in another way.
for (const size of [1, 128 * KIB, ...(isLong ? [10 * MIB, 10 * MIB + 1] : [2 * MIB + 1])]) {
  test(`a file of ${size} bytes comes whole, into a file and as it is read, and is checked by its hashes`, async () => {
    const bytes = testBytes(size)
    const found = await sent(bytes)
    const path = newPath()
    const progress: number[] = []
    await download(client, found, path, {
      onProgress: (doneBytes, totalBytes) => {
        assert.equal(totalBytes, size)
        assert.equal(existsSync(path), doneBytes === size)
        progress.push(doneBytes)
      },
    })
    assert.ok((await readFile(path)).equals(bytes))
    assert.deepEqual(await filesBeside(path), [path.slice(folder.length + 1)])
    assert.deepEqual(
      progress,
      [...new Set(progress)].toSorted((a, b) => a - b),
    )
    assert.equal(progress.at(-1), size)
    assert.ok((await collect(download(client, found, { verify: true }))).equals(bytes))
  })
}

test('every range of a file is what it asks for, without the rest', async () => {
  const bytes = testBytes(3 * MIB + 77)
  const found = await sent(bytes)
  for (const [offset, length] of [
    [0, 1],
    [4095, 2],
    [300_000, 1_000_000],
    [MIB - 1, MIB + 2],
    [3 * MIB, undefined],
    [3 * MIB + 77, undefined],
    [9 * MIB, 5],
  ] as const) {
    const range = await collect(download(client, found, { offset, length }))
    assert.ok(range.equals(bytes.subarray(offset, offset + (length ?? bytes.length))), `${offset} ${length}`)
  }
})

test('the bare location of a file is downloaded until it ends', async () => {
  const bytes = testBytes(MIB)
  const { id, accessHash, fileReference } = documentIn(await sent(bytes))
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const totals: (number | undefined)[] = []
  const onProgress = (_: number, totalBytes: number | undefined) => void totals.push(totalBytes)
  assert.ok((await collect(download(client, location, { onProgress }))).equals(bytes))
  assert.deepEqual([totals[0], totals.at(-1)], [undefined, MIB])
})

test('a reader that stops ends the download, and one that is slow gets all the same bytes', async () => {
  const bytes = testBytes(3 * MIB)
  const found = await sent(bytes)
  for await (const first of download(client, found)) {
    assert.equal(first.length, 512 * KIB)
    break
  }
  const parts: Uint8Array[] = []
  for await (const part of download(client, found)) {
    parts.push(part)
    await new Promise(setImmediate)
  }
  assert.ok(Buffer.concat(parts).equals(bytes))
})

test('a download that is given up leaves what it has, and the next one goes on with it', async () => {
  const bytes = testBytes(5 * MIB)
  const found = await sent(bytes)
  const path = newPath()
  const abort = new AbortController()
  const onProgress = (doneBytes: number) => void (doneBytes > 2 * MIB && abort.abort(new Error('enough')))
  await assert.rejects(download(client, found, path, { signal: abort.signal, onProgress }), {
    message: 'enough',
  })
  const name = path.slice(folder.length + 1)
  assert.deepEqual(await filesBeside(path), [`${name}.part`, `${name}.part.json`])
  const progress: number[] = []
  await download(client, found, path, { onProgress: (doneBytes) => progress.push(doneBytes) })
  assert.ok((progress[0] ?? 0) > 2 * MIB && progress.at(-1) === 5 * MIB)
  assert.ok((await readFile(path)).equals(bytes))
  assert.deepEqual(await filesBeside(path), [name])
})

test('a download that is given up before anything has come leaves nothing', async () => {
  const path = newPath()
  const found = await sent(testBytes(9))
  const abort = new AbortController()
  const loading = download(client, found, path, { signal: abort.signal })
  abort.abort(new Error('enough'))
  await assert.rejects(loading, { message: 'enough' })
  assert.deepEqual(await filesBeside(path), [])
})

test('what was begun of another file is thrown away', async () => {
  const path = newPath()
  const abort = new AbortController()
  const onProgress = () => abort.abort(new Error('enough'))
  const first = download(client, await sent(testBytes(3 * MIB)), path, { signal: abort.signal, onProgress })
  await assert.rejects(first, { message: 'enough' })
  const other = testBytes(3 * MIB).reverse()
  await download(client, await sent(other), path)
  assert.ok((await readFile(path)).equals(other))
})

test('a download goes on after its process was killed', async () => {
  // The record is written when 8 MiB are on the disk: 4 MiB more may be on their way by then, and must not be all.
  const bytes = testBytes(16 * MIB)
  const found = await sent(bytes)
  const path = newPath()
  const session = await client.exportSession()
  const setup = { path, session, server: server.info, messageId: found.id }
  const child = fork(new URL('./download-and-die.ts', import.meta.url), [JSON.stringify(setup)])
  const [, signal] = await once(child, 'exit')
  assert.equal(signal, 'SIGKILL')
  await access(`${path}.part.json`)
  const progress: number[] = []
  await download(client, found, path, { onProgress: (doneBytes) => progress.push(doneBytes) })
  assert.ok((progress[0] ?? 0) >= 8 * MIB)
  assert.ok((await readFile(path)).equals(bytes))
})

test('a download whose connections break again and again comes whole', async () => {
  const [dc] = server.info.dcs
  assert.ok(dc)
  const relay = await openRelay({ port: dc.port })
  const session = memorySession(await client.exportSession())
  const reader = new TelegramClient(session, {
    server: { ...server.info, dcs: [{ ...dc, port: relay.port }] },
  })
  const bytes = testBytes(7 * MIB)
  const found = await sent(bytes)
  let breaks = 0
  const onProgress = (doneBytes: number) => {
    if (doneBytes < (breaks + 1) * 2 * MIB) return
    breaks += 1
    relay.cut()
  }
  assert.ok((await collect(download(reader, found, { onProgress }))).equals(bytes))
  assert.equal(breaks, 3)
  await reader.close()
  await relay.close()
})

test('the reference of a file in a message is renewed when it is out of date; without the message it is an error', async () => {
  const bytes = testBytes(2 * MIB)
  const found = await sent(bytes)
  const stale = structuredClone(found)
  const { fileReference } = documentIn(stale)
  fileReference[fileReference.length - 1] = (fileReference.at(-1) ?? 0) ^ 1
  await assert.rejects(collect(download(client, documentIn(stale))), { type: 'FILE_REFERENCE_INVALID' })
  assert.ok((await collect(download(client, stale))).equals(bytes))
  const refetch = async () => documentIn(found)
  assert.ok((await collect(download(client, documentIn(stale), { refetch }))).equals(bytes))
})

test('what has no file, and targets that are none, are refused', async () => {
  const found = await sent(testBytes(3))
  const text = { ...found, media: undefined }
  await assert.rejects(collect(download(client, text)), { code: 'DOWNLOAD_INVALID' })
  await assert.rejects(collect(download(client, Object(7))), { code: 'DOWNLOAD_INVALID' })
  const forgotten = Object({ kind: 'user', raw: undefined })
  const refusal = { code: 'DOWNLOAD_INVALID', message: /use client\.downloadProfilePhoto/ }
  await assert.rejects(collect(download(client, forgotten)), refusal)
  await assert.rejects(collect(download(client, found, { thumb: 'm' })), { code: 'DOWNLOAD_INVALID' })
  await assert.rejects(download(client, found, folder), { code: 'FILE_TARGET_INVALID' })
  await assert.rejects(download(client, found, join(folder, 'absent', 'file')), {
    code: 'FILE_TARGET_INVALID',
    message: /absent does not exist: make it first/,
  })
  const path = newPath()
  const [first, second] = await Promise.allSettled([
    download(client, found, path),
    download(client, found, path),
  ])
  assert.equal(first?.status, 'fulfilled')
  assert.ok(second?.status === 'rejected' && second.reason.code === 'FILE_TARGET_BUSY')
})
