import { ProtocolError } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import type { InputMedia, InputSingleMedia, MessageMedia } from '@cablegram/tl/api'
import { type Checks, checkOptions, isBoolean, isFunction, isTextOption } from '../check-options.ts'
import { inputMediaOf } from '../files/existing-media.ts'
import { isReferenceError } from '../files/part-error.ts'
import type { UploadOptions } from '../files/upload.ts'
import { Message } from '../message/message.ts'
import { findPeer, type PeerLike, usePeer } from '../peers/resolve.ts'
import { type FormattedText, formattedOf, type TextLike } from '../text/formatted.ts'
import { checkKinds } from './album-kinds.ts'
import { isChecked, SEND_CHECKS } from './checks.ts'
import {
  type FileOptions,
  type PreparedMedia,
  prepareMedia,
  type SendableFile,
  type SendFileClient,
  type SendFileOptions,
} from './send-file.ts'
import { callOptions, inputEntities, newRandomId, sendingTo, sendParams } from './sending.ts'
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
  extends Pick<
    SendFileOptions,
    'replyTo' | 'silent' | 'scheduleAtS' | 'signal' | 'timeoutMs' | 'asDocument' | 'onWait'
  > {
  /** The caption of the first file, which clients show for the whole album. */
  readonly caption?: TextLike | undefined
  /** Told of the bytes of all files together that the server has acknowledged, and of how many there are. */
  readonly onProgress?: UploadOptions['onProgress']
}

/** Telegram takes no more files in one album. */
const MAX_ITEMS = 10

const { replyTo, silent, scheduleAtS, signal, timeoutMs } = SEND_CHECKS
const CHECKS: Checks<SendAlbumOptions> = {
  ...{ replyTo, silent, scheduleAtS, signal, timeoutMs },
  asDocument: isBoolean,
  onWait: isFunction,
  onProgress: isFunction,
  caption: isChecked,
}

const ITEM_CHECKS: Checks<AlbumFile> = {
  file: isChecked,
  caption: isChecked,
  name: isTextOption,
  mime: isTextOption,
  size: isChecked,
  spoiler: isBoolean,
}

/**
 * Sends up to ten files as one album. All are opened first, so that a wrong path fails before anything is sent. They are
 * uploaded one after the other, and nobody sees any before all are there. Photos and films go together, and plain files or
 * sound only with their like: others are refused before anything is sent, as far as their kinds are known by then. The
 * reference of a message's file is renewed when it is out of date.
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
  checkOptions(options, CHECKS, 'of sendAlbum')
  const params = sendParams(options)
  const prepared = await prepareItems(client, items, options)
  try {
    // Nothing is uploaded for an album that the server would refuse.
    checkKinds(await Promise.all(prepared.map(({ media }) => media.kind())))
    // Nothing is uploaded for a chat that cannot be found.
    await findPeer(client, peer)
    const multiMedia: InputSingleMedia[] = []
    for (const item of prepared) multiMedia.push(await uploadItem(client, peer, item, options))
    const send = () =>
      usePeer(client, peer, async ({ inputPeer, chat }) => {
        const request = { peer: inputPeer, multiMedia: [...multiMedia], ...params }
        return await client.call('messages.sendMultiMedia', request, sendingTo(chat, options))
      })
    const updates = await renewing(prepared, multiMedia, send)
    const ids = multiMedia.map(({ randomId }) => randomId)
    return sentMessages(client, updates, ids).map((message) => message ?? missing())
  } finally {
    await closeAll(prepared)
  }
}

/**
 * Sends an album, and again after a file whose reference is out of date was renewed, each file once. The random ids stay the
 * same, so that nothing is sent twice.
 */
