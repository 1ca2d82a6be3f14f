/** Smaller sizes of pictures, with the library itself: their sides, their bytes, and pictures that are made to harm. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import vipsOf from 'wasm-vips'
import { signUp, testPhone } from '../e2e/logins.ts'

const folder = fileURLToPath(new URL('.', import.meta.url))
const SELF = { _: 'inputPeerSelf' }
const MIB = 1024 * 1024

/** What clients add to a stripped size. @see https://core.telegram.org/api/files */
const JFIF = Buffer.from('ffe000104a46494600010100000100010000', 'hex')

let vips
let data
let server
let client
before(async () => {
  vips = await vipsOf({ dynamicLibraries: [] })
  vips.concurrency(1)
  data = await mkdtemp(join(tmpdir(), 'cablegram-pictures-'))
  server = await startServer({ data, thumbnails: folder })
  client = new TelegramClient(memorySession(), { server: server.info, pfs: false })
  await signUp(client, server.info, testPhone(1))
})
after(async () => {
  await client.close()
  await server.close()
  await rm(data, { recursive: true })
  vips.shutdown()
})

/** A picture whose red goes from left to right, and whose green goes from top to bottom. */
function picture(width, height, ending, options = {}) {
  const places = vips.Image.xyz(width, height)
  const scaled = places.multiply([255 / Math.max(1, width - 1), 255 / Math.max(1, height - 1)])
  const colours = scaled.bandjoin(128).cast('uchar').copy({ interpretation: 'srgb' })
  return Buffer.from(colours.writeToBuffer(ending, options))
}

/** A PNG of one band whose header and whose data say what is given. */
function png(width, height, data) {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  const chunk = (name, body) => {
    const named = Buffer.concat([Buffer.from(name), body])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(body.length)
    sum.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, sum])
  }
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

let fileId = 0n
async function send(bytes, name) {
  fileId += 1n
  const parts = Math.ceil(bytes.length / (512 * 1024))
  for (let filePart = 0; filePart < parts; filePart++) {
    const part = bytes.subarray(filePart * 512 * 1024, (filePart + 1) * 512 * 1024)
    await client.upload.saveFilePart({ fileId, filePart, bytes: part })
  }
  return { _: 'inputFile', id: fileId, parts, name, md5Checksum: '' }
}

async function photoOf(bytes, name = 'photo.jpg') {
  const media = { _: 'inputMediaUploadedPhoto', file: await send(bytes, name) }
  return (await client.messages.uploadMedia({ peer: SELF, media })).photo
}

async function documentOf(bytes, mimeType) {
  const file = await send(bytes, 'picture')
  const media = { _: 'inputMediaUploadedDocument', file, mimeType, attributes: [], forceFile: true }
  return (await client.messages.uploadMedia({ peer: SELF, media })).document
}

const named = (sizes) =>
  sizes.filter(({ _ }) => _ === 'photoSize').map(({ type, w, h }) => `${type} ${w}x${h}`)
const strippedIn = (sizes) => sizes.find(({ _ }) => _ === 'photoStrippedSize')?.bytes

async function read({ id, accessHash, fileReference }, thumbSize, of = 'Photo') {
  const location = { _: `input${of}FileLocation`, id, accessHash, fileReference, thumbSize }
  const parts = []
  for (let offset = 0n; ; offset += BigInt(MIB)) {
    const { bytes } = await client.upload.getFile({ location, offset, limit: MIB })
    parts.push(bytes)
    if (bytes.length < MIB) return Buffer.concat(parts)
  }
}

/** A stripped size as a client puts it together: the header of any other small JPEG of these options, with its own sides. */
function rebuilt(stripped) {
  const [, height, width] = stripped
  const options = { Q: 20, optimize_coding: false, subsample_mode: 'on', strip: true }
  const other = Buffer.from(
    vips.Image.black(8, 8, { bands: 3 }).copy({ interpretation: 'srgb' }).writeToBuffer('.jpg', options),
  )
  const scan = other.indexOf(Buffer.from('ffda', 'hex')) + 2 + 12
  const header = Buffer.concat([other.subarray(0, 2), JFIF, other.subarray(2, scan)])
  assert.equal(header.length, 623)
  header.writeUInt16BE(height, 163)
  header.writeUInt16BE(width, 165)
  return Buffer.concat([header, stripped.subarray(3), Buffer.from('ffd9', 'hex')])
}

function pixels(bytes) {
  return vips.Image.newFromBuffer(bytes).writeToMemory()
}

