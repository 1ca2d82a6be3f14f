import { makeFor } from '../rules/chats/upload-media.ts'
import { documentByHash } from '../rules/files/find-by-hash.ts'
import { NO_SOURCE } from '../rules/files/media-access.ts'
import { refusal } from '../rules/index.ts'
import type { Handler } from './handler.ts'
import { peerOf } from './peers.ts'
import { viewerIn } from './side-view.ts'
import { tlDocument, tlFileMedia } from './tl-files.ts'
import { givenFileOf, isFileMedia, shownOf } from './tl-media.ts'

/** Makes a photo or document of an uploaded file, without a message: albums are sent by the ids of their parts. */
export const uploadMedia: Handler<'messages.uploadMedia'> = async ({ peer, media }, context) => {
  const peerId = await peerOf(peer, context)
  if (media._ === 'inputMediaEmpty') throw refusal('MEDIA_EMPTY')
  if (!isFileMedia(media)) throw refusal('MEDIA_INVALID')
  // A call that is wrong is refused before its file is put together.
  const shown = shownOf(media)
  const made = await makeFor(context.on, context.caller, peerId, givenFileOf(media))
  return tlFileMedia({ ...made, ...shown }, viewerIn(context), NO_SOURCE)
}

/** Finds a document of these bytes that the caller can see, so that they need not be sent again. */
export const getDocumentByHash: Handler<'messages.getDocumentByHash'> = async (request, context) => {
  const { sha256, size, mimeType: mime } = request
  const found = await documentByHash(context.on, context.caller, { sha256, size, mime })
  if (found === undefined) return { _: 'documentEmpty', id: 0n }
  return tlDocument(found, viewerIn(context), NO_SOURCE)
}
