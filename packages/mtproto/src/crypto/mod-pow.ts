import { bigIntToBytes, bytesToBigInt } from './bytes.ts'
import { modPowNative } from './primitives.ts'

/** Exponents below this take fewer multiplications than the native call's set-up is worth. */
const SHORT_EXPONENT = 1n << 64n
const MAX_NATIVE_BITS = 3072n

/** base^exponent mod modulus. Not in constant time: secret exponents are to be used once. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const reduced = base % modulus
  const isNative = (modulus & 1n) === 1n && modulus >> MAX_NATIVE_BITS === 0n && reduced > 1n
  if (!isNative || exponent < SHORT_EXPONENT) return squareAndMultiply(reduced, exponent, modulus)
  if (exponent >= modulus) {
    // The native call takes no such exponent; 2048 random bits often are one.
    const half = modPow(reduced, exponent >> 1n, modulus)
    return (half * half * (exponent & 1n ? reduced : 1n)) % modulus
  }
  const modulusBytes = bigIntToBytes(modulus)
  const baseBytes = bigIntToBytes(reduced, modulusBytes.length)
  return bytesToBigInt(modPowNative(baseBytes, bigIntToBytes(exponent), modulusBytes))
}

/**
 * `modPow` on big-endian bytes.
 *
 * @returns as many bytes as the modulus has, leading zeros kept
 */
export function modPowBytes(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): Uint8Array {
  const power = modPow(bytesToBigInt(base), bytesToBigInt(exponent), bytesToBigInt(modulus))
  return bigIntToBytes(power, modulus.length)
}

function squareAndMultiply(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus
  let square = base
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}
