/** The words of two-step verification. */
import type { Delivery } from '../../courier/port.ts'
import type { Authorized, NewUser, RequestRef } from '../accounts/words.ts'
import type { BudgetSpent, FailureBudget, SendBudget } from '../codes/words.ts'

/** The values that proofs of a password are checked with. Nobody here knows the password itself. */
export interface NewPassword {
  /** Random: a question about another password is of no use for this one. */
  readonly id: bigint
  readonly salt1: Uint8Array
  readonly salt2: Uint8Array
  /** v of SRP, 256 bytes; sealed at rest. */
  readonly verifier: Uint8Array
  readonly hint: string
}

/** An account's password as it is kept. */
export interface KeptPassword extends NewPassword {
  /** The confirmed address that a recovery code goes to. */
  readonly email: string | undefined
}

/** A question to a key: the server's half of SRP, good for one proof. */
export interface PasswordQuestion {
  readonly srpId: bigint
  /** The secret exponent; sealed at rest. */
  readonly b: Uint8Array
  readonly srpB: Uint8Array
}

/** A key asks for the question of its account. */
export interface AskPassword {
  readonly authKeyId: bigint
  readonly userId: bigint
  /** Makes the question if the open one cannot be given again. The decision calls it. */
  make(password: KeptPassword): PasswordQuestion
  readonly expiresAtMs: number
  readonly nowMs: number
}

/** The password of an account as its owner sees it. */
export interface AccountPassword {
  /** Undefined if the account has no password. */
  readonly asked: { readonly password: KeptPassword; readonly question: PasswordQuestion } | undefined
  /** The recovery address that still has to be confirmed. */
  readonly unconfirmedEmail: string | undefined
  /** The time of a reset that somebody has asked for. */
  readonly resetAtMs: number | undefined
}

/** One answer to a question. */
export interface PasswordProof {
  readonly srpId: bigint
  /** The hash of the answer, 32 bytes: a repeat is known by it. */
  readonly digest: Uint8Array
  /** Compares. The decision calls it once the guess is charged. */
  isRight(password: KeptPassword, question: PasswordQuestion): boolean
}

/** Somebody who gives a password, and the price of a wrong one. */
export interface ProvePassword {
  readonly authKeyId: bigint
  readonly userId: bigint
  /** Undefined if the client says that there is no password. */
  readonly proof: PasswordProof | undefined
  /** Wrong ones in any window; from then on each one locks the account, for twice as long as the last. */
  readonly limit: { readonly max: number; readonly windowMs: number; readonly maxWaitMs: number }
  /** The budget of the account's number, which codes are charged to, too. */
  readonly failures: FailureBudget
  readonly nowMs: number
}

/** A password for the login that waits for it on a key. */
export interface CheckPassword extends Omit<ProvePassword, 'userId'> {
  /** A repeat of a right answer gets the same outcome for as long. */
  readonly replayWithinMs: number
}

/** A password for something that only the password opens. */
export interface OpenPassword extends ProvePassword {
  /** A repeat of a right answer is right for as long; undefined: a repeat is refused. */
  readonly replayWithinMs?: number | undefined
}

/** Reasons why a password counts as not given; only `wrong` has cost anything. */
export type NotProven =
  | { readonly kind: 'wrong' }
  /** The question is unknown, too old, answered already, or another key's. */
  | { readonly kind: 'staleQuestion' }
  /** The question was about a password that the account no longer has. */
  | { readonly kind: 'passwordChanged' }
  /** The key is not signed in to the account any more, and waits for no password of it. */
  | { readonly kind: 'noLogin' }
  | { readonly kind: 'locked'; readonly untilMs: number }

/** A change of a password and its recovery address; undefined fields stay as they are. */
export interface PasswordChange {
  /** null takes it away, and the address with it. */
  readonly password?: NewPassword | null | undefined
  /** null takes it away. */
  readonly email?: string | null | undefined
}

/** A change that somebody gives their password for. */
export interface ChangePassword extends ProvePassword {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly change: PasswordChange
  /** If the change has an address: the code that confirms it, and the end of the change's wait. */
  readonly confirmation: { readonly code: NewPasswordCode; readonly keptUntilMs: number } | undefined
}

