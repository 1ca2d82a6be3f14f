import { createHash } from 'node:crypto'
import type { Random } from '@cablegram/mtproto'
import { StoreError } from '../database/errors.ts'
import { SEAL_BYTES, type Secret } from '../database/secret.ts'
import type { StartTimer } from '../ground/clock.ts'
import {
  CHUNK_BYTES,
  cutChunks,
  joinPieces,
  openStretch,
  partContext,
  SEALED_CHUNK_BYTES,
  sealChunk,
  sealedStretch,
} from './chunks.ts'
import { isName, namesIn, newName } from './names.ts'
import { Places } from './places.ts'
import type { FileStore, KeptFile, Listed, PartStore, Pieces } from './port.ts'
import { type Begun, type Bucket, LEAST_BLOCK_BYTES, openBucket } from './s3/bucket.ts'
import type { Patience } from './s3/exchange.ts'
import { S3Failure, startErrorOf, storeErrorOf } from './s3/failure.ts'
import type { S3Place } from './s3/place.ts'

/** The parts that a bucket of files is opened with. */
export interface S3FilesOptions {
  readonly place: S3Place
  /** Seals the files: the secret of the store. */
  readonly secret: Secret
  readonly random: Random
  /** The machine's clock, which requests are dated by. */
  readonly nowMs: () => number
  readonly startTimer?: StartTimer | undefined
  readonly patience?: Patience | undefined
}

const ID_KEY = 'id'
const ID_BYTES = 32
const PARTS = 'parts/'
/** A file by its key. */
const FILE = /^[0-9a-f]{2}\/([0-9a-f]{32})$/
/** Behind the keys of all files, and before those of parts. */
const AFTER_FILES = 'g'
/** Parts are at most 512 KiB. */
const MAX_PART_BYTES = 524_288 + SEAL_BYTES
/** Longer files come in blocks of whole chunks, so that only one of them is in memory. */
const CHUNKS_IN_BLOCK = Math.ceil(LEAST_BLOCK_BYTES / SEALED_CHUNK_BYTES)
const BLOCK_BYTES = CHUNKS_IN_BLOCK * SEALED_CHUNK_BYTES
/** Files that are put at once, each with a block in memory; more wait. */
const MAX_PUTS = 8
/** Files that were begun so long ago, and not ended, are what a crash has left. */
const BEGUN_MS = 86_400_000
/** Names that are deleted in one request. */
const CLEARED_AT_ONCE = 1_000

/**
 * Opens a bucket of files, after a look whether it may be read, written, listed and emptied. Names and contents are those of a
 * folder, so that one can be copied into the other:
 *
 *     <prefix>id                    the number by which nodes know the bucket
 *     <prefix><2 hex>/<name>        files, sealed in chunks
 *     <prefix>parts/<upload>/<n>    parts of uploads, sealed
 *
 * @throws {UsageError} FILES_UNUSABLE, one sentence with the next step
 */
export async function openS3Files(options: S3FilesOptions): Promise<FileStore> {
  const { place, random } = options
  const bucket = openBucket(options)
  try {
    const id = await bucketId(bucket, random)
    await tryOut(bucket, random)
    return s3Files(bucket, id, options)
  } catch (error) {
    bucket.close()
    throw startErrorOf(error, place)
  }
}

