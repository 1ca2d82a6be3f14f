import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { CablegramServer } from '@cablegram/server'
import type { InputChatPhoto, InputFile, photo, VideoSize } from '@cablegram/tl/api'
import { type Act, after, groupWith, saved } from './chats.ts'
import { type Cause, cause } from './registry.ts'
import type { World } from './world.ts'

const FILE = 7n
const MIB = 1024 * 1024
const DAY_S = 86_400
/** Bit of `change_info` among the things that members must not do. */
const CHANGE_INFO = 1 << 10
const SELF = { _: 'inputUserSelf' } as const
const MARKUP: VideoSize = { _: 'videoSizeEmojiMarkup', emojiId: 1n, backgroundColors: [] }

/** The beginning of a square picture. */
function png(side: number): Uint8Array {
  const bytes = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x06\0\0\0', 'latin1')
  bytes.writeUInt32BE(side, 16)
  bytes.writeUInt32BE(side, 20)
  return Uint8Array.from(bytes)
}

const file = (change: object = {}): InputFile => ({
  _: 'inputFile',
  id: FILE,
  parts: 1,
  name: 'a.png',
  md5Checksum: '',
  ...change,
})

const send =
  (...parts: readonly Uint8Array[]) =>
  async (client: TelegramClient): Promise<void> => {
    for (const [filePart, bytes] of parts.entries()) {
      await client.upload.saveFilePart({ fileId: FILE, filePart, bytes })
    }
  }

async function sendBig(client: TelegramClient): Promise<void> {
  for (let filePart = 0; filePart < 22; filePart++) {
    const bytes = new Uint8Array(MIB / 2)
    await client.upload.saveBigFilePart({ fileId: FILE, filePart, fileTotalParts: 22, bytes })
  }
}

const editPhoto = (client: TelegramClient, change: InputChatPhoto, chatId = 1n) =>
  client.messages.editChatPhoto({ chatId, photo: change })

/** Makes a group of the client and somebody else. */
async function ownGroup(world: World, server: CablegramServer, client: TelegramClient): Promise<bigint> {
  const phone = world.phone()
  await server.users.create({ phone, firstName: 'Ben' })
  const [ben] = (await client.contacts.resolvePhone({ phone })).users
  assert.ok(ben?._ === 'user' && ben.accessHash !== undefined)
  const users = [{ _: 'inputUser', userId: ben.id, accessHash: ben.accessHash } as const]
  const { updates } = await client.messages.createChat({ users, title: 'Club' })
  return updates._ === 'updates' ? (updates.chats[0]?.id ?? assert.fail()) : assert.fail(updates._)
}

/** The cause of an error of Ada's, who is an admin of the group, or has another part in it. */
const inGroup = (error: string, act: Act, role = 'admin', columns = ''): Cause =>
  after('messages.editChatPhoto', error, groupWith(role, columns), act)

type Given = Omit<Extract<InputChatPhoto, { _: 'inputChatUploadedPhoto' }>, '_'>

/** Photos of people and of groups are refused for the same reason. */
const both = (
  error: string,
  given: Given,
  before: (client: TelegramClient) => Promise<void> = send(png(200)),
): readonly Cause[] => [
  saved('photos.uploadProfilePhoto', `400 ${error}`, async (client) => {
    await before(client)
    await client.photos.uploadProfilePhoto(given)
  }),
  inGroup(`400 ${error}`, async (client) => {
    await before(client)
    await editPhoto(client, { _: 'inputChatUploadedPhoto', ...given })
  }),
]

async function ownPhoto(client: TelegramClient): Promise<photo> {
  await send(png(200))(client)
  const made = await client.photos.uploadProfilePhoto({ file: file() })
  assert.ok(made.photo._ === 'photo')
  return made.photo
}

const inputOf = ({ id, accessHash, fileReference }: photo) =>
  ({ _: 'inputPhoto', id, accessHash, fileReference }) as const

/** The two ways to name a photo, with a reference that is made of its own. */
const named = (error: string, change: (own: photo) => photo, aheadS = 0): readonly Cause[] => {
  const ways = ['photos.updateProfilePhoto', 'messages.editChatPhoto'] as const
  return ways.map((method) =>
    cause(method, `400 ${error}`, async (world) => {
      const server = await (aheadS > 0 ? world.start() : world.server())
      const client = await world.user(server)
      const own = await ownPhoto(client)
      const chatId = method === 'messages.editChatPhoto' ? await ownGroup(world, server, client) : undefined
      if (aheadS > 0) await server.clock.advance(aheadS)
      const id = inputOf(change(own))
      if (chatId === undefined) await client.photos.updateProfilePhoto({ id })
      else await editPhoto(client, { _: 'inputChatPhoto', id }, chatId)
    }),
  )
}

