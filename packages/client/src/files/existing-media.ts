import type { document, InputMedia, photo } from '@cablegram/tl/api'
import { type Downloadable, fileIn, nothingIn, unwrap } from './location.ts'

/** Media that the server has: of a message, a photo, a document, or as a call takes it. */
export type ExistingMedia = Downloadable | InputMedia

/** Whether a value is media that exists, and not bytes to upload. */
export function isExisting(value: unknown): value is ExistingMedia {
  return typeof value === 'object' && value !== null && ('_' in value || 'raw' in value)
}

/**
 * The way to name existing media in a call.
 *
 * @throws UsageError DOWNLOAD_INVALID where a value has none
 */
export function inputMediaOf(what: ExistingMedia): InputMedia {
  if ('_' in what && isInputMedia(what)) return what
  const value = unwrap(what)
  const found = fileIn(value)
  if (found?._ === 'photo') return { _: 'inputMediaPhoto', id: { ...namesOf(found), _: 'inputPhoto' } }
  if (found?._ === 'document')
    return { _: 'inputMediaDocument', id: { ...namesOf(found), _: 'inputDocument' } }
  throw nothingIn(value, 'send')
}

function namesOf({ id, accessHash, fileReference }: photo | document) {
  return { id, accessHash, fileReference }
}

function isInputMedia(value: ExistingMedia & { readonly _: string }): value is InputMedia {
  return value._.startsWith('inputMedia')
}
