import type { Chat, InputPeer, InputPhoto, Photo, User } from '@cablegram/tl/api'
import { checkOptions } from '../check-options.ts'
import type { DownloadClient, DownloadOptions } from '../files/download.ts'
import type { FileSource } from '../files/source.ts'
import { type UploadOptions, uploadFile } from '../files/upload.ts'
import { asInputChannel, inputUserOf, type PeerLike, usePeer } from '../peers/resolve.ts'
import { LIMIT_CHECKS } from './checks.ts'
import { download } from './download.ts'
import type { MethodClient } from './method-client.ts'
import type { SendFileClient } from './send-file.ts'
import { type CallLimits, callOptions, repeatable } from './sending.ts'

/** Photos in one call. */
const PAGE = 100

/**
 * Makes a picture the photo of the account. Earlier photos stay behind it.
 *
 * @throws as `uploadFile` does; RpcError such as PHOTO_CROP_SIZE_SMALL, IMAGE_PROCESS_FAILED
 *
 * @example
 * ```ts
 * import { setProfilePhoto, type TelegramClient } from '@cablegram/client'
 *
 * export async function smile(client: TelegramClient) {
 *   await setProfilePhoto(client, './smile.jpg')
 * }
 * ```
 */
export async function setProfilePhoto(
  client: SendFileClient,
  file: FileSource,
  options: UploadOptions = {},
): Promise<void> {
  const uploaded = await uploadFile(client, file, options)
  await client.call('photos.uploadProfilePhoto', { file: uploaded }, callOptions(options))
}

/**
 * Deletes all photos of the account.
 *
 * @returns how many there were
 * @throws RpcError; ConnectionError
 *
 * @example
 * ```ts
 * import { deleteProfilePhotos, type TelegramClient } from '@cablegram/client'
 *
 * export async function hide(client: TelegramClient): Promise<void> {
 *   console.log(`${await deleteProfilePhotos(client)} photos deleted`)
 * }
 * ```
 */
export async function deleteProfilePhotos(client: MethodClient, limits: CallLimits = {}): Promise<number> {
  checkOptions(limits, LIMIT_CHECKS, 'of deleteProfilePhotos')
  let count = 0
  for (;;) {
    const userId = await inputUserOf(client, 'me')
    const page = { offset: 0, maxId: 0n, limit: PAGE }
    const { photos } = await client.call('photos.getUserPhotos', { userId, ...page }, repeatable(limits))
    const id = photos.map(inputPhotoOf).filter((photo) => photo !== undefined)
    if (id.length === 0) return count
    const deleted = await client.call('photos.deletePhotos', { id }, callOptions(limits))
    // A server that deletes nothing would be asked for ever.
    if (deleted.length === 0) return count
    count += deleted.length
  }
}

/**
 * Downloads the photo of a user, a group or a channel into a file.
 *
 * @returns false if there is no photo, and no file then
 * @throws as `download` does; PeerError
 *
 * @example
 * ```ts
 * import { downloadProfilePhoto, type TelegramClient } from '@cablegram/client'
 *
 * export async function portrait(client: TelegramClient) {
 *   return await downloadProfilePhoto(client, '@ada', './ada.jpg')
 * }
 * ```
 */
export async function downloadProfilePhoto(
  client: MethodClient & DownloadClient,
  peer: PeerLike,
  path: string,
  options: DownloadOptions = {},
): Promise<boolean> {
  const found = await withPhoto(client, peer)
  if (found === undefined) return false
  await download(client, found, path, options)
  return true
}

/** The TL value of a peer that has a photo; undefined if it has none. */
async function withPhoto(client: MethodClient, peer: PeerLike): Promise<User | Chat | undefined> {
  const raw = await usePeer(
    client,
    peer,
    async ({ chat, inputPeer }) => chat.raw ?? askFor(client, inputPeer),
  )
  if (raw?._ === 'user') return raw.photo?._ === 'userProfilePhoto' ? raw : undefined
  if (raw?._ === 'chat' || raw?._ === 'channel') return raw.photo._ === 'chatPhoto' ? raw : undefined
  return undefined
}

async function askFor(client: MethodClient, peer: InputPeer): Promise<User | Chat | undefined> {
  const channel = asInputChannel(peer)
  const call = repeatable({})
  if (channel) return (await client.call('channels.getChannels', { id: [channel] }, call)).chats[0]
  if (peer._ === 'inputPeerChat') {
    return (await client.call('messages.getChats', { id: [peer.chatId] }, call)).chats[0]
  }
  return (await client.call('users.getUsers', { id: [await inputUserOf(client, peer)] }, call))[0]
}

function inputPhotoOf(photo: Photo): InputPhoto | undefined {
  if (photo._ !== 'photo') return undefined
  const { id, accessHash, fileReference } = photo
  return { _: 'inputPhoto', id, accessHash, fileReference }
}
