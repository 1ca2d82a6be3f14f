import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { test } from 'node:test'
import zlib from 'node:zlib'
import { bigIntToBytes, bytesToBigInt } from '../bytes.ts'
import { DH_PRIME } from '../dh.ts'
import { digestParts } from '../kernel/digest.ts'
import { BUFFER_BYTES } from '../kernel/layout.ts'
import { crc32 } from './crc32.ts'
import { startCtr } from './ctr.ts'
import { isPrime } from './is-prime.ts'

const random = (length: number) => new Uint8Array(crypto.randomBytes(length))

/** Random bytes, cut into parts of random length. */
function partsOf(length: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let left = length; left > 0; ) {
    const part = random(Math.min(left, 1 + crypto.randomInt(left)))
    left -= part.length
    parts.push(part)
  }
  return parts
}

test('SHA-256 of parts is that of Node at any length', () => {
  for (const length of [...Array(140).keys(), 1000, BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES * 2 + 70]) {
    const parts = partsOf(length)
    const expected = crypto.createHash('sha256').update(Buffer.concat(parts)).digest()
    assert.deepEqual(digestParts(parts), new Uint8Array(expected), `${length} bytes`)
  }
})

test('AES-CTR goes on within a block, and over the end of every word of the counter', () => {
  const ivs = ['00'.repeat(16), 'ff'.repeat(16), `${'00'.repeat(12)}fffffffe`, `00${'ff'.repeat(15)}`]
  for (const iv of [...ivs.map((hex) => new Uint8Array(Buffer.from(hex, 'hex'))), random(16)]) {
    const key = random(32)
    const node = crypto.createCipheriv('aes-256-ctr', key, iv)
    const ours = startCtr(key, iv)
    const other = startCtr(random(32), random(16))
    for (const length of [1, 15, 16, 17, 0, 3, 64, 1000, BUFFER_BYTES, 5, BUFFER_BYTES * 2 + 1, 7]) {
      const part = random(length)
      assert.deepEqual(ours(part), new Uint8Array(node.update(part)), `${length} bytes`)
      other(part)
    }
  }
})

test('AES-CTR is that of the vectors of SP 800-38A, F.5.5', () => {
  const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
  const key = hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4')
  const encrypt = startCtr(key, hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'))
  assert.deepEqual(encrypt(hex('6bc1bee22e409f96e93d7e117393172a')), hex('601ec313775789a5b7a7f504bbf3d228'))
  assert.deepEqual(encrypt(hex('ae2d8a571e03ac9c9eb76fac45af8e51')), hex('f443e3ca4d62b59aca84e990cacaf5c5'))
})

test('CRC-32 is that of Node, in one part or several', () => {
  for (const length of [0, 1, 7, 1000]) {
    const parts = partsOf(length)
    const whole = new Uint8Array(Buffer.concat(parts))
    assert.equal(crc32(whole), zlib.crc32(whole))
    assert.equal(
      parts.reduce((value, part) => crc32(part, value), 0),
      zlib.crc32(whole),
    )
  }
})

test('primes are told from composites, those that fool known bases among them', () => {
  const isNumberPrime = (value: bigint) => isPrime(bigIntToBytes(value))
  for (let n = 0n; n < 300n; n++) {
    assert.equal(isNumberPrime(n), crypto.checkPrimeSync(n), `${n}`)
  }
  // A Carmichael number, one that passes for the bases 2, 3, 5 and 7, and one that passes for the first twelve primes.
  for (const fooling of [561n, 3_215_031_751n, 318_665_857_834_031_151_167_461n]) {
    assert.equal(isNumberPrime(fooling), false)
  }
  assert.equal(isPrime(new Uint8Array(crypto.generatePrimeSync(256, { bigint: false }))), true)
  assert.equal(isNumberPrime(bytesToBigInt(DH_PRIME) + 2n), false)
})
