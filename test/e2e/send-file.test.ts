/** Files and albums sent by the client's daily calls: what each becomes, and media that is sent once more. */
import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { type Message, memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { document } from '@cablegram/tl/api'
import { signUp, testPhone } from './logins.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-e2e-send-file-'))
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

/** A grey picture. */
function png(width: number, height: number): Uint8Array {
  const chunk = (type: string, body: Uint8Array) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(body.length)
    // Nobody here looks at the checksum.
    return Buffer.concat([length, Buffer.from(type, 'latin1'), body, Buffer.alloc(4)])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const rows = deflateSync(Buffer.alloc((width + 1) * height, 128))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
  return new Uint8Array(
    Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]),
  )
}

/** A film of a second without sound. */
function silentFilm(): Uint8Array {
  const box = (type: string, ...inner: readonly Uint8Array[]) => {
    const body = Buffer.concat(inner)
    const head = Buffer.from(`\0\0\0\0${type}`, 'latin1')
    head.writeUInt32BE(8 + body.length)
    return Buffer.concat([head, body])
  }
  const [movie, track] = [Buffer.alloc(100), Buffer.alloc(84)]
  for (const at of [12, 16]) movie.writeUInt32BE(1000, at)
  for (const at of [76, 80]) track.writeUInt32BE(64 << 16, at)
  const handler = box('mdia', box('hdlr', Buffer.alloc(8), Buffer.from('vide'), Buffer.alloc(13)))
  const moov = box('moov', box('mvhd', movie), box('trak', box('tkhd', track), handler))
  return new Uint8Array(Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0')), moov]))
}

function documentIn({ media }: Message): document {
  return media?._ === 'messageMediaDocument' && media.document?._ === 'document'
    ? media.document
    : assert.fail(`no document in ${media?._}`)
}

test('a text file by its path is a document with its name, its type, a caption, and a reply', async () => {
  const path = join(folder, 'notes.txt')
  await writeFile(path, 'Hello')
  const first = await client.sendFile('me', path)
  const progress: number[] = []
  const message = await client.sendFile('me', path, {
    caption: { text: 'bold', entities: [{ _: 'messageEntityBold', offset: 0, length: 4 }] },
    replyTo: first,
    silent: true,
    onProgress: (doneBytes) => progress.push(doneBytes),
  })
  const { mimeType, attributes, size } = documentIn(message)
  assert.deepEqual(
    [mimeType, attributes, size],
    ['text/plain', [{ _: 'documentAttributeFilename', fileName: 'notes.txt' }], 5n],
  )
  assert.equal(message.text, 'bold')
  assert.equal(message.entities[0]?._, 'messageEntityBold')
  assert.equal(message.replyTo, first.id)
  assert.deepEqual(progress, [5])
  await client.download(message, join(folder, 'again.txt'))
  assert.equal(await readFile(join(folder, 'again.txt'), 'utf8'), 'Hello')
})

test('a picture is a photo, by its bytes and not by its name, unless it is asked for as a document', async () => {
  const bytes = png(30, 20)
  const photo = await client.sendFile('me', bytes)
  assert.equal(photo.media?._, 'messageMediaPhoto')
  const parts: Uint8Array[] = []
  for await (const part of client.download(photo)) parts.push(part)
  assert.ok(Buffer.concat(parts).equals(bytes))
  const plain = await client.sendFile('me', bytes, { asDocument: true, name: 'grey.png' })
  const { mimeType, attributes } = documentIn(plain)
  assert.equal(mimeType, 'image/png')
  assert.deepEqual(attributes, [
    { _: 'documentAttributeImageSize', w: 30, h: 20 },
    { _: 'documentAttributeFilename', fileName: 'grey.png' },
  ])
})

test('what Telegram takes for no photo is a document: a long strip, and a stream of unknown length', async () => {
  assert.equal(documentIn(await client.sendFile('me', png(210, 10))).mimeType, 'image/png')
  const path = join(folder, 'stream.png')
  await writeFile(path, png(30, 20))
  assert.equal(documentIn(await client.sendFile('me', createReadStream(path))).mimeType, 'image/png')
  const size = png(30, 20).length
  const sized = await client.sendFile('me', createReadStream(path), { size, name: 'a.bin' })
  assert.equal(sized.media?._, 'messageMediaPhoto')
})

test('a Blob brings its type and its name', async () => {
  const { mimeType, attributes } = documentIn(
    await client.sendFile('me', new File(['{}'], 'a.json', { type: 'application/json' })),
  )
  assert.equal(mimeType, 'application/json')
  assert.deepEqual(attributes, [{ _: 'documentAttributeFilename', fileName: 'a.json' }])
})

test('media that the server has is sent again without an upload, also when its reference is out of date', async () => {
  const first = await client.sendFile('me', new Uint8Array([1, 2, 3]), { name: 'three.bin' })
  const again = await client.sendFile('me', first, { caption: 'again' })
  assert.equal(documentIn(again).id, documentIn(first).id)
  assert.equal(again.text, 'again')
  const bare = await client.sendFile('me', documentIn(first))
  assert.equal(documentIn(bare).id, documentIn(first).id)
  assert.equal(documentIn(await client.sendFile('me', outOfDate(first))).id, documentIn(first).id)
  const album = await client.sendAlbum('me', [outOfDate(first), again, outOfDate(bare)])
  assert.deepEqual(
    album.map((message) => documentIn(message).id),
    Array(3).fill(documentIn(first).id),
  )
})

/** The TL value of a message whose document has a reference that the server does not take. */
function outOfDate({ raw }: Message): Message['raw'] {
  const stale = structuredClone(raw)
  const media = stale._ === 'message' ? stale.media : undefined
  const reference = media?._ === 'messageMediaDocument' && media.document?._ === 'document' && media.document
  assert.ok(reference)
  reference.fileReference[reference.fileReference.length - 1] = (reference.fileReference.at(-1) ?? 0) ^ 1
  return stale
}

test('an album arrives as one, its items in order, with bytes, paths and media that the server has', async () => {
  const existing = await client.sendFile('me', png(40, 40))
  const path = join(folder, 'b.png')
  await writeFile(path, png(50, 40))
  const progress: (readonly [number, number | undefined])[] = []
  const messages = await client.sendAlbum('me', [png(60, 40), { file: path, caption: 'second' }, existing], {
    caption: 'three',
    onProgress: (doneBytes, totalBytes) => progress.push([doneBytes, totalBytes]),
  })
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['three', 'second', ''],
  )
  assert.equal(new Set(messages.map(({ albumId }) => albumId)).size, 1)
  assert.notEqual(messages[0]?.albumId, undefined)
  const [first, all] = [png(60, 40).length, png(60, 40).length + png(50, 40).length]
  assert.deepEqual(progress, [
    [first, all],
    [all, all],
  ])
  assert.ok(messages.every(({ media }) => media?._ === 'messageMediaPhoto'))
})

