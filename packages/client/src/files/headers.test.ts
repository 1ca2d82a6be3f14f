/** Headers of pictures, films and sound, written by hand from their specifications. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { typeOfName } from './mime.ts'
import { readMovie } from './movie.ts'
import { readPicture } from './picture.ts'
import { soundDurationS } from './sound.ts'

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const ascii = (text: string): string => Buffer.from(text, 'latin1').toString('hex')
const u32 = (value: number): string => value.toString(16).padStart(8, '0')

/** Start of image, an empty comment, and a frame of 320 x 200. */
const JPEG_FRAME = 'ffc2 0011 08 00c8 0140 03 01220002110103110100'
/** Exif, big-endian, with one entry: the orientation. */
const exif = (orientation: number) =>
  `ffe1 0022 ${ascii('Exif')} 0000 4d4d 002a 00000008 0001 0112 0003 00000001 000${orientation} 0000 00000000`

test('width and height of pictures', () => {
  const pictures: [string, string][] = [
    [`89${ascii('PNG\r\n')}1a0a 0000000d ${ascii('IHDR')} 0000012c 00000064`, 'png 300x100'],
    [`${ascii('GIF89a')} 2c01 6400`, 'gif 300x100'],
    [`${ascii('RIFF')}00000000${ascii('WEBPVP8 ')}00000000 000000 9d012a 2c01 6400`, 'webp 300x100'],
    [`${ascii('RIFF')}00000000${ascii('WEBPVP8L')}00000000 2f 2bc11800`, 'webp 300x100'],
    [`${ascii('RIFF')}00000000${ascii('WEBPVP8X')}0a000000 00000000 2b0100 630000`, 'webp 300x100'],
    [`ffd8 fffe0002 ${JPEG_FRAME}`, 'jpeg 320x200'],
    [`ffd8 ${exif(1)} ${JPEG_FRAME}`, 'jpeg 320x200'],
    [`ffd8 ${exif(6)} ${JPEG_FRAME}`, 'jpeg 200x320'],
    [`ffd8 ffc4 0004 0000 ${JPEG_FRAME}`, 'jpeg 320x200'],
  ]
  for (const [bytes, wanted] of pictures) {
    const picture = readPicture(hex(bytes))
    assert.equal(picture && `${picture.kind} ${picture.width}x${picture.height}`, wanted)
  }
})

/** A box of MP4. */
function box(type: string, body: string): string {
  return `${u32(8 + body.length / 2)}${ascii(type)}${body}`
}

const mvhd = box('mvhd', `00000000 00000000 00000000 ${u32(1000)} ${u32(12_500)}`.replaceAll(' ', ''))
const tkhd = (width: number, height: number) =>
  box('tkhd', `${'00'.repeat(76)}${u32(width << 16)}${u32(height << 16)}`)
const moov = box('moov', mvhd + box('trak', tkhd(0, 0)) + box('trak', tkhd(640, 480)))

function reader(text: string) {
  const bytes = hex(text)
  return async (atByte: number, length: number) => bytes.subarray(atByte, atByte + length)
}

test('duration and size of films, whether their header stands at the beginning or at the end', async () => {
  const ftyp = box('ftyp', ascii('isom'))
  const mdat = box('mdat', '00'.repeat(3000))
  const film = { durationS: 12.5, width: 640, height: 480 }
  assert.deepEqual(await readMovie(reader(ftyp + moov + mdat)), film)
  assert.deepEqual(await readMovie(reader(ftyp + mdat + moov)), film)
  const sound = box('moov', mvhd + box('trak', tkhd(0, 0)))
  assert.deepEqual(await readMovie(reader(ftyp + sound)), {
    durationS: 12.5,
    width: undefined,
    height: undefined,
  })
  assert.equal(await readMovie(reader(ftyp + mdat)), undefined)
  assert.equal(await readMovie(reader(mdat)), undefined)
})

test('duration of sound', () => {
  const seconds = (text: string, sizeBytes: number) => soundDurationS(hex(text), sizeBytes)
  // 128 kbit/s, 44.1 kHz, stereo: 16,000 bytes are a second.
  assert.equal(seconds('fffb9000 00000000', 160_000), 10)
  const info = `fffb9000 ${'00'.repeat(32)} ${ascii('Xing')} 00000001 ${u32(1000)}`
  assert.equal(seconds(info, 999), (1000 * 1152) / 44_100)
  assert.equal(seconds(`${ascii('ID3')} 0400 00 00000004 00000000 fffb9000`, 160_014), 10)
  const wav = `${ascii('RIFF')}00000000${ascii('WAVEfmt ')}10000000 0100 0100 44ac0000 88580100 0200 1000`
  assert.equal(seconds(`${wav} ${ascii('data')} 10b10200`, 0), 2)
  assert.equal(seconds(`${ascii('fLaC')} 00000022 1000 1000 000000 000000 0ac442f0 00015888`, 0), 2)
})

test('property: bytes that are none of these, and headers cut anywhere, are undefined or sizes, never an error', async () => {
  const starts = [
    `ffd8 ${exif(6)} ${JPEG_FRAME}`,
    box('ftyp', '') + moov,
    'fffb9000',
    `${ascii('fLaC')}00000022`,
  ]
  const seeds = fc.tuple(fc.constantFrom('', ...starts), fc.nat(200), fc.uint8Array({ maxLength: 80 }))
  await fc.assert(
    fc.asyncProperty(seeds, async ([start, cut, more]) => {
      const bytes = new Uint8Array([...hex(start).subarray(0, cut), ...more])
      readPicture(bytes)
      soundDurationS(bytes, bytes.length)
      await readMovie(async (atByte, length) => bytes.subarray(atByte, atByte + length))
    }),
    { numRuns: 200 },
  )
})

test('types by the end of a name', () => {
  assert.equal(typeOfName('a.b.PDF'), 'application/pdf')
  assert.equal(typeOfName('constructor'), 'application/octet-stream')
  assert.equal(typeOfName('a.constructor'), 'application/octet-stream')
})
