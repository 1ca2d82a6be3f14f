import type { KeptPassword, NewPassword, PasswordChange } from '../port.ts'
import type { Secret } from '../secret.ts'
import { bytes, long } from './columns.ts'
import type { Database } from './database.ts'
import { unseal } from './sealed.ts'

/** Passwords in their table; to be used inside a write or a read. */
export interface KeptPasswords {
  find(userId: bigint): KeptPassword | undefined
  /** False where there is no password, and none in the change. */
  change(userId: bigint, change: PasswordChange): boolean
}

/** Passwords in their table: everything but which one it is is sealed. */
export function prepareKeptPasswords(db: Database, secret: Secret): KeptPasswords {
  const find = db.prepare('SELECT user_id, password_id, sealed_password FROM passwords WHERE user_id = ?')
  // A new password is nobody's failures and nobody's reset. A new address leaves those as they are.
  const put = db.prepare(
    `INSERT INTO passwords (user_id, password_id, sealed_password) VALUES (:userId, :passwordId, :sealed)
     ON CONFLICT (user_id) DO UPDATE SET password_id = excluded.password_id,
       sealed_password = excluded.sealed_password, strikes = 0, locked_until_ms = 0, reset_at_ms = NULL,
       reset_retry_at_ms = NULL, delete_at_ms = NULL`,
  )
  const setSealed = db.prepare('UPDATE passwords SET sealed_password = :sealed WHERE user_id = :userId')
  const remove = db.prepare('DELETE FROM passwords WHERE user_id = ?')
  const removeCodes = db.prepare('DELETE FROM password_codes WHERE user_id = ?')

  function seal(userId: bigint, password: NewPassword, email: string | undefined): Uint8Array {
    const { salt1, salt2, verifier, hint } = password
    const sealed = { salt1: toHex(salt1), salt2: toHex(salt2), verifier: toHex(verifier), hint, email }
    return secret.seal(Buffer.from(JSON.stringify(sealed)), sealedAs(userId))
  }

  function findOne(userId: bigint): KeptPassword | undefined {
    const row = find.get(userId)
    if (row === undefined) return undefined
    const sealed = JSON.parse(
      Buffer.from(unseal(secret, bytes(row, 'sealed_password'), sealedAs(userId))).toString(),
    )
    return {
      id: long(row, 'password_id'),
      salt1: fromHex(sealed.salt1),
      salt2: fromHex(sealed.salt2),
      verifier: fromHex(sealed.verifier),
      hint: sealed.hint,
      email: sealed.email,
    }
  }

  return {
    find: findOne,
    change(userId, { password, email }) {
      const kept = findOne(userId)
      if (password === 'none') {
        removeCodes.run(userId)
        return remove.run(userId).changes > 0
      }
      const next = password ?? kept
      if (next === undefined) return false
      const nextEmail = email === undefined ? kept?.email : email === 'none' ? undefined : email
      const sealed = seal(userId, next, nextEmail)
      // What waits in an e-mail was about what is no more.
      removeCodes.run(userId)
      if (password === undefined) setSealed.run({ userId, sealed })
      else put.run({ userId, passwordId: next.id, sealed })
      return true
    },
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
