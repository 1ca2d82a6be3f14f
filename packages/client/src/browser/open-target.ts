import { UsageError } from '@cablegram/tl'
import type { DownloadFacts, DownloadTarget } from '../files/download-target.ts'

/** A page has no paths. @throws UsageError FILE_TARGET_INVALID */
export async function openTarget(path: string | URL, _facts: DownloadFacts): Promise<DownloadTarget> {
  const message = `A page cannot write to ${path}. Read the bytes: for await (const bytes of client.download(message)) …`
  throw new UsageError('FILE_TARGET_INVALID', message)
}
