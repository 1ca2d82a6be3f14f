import { isPrime } from '#primitives'
import { SecurityError } from '../errors.ts'
import { bigIntToBytes, bytesToBigInt } from './bytes.ts'

/** Telegram's prime, big-endian. The only one that every client's password code accepts. */
export const DH_PRIME: Uint8Array = bigIntToBytes(
  BigInt(
    '0x' +
      'c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4db' +
      'fa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f64' +
      '2477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b41' +
      '0dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4' +
      'e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf' +
      '6f4fadf034b10403119cd8e3b92fcc5b',
  ),
  256,
)

/** The generator that goes with {@link DH_PRIME}. */
export const DH_GENERATOR = 3

/** Conditions under which g generates the subgroup of prime order (p-1)/2. */
const GENERATORS: Readonly<Record<number, { modulus: bigint; remainders: readonly bigint[] }>> = {
  2: { modulus: 8n, remainders: [7n] },
  3: { modulus: 3n, remainders: [2n] },
  4: { modulus: 1n, remainders: [0n] },
  5: { modulus: 5n, remainders: [1n, 4n] },
  6: { modulus: 24n, remainders: [19n, 23n] },
  7: { modulus: 7n, remainders: [3n, 5n, 6n] },
}

const PRIME_BYTES = 256

/** Proving a prime takes 0.3 s, and servers do not change theirs: the last few that passed are remembered. */
const MAX_KNOWN_PRIMES = 8
const knownPrimes = new Set<bigint>([bytesToBigInt(DH_PRIME)])

/**
 * Checks that p is a safe prime of 2048 bits and g one of its good generators.
 *
 * @see protocol.md section 3, "Client must check"
 * @throws SecurityError DH_PRIME_INVALID, DH_GENERATOR_INVALID
 */
export function checkDhParams(dhPrime: Uint8Array, g: number): void {
  // A length first: a prime of megabytes would take seconds to be read as a number.
  const p = dhPrime.length > PRIME_BYTES ? 0n : bytesToBigInt(dhPrime)
  if (p >> 2047n !== 1n) throw new SecurityError('DH_PRIME_INVALID', 'dh_prime does not have 2048 bits')
  const rule = GENERATORS[g]
  if (!rule?.remainders.includes(p % rule.modulus)) {
    throw new SecurityError('DH_GENERATOR_INVALID', 'g is not a good generator for dh_prime')
  }
  checkSafePrime(p)
}

function checkSafePrime(p: bigint): void {
  if (knownPrimes.has(p)) return
  if (!isPrime(bigIntToBytes(p)) || !isPrime(bigIntToBytes(p >> 1n))) {
    throw new SecurityError('DH_PRIME_INVALID', 'dh_prime is not a safe prime')
  }
  if (knownPrimes.size < MAX_KNOWN_PRIMES) knownPrimes.add(p)
}

/**
 * Checks the peer's g_a or g_b (or ours): 2^1984 ≤ value ≤ p - 2^1984, so not 1, not p-1, not a small subgroup's.
 *
 * @throws SecurityError DH_PUBLIC_INVALID
 */
export function checkDhPublic(value: Uint8Array, dhPrime: Uint8Array): void {
  const margin = 1n << 1984n
  const number = value.length > PRIME_BYTES ? 0n : bytesToBigInt(value)
  if (number < margin || number > bytesToBigInt(dhPrime) - margin) {
    throw new SecurityError('DH_PUBLIC_INVALID', 'a Diffie-Hellman public value is out of range')
  }
}
