import { UsageError } from '@cablegram/tl'
import { callSafely } from '../call-safely.ts'
import { kindOf } from '../kind-of.ts'
import { orAborted } from '../or-aborted.ts'
import type { OpenedSource } from './opened-source.ts'

/** Chunks of a stream, one after the other. */
export type Chunks = Pick<AsyncIterator<Uint8Array>, 'next' | 'return'>

/**
 * A stream, cut into parts. It is read once, as far as somebody asks for; a part is kept until it has arrived, so that it
 * can be sent again.
 */
export class StreamSource implements OpenedSource {
  readonly name = undefined
  readonly mime = undefined
  readonly modifiedMs = undefined
  readonly isRepeatable = false
  readonly givesCopies = false
  readonly #chunks: Chunks
  readonly #endStream: (reason: unknown) => void
  readonly #kept = new Map<number, Uint8Array>()
  /** The last read; the next one begins after it. */
  #reading: Promise<unknown> = Promise.resolve()
  #readBytes = 0
  #rest: Uint8Array = new Uint8Array(0)
  #hasEnded = false
  #sizeBytes: number | undefined
  readonly #toldBytes: number | undefined

  /** @param endStream ends the stream where it stands */
  constructor(chunks: Chunks, sizeBytes: number | undefined, endStream: (reason: unknown) => void) {
    this.#chunks = chunks
    this.#sizeBytes = sizeBytes
    this.#toldBytes = sizeBytes
    this.#endStream = endStream
  }

  /** Known from the beginning, or once the stream has ended. */
  get sizeBytes(): number | undefined {
    return this.#sizeBytes
  }

  get isSized(): boolean {
    return this.#toldBytes !== undefined
  }

  async read(atByte: number, length: number, signal: AbortSignal): Promise<Uint8Array> {
    // Reads go one after the other, in the order in which they were asked for: that of the parts.
    const reading = this.#reading.then(() => this.#part(atByte, length))
    this.#reading = reading.catch(() => undefined)
    return orAborted(reading, [signal])
  }

  forget(atByte: number): void {
    this.#kept.delete(atByte)
  }

  async close(): Promise<void> {
    this.#kept.clear()
    if (this.#hasEnded) return
    this.#hasEnded = true
    this.#endStream(new Error('the transfer has ended'))
    // Not awaited: a pending read would delay it. The program's iterator may throw here, or return no promise.
    callSafely(
      () => this.#chunks.return?.(),
      () => undefined,
    )
  }

  async #part(atByte: number, length: number): Promise<Uint8Array> {
    const kept = this.#kept.get(atByte)
    if (kept) return kept
    const part = await this.#next(length)
    if (this.#toldBytes !== undefined && this.#readBytes === this.#toldBytes) await this.#checkEnd()
    if (part.length > 0) this.#kept.set(atByte, part)
    return part
  }

  async #next(length: number): Promise<Uint8Array> {
    const part = new Uint8Array(length)
    let filled = 0
    while (filled < length && (this.#rest.length > 0 || (await this.#fetch()))) {
      const taken = this.#rest.subarray(0, length - filled)
      part.set(taken, filled)
      filled += taken.length
      this.#rest = this.#rest.subarray(taken.length)
    }
    this.#readBytes += filled
    if (filled < length) this.#onEnd()
    return filled === length ? part : part.slice(0, filled)
  }

  /** @returns whether there is more */
  async #fetch(): Promise<boolean> {
    while (!this.#hasEnded) {
      const { done, value } = await this.#chunks.next()
      if (done) {
        this.#hasEnded = true
      } else if (!(value instanceof Uint8Array)) {
        throw new UsageError(
          'FILE_SOURCE_INVALID',
          `A stream to send gives Uint8Arrays, not ${kindOf(value)}.`,
        )
      } else if (value.length > 0) {
        this.#rest = value
        return true
      }
    }
    return false
  }

  #onEnd(): void {
    if (this.#toldBytes !== undefined && this.#readBytes !== this.#toldBytes) throw this.#wrongSize()
    this.#sizeBytes = this.#readBytes
  }

  async #checkEnd(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#fetch())) throw this.#wrongSize()
  }

  #wrongSize(): UsageError {
    const how = this.#readBytes === this.#toldBytes ? 'has more' : `has ${this.#readBytes}`
    const message = `The stream was said to have ${this.#toldBytes} bytes, and ${how}.`
    return new UsageError('FILE_SIZE_WRONG', message)
  }
}
