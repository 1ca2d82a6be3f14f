/** Files over the wire: sent in parts, kept by the folder store, forwarded, found, and read by others after a restart. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { DocumentAttribute, document, InputFile, Message, message, Updates } from '@cablegram/tl/api'
import { signUp, testPhone } from './logins.ts'

const KIB = 1024
const SELF = { _: 'inputPeerSelf' } as const
const PAGE = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }

const data = await mkdtemp(join(tmpdir(), 'cablegram-e2e-files-'))
after(() => rm(data, { recursive: true }))

function testBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at++) bytes[at] = 31 * at + 7
  return bytes
}

async function send(client: TelegramClient, id: bigint, bytes: Uint8Array): Promise<InputFile> {
  const parts = Math.ceil(bytes.length / (512 * KIB))
  const isBig = bytes.length > 10 * KIB * KIB
  for (let filePart = 0; filePart < parts; filePart++) {
    const part = {
      fileId: id,
      filePart,
      bytes: bytes.subarray(filePart * 512 * KIB, (filePart + 1) * 512 * KIB),
    }
    if (isBig) await client.upload.saveBigFilePart({ ...part, fileTotalParts: parts })
    else await client.upload.saveFilePart(part)
  }
  const name = `${bytes.length}.bin`
  if (isBig) return { _: 'inputFileBig', id, parts, name }
  return { _: 'inputFile', id, parts, name, md5Checksum: createHash('md5').update(bytes).digest('hex') }
}

function sentMessage(updates: Updates): message {
  const news = updates._ === 'updates' ? updates.updates : []
  const found = news.find((update) => update._ === 'updateNewMessage')
  return found?.message._ === 'message' ? found.message : assert.fail('no message')
}

function documentIn(found: Message | undefined): document {
  const media = found?._ === 'message' ? found.media : undefined
  return media?._ === 'messageMediaDocument' && media.document?._ === 'document'
    ? media.document
    : assert.fail(`no document in ${found?._}`)
}

async function read(client: TelegramClient, { id, accessHash, fileReference }: document): Promise<Buffer> {
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const parts: Uint8Array[] = []
  for (;;) {
    const offset = BigInt(parts.length * 512 * KIB)
    const part = await client.upload.getFile({ location, offset, limit: 512 * KIB })
    if (part._ !== 'upload.file') assert.fail(part._)
    parts.push(part.bytes)
    if (part.bytes.length < 512 * KIB) return Buffer.concat(parts)
  }
}

function clientOf(server: CablegramServer, session?: string): TelegramClient {
  return new TelegramClient(memorySession(session), { server: server.info, pfs: false })
}

async function historyOf(client: TelegramClient): Promise<Message[]> {
  const history = await client.messages.getHistory({ ...PAGE, peer: SELF })
  return 'messages' in history ? history.messages : []
}

test('files of all sizes come back as they were sent, also by forwards and after a restart', async () => {
  const sizes = [1, 128 * KIB, 10 * KIB * KIB + 1]
  let session: string
  {
    await using server = await startServer({ data })
    await using client = clientOf(server)
    await signUp(client, server.info, testPhone(1))
    for (const [at, size] of sizes.entries()) {
      const file = await send(client, BigInt(at + 1), testBytes(size))
      const media = { _: 'inputMediaUploadedDocument', file, mimeType: 'text/plain', attributes: [] } as const
      const sent = sentMessage(
        await client.messages.sendMedia({
          peer: SELF,
          media: { ...media, attributes: [] },
          message: `of ${size}`,
          randomId: BigInt(at + 1),
        }),
      )
      assert.equal(documentIn(sent).size, BigInt(size))
      assert.ok((await read(client, documentIn(sent))).equals(testBytes(size)), `${size}`)
    }
    session = await client.exportSession()
  }
  await using server = await startServer({ data })
  await using client = clientOf(server, session)
  const messages = await historyOf(client)
  assert.deepEqual(
    messages.map((each) => Number(documentIn(each).size)),
    sizes.toReversed(),
  )
  const [newest] = messages
  assert.ok((await read(client, documentIn(newest))).equals(testBytes(10 * KIB * KIB + 1)))
  const forwarded = sentMessage(
    await client.messages.forwardMessages({ fromPeer: SELF, id: [1], randomId: [77n], toPeer: SELF }),
  )
  assert.equal(documentIn(forwarded).id, documentIn(messages.at(-1)).id)
  await client.messages.deleteMessages({ id: [1], revoke: true })
  assert.ok((await read(client, documentIn(forwarded))).equals(testBytes(1)))
  const edited = await client.messages.editMessage({ peer: SELF, id: 2, message: 'a caption' })
  const [update] = edited._ === 'updates' ? edited.updates : []
  assert.ok(update?._ === 'updateEditMessage' && documentIn(update.message).size === BigInt(128 * KIB))
  const found = await client.messages.search({
    ...{ peer: SELF, q: '', filter: { _: 'inputMessagesFilterDocument' }, minDate: 0, maxDate: 0 },
    ...{ offsetId: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n },
  })
  assert.equal('messages' in found && found.messages.length, 3)
  const difference = await client.updates.getDifference({ pts: 1, date: 1, qts: 0 })
  const news = difference._ === 'updates.difference' ? difference.newMessages : []
  assert.ok(news.some((each) => each._ === 'message' && each.media?._ === 'messageMediaDocument'))
  const document = documentIn(forwarded)
  const again = await client.messages.sendMedia({
    peer: SELF,
    media: {
      _: 'inputMediaDocument',
      id: { ...document, _: 'inputDocument' },
    },
    message: '',
    randomId: 78n,
  })
  assert.equal(documentIn(sentMessage(again)).id, document.id)
})

const VIDEO = { _: 'documentAttributeVideo', duration: 1, w: 1, h: 1 } as const
const AUDIO = { _: 'documentAttributeAudio', duration: 1 } as const
const STICKER = {
  _: 'documentAttributeSticker',
  alt: '🙂',
  stickerset: { _: 'inputStickerSetEmpty' },
} as const
const MASK = { _: 'maskCoords', n: 0, x: 0, y: 0, zoom: 1 } as const
const mask = (change: object): DocumentAttribute => ({ ...STICKER, maskCoords: { ...MASK, ...change } })

const NOT_NUMBERS = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].flatMap(
  (value): DocumentAttribute[] => [
    { ...VIDEO, duration: value },
    { ...VIDEO, videoStartTs: value },
    mask({ x: value }),
    mask({ y: value }),
    mask({ zoom: value }),
  ],
)
const WRONG: readonly DocumentAttribute[] = [
  ...NOT_NUMBERS,
  { ...VIDEO, duration: -1 },
  { ...VIDEO, duration: 2 ** 31 },
  { ...VIDEO, videoStartTs: -1 },
  { ...VIDEO, preloadPrefixSize: -1 },
  { ...VIDEO, w: -1 },
  { ...VIDEO, h: -1 },
  { ...VIDEO, videoCodec: 'c'.repeat(65) },
  { ...AUDIO, duration: -1 },
  { ...AUDIO, waveform: new Uint8Array(64) },
  { _: 'documentAttributeImageSize', w: -1, h: 1 },
  { _: 'documentAttributeImageSize', w: 1, h: -1 },
  { ...STICKER, alt: 'a'.repeat(65) },
  { ...STICKER, _: 'documentAttributeCustomEmoji', alt: 'a'.repeat(65) },
]

test('numbers and texts of a document that nobody could read are refused, and long names are cut', async () => {
  await using server = await startServer()
  await using client = clientOf(server)
  await signUp(client, server.info, testPhone(2))
  const file = await send(client, 1n, testBytes(3))
  let randomId = 0n
  const sendDocument = (attributes: DocumentAttribute[], change: object = {}) => {
    const media = { _: 'inputMediaUploadedDocument', file, mimeType: 'video/mp4', attributes } as const
    return client.messages.sendMedia({
      ...{ peer: SELF, media: { ...media, ...change }, message: '', randomId: ++randomId },
    })
  }
  for (const wrong of WRONG) {
    await assert.rejects(sendDocument([wrong]), { message: 'MEDIA_INVALID' }, JSON.stringify(wrong))
  }
  const animated = { _: 'documentAttributeAnimated' } as const
  await assert.rejects(sendDocument(new Array(17).fill(animated)), { message: 'MEDIA_INVALID' })
  await assert.rejects(sendDocument([], { mimeType: 'm'.repeat(256) }), { message: 'MEDIA_INVALID' })
  assert.deepEqual(await historyOf(client), [])

  const long = 'ä'.repeat(100 * KIB)
  const good: DocumentAttribute[] = [
    { ...VIDEO, duration: 12.5, w: 640, h: 480, videoStartTs: 0.5, videoCodec: 'c'.repeat(64) },
    { ...AUDIO, title: `${'t'.repeat(127)}🙂`, performer: long, waveform: new Uint8Array(63) },
    mask({ x: -0.5, y: 0.25, zoom: 1.5 }),
    { _: 'documentAttributeFilename', fileName: `${long}.mp4` },
  ]
  await sendDocument(good)
  await sendDocument([], { file: { ...file, name: long } })
  const [second, first] = (await historyOf(client)).map((each) => documentIn(each).attributes)
  assert.deepEqual(first, [
    good[0],
    { ...good[1], title: 't'.repeat(127), performer: 'ä'.repeat(128) },
    good[2],
    { _: 'documentAttributeFilename', fileName: `${'ä'.repeat(251)}.mp4` },
  ])
  assert.deepEqual(second, [{ _: 'documentAttributeFilename', fileName: 'ä'.repeat(255) }])
})
