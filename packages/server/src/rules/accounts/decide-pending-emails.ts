import { type Decision, sql } from '../../database/decision.ts'

const adopt = sql`
  INSERT INTO login_emails (user_id, email) SELECT user_id, login_email FROM pending_logins
  WHERE auth_key_id = :authKeyId AND user_id = :userId AND login_email IS NOT NULL
  ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, reset_at_ms = NULL`

/** Gives an account the address that a login has proven and that has waited with it for the password. */
export function* adoptPendingEmail(authKeyId: bigint, userId: bigint): Decision<void> {
  yield* adopt.send({ authKeyId, userId })
}
