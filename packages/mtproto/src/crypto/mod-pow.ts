import { bigIntToBytes, bytesToBigInt } from './bytes.ts'
import { modPowNative } from './primitives.ts'

/** Exponents below this take fewer multiplications than the native call's set-up is worth. */
const SHORT_EXPONENT = 1n << 64n
const MAX_NATIVE_BITS = 3072

/** base^exponent mod modulus. Not in constant time: secret exponents are to be used once. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const reduced = base % modulus
  const native =
    exponent >= SHORT_EXPONENT &&
    exponent < modulus &&
    (modulus & 1n) === 1n &&
    modulus >> BigInt(MAX_NATIVE_BITS) === 0n &&
    reduced > 1n
  if (!native) return squareAndMultiply(reduced, exponent, modulus)
  const modulusBytes = bigIntToBytes(modulus)
  const power = modPowNative(
    bigIntToBytes(reduced, modulusBytes.length),
    bigIntToBytes(exponent),
    modulusBytes,
  )
  return bytesToBigInt(power)
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
