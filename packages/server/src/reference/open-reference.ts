import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { createAddresses } from './addresses.ts'
import { contentType } from './content-type.ts'
import {
  blockHash,
  HEAD_BYTES,
  invalidReference,
  MAGIC,
  MAX_BLOCK_BYTES,
  MAX_INDEX_BYTES,
  type ReferenceIndex,
  sha256,
} from './format.ts'
import { hasTryIt, readTryIt, TRY_IT_PATH } from './try-it.ts'
import { twinOf } from './twin.ts'

/** The answer to a request for an address. */
export interface ReferencePage {
  readonly status: 200 | 301 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An open reference file. */
export interface Reference {
  readonly layer: number
  /** The addresses of all pages, without Markdown twins, styles and scripts. */
  readonly paths: readonly string[]
  /** Tells whether something is at this address itself, without a redirect. */
  has(path: string): boolean
  /**
   * The page of an address.
   * @param path such as `/methods/auth.sendCode`, decoded
   * @param base the address of the reference itself, such as `/docs`; default: the root
   * @throws {UsageError} REFERENCE_INVALID if the file is damaged
   */
  page(path: string, base?: string): Promise<ReferencePage>
  close(): Promise<void>
}

const decompress = promisify(brotliDecompress)

/** Open blocks that are kept: neighbours are in one block. */
const KEPT_BLOCKS = 3

/**
 * Opens a reference file; its pages are read when somebody asks for them.
 * @throws {UsageError} REFERENCE_INVALID
 */
export async function openReference(file: string): Promise<Reference> {
  const handle = await openFile(file)
  try {
    return await readReference(handle, file)
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file)
  } catch (cause) {
    throw invalidReference(file, 'cannot be read', cause)
  }
}

async function readReference(handle: FileHandle, file: string): Promise<Reference> {
  const { index, firstBlock } = await readIndex(handle, file)
  const files = new Map(index.files.map((entry) => [entry[0], entry]))
  const starts = blockStarts(index, firstBlock)
  const blocks = new Map<number, Promise<Buffer>>()
  const block = (number: number): Promise<Buffer> => {
    const found = blocks.get(number) ?? readBlock(handle, file, starts[number] ?? 0, index.blocks[number])
    blocks.delete(number)
    blocks.set(number, found)
    for (const oldest of blocks.keys()) if (blocks.size > KEPT_BLOCKS) blocks.delete(oldest)
    return found
  }
  const offersTryIt = hasTryIt(file)
  const textOf = async (path: string): Promise<string | undefined> => {
    if (path === TRY_IT_PATH && offersTryIt) return await readTryIt(file)
    const place = files.get(path)
    if (place === undefined) return await derived(path)
    const [, number, start, length] = place
    return (await block(number)).toString('utf8', start, start + length)
  }
  /** Twins are kept only where the HTML does not say everything. */
  const derived = async (path: string): Promise<string | undefined> => {
    const page = path.endsWith('.md') ? path.slice(0, -'.md'.length).replace(/^\/index$/, '/') : path
    if (page === path || !files.has(page)) return undefined
    return twinOf((await textOf(page)) ?? '', index.layer)
  }
  const addresses = createAddresses([...files.keys()])
  return {
    layer: index.layer,
    paths: addresses.pages,
    has: (path) => files.has(path) || (path === TRY_IT_PATH && offersTryIt),
    async page(path, base = '') {
      const text = path === NOT_FOUND ? undefined : await textOf(path)
      if (text !== undefined)
        return { status: 200, headers: { 'Content-Type': contentType(path) }, body: text }
      const moved = addresses.moved(path)
      if (moved !== undefined) {
        const location = {
          'Content-Type': 'text/plain; charset=utf-8',
          Location: `${base}${encodeURI(moved)}`,
        }
        return { status: 301, headers: location, body: `Moved to ${base}${moved}\n` }
      }
      const body = addresses.notFound((await textOf(NOT_FOUND)) ?? 'No such page.', path, base)
      return { status: 404, headers: { 'Content-Type': contentType('/') }, body }
    },
    close: () => handle.close(),
  }
}

const NOT_FOUND = '/404'

async function readIndex(
  handle: FileHandle,
  file: string,
): Promise<{ index: ReferenceIndex; firstBlock: number }> {
  const head = await readAt(handle, file, 0, HEAD_BYTES)
  if (!MAGIC.every((byte, at) => head[at] === byte)) throw invalidReference(file, 'is of another kind')
  const length = head.readUInt32LE(MAGIC.length)
  if (length > MAX_INDEX_BYTES) throw invalidReference(file, 'is damaged')
  const bytes = await readAt(handle, file, HEAD_BYTES, length)
  if (!head.subarray(MAGIC.length + 4).equals(sha256(bytes))) throw invalidReference(file, 'is damaged')
  const text = await decompress(bytes, { maxOutputLength: MAX_BLOCK_BYTES })
  return { index: JSON.parse(text.toString('utf8')), firstBlock: HEAD_BYTES + length }
}

function blockStarts({ blocks }: ReferenceIndex, firstBlock: number): number[] {
  let start = firstBlock
  return blocks.map(([length]) => {
    const own = start
    start += length
    return own
  })
}

async function readBlock(
  handle: FileHandle,
  file: string,
  start: number,
  block: ReferenceIndex['blocks'][number] | undefined,
): Promise<Buffer> {
  if (block === undefined) throw invalidReference(file, 'is damaged')
  const [length, hash] = block
  const bytes = await readAt(handle, file, start, length)
  if (blockHash(bytes) !== hash) throw invalidReference(file, 'is damaged')
  return await decompress(bytes, { maxOutputLength: MAX_BLOCK_BYTES })
}

async function readAt(handle: FileHandle, file: string, start: number, length: number): Promise<Buffer> {
  const reading = handle.read(Buffer.alloc(length), 0, length, start)
  const { bytesRead, buffer } = await reading.catch((cause: unknown) => {
    throw invalidReference(file, 'cannot be read', cause)
  })
  if (bytesRead < length) throw invalidReference(file, 'is cut off')
  return buffer
}
