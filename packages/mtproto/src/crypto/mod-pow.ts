import { native } from '#primitives'
import { bigIntToBytes, bytesToBigInt } from './bytes.ts'
import type { NativePower } from './native.ts'
import { squareAndMultiply } from './square-and-multiply.ts'

/** Exponents below this take fewer multiplications than the native call's set-up is worth. */
const SHORT_EXPONENT = 1n << 64n
const MAX_NATIVE_BITS = 3072n
/** The largest prime of 2048 bits, and the order of the squares modulo it. */
const PROBE_PRIME = (1n << 2048n) - 1_942_289n
const PROBE_ORDER = (PROBE_PRIME - 1n) >> 1n

/**
 * Makes a `modPow` that uses the runtime's own where that works. It is an RSA operation with a large exponent, which
 * Node does, Bun and Deno refuse and browsers lack: one trial at the first use decides, and BigInt does the work where it fails.
 */
export function createModPow(
  native: NativePower | undefined,
): (base: bigint, exponent: bigint, modulus: bigint) => bigint {
  let isUsable: boolean | undefined
  const modPowOf = (base: bigint, exponent: bigint, modulus: bigint): bigint => {
    const reduced = base % modulus
    const fits = (modulus & 1n) === 1n && modulus >> MAX_NATIVE_BITS === 0n && reduced > 1n
    if (!native || !fits || exponent < SHORT_EXPONENT) return squareAndMultiply(reduced, exponent, modulus)
    isUsable ??= power(native, 4n, PROBE_ORDER, PROBE_PRIME) === 1n
    if (!isUsable) return squareAndMultiply(reduced, exponent, modulus)
    if (exponent >= modulus) {
      // The native call takes no such exponent; 2048 random bits often are one.
      const half = modPowOf(reduced, exponent >> 1n, modulus)
      return (half * half * (exponent & 1n ? reduced : 1n)) % modulus
    }
    return power(native, reduced, exponent, modulus) ?? squareAndMultiply(reduced, exponent, modulus)
  }
  return modPowOf
}

/** base^exponent mod modulus. Not in constant time: secret exponents are to be used once. */
export const modPow: (base: bigint, exponent: bigint, modulus: bigint) => bigint = createModPow(native.modPow)

/** Computes it natively; undefined where the runtime refuses. */
function power(native: NativePower, base: bigint, exponent: bigint, modulus: bigint): bigint | undefined {
  const modulusBytes = bigIntToBytes(modulus)
  try {
    const baseBytes = bigIntToBytes(base, modulusBytes.length)
    return bytesToBigInt(native(baseBytes, bigIntToBytes(exponent), modulusBytes))
  } catch {
    return undefined
  }
}
