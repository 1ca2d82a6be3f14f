import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import { blockHash, HEAD_BYTES, MAGIC, type ReferenceIndex, sha256 } from './format.ts'
import { twinOf } from './twin.ts'

/** A file of the reference. */
export interface ReferenceFile {
  /** `/methods/auth.sendCode` for a page, `/methods/auth.sendCode.md` for its twin. */
  readonly path: string
  readonly text: string
}

/** Options of a reference file. */
export interface WriteOptions {
  readonly layer: number
  /** 0 to 11; 11 saves a twentieth more and takes a minute. Default 9. */
  readonly quality?: number
  /** Bytes of text in a block: larger ones compress better and take longer to open. Default 12 MiB. */
  readonly blockBytes?: number
}

const compress = promisify(brotliCompress)

/** Writes the bytes of a reference file. */
export async function encodeReference(
  files: AsyncIterable<ReferenceFile> | Iterable<ReferenceFile>,
  { layer, quality = 9, blockBytes = 12 * 1024 * 1024 }: WriteOptions,
): Promise<Uint8Array> {
  const places: [string, number, number, number][] = []
  const blocks: Promise<Uint8Array>[] = []
  let open: Buffer[] = []
  let size = 0
  const finish = () => {
    if (size > 0) blocks.push(squeezed(Buffer.concat(open), quality))
    open = []
    size = 0
  }
  let last: ReferenceFile | undefined
  for await (const file of files) {
    const { path, text } = file
    // The twin of a page follows it.
    if (last !== undefined && path.endsWith('.md') && twinOf(last.text, layer) === text) continue
    last = file
    const bytes = Buffer.from(text)
    places.push([path, blocks.length, size, bytes.length])
    open.push(bytes)
    size += bytes.length
    if (size >= blockBytes) finish()
  }
  finish()
  const compressed = await Promise.all(blocks)
  const index: ReferenceIndex = {
    layer,
    blocks: compressed.map((block) => [block.length, blockHash(block)]),
    files: places,
  }
  const head = await squeezed(Buffer.from(JSON.stringify(index)), quality)
  return Buffer.concat([headOf(head), head, ...compressed])
}

function squeezed(bytes: Uint8Array, quality: number): Promise<Uint8Array> {
  return compress(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  })
}

function headOf(index: Uint8Array): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES)
  head.set(MAGIC)
  head.writeUInt32LE(index.length, MAGIC.length)
  head.set(sha256(index), MAGIC.length + 4)
  return head
}
