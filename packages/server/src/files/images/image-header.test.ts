import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { effort } from '../../../../../test/effort.ts'
import { sourceOf } from './byte-window.ts'
import type { ImageHeader } from './image-header.ts'
import { readImageHeader } from './image-header.ts'
import { sizeLetter } from './size-letter.ts'

type Piece = readonly number[] | Uint8Array | string

/** Bytes of numbers and of Latin-1 texts, one after another. */
function bytesOf(...pieces: readonly Piece[]): Uint8Array {
  return Uint8Array.from(
    pieces.flatMap((piece) => (typeof piece === 'string' ? [...Buffer.from(piece, 'latin1')] : [...piece])),
  )
}

const be16 = (n: number): number[] => [n >>> 8, n & 255]
const be32 = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
const le16 = (n: number): number[] => be16(n).reverse()
const le32 = (n: number): number[] => be32(n).reverse()

function segment(marker: number, ...body: readonly Piece[]): Uint8Array {
  const bytes = bytesOf(...body)
  return bytesOf([0xff, marker], be16(bytes.length + 2), bytes)
}

const SOI = [0xff, 0xd8]
const JFIF = segment(0xe0, 'JFIF\0', [1, 1, 0, 0, 1, 0, 1, 0, 0])
const TABLE = segment(0xdb, new Uint8Array(65))

function frame(width: number, height: number, marker = 0xc0): Uint8Array {
  return segment(marker, [8], be16(height), be16(width), [1, 1, 0x11, 0])
}

function exif(orientation: number, order: 'II' | 'MM' = 'II'): Uint8Array {
  const [u16, u32] = order === 'II' ? [le16, le32] : [be16, be32]
  const other = [...u16(0x0110), ...u16(2), ...u32(4), ...u32(0)]
  const entry = [...u16(0x0112), ...u16(3), ...u32(1), ...u16(orientation), 0, 0]
  return segment(0xe1, 'Exif\0\0', order, u16(42), u32(8), u16(2), other, entry, u32(0))
}

function png(width: number, height: number): Uint8Array {
  return bytesOf('\x89PNG\r\n\x1a\n', be32(13), 'IHDR', be32(width), be32(height), [8, 2, 0, 0, 0])
}

function webp(name: string, data: readonly number[]): Uint8Array {
  return bytesOf('RIFF', le32(data.length + 12), 'WEBP', name, le32(data.length), data)
}

const lossy = (w: number, h: number): number[] => [0x10, 0, 0, 0x9d, 0x01, 0x2a, ...le16(w), ...le16(h)]
const lossless = (w: number, h: number, version = 0): number[] => [
  0x2f,
  ...le32(((w - 1) | ((h - 1) << 14) | (version << 29)) >>> 0),
]
const canvas = (w: number, h: number): number[] => [
  0x10,
  0,
  0,
  0,
  ...le32(w - 1).slice(0, 3),
  ...le32(h - 1).slice(0, 3),
]

const read = (bytes: Uint8Array): Promise<ImageHeader | undefined> => readImageHeader(sourceOf(bytes))

async function sizeOf(bytes: Uint8Array): Promise<string | undefined> {
  const header = await read(bytes)
  return header && `${header.kind} ${header.width}x${header.height}`
}

test('the frame of a JPEG has its size, of whatever kind the frame is', async () => {
  for (const marker of [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc9, 0xcf])
    assert.equal(await sizeOf(bytesOf(SOI, JFIF, TABLE, frame(640, 480, marker))), 'jpeg 640x480')
})

test('tables whose markers lie among those of frames are not read as frames', async () => {
  const tables = [0xc4, 0xc8, 0xcc].map((marker) => segment(marker, [8], be16(1), be16(2), [1]))
  assert.equal(await sizeOf(bytesOf(SOI, ...tables, frame(640, 480))), 'jpeg 640x480')
})

