import { open, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UsageError } from '@cablegram/tl'
import { people } from '../console/index.ts'

/** A file that somebody sends, and its name if it has one. */
interface Named {
  readonly source: people.FileSource
  readonly fileName: string | undefined
}

/** Bytes, or a file of this machine, to send. @throws {UsageError} FILE_UNREADABLE */
export async function fileSource(file: Uint8Array | string | URL): Promise<Named> {
  if (file instanceof Uint8Array) return { source: people.bytesSource(file), fileName: undefined }
  const path = file instanceof URL ? fileURLToPath(file) : file
  const size = await sizeOf(path)
  return { source: { size, parts: (partBytes) => partsOf(path, partBytes) }, fileName: basename(path) }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path)
    if (found.isFile()) return found.size
  } catch (cause) {
    throw new UsageError(
      'FILE_UNREADABLE',
      `The file ${path} cannot be read. Give the path of a file, or bytes.`,
      { cause },
    )
  }
  throw new UsageError('FILE_UNREADABLE', `${path} is not a file. Give the path of a file, or bytes.`)
}

async function* partsOf(path: string, partBytes: number): AsyncGenerator<Uint8Array> {
  const handle = await open(path)
  try {
    for (;;) {
      const part = new Uint8Array(partBytes)
      let length = 0
      while (length < partBytes) {
        const { bytesRead } = await handle.read(part, length, partBytes - length)
        if (bytesRead === 0) break
        length += bytesRead
      }
      if (length > 0) yield part.subarray(0, length)
      if (length < partBytes) return
    }
  } finally {
    await handle.close()
  }
}
