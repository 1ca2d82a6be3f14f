import type { Caller } from '../../ground/caller.ts'
import { mediaHashOf, mediaReference, NO_SOURCE } from '../../rules/files/media-access.ts'
import { type FilePlace, readFile } from '../../rules/files/read-file.ts'
import type { Document, Media, Photo, PhotoSize } from '../../rules/messages/words.ts'
import { refusing } from '../acts/refusals.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { ownMessage } from './change.ts'
import { nameOf, sizesOf } from './files-of-media.ts'
import type { FileQuery } from './words.ts'

/** The file of a message, which is read piece by piece. */
export interface SeenFile {
  readonly bytes: number
  /** Left out for photos, and for documents without a name. */
  readonly fileName: string | undefined
  readonly pieces: AsyncIterable<Uint8Array>
}

const PIECE_BYTES = 1024 * 1024

/**
 * Reads the file of a message as somebody who has the message, with an access hash and a reference of their own.
 *
 * @throws {ConsoleError} 404 MESSAGE_ID_INVALID, FILE_NOT_FOUND, SIZE_NOT_FOUND
 */
export async function openFileAs(
  on: OnConsole,
  actor: Actor,
  { messageId, size }: FileQuery,
): Promise<SeenFile> {
  const { media } = await refusing(ownMessage(on, actor, messageId))
  if (media?.kind !== 'photo' && media?.kind !== 'document') throw noFile(media)
  const { letter, bytes } = size === undefined ? wholeOf(media) : sizeOf(media, size)
  const place = placeOf(on, actor, media, letter)
  return {
    bytes,
    fileName: letter === '' ? nameOf(media) : undefined,
    // In whichever data centre the file is.
    pieces: pieces(on, { ...actor.caller, dcId: media.dcId }, place, bytes),
  }
}

async function* pieces(
  on: OnConsole,
  caller: Caller,
  place: FilePlace,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES) {
    const asked = { offset: BigInt(offset), limit: PIECE_BYTES, precise: true }
    yield (await refusing(readFile(on, caller, place, asked), 'upload.getFile')).bytes
  }
}

/** A photo has no file besides its sizes: the largest one counts. */
function wholeOf(media: Photo | Document): Pick<PhotoSize, 'letter' | 'bytes'> {
  if (media.kind === 'document') return { letter: '', bytes: media.size }
  const [largest] = media.sizes.toSorted((one, other) => other.width - one.width)
  return largest ?? { letter: '', bytes: 0 }
}

function sizeOf(media: Photo | Document, letter: string): PhotoSize {
  const sizes = sizesOf(media)
  const found = sizes.find((each) => each.letter === letter)
  if (found !== undefined) return found
  const letters = sizes.map((each) => each.letter).join(', ')
  throw new ConsoleError(
    404,
    'SIZE_NOT_FOUND',
    `The picture has no size ${letter}.`,
    letters === '' ? 'It has no preview: leave size out.' : `Its sizes are ${letters}.`,
  )
}

function placeOf(on: OnConsole, { account }: Actor, media: Photo | Document, letter: string): FilePlace {
  const mediaId = media.kind === 'photo' ? media.photoId : media.documentId
  return {
    of: media.kind,
    mediaId,
    accessHash: mediaHashOf(on, account.id, mediaId),
    reference: mediaReference(on, account.id, mediaId, NO_SOURCE),
    letter,
  }
}

function noFile(media: Media | undefined): ConsoleError {
  const has = media === undefined ? 'only text' : `no file, but a ${media.kind}`
  return new ConsoleError(
    404,
    'FILE_NOT_FOUND',
    `The message has ${has}.`,
    'Name a message whose media has bytes.',
  )
}
