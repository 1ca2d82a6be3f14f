import { freeBytes } from '@cablegram/tl'
import { native } from '#primitives'
import { kernel } from './kernel/kernel.ts'
import { BUFFER_BYTES, LAYOUT } from './kernel/layout.ts'

/** From here on AES-NI makes up for the time that a cipher of the runtime takes to set up. */
const MIN_CBC_BYTES = 4096

/**
 * AES-256-IGE encryption.
 *
 * @param key 32 bytes
 * @param iv 32 bytes: the first half is c₀, the second p₀
 * @param data a multiple of 16 bytes
 */
export function encryptIge(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const result = new Uint8Array(data.length)
  encryptIgeInto(result, key, iv, data)
  return result
}

/** AES-256-IGE decryption; parameters as in {@link encryptIge}. */
export function decryptIge(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  const result = new Uint8Array(data.length)
  decryptIgeInto(result, key, iv, data)
  return result
}

/** {@link encryptIge} to `result`, which is as long as the data and begins at a multiple of four bytes. It may be the data. */
export function encryptIgeInto(result: Uint8Array, key: Uint8Array, iv: Uint8Array, data: Uint8Array): void {
  if (native.startCbc && data.length >= MIN_CBC_BYTES) {
    encryptThroughCbc(result, native.startCbc(key, iv.subarray(0, 16)), iv, data)
    return
  }
  kernel.bytes.set(key, LAYOUT.aesKey)
  kernel.expandEncrypt()
  runIge(kernel.igeEncrypt, result, iv, data)
}

/** {@link decryptIge} to `result`, which is as long as the data. */
export function decryptIgeInto(result: Uint8Array, key: Uint8Array, iv: Uint8Array, data: Uint8Array): void {
  kernel.bytes.set(key, LAYOUT.aesKey)
  kernel.expandDecrypt()
  runIge(kernel.igeDecrypt, result, iv, data)
}

function runIge(
  ige: (from: number, to: number) => void,
  result: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): void {
  kernel.bytes.set(iv, LAYOUT.igeState)
  for (let offset = 0; offset < data.length; offset += BUFFER_BYTES) {
    const part = data.subarray(offset, offset + BUFFER_BYTES)
    const end = LAYOUT.buffer + part.length
    kernel.bytes.set(part, LAYOUT.buffer)
    ige(LAYOUT.buffer, end)
    result.set(kernel.bytes.subarray(LAYOUT.buffer, end), offset)
  }
}

/**
 * IGE chains what CBC chains and a plaintext block more. With yᵢ = cᵢ ⊕ pᵢ₋₁ that block moves to the input:
 * ```text
 * yᵢ = E(pᵢ ⊕ pᵢ₋₂ ⊕ yᵢ₋₁), y₁ = E(p₁ ⊕ c₀), y₂ = E(p₂ ⊕ p₀ ⊕ y₁)
 * ```
 * so y is CBC of xᵢ = pᵢ ⊕ pᵢ₋₂ (x₁ = p₁) with IV c₀, and cᵢ = yᵢ ⊕ pᵢ₋₁. Decryption has no such form.
 */
function encryptThroughCbc(
  result: Uint8Array,
  encrypt: (part: Uint8Array) => Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
): void {
  const { bytes } = kernel
  // p₋₁ = 0 and p₀, then a part of the data; two blocks of it stay in front for the next part.
  bytes.fill(0, P - 32, P - 16)
  bytes.set(iv.subarray(16), P - 16)
  for (let offset = 0; offset < data.length; offset += PART_BYTES) {
    const part = data.subarray(offset, offset + PART_BYTES)
    const end = X + part.length
    bytes.set(part, P)
    kernel.xorBlocks(X, end, P, P - 32)
    const encrypted = encrypt(bytes.subarray(X, end))
    bytes.set(encrypted, X)
    kernel.xorBlocks(X, end, X, P - 16)
    result.set(bytes.subarray(X, end), offset)
    bytes.copyWithin(P - 32, P + part.length - 32, P + part.length)
    // The collector comes late for memory outside of its heap, and is slow when it comes for that.
    freeBytes(encrypted)
  }
}

/** Half of the kernel's buffer has the plaintext of a part, with two blocks in front, and half has its xᵢ and then its cᵢ. */
const HISTORY_BYTES = 32
const PART_BYTES = BUFFER_BYTES / 2 - HISTORY_BYTES
const P = LAYOUT.buffer + HISTORY_BYTES
const X = P + PART_BYTES
