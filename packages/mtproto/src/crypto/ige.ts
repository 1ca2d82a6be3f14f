import crypto from 'node:crypto'

/** temporary */
function ige(key: Uint8Array, iv: Uint8Array, data: Uint8Array, enc: boolean): Uint8Array {
  const cipher = (enc ? crypto.createCipheriv : crypto.createDecipheriv)(
    'aes-256-ecb',
    key,
    null,
  ).setAutoPadding(false)
  const out = new Uint8Array(data.length)
  let x = iv.subarray(0, 16)
  let y = iv.subarray(16, 32)
  if (!enc) [x, y] = [y, x]
  for (let o = 0; o < data.length; o += 16) {
    const block = data.subarray(o, o + 16)
    const made = cipher.update(block.map((b, i) => b ^ (x[i] ?? 0))).map((b, i) => b ^ (y[i] ?? 0))
    out.set(made, o)
    x = made
    y = block
  }
  return out
}
/**
 * AES-256-IGE encryption.
 *
 * @param key 32 bytes
 * @param iv 32 bytes: the first half is c₀, the second p₀
 * @param data a multiple of 16 bytes
 */
export function encryptIge(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return ige(key, iv, data, true)
}
/** AES-256-IGE decryption; parameters as in {@link encryptIge}. */
export function decryptIge(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return ige(key, iv, data, false)
}
