import {
  checkDownloadOptions,
  Download,
  type DownloadClient,
  type DownloadOptions,
} from '../files/download.ts'
import { type Downloadable, placeOf, sourceOf } from '../files/location.ts'
import { readDownload } from '../files/read-download.ts'
import { refetchMessage } from '../files/refetch.ts'

/**
 * Downloads the file of a message, of its media, or at a location; on a connection of its own, in parts, at most 4 MiB at a
 * time. The client waits as long as the server asks, up to 15 minutes each time and whatever `floodWaitMaxS` is. A part that
 * the server does not give because it is in trouble (500 and above, -503) is asked for six times, within 16 s. A file in
 * another data centre is fetched there, and the reference of a message's file is renewed when it is out of date.
 *
 * With a path the bytes go to that file. Until it is whole they are in `<path>.part`, and `<path>.part.json` says which are
 * there: a later download of the same file goes on with them, also after a crash. Without a path the bytes come in
 * order, as they are read; a reader that stops ends the download.
 *
 * @throws UsageError DOWNLOAD_INVALID, FILE_TARGET_INVALID, FILE_TARGET_BUSY, OPTION_INVALID; RpcError; ConnectionError
 * FILE_STALLED; ProtocolError FILE_INCOMPLETE; SecurityError FILE_HASH_WRONG; the reason of `signal`; errors of the file
 * system
 *
 * @example
 * ```ts
 * import { download, type Downloadable, type TelegramClient } from '@cablegram/client'
 *
 * export async function firstBytes(client: TelegramClient, message: Downloadable) {
 *   await download(client, message, './whole.jpg', { onProgress: (doneBytes) => console.log(doneBytes) })
 *   for await (const bytes of download(client, message, { length: 1024 })) return bytes
 *   return undefined
 * }
 * ```
 */
export function download(
  client: DownloadClient,
  what: Downloadable,
  path: string | URL,
  options?: DownloadOptions,
): Promise<void>
export function download(
  client: DownloadClient,
  what: Downloadable,
  options?: DownloadOptions,
): AsyncGenerator<Uint8Array, void, undefined>
export function download(
  client: DownloadClient,
  what: Downloadable,
  path: undefined,
  options?: DownloadOptions,
): AsyncGenerator<Uint8Array, void, undefined>
export function download(
  client: DownloadClient,
  what: Downloadable,
  pathOrOptions?: string | URL | DownloadOptions,
  options?: DownloadOptions,
): Promise<void> | AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof pathOrOptions === 'string' || pathOrOptions instanceof URL) {
    return downloadTo(client, what, pathOrOptions, options ?? {})
  }
  return readDownload(() => begin(client, what, pathOrOptions ?? options ?? {}))
}

async function downloadTo(
  client: DownloadClient,
  what: Downloadable,
  path: string | URL,
  options: DownloadOptions,
): Promise<void> {
  const wanted = begin(client, what, options)
  const { openTarget } = await import('#open-target')
  const target = await openTarget(path, wanted.facts)
  try {
    const write = async (part: number, atByte: number, bytes: Uint8Array) => {
      await target.write(part, atByte, bytes, wanted.totalBytes)
      return false
    }
    await wanted.run(write, target, undefined)
  } catch (error) {
    await target.suspend()
    throw error
  }
  await target.finish(wanted.totalBytes ?? 0)
  wanted.tellEnd()
}

function begin(client: DownloadClient, what: Downloadable, options: DownloadOptions): Download {
  checkDownloadOptions(options)
  options.signal?.throwIfAborted()
  const place = placeOf(what, options.thumb)
  const source = sourceOf(what)
  return new Download(client, place, options, async () => source && refetchMessage(client, source))
}
