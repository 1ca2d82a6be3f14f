import { UsageError } from '@cablegram/tl'
import type { Store } from '../database/store.ts'
import type { FileStore } from '../files/port.ts'
import { noteFilePlace } from '../rules/files/decide-place.ts'

/**
 * Checks that this process sees the files that the database is about: those of other nodes, and those of its last start. A
 * folder whose disk is not mounted would look like a new one.
 *
 * @throws {UsageError} FILES_OTHER
 */
export async function checkFiles(store: Pick<Store, 'decide'>, files: Pick<FileStore, 'id'>): Promise<void> {
  const known = await store.decide(() => noteFilePlace(files.id))
  if (known === files.id) return
  throw new UsageError(
    'FILES_OTHER',
    `The files of this database are in the place with the number ${known}, and this place has the number ${files.id}: ` +
      'name the right folder or bucket with --files, or mount its disk. If those files are lost, write their number into the ' +
      'file id of this one.',
  )
}
