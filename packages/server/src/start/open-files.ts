import { dirname, join } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import type { Store } from '../database/store.ts'
import { openFolderFiles } from '../files/folder.ts'
import { createMemoryFiles } from '../files/memory.ts'
import type { FileStore } from '../files/port.ts'
import type { ResolvedOptions } from './options.ts'

/**
 * The files that the options ask for: in a folder, by default in the data folder or beside the secret, or in memory.
 *
 * @throws {UsageError} FILES_UNUSABLE
 */
export async function openFilesFor(
  { files, data, postgres, secretFile, nowMs }: ResolvedOptions,
  { random, store }: { readonly random: Random; readonly store: Store },
): Promise<FileStore> {
  const beside = postgres === undefined ? data : secretFile && dirname(secretFile)
  const folder = files ?? (beside === undefined ? undefined : join(beside, 'files'))
  if (folder === undefined) return createMemoryFiles({ random, nowMs })
  return await openFolderFiles({ folder, secret: store.secret, random, nowMs })
}
