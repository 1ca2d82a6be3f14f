import { makeSrpChallenge, type PasswordAlgo } from '@cablegram/mtproto/crypto'
import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { findLoginEmail } from '../accounts/decide-login-emails.ts'
import { findUsers } from '../accounts/decide-users.ts'
import { requirePasswordUserId, requireUserId } from '../accounts/keys.ts'
import { requireSignedIn } from '../accounts/signed-in.ts'
import type { User } from '../accounts/words.ts'
import { floodWait } from '../codes/budgets.ts'
import { checkEmail } from '../emails/email-address.ts'
import { withLoginNotice, withNotice } from '../messages/decide-notice.ts'
import { noticesBy } from '../messages/security-notices.ts'
import { refusal } from '../refusal.ts'
import { findKeptPassword } from './decide-kept-passwords.ts'
import {
  askPassword,
  changePassword,
  isPasswordSet,
  openPassword,
  passSecondFactor,
  setPassword,
} from './decide-passwords.ts'
import { checkNewPassword, hashNewPassword, type SentPassword, saltsFor } from './new-password.ts'
import { deliverPasswordCode, type MailGround, makePasswordCode } from './password-mails.ts'
import { algoOf, type PasswordAnswer, proofBy, proofRefusal } from './password-proofs.ts'
import type { PasswordChange } from './words.ts'

/** The facts that a client is told of its account's password before it gives the password. */
export interface PasswordInfo {
  /** Undefined if the account has no password. */
  readonly asked:
    | {
        readonly algo: PasswordAlgo
        readonly srpId: bigint
        readonly srpB: Uint8Array
        readonly hint: string
        readonly hasRecovery: boolean
      }
    | undefined
  /** The numbers that a new password is to be hashed with. */
  readonly newAlgo: PasswordAlgo
  /** The form of the address that is still to be confirmed. */
  readonly unconfirmedEmail: string | undefined
  /** The form of the address that login codes go to; only somebody who is signed in is told. */
  readonly loginEmail: string | undefined
  /** Seconds until the password can be reset, if somebody has asked for that. */
  readonly resetInS: number | undefined
  /** For secrets that a client keeps here under the password; this server keeps none. */
  readonly newSecureSalt: Uint8Array
  /** For the client's own generator of random numbers. */
  readonly secureRandom: Uint8Array
}

/** A change of the password of an account; undefined stays. */
export interface PasswordUpdate {
  /** null: the account has no password any more. */
  readonly password: SentPassword | null | undefined
  /** Empty: the recovery address is taken away. */
  readonly email: string | undefined
}

/** A change by the operator; undefined stays, null is taken away. */
export interface OperatorChange {
  readonly password?: string | null | undefined
  /** The hint of the new password. */
  readonly passwordHint?: string | undefined
  readonly email?: string | null | undefined
}

const SECURE_SALT_BYTES = 8
const SECURE_RANDOM_BYTES = 256

/** Asks a client for the password of its account. @throws {RpcError} AUTH_KEY_UNREGISTERED */
export async function getPasswordInfo(on: Ground, { authKeyId, state }: Caller): Promise<PasswordInfo> {
  const { store, clock, random, settings } = on
  const userId = requirePasswordUserId(state)
  const nowMs = clock.nowMs()
  const expiresAtMs = nowMs + settings.password.questionLifetimeS * 1000
  const { asked, unconfirmedEmail, resetAtMs } = await store.decide(() =>
    askPassword(store.secret, {
      authKeyId,
      userId,
      make: (password) => ({
        srpId: randomLong(random),
        ...makeSrpChallenge(algoOf(password), password.verifier, random),
      }),
      expiresAtMs,
      nowMs,
    }),
  )
  return {
    asked: asked && {
      algo: algoOf(asked.password),
      srpId: asked.question.srpId,
      srpB: asked.question.srpB,
      hint: asked.password.hint,
      hasRecovery: asked.password.email !== undefined,
    },
    newAlgo: algoOf(saltsFor(on, userId)),
    unconfirmedEmail: unconfirmedEmail && emailPattern(unconfirmedEmail),
    loginEmail: state.at === 'authorized' ? await loginEmailPattern(on, userId, nowMs) : undefined,
    resetInS: resetAtMs && Math.max(0, Math.ceil((resetAtMs - nowMs) / 1000)),
    newSecureSalt: random(SECURE_SALT_BYTES),
    secureRandom: random(SECURE_RANDOM_BYTES),
  }
}

async function loginEmailPattern(
  { store }: Ground,
  userId: bigint,
  nowMs: number,
): Promise<string | undefined> {
  const login = await store.look(function* () {
    const [user] = yield* findUsers([userId])
    return user && (yield* findLoginEmail(user.phone, nowMs))
  })
  return login && emailPattern(login.email)
}

/**
 * Completes a login that waits for its password.
 *
 * @throws {RpcError} PASSWORD_HASH_INVALID, SRP_ID_INVALID, SRP_PASSWORD_CHANGED, FLOOD_WAIT_X, AUTH_KEY_UNREGISTERED
 */
export async function givePassword(
  on: Ground,
  caller: Caller,
  answer: PasswordAnswer | undefined,
): Promise<User> {
  const { store, settings } = on
  requirePasswordUserId(caller.state)
  const request = { ...proofBy(on, caller, answer), replayWithinMs: settings.replayWithinS * 1000 }
  const outcome = await store.decide(() => withLoginNotice(on, passSecondFactor(store.secret, request)))
  if (outcome.kind !== 'authorized') throw proofRefusal(outcome, request.nowMs)
  return requireSignedIn(outcome)
}

