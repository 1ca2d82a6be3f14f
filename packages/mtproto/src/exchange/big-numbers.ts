/**
 * The arithmetic of a key exchange: everything in it that takes milliseconds, and nothing else, so that it can
 * move to another thread as it is.
 */
import {
  bigIntToBytes,
  bytesToBigInt,
  checkDhParams,
  checkDhPublic,
  DH_GENERATOR,
  DH_PRIME,
  modPow,
} from '../crypto/index.ts'
import type { Random } from '../machine.ts'

const KEY_BYTES = 256
/** 320 bits: a safe prime of 2048 bits asks for 225 (RFC 7919 appendix A.1). */
const SHORT_EXPONENT_BYTES = 40

/** The server's half of a Diffie-Hellman exchange: g^a for server_DH_inner_data, and the secret `a`. */
export interface ServerDh {
  readonly a: Uint8Array
  readonly gA: Uint8Array
}

/** As {@link makeServerDh}, with an exponent as short as is safe: a fifth of the work, and no client can tell. */
export function makeShortServerDh(random: Random): ServerDh {
  return makeServerDh(random, SHORT_EXPONENT_BYTES)
}

/** A fresh g^a over Telegram's prime. */
export function makeServerDh(random: Random, exponentBytes: number = KEY_BYTES): ServerDh {
  for (;;) {
    const a = random(exponentBytes)
    const gA = power(bigIntToBytes(BigInt(DH_GENERATOR)), a, DH_PRIME)
    if (isInRange(gA)) return { a, gA }
  }
}

/**
 * The server's end: (g^b)^a.
 *
 * @throws SecurityError DH_PUBLIC_INVALID
 */
export function computeServerKey(a: Uint8Array, gB: Uint8Array): Uint8Array {
  checkDhPublic(gB, DH_PRIME)
  return power(gB, a, DH_PRIME)
}

/** The client's answer to server_DH_inner_data, and the key that follows from it. */
export interface ClientDh {
  readonly gB: Uint8Array
  readonly key: Uint8Array
}

/**
 * The client's end, after checking the server's numbers.
 *
 * @throws SecurityError DH_PRIME_INVALID, DH_GENERATOR_INVALID, DH_PUBLIC_INVALID
 */
export function makeClientDh(g: number, dhPrime: Uint8Array, gA: Uint8Array, random: Random): ClientDh {
  checkDhParams(dhPrime, g)
  checkDhPublic(gA, dhPrime)
  const b = random(KEY_BYTES)
  const gB = power(bigIntToBytes(BigInt(g)), b, dhPrime)
  checkDhPublic(gB, dhPrime)
  return { gB, key: power(gA, b, dhPrime) }
}

/** The exponent is taken modulo the group's order first: above the prime it would cost a slower path. */
function power(base: Uint8Array, exponent: Uint8Array, prime: Uint8Array): Uint8Array {
  const p = bytesToBigInt(prime)
  return bigIntToBytes(modPow(bytesToBigInt(base), bytesToBigInt(exponent) % (p - 1n), p), KEY_BYTES)
}

function isInRange(gA: Uint8Array): boolean {
  try {
    checkDhPublic(gA, DH_PRIME)
    return true
  } catch {
    return false
  }
}
