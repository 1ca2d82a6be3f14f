import { makeSrpChallenge, type PasswordAlgo } from '@cablegram/mtproto/crypto'
import type { Caller } from '../../ground/caller.ts'
import { emailPattern } from '../../ground/email-pattern.ts'
import type { Ground } from '../../ground/ground.ts'
import { randomLong } from '../../ground/random.ts'
import { requestOf } from '../../ground/request-ref.ts'
import { requirePasswordUserId, requireUserId } from '../accounts/keys.ts'
import type { User } from '../accounts/words.ts'
import { checkEmail } from '../emails/email-address.ts'
import type { EmailCodes } from '../emails/email-codes.ts'
import { createNewLogins } from '../messages/new-logins.ts'
import { createSecurityNotices } from '../messages/security-notices.ts'
import { refusal } from '../refusal.ts'
import type { NewPasswords, SentPassword } from './new-password.ts'
import { algoOf, createProofs, type PasswordAnswer, proofRefusal } from './password-proofs.ts'
import type { PasswordChange } from './words.ts'

/** What a client is told of its account's password before it gives it. */
export interface PasswordInfo {
  /** Undefined where the account has none. */
  readonly asked:
    | {
        readonly algo: PasswordAlgo
        readonly srpId: bigint
        readonly srpB: Uint8Array
        readonly hint: string
        readonly hasRecovery: boolean
      }
    | undefined
  /** What a new password is to be hashed with. */
  readonly newAlgo: PasswordAlgo
  /** The pattern of the address that is still to be confirmed. */
  readonly unconfirmedEmail: string | undefined
  /** The pattern of the address that login codes go to; only who is signed in is told. */
  readonly loginEmail: string | undefined
  /** Seconds until the password can be reset, where somebody has asked for that. */
  readonly resetInS: number | undefined
  /** For secrets that a client keeps here under the password; this server keeps none. */
  readonly newSecureSalt: Uint8Array
  /** For the client's own generator of random numbers. */
  readonly secureRandom: Uint8Array
}

/** What is to be different in the password of an account; undefined stays. */
export interface PasswordUpdate {
  /** null: the account has no password any more. */
  readonly password: SentPassword | null | undefined
  /** Empty: the recovery address is taken away. */
  readonly email: string | undefined
}

/** What the operator changes; undefined stays, null is taken away. */
export interface OperatorChange {
  readonly password?: string | null | undefined
  /** Of the new password. */
  readonly passwordHint?: string | undefined
  readonly email?: string | null | undefined
}

/** Two-step verification; every method throws the RpcError of the rule that refuses. */
export interface Passwords {
  /** @throws {RpcError} AUTH_KEY_UNREGISTERED */
  get(caller: Caller): Promise<PasswordInfo>
  /**
   * The end of a login that waits for its password.
   * @throws {RpcError} PASSWORD_HASH_INVALID, SRP_ID_INVALID, SRP_PASSWORD_CHANGED, FLOOD_WAIT_X, AUTH_KEY_UNREGISTERED
   */
  check(caller: Caller, answer: PasswordAnswer | undefined): Promise<User>
  /** The recovery address. @throws {RpcError} as `check` does */
  settings(
    caller: Caller,
    answer: PasswordAnswer | undefined,
  ): Promise<{ readonly email: string | undefined }>
  /**
   * A change that has an address waits until that is confirmed: EMAIL_UNCONFIRMED_X, X being the length of the code.
   * @throws {RpcError} as `check` does; NEW_SALT_INVALID, NEW_SETTINGS_INVALID, NEW_SETTINGS_EMPTY, EMAIL_INVALID
   */
  update(caller: Caller, answer: PasswordAnswer | undefined, update: PasswordUpdate): Promise<void>
  isSet(userId: bigint): Promise<boolean>
  /** The hint of the account's password, empty where it has none; undefined where the account has no password. */
  hint(userId: bigint): Promise<string | undefined>
  /**
   * The operator's way, which needs no proof. False where there is no such account.
   * @throws {RpcError} EMAIL_INVALID, PASSWORD_EMPTY
   */
  set(userId: bigint, change: OperatorChange): Promise<boolean>
}

const SECURE_SALT_BYTES = 8
const SECURE_RANDOM_BYTES = 256

