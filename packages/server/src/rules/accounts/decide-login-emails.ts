import { int, isNull, text } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { LoginEmail } from '../emails/words.ts'

const REPLACE = 'ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, reset_at_ms = NULL'
// An address whose time has come is taken off, whatever its row says.
const find = sql`
  SELECT email, reset_at_ms FROM login_emails
  WHERE user_id = (SELECT id FROM users WHERE phone = :phone) AND (reset_at_ms IS NULL OR reset_at_ms > :nowMs)`
const set = sql`INSERT INTO login_emails (user_id, email) VALUES (:userId, :email) ${REPLACE}`
const remove = sql`DELETE FROM login_emails WHERE user_id = :userId`
const adopt = sql`
  INSERT INTO login_emails (user_id, email) SELECT user_id, login_email FROM pending_logins
  WHERE auth_key_id = :authKeyId AND user_id = :userId AND login_email IS NOT NULL ${REPLACE}`

/** The address that login codes of a number go to; undefined if it has none, or none any more. */
export function* findLoginEmail(phone: string, nowMs: number): Decision<LoginEmail | undefined> {
  const row = yield* find.row({ phone, nowMs })
  if (row === undefined) return undefined
  const resetAtMs = isNull(row, 'reset_at_ms') ? undefined : int(row, 'reset_at_ms')
  return { email: text(row, 'email'), resetAtMs }
}

/** Gives an account its address in place of the one before. @param email undefined takes it away */
export function* setLoginEmail(userId: bigint, email: string | undefined): Decision<void> {
  if (email === undefined) yield* remove.send({ userId })
  else yield* set.send({ userId, email })
}

/** Gives an account the address that a login has proven and that has waited with it for the password. */
export function* adoptPendingEmail(authKeyId: bigint, userId: bigint): Decision<void> {
  yield* adopt.send({ authKeyId, userId })
}
