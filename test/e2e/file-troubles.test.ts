/** Files over the wire when the disk is full, and from clients that lie about them. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { document, InputFile, InputMedia, MessageMedia } from '@cablegram/tl/api'
import { testBytes } from '../../packages/server/src/files/test-bytes.ts'
import { signUp, testPhone } from './logins.ts'
import { type MountedDisk, mountDisk } from './small-disk.ts'

const KIB = 1024
const SELF = { _: 'inputPeerSelf' } as const
const data = mkdtempSync(join(tmpdir(), 'cablegram-file-troubles-'))
const open: { close(): Promise<unknown> }[] = []
after(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  rmSync(data, { recursive: true })
})

async function signedIn(server: CablegramServer, index: number): Promise<TelegramClient> {
  const client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  open.push(client)
  await signUp(client, server.info, testPhone(index))
  return client
}

async function serve(options: Parameters<typeof startServer>[0]): Promise<CablegramServer> {
  const server = await startServer(options)
  open.push(server)
  return server
}

async function sendParts(client: TelegramClient, id: bigint, bytes: Uint8Array, name = 'a.bin') {
  const parts = Math.ceil(bytes.length / (64 * KIB))
  for (let filePart = 0; filePart < parts; filePart++) {
    const part = bytes.slice(filePart * 64 * KIB, (filePart + 1) * 64 * KIB)
    assert.equal(await client.upload.saveFilePart({ fileId: id, filePart, bytes: part }), true)
  }
  const md5Checksum = createHash('md5').update(bytes).digest('hex')
  return { _: 'inputFile' as const, id, parts, name, md5Checksum }
}

const documentOf = (file: InputFile): InputMedia => ({
  _: 'inputMediaUploadedDocument',
  file,
  mimeType: 'text/plain',
  attributes: [],
})

function documentIn(media: MessageMedia): document {
  const found = media._ === 'messageMediaDocument' ? media.document : undefined
  return found?._ === 'document' ? found : assert.fail(media._)
}

async function read(client: TelegramClient, { id, accessHash, fileReference }: document): Promise<Buffer> {
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const part = await client.upload.getFile({ location, offset: 0n, limit: 1024 * KIB })
  return part._ === 'upload.file' ? Buffer.from(part.bytes) : assert.fail(part._)
}

/** A disk of 3 MiB; on a machine where nobody may mount one, the tests of the rules fill a disk of their own. */
function smallDisk(t: { diagnostic(text: string): void }): MountedDisk | undefined {
  const disk = mountDisk({ size: '3m' })
  if (typeof disk !== 'string') return disk
  t.diagnostic(`not tried: this machine may not mount a small disk (${disk})`)
  return undefined
}

test('on a full disk parts and assemblies are refused, what was acknowledged is read, and all goes on once there is room', async (t) => {
  const disk = smallDisk(t)
  if (disk === undefined) return
  open.push({ close: async () => disk.close() })
  const server = await serve({ data: join(data, 'full'), files: disk.folder, log: 'silent' })
  const client = await signedIn(server, 1)
  const [kept, bytes] = [testBytes(300 * KIB), testBytes(500 * KIB).fill(1, 0, 3)]
  const first = documentIn(
    await client.messages.uploadMedia({ peer: SELF, media: documentOf(await sendParts(client, 1n, kept)) }),
  )
  const file = await sendParts(client, 2n, bytes)
  disk.fill()
  const isFull = (error: unknown): boolean => error instanceof RpcError && error.code === 500
  await assert.rejects(
    client.upload.saveFilePart({ fileId: 3n, filePart: 0, bytes: kept.slice(0, 64 * KIB) }),
    isFull,
  )
  await assert.rejects(client.messages.uploadMedia({ peer: SELF, media: documentOf(file) }), isFull)
  assert.ok((await read(client, first)).equals(kept))
  disk.free()
  const second = documentIn(await client.messages.uploadMedia({ peer: SELF, media: documentOf(file) }))
  assert.ok((await read(client, second)).equals(bytes))
  assert.ok((await read(client, first)).equals(kept))
  assert.ok(await sendParts(client, 3n, kept.slice(0, 64 * KIB)))
})