/** The outcome of a change; `nothingSet` if the account has no password to change, `waits` for its confirmation. */
export type ChangePasswordOutcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'nothingSet' }
  /** Not fresh: the code is on its way already. */
  | { readonly kind: 'waits'; readonly fresh: boolean }
  | BudgetSpent
  | NotProven

/** The use of a code that goes to an e-mail address. */
export type PasswordCodePurpose = 'confirmPasswordEmail' | 'recoverPassword'

/** A code to an e-mail address. */
export interface NewPasswordCode {
  /** Keyed hash of the code, 32 bytes. */
  readonly digest: Uint8Array
  /** Committed with the code, sent after. */
  readonly delivery: Delivery
  readonly expiresAtMs: number
  readonly budgets: readonly SendBudget[]
}

/** A code to send to the account's address, or again to the one that is not confirmed. */
export interface SendPasswordCode {
  readonly userId: bigint
  readonly purpose: PasswordCodePurpose
  readonly code: NewPasswordCode
  /** A code that was sent less than this ago and is still good is enough. */
  readonly repeatWithinMs: number
  readonly nowMs: number
}

/** The outcome; `gone` if the account has another address by now, or none. */
export type SendPasswordCodeOutcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'repeated' }
  | { readonly kind: 'gone' }
  | BudgetSpent

/** A guess at a code that went to an e-mail address. */
export interface TryPasswordCode {
  readonly userId: bigint
  readonly authKeyId: bigint
  /** Keyed hash of the guess, 32 bytes. */
  readonly digest: Uint8Array
  readonly maxAttempts: number
  /** A repeat by the same key within this time gets the same outcome. */
  readonly replayWithinMs: number
  readonly nowMs: number
}

/** A guess at the code that recovers a password; wrong ones are charged to the number's budget, too. */
export interface TryRecoveryCode extends TryPasswordCode {
  readonly failures: FailureBudget
}

/** The outcome of a guess; `dead`: unknown, used, too old, or guessed at too often. */
export type TryPasswordCodeOutcome = 'right' | 'wrong' | 'dead'

/** The outcome of a password for a login. */
export type CheckPasswordOutcome = Authorized | NotProven

/** The addresses of an account. */
export interface PasswordEmails {
  /** Its number, digits only. */
  readonly phone: string
  readonly hasPassword: boolean
  readonly recovery: string | undefined
  readonly unconfirmed: string | undefined
}

/** A password to be taken away after some time, for somebody who cannot give it. */
export interface ResetPassword {
  readonly userId: bigint
  /** The time from which it can be done, if nobody has asked before. */
  readonly resetAtMs: number
  readonly nowMs: number
}

/** The outcome; `declined` if somebody has declined the last one. `fresh` the first time somebody asks. */
export type ResetPasswordOutcome =
  | { readonly kind: 'waits'; readonly untilMs: number; readonly fresh: boolean }
  | { readonly kind: 'declined'; readonly untilMs: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'noPassword' }

/** An account to be deleted: at once with its password, after some time without it. */
export interface DeleteAccount extends ProvePassword {
  /** True if the client says anything of a password, even that there is none. */
  readonly isPasswordGiven: boolean
  /** The time from which it can be done without the password, if nobody has asked before. */
  readonly deleteAtMs: number
}

/**
 * The outcome; the keys are those that were signed in beside the one that asks, now revoked. `fresh` the first time
 * somebody asks.
 */
export type DeleteAccountOutcome =
  | { readonly kind: 'deleted'; readonly authKeyIds: readonly bigint[] }
  | { readonly kind: 'waits'; readonly untilMs: number; readonly fresh: boolean }
  | NotProven

/** An account with all that it is to have from its first moment. */
export interface NewSecuredUser {
  readonly user: NewUser
  /** Without an @. */
  readonly username: string | undefined
  /** Makes the password of the account with this id; undefined: no password. */
  readonly makePassword: ((userId: bigint) => NewPassword) | undefined
  /** The address that a recovery code goes to. */
  readonly email: string | undefined
  /** The address that login codes go to. */
  readonly loginEmail: string | undefined
}

/** The key is signed in by the code of a recovery mail; `applied` once, false in repeats. */
export interface Recovered extends Authorized {
  readonly applied: boolean
}
