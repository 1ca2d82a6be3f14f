import { LAYOUT } from './layout.ts'

/** Writes the S-boxes and both directions' tables, from the field's arithmetic, into the kernel's memory. */
export function writeAesTables(memory: ArrayBuffer): void {
  const bytes = new Uint8Array(memory)
  const words = new Int32Array(memory)
  for (const [value, substitute] of sBox().entries()) {
    bytes[LAYOUT.sBox + value] = substitute
    bytes[LAYOUT.inverseSBox + substitute] = value
    writeColumns(words, LAYOUT.encryptTables, value, substitute, [2, 1, 1, 3])
    writeColumns(words, LAYOUT.decryptTables, substitute, value, [14, 9, 13, 11])
  }
}

/** A byte's part of a column for each row it may be in. */
function writeColumns(
  words: Int32Array,
  table: number,
  index: number,
  byte: number,
  factors: readonly number[],
): void {
  const column = factors.reduce((word, factor, row) => word | (multiply(byte, factor) << (row * 8)), 0)
  for (let row = 0; row < 4; row++) {
    const turned = row === 0 ? column : (column << (row * 8)) | (column >>> (32 - row * 8))
    words[table / 4 + row * 256 + index] = turned
  }
}

/** FIPS 197, 5.1.1: the inverse in the field, then an affine map. */
function sBox(): number[] {
  const box: number[] = [0x63]
  // 3 generates the field: p runs through 3^i while q runs through its inverse.
  let [p, q] = [1, 1]
  do {
    p = multiply(p, 3)
    q = multiply(q, 0xf6)
    const turn = (bits: number) => (q << bits) | (q >>> (8 - bits))
    box[p] = (q ^ turn(1) ^ turn(2) ^ turn(3) ^ turn(4) ^ 0x63) & 0xff
  } while (p !== 1)
  return box
}

/** In GF(2^8) modulo x^8 + x^4 + x^3 + x + 1. */
function multiply(a: number, b: number): number {
  let product = 0
  for (let [x, y] = [a, b]; y > 0; y >>= 1) {
    if (y & 1) product ^= x
    x = (x << 1) ^ (x & 0x80 ? 0x11b : 0)
  }
  return product
}
