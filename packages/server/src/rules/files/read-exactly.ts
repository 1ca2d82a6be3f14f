import { StoreError } from '../../database/errors.ts'
import type { FileStore } from '../../files/port.ts'

/**
 * Reads bytes that a file has, by its row. A shorter answer would be the end of the file for clients.
 *
 * @throws {StoreError} STORE_FAILED if there are fewer
 */
export async function readExactly(
  files: Pick<FileStore, 'read'>,
  name: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  const bytes = await files.read(name, offset, length)
  if (bytes.length < length) throw new StoreError('STORE_FAILED', `the file ${name} is cut short`)
  return bytes
}
