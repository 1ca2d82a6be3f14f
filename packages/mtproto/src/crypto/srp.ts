import { pbkdf2Sha512, sha256, timingSafeEqual } from '#primitives'
import { SecurityError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { bigIntToBytes, bytesToBigInt, concatBytes, xorBytes } from './bytes.ts'
import { checkDhParams } from './dh.ts'
import { modPow } from './mod-pow.ts'

/** passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow. */
export interface PasswordAlgo {
  readonly salt1: Uint8Array
  readonly salt2: Uint8Array
  readonly g: number
  /** 256 bytes. */
  readonly p: Uint8Array
}

/** The fields of inputCheckPasswordSRP besides srp_id. */
export interface SrpProof {
  /** 256 bytes. */
  readonly a: Uint8Array
  /** 32 bytes. */
  readonly m1: Uint8Array
}

/** One question of the server: what it keeps from account.getPassword until auth.checkPassword. */
export interface SrpChallenge {
  /** The secret exponent. */
  readonly b: Uint8Array
  /** srp_B, 256 bytes. */
  readonly srpB: Uint8Array
}

const ITERATIONS = 100_000
/** As short as is safe over a prime of 2048 bits (RFC 7919 appendix A.1): a fifth of the work, and no client can tell. */
const SERVER_EXPONENT_BYTES = 40
/** Clients refuse a g^b nearer than this to 0 or p, and an srp_B that is too short. */
const MARGIN = 1n << 1984n

/** x = PH2(password): 32 bytes, as good as the password itself. */
export function derivePasswordHash(password: string, algo: PasswordAlgo): Uint8Array {
  const ph1 = saltHash(saltHash(new TextEncoder().encode(password), algo.salt1), algo.salt2)
  return saltHash(pbkdf2Sha512(ph1, algo.salt1, ITERATIONS), algo.salt2)
}

function saltHash(data: Uint8Array, salt: Uint8Array): Uint8Array {
  return sha256(salt, data, salt)
}

/** v = g^x mod p, 256 bytes: what the server keeps instead of a password. */
export function derivePasswordVerifier(password: string, algo: PasswordAlgo): Uint8Array {
  const x = bytesToBigInt(derivePasswordHash(password, algo))
  return bigIntToBytes(modPow(BigInt(algo.g), x, bytesToBigInt(algo.p)), 256)
}

/**
 * A new password as account.updatePasswordSettings sends it.
 *
 * @param algo new_algo of account.getPassword; the client's 32 random bytes go behind its salt1
 * @throws SecurityError where p or g is not good
 */
export function makeNewPassword(
  password: string,
  algo: PasswordAlgo,
  random: Random,
): { readonly algo: PasswordAlgo; readonly hash: Uint8Array } {
  checkDhParams(algo.p, algo.g)
  const salted = { ...algo, salt1: concatBytes(algo.salt1, random(32)) }
  return { algo: salted, hash: derivePasswordVerifier(password, salted) }
}

/**
 * The client's answer to a password question.
 *
 * @param srpB srp_B as the server sent it
 * @throws SecurityError where p, g or srp_B is not good
 */
export function provePassword(
  password: string,
  algo: PasswordAlgo,
  srpB: Uint8Array,
  random: Random,
): SrpProof {
  checkDhParams(algo.p, algo.g)
  const p = bytesToBigInt(algo.p)
  const bigB = srpB.length > 256 ? 0n : bytesToBigInt(srpB)
  if (bigB <= 0n || bigB >= p) throw new SecurityError('SRP_B_INVALID', 'srp_B is out of range')
  const x = bytesToBigInt(derivePasswordHash(password, algo))
  const kv = (multiplier(algo) * modPow(BigInt(algo.g), x, p)) % p
  const t = (bigB - kv + p) % p
  for (;;) {
    const a = bytesToBigInt(random(256))
    const bigA = modPow(BigInt(algo.g), a, p)
    const u = scrambler(bigA, bigB)
    if (bigA < MARGIN || bigA > p - MARGIN || u === 0n) continue
    // p is prime, so exponents count modulo p - 1.
    const s = modPow(t, (a + u * x) % (p - 1n), p)
    return { a: bigIntToBytes(bigA, 256), m1: deriveM1(algo, bigA, bigB, s) }
  }
}

/** A question for one check of a password; ask another for the next. */
export function makeSrpChallenge(algo: PasswordAlgo, verifier: Uint8Array, random: Random): SrpChallenge {
  const p = bytesToBigInt(algo.p)
  const kv = (multiplier(algo) * bytesToBigInt(verifier)) % p
  for (;;) {
    const b = random(SERVER_EXPONENT_BYTES)
    const power = modPow(BigInt(algo.g), bytesToBigInt(b), p)
    const bigB = (kv + power) % p
    if (power < MARGIN || power > p - MARGIN || bigB < MARGIN) continue
    return { b, srpB: bigIntToBytes(bigB, 256) }
  }
}

/** Tells whether the proof shows knowledge of the password behind `verifier`. */
export function isPasswordProven(
  algo: PasswordAlgo,
  verifier: Uint8Array,
  challenge: SrpChallenge,
  proof: SrpProof,
): boolean {
  const p = bytesToBigInt(algo.p)
  const bigA = proof.a.length > 256 ? 0n : bytesToBigInt(proof.a)
  const bigB = bytesToBigInt(challenge.srpB)
  // A = 0 mod p would make S known without the password.
  if (bigA <= 0n || bigA >= p) return false
  const u = scrambler(bigA, bigB)
  if (u === 0n) return false
  const base = (bigA * modPow(bytesToBigInt(verifier), u, p)) % p
  const s = modPow(base, bytesToBigInt(challenge.b), p)
  return timingSafeEqual(deriveM1(algo, bigA, bigB, s), proof.m1)
}

/** k = H(p | g). */
function multiplier({ p, g }: PasswordAlgo): bigint {
  return bytesToBigInt(sha256(p, bigIntToBytes(BigInt(g), 256)))
}

/** u = H(A | B). */
function scrambler(a: bigint, b: bigint): bigint {
  return bytesToBigInt(sha256(bigIntToBytes(a, 256), bigIntToBytes(b, 256)))
}

/** M1 = H(H(p) xor H(g) | H(salt1) | H(salt2) | A | B | H(S)). */
function deriveM1({ p, g, salt1, salt2 }: PasswordAlgo, a: bigint, b: bigint, s: bigint): Uint8Array {
  return sha256(
    xorBytes(sha256(p), sha256(bigIntToBytes(BigInt(g), 256))),
    sha256(salt1),
    sha256(salt2),
    bigIntToBytes(a, 256),
    bigIntToBytes(b, 256),
    sha256(bigIntToBytes(s, 256)),
  )
}
