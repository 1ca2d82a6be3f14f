import { hashOnCdn, readFromCdn, reuploadToCdn } from '../rules/files/cdn.ts'
import type { Handler } from './handler.ts'
import { tlHash } from './tl-cdn.ts'

/** Gives a part of a file on the CDN, or the token that the CDN is to be brought the file with. */
export const getCdnFile: Handler<'upload.getCdnFile'> = async ({ fileToken, offset, limit }, context) => {
  const part = await readFromCdn(context.on, fileToken, { offset, limit })
  if ('bytes' in part) return { _: 'upload.cdnFile', bytes: context.lastBytes([part.bytes]) }
  return { _: 'upload.cdnFileReuploadNeeded', requestToken: part.requestToken }
}

/** Has the CDN take a file. */
export const reuploadCdnFile: Handler<'upload.reuploadCdnFile'> = async (request, { on }) => {
  const hashes = await reuploadToCdn(on, request.fileToken, request.requestToken)
  return hashes.map(tlHash)
}

/** Gives hashes of a file on the CDN, from the block that has the offset on. */
export const getCdnFileHashes: Handler<'upload.getCdnFileHashes'> = async ({ fileToken, offset }, { on }) => {
  const hashes = await hashOnCdn(on, fileToken, offset)
  return hashes.map(tlHash)
}
