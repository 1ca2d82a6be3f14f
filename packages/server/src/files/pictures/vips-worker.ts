/** A thread that makes smaller sizes of pictures with wasm-vips, one at a time. It is given a picture whose header is known. */
import { parentPort, workerData } from 'node:worker_threads'
import { STRIPPED_PIXELS, stripJpeg } from './stripped.ts'
import type { Job, Told } from './worker-words.ts'

/** The parts of wasm-vips that are used here. */
interface Vips {
  concurrency(threads: number): void
  readonly Cache: { max(operations: number): void }
  readonly Stats: { memHighwater(): number }
  readonly Image: {
    newFromBuffer(file: Uint8Array, options: string, more: object): VipsImage
    thumbnailBuffer(file: Uint8Array, width: number, options: object): VipsImage
  }
}

interface VipsImage {
  readonly width: number
  readonly height: number
  hasAlpha(): boolean
  flatten(options: { readonly background: readonly number[] }): VipsImage
  colourspace(space: string): VipsImage
  copyMemory(): VipsImage
  thumbnailImage(width: number, options: object): VipsImage
  writeToBuffer(ending: string, options: object): Uint8Array
  delete(): void
}

const JPEG = { Q: 82, strip: true }
/** The tables of these options are those of the header that clients add. */
const STRIPPED_JPEG = { Q: 20, optimize_coding: false, subsample_mode: 'on', strip: true }
/** For the loader: a picture that is cut short is broken. */
const WHOLE = 'fail_on=error'
const WHITE = { background: [255, 255, 255] }

const tell = (told: Told, transfer: readonly ArrayBuffer[] = []): void =>
  parentPort?.postMessage(told, transfer)

const vips = await load()
if (vips !== undefined) {
  parentPort?.on('message', (job: Job) => tell(outcome(vips, job)))
  tell({ kind: 'ready' })
}

/** Strangers would write into the log with every broken picture. */
function silence({ ENV }: { readonly ENV: Record<string, string> }): void {
  ENV['VIPS_WARNING'] = '0'
}

async function load(): Promise<Vips | undefined> {
  try {
    const { default: start } = await import(String(workerData.module))
    // Loaders of further formats stay out: the rules know four, and each is code that strangers feed.
    const loaded: Vips = await start({ dynamicLibraries: [], preRun: silence })
    loaded.concurrency(1)
    loaded.Cache.max(0)
    return loaded
  } catch (error) {
    tell({ kind: 'missing', why: String(error) })
    return undefined
  }
}

function outcome(on: Vips, job: Job): Told {
  try {
    return { kind: 'drawn', ...draw(on, job), usedBytes: on.Stats.memHighwater() }
  } catch {
    return { kind: 'broken', usedBytes: on.Stats.memHighwater() }
  }
}

function draw(
  on: Vips,
  { file, header, wanted }: Job,
): Pick<Extract<Told, { kind: 'drawn' }>, 'sizes' | 'stripped'> {
  checkHeader(on, file, header)
  const largest = Math.max(STRIPPED_PIXELS, ...wanted.map(({ pixels }) => pixels))
  // Squares need their side across the shorter side.
  const [shorter, longer] = [Math.min(header.width, header.height), Math.max(header.width, header.height)]
  const hasSquare = wanted.some(({ isSquare }) => isSquare)
  const side = hasSquare ? Math.ceil((largest * longer) / shorter) : largest
  const whole = opaque(
    on.Image.thumbnailBuffer(file, side, { height: side, size: 'down', option_string: WHOLE }),
  )
  try {
    const sizes = wanted.map(({ letter, pixels, isSquare }) => {
      const square = Math.min(pixels, whole.width, whole.height)
      const [box, crop] = isSquare ? [square, { crop: 'centre' }] : [pixels, {}]
      const made = whole.thumbnailImage(box, { height: box, size: 'down', ...crop })
      try {
        return { letter, width: made.width, height: made.height, bytes: made.writeToBuffer('.jpg', JPEG) }
      } finally {
        made.delete()
      }
    })
    const small = whole.thumbnailImage(STRIPPED_PIXELS, { height: STRIPPED_PIXELS, size: 'down' })
    try {
      return { sizes, stripped: stripJpeg(small.writeToBuffer('.jpg', STRIPPED_JPEG)) }
    } finally {
      small.delete()
    }
  } finally {
    whole.delete()
  }
}

/** The bounds were judged by the header as the rules read it: the library must see the same. */
function checkHeader(on: Vips, file: Uint8Array, header: Job['header']): void {
  const seen = on.Image.newFromBuffer(file, '', { access: 'sequential' })
  const isSame =
    (seen.width === header.width && seen.height === header.height) ||
    (seen.width === header.height && seen.height === header.width)
  seen.delete()
  if (!isSame) throw new Error('the picture is not as large as its header says')
}

/** In three bands of eight bits, as JPEG has them; JPEG has no transparency. */
function opaque(image: VipsImage): VipsImage {
  const flat = image.hasAlpha() ? image.flatten(WHITE) : image
  return flat.colourspace('srgb').copyMemory()
}
