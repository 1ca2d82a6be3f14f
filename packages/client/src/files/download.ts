import { ProtocolError } from '@cablegram/mtproto'
import type { InputFileLocation, MethodName, Params, Results } from '@cablegram/tl/api'
import {
  type Checks,
  checkOptions,
  isBoolean,
  isFunction,
  isSignal,
  isTextOption,
  isTimeout,
  isWhole,
} from '../check-options.ts'
import type { CallOptions } from '../options.ts'
import { CdnFile, isTokenGone } from './cdn-file.ts'
import type { BegunDownload } from './download-target.ts'
import { type Downloadable, type FilePlace, placeOf } from './location.ts'
import { type PartCallOptions, type PartClient, tellingWaits } from './part-client.ts'
import type { PartTrouble } from './part-error.ts'
import { HASHED_BYTES, PartHashes } from './part-hashes.ts'
import { MAX_PART_BYTES } from './part-size.ts'
import { type MovedPart, Transfer, type TransferWait } from './transfer.ts'
import { TransferWindow } from './window.ts'

/** Options of a download. */
export interface DownloadOptions {
  /** The first byte, and the number of bytes. Default: the whole file. */
  readonly offset?: number | undefined
  readonly length?: number | undefined
  /** The letter of a photo's size or of a document's preview, such as `m`. Default: the largest; the document itself. */
  readonly thumb?: string | undefined
  readonly signal?: AbortSignal | undefined
  /**
   * Fails if nothing of the file moves for so many milliseconds. Waits that the server asks for do not count. Default: about
   * fourteen minutes, with nine attempts.
   */
  readonly timeoutMs?: number | undefined
  /**
   * Told of the bytes that have arrived; never fewer than before, and at the end all. Of a download into a file it is told of
   * all bytes once the file is there under its name.
   */
  readonly onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined
  /** Told of the waits that the server asks for, and of the pauses while it is in trouble (500 and above, -503). */
  readonly onWait?: ((wait: TransferWait) => void) | undefined
  /** Checks every part by the hashes that the server has of it. Default: no. */
  readonly verify?: boolean | undefined
  /** Gives the same media with a new reference, if the one at hand is out of date. A message is asked for again by itself. */
  readonly refetch?: (() => Promise<Downloadable | undefined>) | undefined
}

const CHECKS: Checks<DownloadOptions> = {
  offset: isWhole(0, Number.MAX_SAFE_INTEGER, 'bytes'),
  length: isWhole(1, Number.MAX_SAFE_INTEGER, 'bytes'),
  thumb: isTextOption,
  signal: isSignal,
  timeoutMs: isTimeout,
  onProgress: isFunction,
  onWait: isFunction,
  verify: isBoolean,
  refetch: isFunction,
}

/** @throws UsageError OPTION_INVALID */
export function checkDownloadOptions(options: unknown): void {
  checkOptions(options, CHECKS, 'of a download')
}

/** The part of a client that downloads use. */
export interface DownloadClient extends PartClient {
  call<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options?: CallOptions,
  ): Promise<Results[Method]>
}

/** The call of a part; the transfer itself sees when nothing moves. */
const PART_TIMEOUT_MS = 600_000
const MIN_PART_BYTES = 4096

/** Takes the bytes of a part. @returns whether it holds them, until `taken` */
export type TakePart = (part: number, atByte: number, bytes: Uint8Array) => Promise<boolean>

/** The download of one file, or of a range of it. */
export class Download {
  readonly #client: DownloadClient
  readonly #options: DownloadOptions
  readonly #refetch: () => Promise<Downloadable | undefined>
  readonly #partBytes: number
  /** The range that is asked for; `to` is undefined until it is known. */
  readonly #fromByte: number
  #toByte: number | undefined
  #place: FilePlace
  #dcId: number | undefined
  readonly #asked = new Map<number, InputFileLocation>()
  #cdn: CdnFile | undefined
  #refreshing: Promise<boolean> | undefined
  readonly #hashes: PartHashes | undefined
  #transfer: Transfer | undefined

