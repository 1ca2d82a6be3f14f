import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import {
  type DocumentAttribute,
  type document,
  encodeRequest,
  type InputFile,
  type InputFileLocation,
  type InputMedia,
  type InputPeer,
  type Params,
} from '@cablegram/tl/api'
import { first } from './any.ts'
import { ADA, after, BOB, GROUP, groupWith, SELF, saved } from './chats.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const NOBODY = { _: 'inputPeerUser', userId: 999_999_999n, accessHash: 1n } as const
const FILE = 7n
const MIB = 1024 * 1024
const DAY_S = 86_400

type Act = (client: TelegramClient) => Promise<unknown>
type Part = readonly [part: number, bytes: number | Uint8Array, totalParts?: number]

const bytesOf = (bytes: number | Uint8Array): Uint8Array =>
  typeof bytes === 'number' ? new Uint8Array(bytes) : bytes

/** Sends parts of a small file. */
export const small =
  (...parts: readonly Part[]): Act =>
  async (client) => {
    for (const [filePart, bytes] of parts) {
      await client.upload.saveFilePart({ fileId: FILE, filePart, bytes: bytesOf(bytes) })
    }
  }
const big =
  (...parts: readonly Part[]): Act =>
  async (client) => {
    for (const [filePart, bytes, fileTotalParts = -1] of parts) {
      const part = { fileId: FILE, filePart, fileTotalParts, bytes: bytesOf(bytes) }
      await client.upload.saveBigFilePart(part)
    }
  }

/** Both ways of sending a part are refused for the same reason. */
const parts = (error: string, ...given: readonly Part[]): readonly Cause[] => [
  saved('upload.saveFilePart', `400 ${error}`, small(...given)),
  saved('upload.saveBigFilePart', `400 ${error}`, big(...given)),
]

type SmallFile = Extract<InputFile, { _: 'inputFile' }>

/** The file of these parts. */
export const file = (change: Partial<SmallFile> = {}): SmallFile => ({
  ...{ _: 'inputFile', id: FILE, parts: 1, name: 'a.txt', md5Checksum: '' },
  ...change,
})
/** A document made of it. */
export const documentOf = (change: object = {}, attributes: DocumentAttribute[] = []): InputMedia => ({
  _: 'inputMediaUploadedDocument',
  file: file(),
  mimeType: 'text/plain',
  attributes,
  ...change,
})
/** A photo made of it. */
export const photoOf = (change: object = {}): InputMedia => ({
  _: 'inputMediaUploadedPhoto',
  file: file({ name: 'a.png', ...change }),
})

const sendMedia = (
  client: TelegramClient,
  media: InputMedia,
  peer: Params<'messages.sendMedia'>['peer'] = SELF,
) => client.messages.sendMedia({ peer, media, message: '', randomId: 3n })
const uploadMedia = (client: TelegramClient, media: InputMedia) =>
  client.messages.uploadMedia({ peer: SELF, media })

/** Both ways of making media of a file are refused for the same reason. */
const made = (error: string, media: InputMedia, before: Act = small([0, 1])): readonly Cause[] => [
  saved('messages.sendMedia', `400 ${error}`, async (client) => {
    await before(client)
    await sendMedia(client, media)
  }),
  saved('messages.uploadMedia', `400 ${error}`, async (client) => {
    await before(client)
    await uploadMedia(client, media)
  }),
]

/** The beginning of a picture of this size. */
export function png(width: number, height: number): Uint8Array {
  const bytes = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x06\0\0\0', 'latin1')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return Uint8Array.from(bytes)
}

async function ownDocument(client: TelegramClient): Promise<document> {
  await small([0, 1])(client)
  const media = await uploadMedia(client, documentOf())
  assert.ok(media._ === 'messageMediaDocument' && media.document?._ === 'document')
  return media.document
}

/** The four ways to name a document, with a reference that is made of its own. */
const named = (error: string, referenceOf: (own: Uint8Array) => Uint8Array, aheadS = 0): readonly Cause[] => {
  const ways: Readonly<Record<string, (client: TelegramClient, own: document) => Promise<unknown>>> = {
    'messages.sendMedia': (client, id) => sendMedia(client, { _: 'inputMediaDocument', id: inputOf(id) }),
    'messages.uploadMedia': (client, id) => uploadMedia(client, { _: 'inputMediaDocument', id: inputOf(id) }),
    'upload.getFile': (client, own) =>
      client.upload.getFile({ location: locationOf(own), offset: 0n, limit: 4096 }),
    'upload.getFileHashes': (client, own) =>
      client.upload.getFileHashes({ location: locationOf(own), offset: 0n }),
  }
  return Object.entries(ways).map(([method, act]) =>
    cause(method, `400 ${error}`, async (world) => {
      const server = await (aheadS > 0 ? world.start() : world.server())
      const client = await world.user(server)
      const own = await ownDocument(client)
      if (aheadS > 0) await server.clock.advance(aheadS)
      await act(client, { ...own, fileReference: referenceOf(own.fileReference) })
    }),
  )
}

const inputOf = ({ id, accessHash, fileReference }: document) =>
  ({ _: 'inputDocument', id, accessHash, fileReference }) as const
