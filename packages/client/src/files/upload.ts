import { RpcError } from '@cablegram/mtproto'
import { freeBytes, UsageError } from '@cablegram/tl'
import type { InputFile } from '@cablegram/tl/api'
import {
  type Checks,
  checkOptions,
  isFunction,
  isSignal,
  isTextOption,
  isTimeout,
  isWhole,
} from '../check-options.ts'
import { orAborted } from '../or-aborted.ts'
import type { OpenedSource } from './opened-source.ts'
import { type PartClient, tellingWaits } from './part-client.ts'
import { checkParts, isPartSize, MAX_SMALL_BYTES, uploadPartBytes } from './part-size.ts'
import { type FileSource, openSource } from './source.ts'
import { type MovedPart, Transfer, type TransferWait } from './transfer.ts'
import { decodeUploadRecord, encodeUploadRecord, type UploadRecord } from './upload-record.ts'
import { TransferWindow } from './window.ts'

/** Options of an upload. */
export interface UploadOptions {
  /** The size of a stream in bytes, if it is known. Without it the file is sent as one of unknown length. */
  readonly size?: number | undefined
  /** The name of the file. Default: that of the path or the File. */
  readonly name?: string | undefined
  /** Bytes in a part, a power of two from 1024 to 524288. Default: 524288, up to 1 MiB 131072. */
  readonly partSize?: number | undefined
  readonly signal?: AbortSignal | undefined
  /**
   * Fails if nothing of the file moves for so many milliseconds, or a call is not answered in so many. Waits that the server
   * asks for do not count. Default: about fourteen minutes for the file, with nine attempts.
   */
  readonly timeoutMs?: number | undefined
  /** Told of the bytes that the server has acknowledged; never fewer than before, and at the end all. */
  readonly onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined
  /** Told of the waits that the server asks for, and of the pauses while it is in trouble (500 and above, -503). */
  readonly onWait?: ((wait: TransferWait) => void) | undefined
  /**
   * A record from `onRecord`: the parts in the record are not sent again, if the source is a path or a File of the same size
   * and time of change. Other sources are sent whole.
   */
  readonly resume?: string | undefined
  /**
   * Told after each part of a line of JSON to go on with after a restart. Called for paths and Files only: bytes in memory,
   * Blobs and streams have no time of change, by which the next run could tell whether they are the same.
   */
  readonly onRecord?: ((record: string) => void) | undefined
}

/** The checks of the options of an upload. */
export const UPLOAD_CHECKS: Checks<UploadOptions> = {
  size: isWhole(1, Number.MAX_SAFE_INTEGER, 'bytes'),
  name: isTextOption,
  partSize: isPartSize,
  signal: isSignal,
  timeoutMs: isTimeout,
  onProgress: isFunction,
  onWait: isFunction,
  resume: isTextOption,
  onRecord: isFunction,
}

/** Those of the options that are about the upload. */
export function uploadOptionsOf(options: UploadOptions): UploadOptions {
  const { size, name, partSize, signal, timeoutMs, onProgress, onWait, resume, onRecord } = options
  return { size, name, partSize, signal, timeoutMs, onProgress, onWait, resume, onRecord }
}

/** The call of a part; the transfer itself sees when nothing moves. */
const PART_TIMEOUT_MS = 600_000
/** Headers of pictures and sound are shorter. */
const HEAD_BYTES = 64 * 1024
/** Times that a file may be found incomplete when it is used. */
const MAX_GAPS = 16

