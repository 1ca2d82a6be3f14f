import type { Database } from '../../database/sqlite/database.ts'
import { prepareFailures } from '../codes/decide-failures.ts'
import { type Authorization, prepareFirstFactor } from './decide-authorizations.ts'
import { toUser } from './decide-users.ts'
import type { Authorized, PasswordNeeded } from './words.ts'

/** A first factor that is right, and the data centre it was given in. */
export interface Login extends Omit<Authorization, 'homeHash'> {
  readonly dcId: number
}

/**
 * What ends a way in besides a code, inside a write. An account that nobody has signed in to yet is at home there from
 * then on; its wrong guesses are forgiven, as with every login.
 */
export function prepareLogin(db: Database): (login: Login) => Authorized | PasswordNeeded {
  const settleHome = db.prepare(
    'UPDATE users SET home_dc = ifnull(home_dc, :dcId) WHERE id = :userId RETURNING *',
  )
  const failures = prepareFailures(db)
  const signInOrPend = prepareFirstFactor(db)
  return ({ dcId, ...login }) => {
    const user = toUser(settleHome.get({ userId: login.userId, dcId }) ?? {})
    const { kind } = signInOrPend({ ...login, homeHash: null })
    if (kind === 'passwordNeeded') return { kind }
    failures.forgive(user.phone)
    return { kind, user, hash: login.hash, fresh: true }
  }
}
