import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Random } from '@cablegram/mtproto'
import { bytesToBigInt, DH_GENERATOR, DH_PRIME, makeNewPassword } from '@cablegram/mtproto/crypto'
import { randomLong } from '../../ground/random.ts'
import { refusal } from '../refusal.ts'
import { algoOf } from './password-proofs.ts'
import type { NewPassword } from './words.ts'

/** A new password as a client sends it. */
export interface SentPassword {
  readonly salt1: Uint8Array
  readonly salt2: Uint8Array
  readonly g: number
  readonly p: Uint8Array
  /** v of SRP. */
  readonly hash: Uint8Array
  readonly hint: string
}

/** Salts for new passwords, and what is made of those. */
export interface NewPasswords {
  /** What a new password of the account is to be hashed with; its owner puts bytes of their own behind salt1. */
  saltsFor(userId: bigint): { readonly salt1: Uint8Array; readonly salt2: Uint8Array }
  /** @throws {RpcError} NEW_SALT_INVALID, NEW_SETTINGS_INVALID */
  check(userId: bigint, sent: SentPassword): NewPassword
  /** Takes a twentieth of a second, as at a client. */
  make(userId: bigint, password: string, hint: string): NewPassword
}

const SALT1_BYTES = 8
const SALT2_BYTES = 16
/** What clients put behind the server's salt1. */
const MIN_OWN_SALT_BYTES = 32
const MAX_SALT1_BYTES = 256
const VERIFIER_BYTES = 256
const MAX_HINT = 255

/**
 * New passwords. The server's salts are not kept: they follow from a secret and the account, so that it is known of any
 * salt whether it is one of ours, and a password that was set twice still has two salts, for the client's part is new.
 */
export function createNewPasswords(saltSecret: Uint8Array, random: Random): NewPasswords {
  const saltOf = (name: string, userId: bigint, length: number): Uint8Array =>
    Uint8Array.from(createHmac('sha256', saltSecret).update(`${name} ${userId}`).digest().subarray(0, length))

  function saltsFor(userId: bigint): { salt1: Uint8Array; salt2: Uint8Array } {
    return { salt1: saltOf('salt1', userId, SALT1_BYTES), salt2: saltOf('salt2', userId, SALT2_BYTES) }
  }

  return {
    saltsFor,
    check(userId, { salt1, salt2, g, p, hash, hint }) {
      const ours = saltsFor(userId)
      const own = salt1.length - SALT1_BYTES
      const isOurs = sameBytes(salt1.subarray(0, SALT1_BYTES), ours.salt1) && sameBytes(salt2, ours.salt2)
      if (!isOurs || own < MIN_OWN_SALT_BYTES || salt1.length > MAX_SALT1_BYTES)
        throw refusal('NEW_SALT_INVALID')
      if (g !== DH_GENERATOR || !sameBytes(p, DH_PRIME)) throw refusal('NEW_SETTINGS_INVALID')
      if (!isVerifier(hash) || hint.length > MAX_HINT) throw refusal('NEW_SETTINGS_INVALID')
      return { id: randomLong(random), salt1, salt2, verifier: hash, hint }
    },
    make(userId, password, hint) {
      const { algo, hash } = makeNewPassword(password, algoOf(saltsFor(userId)), random)
      return { id: randomLong(random), salt1: algo.salt1, salt2: algo.salt2, verifier: hash, hint }
    },
  }
}

/** 0, 1 and p - 1 are powers that many passwords would share. */
function isVerifier(hash: Uint8Array): boolean {
  if (hash.length !== VERIFIER_BYTES) return false
  const v = bytesToBigInt(hash)
  return v > 1n && v < bytesToBigInt(DH_PRIME) - 1n
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