/**
 * Sends a file to the server, in parts on a connection of its own. The result is what `inputMediaUploadedDocument` and the
 * like take; it can be used for some hours.
 *
 * Memory: the bytes on their way, 1 to 4 MiB. The client waits as long as the server asks, up to 15 minutes each time and
 * whatever `floodWaitMaxS` is. If nothing moves for 15 s, the client sends the parts on their way again, and gives up after
 * about fourteen minutes. A part that the server refuses because it is in trouble (500 and above, -503) is sent six times, within 16 s.
 *
 * @throws UsageError FILE_EMPTY, FILE_TOO_BIG, FILE_SIZE_WRONG, FILE_SOURCE_INVALID, FILE_UNREADABLE, OPTION_INVALID; RpcError;
 * ConnectionError FILE_STALLED; the reason of `signal`; errors of the source
 *
 * @example
 * ```ts
 * import { readFile, writeFile } from 'node:fs/promises'
 * import { type TelegramClient, uploadFile } from '@cablegram/client'
 *
 * // After a restart of the program, only what the server has not yet is sent.
 * export async function uploadAgain(client: TelegramClient, path: string) {
 *   const resume = await readFile(`${path}.upload`, 'utf8').catch(() => undefined)
 *   const onRecord = (record: string) => void writeFile(`${path}.upload`, record)
 *   return uploadFile(client, path, { resume, onRecord })
 * }
 * ```
 */
export function uploadFile(
  client: PartClient,
  source: FileSource,
  options: UploadOptions = {},
): Promise<InputFile> {
  return useUpload(client, source, options, async ({ file }) => file)
}

/** A file that the server has, while its source is still open. */
export interface Uploaded {
  readonly file: InputFile
  readonly source: OpenedSource
  /** The first bytes, at most 64 KiB. */
  readonly head: Uint8Array
}

/**
 * Sends a file and uses it.
 *
 * @throws as `uploadFile` does, and what `use` rejects with
 */
export async function useUpload<Result>(
  client: PartClient,
  source: FileSource,
  options: UploadOptions,
  use: (uploaded: Uploaded) => Promise<Result>,
): Promise<Result> {
  const upload = await prepareUpload(client, source, options)
  try {
    return await upload.use(use)
  } finally {
    await upload.close()
  }
}

/** A file whose source is open and fits. It is to be closed. */
export interface PreparedUpload {
  /** Undefined: known at the end. */
  readonly sizeBytes: number | undefined
  /**
   * Sends the file and uses it. If the server says at the use that parts are missing, they are sent again, and it is used again.
   *
   * @throws as `uploadFile` does, and what `use` rejects with
   */
  use<Result>(use: (uploaded: Uploaded) => Promise<Result>): Promise<Result>
  /** The file as it will be, before anything is sent; undefined for a stream, which is read once. */
  peek(): Promise<Uploaded | undefined>
  close(): Promise<void>
}

