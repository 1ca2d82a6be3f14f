/** base^exponent mod modulus on big-endian bytes. */
export type NativePower = (base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array) => Uint8Array

/** The operations that some runtimes do faster than the kernel and BigInt; the others leave them out. */
export interface Native {
  /** AES-256-CBC encryption without padding, part by part; a part is a multiple of 16 bytes. */
  readonly startCbc?: (key: Uint8Array, iv: Uint8Array) => (part: Uint8Array) => Uint8Array
  /** For an odd modulus of up to 3072 bits and 0 < base, exponent < modulus. */
  readonly modPow?: NativePower
}
