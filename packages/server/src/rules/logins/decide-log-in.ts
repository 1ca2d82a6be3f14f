import { type Decision, sql } from '../../database/decision.ts'
import { type Authorization, passFirstFactor } from '../accounts/decide-authorizations.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { Authorized, PasswordNeeded } from '../accounts/words.ts'
import { forgiveFailures } from '../codes/decide-failures.ts'

/** A first factor that is right, and the data centre it was given in. */
export interface Login extends Omit<Authorization, 'homeHash'> {
  readonly dcId: number
}

const settleHome = sql`
  UPDATE users SET home_dc = coalesce(home_dc, :dcId) WHERE id = :userId RETURNING *`

/**
 * Ends a login by anything but a code. An account that nobody has signed in to yet is at home there from then on; its
 * wrong guesses are forgiven, as with every login.
 */
export function* logIn({ dcId, ...login }: Login): Decision<Authorized | PasswordNeeded> {
  const user = toUser((yield* settleHome.row({ userId: login.userId, dcId })) ?? {})
  const { kind } = yield* passFirstFactor({ ...login, homeHash: null })
  if (kind === 'passwordNeeded') return { kind }
  yield* forgiveFailures(user.phone)
  return { kind, user, hash: login.hash, fresh: true }
}
