import { createWriteStream } from 'node:fs'
import type { LineFile } from './lines.ts'

/**
 * Begins a file anew; only its owner reads it.
 *
 * @param onError takes an error of the file system: nothing is written after it
 */
export function lineFile(path: string, onError: (error: unknown) => void): LineFile {
  const stream = createWriteStream(path, { mode: 0o600 })
  const closed = new Promise<void>((resolve) => stream.once('close', resolve))
  stream.on('error', onError)
  return {
    write: (line) => {
      if (!stream.destroyed) stream.write(`${line}\n`)
    },
    end: async () => {
      stream.end()
      await closed
    },
  }
}
