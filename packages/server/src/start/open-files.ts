import { dirname, join } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import type { Logger } from 'pino'
import type { StoreError } from '../database/errors.ts'
import type { Store } from '../database/store.ts'
import { openFolderFiles } from '../files/folder.ts'
import { createMemoryFiles } from '../files/memory.ts'
import type { FileStore } from '../files/port.ts'
import { isS3Address, s3PlaceOf } from '../files/s3/place.ts'
import { openS3Files } from '../files/s3.ts'
import { tellTrouble } from '../files/tell-trouble.ts'
import { machineNowMs, steadyNowMs } from '../ground/clock.ts'
import type { ResolvedOptions } from './options.ts'

/** Parts that files are opened with. */
export interface FilesParts {
  readonly random: Random
  readonly store: Store
  readonly logger: Logger
}

/**
 * The files that the options ask for, whose trouble the log tells.
 *
 * @throws {UsageError} as {@link openPlace}
 */
export async function openFilesFor(options: ResolvedOptions, parts: FilesParts): Promise<FileStore> {
  const { logger } = parts
  const tell = (trouble: StoreError): void => {
    const { code, message } = trouble
    const next = code === 'STORE_FULL' ? 'make room there' : 'let this user write there'
    const text = `files are refused: ${message}; ${next}. The server goes on by itself, and clients repeat what was refused.`
    logger.error({ err: trouble, code }, text)
  }
  return tellTrouble(await openPlace(options, parts), { nowMs: steadyNowMs, tell })
}

/**
 * The place of files that the options name: in a bucket, or in a folder, by default in the data folder or beside the secret, or in
 * memory.
 *
 * @throws {UsageError} FILES_UNUSABLE, FILES_INVALID, FILES_KEYS_MISSING
 */
async function openPlace(
  { files, s3, data, postgres, secretFile, nowMs }: ResolvedOptions,
  { random, store }: FilesParts,
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
