import { ProtocolError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { InputMedia, InputPeer, InputSingleMedia, MessageMedia } from '@cablegram/tl/api'
import { inputMediaOf } from '../files/existing-media.ts'
import { Message } from '../message/message.ts'
import { findPeer, type PeerLike } from '../peers/resolve.ts'
import { formattedOf, type TextLike } from '../text/formatted.ts'
import {
  type FileOptions,
  type SendableFile,
  type SendFileClient,
  type SendFileOptions,
  withMedia,
} from './send-file.ts'
import { inputEntities, newRandomId, sendingTo, sendParams } from './sending.ts'
import { sentMessages } from './sent.ts'

/** A file of an album, with a caption or a name of its own if wanted. */
export type AlbumItem = SendableFile | AlbumFile

/** A file with what is said of it. */
export interface AlbumFile extends Pick<FileOptions, 'name' | 'mime' | 'size' | 'spoiler'> {
  readonly file: SendableFile
  readonly caption?: TextLike | undefined
}

/** Options of an album. */
export interface SendAlbumOptions
  extends Pick<SendFileOptions, 'replyTo' | 'silent' | 'scheduleAtS' | 'signal' | 'asDocument' | 'onWait'> {
  /** The caption of the first file, which clients show for the whole album. */
  readonly caption?: TextLike | undefined
  /** Told of the bytes of all files that the server has acknowledged. */
  readonly onProgress?: ((doneBytes: number) => void) | undefined
}

/** Telegram takes no more files in one album. */
const MAX_ITEMS = 10

/**
 * Sends up to ten files as one album. They are uploaded one after the other, and nobody sees any before all are there.
 * Photos and films go together, and plain files or sound only with their like.
 *
 * @returns the messages, in the order of the files
 * @throws as `sendFile` does; UsageError ALBUM_INVALID; RpcError such as MEDIA_GROUPED_INVALID
 *
 * @example
 * ```ts
 * import { sendAlbum, type TelegramClient } from '@cablegram/client'
 *
 * export async function holiday(client: TelegramClient) {
 *   return sendAlbum(client, '@ada', ['a.jpg', { file: 'b.jpg', caption: 'The sea' }], { caption: 'Two photos' })
 * }
 * ```
 */
export async function sendAlbum(
  client: SendFileClient,
  peer: PeerLike,
  items: readonly AlbumItem[],
  options: SendAlbumOptions = {},
): Promise<Message[]> {
  if (!Array.isArray(items) || items.length === 0 || items.length > MAX_ITEMS) {
    throw new UsageError('ALBUM_INVALID', `An album is an array of 1 to ${MAX_ITEMS} files.`)
  }
  const params = sendParams(options)
  const { inputPeer, chat } = await findPeer(client, peer)
  const multiMedia: InputSingleMedia[] = []
  let doneBytes = 0
  for (const [index, item] of items.entries()) {
    const { caption = index === 0 ? options.caption : undefined, ...file } = asFile(item)
    let itemBytes = 0
    const onProgress = (bytes: number) => {
      itemBytes = bytes
      options.onProgress?.(doneBytes + bytes)
    }
    multiMedia.push(await prepare(client, inputPeer, { ...file, caption }, { ...options, onProgress }))
    doneBytes += itemBytes
  }
  const { signal } = options
  const request = { peer: inputPeer, multiMedia, ...params }
  const updates = await client.call('messages.sendMultiMedia', request, sendingTo(chat, { signal }))
  const ids = multiMedia.map(({ randomId }) => randomId)
  return sentMessages(client, updates, ids).map((message) => message ?? missing())
}

function asFile(item: AlbumItem): AlbumFile {
  return isFile(item) ? item : { file: item }
}

/** A message says what file it has, too. */
function isFile(item: AlbumItem): item is AlbumFile {
  if (item instanceof Message) return false
  return typeof item === 'object' && item !== null && 'file' in item && !('_' in item)
}

/** An upload becomes media of the server before the album is sent. */
async function prepare(
  client: SendFileClient,
  peer: InputPeer,
  { file, caption = '', ...own }: AlbumFile,
  { asDocument, signal, onWait, onProgress }: SendAlbumOptions,
): Promise<InputSingleMedia> {
  const text = formattedOf(caption)
  const entities = await inputEntities(client, text)
  const options = { ...own, asDocument, signal, onWait, onProgress }
  const media = await withMedia(client, file, options, async (input) => {
    if (!input._.startsWith('inputMediaUploaded')) return input
    const made = await client.call('messages.uploadMedia', { peer, media: input }, { signal })
    return withSpoiler(inputMediaOf(made), made)
  })
  const randomId = newRandomId(client.surroundings.random)
  const message = { randomId, message: text.text, ...(entities.length > 0 && { entities }) }
  return { _: 'inputSingleMedia', media, ...message }
}

function withSpoiler(media: InputMedia, made: MessageMedia): InputMedia {
  const isHidden = 'spoiler' in made && made.spoiler === true
  const canHide = media._ === 'inputMediaPhoto' || media._ === 'inputMediaDocument'
  return isHidden && canHide ? { ...media, spoiler: true } : media
}

function missing(): never {
  throw new ProtocolError('ANSWER_INVALID', 'The answer of an album does not say which messages it was.')
}
