import { createHmac, timingSafeEqual } from 'node:crypto'
import { bytesToBigInt, DH_GENERATOR, DH_PRIME, makeNewPassword } from '@cablegram/mtproto/crypto'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { refusal } from '../refusal.ts'
import { algoOf } from './password-proofs.ts'
import type { NewPassword } from './words.ts'

/** The part of the ground that new passwords are made on. */
export type PasswordMaker = Pick<Ground, 'random'> & { readonly store: Pick<Ground['store'], 'secret'> }

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

const SALT1_BYTES = 8
const SALT2_BYTES = 16
/** Bytes that clients put behind the server's salt1. */
const MIN_OWN_SALT_BYTES = 32
const MAX_SALT1_BYTES = 256
const VERIFIER_BYTES = 256
const MAX_HINT = 255

/**
 * The salts that a new password of the account is to be hashed with; its owner puts bytes of their own behind salt1. The
 * server does not keep them: they follow from the secret and the account, so that the server recognises its own. A
 * password that was set twice still has two salts, because the client's bytes are new.
 */
export function saltsFor(
  { store }: Pick<PasswordMaker, 'store'>,
  userId: bigint,
): { readonly salt1: Uint8Array; readonly salt2: Uint8Array } {
  const secret = store.secret.derive('password salts')
  const saltOf = (name: string, length: number): Uint8Array =>
    Uint8Array.from(createHmac('sha256', secret).update(`${name} ${userId}`).digest().subarray(0, length))
  return { salt1: saltOf('salt1', SALT1_BYTES), salt2: saltOf('salt2', SALT2_BYTES) }
}

/** Takes a new password from its account's owner. @throws {RpcError} NEW_SALT_INVALID, NEW_SETTINGS_INVALID */
export function checkNewPassword(on: PasswordMaker, userId: bigint, sent: SentPassword): NewPassword {
  const { salt1, salt2, g, p, hash, hint } = sent
  const ours = saltsFor(on, userId)
  const own = salt1.length - SALT1_BYTES
  const isOurs = sameBytes(salt1.subarray(0, SALT1_BYTES), ours.salt1) && sameBytes(salt2, ours.salt2)
  if (!isOurs || own < MIN_OWN_SALT_BYTES || salt1.length > MAX_SALT1_BYTES) throw refusal('NEW_SALT_INVALID')
  if (g !== DH_GENERATOR || !sameBytes(p, DH_PRIME)) throw refusal('NEW_SETTINGS_INVALID')
  if (!isVerifier(hash) || hint.length > MAX_HINT) throw refusal('NEW_SETTINGS_INVALID')
  return { id: randomLong(on.random), salt1, salt2, verifier: hash, hint }
}

/** Makes a new password from its text. Takes a twentieth of a second, as at a client. */
export function hashNewPassword(
  on: PasswordMaker,
  userId: bigint,
  password: string,
  hint: string,
): NewPassword {
  const { algo, hash } = makeNewPassword(password, algoOf(saltsFor(on, userId)), on.random)
  return { id: randomLong(on.random), salt1: algo.salt1, salt2: algo.salt2, verifier: hash, hint }
}

/** Tells a verifier from 0, 1 and p - 1, powers that many passwords would share. */
function isVerifier(hash: Uint8Array): boolean {
  if (hash.length !== VERIFIER_BYTES) return false
  const v = bytesToBigInt(hash)
  return v > 1n && v < bytesToBigInt(DH_PRIME) - 1n
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
