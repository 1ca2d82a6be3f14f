import { bytes, long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { KeptPassword, NewPassword, PasswordChange } from './words.ts'

const find = sql`SELECT password_id, sealed_password FROM passwords WHERE user_id = :userId`
// A new password has no failures and no reset. A new address leaves both as they are.
const put = sql`
  INSERT INTO passwords (user_id, password_id, sealed_password, set_at_s)
  VALUES (:userId, :passwordId, :sealed, :nowS)
  ON CONFLICT (user_id) DO UPDATE SET password_id = excluded.password_id, set_at_s = excluded.set_at_s,
    sealed_password = excluded.sealed_password, strikes = 0, locked_until_ms = 0, reset_at_ms = NULL,
    reset_retry_at_ms = NULL, delete_at_ms = NULL`
const setSealed = sql`UPDATE passwords SET sealed_password = :sealed WHERE user_id = :userId`
const remove = sql`DELETE FROM passwords WHERE user_id = :userId`

/** The password of an account. Everything but its id is sealed. */
export function* findKeptPassword(secret: Secret, userId: bigint): Decision<KeptPassword | undefined> {
  const row = yield* find.row({ userId })
  if (row === undefined) return undefined
  const opened = Buffer.from(unseal(secret, bytes(row, 'sealed_password'), sealedAs(userId))).toString()
  const { email, ...password } = JSON.parse(opened)
  // Before commit ef1bd8b the id was in its column alone.
  const id = long(row, 'password_id')
  return { ...fromText({ ...password, id: String(id) }), email }
}

/** Makes a change. False if the account has no password and the change brings none. */
export function* changeKeptPassword(
  secret: Secret,
  userId: bigint,
  { password, email }: PasswordChange,
  nowS: number,
): Decision<boolean> {
  if (password === null) return (yield* remove.run({ userId })) > 0
  const kept = yield* findKeptPassword(secret, userId)
  const next = password ?? kept
  if (next === undefined) return false
  const nextEmail = email === undefined ? kept?.email : (email ?? undefined)
  const text = JSON.stringify({ ...toText(next), email: nextEmail })
  const sealed = secret.seal(Buffer.from(text), sealedAs(userId))
  if (password === undefined) yield* setSealed.send({ userId, sealed })
  else yield* put.send({ userId, passwordId: next.id, sealed, nowS })
  return true
}

/** A password as it is written before it is sealed. */
export interface PasswordText {
  readonly id: string
  readonly salt1: string
  readonly salt2: string
  readonly verifier: string
  readonly hint: string
}

/** Writes a password as text. */
export function toText({ id, salt1, salt2, verifier, hint }: NewPassword): PasswordText {
  return { id: String(id), salt1: toHex(salt1), salt2: toHex(salt2), verifier: toHex(verifier), hint }
}

/** Reads a password that {@link toText} wrote. */
export function fromText({ id, salt1, salt2, verifier, hint }: PasswordText): NewPassword {
  return {
    id: BigInt(id),
    salt1: fromHex(salt1),
    salt2: fromHex(salt2),
    verifier: fromHex(verifier),
    hint,
  }
}

function toHex(value: Uint8Array): string {
  return Buffer.from(value).toString('hex')
}

function fromHex(value: string): Uint8Array {
  return Uint8Array.from(Buffer.from(value, 'hex'))
}

/** Sealed under its account, so that one's verifier cannot be put in another's place. */
function sealedAs(userId: bigint): string {
  return `password ${userId}`
}
