import { UsageError } from '@cablegram/tl'
import type { OpenedSource } from '../files/opened-source.ts'

/** A page has no paths. @throws UsageError FILE_SOURCE_INVALID */
export async function openPath(source: string | URL): Promise<OpenedSource> {
  const message = `A page cannot open ${source}. Give it the File of an input element, a Blob, or the bytes.`
  throw new UsageError('FILE_SOURCE_INVALID', message)
}
