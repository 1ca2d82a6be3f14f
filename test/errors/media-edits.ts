import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { document, InputMedia, InputPeer } from '@cablegram/tl/api'
import { after, GROUP, groupWith, SELF, saved } from './chats.ts'
import { documentOf, file, full, loaded, photoOf, png, RIGHTS, small } from './files.ts'
import { type Cause, cause } from './registry.ts'

const EDIT = 'messages.editMessage'
const DAY_S = 86_400
const SEND_MEDIA = 1 << 2
/** Kinds of media that can take the place of others. */
const KINDS = new Set(['PHOTOS', 'VIDEOS', 'AUDIOS', 'DOCS', 'GIFS'])

const edit = (client: TelegramClient, media: InputMedia, id = 1, peer: InputPeer = SELF) =>
  client.messages.editMessage({ peer, id, media })

/** Ada's text becomes these media. */
const into = (error: string, media: InputMedia, before = small([0, 1])): Cause =>
  saved(EDIT, `400 ${error}`, async (client) => {
    await before(client)
    await edit(client, media)
  })

async function ownDocument(client: TelegramClient): Promise<document> {
  await small([0, 1])(client)
  const media = await client.messages.uploadMedia({ peer: SELF, media: documentOf() })
  assert.ok(media._ === 'messageMediaDocument' && media.document?._ === 'document')
  return media.document
}

const named = (error: string, referenceOf: (own: Uint8Array) => Uint8Array, aheadS = 0): Cause =>
  cause(EDIT, `400 ${error}`, async (world) => {
    const server = await (aheadS > 0 ? world.start() : world.server())
    const client = await world.user(server)
    await client.messages.sendMessage({ peer: SELF, message: 'first', randomId: 1n })
    const { id, accessHash, fileReference } = await ownDocument(client)
    if (aheadS > 0) await server.clock.advance(aheadS)
    const reference = {
      _: 'inputDocument',
      id,
      accessHash,
      fileReference: referenceOf(fileReference),
    } as const
    await edit(client, { _: 'inputMediaDocument', id: reference })
  })

/** Ada's first message is one of the group, in which something is forbidden. */
const forbidden = (kind: string, bits: number, media: InputMedia, bytes: Uint8Array): Cause =>
  after(
    EDIT,
    `403 CHAT_SEND_${kind}_FORBIDDEN`,
    `${groupWith('member', `default_rights = ${bits}`)} UPDATE messages SET peer_id = -1;`,
    async (client) => {
      await small([0, bytes])(client)
      await edit(client, media, 1, GROUP)
    },
  )

const send = (client: TelegramClient, media: InputMedia, randomId = 4n) =>
  client.messages.sendMedia({ peer: SELF, media, message: '', randomId })

/** Causes of errors of media that take the place of others. */
export const MEDIA_EDIT_CAUSES: readonly Cause[] = [
  into('FILE_PARTS_INVALID', documentOf({ file: file({ parts: 0 }) })),
  into('FILE_PART_X_MISSING', documentOf({ file: file({ parts: 2 }) })),
  into('FILE_PART_LENGTH_INVALID', documentOf({ file: file({ parts: 2 }) }), small([0, 1024], [1, 2048])),
  into('MD5_CHECKSUM_INVALID', documentOf({ file: file({ md5Checksum: '0'.repeat(32) }) })),
  cause(
    EDIT,
    '400 FILES_TOO_MUCH',
    full(async (client, media) => {
      await client.messages.sendMessage({ peer: SELF, message: 'first', randomId: 1n })
      await edit(client, media)
    }),
  ),
  into('PHOTO_EXT_INVALID', photoOf({ name: 'a.txt' })),
  into('PHOTO_SAVE_FILE_INVALID', {
    _: 'inputMediaUploadedPhoto',
    file: { _: 'inputFileBig', id: file().id, parts: 1, name: 'a.png' },
  }),
  into('IMAGE_PROCESS_FAILED', photoOf()),
  into('PHOTO_INVALID_DIMENSIONS', photoOf(), small([0, png(1, 21)])),
  ...loaded(EDIT, (client, media) => edit(client, media)),
  named('FILE_REFERENCE_EMPTY', () => new Uint8Array()),
  named('FILE_REFERENCE_EXPIRED', (own) => own, 2 * DAY_S),
  named('FILE_REFERENCE_INVALID', (own) => own.with(20, (own[20] ?? 0) ^ 1)),
  into('MEDIA_EMPTY', { _: 'inputMediaDocument', id: { _: 'inputDocumentEmpty' } }),
  into('MEDIA_TTL_INVALID', documentOf({ ttlSeconds: 5 })),
  saved(EDIT, '400 MEDIA_PREV_INVALID', async (client) => {
    await send(client, { _: 'inputMediaDice', emoticon: '🎲' })
    await small([0, 1])(client)
    await edit(client, documentOf(), 2)
  }),
  saved(EDIT, '400 MEDIA_GROUPED_INVALID', async (client) => {
    await small([0, png(9, 9)])(client)
    const multiMedia = [4n, 5n].map(
      (randomId) => ({ _: 'inputSingleMedia', media: documentOf(), randomId, message: '' }) as const,
    )
    await client.messages.sendMultiMedia({ peer: SELF, multiMedia })
    await edit(client, photoOf(), 2)
  }),
  saved(EDIT, '400 MEDIA_CAPTION_TOO_LONG', async (client) => {
    await small([0, 1])(client)
    await send(client, documentOf())
    await client.messages.editMessage({ peer: SELF, id: 2, message: 'a'.repeat(1025) })
  }),
  ...RIGHTS.filter(([kind]) => KINDS.has(kind)).map(([kind, bits, media, bytes = Uint8Array.of(1)]) =>
    forbidden(kind, bits, media, bytes),
  ),
  forbidden('MEDIA', SEND_MEDIA, documentOf(), Uint8Array.of(1)),
  saved('messages.getDocumentByHash', '400 SHA256_HASH_INVALID', (client) =>
    client.messages.getDocumentByHash({ sha256: Uint8Array.of(1), size: 1n, mimeType: 'text/plain' }),
  ),
]
