/** A film or a piece of sound in the container of MP4 and QuickTime, as its header tells. */
export interface Movie {
  readonly durationS: number
  /** Undefined for sound. */
  readonly width: number | undefined
  readonly height: number | undefined
}

/** Reads bytes of a file; fewer where it ends. */
export type ReadBytes = (atByte: number, length: number) => Promise<Uint8Array>

/** A longer header is not read: it describes hours. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024
/** Boxes that are looked at on the way to the header, which may stand at the end. */
const MAX_BOXES = 64

/** Finds the header of a film and reads it. Undefined for other files, and for damaged ones. */
export async function readMovie(read: ReadBytes): Promise<Movie | undefined> {
  let atByte = 0
  for (let boxes = 0; boxes < MAX_BOXES; boxes++) {
    const box = boxAt(viewOf(await read(atByte, 16)), 0)
    if (box === undefined || (boxes === 0 && box.type !== 'ftyp')) return undefined
    if (box.type === 'moov') {
      if (box.bytes > MAX_HEADER_BYTES) return undefined
      return movieIn(viewOf(await read(atByte, box.bytes)), box.headBytes)
    }
    atByte += box.bytes
  }
  return undefined
}

interface Box {
  readonly type: string
  readonly headBytes: number
  readonly bytes: number
}

function boxAt(view: DataView, at: number): Box | undefined {
  if (at + 8 > view.byteLength) return undefined
  const type = String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at + 4, 4))
  const short = view.getUint32(at)
  const isLong = short === 1 && at + 16 <= view.byteLength
  const bytes = isLong ? Number(view.getBigUint64(at + 8)) : short
  const headBytes = isLong ? 16 : 8
  return bytes >= headBytes && Number.isSafeInteger(bytes) ? { type, headBytes, bytes } : undefined
}

function movieIn(view: DataView, from: number): Movie | undefined {
  const facts: { durationS: number | undefined; width: number; height: number } = {
    ...{ durationS: undefined, width: 0, height: 0 },
  }
  try {
    walk(view, from, facts)
  } catch (error) {
    // The sizes in it are wrong.
    if (!(error instanceof RangeError)) throw error
  }
  const { durationS, width, height } = facts
  if (durationS === undefined || !Number.isFinite(durationS)) return undefined
  return width > 0 && height > 0
    ? { durationS, width, height }
    : { durationS, width: undefined, height: undefined }
}

function walk(
  view: DataView,
  from: number,
  facts: { durationS: number | undefined; width: number; height: number },
): void {
  for (let at = from; ; ) {
    const box = boxAt(view, at)
    if (box === undefined) return
    const body = at + box.headBytes
    if (box.type === 'trak')
      walk(view.byteLength < at + box.bytes ? view : part(view, at, box.bytes), box.headBytes, facts)
    else if (box.type === 'mvhd') facts.durationS = durationIn(view, body)
    else if (box.type === 'tkhd') {
      const isLong = view.getUint8(body) === 1
      // 16.16 fixed point; a track of sound has 0.
      const [width, height] = [
        view.getUint32(body + (isLong ? 88 : 76)),
        view.getUint32(body + (isLong ? 92 : 80)),
      ]
      if (width > 0) Object.assign(facts, { width: width >>> 16, height: height >>> 16 })
    }
    at += box.bytes
  }
}

function durationIn(view: DataView, body: number): number {
  const isLong = view.getUint8(body) === 1
  const scale = view.getUint32(body + (isLong ? 20 : 12))
  const units = isLong ? Number(view.getBigUint64(body + 24)) : view.getUint32(body + 16)
  return units / scale
}

function part(view: DataView, at: number, length: number): DataView {
  return new DataView(view.buffer, view.byteOffset + at, length)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
