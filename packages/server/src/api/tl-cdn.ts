import type { fileHash } from '@cablegram/tl/api'
import { redirectToCdn } from '../rules/files/cdn.ts'
import type { Asked } from '../rules/files/file-parts.ts'
import type { FileHash, FilePlace } from '../rules/files/read-file.ts'
import type { HandlerContext, ResultOf } from './handler.ts'

/** The way to the CDN, for a client that can go there and a file that is there; undefined otherwise. */
export async function cdnRedirect(
  { on, caller, dataCentres }: HandlerContext,
  place: FilePlace,
  asked: Asked,
): Promise<ResultOf<'upload.getFile'> | undefined> {
  const cdn = dataCentres.find(({ isCdn }) => isCdn)
  const found = cdn && (await redirectToCdn(on, caller, place, asked))
  if (cdn === undefined || found === undefined) return undefined
  const { key: encryptionKey, iv: encryptionIv, token: fileToken, hashes } = found
  const fileHashes = hashes.map(tlHash)
  return { _: 'upload.fileCdnRedirect', dcId: cdn.id, fileToken, encryptionKey, encryptionIv, fileHashes }
}

/** The hash of a stretch of a file. */
export function tlHash({ offset, length: limit, sha256: hash }: FileHash): fileHash {
  return { _: 'fileHash', offset, limit, hash }
}