/** The greatest difference of a colour between two pictures of the same size. */
function difference(one, other) {
  return vips.Image.newFromBuffer(one).subtract(vips.Image.newFromBuffer(other)).abs().max()
}

describe('photos', () => {
  test('each size is a JPEG of its box, and the photo itself stays as it came', async () => {
    const bytes = picture(3000, 2000, '.jpg', { Q: 90 })
    const photo = await photoOf(bytes)
    assert.deepEqual(named(photo.sizes), ['s 100x67', 'm 320x213', 'x 800x533', 'y 1280x853', 'w 3000x2000'])
    for (const { type, w, h, size } of photo.sizes.filter(({ _ }) => _ === 'photoSize').slice(0, -1)) {
      const made = await read(photo, type)
      const seen = vips.Image.newFromBuffer(made)
      assert.deepEqual([seen.width, seen.height, made.length], [w, h, size])
      const same = picture(w, h, '.png')
      assert.ok(difference(made, same) < 40, `${type}: ${difference(made, same)}`)
    }
    assert.ok(bytes.equals(await read(photo, 'w')))
    // Of a letter that the photo does not have, the next larger size.
    assert.deepEqual(await read(photo, 'a'), await read(photo, 'm'))
  })

  test('PNG, WebP and GIF, with an alpha channel too, and photos that lie on their side', async () => {
    assert.deepEqual(named((await photoOf(picture(400, 300, '.png'), 'a.png')).sizes), [
      's 100x75',
      'm 320x240',
      'x 400x300',
    ])
    assert.deepEqual(named((await photoOf(picture(90, 60, '.webp'), 'a.webp')).sizes), ['s 90x60'])
    assert.deepEqual(named((await photoOf(picture(200, 100, '.gif'), 'a.gif')).sizes), [
      's 100x50',
      'm 200x100',
    ])
    const clear = vips.Image.newFromBuffer(picture(200, 200, '.png')).bandjoin(0)
    const photo = await photoOf(Buffer.from(clear.writeToBuffer('.png')), 'a.png')
    assert.ok(Math.min(...pixels(await read(photo, 's'))) > 250, 'what is transparent becomes white')
    const lying = vips.Image.newFromBuffer(picture(300, 200, '.jpg')).copy()
    lying.setInt('orientation', 6)
    const turned = await photoOf(Buffer.from(lying.writeToBuffer('.jpg')))
    assert.deepEqual(named(turned.sizes), ['s 67x100', 'm 200x300'])
  })

  test('the stripped size is the picture, once a client has added the header', async () => {
    const bytes = picture(400, 300, '.jpg', { Q: 95 })
    const photo = await photoOf(bytes)
    const stripped = strippedIn(photo.sizes)
    assert.deepEqual([...stripped.subarray(0, 3)], [1, 30, 40])
    assert.ok(stripped.length < 600)
    const small = vips.Image.thumbnailBuffer(bytes, 40, { height: 40, size: 'down' })
    const options = { Q: 20, optimize_coding: false, subsample_mode: 'on', strip: true }
    const direct = Buffer.from(small.writeToBuffer('.jpg', options))
    assert.ok(difference(rebuilt(stripped), direct) <= 24, String(difference(rebuilt(stripped), direct)))
    const again = await photoOf(picture(40, 30, '.png'), 'a.png')
    const exact = Buffer.from(
      vips.Image.newFromBuffer(picture(40, 30, '.png')).writeToBuffer('.jpg', options),
    )
    assert.deepEqual(pixels(rebuilt(strippedIn(again.sizes))), pixels(exact), 'pixel for pixel')
  })

  test('a document that is a picture has a preview, and stays what it is', async () => {
    const bytes = picture(800, 600, '.png')
    const document = await documentOf(bytes, 'image/png')
    assert.deepEqual(named(document.thumbs), ['m 320x240'])
    assert.equal(vips.Image.newFromBuffer(await read(document, 'm', 'Document')).width, 320)
    assert.ok(bytes.equals(await read(document, '', 'Document')))
    const broken = Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(500, 7)])
    assert.equal((await documentOf(broken, 'image/png')).thumbs, undefined)
  })

  test('the photo of a person is cut to squares', async () => {
    const file = await send(picture(900, 700, '.jpg', { Q: 90 }), 'me.jpg')
    const { photo } = await client.photos.uploadProfilePhoto({ file })
    assert.deepEqual(named(photo.sizes), ['a 160x160', 'c 640x640'])
    const [small, big] = [await read(photo, 'a'), await read(photo, 'c')]
    assert.deepEqual(
      [small, big].map((each) => vips.Image.newFromBuffer(each).width),
      [160, 640],
    )
    const location = { _: 'inputPeerPhotoFileLocation', peer: SELF, photoId: photo.id }
    const limit = { offset: 0n, limit: MIB }
    assert.deepEqual(Buffer.from((await client.upload.getFile({ location, ...limit })).bytes), small)
    assert.deepEqual(
      Buffer.from((await client.upload.getFile({ location: { ...location, big: true }, ...limit })).bytes),
      big,
    )
    // Whoever sees the person shows this first.
    const [me] = await client.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
    const stripped = photo.sizes.find((size) => size._ === 'photoStrippedSize')
    assert.ok(stripped !== undefined && me.photo.strippedThumb.length > 20)
    assert.deepEqual(me.photo.strippedThumb, stripped.bytes)
    // The middle: red begins behind the left edge.
    assert.ok(vips.Image.newFromBuffer(big).getpoint(0, 320)[0] > 20)
    const tiny = await client.photos.uploadProfilePhoto({
      file: await send(picture(200, 300, '.jpg'), 'me.jpg'),
    })
    assert.deepEqual(named(tiny.photo.sizes), ['a 160x160', 'c 200x200'])
  })
})

