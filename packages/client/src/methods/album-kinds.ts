import { UsageError } from '@cablegram/tl'
import type { InputMedia } from '@cablegram/tl/api'
import { documentKind, type FileKind } from '../message/file-facts.ts'

/** Kinds that go into one album with others. */
const FAMILIES: Readonly<Partial<Record<FileKind, string>>> = { photo: 'pictures', video: 'pictures' }

/** Types in which the server may find more than the client did: a film, sound, or an animation. */
const MAY_BE_MORE = /^(?:audio|video)\/|^image\/gif$/

/** The kind that an upload becomes; undefined if only the server knows. */
export function kindOfUpload(media: InputMedia): FileKind | undefined {
  if (media._ === 'inputMediaUploadedPhoto') return 'photo'
  if (media._ !== 'inputMediaUploadedDocument') return undefined
  const { attributes, mimeType, forceFile: isForced = false } = media
  const kind = documentKind(attributes)
  const isCertain = kind === 'document' ? isForced || !MAY_BE_MORE.test(mimeType) : !isForced
  return isCertain ? kind : undefined
}

/**
 * Checks that files go into one album, as far as their kinds are known: the server would say so only after their upload.
 *
 * @throws UsageError ALBUM_INVALID
 */
export function checkKinds(kinds: readonly (FileKind | undefined)[]): void {
  const first = kinds.findIndex((kind) => kind !== undefined)
  const family = familyOf(kinds[first])
  const other = kinds.findIndex((kind) => kind !== undefined && familyOf(kind) !== family)
  if (other < 0) return
  const rule =
    'Photos and videos go together in an album, documents only with documents, and audio only with audio.'
  const cause = `File ${first + 1} is of the kind ${kinds[first]}, and file ${other + 1} of the kind ${kinds[other]}.`
  throw new UsageError('ALBUM_INVALID', `${rule} ${cause} With \`asDocument\` every upload is a document.`)
}

function familyOf(kind: FileKind | undefined): string | undefined {
  return kind && (FAMILIES[kind] ?? kind)
}
