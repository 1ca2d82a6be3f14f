/** The remainder of each byte, modulo the polynomial with its bits reversed. */
const REMAINDERS = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0)
  return remainder
})

/** CRC-32 (IEEE) of `data`, unsigned; `previous` is that of what came before it. */
export function crc32(data: Uint8Array, previous = 0): number {
  let remainder = ~previous
  for (const byte of data) remainder = (REMAINDERS[(remainder ^ byte) & 0xff] ?? 0) ^ (remainder >>> 8)
  return ~remainder >>> 0
}
