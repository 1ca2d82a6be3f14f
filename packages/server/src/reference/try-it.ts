import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import { invalidReference, MAX_BLOCK_BYTES } from './format.ts'

/** The address of the script of "try it": the form and the whole client, which only consoles offer. */
export const TRY_IT_PATH = '/try-it.js'

/** The script lies beside the reference, compressed: the pages themselves stay small. */
const FILE = 'try-it.js.br'

const compress = promisify(brotliCompress)
const decompress = promisify(brotliDecompress)

/** True if the script is beside this reference file. */
export function hasTryIt(reference: string): boolean {
  return existsSync(fileBeside(reference))
}

/**
 * Reads the script beside a reference file.
 * @throws {UsageError} REFERENCE_INVALID
 */
export async function readTryIt(reference: string): Promise<string> {
  const file = fileBeside(reference)
  try {
    const text = await decompress(await readFile(file), { maxOutputLength: MAX_BLOCK_BYTES })
    return text.toString('utf8')
  } catch (cause) {
    throw invalidReference(file, 'cannot be read', cause)
  }
}

/** Writes the script beside a reference file, whole or not at all. @param quality 0 to 11 */
export async function writeTryIt(reference: string, script: string, quality: number): Promise<void> {
  const file = fileBeside(reference)
  // Two makers at once do not write into one file.
  const newFile = `${file}.${process.pid}.new`
  await writeFile(newFile, await compress(script, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }))
  await rename(newFile, file)
}

function fileBeside(reference: string): string {
  return join(dirname(reference), FILE)
}
