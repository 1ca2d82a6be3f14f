import { int, isNull } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Ground } from '../../ground/ground.ts'
import { accepted, type Refused, refused } from '../refusal.ts'

const find = sql`
  SELECT a.created_at_s, p.set_at_s FROM authorizations a LEFT JOIN passwords p ON p.user_id = a.user_id
  WHERE a.auth_key_id = :authKeyId`

/**
 * Checks that the caller may give away what is theirs, once they have given the password: a thief has neither a password nor a
 * login of some age. Clients ask this by a call without an answer to the password.
 *
 * @throws {RpcError} PASSWORD_MISSING, PASSWORD_TOO_FRESH_X, SESSION_TOO_FRESH_X
 */
export async function checkMayGiveAway(on: Ground, { authKeyId }: Caller): Promise<void> {
  const nowS = Math.floor(on.clock.nowMs() / 1000)
  const ageS = on.settings.freshLoginS
  accepted(
    await on.store.look(function* (): Decision<{ readonly kind: 'old' } | Refused> {
      const row = yield* find.row({ authKeyId })
      if (row === undefined || isNull(row, 'set_at_s')) return refused('PASSWORD_MISSING')
      const passwordInS = int(row, 'set_at_s') + ageS - nowS
      if (passwordInS > 0) return { ...refused('PASSWORD_TOO_FRESH_X'), x: passwordInS }
      const loginInS = int(row, 'created_at_s') + ageS - nowS
      return loginInS > 0 ? { ...refused('SESSION_TOO_FRESH_X'), x: loginInS } : { kind: 'old' }
    }),
  )
}
