import { bytes, long } from '../../database/columns.ts'
import { unseal } from '../../database/sealed.ts'
import type { Secret } from '../../database/secret.ts'
import type { Database } from '../../database/sqlite/database.ts'
import type { KeptPassword, NewPassword, PasswordChange } from './words.ts'

/** Passwords in their table; to be used inside a write or a read. */
export interface KeptPasswords {
  find(userId: bigint): KeptPassword | undefined
  /** False where there is no password, and none in the change. */
  change(userId: bigint, change: PasswordChange): boolean
}

/** Passwords in their table: everything but which one it is is sealed. */
export function prepareKeptPasswords(db: Database, secret: Secret): KeptPasswords {
  const find = db.prepare('SELECT password_id, sealed_password FROM passwords WHERE user_id = ?')
  // A new password is nobody's failures and nobody's reset. A new address leaves those as they are.
  const put = db.prepare(
    `INSERT INTO passwords (user_id, password_id, sealed_password) VALUES (:userId, :passwordId, :sealed)
     ON CONFLICT (user_id) DO UPDATE SET password_id = excluded.password_id,
       sealed_password = excluded.sealed_password, strikes = 0, locked_until_ms = 0, reset_at_ms = NULL,
       reset_retry_at_ms = NULL, delete_at_ms = NULL`,
  )
  const setSealed = db.prepare('UPDATE passwords SET sealed_password = :sealed WHERE user_id = :userId')
  const remove = db.prepare('DELETE FROM passwords WHERE user_id = ?')

  function findOne(userId: bigint): KeptPassword | undefined {
    const row = find.get(userId)
    if (row === undefined) return undefined
    const opened = Buffer.from(unseal(secret, bytes(row, 'sealed_password'), sealedAs(userId))).toString()
    const { email, ...password } = JSON.parse(opened)
    // Before commit ef1bd8b the id was in its column alone.
    const id = long(row, 'password_id')
    return { ...fromText({ ...password, id: String(id) }), email }
  }

  return {
    find: findOne,
    change(userId, { password, email }) {
      if (password === null) return remove.run(userId).changes > 0
      const kept = findOne(userId)
      const next = password ?? kept
      if (next === undefined) return false
      const nextEmail = email === undefined ? kept?.email : (email ?? undefined)
      const text = JSON.stringify({ ...toText(next), email: nextEmail })
      const sealed = secret.seal(Buffer.from(text), sealedAs(userId))
      if (password === undefined) setSealed.run({ userId, sealed })
      else put.run({ userId, passwordId: next.id, sealed })
      return true
    },
  }
}

/** A password as it is put down before it is sealed. */
export interface PasswordText {
  readonly id: string
  readonly salt1: string
  readonly salt2: string
  readonly verifier: string
  readonly hint: string
}

/** A password to be put down. */
export function toText({ id, salt1, salt2, verifier, hint }: NewPassword): PasswordText {
  return { id: String(id), salt1: toHex(salt1), salt2: toHex(salt2), verifier: toHex(verifier), hint }
}

/** A password that was put down. */
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
