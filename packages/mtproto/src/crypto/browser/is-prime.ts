import { bigIntToBytes, bytesToBigInt, concatBytes } from '../bytes.ts'
import { digestParts } from '../kernel/digest.ts'
import { squareAndMultiply } from '../square-and-multiply.ts'

/** Each lets a composite pass with a chance of 1/4 at most. */
const ROUNDS = 40

/**
 * Tells whether `value`, big-endian, is prime: Miller-Rabin. The bases are hashes of the value, so that a composite
 * cannot be made to fit known ones. A wrong yes has a chance below 2^-64.
 */
export function isPrime(value: Uint8Array): boolean {
  const n = bytesToBigInt(value)
  if (n < 4n) return n === 2n || n === 3n
  if ((n & 1n) === 0n) return false
  let odd = n - 1n
  let twos = 0
  for (; (odd & 1n) === 0n; odd >>= 1n) twos++
  const digest = digestParts([value])
  for (let round = 0; round < ROUNDS; round++) {
    if (!passes(n, odd, twos, baseOf(n, digest, round))) return false
  }
  return true
}

/** A number from 2 to n - 2. */
function baseOf(n: bigint, digest: Uint8Array, round: number): bigint {
  const count = Math.ceil(bigIntToBytes(n).length / 32) + 1
  const parts = Array.from({ length: count }, (_, part) => digestParts([digest, Uint8Array.of(round, part)]))
  return (bytesToBigInt(concatBytes(...parts)) % (n - 3n)) + 2n
}

function passes(n: bigint, odd: bigint, twos: number, base: bigint): boolean {
  let x = squareAndMultiply(base, odd, n)
  if (x === 1n || x === n - 1n) return true
  for (let i = 1; i < twos; i++) {
    x = (x * x) % n
    if (x === n - 1n) return true
  }
  return false
}
