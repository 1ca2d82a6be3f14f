import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { test } from 'node:test'
import { digestMemory, digestWord } from './digest.ts'
import { kernel } from './kernel.ts'
import { BUFFER_BYTES, LAYOUT } from './layout.ts'
import { KERNEL_MODULE } from './module.ts'
import { assembleKernel } from './source.ts'

test('the committed module is what the source assembles to', () => {
  const isInStep = KERNEL_MODULE === Buffer.from(assembleKernel()).toString('base64')
  assert.ok(isInStep, 'module.ts is out of step: see generate.ts')
})

test('the kernel computes SHA-256 at any length', () => {
  const lengths = [...Array(200).keys(), 1000, BUFFER_BYTES]
  for (const length of lengths) {
    const data = Uint8Array.from({ length }, (_, i) => i * 31 + length)
    kernel.bytes.set(data, LAYOUT.buffer)
    digestMemory(LAYOUT.buffer, length)
    const digest = Int32Array.from({ length: 8 }, (_, i) => digestWord(i))
    assert.equal(Buffer.from(digest.buffer).toString('hex'), createHash('sha256').update(data).digest('hex'))
  }
})

test('the kernel’s cipher is AES-256: one block of IGE without a state is ECB', () => {
  for (let seed = 0; seed < 50; seed++) {
    const key = Uint8Array.from({ length: 32 }, (_, i) => (i * 89 + seed * 57) ^ seed)
    const block = Uint8Array.from({ length: 16 }, (_, i) => i * 17 * seed)
    kernel.bytes.set(key, LAYOUT.aesKey)
    kernel.bytes.fill(0, LAYOUT.igeState, LAYOUT.igeState + 32)
    kernel.bytes.set(block, LAYOUT.buffer)
    kernel.expandEncrypt()
    kernel.igeEncrypt(LAYOUT.buffer, LAYOUT.buffer + 16)
    const encrypted = kernel.bytes.slice(LAYOUT.buffer, LAYOUT.buffer + 16)
    const expected = createCipheriv('aes-256-ecb', key, null).update(block)
    assert.equal(Buffer.from(encrypted).toString('hex'), expected.toString('hex'))
    kernel.bytes.fill(0, LAYOUT.igeState, LAYOUT.igeState + 32)
    kernel.expandDecrypt()
    kernel.igeDecrypt(LAYOUT.buffer, LAYOUT.buffer + 16)
    assert.deepEqual(kernel.bytes.slice(LAYOUT.buffer, LAYOUT.buffer + 16), block)
  }
})
