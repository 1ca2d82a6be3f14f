import type { Decision } from '../../database/decision.ts'
import type { Ground } from '../../ground/ground.ts'
import { listSessions } from '../accounts/decide-users.ts'
import type { Authorized } from '../accounts/words.ts'
import { boxOf } from './box-of.ts'
import { appendMessage } from './decide-append-message.ts'
import { loginWarning } from './login-warning.ts'
import type { Notice } from './words.ts'

/** The parts that notices are written with. */
type NoticeGround = Pick<Ground, 'store' | 'settings'>

/**
 * A decision with the notice of what it did, so that no crash can come between the two.
 *
 * @param noticeOf finds the notice for an outcome; undefined if there is nothing to tell
 */
export function* withNotice<T>(
  on: NoticeGround,
  decision: Decision<T>,
  noticeOf: (outcome: T) => Notice | undefined,
): Decision<T> {
  const outcome = yield* decision
  const notice = noticeOf(outcome)
  if (notice !== undefined) yield* putNotice(on, notice)
  return outcome
}

/** An outcome of a login that is no login. */
interface NoLogin {
  readonly kind: string
  readonly hash?: undefined
}

/** The decision of a login, with a message to the account if nobody has confirmed the login. */
export function* withLoginNotice<T extends Authorized | NoLogin>(
  on: NoticeGround,
  decision: Decision<T>,
): Decision<T> {
  const outcome = yield* decision
  const login: Authorized | NoLogin = outcome
  if (login.hash === undefined || !login.fresh) return outcome
  const { user, hash } = login
  const session = (yield* listSessions(user.id)).find((each) => each.hash === hash)
  if (session?.unconfirmed) yield* putNotice(on, { userId: user.id, message: loginWarning(session) })
  return outcome
}

/** Writes a notice into the service chat of an account, once for each random id. */
export function* putNotice({ store, settings }: NoticeGround, { userId, message }: Notice): Decision<void> {
  yield* appendMessage(store.secret, boxOf(settings, userId), message)
}
