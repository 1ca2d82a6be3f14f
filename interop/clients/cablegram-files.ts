/** Files with `@cablegram/client`: parts are calls like any other. */
import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import type { TelegramClient } from '@cablegram/client'
import type {
  DocumentAttribute,
  InputFile,
  InputFileLocation,
  InputMedia,
  InputPeer,
  MessageMedia,
} from '@cablegram/tl/api'
import type { SentMedia } from './talks.ts'

const PART_BYTES = 524_288
const MAX_SMALL_BYTES = 10_485_760
const IN_FLIGHT = 4

/** Uploads a file of this machine. */
export async function uploadFile(client: TelegramClient, path: string): Promise<InputFile> {
  const fileId = randomBytes(8).readBigInt64LE()
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const [parts, isBig] = [Math.ceil(size / PART_BYTES), size > MAX_SMALL_BYTES]
    await inFlight(parts, async (filePart) => {
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(PART_BYTES),
        0,
        PART_BYTES,
        filePart * PART_BYTES,
      )
      const bytes = Uint8Array.from(buffer.subarray(0, bytesRead))
      await (isBig
        ? client.upload.saveBigFilePart({ fileId, filePart, fileTotalParts: parts, bytes })
        : client.upload.saveFilePart({ fileId, filePart, bytes }))
    })
    const name = basename(path)
    return isBig
      ? { _: 'inputFileBig', id: fileId, parts, name }
      : { _: 'inputFile', id: fileId, parts, name, md5Checksum: '' }
  } finally {
    await file.close()
  }
}

/** Uploads a file as media that can be sent. */
export async function inputMedia(client: TelegramClient, { kind, path }: SentMedia): Promise<InputMedia> {
  const file = await uploadFile(client, path)
  if (kind === 'photo') return { _: 'inputMediaUploadedPhoto', file }
  const isVoice = kind === 'voice'
  const attributes: DocumentAttribute[] = isVoice
    ? [{ _: 'documentAttributeAudio', voice: true, duration: 1 }]
    : [{ _: 'documentAttributeFilename', fileName: basename(path) }]
  const mimeType = isVoice ? 'audio/ogg' : 'application/octet-stream'
  return { _: 'inputMediaUploadedDocument', file, mimeType, attributes, forceFile: !isVoice }
}

/** Uploads a photo, and has the server keep it without a message. */
export async function keptMedia(
  client: TelegramClient,
  peer: InputPeer,
  sent: SentMedia,
): Promise<InputMedia> {
  const kept = await client.messages.uploadMedia({ peer, media: await inputMedia(client, sent) })
  const photo = kept._ === 'messageMediaPhoto' ? kept.photo : undefined
  if (photo?._ !== 'photo') throw new Error(`messages.uploadMedia answered ${kept._}`)
  return { _: 'inputMediaPhoto', id: { ...photo, _: 'inputPhoto' } }
}

/** The place of the file of a message: of a photo, its largest size. */
export function locationOf(media: MessageMedia | undefined): InputFileLocation {
  if (media?._ === 'messageMediaDocument' && media.document?._ === 'document') {
    return { ...media.document, _: 'inputDocumentFileLocation', thumbSize: '' }
  }
  const photo = media?._ === 'messageMediaPhoto' ? media.photo : undefined
  const largest = photo?._ === 'photo' ? photo.sizes.at(-1) : undefined
  if (photo?._ !== 'photo' || largest === undefined) throw new Error('the message has no file')
  return { ...photo, _: 'inputPhotoFileLocation', thumbSize: largest.type }
}

/** Downloads a file, several parts at a time. */
export async function saveFile(
  client: TelegramClient,
  location: InputFileLocation,
  path: string,
): Promise<void> {
  const file = await open(path, 'w')
  try {
    let [next, isEnd] = [0, false]
    const worker = async (): Promise<void> => {
      while (!isEnd) {
        const at = next++ * PART_BYTES
        const answer = await client.upload.getFile({ location, offset: BigInt(at), limit: PART_BYTES })
        if (answer._ !== 'upload.file') throw new Error(`upload.getFile answered ${answer._}`)
        await file.write(answer.bytes, 0, answer.bytes.length, at)
        isEnd ||= answer.bytes.length < PART_BYTES
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
  } finally {
    await file.close()
  }
}

async function inFlight(count: number, job: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await job(next++)
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
}