describe('pictures that are made to harm', () => {
  const zeros = (length) => deflateSync(Buffer.alloc(length))

  test('they are refused, nothing of them stays, and memory stays where it was', async () => {
    await photoOf(picture(400, 300, '.jpg'))
    const rssBytes = process.memoryUsage().rss
    const whole = picture(600, 400, '.jpg', { Q: 90 })
    const webp = picture(300, 200, '.webp')
    const wide = Buffer.from(whole)
    // SOF0: 65535 by 65535.
    wide.fill(255, wide.indexOf(Buffer.from('ffc0', 'hex')) + 5, wide.indexOf(Buffer.from('ffc0', 'hex')) + 9)
    const gif = Buffer.from(picture(200, 100, '.gif'))
    gif.writeUInt16LE(65_535, 6)
    gif.writeUInt16LE(65_535, 8)
    const bombs = [
      ['a PNG that claims 60,000 by 60,000', png(60_000, 60_000, zeros(1000)), 'PHOTO_INVALID_DIMENSIONS'],
      ['a PNG that claims 2^31 - 1', png(2 ** 31 - 1, 2 ** 31 - 1, zeros(1000)), 'PHOTO_INVALID_DIMENSIONS'],
      ['a PNG whose data inflate to nothing', png(5000, 5000, zeros(100)), 'IMAGE_PROCESS_FAILED'],
      ['a JPEG that claims 65,535 by 65,535', wide, 'PHOTO_INVALID_DIMENSIONS'],
      ['a GIF that claims 65,535 by 65,535', gif, 'PHOTO_INVALID_DIMENSIONS'],
      ['a JPEG that ends in the middle', whole.subarray(0, 3000), 'IMAGE_PROCESS_FAILED'],
      [
        'a WebP with other bytes behind its header',
        Buffer.concat([webp.subarray(0, 40), Buffer.alloc(400, 9)]),
        'IMAGE_PROCESS_FAILED',
      ],
      ['a PNG of noise', png(300, 300, Buffer.alloc(5000, 3)), 'IMAGE_PROCESS_FAILED'],
    ]
    for (const [what, bytes, type] of bombs) {
      await assert.rejects(photoOf(bytes, 'a.png'), { type }, what)
      // Nothing stays: the same file cannot be sent once more.
      const file = { _: 'inputFile', id: fileId, parts: 1, name: 'a.png', md5Checksum: '' }
      await assert.rejects(
        client.messages.uploadMedia({ peer: SELF, media: { _: 'inputMediaUploadedPhoto', file } }),
        { type: 'FILE_PART_X_MISSING' },
        what,
      )
    }
    const grownBytes = process.memoryUsage().rss - rssBytes
    console.log(`memory after the bombs: ${Math.round(grownBytes / MIB)} MiB more`)
    await photoOf(picture(400, 300, '.jpg'))
  })

  test('data that inflate to a gigabyte behind a small picture are not read', async () => {
    // 1 GiB of zeros in 1 MiB: ten of them would not be a photo.
    const photo = await photoOf(png(200, 200, zeros(256 * MIB)), 'a.png').catch((error) => error.type)
    assert.ok(photo === 'IMAGE_PROCESS_FAILED' || named(photo.sizes).includes('s 100x100'))
  })
})
