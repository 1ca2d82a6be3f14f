import type { ImageHeader } from '../../files/images/image-header.ts'
import { sizeLetter } from '../../files/images/size-letter.ts'
import type { WantedSize } from '../../files/pictures/port.ts'
import type { Ground } from '../../ground/ground.ts'
import type { PhotoSize } from '../messages/words.ts'
import { digestOf, type PutFile } from './assemble.ts'
import { readExactly } from './read-exactly.ts'

/** Smaller sizes of a picture. Their bytes are one file, in which each has its place. */
export interface Previews {
  /** The smallest first; each has a place. Empty: the picture is as small as the smallest. */
  readonly sizes: readonly PhotoSize[]
  /** Undefined if there are no sizes. */
  readonly put: PutFile | undefined
  /** In base64. */
  readonly stripped: string | undefined
}

const BOXES: readonly WantedSize[] = [
  { letter: 's', pixels: 100, isSquare: false },
  { letter: 'm', pixels: 320, isSquare: false },
  { letter: 'x', pixels: 800, isSquare: false },
  { letter: 'y', pixels: 1280, isSquare: false },
]

/** The sizes of a photo that are smaller than the photo, which has the largest letter itself. */
export function boxesWithin(header: ImageHeader): readonly WantedSize[] {
  const own = sizeLetter(header)
  return BOXES.filter(
    ({ letter, pixels }) => letter !== own && pixels < Math.max(header.width, header.height),
  )
}

/** The sizes of a photo of a person or a group. */
export const AVATAR_SIZES: readonly WantedSize[] = [
  { letter: 'a', pixels: 160, isSquare: true },
  { letter: 'c', pixels: 640, isSquare: true },
]

/** The preview of a document that is a picture. */
export const DOCUMENT_PREVIEW: readonly WantedSize[] = [{ letter: 'm', pixels: 320, isSquare: false }]

/**
 * Makes smaller sizes of a picture, and writes their bytes: the decision that names them comes later.
 *
 * @returns broken: it cannot be decoded; undefined: nothing here makes sizes
 */
export async function drawPreviews(
  on: Ground,
  { ground, blob }: PutFile,
  header: ImageHeader,
  wanted: readonly WantedSize[],
): Promise<Previews | 'broken' | undefined> {
  if (on.pictures === undefined) return undefined
  const read = () => readExactly(on.files, blob.name, 0, blob.size)
  const drawn = await on.pictures.draw({ ownerId: ground.ownerId, header, read }, wanted)
  if (drawn.kind !== 'made') return drawn.kind === 'broken' ? 'broken' : undefined
  let at = 0
  const helpful = drawn.sizes.filter(
    ({ letter, bytes }) => isSquare(wanted, letter) || bytes.length < blob.size,
  )
  const sizes = helpful.map(({ letter, width, height, bytes }): PhotoSize => {
    const size = { letter, width, height, bytes: bytes.length, at }
    at += bytes.length
    return size
  })
  const stripped = drawn.stripped && Buffer.from(drawn.stripped).toString('base64')
  if (sizes.length === 0) return { sizes, put: undefined, stripped }
  const { sha256, ...kept } = await on.files.put(helpful.map(({ bytes }) => bytes))
  const made = { ...kept, digest: digestOf(on, sha256) }
  return {
    sizes,
    put: { ground, blob: made, fileId: undefined, uploadName: undefined, isMade: true },
    stripped,
  }
}

/** A square is not the picture itself; any other size is of no use if it takes as many bytes as the picture. */
function isSquare(wanted: readonly WantedSize[], letter: string): boolean {
  return wanted.some((each) => each.isSquare && each.letter === letter)
}
