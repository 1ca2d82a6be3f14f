import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { ProtocolError } from '../errors.ts'
import { bytesToHex } from './bytes.ts'
import { crc32, gzip, sha1, sha256, timingSafeEqual, unpack } from './primitives.ts'

test('hashes accept their input in any number of parts', () => {
  const text = new TextEncoder().encode('abc')
  assert.equal(bytesToHex(sha1(text)), 'a9993e364706816aba3e25717850c26c9cd0d89d')
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
  assert.equal(bytesToHex(sha256(text)), expected)
  assert.equal(bytesToHex(sha256(text.subarray(0, 1), text.subarray(1))), expected)
  assert.equal(bytesToHex(sha1()), 'da39a3ee5e6b4b0d3255bfef95601890afd80709')
  assert.equal(crc32(text), 0x352441c2)
})

test('bytes are equal only if every byte is equal', () => {
  assert.equal(timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2)), true)
  assert.equal(timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3)), false)
  assert.equal(timingSafeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3)), false)
})

test('both formats of packed data are unpacked up to a limit', () => {
  const data = new Uint8Array(5000).fill(7)
  for (const packed of [gzip(data), gzipSync(data), deflateSync(data)]) {
    assert.deepEqual(unpack(packed, 5000), data)
    assert.throws(() => unpack(packed, 4999), isProtocolError('GZIP_TOO_LARGE'))
    assert.throws(() => unpack(packed.subarray(0, packed.length - 5), 5000), isProtocolError('GZIP_INVALID'))
  }
  assert.throws(() => unpack(data, 5000), isProtocolError('GZIP_INVALID'))
  assert.throws(() => unpack(new Uint8Array(0), 5000), isProtocolError('GZIP_INVALID'))
})

function isProtocolError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ProtocolError && error.code === code
}
