/** Lost answers of the methods that send files. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { InputMedia, inputPhoto } from '@cablegram/tl/api'
import type { LostAnswerRow } from './lost-world.ts'

const SELF = { _: 'inputPeerSelf' } as const
const PART = { fileId: 1n, filePart: 0, bytes: Uint8Array.of(1) }
const DOCUMENT: InputMedia = {
  _: 'inputMediaUploadedDocument',
  file: { _: 'inputFile', id: PART.fileId, parts: 1, name: 'a.txt', md5Checksum: '' },
  mimeType: 'text/plain',
  attributes: [],
}

/** The beginning of a picture of 200 by 200 pixels. */
const PICTURE = Uint8Array.from(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAMgAAADICAYAAAA=', 'base64'))
/** The picture as a file that was sent. */
export const PICTURE_FILE = { _: 'inputFile', id: 2n, parts: 1, name: 'a.png', md5Checksum: '' } as const

/** Sends the picture. */
export async function sendPicture(client: TelegramClient): Promise<void> {
  await client.upload.saveFilePart({ fileId: PICTURE_FILE.id, filePart: 0, bytes: PICTURE })
}

async function showPhoto(client: TelegramClient): Promise<inputPhoto> {
  await sendPicture(client)
  const { photo } = await client.photos.uploadProfilePhoto({ file: PICTURE_FILE })
  assert.ok(photo._ === 'photo')
  const { id, accessHash, fileReference } = photo
  return { _: 'inputPhoto', id, accessHash, fileReference }
}

/** A part that comes again is replaced, and a document is made anew of the same bytes. */
export const LOST_FILE_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'upload.saveFilePart': async (world) => {
    const client = await world.user()
    return { client, call: () => client.upload.saveFilePart(PART), told: true }
  },
  'upload.saveBigFilePart': async (world) => {
    const client = await world.user()
    return { client, call: () => client.upload.saveBigFilePart({ ...PART, fileTotalParts: 1 }), told: true }
  },
  'upload.reuploadCdnFile': { because: 'this server has no CDN; cdn.test.ts repeats the call' },
  'photos.uploadProfilePhoto': async (world) => {
    const client = await world.user()
    await sendPicture(client)
    return {
      client,
      call: () => client.photos.uploadProfilePhoto({ file: PICTURE_FILE }),
      told: 'photos.photo',
    }
  },
  'photos.updateProfilePhoto': async (world) => {
    const client = await world.user()
    const id = await showPhoto(client)
    return { client, call: () => client.photos.updateProfilePhoto({ id }), told: 'photos.photo' }
  },
  'photos.deletePhotos': async (world) => {
    const client = await world.user()
    const id = await showPhoto(client)
    return { client, call: () => client.photos.deletePhotos({ id: [id] }), told: [] }
  },
  // The same random ids: nothing is sent twice.
  'messages.sendMultiMedia': async (world) => {
    const client = await world.user()
    await client.upload.saveFilePart(PART)
    const multiMedia = [1n, 2n].map(
      (randomId) => ({ _: 'inputSingleMedia', media: DOCUMENT, randomId, message: '' }) as const,
    )
    const call = () => client.messages.sendMultiMedia({ peer: SELF, multiMedia })
    return {
      client,
      call,
      told: 'updates',
      async check() {
        const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 9, maxId: 0, minId: 0, hash: 0n }
        const history = await client.messages.getHistory({ ...page, peer: SELF })
        assert.equal(history._ === 'messages.messages' && history.messages.length, 2)
      },
    }
  },
  'messages.uploadMedia': async (world) => {
    const client = await world.user()
    await client.upload.saveFilePart(PART)
    const call = () => client.messages.uploadMedia({ peer: SELF, media: DOCUMENT })
    return { client, call, told: 'messageMediaDocument' }
  },
}
