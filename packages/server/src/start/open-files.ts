import { dirname, join } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import type { Store } from '../database/store.ts'
import { openFolderFiles } from '../files/folder.ts'
import { createMemoryFiles } from '../files/memory.ts'
import type { FileStore } from '../files/port.ts'
import { isS3Address, s3PlaceOf } from '../files/s3/place.ts'
import { openS3Files } from '../files/s3.ts'
import { machineNowMs } from '../ground/clock.ts'
import type { ResolvedOptions } from './options.ts'

/**
 * The files that the options ask for: in a bucket, or in a folder, by default in the data folder or beside the secret, or in
 * memory.
 *
 * @throws {UsageError} FILES_UNUSABLE, FILES_INVALID, FILES_KEYS_MISSING
 */
export async function openFilesFor(
  { files, s3, data, postgres, secretFile, nowMs }: ResolvedOptions,
  { random, store }: { readonly random: Random; readonly store: Store },
): Promise<FileStore> {
  const { secret } = store
  if (files !== undefined && isS3Address(files)) {
    // Other machines date what comes to a bucket: a clock that was given for the wire does not matter to them.
    return await openS3Files({ place: s3PlaceOf(files, s3), secret, random, nowMs: machineNowMs })
  }
  const beside = postgres === undefined ? data : secretFile && dirname(secretFile)
  const folder = files ?? (beside === undefined ? undefined : join(beside, 'files'))
  if (folder === undefined) return createMemoryFiles({ random, nowMs })
  return await openFolderFiles({ folder, secret, random, nowMs })
}
