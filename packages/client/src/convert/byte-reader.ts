import { SessionError } from '../storage/errors.ts'

/** Reads big-endian values one after the other. What is too short is a damaged session. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #name: string
  #at = 0

  /** @param name what to call the session in errors */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#name = name
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1))
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2))
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4))
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4))
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#take(8))
  }

  /** A copy of the next bytes. */
  bytes(count: number): Uint8Array {
    const from = this.#take(count)
    return this.#bytes.slice(from, from + count)
  }

  #take(count: number): number {
    const from = this.#at
    if (count < 0 || count > this.left) {
      throw new SessionError('SESSION_CORRUPT', `${this.#name} is damaged: it ends too early`)
    }
    this.#at += count
    return from
  }
}
