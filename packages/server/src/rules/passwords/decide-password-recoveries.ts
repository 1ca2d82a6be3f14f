import type { Database } from '../../database/sqlite/database.ts'
import { type Repeats, repeatedChange } from '../accounts/decide-repeats.ts'
import { toUser } from '../accounts/decide-users.ts'
import type { KeptPasswords } from './decide-kept-passwords.ts'
import type { PasswordCodes } from './decide-password-codes.ts'
import type { PasswordLogins } from './decide-password-logins.ts'
import type { PasswordChange, PasswordStore, SendPasswordCode, SendPasswordCodeOutcome } from './words.ts'

/** What recovery addresses are worked with. */
export interface RecoveryParts {
  readonly passwords: Pick<KeptPasswords, 'find'>
  readonly codes: PasswordCodes
  readonly logins: Pick<PasswordLogins, 'logIn' | 'holds'>
  readonly repeats: Pick<Repeats, 'decide'>
  /** Makes a change, and ends what waited for another. */
  readonly apply: (userId: bigint, change: PasswordChange, nowMs: number) => boolean
}

type Recoveries = Pick<
  PasswordStore,
  'emails' | 'sendCode' | 'confirmEmail' | 'cancelEmail' | 'checkRecovery' | 'recover'
>
type Recover = Parameters<PasswordStore['recover']>[0]

/** What goes by e-mail: addresses that are confirmed, and passwords that are recovered through them. */
export function createPasswordRecoveries(
  db: Database,
  { passwords, codes, logins, repeats, apply }: RecoveryParts,
): Recoveries {
  const findUser = db.prepare('SELECT * FROM users WHERE id = ?')

  function sendCode({
    userId,
    purpose,
    code,
    repeatWithinMs,
    nowMs,
  }: SendPasswordCode): SendPasswordCodeOutcome {
    const waiting =
      purpose === 'recoverPassword' ? recovery(userId, code.expiresAtMs) : codes.waiting(userId, nowMs)
    if (waiting === undefined || waiting.change.email !== code.delivery.to) return { kind: 'gone' }
    if (codes.wasSent({ userId, purpose }, nowMs - repeatWithinMs, nowMs)) return { kind: 'repeated' }
    return codes.keep({ userId, purpose, code, ...waiting, nowMs }) ?? { kind: 'sent' }
  }

  /** What a code to recover the password is kept with: the address it went to, and nothing to wait for after it. */
  function recovery(
    userId: bigint,
    keptUntilMs: number,
  ): { change: PasswordChange; keptUntilMs: number } | undefined {
    const email = passwords.find(userId)?.email
    return email === undefined ? undefined : { change: { email }, keptUntilMs }
  }

  function recover({ password, ...attempt }: Recover): Awaited<ReturnType<PasswordStore['recover']>> {
    const { authKeyId, userId, nowMs } = attempt
    if (!logins.holds(authKeyId, userId)) return { kind: 'dead' }
    const outcome = codes.guess({ ...attempt, purpose: 'recoverPassword', spends: true })
    if (outcome === 'wrong' || outcome === 'dead') return { kind: outcome }
    if (outcome === 'right') apply(userId, { password }, nowMs)
    const login = logins.logIn(authKeyId, userId, nowMs)
    return login === undefined ? { kind: 'dead' } : { ...login, applied: outcome === 'right' }
  }

  return {
    emails: (userId, nowMs) =>
      db.read(() => {
        const row = findUser.get(userId)
        if (row === undefined) return undefined
        const password = passwords.find(userId)
        const { phone } = toUser(row)
        const unconfirmed = codes.waiting(userId, nowMs)?.change.email ?? undefined
        return { phone, hasPassword: password !== undefined, recovery: password?.email, unconfirmed }
      }),
    sendCode: (request) => db.write(() => sendCode(request)),
    confirmEmail: (attempt) =>
      db.write(() => {
        const { authKeyId, userId, nowMs } = attempt
        if (!logins.holds(authKeyId, userId)) return 'dead'
        const waiting = codes.waiting(userId, nowMs)
        const outcome = codes.guess({ ...attempt, purpose: 'confirmPasswordEmail', spends: true })
        if (outcome === 'right') apply(userId, waiting?.change ?? {}, nowMs)
        return outcome
      }),
    cancelEmail: (userId, nowMs, request) =>
      db.write(() => {
        const run = (): boolean => codes.cancel(userId, 'confirmPasswordEmail', nowMs)
        return repeats.decide(request, run, repeatedChange)
      }),
    checkRecovery: (attempt) =>
      db.write(() => {
        const outcome = codes.guess({ ...attempt, purpose: 'recoverPassword', spends: false })
        return outcome === 'repeated' ? 'right' : outcome
      }),
    recover: (attempt) => db.write(() => recover(attempt)),
  }
}
