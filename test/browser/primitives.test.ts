import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { test } from 'node:test'
import zlib from 'node:zlib'
import { ProtocolError } from '@cablegram/mtproto'
import * as browser from '../../packages/mtproto/src/crypto/browser/primitives.ts'
import * as node from '../../packages/mtproto/src/crypto/primitives.ts'
import { Rng } from '../simulation/rng.ts'

/** The compiler compares the two: a primitive that browsers lack, or have in another form, is an error here. */
const both: readonly (typeof node)[] = [node, browser]

const random = new Rng(1).bytes
const inBoth = <Result>(compute: (primitives: typeof node) => Result) => both.map(compute)

test('browsers have the primitives that Node has, and no others', () => {
  assert.deepEqual(Object.keys(browser), Object.keys(node))
})

test('hashes are the same', () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 1000, 70_000]) {
    const [a, b] = [random(length), random(length % 70)]
    for (const hash of ['sha1', 'sha256'] as const) {
      const [ours, theirs] = inBoth((primitives) => [
        primitives[hash](a),
        primitives[hash](a, b),
        primitives[hash](),
      ])
      assert.deepEqual(theirs, ours, `${hash} of ${length} bytes`)
    }
  }
})

test('PBKDF2 is the same', () => {
  for (const [password, salt, iterations] of [
    [random(0), random(8), 1],
    [random(32), random(40), 100],
    [random(200), random(300), 3],
  ] as const) {
    const [ours, theirs] = inBoth(({ pbkdf2Sha512 }) => pbkdf2Sha512(password, salt, iterations))
    assert.deepEqual(theirs, ours)
  }
})

test('key streams, checksums and comparisons are the same', () => {
  const [key, iv] = [random(32), random(16)]
  const [ours, theirs] = inBoth(({ startCtr }) => startCtr(key, iv))
  for (const length of [3, 16, 61, 5000]) {
    const part = random(length)
    assert.deepEqual(theirs?.(part), ours?.(part))
    assert.equal(browser.crc32(part, 7), node.crc32(part, 7))
    const other = Uint8Array.from(part, (byte, i) => byte ^ Number(i === length - 1))
    assert.deepEqual(
      inBoth(({ timingSafeEqual }) => timingSafeEqual(part, part.slice())),
      [true, true],
    )
    assert.deepEqual(
      inBoth(({ timingSafeEqual }) => timingSafeEqual(part, other)),
      [false, false],
    )
    assert.deepEqual(
      inBoth(({ timingSafeEqual }) => timingSafeEqual(part, part.subarray(1))),
      [false, false],
    )
  }
})

const hashOf = (data: Uint8Array) => crypto.hash('sha256', data)

/** The hash of what a body unpacks to, or the code of the error. */
function unpacked(primitives: typeof node, packed: Uint8Array, maxBytes = 1 << 20): string {
  try {
    return hashOf(primitives.unpack(packed, maxBytes))
  } catch (error) {
    assert.ok(error instanceof ProtocolError)
    return error.code
  }
}

test('packed data is unpacked to the same, by either, within the same limits', () => {
  for (const length of [1, 2, 100, 5000, 200_000]) {
    const data = Uint8Array.from(random(length), (byte) => byte % 17)
    const forms = [
      browser.gzip(data),
      node.gzip(data),
      ...[0, 1, 9].flatMap((level) => [zlib.gzipSync(data, { level }), zlib.deflateSync(data, { level })]),
    ].map((form) => new Uint8Array(form))
    for (const packed of forms) {
      for (const maxBytes of [length, length + 1]) {
        assert.deepEqual(
          inBoth((primitives) => unpacked(primitives, packed, maxBytes)),
          Array(2).fill(hashOf(data)),
        )
      }
      if (length > 1)
        assert.deepEqual(
          inBoth((each) => unpacked(each, packed, length - 1)),
          Array(2).fill('GZIP_TOO_LARGE'),
        )
    }
  }
})

test('a head with a name, a comment, extra bytes and its own checksum is read over', () => {
  const plain = zlib.gzipSync('text')
  const [, , , , ...rest] = plain.subarray(0, 10)
  const head = [0x1f, 0x8b, 8, 28, ...rest, 3, 0, 1, 2, 3, ...Buffer.from('name\0comment\0')]
  const packed = new Uint8Array(Buffer.concat([Uint8Array.from(head), plain.subarray(10)]))
  assert.deepEqual(
    inBoth((each) => unpacked(each, packed)),
    Array(2).fill(hashOf(Buffer.from('text'))),
  )
})

test('damaged data is refused by both alike', () => {
  const data = Uint8Array.from({ length: 3000 }, (_, i) => (i * i) % 31)
  for (const packed of [zlib.gzipSync(data), zlib.deflateSync(data)].map((each) => new Uint8Array(each))) {
    for (let length = 0; length < packed.length; length += 3) {
      assert.deepEqual(
        inBoth((each) => unpacked(each, packed.subarray(0, length))),
        Array(2).fill('GZIP_INVALID'),
        `the first ${length} bytes`,
      )
    }
    // Bytes 4 to 9 of gzip are a time and a system, which nothing checks.
    for (let at = 10; at < packed.length; at += 1) {
      const damaged = packed.map((byte, i) => (i === at ? byte ^ 0x10 : byte))
      // A few bits do not matter: a copy from elsewhere may have the same bytes.
      const [ours, theirs] = inBoth((each) => unpacked(each, damaged))
      assert.equal(theirs, ours, `byte ${at}`)
    }
  }
  for (let i = 0; i < 300; i++) {
    const noise = random(i)
    assert.deepEqual(
      inBoth((each) => unpacked(each, noise)),
      Array(2).fill('GZIP_INVALID'),
    )
  }
})

test('a packed bomb ends at the limit', () => {
  const bomb = new Uint8Array(zlib.gzipSync(new Uint8Array(200 * 1024 * 1024), { level: 9 }))
  assert.equal(unpacked(browser, bomb), 'GZIP_TOO_LARGE')
})