/** Shows a photo of a message. */
const showSent =
  (pixels: number) =>
  async (client: TelegramClient): Promise<unknown> => {
    await send(png(pixels))(client)
    const media = { _: 'inputMediaUploadedPhoto', file: file() } as const
    const made = await client.messages.uploadMedia({ peer: { _: 'inputPeerSelf' }, media })
    assert.ok(made._ === 'messageMediaPhoto' && made.photo?._ === 'photo')
    return await client.photos.updateProfilePhoto({ id: inputOf(made.photo) })
  }

/** Ada has as many photos as the server keeps. */
const FULL_ALBUM = `
  WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 100)
  INSERT INTO profile_photos (user_id, photo_id, dc_id, place) SELECT (SELECT min(id) FROM users), n, 2, n FROM c;`

const full = (
  method: string,
  act: (client: TelegramClient, given: InputFile, server: CablegramServer, world: World) => Promise<unknown>,
): Cause =>
  cause(method, '400 FILES_TOO_MUCH', async (world) => {
    const server = await world.start({ settings: { files: { accountMib: 1 } } })
    const client = await world.user(server)
    await send(new Uint8Array(MIB / 2), new Uint8Array(MIB / 2), Uint8Array.of(1))(client)
    await act(client, file({ parts: 3 }), server, world)
  })

/** Causes of errors about the photos of people and groups. */
export const AVATAR_CAUSES: readonly Cause[] = [
  ...both('PHOTO_CROP_SIZE_SMALL', { file: file() }, send(png(159))),
  ...both(
    'PHOTO_SAVE_FILE_INVALID',
    { file: { _: 'inputFileBig', id: FILE, parts: 22, name: 'a.png' } },
    sendBig,
  ),
  ...both('IMAGE_PROCESS_FAILED', { file: file() }, send(Uint8Array.of(72, 105))),
  ...both('FILE_PARTS_INVALID', { file: file({ parts: 0 }) }),
  ...both('FILE_PART_X_MISSING', { file: file({ parts: 2 }) }),
  ...both(
    'FILE_PART_LENGTH_INVALID',
    { file: file({ parts: 2 }) },
    send(new Uint8Array(1024), new Uint8Array(2048)),
  ),
  ...both('MD5_CHECKSUM_INVALID', { file: file({ md5Checksum: '0'.repeat(32) }) }),
  full('photos.uploadProfilePhoto', (client, given) => client.photos.uploadProfilePhoto({ file: given })),
  full('messages.editChatPhoto', async (client, given, server, world) => {
    const photo = { _: 'inputChatUploadedPhoto', file: given } as const
    return await editPhoto(client, photo, await ownGroup(world, server, client))
  }),
  ...both('MEDIA_INVALID', { file: { _: 'inputFileStoryDocument', id: { _: 'inputDocumentEmpty' } } }),
  ...both('PHOTO_FILE_MISSING', {}),
  ...both('VIDEO_FILE_INVALID', { video: file() }),
  ...both('EMOJI_MARKUP_INVALID', { videoEmojiMarkup: MARKUP }),
  saved('photos.uploadProfilePhoto', '400 BOT_INVALID', (client) =>
    client.photos.uploadProfilePhoto({ bot: SELF, file: file() }),
  ),
  saved('photos.updateProfilePhoto', '400 BOT_INVALID', (client) =>
    client.photos.updateProfilePhoto({ bot: SELF, id: { _: 'inputPhotoEmpty' } }),
  ),
  after('photos.uploadProfilePhoto', '400 ALBUM_PHOTOS_TOO_MANY', FULL_ALBUM, ownPhoto),
  after('photos.updateProfilePhoto', '400 ALBUM_PHOTOS_TOO_MANY', FULL_ALBUM, showSent(200)),
  saved('photos.updateProfilePhoto', '400 PHOTO_CROP_SIZE_SMALL', showSent(159)),
  ...named('PHOTO_ID_INVALID', (own) => ({ ...own, accessHash: 1n })),
  ...named('FILE_REFERENCE_EMPTY', (own) => ({ ...own, fileReference: new Uint8Array() })),
  ...named('FILE_REFERENCE_EXPIRED', (own) => own, 2 * DAY_S),
  ...named('FILE_REFERENCE_INVALID', (own) => ({
    ...own,
    fileReference: own.fileReference.with(20, (own.fileReference[20] ?? 0) ^ 1),
  })),
  inGroup('400 CHAT_ID_INVALID', (client) =>
    client.messages.editChatPhoto({ chatId: 999_999n, photo: { _: 'inputChatPhotoEmpty' } }),
  ),
  inGroup('403 CHAT_WRITE_FORBIDDEN', (client) => editPhoto(client, { _: 'inputChatPhotoEmpty' }), 'left'),
  inGroup(
    '400 CHAT_ADMIN_REQUIRED',
    (client) => editPhoto(client, { _: 'inputChatPhotoEmpty' }),
    'member',
    `default_rights = ${CHANGE_INFO}`,
  ),
  inGroup('400 CHAT_NOT_MODIFIED', (client) => editPhoto(client, { _: 'inputChatPhotoEmpty' })),
]
