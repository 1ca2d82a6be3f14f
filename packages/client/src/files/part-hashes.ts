import { SecurityError } from '@cablegram/mtproto'
import { sha256, timingSafeEqual } from '@cablegram/mtproto/crypto'
import type { FileHash } from '@cablegram/tl/api'

/** Telegram gives a hash for each so many bytes. */
export const HASHED_BYTES: number = 128 * 1024

/** Asks for the hashes of a file from the one on that contains this byte. */
export type AskHashes = (atByte: number, signal: AbortSignal) => Promise<readonly FileHash[]>

/** The hashes of a file, as far as they are known, to check its parts by. */
export class PartHashes {
  readonly #ask: AskHashes
  readonly #known = new Map<number, FileHash>()

  constructor(ask: AskHashes, known: readonly FileHash[] = []) {
    this.#ask = ask
    this.add(known)
  }

  add(hashes: readonly FileHash[]): void {
    for (const hash of hashes) this.#known.set(Number(hash.offset), hash)
  }

  /**
   * Checks a part that begins where a hash does.
   *
   * @throws SecurityError FILE_HASH_WRONG
   */
  async check(atByte: number, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const hash = await this.#hashAt(atByte + from, signal)
      const block = bytes.subarray(from, from + hash.limit)
      if (block.length < hash.limit || !timingSafeEqual(sha256(block), hash.hash)) throw wrong(atByte + from)
      from += hash.limit
    }
  }

  /**
   * Checks that a file ends where somebody who is not trusted says.
   *
   * @throws SecurityError FILE_HASH_WRONG where there are hashes of later bytes
   */
  async checkEnd(endByte: number, signal: AbortSignal): Promise<void> {
    const hashes = [...this.#known.values(), ...(await this.#ask(endByte, signal))]
    if (hashes.some(({ offset, limit }) => Number(offset) + limit > endByte)) throw wrong(endByte)
  }

  async #hashAt(atByte: number, signal: AbortSignal): Promise<FileHash> {
    if (!this.#known.has(atByte)) this.add(await this.#ask(atByte, signal))
    const hash = this.#known.get(atByte)
    this.#known.delete(atByte)
    if (hash === undefined || hash.limit <= 0) throw wrong(atByte)
    return hash
  }
}

function wrong(atByte: number): SecurityError {
  const message = `The bytes of the file from ${atByte} on are not those that the server has a hash of`
  return new SecurityError('FILE_HASH_WRONG', message)
}
