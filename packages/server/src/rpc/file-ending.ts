import { bodyBytes } from '@cablegram/mtproto'
import { concatBytes } from '@cablegram/mtproto/crypto'
import type { Answer } from './apply-fault.ts'

/** Shorter ones are copied into their answer. */
const MIN_BYTES = 16_384
/** The first of the four bytes in front of long `bytes`. */
const LONG_BYTES = 254
const NO_BYTES = new Uint8Array(0)

/** Bytes of a file that an answer ends with: the session gets them as they were read, and nobody copies them into TL. */
export class FileEnding {
  readonly #mayLack: boolean
  #pieces: readonly Uint8Array[] | undefined

  /** @param mayLack false: the answer is needed with its bytes */
  constructor(mayLack: boolean) {
    this.#mayLack = mayLack
  }

  /** Takes the bytes out of an answer. @returns those to write in their place: none, if they are long */
  take(pieces: readonly Uint8Array[]): Uint8Array {
    const [only] = pieces
    if (this.#mayLack && bodyBytes({ body: NO_BYTES, rest: pieces }) >= MIN_BYTES) {
      this.#pieces = pieces
      return NO_BYTES
    }
    return pieces.length === 1 && only !== undefined ? only : concatBytes(...pieces)
  }

  /**
   * Puts the bytes behind an answer that was written without them. To TL they are four bytes with their length, the bytes, and zeros
   * up to a multiple of four; no bytes are four zeros.
   */
  end(answer: Answer): Answer {
    const { body } = answer
    const pieces = this.#pieces
    if (pieces === undefined) return answer
    const length = bodyBytes({ body: NO_BYTES, rest: pieces })
    new DataView(body.buffer, body.byteOffset + body.length - 4, 4).setUint32(
      0,
      ((length << 8) | LONG_BYTES) >>> 0,
      true,
    )
    const padding = -length & 3
    return { body, rest: padding === 0 ? pieces : [...pieces, new Uint8Array(padding)] }
  }
}