function s3Files(bucket: Bucket, id: string, { secret, random }: S3FilesOptions): FileStore {
  const places = new Places(MAX_PUTS)
  const parts = s3Parts(bucket, { secret, random })
  /** Files that this process is writing. */
  const running = new Set<string>()

  async function put(pieces: Pieces): Promise<KeptFile> {
    const name = newName(random)
    running.add(name)
    try {
      const written = await places.taking(() => writeSealed(bucket, keyOf(name), { name, secret, pieces }))
      return { name, ...written }
    } catch (error) {
      return rethrow(error)
    } finally {
      running.delete(name)
    }
  }

  async function readPieces(name: string, offset: number, length: number): Promise<readonly Uint8Array[]> {
    if (length <= 0) return []
    const stretch = sealedStretch(offset, length)
    const found = await bucket.read(keyOf(name), stretch.offset, stretch.length).catch(rethrow)
    if (found === undefined) throw new StoreError('STORE_FAILED', `the file ${name} is missing`)
    const { firstChunk } = stretch
    const asked = { offset: offset - firstChunk * CHUNK_BYTES, length }
    return openStretch(
      secret,
      name,
      { firstChunk, sealed: found.bytes, sealedBytes: found.objectBytes },
      asked,
    )
  }

  async function remove(name: string): Promise<void> {
    await bucket.delete([keyOf(name)]).catch(rethrow)
    // A crash may have left one that was begun: its blocks take room, and nothing lists them as an object.
    for await (const { key, uploadId } of bucket.listBegun(keyOf(name))) await bucket.abort(key, uploadId)
  }

  async function* list(): AsyncIterable<Listed> {
    for await (const file of listFiles(bucket)) if (!running.has(file.name)) yield file
    // The age is the time since the first block: a long file may still be on its way, from here or from another node.
    for await (const { key, ageMs } of bucket.listBegun('')) {
      for (const begun of listed(key, ageMs)) if (ageMs >= BEGUN_MS && !running.has(begun.name)) yield begun
    }
  }

  async function clear(forget?: () => Promise<void>): Promise<void> {
    const keys = (await namesIn(listFiles(bucket))).map(keyOf)
    for await (const key of keysIn(bucket, PARTS)) keys.push(key)
    const begun: Begun[] = []
    for await (const each of bucket.listBegun('')) begun.push(each)
    await forget?.()
    await removeAll(bucket, keys)
    for (const { key, uploadId } of begun) await bucket.abort(key, uploadId)
  }

  return {
    put,
    read: async (...asked) => joinPieces(await readPieces(...asked)),
    readPieces,
    delete: (name) => remove(name).catch(rethrow),
    list: () => translated(list()),
    clear: (forget) => clear(forget).catch(rethrow),
    parts,
    id,
    close: async () => bucket.close(),
  }
}

function keyOf(name: string): string {
  return `${name.slice(0, 2)}/${name}`
}

async function* listFiles(bucket: Bucket): AsyncIterable<Listed> {
  for await (const { key, ageMs } of bucket.list('')) {
    if (key >= AFTER_FILES) return
    yield* listed(key, ageMs)
  }
}

function* listed(key: string, ageMs: number): Iterable<Listed> {
  const name = FILE.exec(key)?.[1]
  if (name !== undefined) yield { name, ageMs }
}

async function* keysIn(bucket: Bucket, prefix: string): AsyncIterable<string> {
  for await (const { key } of bucket.list(prefix)) yield key
}

interface Written {
  readonly size: number
  readonly sha256: Uint8Array
}

/** Writes a sealed file: a small one with one request, a longer one block by block. */
async function writeSealed(
  bucket: Bucket,
  key: string,
  { name, secret, pieces }: { readonly name: string; readonly secret: Secret; readonly pieces: Pieces },
): Promise<Written> {
  const hash = createHash('sha256')
  const object = new BlockWriter(bucket, key)
  let [size, index] = [0, 0]
  try {
    for await (const chunk of cutChunks(pieces)) {
      hash.update(chunk.bytes)
      size += chunk.bytes.length
      await object.write(sealChunk(secret, name, index++, chunk))
    }
    await object.end()
  } catch (error) {
    // The error that is thrown says why; the sweep removes what is left.
    await object.abort().catch(() => undefined)
    throw error
  }
  return { size, sha256: Uint8Array.from(hash.digest()) }
}

/** Collects an object into blocks, and sends each once it is full. */
class BlockWriter {
  readonly #bucket: Bucket
  readonly #key: string
  #block = Buffer.alloc(0)
  #filled = 0
  #size = 0
  #uploadId: string | undefined
  readonly #marks: string[] = []
  #isSent = false

  constructor(bucket: Bucket, key: string) {
    this.#bucket = bucket
    this.#key = key
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#filled + bytes.length > BLOCK_BYTES) await this.#send()
    this.#reserve(this.#filled + bytes.length)
    this.#block.set(bytes, this.#filled)
    this.#filled += bytes.length
    this.#size += bytes.length
  }

  async end(): Promise<void> {
    this.#isSent = true
    if (this.#uploadId === undefined) {
      await this.#bucket.put(this.#key, this.#block.subarray(0, this.#filled))
      return
    }
    await this.#send()
    await this.#bucket.end(this.#key, this.#uploadId, this.#marks, this.#size)
  }