test('Exif orientations 5 to 8 swap the sides, in either byte order; others do not', async () => {
  for (const order of ['II', 'MM'] as const) {
    for (const orientation of [1, 2, 3, 4, 0, 9])
      assert.equal(await sizeOf(bytesOf(SOI, exif(orientation, order), frame(640, 480))), 'jpeg 640x480')
    for (const orientation of [5, 6, 7, 8])
      assert.equal(
        await sizeOf(bytesOf(SOI, JFIF, exif(orientation, order), frame(640, 480))),
        'jpeg 480x640',
      )
  }
})

test('fill bytes, bytes between segments, and markers without a length are passed over', async () => {
  const between = [0xff, 0xff, 0xff, 0xff, 0xd0, 0xff, 0x01, 0x00, 0x17, 0xff, 0x00]
  assert.equal(await sizeOf(bytesOf(SOI, JFIF, between, frame(33, 44))), 'jpeg 33x44')
})

test('a frame behind many large segments is found with few reads', async () => {
  const large = Array.from({ length: 40 }, () => segment(0xe2, new Uint8Array(65_000)))
  const bytes = bytesOf(SOI, ...large, frame(4000, 3000))
  let readBytes = 0
  const header = await readImageHeader({
    size: bytes.length,
    read: async (offset, length) => {
      readBytes += length
      return bytes.subarray(offset, offset + length)
    },
  })
  assert.deepEqual(header, { kind: 'jpeg', width: 4000, height: 3000 })
  assert.ok(readBytes <= 42 * 65_536, `${readBytes}`)
})

test('PNG, GIF, and the three forms of WebP', async () => {
  assert.equal(await sizeOf(png(70_000, 3)), 'png 70000x3')
  assert.equal(await sizeOf(bytesOf('GIF89a', le16(500), le16(20), [0])), 'gif 500x20')
  assert.equal(await sizeOf(bytesOf('GIF87a', le16(1), le16(1))), 'gif 1x1')
  assert.equal(await sizeOf(webp('VP8 ', lossy(0x4000 | 300, 0x8000 | 200))), 'webp 300x200')
  assert.equal(await sizeOf(webp('VP8L', lossless(16_384, 7))), 'webp 16384x7')
  assert.equal(await sizeOf(webp('VP8X', canvas(70_001, 66_000))), 'webp 70001x66000')
})

test('a file that ends in its header is not a picture', async () => {
  const whole: Uint8Array[] = [
    bytesOf(SOI, JFIF, exif(6), frame(640, 480)).subarray(0, -4),
    png(5, 6).subarray(0, 29),
    bytesOf('GIF89a', le16(500), le16(20)),
    webp('VP8 ', lossy(300, 200)),
    webp('VP8L', lossless(30, 7)),
    webp('VP8X', canvas(30, 7)),
  ]
  for (const bytes of whole) {
    assert.ok(await read(bytes))
    for (let length = 0; length < bytes.length; length++)
      assert.equal(await read(bytes.subarray(0, length)), undefined, `${length} of ${bytes.length}`)
  }
})

const NOT_PICTURES: Readonly<Record<string, Uint8Array>> = {
  'no bytes': bytesOf(),
  'a text': bytesOf('<svg width="10" height="10"/>'),
  'a JPEG without height, which its end would tell': bytesOf(SOI, frame(640, 0)),
  'a JPEG without width': bytesOf(SOI, frame(0, 480)),
  'a JPEG whose scan comes before a frame': bytesOf(SOI, segment(0xda, [1]), frame(5, 5)),
  'a JPEG that ends before a frame': bytesOf(SOI, [0xff, 0xd9], frame(5, 5)),
  'a segment shorter than its length': bytesOf(SOI, [0xff, 0xe0, 0, 1], frame(5, 5)),
  'a segment that ends behind the file': bytesOf(SOI, [0xff, 0xe0, 0xff, 0xff]),
  'a PNG whose first chunk is another': bytesOf(
    '\x89PNG\r\n\x1a\n',
    be32(13),
    'IDAT',
    be32(5),
    be32(5),
    [0, 0, 0, 0, 0],
  ),
  'a PNG of no width': png(0, 5),
  'a PNG larger than the format has': png(0x8000_0000, 5),
  'a GIF of no height': bytesOf('GIF89a', le16(5), le16(0)),
  'a WebP that begins with another chunk': webp('ALPH', lossy(5, 5)),
  'a WebP that begins between key frames': webp('VP8 ', [0x11, ...lossy(5, 5).slice(1)]),
  'a WebP without start code': webp('VP8 ', [0x10, 0, 0, 1, 2, 3, 5, 0, 5, 0]),
  'a WebP of a later version': webp('VP8L', lossless(5, 5, 1)),
  'a WebP without signature': webp('VP8L', [0x2e, ...lossless(5, 5).slice(1)]),
}

