/** Bytes that lie elsewhere: in a file, or in memory. */
export interface ByteSource {
  readonly size: number
  /** Reads a part that lies within the size. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** One read brings this much, so that a walk through small headers does not read for each of them. */
const WINDOW_BYTES = 64 * 1024

/** Reads small parts of a source one after another, of which it keeps one window. */
export class ByteWindow {
  readonly #source: ByteSource
  #startsAt = 0
  #bytes: Uint8Array = new Uint8Array(0)

  constructor(source: ByteSource) {
    this.#source = source
  }

  /** Finds the bytes at an offset; none if the source ends before. */
  async at(offset: number, length: number): Promise<Uint8Array | undefined> {
    const end = offset + length
    if (!Number.isSafeInteger(offset) || offset < 0 || end > this.#source.size) return undefined
    if (offset < this.#startsAt || end > this.#startsAt + this.#bytes.length) {
      const wanted = Math.min(Math.max(length, WINDOW_BYTES), this.#source.size - offset)
      this.#bytes = await this.#source.read(offset, wanted)
      this.#startsAt = offset
      if (this.#bytes.length < length) return undefined
    }
    return this.#bytes.subarray(offset - this.#startsAt, end - this.#startsAt)
  }
}

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  }
}

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