  async abort(): Promise<void> {
    if (this.#uploadId !== undefined) await this.#bucket.abort(this.#key, this.#uploadId)
    // An answer may have been lost on its way back.
    if (this.#isSent) await this.#bucket.delete([this.#key])
  }

  /** Small files take little memory: the block grows by doubling. */
  #reserve(bytes: number): void {
    if (bytes <= this.#block.length) return
    const grown = Buffer.alloc(Math.min(BLOCK_BYTES, Math.max(bytes, 2 * this.#block.length)))
    grown.set(this.#block.subarray(0, this.#filled))
    this.#block = grown
  }

  async #send(): Promise<void> {
    this.#uploadId ??= await this.#bucket.begin(this.#key)
    const bytes = this.#block.subarray(0, this.#filled)
    this.#marks.push(await this.#bucket.putBlock(this.#key, this.#uploadId, this.#marks.length + 1, bytes))
    this.#filled = 0
  }
}

/** Parts of uploads, a sealed object each. */
function s3Parts(bucket: Bucket, { secret, random }: Pick<S3FilesOptions, 'secret' | 'random'>): PartStore {
  const partKey = (upload: string, part: number): string => `${PARTS}${upload}/${part}`

  /** The keys of an upload stand together, so that the newest of one is known before the next begins. */
  async function* list(): AsyncIterable<Listed> {
    let current: Listed | undefined
    for await (const { key, ageMs } of bucket.list(PARTS)) {
      const [name = ''] = key.slice(PARTS.length).split('/')
      if (!isName(name)) continue
      if (current !== undefined && current.name !== name) yield current
      const isSame = current?.name === name
      current = { name, ageMs: isSame ? Math.min(ageMs, current?.ageMs ?? ageMs) : ageMs }
    }
    if (current !== undefined) yield current
  }

  return {
    newName: () => newName(random),
    async put(upload, part, bytes) {
      await bucket.put(partKey(upload, part), secret.seal(bytes, partContext(upload, part))).catch(rethrow)
    },
    async read(upload, part) {
      const found = await bucket.read(partKey(upload, part), 0, MAX_PART_BYTES).catch(rethrow)
      return found && secret.open(found.bytes, partContext(upload, part))
    },
    delete: (upload) => removeAll(bucket, keysIn(bucket, `${PARTS}${upload}/`)).catch(rethrow),
    list: () => translated(list()),
  }
}

async function removeAll(bucket: Bucket, keys: AsyncIterable<string> | Iterable<string>): Promise<void> {
  let held: string[] = []
  for await (const key of keys) {
    held.push(key)
    if (held.length < CLEARED_AT_ONCE) continue
    await bucket.delete(held)
    held = []
  }
  await bucket.delete(held)
}

/** The number of the bucket; the first node that opens it makes one. */
async function bucketId(bucket: Bucket, random: Random): Promise<string> {
  const known = await readId(bucket)
  if (known !== undefined) return known
  // Another node may make one in the same moment: the first one stays.
  await bucket.put(ID_KEY, Buffer.from(newName(random)), { ifAbsent: true })
  const id = await readId(bucket)
  if (id === undefined) throw new S3Failure('no-id', 'it has forgotten what was just written')
  return id
}

async function readId(bucket: Bucket): Promise<string | undefined> {
  const found = await bucket.read(ID_KEY, 0, ID_BYTES)
  if (found === undefined) return undefined
  const id = Buffer.from(found.bytes).toString()
  if (!isName(id)) throw new S3Failure('damaged-id', `the object ${ID_KEY} is not one of Cablegram's`)
  return id
}

/** A right that is missing should show at the start, and not with the first photo. */
async function tryOut(bucket: Bucket, random: Random): Promise<void> {
  const key = `tmp/${newName(random)}`
  await bucket.put(key, Buffer.from('x'))
  for await (const _ of bucket.list(key)) break
  await bucket.delete([key])
}

function rethrow(error: unknown): never {
  throw storeErrorOf(error)
}

async function* translated(listed: AsyncIterable<Listed>): AsyncIterable<Listed> {
  try {
    yield* listed
  } catch (error) {
    rethrow(error)
  }
}
