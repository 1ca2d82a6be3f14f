import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '@cablegram/tl'
import type { OpenedSource } from './opened-source.ts'

/**
 * Opens a file of this machine.
 *
 * @throws UsageError FILE_SOURCE_INVALID where it is no file; errors of the file system
 */
export async function openPath(source: string | URL): Promise<OpenedSource> {
  const path = typeof source === 'string' ? source : fileURLToPath(source)
  const handle = await open(path, 'r')
  try {
    const facts = await handle.stat()
    if (!facts.isFile()) throw new UsageError('FILE_SOURCE_INVALID', `${path} is not a file.`)
    return {
      name: basename(path),
      mime: undefined,
      sizeBytes: facts.size,
      modifiedMs: Math.trunc(facts.mtimeMs),
      isSized: true,
      isRepeatable: true,
      givesCopies: true,
      async read(atByte, length) {
        const part = new Uint8Array(length)
        let filled = 0
        for (;;) {
          const { bytesRead } = await handle.read(part, filled, length - filled, atByte + filled)
          filled += bytesRead
          if (bytesRead === 0 || filled === length) return part.subarray(0, filled)
        }
      },
      forget: () => {},
      close: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}
