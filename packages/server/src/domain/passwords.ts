import { makeSrpChallenge, type PasswordAlgo } from '@cablegram/mtproto/crypto'
import type { PasswordChange, User } from '../store/port.ts'
import type { DomainParts } from './domain.ts'
import { requirePasswordUserId, requireUserId } from './keys.ts'
import { createNewLogins } from './new-logins.ts'
import { createNewPasswords, type NewPasswords, type SentPassword } from './new-password.ts'
import { algoOf, createProofs, type PasswordAnswer, proofRefusal } from './password-proofs.ts'
import { randomLong } from './random.ts'
import { refusal } from './refusals.ts'
import type { Caller } from './types.ts'

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
  readonly unconfirmedEmail: string | undefined
  /** Seconds until the password can be reset, where somebody has asked for that. */
  readonly resetInS: number | undefined
  /** For secrets that a client keeps here under the password; this server keeps none. */
  readonly newSecureSalt: Uint8Array
  /** For the client's own generator of random numbers. */
  readonly secureRandom: Uint8Array
}

/** What is to be different in the password of an account; undefined stays. */
export interface PasswordUpdate {
  /** `none`: the account has no password any more. */
  readonly password: SentPassword | 'none' | undefined
  /** Empty: the recovery address is taken away. */
  readonly email: string | undefined
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
  /** @throws {RpcError} as `check` does; NEW_SALT_INVALID, NEW_SETTINGS_INVALID, NEW_SETTINGS_EMPTY */
  update(caller: Caller, answer: PasswordAnswer | undefined, update: PasswordUpdate): Promise<void>
  isSet(userId: bigint): Promise<boolean>
  /** The operator's way, which needs no proof; null takes the password away. False where there is no such account. */
  set(userId: bigint, password: string | null, email?: string): Promise<boolean>
}

const SECURE_SALT_BYTES = 8
const SECURE_RANDOM_BYTES = 256

/** The rules of two-step verification, but for what goes by e-mail or takes days. */
export function createPasswords(parts: DomainParts): Passwords {
  const { store, clock, random, settings } = parts
  const newLogins = createNewLogins(parts)
  const newPasswords = createNewPasswords(store.deriveSecret('password salts'), random)
  const proofs = createProofs(parts)

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
        unconfirmedEmail,
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
      if (outcome.kind === 'noLogin') throw refusal('AUTH_KEY_UNREGISTERED')
      if (outcome.kind !== 'authorized') throw proofRefusal(outcome, request.nowMs)
      return await newLogins.finish(outcome, caller)
    },
    async settings(caller, answer) {
      const request = { ...proofs(caller, answer), userId: requireUserId(caller.state) }
      const outcome = await store.passwords.open(request)
      if (outcome.kind !== 'right') throw proofRefusal(outcome, request.nowMs)
      return { email: outcome.password?.email }
    },
    async update(caller, answer, update) {
      const userId = requireUserId(caller.state)
      const request = { ...proofs(caller, answer), userId }
      const change = changeOf(userId, update, newPasswords)
      const outcome = await store.passwords.change({ ...request, change })
      if (outcome.kind === 'nothingSet') throw refusal('NEW_SETTINGS_EMPTY')
      if (outcome.kind !== 'changed') throw proofRefusal(outcome, request.nowMs)
    },
    isSet: (userId) => store.passwords.isSet(userId),
    set: (userId, password, email) =>
      store.passwords.set(userId, {
        password: password === null ? 'none' : newPasswords.make(userId, password, ''),
        email,
      }),
  }
}

function changeOf(userId: bigint, update: PasswordUpdate, newPasswords: NewPasswords): PasswordChange {
  const { password, email } = update
  // Until codes go by e-mail there is no way to confirm one.
  if (email !== undefined && email !== '') throw refusal('EMAIL_INVALID')
  return {
    password: password === undefined || password === 'none' ? password : newPasswords.check(userId, password),
    email: email === '' ? 'none' : email,
  }
}