test('a film without sound becomes an animation, and stays a video in an album', async () => {
  const kindsIn = (message: Message) => documentIn(message).attributes.map(({ _ }) => _)
  const path = join(folder, 'film.mp4')
  await writeFile(path, silentFilm())
  assert.ok(kindsIn(await client.sendFile('me', path)).includes('documentAttributeAnimated'))
  const [, film] = await client.sendAlbum('me', [png(60, 40), path])
  assert.deepEqual(kindsIn(film ?? assert.fail()), ['documentAttributeVideo', 'documentAttributeFilename'])
})

test('an album with a path that cannot be read, or a wrong option, sends nothing at all', async () => {
  const told: number[] = []
  const onProgress = (doneBytes: number) => told.push(doneBytes)
  const absent = join(folder, 'absent.png')
  await assert.rejects(client.sendAlbum('me', [png(60, 40), absent], { onProgress }), {
    code: 'FILE_UNREADABLE',
    message: /absent\.png: there is no such file\.$/,
  })
  await assert.rejects(client.sendAlbum('me', [png(60, 40), new Uint8Array(0)], { onProgress }), {
    code: 'FILE_EMPTY',
  })
  await assert.rejects(client.sendAlbum('me', [png(60, 40)], { onProgress, capton: 'x' } as object), {
    code: 'OPTION_INVALID',
    message: /no option `capton` of sendAlbum\. Did you mean caption\?/,
  })
  await assert.rejects(client.sendAlbum('me', [{ file: png(60, 40), mime: '' }], { onProgress }), {
    code: 'OPTION_INVALID',
  })
  assert.deepEqual(told, [])
})

test('an upload that is given up sends nothing', async () => {
  const before = await client.updates.getState()
  const abort = new AbortController()
  const onProgress = () => abort.abort(new Error('enough'))
  const sending = client.sendFile('me', new Uint8Array(3 << 20), { signal: abort.signal, onProgress })
  await assert.rejects(sending, { message: 'enough' })
  assert.equal((await client.updates.getState()).pts, before.pts)
})

test('wrong options, and what is no file, are refused', async () => {
  await assert.rejects(client.sendFile('me', new Uint8Array(1), { caption: Object(7) }), {
    code: 'TEXT_INVALID',
  })
  await assert.rejects(client.sendFile('me', new Uint8Array(1), { mime: '' }), { code: 'OPTION_INVALID' })
  await assert.rejects(client.sendFile('me', new Uint8Array(0)), { code: 'FILE_EMPTY' })
  await assert.rejects(client.sendFile('me', { _: 'messageMediaEmpty' }), { code: 'DOWNLOAD_INVALID' })
  await assert.rejects(client.sendAlbum('me', []), { code: 'ALBUM_INVALID' })
  await assert.rejects(client.sendAlbum('me', new Array(11).fill(new Uint8Array(1))), {
    code: 'ALBUM_INVALID',
  })
})

test('a profile photo is set, downloaded and deleted, and the statistics show it', async () => {
  await client.setProfilePhoto(png(200, 200))
  const path = join(folder, 'me.jpg')
  assert.equal(await client.downloadProfilePhoto('me', path), true)
  assert.ok((await readFile(path)).length > 0)
  assert.equal(await client.deleteProfilePhotos(), 1)
  assert.equal(await client.downloadProfilePhoto('me', join(folder, 'none.jpg')), false)
  const { connections, calls, bytes } = client.stats()
  assert.deepEqual(
    connections.map(({ purpose, state }) => `${purpose} ${state}`),
    ['home connected', 'upload connected', 'download connected'],
  )
  assert.ok(calls.answered > 0 && calls.inFlight === 0 && bytes.sent > 0 && bytes.received > 0)
  JSON.stringify(client.stats())
})
