import type { Authorized, PasswordNeeded, User } from '../accounts/words.ts'
import { refusal } from '../refusal.ts'

/** The user who is signed in now. @throws {RpcError} SESSION_PASSWORD_NEEDED */
export function requireSignedIn(outcome: Authorized | PasswordNeeded): User {
  if (outcome.kind === 'passwordNeeded') throw refusal('SESSION_PASSWORD_NEEDED')
  return outcome.user
}