/** The rules of two-step verification, but for what goes by e-mail or takes days. */
export function createPasswords(
  parts: Ground,
  { emailCodes, newPasswords }: { readonly emailCodes: EmailCodes; readonly newPasswords: NewPasswords },
): Passwords {
  const { store, clock, random, settings } = parts
  const newLogins = createNewLogins(parts)
  const proofs = createProofs(parts)
  const notices = createSecurityNotices(parts)

  async function loginEmailOf(userId: bigint, nowMs: number): Promise<string | undefined> {
    const [user] = await store.users.find([userId])
    const login = user && (await store.loginEmails.find(user.phone, nowMs))
    return login && emailPattern(login.email)
  }

  return {
    async get({ authKeyId, state }) {
      const userId = requirePasswordUserId(state)
      const nowMs = clock.nowMs()
      const { asked, unconfirmedEmail, resetAtMs } = await store.passwords.ask({
        authKeyId,
        userId,
        make: (password) => ({
          srpId: randomLong(random),
          ...makeSrpChallenge(algoOf(password), password.verifier, random),
        }),
        expiresAtMs: nowMs + settings.password.questionLifetimeS * 1000,
        nowMs,
      })
      return {
        asked: asked && {
          algo: algoOf(asked.password),
          srpId: asked.question.srpId,
          srpB: asked.question.srpB,
          hint: asked.password.hint,
          hasRecovery: asked.password.email !== undefined,
        },
        newAlgo: algoOf(newPasswords.saltsFor(userId)),
        unconfirmedEmail: unconfirmedEmail && emailPattern(unconfirmedEmail),
        loginEmail: state.at === 'authorized' ? await loginEmailOf(userId, nowMs) : undefined,
        resetInS: resetAtMs && Math.max(0, Math.ceil((resetAtMs - nowMs) / 1000)),
        newSecureSalt: random(SECURE_SALT_BYTES),
        secureRandom: random(SECURE_RANDOM_BYTES),
      }
    },
    async check(caller, answer) {
      requirePasswordUserId(caller.state)
      const replayWithinMs = settings.replayWithinS * 1000
      const request = proofs(caller, answer)
      const outcome = await store.passwords.check({ ...request, replayWithinMs })
      if (outcome.kind !== 'authorized') throw proofRefusal(outcome, request.nowMs)
      return await newLogins.finish(outcome, caller)
    },
    async settings(caller, answer) {
      const replayWithinMs = settings.replayWithinS * 1000
      const request = { ...proofs(caller, answer), userId: requireUserId(caller.state), replayWithinMs }
      const outcome = await store.passwords.open(request)
      if (outcome.kind !== 'right') throw proofRefusal(outcome, request.nowMs)
      return { email: outcome.password?.email }
    },
    async update(caller, answer, update) {
      const userId = requireUserId(caller.state)
      const proven = { ...proofs(caller, answer), userId }
      const request = { ...proven, request: requestOf(caller, parts) }
      const change = changeOf(userId, update, newPasswords)
      const to = change.email ?? undefined
      const code = to === undefined ? undefined : await emailCodes.make(userId, 'confirmPasswordEmail', to)
      const keptUntilMs = request.nowMs + settings.password.emailCode.unconfirmedForS * 1000
      const confirmation = code && { code, keptUntilMs }
      const hadPassword = await store.passwords.isSet(userId)
      const outcome = await store.passwords.change({ ...request, change, confirmation })
      switch (outcome.kind) {
        case 'changed':
          await notices.tell(userId, { kind: changeKind(change, hadPassword) }, caller)
          return
        case 'nothingSet':
          throw refusal('NEW_SETTINGS_EMPTY')
        case 'waits':
          if (code && outcome.fresh) await emailCodes.deliver(code)
          throw refusal('EMAIL_UNCONFIRMED_X', { x: settings.password.emailCode.length })
        case 'budgetSpent':
          throw emailCodes.refuse(outcome)
        default:
          throw proofRefusal(outcome, request.nowMs)
      }
    },
    isSet: (userId) => store.passwords.isSet(userId),
    hint: (userId) => store.passwords.hint(userId),
    async set(userId, { password, passwordHint, email }) {
      if (passwordHint !== undefined && typeof password !== 'string') throw refusal('PASSWORD_EMPTY')
      const change = {
        password:
          typeof password === 'string' ? newPasswords.make(userId, password, passwordHint ?? '') : password,
        email: typeof email === 'string' ? checkEmail(email) : email,
      }
      const outcome = await store.passwords.set(userId, change, clock.nowMs())
      if (outcome === 'nothingSet' && typeof email === 'string') throw refusal('PASSWORD_EMPTY')
      return outcome !== 'unknown'
    },
  }
}

function changeKind({ password }: PasswordChange, hadPassword: boolean) {
  if (password === null) return 'passwordRemoved'
  if (password === undefined) return 'recoveryEmailRemoved'
  return hadPassword ? 'passwordChanged' : 'passwordSet'
}

/** @throws {RpcError} NEW_SALT_INVALID, NEW_SETTINGS_INVALID, EMAIL_INVALID */
function changeOf(userId: bigint, update: PasswordUpdate, newPasswords: NewPasswords): PasswordChange {
  const password = update.password && newPasswords.check(userId, update.password)
  if (update.email === undefined || update.email === '')
    return { password, email: update.email === '' ? null : undefined }
  // An address is one of a password: it cannot come as that goes.
  if (password === null) throw refusal('NEW_SETTINGS_INVALID')
  return { password, email: checkEmail(update.email) }
}