/** Opens a source and checks it; nothing is sent yet. @throws UsageError as `uploadFile` does; the reason of `signal` */
export async function prepareUpload(
  client: PartClient,
  source: FileSource,
  options: UploadOptions,
): Promise<PreparedUpload> {
  checkOptions(options, UPLOAD_CHECKS, 'of an upload')
  options.signal?.throwIfAborted()
  const opened = await openSource(source, options.size)
  try {
    return new Upload(client, opened, options)
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** The part that an error says is missing. */
function missingPart(error: unknown): number | undefined {
  return error instanceof RpcError && error.type === 'FILE_PART_X_MISSING' ? error.argument : undefined
}

/** The upload of one source. */
class Upload implements PreparedUpload {
  readonly #client: PartClient
  readonly #source: OpenedSource
  readonly #options: UploadOptions
  readonly #fileId: bigint
  readonly #partBytes: number
  readonly #done: Set<number>
  /** Parts that an earlier run has sent. */
  readonly #earlier: readonly number[]
  readonly #transfer: Transfer
  #head: Uint8Array | undefined
  #told: { readonly doneBytes: number; readonly totalBytes: number | undefined } | undefined

  constructor(client: PartClient, source: OpenedSource, options: UploadOptions) {
    this.#client = client
    this.#source = source
    this.#options = options
    if (source.sizeBytes === 0) throw this.#emptyFile()
    const record = fittingRecord(source, options)
    const { clock, random } = client.surroundings
    this.#partBytes = record?.partBytes ?? uploadPartBytes(source.sizeBytes, options.partSize)
    this.#fileId = record?.fileId ?? newFileId(random)
    this.#earlier = [...(record?.done ?? [])]
    this.#done = new Set(this.#earlier)
    this.#transfer = new Transfer({
      window: this.#newWindow(),
      mover: {
        move: (part, signal, onSent) => this.#move(part, signal, onSent),
        mend: async () => false,
      },
      clock,
      startSpan: () => client.surroundings.startSpan?.('upload', {}),
      signals: [options.signal, client.closed],
      onProgress: (doneBytes) => this.#tell(doneBytes),
      onWait: tellingWaits(client, options.onWait),
    })
  }

  get sizeBytes(): number | undefined {
    return this.#source.sizeBytes
  }

  async use<Result>(use: (uploaded: Uploaded) => Promise<Result>): Promise<Result> {
    await this.#run()
    const head = await this.#readHead()
    for (let gaps = 0; ; gaps++) {
      try {
        return await use({ file: this.#file, source: this.#source, head })
      } catch (error) {
        const part = missingPart(error)
        if (part === undefined || gaps === MAX_GAPS || !this.#source.isRepeatable) throw error
        await this.#fill(part)
      }
    }
  }

  async peek(): Promise<Uploaded | undefined> {
    if (!this.#source.isRepeatable) return undefined
    return { file: this.#file, source: this.#source, head: await this.#readHead() }
  }

  close(): Promise<void> {
    return this.#source.close()
  }

  /** The file as calls name it, once it is uploaded. */
  get #file(): InputFile {
    const { name = this.#source.name ?? 'file' } = this.#options
    const named = { id: this.#fileId, parts: this.#count ?? 0, name }
    // An empty checksum counts as not given. MTProto authenticates the bytes of every part.
    return this.#isBig ? { _: 'inputFileBig', ...named } : { _: 'inputFile', ...named, md5Checksum: '' }
  }

  /** Telegram keeps no file without bytes. */
  #emptyFile(): UsageError {
    const { name = this.#source.name } = this.#options
    const file = name === undefined ? 'The file' : `The file ${name}`
    return new UsageError('FILE_EMPTY', `${file} has no bytes, and Telegram takes no empty files.`)
  }

  async #readHead(): Promise<Uint8Array> {
    // Nothing of it was sent yet, or an earlier run has sent this: then the source can be read again.
    this.#head ??= await this.#source.read(0, HEAD_BYTES, new AbortController().signal)
    return this.#head
  }

  async #run(): Promise<void> {
    await this.#transfer.run()
    const { sizeBytes = 0 } = this.#source
    if (sizeBytes === 0) throw this.#emptyFile()
    // The size of a stream is known only now, and of a resumed file everything may have been there.
    if (this.#told?.doneBytes !== sizeBytes || this.#told.totalBytes !== sizeBytes) this.#tell(sizeBytes)
  }

  /** Sends a part again that the server has not; with it all that it may have lost since an earlier run. */
  async #fill(part: number): Promise<void> {
    await this.#transfer.again([...new Set([part, ...this.#earlier])])
  }

  #newWindow(): TransferWindow {
    const doneBytes = this.#earlier.reduce((sum, part) => sum + this.#lengthOf(part), 0)
    return new TransferWindow({
      partBytes: this.#partBytes,
      count: this.#count,
      done: this.#earlier,
      doneBytes,
      timeoutMs: this.#options.timeoutMs,
    })
  }

  /** Small files have a call of their own, streams never. */
  get #isBig(): boolean {
    return !this.#source.isSized || (this.#source.sizeBytes ?? 0) > MAX_SMALL_BYTES
  }

  get #count(): number | undefined {
    const { sizeBytes } = this.#source
    return sizeBytes === undefined ? undefined : Math.ceil(sizeBytes / this.#partBytes)
  }

  /** The length of a part of a file whose size is known. */
  #lengthOf(part: number): number {
    const left = (this.#source.sizeBytes ?? Number.POSITIVE_INFINITY) - part * this.#partBytes
    return Math.max(0, Math.min(this.#partBytes, left))
  }

  async #move(part: number, signal: AbortSignal, onSent: () => void): Promise<MovedPart> {
    const atByte = part * this.#partBytes
    const bytes = await this.#source.read(atByte, this.#partBytes, signal)
    const count = this.#count
    if (bytes.length < this.#lengthOf(part)) throw shrunk(atByte + bytes.length)
    if (count === undefined) checkParts(atByte + bytes.length, this.#partBytes)
    const isEnd = bytes.length === 0
    // The end of a stream that comes with no part: a part without bytes says it, unless a short one did.
    const isToldApart = isEnd && part > 0 && part === count && this.#source.sizeBytes === atByte
    signal.throwIfAborted()
    // The number of parts comes with the last one; until then this one waits, and then it is given up.
    if (isEnd && part > 0 && !isToldApart) return aborted(signal)
    const { length } = bytes
    if (part === 0 && !isEnd) this.#head ??= bytes.slice(0, HEAD_BYTES)
    if (part > 0 || !isEnd) {
      onSent()
      await this.#send(part, bytes, signal)
    }
    if (isEnd) return { bytes: undefined, count }
    if (this.#source.givesCopies) freeBytes(bytes)
    this.#source.forget(atByte)
    this.#done.add(part)
    this.#record()
    return { bytes: length, count }
  }

  async #send(filePart: number, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const parent = this.#transfer.context
    const options = { lane: 'upload', timeoutMs: PART_TIMEOUT_MS, signal, parent } as const
    const part = { fileId: this.#fileId, filePart, bytes }
    const method = this.#isBig ? 'upload.saveBigFilePart' : 'upload.saveFilePart'
    const isKept =
      method === 'upload.saveBigFilePart'
        ? await this.#client.callPart(method, { ...part, fileTotalParts: this.#count ?? -1 }, options)
        : await this.#client.callPart(method, part, options)
    if (!isKept) throw new RpcError(500, 'FILE_PART_NOT_KEPT', method)
  }

  #tell(doneBytes: number): void {
    const totalBytes = this.#source.sizeBytes
    this.#told = { doneBytes, totalBytes }
    this.#options.onProgress?.(doneBytes, totalBytes)
  }

  #record(): void {
    const { sizeBytes, modifiedMs, isRepeatable } = this.#source
    if (!this.#options.onRecord || !isRepeatable || sizeBytes === undefined || modifiedMs === undefined)
      return
    const [fileId, partBytes, done] = [this.#fileId, this.#partBytes, this.#done]
    this.#options.onRecord(encodeUploadRecord({ fileId, sizeBytes, modifiedMs, partBytes, done }))
  }
}

/** The record of an earlier run, if the file is still the one it was. */
function fittingRecord(
  { sizeBytes, modifiedMs, isRepeatable }: OpenedSource,
  { resume, partSize }: UploadOptions,
): UploadRecord | undefined {
  const record = resume === undefined || !isRepeatable ? undefined : decodeUploadRecord(resume)
  if (record?.sizeBytes !== sizeBytes || record?.modifiedMs !== modifiedMs) return undefined
  return partSize === undefined || partSize === record?.partBytes ? record : undefined
}

function aborted(signal: AbortSignal): Promise<never> {
  return orAborted(new Promise<never>(() => {}), [signal])
}

function newFileId(random: (length: number) => Uint8Array): bigint {
  const bytes = Uint8Array.from(random(8))
  return new DataView(bytes.buffer).getBigInt64(0)
}

function shrunk(sizeBytes: number): UsageError {
  return new UsageError('FILE_SIZE_WRONG', `The file ends after ${sizeBytes} bytes: somebody has changed it.`)
}
