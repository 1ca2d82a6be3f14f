/** The rates of MPEG sound, layer III: of version 1, and of 2 and 2.5. In kbit/s. */
const KBITS = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]
const HERTZ = [44_100, 48_000, 32_000]
const ID3_HEAD_BYTES = 10

/**
 * The duration of sound in MP3, FLAC or WAV in seconds, as the header tells. Undefined for other files, and where the header
 * is longer than the bytes at hand.
 */
export function soundDurationS(head: Uint8Array, sizeBytes: number): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  try {
    return ofFlac(view) ?? ofWav(view) ?? ofMp3(view, sizeBytes)
  } catch (error) {
    // The header goes on after the bytes at hand.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function ofFlac(view: DataView): number | undefined {
  if (view.getUint32(0) !== 0x664c6143) return undefined
  const hertz = view.getUint32(18) >>> 12
  const samples = (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22)
  return hertz > 0 && samples > 0 ? samples / hertz : undefined
}

function ofWav(view: DataView): number | undefined {
  if (view.getUint32(0) !== 0x52494646 || view.getUint32(8) !== 0x57415645) return undefined
  let bytesPerS = 0
  for (let at = 12; ; at += 8 + view.getUint32(at + 4, true)) {
    const name = view.getUint32(at)
    if (name === 0x666d7420) bytesPerS = view.getUint32(at + 16, true)
    if (name === 0x64617461) return bytesPerS > 0 ? view.getUint32(at + 4, true) / bytesPerS : undefined
  }
}

function ofMp3(view: DataView, sizeBytes: number): number | undefined {
  const at = hasId3(view) ? ID3_HEAD_BYTES + id3Bytes(view) : 0
  const word = view.getUint32(at)
  const isLayer3 = word >>> 21 === 0x7ff && ((word >>> 17) & 3) === 1
  const version = (word >>> 19) & 3
  const kbits = KBITS[version === 3 ? 0 : 1]?.[(word >>> 12) & 15]
  const hertz = HERTZ[(word >>> 10) & 3]
  if (!isLayer3 || version === 1 || !kbits || !hertz) return undefined
  const isMono = ((word >>> 6) & 3) === 3
  const frames = framesIn(view, at + 4 + sideBytes(version === 3, isMono))
  // Version 2 has half the samples in a second, and 2.5 a quarter.
  const sampleRate = hertz / (version === 3 ? 1 : version === 2 ? 2 : 4)
  const perFrame = version === 3 ? 1152 : 576
  return frames === undefined ? ((sizeBytes - at) * 8) / (kbits * 1000) : (frames * perFrame) / sampleRate
}

function hasId3(view: DataView): boolean {
  return view.getUint32(0) >>> 8 === 0x494433
}

/** Four times seven bits. */
function id3Bytes(view: DataView): number {
  return [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (view.getUint8(at) & 127), 0)
}

function sideBytes(isVersion1: boolean, isMono: boolean): number {
  if (isVersion1) return isMono ? 17 : 32
  return isMono ? 9 : 17
}

/** The number of frames that the first one tells, if the bit rate varies (`Xing`) or a program has noted it (`Info`). */
function framesIn(view: DataView, at: number): number | undefined {
  if (at + 12 > view.byteLength) return undefined
  const name = view.getUint32(at)
  const isNoted = name === 0x58696e67 || name === 0x496e666f
  return isNoted && (view.getUint32(at + 4) & 1) === 1 ? view.getUint32(at + 8) : undefined
}