async function renewing<Result>(
  prepared: readonly PreparedItem[],
  multiMedia: InputSingleMedia[],
  send: () => Promise<Result>,
): Promise<Result> {
  const old = new Set(prepared.keys())
  for (;;) {
    try {
      return await send()
    } catch (error) {
      if (!isReferenceError(error)) throw error
      const { argument } = error
      // An error without a number may be about any of them.
      const outOfDate = [...old].filter((index) => argument === undefined || index === argument)
      let isRenewed = false
      for (const index of outOfDate) {
        old.delete(index)
        const [media, item] = [await prepared[index]?.media.renew(), multiMedia[index]]
        if (media === undefined || item === undefined) continue
        multiMedia[index] = { ...item, media }
        isRenewed = true
      }
      if (!isRenewed) throw error
    }
  }
}

/** A file of an album that is ready to be sent. */
interface PreparedItem {
  readonly media: PreparedMedia
  readonly text: FormattedText
}

/** Opens and checks every file; nothing is sent yet. */
async function prepareItems(
  client: SendFileClient,
  items: readonly AlbumItem[],
  options: SendAlbumOptions,
): Promise<PreparedItem[]> {
  const prepared: PreparedItem[] = []
  const doneBytes = items.map(() => 0)
  const totalBytes = () =>
    prepared.reduce<number | undefined>(
      (sum, { media }) =>
        sum === undefined || media.sizeBytes === undefined ? undefined : sum + media.sizeBytes,
      0,
    )
  try {
    for (const [index, item] of items.entries()) {
      const { file, caption = index === 0 ? options.caption : undefined, ...own } = checkedItem(item)
      const onProgress = (bytes: number) => {
        doneBytes[index] = bytes
        options.onProgress?.(sumOf(doneBytes), totalBytes())
      }
      const { asDocument, signal, timeoutMs, onWait } = options
      const text = formattedOf(caption ?? '')
      const wishes = { ...own, asDocument, signal, timeoutMs, onWait, onProgress }
      prepared.push({ media: await prepareMedia(client, file, wishes), text })
    }
    return prepared
  } catch (error) {
    await closeAll(prepared)
    throw error
  }
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0)
}

async function closeAll(items: readonly PreparedItem[]): Promise<void> {
  await Promise.all(items.map(({ media }) => media.close()))
}

function checkedItem(item: AlbumItem): AlbumFile {
  if (!isFile(item)) return { file: item }
  checkOptions(item, ITEM_CHECKS, 'of a file of an album')
  return item
}

/** A message says what file it has, too. */
function isFile(item: AlbumItem): item is AlbumFile {
  if (item instanceof Message) return false
  return typeof item === 'object' && item !== null && 'file' in item && !('_' in item)
}

/** An upload becomes media of the server before the album is sent. */
async function uploadItem(
  client: SendFileClient,
  peer: PeerLike,
  { media: prepared, text }: PreparedItem,
  options: SendAlbumOptions,
): Promise<InputSingleMedia> {
  const entities = await inputEntities(client, text)
  const media = await prepared.use(async (input) => {
    if (!input._.startsWith('inputMediaUploaded')) return input
    const made = await usePeer(client, peer, async ({ inputPeer }) =>
      client.call('messages.uploadMedia', { peer: inputPeer, media: inAlbum(input) }, callOptions(options)),
    )
    return withSpoiler(inputMediaOf(made), made)
  })
  const randomId = newRandomId(client.surroundings.random)
  const message = { randomId, message: text.text, ...(entities.length > 0 && { entities }) }
  return { _: 'inputSingleMedia', media, ...message }
}

/** A film without sound would become an animation, and albums take none. */
function inAlbum(media: InputMedia): InputMedia {
  return media._ === 'inputMediaUploadedDocument' ? { ...media, nosoundVideo: true } : media
}

function withSpoiler(media: InputMedia, made: MessageMedia): InputMedia {
  const isHidden = 'spoiler' in made && made.spoiler === true
  const canHide = media._ === 'inputMediaPhoto' || media._ === 'inputMediaDocument'
  return isHidden && canHide ? { ...media, spoiler: true } : media
}

function missing(): never {
  throw new ProtocolError('ANSWER_INVALID', 'The answer of an album does not say which messages it was.')
}
