import { kernel } from '../kernel/kernel.ts'
import { BUFFER_BYTES, LAYOUT } from '../kernel/layout.ts'

const { bytes } = kernel
const BLOCK_BYTES = 16
const ROUND_KEY_BYTES = 240
const COUNTS = 2 ** 32

/**
 * AES-256-CTR: one key stream, each part going on where the last one ended; encrypts and decrypts alike.
 *
 * @param key 32 bytes
 * @param iv 16 bytes
 * @returns takes parts of any length
 */
export function startCtr(key: Uint8Array, iv: Uint8Array): (part: Uint8Array) => Uint8Array {
  bytes.set(key, LAYOUT.aesKey)
  kernel.expandEncrypt()
  const roundKeys = bytes.slice(LAYOUT.roundKeys, LAYOUT.roundKeys + ROUND_KEY_BYTES)
  const counter = new Uint8Array(iv)
  /** Bytes of the counter's block that earlier parts have used. */
  let used = 0
  return (part) => {
    const result = new Uint8Array(part.length)
    bytes.set(roundKeys, LAYOUT.roundKeys)
    for (let offset = 0; offset < part.length; ) {
      const length = Math.min(part.length - offset, roomFor(counter) - used)
      result.set(encryptPart(counter, used, part.subarray(offset, offset + length)), offset)
      offset += length
      advance(counter, Math.floor((used + length) / BLOCK_BYTES))
      used = (used + length) % BLOCK_BYTES
    }
    return result
  }
}

/** Bytes up to the end of the buffer, or of the last word of the counter. */
function roomFor(counter: Uint8Array): number {
  return Math.min(BUFFER_BYTES, (COUNTS - lastWord(counter)) * BLOCK_BYTES)
}

/** The first block is made again for the bytes of it that are left. */
function encryptPart(counter: Uint8Array, used: number, part: Uint8Array): Uint8Array {
  const begin = LAYOUT.buffer + used
  const end = begin + part.length
  bytes.set(counter.subarray(0, 12), LAYOUT.counter)
  bytes.set(part, begin)
  kernel.ctrBlocks(LAYOUT.buffer, end, lastWord(counter))
  return bytes.subarray(begin, end)
}

function lastWord(counter: Uint8Array): number {
  return new DataView(counter.buffer).getUint32(12)
}

/** The counter is a number of 16 bytes, the highest first. */
function advance(counter: Uint8Array, blocks: number): void {
  let carry = blocks
  for (let i = 15; i >= 0 && carry > 0; i--) {
    carry += counter[i] ?? 0
    counter[i] = carry
    carry = Math.floor(carry / 256)
  }
}
