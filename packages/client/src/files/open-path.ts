import { type FileHandle, open } from 'node:fs/promises'
import { basename, isAbsolute, resolve } from 'node:path'
import { UsageError } from '@cablegram/tl'
import { errnoOf } from '../storage/file-system.ts'
import type { OpenedSource } from './opened-source.ts'
import { pathOf } from './path-of.ts'

/**
 * Opens a file of this machine.
 *
 * @throws UsageError FILE_UNREADABLE, with the error of the file system as its `cause`; FILE_SOURCE_INVALID where it is no file
 */
export async function openPath(source: string | URL): Promise<OpenedSource> {
  const path = pathOf(source, 'FILE_SOURCE_INVALID')
  const handle = await openFile(path)
  try {
    const facts = await handle.stat()
    if (!facts.isFile()) {
      const what = facts.isDirectory() ? 'a folder' : 'not a file'
      throw new UsageError('FILE_SOURCE_INVALID', `${placeOf(path)} is ${what}. Give the name of a file.`)
    }
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

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (cause) {
    throw new UsageError('FILE_UNREADABLE', `Cannot read ${placeOf(path)}: ${reasonOf(cause)}.`, { cause })
  }
}

/** A relative path with what it leads to. */
function placeOf(path: string): string {
  return isAbsolute(path) ? path : `${path} (${resolve(path)})`
}

function reasonOf(error: unknown): string {
  const code = errnoOf(error)
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES' || code === 'EPERM') return 'this program may not read it'
  return error instanceof Error ? error.message : String(error)
}