  constructor(
    client: DownloadClient,
    place: FilePlace,
    options: DownloadOptions,
    refetch: () => Promise<Downloadable | undefined>,
  ) {
    this.#client = client
    this.#options = options
    this.#refetch = options.refetch ?? refetch
    this.#place = place
    this.#dcId = place.dcId
    const { offset = 0, length } = options
    const end = Math.min(
      place.sizeBytes ?? Number.POSITIVE_INFINITY,
      offset + (length ?? Number.POSITIVE_INFINITY),
    )
    this.#fromByte = offset
    this.#toByte = end === Number.POSITIVE_INFINITY ? undefined : Math.max(offset, end)
    this.#partBytes = partBytesFor(this.totalBytes, options.verify ?? false)
    this.#hashes = options.verify ? new PartHashes((at, signal) => this.#askHashes(at, signal)) : undefined
  }

  /** The file, the range, and the length of its parts. */
  get facts(): { readonly key: string; readonly sizeBytes: number | undefined; readonly partBytes: number } {
    const { offset = 0, length } = this.#options
    const range = offset === 0 && length === undefined ? '' : ` ${offset}+${length ?? ''}`
    return { key: `${this.#place.key}${range}`, sizeBytes: this.#place.sizeBytes, partBytes: this.#partBytes }
  }

  /** The number of bytes that are asked for, once it is known. */
  get totalBytes(): number | undefined {
    return this.#toByte === undefined ? undefined : this.#toByte - this.#fromByte
  }

  /** The number of parts, once it is known. */
  get count(): number | undefined {
    if (this.#toByte === undefined) return undefined
    return Math.max(0, Math.ceil(this.#toByte / this.#partBytes) - this.#firstPart)
  }

  /**
   * Runs until all parts have been taken.
   *
   * @param begun how far an earlier run came
   */
  async run(take: TakePart, begun: BegunDownload, signal: AbortSignal | undefined): Promise<void> {
    const { done } = begun
    if (begun.totalBytes !== undefined) this.#endAt(this.#fromByte + begun.totalBytes)
    const doneBytes = done.reduce((sum, part) => sum + this.#lengthOf(part), 0)
    const { partBytes } = this.facts
    const { timeoutMs } = this.#options
    this.#transfer = new Transfer({
      window: new TransferWindow({ partBytes, count: this.count, done, doneBytes, timeoutMs }),
      mover: {
        move: (part, aborted, onSent) => this.#move(part, aborted, onSent, take),
        mend: (trouble, error, part) => this.#mend(trouble, error, part),
      },
      clock: this.#client.surroundings.clock,
      startSpan: () => this.#client.surroundings.startSpan?.('download', {}),
      signals: [this.#options.signal, signal, this.#client.closed],
      onProgress: (bytes) => this.#tell(bytes),
      onWait: tellingWaits(this.#client, this.#options.onWait),
    })
    await this.#transfer.run()
  }

  /** Tells the listener of progress that all is done. */
  tellEnd(): void {
    const { totalBytes = 0 } = this
    this.#options.onProgress?.(totalBytes, totalBytes)
  }

  /** The bytes of a part are no longer in memory. */
  taken(part: number): void {
    this.#transfer?.taken(part)
  }

  get #firstPart(): number {
    return Math.floor(this.#fromByte / this.#partBytes)
  }

  /** Bytes of a part that are in the range. */
  #lengthOf(part: number): number {
    const atByte = (this.#firstPart + part) * this.#partBytes
    const to = Math.min(atByte + this.#partBytes, this.#toByte ?? Number.POSITIVE_INFINITY)
    return Math.max(0, to - Math.max(atByte, this.#fromByte))
  }

  async #move(part: number, signal: AbortSignal, onSent: () => void, take: TakePart): Promise<MovedPart> {
    const atByte = (this.#firstPart + part) * this.#partBytes
    onSent()
    const whole = await this.#fetch(part, atByte, signal)
    await this.#hashes?.check(atByte, whole, signal)
    signal.throwIfAborted()
    if (whole.length < this.#partBytes) this.#onShort(atByte + whole.length)
    const bytes = whole.subarray(
      Math.max(0, this.#fromByte - atByte),
      (this.#toByte ?? Number.POSITIVE_INFINITY) - atByte,
    )
    const { count } = this
    if (count !== undefined && part >= count) return { bytes: undefined, count }
    const isHeld = await take(part, Math.max(atByte, this.#fromByte) - this.#fromByte, bytes)
    return { bytes: bytes.length, count, isHeld }
  }

  async #fetch(part: number, atByte: number, signal: AbortSignal): Promise<Uint8Array> {
    const { location } = this.#place
    this.#asked.set(part, location)
    const known = this.#cdn
    if (known) return this.#fetchFromCdn(known, atByte, signal)
    const params = { location, offset: BigInt(atByte), limit: this.#partBytes, cdnSupported: true }
    const answer = await this.#client.callPart('upload.getFile', params, { ...this.#calls, signal })
    if (answer._ === 'upload.file') return answer.bytes
    // Others may have been told meanwhile; the tokens of all are good.
    const cdn = new CdnFile(this.#client, answer, this.#calls)
    this.#cdn = cdn
    return this.#fetchFromCdn(cdn, atByte, signal)
  }

  /** The CDN may not say where a file ends: its size does, or the hashes of the master data centre. */
  async #fetchFromCdn(cdn: CdnFile, atByte: number, signal: AbortSignal): Promise<Uint8Array> {
    const bytes = await cdn.read(atByte, this.#partBytes, signal)
    const isEnd = bytes.length < this.#partBytes
    if (isEnd && this.#place.sizeBytes === undefined) await cdn.checkEnd(atByte + bytes.length, signal)
    return bytes
  }

  /** How the data centre of the file is called. */
  get #calls(): Omit<PartCallOptions, 'signal'> {
    const parent = this.#transfer?.context
    return { lane: 'download', dcId: this.#dcId, timeoutMs: PART_TIMEOUT_MS, parent }
  }

  /** A part that is shorter than what was asked for ends the file. */
  #onShort(endByte: number): void {
    const { sizeBytes } = this.#place
    if (sizeBytes === undefined) {
      this.#endAt(endByte)
    } else if (endByte < Math.min(sizeBytes, this.#toByte ?? sizeBytes)) {
      const message = `The server says that the file has ${sizeBytes} bytes, and gives none after ${endByte}`
      throw new ProtocolError('FILE_INCOMPLETE', message)
    }
  }

  #endAt(endByte: number): void {
    this.#toByte = Math.max(this.#fromByte, Math.min(endByte, this.#toByte ?? endByte))
  }

  async #askHashes(atByte: number, signal: AbortSignal): Promise<Results['upload.getFileHashes']> {
    const params = { location: this.#place.location, offset: BigInt(atByte) }
    return this.#client.callPart('upload.getFileHashes', params, { ...this.#calls, signal })
  }

  async #mend(trouble: PartTrouble, error: unknown, part: number): Promise<boolean> {
    if (isTokenGone(error)) {
      this.#cdn = undefined
      return true
    }
    if (trouble.kind === 'moved') {
      this.#dcId = trouble.dcId
      return true
    }
    if (trouble.kind !== 'reference') return false
    // The reference has been renewed since this part was asked for.
    if (this.#asked.get(part) !== this.#place.location) return true
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #refresh(): Promise<boolean> {
    const found = await this.#refetch()
    if (found === undefined) return false
    const place = placeOf(found, this.#options.thumb)
    if (place.key !== this.#place.key) return false
    this.#place = place
    return true
  }

  /** The end is told once the bytes are where they belong. */
  #tell(doneBytes: number): void {
    const { totalBytes } = this
    if (doneBytes !== totalBytes) this.#options.onProgress?.(doneBytes, totalBytes)
  }
}

/** The shortest power of two that has the range, within what servers give; hashes are of 128 KiB. */
function partBytesFor(totalBytes: number | undefined, isVerified: boolean): number {
  const least = isVerified ? HASHED_BYTES : MIN_PART_BYTES
  const wanted =
    totalBytes === undefined ? MAX_PART_BYTES : 2 ** Math.ceil(Math.log2(Math.max(1, totalBytes)))
  return Math.min(MAX_PART_BYTES, Math.max(least, wanted))
}
