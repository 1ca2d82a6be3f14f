import type { Ground } from '../../ground/ground.ts'
import { listSessions } from '../accounts/decide-users.ts'
import type { Authorized, PasswordNeeded, User } from '../accounts/words.ts'
import { refusal } from '../refusal.ts'
import { boxOf } from './box-of.ts'
import { appendMessage } from './decide-append-message.ts'
import { loginWarning } from './login-warning.ts'

/** The user who is signed in now. @throws {RpcError} SESSION_PASSWORD_NEEDED */
export function requireSignedIn(outcome: Authorized | PasswordNeeded): User {
  if (outcome.kind === 'passwordNeeded') throw refusal('SESSION_PASSWORD_NEEDED')
  return outcome.user
}

/** Bridge for logins that are still closures: their notice comes after the commit. */
export async function finishLogin(
  { store, settings }: Pick<Ground, 'store' | 'settings'>,
  outcome: Authorized | PasswordNeeded,
): Promise<User> {
  const user = requireSignedIn(outcome)
  if (outcome.kind !== 'authorized' || !outcome.fresh) return user
  await store.decide(function* () {
    const session = (yield* listSessions(user.id)).find((each) => each.hash === outcome.hash)
    if (session?.unconfirmed)
      yield* appendMessage(store.secret, boxOf(settings, user.id), loginWarning(session))
  })
  return user
}