const locationOf = ({ id, accessHash, fileReference }: document) =>
  ({ _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' }) as const

/** Asks in one data centre for a file of the other. */
const elsewhere = (
  method: string,
  requestOf: (location: InputFileLocation) => Parameters<typeof encodeRequest>[0],
): Cause =>
  cause(method, '303 FILE_MIGRATE_X', async (world) => {
    const server = await world.start({ dcs: 2 })
    const client = await world.user(server, { dcId: 2 })
    const own = await ownDocument(client)
    const { id, bytes } = await client.auth.exportAuthorization({ dcId: 1 })
    const raw = await world.raw(server, { dcId: 1 })
    await raw.call(first(encodeRequest({ _: 'auth.importAuthorization', id, bytes })))
    return await raw.call(encodeRequest(requestOf(locationOf(own))))
  })

const WEB_SERVERS = new WeakMap<World, Promise<{ readonly server: CablegramServer; readonly url: string }>>()

/** A server that loads files from a host which has only empty ones. */
function loadingServer(world: World) {
  const known = WEB_SERVERS.get(world) ?? startLoading(world)
  WEB_SERVERS.set(world, known)
  return known
}

async function startLoading(world: World) {
  const host = createServer((_, answer) => answer.end())
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  world.closeLater({ close: () => void host.close() })
  const { port } = host.address() as AddressInfo
  const server = await world.start({ mediaHosts: [`127.0.0.1:${port}`] })
  return { server, url: `http://127.0.0.1:${port}/a.png` }
}

/** Files that the server is to load, and cannot: in each way in which a client names one. */
export const loaded = (
  method: string,
  act: (client: TelegramClient, media: InputMedia) => Promise<unknown>,
): readonly Cause[] => {
  const photo = (url: string): InputMedia => ({ _: 'inputMediaPhotoExternal', url })
  return [
    saved(method, '400 EXTERNAL_URL_INVALID', (client) => act(client, photo('nowhere'))),
    saved(method, '400 WEBPAGE_CURL_FAILED', (client) => act(client, photo('https://example.org/a.png'))),
    cause(method, '400 WEBPAGE_MEDIA_EMPTY', async (world) => {
      const { server, url } = await loadingServer(world)
      const client = await world.user(server)
      await client.messages.sendMessage({ peer: SELF, message: 'first', randomId: 1n })
      await act(client, photo(url))
    }),
  ]
}

/** The account has no room left. */
export const full =
  (act: (client: TelegramClient, media: InputMedia) => Promise<unknown>) =>
  async (world: World): Promise<void> => {
    const client = await world.user(await world.start({ settings: { files: { accountMib: 1 } } }))
    await small([0, MIB / 2], [1, MIB / 2], [2, 1])(client)
    await act(client, documentOf({ file: file({ parts: 3 }) }))
  }

/** The server has no room left. */
const fullServer = (method: string, send: typeof small): Cause =>
  cause(method, '400 FILES_TOO_MUCH', async (world) => {
    const client = await world.user(await world.start({ settings: { files: { serverMib: 1 } } }))
    await send([0, MIB / 2], [1, MIB / 2], [2, 1])(client)
  })

const tooManyParts = (method: string, send: typeof small): Cause =>
  cause(method, '420 FLOOD_WAIT_X', async (world) => {
    const client = await world.user(await world.start({ settings: { files: { maxUploadParts: 1 } } }))
    await send([0, 1024], [1, 1024])(client)
  })

/** A file for somebody to whom Ada may not write. */
const madeFor = (error: string, sql: string, peer?: InputPeer): Cause =>
  after('messages.uploadMedia', error, sql, async (client, bob) => {
    await small([0, 1])(client)
    await client.messages.uploadMedia({ peer: peer ?? bob, media: documentOf() })
  })

/** Kinds of media, and the bits of the rights that they need. */
export const RIGHTS: readonly [kind: string, bits: number, media: InputMedia, bytes?: Uint8Array][] = [
  ['PHOTOS', 1 << 19, photoOf(), png(9, 9)],
  ['VIDEOS', 1 << 20, documentOf({}, [{ _: 'documentAttributeVideo', duration: 1, w: 1, h: 1 }])],
  [
    'ROUNDVIDEOS',
    1 << 21,
    documentOf({}, [{ _: 'documentAttributeVideo', roundMessage: true, duration: 1, w: 1, h: 1 }]),
  ],
  ['AUDIOS', 1 << 22, documentOf({}, [{ _: 'documentAttributeAudio', duration: 1 }])],
  ['VOICES', 1 << 23, documentOf({}, [{ _: 'documentAttributeAudio', voice: true, duration: 1 }])],
  ['DOCS', 1 << 24, documentOf()],
  ['GIFS', 1 << 4, documentOf({ mimeType: 'image/gif' })],
  [
    'STICKERS',
    1 << 3,
    documentOf({}, [{ _: 'documentAttributeSticker', alt: '👍', stickerset: { _: 'inputStickerSetEmpty' } }]),
  ],
]

/** Causes of errors about files. */
export const FILE_CAUSES: readonly Cause[] = [
  ...parts('FILE_PART_INVALID', [-1, 1]),
  ...parts('FILE_PART_EMPTY', [0, 0]),
  ...parts('FILE_PART_TOO_BIG', [0, MIB / 2 + 1]),
  ...parts('FILE_PART_SIZE_INVALID', [0, 1000], [1, 1000]),
  ...parts('FILE_PART_SIZE_CHANGED', [0, 1024], [1, 1024], [2, 2048]),
  saved('upload.saveBigFilePart', '400 FILE_PARTS_INVALID', big([0, 1, 0])),
  ...made('FILE_PARTS_INVALID', documentOf({ file: file({ parts: 0 }) })),
  ...made('FILE_PART_X_MISSING', documentOf({ file: file({ parts: 2 }) })),
  ...made('FILE_PART_LENGTH_INVALID', documentOf({ file: file({ parts: 2 }) }), small([0, 1024], [1, 2048])),
  ...made('MD5_CHECKSUM_INVALID', documentOf({ file: file({ md5Checksum: '0'.repeat(32) }) })),
  cause('messages.sendMedia', '400 FILES_TOO_MUCH', full(sendMedia)),
  cause('messages.uploadMedia', '400 FILES_TOO_MUCH', full(uploadMedia)),
  fullServer('upload.saveFilePart', small),
  fullServer('upload.saveBigFilePart', big),
  tooManyParts('upload.saveFilePart', small),
  tooManyParts('upload.saveBigFilePart', big),
  ...made('PHOTO_EXT_INVALID', photoOf({ name: 'a.txt' })),
  ...made('PHOTO_SAVE_FILE_INVALID', {
    _: 'inputMediaUploadedPhoto',
    file: { _: 'inputFileBig', id: FILE, parts: 1, name: 'a.png' },
  }),
  ...made('IMAGE_PROCESS_FAILED', photoOf()),
  ...made('PHOTO_INVALID_DIMENSIONS', photoOf(), small([0, png(1, 21)])),
  ...loaded('messages.sendMedia', sendMedia),
  ...loaded('messages.uploadMedia', uploadMedia),
  saved('messages.uploadMedia', '400 MEDIA_EMPTY', (client) => uploadMedia(client, { _: 'inputMediaEmpty' })),
  saved('messages.uploadMedia', '400 MEDIA_INVALID', (client) =>
    uploadMedia(client, { _: 'inputMediaDice', emoticon: '🎲' }),
  ),
  ...made('TTL_MEDIA_INVALID', documentOf({ ttlSeconds: 0 })),
  saved('messages.uploadMedia', '400 PEER_ID_INVALID', (client) =>
    client.messages.uploadMedia({ peer: NOBODY, media: { _: 'inputMediaEmpty' } }),
  ),
  madeFor('400 INPUT_USER_DEACTIVATED', `DELETE FROM boxes WHERE box_id = ${BOB}`),
  madeFor('400 YOU_BLOCKED_USER', `INSERT INTO blocks VALUES (${ADA}, ${BOB}, 1)`),
  madeFor('403 USER_IS_BLOCKED', `INSERT INTO blocks VALUES (${BOB}, ${ADA}, 1)`),
  madeFor('400 CHAT_ID_INVALID', groupWith('member', 'is_deactivated = 1'), GROUP),
  madeFor('403 CHAT_WRITE_FORBIDDEN', groupWith('left'), GROUP),
  elsewhere('upload.getFile', (location) => ({ _: 'upload.getFile', location, offset: 0n, limit: 4096 })),
  elsewhere('upload.getFileHashes', (location) => ({ _: 'upload.getFileHashes', location, offset: 0n })),
  ...named('FILE_REFERENCE_EMPTY', () => new Uint8Array()),
  ...named('FILE_REFERENCE_EXPIRED', (own) => own, 2 * DAY_S),
  ...named('FILE_REFERENCE_INVALID', (own) => own.with(20, (own[20] ?? 0) ^ 1)),
  saved('upload.getFileHashes', '400 LOCATION_INVALID', async (client) => {
    const own = await ownDocument(client)
    await client.upload.getFileHashes({ location: locationOf({ ...own, accessHash: 1n }), offset: 0n })
  }),
  saved('upload.getWebFile', '400 LOCATION_INVALID', (client) =>
    client.upload.getWebFile({
      location: { _: 'inputWebFileLocation', url: 'https://example.org/a.jpg', accessHash: 1n },
      offset: 0,
      limit: 4096,
    }),
  ),
  saved('upload.getFileHashes', '400 OFFSET_INVALID', async (client) => {
    const location = locationOf(await ownDocument(client))
    await client.upload.getFileHashes({ location, offset: -1n })
  }),
  ...RIGHTS.map(([kind, bits, media, bytes = Uint8Array.of(1)]) =>
    after(
      'messages.sendMedia',
      `403 CHAT_SEND_${kind}_FORBIDDEN`,
      groupWith('member', `default_rights = ${bits}`),
      async (client) => {
        await small([0, bytes])(client)
        await sendMedia(client, media, GROUP)
      },
    ),
  ),
]
