import { refusal } from '../refusal.ts'
import type { Authorized, PasswordNeeded, User } from './words.ts'

/** The user whom a login has signed in. @throws {RpcError} SESSION_PASSWORD_NEEDED */
export function requireSignedIn(outcome: Authorized | PasswordNeeded): User {
  if (outcome.kind === 'passwordNeeded') throw refusal('SESSION_PASSWORD_NEEDED')
  return outcome.user
}
