import type { InputMedia } from '@cablegram/tl/api'
import { type Checks, checkOptions, isBoolean, isTextOption } from '../check-options.ts'
import { type ExistingMedia, inputMediaOf, isExisting } from '../files/existing-media.ts'
import { type Downloadable, fileIn, sourceOf, unwrap } from '../files/location.ts'
import type { PartClient } from '../files/part-client.ts'
import { isReferenceError } from '../files/part-error.ts'
import { refetchMessage } from '../files/refetch.ts'
import type { FileSource } from '../files/source.ts'
import { prepareUpload, UPLOAD_CHECKS, type UploadOptions, uploadOptionsOf } from '../files/upload.ts'
import { uploadedMedia } from '../files/uploaded-media.ts'
import { type FileKind, factsOf } from '../message/file-facts.ts'
import type { Message } from '../message/message.ts'
import { type FoundPeer, findPeer, type PeerLike, usePeer } from '../peers/resolve.ts'
import { formattedOf, type TextLike } from '../text/formatted.ts'
import { kindOfUpload } from './album-kinds.ts'
import { isChecked, SEND_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { inputEntities, messageId, newRandomId, type SendOptions, sendingTo, sendParams } from './sending.ts'
import { sentMessage } from './sent.ts'

/** Bytes to send, or media that the server has: a message with some, a photo, a document, or what a raw call takes. */
export type SendableFile = FileSource | ExistingMedia

/** Options of the media that a file becomes. */
export interface FileOptions extends UploadOptions {
  /** Sends pictures, films and sound as plain files. Default: no. */
  readonly asDocument?: boolean | undefined
  /** The MIME type. Default: that of the bytes, or of the end of the name. */
  readonly mime?: string | undefined
  /** Hides the picture until it is tapped. */
  readonly spoiler?: boolean | undefined
}

/** Options of a message with a file. */
export interface SendFileOptions extends FileOptions, SendOptions {
  readonly caption?: TextLike | undefined
}

const CHECKS: Checks<SendFileOptions> = {
  ...UPLOAD_CHECKS,
  ...SEND_CHECKS,
  asDocument: isBoolean,
  mime: isTextOption,
  spoiler: isBoolean,
  caption: isChecked,
}

/** The part of a client that sends files. */
export type SendFileClient = MethodClient & PartClient

/**
 * Sends a file: a path, bytes, a Blob or a stream, or media that the server has. JPEG and PNG up to 10 MiB become photos, by
 * their header; films and sound have their duration and size, as far as the header tells. Telegram makes an animation of a
 * film without sound. The bytes go on a connection of their own, as with `uploadFile`; streams of unknown length are always
 * documents.
 *
 * @returns the message
 * @throws as `uploadFile` does; UsageError DOWNLOAD_INVALID for a value without a file, TEXT_INVALID, BUTTONS_INVALID;
 * PeerError; RpcError such as CHAT_SEND_MEDIA_FORBIDDEN
 *
 * @example
 * ```ts
 * import { sendFile, type TelegramClient } from '@cablegram/client'
 *
 * export async function report(client: TelegramClient, signal: AbortSignal) {
 *   const message = await sendFile(client, 'me', './report.pdf', {
 *     caption: 'As promised',
 *     onProgress: (doneBytes, totalBytes) => console.log(doneBytes, totalBytes),
 *     signal,
 *   })
 *   await sendFile(client, '@ada', message, { silent: true })
 * }
 * ```
 */
export async function sendFile(
  client: SendFileClient,
  peer: PeerLike,
  file: SendableFile,
  options: SendFileOptions = {},
): Promise<Message> {
  checkOptions(options, CHECKS, 'of sendFile')
  const { caption = '' } = options
  const text = formattedOf(caption)
  const params = sendParams(options)
  const prepared = await prepareMedia(client, file, options)
  try {
    // Nothing is uploaded for a chat that cannot be found.
    await findPeer(client, peer)
    const entities = await inputEntities(client, text)
    const randomId = options.randomId ?? newRandomId(client.surroundings.random)
    const replyTo = options.replyTo === undefined ? undefined : messageId(options.replyTo)
    const send = async (to: FoundPeer, media: InputMedia): Promise<Message> => {
      const request = {
        ...{ peer: to.inputPeer, media, message: text.text, randomId, ...params },
        ...(entities.length > 0 && { entities }),
      }
      const updates = await client.call('messages.sendMedia', request, sendingTo(to.chat, options))
      return sentMessage(client, updates, randomId, { to, text, replyTo })
    }
    return await prepared.use((media) => usePeer(client, peer, (to) => send(to, media)))
  } finally {
    await prepared.close()
  }
}

/** Media that is checked, with its source open if it has to be uploaded. It is to be closed. */
export interface PreparedMedia {
  /** Bytes to upload; undefined: known at the end. */
  readonly sizeBytes: number | undefined
  /** Uploads the file unless the server has it, and uses the media that it becomes. */
  use<Result>(use: (media: InputMedia) => Promise<Result>): Promise<Result>
  /** The kind that the media will have, before anything is sent; undefined if it is not known yet. */
  kind(): Promise<FileKind | undefined>
  /** Asks for the same media again; undefined where nothing leads to it but the media itself. */
  renew(): Promise<InputMedia | undefined>
  close(): Promise<void>
}

/** Opens a file, or names media that the server has; nothing is sent yet. @throws as `uploadFile`; UsageError DOWNLOAD_INVALID */
export async function prepareMedia(
  client: SendFileClient,
  file: SendableFile,
  options: FileOptions,
): Promise<PreparedMedia> {
  if (isExisting(file)) return existingMedia(client, file)
  const { asDocument, mime, spoiler: isSpoiler } = options
  const wishes = { asDocument, mime, isSpoiler }
  const upload = await prepareUpload(client, file, uploadOptionsOf(options))
  return {
    get sizeBytes() {
      return upload.sizeBytes
    },
    use: (use) => upload.use(async (uploaded) => use(await uploadedMedia(uploaded, wishes))),
    async kind() {
      const uploaded = await upload.peek()
      return uploaded && kindOfUpload(await uploadedMedia(uploaded, wishes))
    },
    renew: async () => undefined,
    close: () => upload.close(),
  }
}

/** A reference that is out of date is renewed once, from the message that the media is in. */
function existingMedia(client: SendFileClient, file: ExistingMedia): PreparedMedia {
  const media = inputMediaOf(file)
  const renew = async () => {
    const source = isFound(file) ? sourceOf(file) : undefined
    const found = source && (await refetchMessage(client, source))
    return found && inputMediaOf(found)
  }
  return {
    sizeBytes: 0,
    renew,
    kind: async () => {
      const found = isFound(file) ? fileIn(unwrap(file)) : undefined
      return found?._ === 'photo' || found?._ === 'document' ? factsOf(found).kind : kindOfUpload(media)
    },
    async use(use) {
      try {
        return await use(media)
      } catch (error) {
        const renewed = isReferenceError(error) ? await renew() : undefined
        if (renewed === undefined) throw error
        return await use(renewed)
      }
    },
    close: async () => {},
  }
}

function isFound(media: ExistingMedia): media is Downloadable {
  return !('_' in media && media._.startsWith('inputMedia'))
}
