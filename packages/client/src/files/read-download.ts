import type { Download } from './download.ts'
import type { BegunDownload } from './download-target.ts'

/** A part that has arrived and that nobody has taken yet. */
type Arrived = Map<number, Uint8Array>

const NOTHING: BegunDownload = { done: [], totalBytes: undefined }

/**
 * The bytes of a download, in order, as they are read: what arrives before its turn waits in memory, a window at most. A
 * reader that stops ends the download.
 */
export async function* readDownload(begin: () => Download): AsyncGenerator<Uint8Array, void, undefined> {
  const download = begin()
  const arrived: Arrived = new Map()
  const abort = new AbortController()
  let wake = () => {}
  let outcome: { readonly error: unknown } | 'done' | undefined
  const take = async (part: number, _atByte: number, bytes: Uint8Array) => {
    arrived.set(part, bytes)
    wake()
    return true
  }
  const running = download
    .run(take, NOTHING, abort.signal)
    .then(() => download.tellEnd())
    .then(
      () => {
        outcome = 'done'
        wake()
      },
      (error: unknown) => {
        outcome = { error }
        wake()
      },
    )
  try {
    for (let part = 0; ; part++) {
      while (!arrived.has(part) && outcome === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const bytes = arrived.get(part)
      if (typeof outcome === 'object') throw outcome.error
      if (bytes === undefined) return
      arrived.delete(part)
      download.taken(part)
      if (bytes.length > 0) yield bytes
    }
  } finally {
    abort.abort(new Error('nobody reads the file any longer'))
    await running
  }
}
