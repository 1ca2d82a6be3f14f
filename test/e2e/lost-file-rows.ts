/** Lost answers of the methods that send files. */
import type { InputMedia } from '@cablegram/tl/api'
import type { LostAnswerRow } from './lost-world.ts'

const SELF = { _: 'inputPeerSelf' } as const
const PART = { fileId: 1n, filePart: 0, bytes: Uint8Array.of(1) }
const DOCUMENT: InputMedia = {
  _: 'inputMediaUploadedDocument',
  file: { _: 'inputFile', id: PART.fileId, parts: 1, name: 'a.txt', md5Checksum: '' },
  mimeType: 'text/plain',
  attributes: [],
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
  'messages.uploadMedia': async (world) => {
    const client = await world.user()
    await client.upload.saveFilePart(PART)
    const call = () => client.messages.uploadMedia({ peer: SELF, media: DOCUMENT })
    return { client, call, told: 'messageMediaDocument' }
  },
}
