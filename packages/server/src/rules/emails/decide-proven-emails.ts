import { type Decision, sql } from '../../database/decision.ts'

const adopt = sql`
  INSERT INTO login_emails (user_id, email) SELECT :userId, proven_email FROM phone_codes
  WHERE phone_code_hash = :phoneCodeHash AND proven_email IS NOT NULL
  ON CONFLICT (user_id) DO UPDATE SET email = excluded.email, reset_at_ms = NULL`
// Somebody who types a code from the e-mail still reads it.
const callOffReset = sql`
  UPDATE login_emails SET reset_at_ms = NULL WHERE user_id = :userId
    AND EXISTS (SELECT 1 FROM phone_codes WHERE phone_code_hash = :phoneCodeHash AND channel = 'email')`
const keepWithPending = sql`
  UPDATE pending_logins SET login_email =
    (SELECT proven_email FROM phone_codes WHERE phone_code_hash = :phoneCodeHash)
  WHERE auth_key_id = :authKeyId`

/** Gives an account the address that its login has proven, once that login is signed in, and calls off a reset. */
export function* adoptProvenEmail(phoneCodeHash: string, userId: bigint): Decision<void> {
  yield* adopt.send({ phoneCodeHash, userId })
  yield* callOffReset.send({ phoneCodeHash, userId })
}

/** Keeps the address that a login has proven with that login while its password is still to come. */
export function* keepProvenEmail(phoneCodeHash: string, authKeyId: bigint): Decision<void> {
  yield* keepWithPending.send({ phoneCodeHash, authKeyId })
}