for (const [name, bytes] of Object.entries(NOT_PICTURES))
  test(`no picture: ${name}`, async () => assert.equal(await read(bytes), undefined))

test('Exif that lies about its places turns nothing and breaks nothing', async () => {
  const lies: readonly (readonly Piece[])[] = [
    ['Exif\0\0'],
    ['Exif\0\0', 'II', le16(42), le32(0xffff_ffff)],
    ['Exif\0\0', 'II', le16(42), le32(8)],
    ['Exif\0\0', 'II', le16(42), le32(8), le16(0xffff)],
    ['Exif\0\0', 'II', le16(42), le32(7), le16(1), new Uint8Array(11)],
    ['Exif\0\0', 'II', le16(43), le32(8), le16(1), le16(0x0112), le16(3), le32(1), le16(6), [0, 0]],
    ['Exif\0\0', 'II', le16(42), le32(8), le16(1), le16(0x0112), le16(4), le32(1), le16(6), [0, 0]],
    ['Exif\0\0', 'II', le16(42), le32(8), le16(1), le16(0x0112), le16(3), le32(2), le16(6), [0, 0]],
    ['Exif\0\0', 'XX', le16(42), le32(8), le16(1), le16(0x0112), le16(3), le32(1), le16(6), [0, 0]],
    ['http://ns.adobe.com/xap/1.0/\0', '<x/>'],
  ]
  for (const lie of lies)
    assert.equal(await sizeOf(bytesOf(SOI, segment(0xe1, ...lie), frame(64, 48))), 'jpeg 64x48')
})

test('10 MiB of the smallest segments, of fill bytes, and of zeros are given up early', async () => {
  const size = 10 * 1024 * 1024
  for (const pattern of [[0xff, 0xe0, 0, 2], [0xff], [0], [0xff, 0xd0]]) {
    let readBytes = 0
    const header = await readImageHeader({
      size,
      read: async (offset, length) => {
        readBytes += length
        const bytes = new Uint8Array(length)
        for (let i = 0; i < length; i++) bytes[i] = pattern[(offset + i) % pattern.length] ?? 0
        if (offset === 0) bytes.set([0xff, 0xd8, 0xff, 0xe0, 0, 4])
        return bytes
      },
    })
    assert.equal(header, undefined)
    assert.ok(readBytes < 256 * 1024, `${readBytes}`)
  }
})

test('any change of any byte gives a size or none, and never throws', async () => {
  const picture = fc.constantFrom(
    bytesOf(SOI, JFIF, exif(6), TABLE, frame(640, 480)),
    png(5, 6),
    bytesOf('GIF89a', le16(5), le16(6)),
    webp('VP8 ', lossy(5, 6)),
    webp('VP8L', lossless(5, 6)),
    webp('VP8X', canvas(5, 6)),
  )
  const changes = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(picture, changes, fc.nat(200), async (whole, all, cut) => {
      const bytes = whole.slice(0, Math.max(whole.length - cut, 0))
      for (const [at, value] of all) if (at < bytes.length) bytes[at] = value
      const header = await read(bytes)
      if (header !== undefined) assert.ok(header.width > 0 && header.height > 0)
    }),
    { numRuns: effort(300, 20_000) },
  )
})

test('a size has the letter that its longer side reaches', () => {
  const letters = [1, 100, 101, 320, 321, 800, 801, 1280, 1281, 60_000].map((side) =>
    [sizeLetter({ width: side, height: 1 }), sizeLetter({ width: 1, height: side })].join(''),
  )
  assert.deepEqual(letters, ['ss', 'ss', 'mm', 'mm', 'xx', 'xx', 'yy', 'yy', 'ww', 'ww'])
})