/** The recovery address, for somebody who gives the password. @throws {RpcError} as {@link givePassword} does */
export async function openPasswordSettings(
  on: Ground,
  caller: Caller,
  answer: PasswordAnswer | undefined,
): Promise<{ readonly email: string | undefined }> {
  const { store, settings } = on
  const replayWithinMs = settings.replayWithinS * 1000
  const request = { ...proofBy(on, caller, answer), userId: requireUserId(caller.state), replayWithinMs }
  const outcome = await store.decide(() => openPassword(store.secret, request))
  if (outcome.kind !== 'right') throw proofRefusal(outcome, request.nowMs)
  return { email: outcome.password?.email }
}

/** Checks the password of the caller's account, which has one. @throws {RpcError} as {@link givePassword} does; PASSWORD_MISSING */
export async function requirePassword(
  on: Ground,
  caller: Caller,
  answer: PasswordAnswer | undefined,
): Promise<void> {
  const { store, settings } = on
  const replayWithinMs = settings.replayWithinS * 1000
  const request = { ...proofBy(on, caller, answer), userId: requireUserId(caller.state), replayWithinMs }
  const outcome = await store.decide(() => openPassword(store.secret, request))
  if (outcome.kind === 'right' && outcome.password !== undefined) return
  const hasNone = outcome.kind === 'right' || (await findPasswordHint(on, request.userId)) === undefined
  throw hasNone ? refusal('PASSWORD_MISSING') : proofRefusal(outcome, request.nowMs)
}

/**
 * Changes the password or its recovery address. A change that has an address waits until that is confirmed:
 * EMAIL_UNCONFIRMED_X, X being the length of the code.
 *
 * @throws {RpcError} as {@link givePassword} does; NEW_SALT_INVALID, NEW_SETTINGS_INVALID, NEW_SETTINGS_EMPTY, EMAIL_INVALID
 */
export async function updatePassword(
  on: MailGround,
  caller: Caller,
  answer: PasswordAnswer | undefined,
  update: PasswordUpdate,
): Promise<void> {
  const { store, settings } = on
  const { emailCode } = settings.password
  const userId = requireUserId(caller.state)
  const proven = { ...proofBy(on, caller, answer), userId, request: requestOf(caller, on) }
  const change = checkChange(on, userId, update)
  const to = change.email ?? undefined
  const code = to === undefined ? undefined : await makePasswordCode(on, userId, 'confirmPasswordEmail', to)
  const confirmation = code && { code, keptUntilMs: proven.nowMs + emailCode.unconfirmedForS * 1000 }
  const hadPassword = await store.look(() => isPasswordSet(userId))
  const notice = noticesBy(on, caller)(userId, { kind: changeKind(change, hadPassword) })
  const outcome = await store.decide(() =>
    withNotice(on, changePassword(store.secret, { ...proven, change, confirmation }), ({ kind }) =>
      kind === 'changed' ? notice : undefined,
    ),
  )
  switch (outcome.kind) {
    case 'changed':
      return
    case 'nothingSet':
      throw refusal('NEW_SETTINGS_EMPTY')
    case 'waits':
      if (code && outcome.fresh) await deliverPasswordCode(on, code)
      throw refusal('EMAIL_UNCONFIRMED_X', { x: emailCode.length })
    case 'budgetSpent':
      throw floodWait(outcome.freeAtMs, on.clock.nowMs())
    default:
      throw proofRefusal(outcome, proven.nowMs)
  }
}

/** The hint of an account's password, empty if it has none; undefined if the account has no password. */
export async function findPasswordHint({ store }: Ground, userId: bigint): Promise<string | undefined> {
  return (await store.look(() => findKeptPassword(store.secret, userId)))?.hint
}

/**
 * Makes a change as the operator, who needs no proof. False if there is no such account.
 *
 * @throws {RpcError} EMAIL_INVALID, PASSWORD_EMPTY
 */
export async function setPasswordOf(
  on: Ground,
  userId: bigint,
  { password, passwordHint, email }: OperatorChange,
): Promise<boolean> {
  const { store, clock } = on
  if (passwordHint !== undefined && typeof password !== 'string') throw refusal('PASSWORD_EMPTY')
  const change = {
    password:
      typeof password === 'string' ? hashNewPassword(on, userId, password, passwordHint ?? '') : password,
    email: typeof email === 'string' ? checkEmail(email) : email,
  }
  const nowMs = clock.nowMs()
  const outcome = await store.decide(() => setPassword(store.secret, userId, change, nowMs))
  if (outcome === 'nothingSet' && typeof email === 'string') throw refusal('PASSWORD_EMPTY')
  return outcome !== 'unknown'
}

function changeKind({ password }: PasswordChange, hadPassword: boolean) {
  if (password === null) return 'passwordRemoved'
  if (password === undefined) return 'recoveryEmailRemoved'
  return hadPassword ? 'passwordChanged' : 'passwordSet'
}

/** @throws {RpcError} NEW_SALT_INVALID, NEW_SETTINGS_INVALID, EMAIL_INVALID */
function checkChange(on: Ground, userId: bigint, update: PasswordUpdate): PasswordChange {
  const password = update.password && checkNewPassword(on, userId, update.password)
  if (update.email === undefined || update.email === '')
    return { password, email: update.email === '' ? null : undefined }
  // An address belongs to a password: it cannot come as that goes.
  if (password === null) throw refusal('NEW_SETTINGS_INVALID')
  return { password, email: checkEmail(update.email) }
}
