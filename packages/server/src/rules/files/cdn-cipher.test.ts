import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encryptForCdn } from './cdn-cipher.ts'

const key = Uint8Array.from({ length: 32 }, (_, at) => at)
const iv = Uint8Array.from({ length: 16 }, (_, at) => 0xa0 + at)
const plain = Uint8Array.from({ length: 131_072 * 2 }, (_, at) => 31 * at + 7)

test('bytes on the CDN are those of AES-256-CTR, counted in blocks from the beginning of the file', () => {
  const at = (offset: number) => encryptForCdn({ key, iv }, offset, plain.subarray(offset, offset + 16))
  assert.equal(Buffer.from(at(0)).toString('hex'), 'b08270aac6e6a2579fc2bf9443dc33c9')
  assert.equal(Buffer.from(at(131_072)).toString('hex'), '5dddaf52a94da4d06def30bba5a6bdfe')
})

test('any part decrypts to what the whole has there', () => {
  const whole = encryptForCdn({ key, iv: new Uint8Array(16) }, 0, plain)
  const part = encryptForCdn({ key, iv: new Uint8Array(16) }, 4096, plain.subarray(4096, 8192))
  assert.deepEqual(part, whole.subarray(4096, 8192))
})
