import { freeBytes } from '@cablegram/tl'
import { StoreError } from '../database/errors.ts'
import { unseal } from '../database/sealed.ts'
import { SEAL_BYTES, type Secret } from '../database/secret.ts'

/**
 * Files are sealed in chunks, so that any place of one can be read alone. A chunk opens under its file's name and its place
 * only, and the last one only as the last: chunks cannot be swapped, and a file that was cut short does not open at its new end.
 * Nothing is read behind that end: whoever knows the size of the file notices.
 *
 *     file:  chunk 0 | chunk 1 | … | last chunk       (an empty file has no chunk)
 *     chunk: iv (12) | ciphertext (131072, fewer in the last) | tag (16)
 */

/** Bytes of a file in one chunk. Clients ask for as much at a time, and hashes of files are over as much. */
export const CHUNK_BYTES = 131_072
/** Bytes of a whole chunk once it is sealed. */
export const SEALED_CHUNK_BYTES: number = CHUNK_BYTES + SEAL_BYTES

/** The stretch of a sealed file that has a stretch of the plain one. */
export interface SealedStretch {
  readonly firstChunk: number
  readonly offset: number
  readonly length: number
}

/** Finds the sealed bytes that hold these plain ones. @param length 1 or more */
export function sealedStretch(offset: number, length: number): SealedStretch {
  const firstChunk = Math.floor(offset / CHUNK_BYTES)
  const lastChunk = Math.floor((offset + length - 1) / CHUNK_BYTES)
  return {
    firstChunk,
    offset: firstChunk * SEALED_CHUNK_BYTES,
    length: (lastChunk - firstChunk + 1) * SEALED_CHUNK_BYTES,
  }
}

/**
 * Cuts pieces of any length into chunks; the last one is marked. A chunk may be looked at until the next one is asked for. Nothing
 * of a piece is kept but a copy of its end.
 */
export async function* cutChunks(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly isLast: boolean }> {
  let held: Uint8Array[] = []
  let heldBytes = 0
  for await (const piece of pieces) {
    let rest = piece
    while (heldBytes + rest.length > CHUNK_BYTES) {
      const taken = rest.subarray(0, CHUNK_BYTES - heldBytes)
      const bytes = joined([...held, taken])
      yield { bytes, isLast: false }
      freeAll(bytes, held)
      rest = rest.subarray(taken.length)
      ;[held, heldBytes] = [[], 0]
    }
    if (rest.length > 0) held.push(new Uint8Array(rest))
    heldBytes += rest.length
  }
  if (heldBytes === 0) return
  const bytes = joined(held)
  yield { bytes, isLast: true }
  freeAll(bytes, held)
}

/** Pieces as one: a single one is not copied. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const filled = pieces.filter(({ length }) => length > 0)
  const [only] = filled
  return filled.length === 1 && only !== undefined ? only : Buffer.concat(filled)
}

/** Frees a chunk with the copies that it was joined from. The memory of a view stays. */
function freeAll(chunk: Uint8Array, copies: readonly Uint8Array[]): void {
  freeBytes(chunk)
  for (const copy of copies) freeBytes(copy)
}

/** Seals a chunk of a file. */
export function sealChunk(
  secret: Secret,
  name: string,
  index: number,
  { bytes, isLast }: { readonly bytes: Uint8Array; readonly isLast: boolean },
): Uint8Array {
  return secret.seal(bytes, contextOf(name, index, isLast))
}

/**
 * Opens the chunks of a sealed stretch, and gives what was asked for of them: a piece for each chunk, in memory of its own.
 *
 * @param sealed the bytes of {@link sealedStretch}, fewer at the end of the file
 * @param sealedBytes the length of the whole sealed file
 * @param asked a stretch of the plain bytes, the offset counted from the first chunk
 * @throws {StoreError} STORE_FAILED if the file is damaged
 */
export function openStretch(
  secret: Secret,
  name: string,
  { firstChunk, sealed, sealedBytes }: Sealed,
  { offset, length }: { readonly offset: number; readonly length: number },
): Uint8Array[] {
  const count = Math.ceil(sealed.length / SEALED_CHUNK_BYTES)
  const lastChunk = Math.ceil(sealedBytes / SEALED_CHUNK_BYTES) - 1
  const pieces: Uint8Array[] = []
  for (let at = 0; at < count; at++) {
    const index = firstChunk + at
    const chunk = sealed.subarray(at * SEALED_CHUNK_BYTES, (at + 1) * SEALED_CHUNK_BYTES)
    if (chunk.length <= SEAL_BYTES) throw new StoreError('STORE_FAILED', `the file ${name} is cut short`)
    const plain = unseal(secret, chunk, contextOf(name, index, index === lastChunk))
    const start = at * CHUNK_BYTES
    const piece = cutPiece(plain, Math.max(0, offset - start), offset + length - start)
    if (piece.length > 0) pieces.push(piece)
  }
  return pieces
}

/** A part of some bytes, in memory of its own. The others are freed. */
function cutPiece(plain: Uint8Array, from: number, to: number): Uint8Array {
  if (from === 0 && to >= plain.length) return plain
  const piece = new Uint8Array(plain.subarray(from, to))
  freeBytes(plain)
  return piece
}

/** Pieces as one, in memory of its own; they are freed if they had to be copied. */
export function joinPieces(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces
  if (pieces.length === 1 && only !== undefined) return only
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
    freeBytes(piece)
  }
  return whole
}

/** Frees bytes that a store of files gave to its reader alone. */
export function freePiece(bytes: Uint8Array): void {
  freeBytes(bytes)
}

/** Sealed bytes of a file, from the beginning of a chunk. */
export interface Sealed {
  readonly firstChunk: number
  readonly sealed: Uint8Array
  readonly sealedBytes: number
}

function contextOf(name: string, index: number, isLast: boolean): string {
  return `file ${name} ${index}${isLast ? ' last' : ''}`
}

/** The place that a sealed part of an upload is for. */
export function partContext(upload: string, part: number): string {
  return `part ${part} of ${upload}`
}