test('lies about the size, the number and the hash of parts, images that are none and references of others are refused, and nothing is kept', async () => {
  const server = await serve({ data: join(data, 'lies'), log: 'silent' })
  const [ada, bob] = [await signedIn(server, 2), await signedIn(server, 3)]
  const folder = join(data, 'lies/files')
  const filesKept = async (): Promise<number> => {
    const names = await readdir(folder, { recursive: true, withFileTypes: true })
    return names.filter((each) => each.isFile() && !each.parentPath.includes('parts') && each.name !== 'id')
      .length
  }
  let fileId = 100n
  const upload = (media: InputMedia) => ada.messages.uploadMedia({ peer: SELF, media })
  const parts = async (bytes: Uint8Array, name?: string) => await sendParts(ada, ++fileId, bytes, name)
  const bytes = testBytes(3 * 64 * KIB - 5)
  const document = async (change: Partial<Extract<InputFile, { _: 'inputFile' }>>) =>
    await upload(documentOf({ ...(await parts(bytes)), ...change }))
  const photo = async (picture: Uint8Array, name = 'a.jpg') =>
    await upload({ _: 'inputMediaUploadedPhoto', file: await parts(picture, name) })
  const bigPart = async (part: number, length: number, total: number) =>
    await ada.upload.saveBigFilePart({
      ...{ fileId: 50n, filePart: part, fileTotalParts: total, bytes: testBytes(length) },
    })
  const png = (width: string): Buffer =>
    Buffer.from(`89504e470d0a1a0a0000000d49484452${width}00000001080600000000000000`, 'hex')
  const lies: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['FILE_PARTS_INVALID', () => document({ parts: 2 })],
    ['FILE_PART_LENGTH_INVALID', () => document({ parts: 4 })],
    ['FILE_PARTS_INVALID', () => document({ parts: 0 })],
    ['FILE_PARTS_INVALID', () => document({ parts: 4001 })],
    ['FILE_PART_0_MISSING', () => document({ id: 1n })],
    ['MD5_CHECKSUM_INVALID', () => document({ md5Checksum: '0'.repeat(32) })],
    ['MD5_CHECKSUM_INVALID', () => document({ md5Checksum: 'no sum at all' })],
    ['FILE_PART_SIZE_INVALID', () => bigPart(0, 1000, 3)],
    ['FILE_PART_INVALID', () => bigPart(3, KIB, 3)],
    ['FILE_PART_TOO_BIG', () => bigPart(0, 512 * KIB + 1, 3)],
    ['FILE_PARTS_INVALID', () => bigPart(0, KIB, 4001)],
    ['IMAGE_PROCESS_FAILED', () => photo(testBytes(999))],
    ['IMAGE_PROCESS_FAILED', () => photo(png('00000001').subarray(0, 20))],
    ['IMAGE_PROCESS_FAILED', () => photo(png('ffffffff'))],
    ['PHOTO_INVALID_DIMENSIONS', () => photo(png('00002710'))],
    ['PHOTO_EXT_INVALID', () => photo(testBytes(9), 'a.txt')],
  ]
  for (const [error, lie] of lies) {
    await assert.rejects(lie, (reason) => reason instanceof RpcError && reason.message === error, error)
    assert.equal(await filesKept(), 0, error)
  }
  const mine = documentIn(await upload(documentOf(await parts(bytes))))
  assert.equal(await filesKept(), 1)
  const { id, accessHash, fileReference } = mine
  const given = (change: { accessHash?: bigint; fileReference?: Uint8Array }): InputMedia => ({
    _: 'inputMediaDocument',
    id: { _: 'inputDocument', id, accessHash, fileReference, ...change },
  })
  // Bob has seen Ada's hash and reference.
  await assert.rejects(bob.messages.uploadMedia({ peer: SELF, media: given({}) }), { message: 'MEDIA_EMPTY' })
  await assert.rejects(read(bob, mine), { message: 'LOCATION_INVALID' })
  await assert.rejects(upload(given({ accessHash: accessHash + 1n })), { message: 'MEDIA_EMPTY' })
  const forged = fileReference.with(9, (fileReference[9] ?? 0) ^ 1)
  await assert.rejects(upload(given({ fileReference: forged })), { message: 'FILE_REFERENCE_INVALID' })
  await assert.rejects(
    bob.messages.uploadMedia({ peer: SELF, media: documentOf({ ...(await parts(bytes)), md5Checksum: '' }) }),
    { message: 'FILE_PART_0_MISSING' },
  )
  assert.equal(await filesKept(), 1)
  assert.ok((await read(ada, mine)).equals(bytes))
})
