import type { Decision } from '../../database/decision.ts'
import type { Secret } from '../../database/secret.ts'
import { setLoginEmail } from '../accounts/decide-login-emails.ts'
import { findPeerByName, holdName, nameUser } from '../accounts/decide-usernames.ts'
import { createUser } from '../accounts/decide-users.ts'
import type { User } from '../accounts/words.ts'
import { changeKeptPassword } from './decide-kept-passwords.ts'
import type { NewSecuredUser } from './words.ts'

/** Makes an account with all it is to have from its first moment: at no time is it there without its password. */
export function* createSecuredUser(
  secret: Secret,
  { user, username, makePassword, email, loginEmail }: NewSecuredUser,
): Decision<User | 'phoneTaken' | 'usernameTaken'> {
  if (username !== undefined) {
    yield* holdName(username)
    if ((yield* findPeerByName(username)) !== undefined) return 'usernameTaken'
  }
  const made = yield* createUser(user)
  if (made === undefined) return 'phoneTaken'
  const created = { ...made, username }
  const userId = created.id
  if (username !== undefined) yield* nameUser(userId, username)
  if (makePassword !== undefined) {
    const change = { password: makePassword(userId), email }
    yield* changeKeptPassword(secret, userId, change, user.createdAtS)
  }
  if (loginEmail !== undefined) yield* setLoginEmail(userId, loginEmail)
  return created
}
