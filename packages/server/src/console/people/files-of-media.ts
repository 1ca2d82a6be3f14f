import type { Document, Photo, PhotoSize } from '../../rules/messages/words.ts'

/** The sizes of a photo, or the preview of a document. */
export function sizesOf(media: Photo | Document): readonly PhotoSize[] {
  const sizes = media.kind === 'photo' ? media.sizes : media.thumb === undefined ? [] : [media.thumb]
  return sizes.map(({ letter, width, height, bytes }) => ({ letter, width, height, bytes }))
}

/** The name that a document has. */
export function nameOf(media: Photo | Document): string | undefined {
  if (media.kind === 'photo') return undefined
  return media.attributes.find((each) => each.kind === 'fileName')?.fileName
}
