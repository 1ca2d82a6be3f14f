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
  checkLength(name, bytes.length, length)
  return bytes
}

/** {@link readExactly} in pieces, none of which is copied. */
export async function readPiecesExactly(
  files: Pick<FileStore, 'readPieces'>,
  name: string,
  offset: number,
  length: number,
): Promise<readonly Uint8Array[]> {
  const pieces = await files.readPieces(name, offset, length)
  const found = pieces.reduce((sum, piece) => sum + piece.length, 0)
  checkLength(name, found, length)
  return pieces
}

function checkLength(name: string, found: number, wanted: number): void {
  if (found < wanted) throw new StoreError('STORE_FAILED', `the file ${name} is cut short`)
}
