/** What the rules ask of storage for two-step verification. */
import type { Delivery } from '../../courier/port.ts'
import type { Authorized, NewUser, RequestRef, User } from '../accounts/words.ts'
import type { BudgetSpent, FailureBudget, SendBudget } from '../codes/words.ts'

/** What proofs of a password are checked with. The password itself nobody here knows. */
export interface NewPassword {
  /** Random: what was asked about another password is of no use for this one. */
  readonly id: bigint
  readonly salt1: Uint8Array
  readonly salt2: Uint8Array
  /** v of SRP, 256 bytes; sealed at rest. */
  readonly verifier: Uint8Array
  readonly hint: string
}

/** An account's password as it is kept. */
export interface KeptPassword extends NewPassword {
  /** Where a code to recover it goes; confirmed. */
  readonly email: string | undefined
}

/** What a key was asked: the server's half of SRP, good for one proof. */
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
  /** Makes the question, where the one that stands cannot be given again. Called inside the decision. */
  make(password: KeptPassword): PasswordQuestion
  readonly expiresAtMs: number
  readonly nowMs: number
}

/** What an account's password is to its owner. */
export interface AccountPassword {
  /** Undefined where the account has no password. */
  readonly asked: { readonly password: KeptPassword; readonly question: PasswordQuestion } | undefined
  /** The recovery address that still has to be confirmed. */
  readonly unconfirmedEmail: string | undefined
  /** When the password can be reset, where somebody has asked for that. */
  readonly resetAtMs: number | undefined
}

/** One answer to a question. */
export interface PasswordProof {
  readonly srpId: bigint
  /** Of the answer, 32 bytes: a repeat is known by it. */
  readonly digest: Uint8Array
  /** Called inside the decision, once it is charged. */
  isRight(password: KeptPassword, question: PasswordQuestion): boolean
}

/** Who gives a password, and what a wrong one costs. */
export interface ProvePassword {
  readonly authKeyId: bigint
  readonly userId: bigint
  /** Undefined where the client says that there is no password. */
  readonly proof: PasswordProof | undefined
  /** Wrong ones in any window; from then on each one locks the account, for twice as long as the last. */
  readonly limit: { readonly max: number; readonly windowMs: number; readonly maxWaitMs: number }
  /** The budget of the account's number, which codes are charged to, too. */
  readonly failures: FailureBudget
  readonly nowMs: number
}

/** Why a password counts as not given; only `wrong` has cost anything. */
export type NotProven =
  | { readonly kind: 'wrong' }
  /** The question is unknown, too old, answered already, or another key's. */
  | { readonly kind: 'staleQuestion' }
  /** The question was about a password that the account has no more. */
  | { readonly kind: 'passwordChanged' }
  /** The key is not signed in to the account any more, and waits for no password of it. */
  | { readonly kind: 'noLogin' }
  | { readonly kind: 'locked'; readonly untilMs: number }

/** What is to become of a password and its recovery address; what is undefined stays. */
export interface PasswordChange {
  /** null: it is taken away, and the address with it. */
  readonly password?: NewPassword | null | undefined
  /** null: it is taken away. */
  readonly email?: string | null | undefined
}

/** A change that somebody gives their password for. */
export interface ChangePassword extends ProvePassword {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly change: PasswordChange
  /** Where the change has an address: the code that confirms it, and how long the change waits for that. */
  readonly confirmation: { readonly code: NewPasswordCode; readonly keptUntilMs: number } | undefined
}

/** What came of a change; `nothingSet` where there is no password for it to be about, `waits` for its confirmation. */
export type ChangePasswordOutcome =
  | { readonly kind: 'changed' }
  | { readonly kind: 'nothingSet' }
  /** Not fresh: the code is on its way already. */
  | { readonly kind: 'waits'; readonly fresh: boolean }
  | BudgetSpent
  | NotProven

/** What a code that goes to an e-mail address is good for. */
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
  /** One that was sent less than this ago, and is good still, is enough. */
  readonly repeatWithinMs: number
  readonly nowMs: number
}

/** What came of it; `gone` where the address is another by now, or none. */
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

/** What came of a guess; `dead`: unknown, used, too old, or guessed at too often. */
export type TryPasswordCodeOutcome = 'right' | 'wrong' | 'dead'

/** The password of an account that a login is for. */
export type CheckPasswordOutcome = Authorized | NotProven

/** The addresses of an account. */
export interface PasswordEmails {
  /** Its number, digits only. */
  readonly phone: string
  readonly hasPassword: boolean
  readonly recovery: string | undefined
  readonly unconfirmed: string | undefined
}

/** A password to be taken away once some time has passed, by who cannot give it. */
export interface ResetPassword {
  readonly userId: bigint
  /** When it can be, should this be the first time it is asked for. */
  readonly resetAtMs: number
  readonly nowMs: number
}

/** What came of it; `declined` where somebody has declined the last one. `fresh` the first time it is asked for. */
export type ResetPasswordOutcome =
  | { readonly kind: 'waits'; readonly untilMs: number; readonly fresh: boolean }
  | { readonly kind: 'declined'; readonly untilMs: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'noPassword' }

/** An account to be deleted: at once by who gives its password, else once some time has passed. */
export interface DeleteAccount extends ProvePassword {
  /** Whether the client says anything of a password, be it that there is none. */
  readonly isPasswordGiven: boolean
  /** When it can be, should this be the first time it is asked for without the password. */
  readonly deleteAtMs: number
}

/**
 * What came of it; the keys are those that were signed in beside the one that asks, now revoked. `fresh` the first time
 * it is asked for.
 */
export type DeleteAccountOutcome =
  | { readonly kind: 'deleted'; readonly authKeyIds: readonly bigint[] }
  | { readonly kind: 'waits'; readonly untilMs: number; readonly fresh: boolean }
  | NotProven

/** An account with what it is to have from its first moment. */
export interface NewSecuredUser {
  readonly user: NewUser
  /** Without an @. */
  readonly username: string | undefined
  /** The password of whoever gets this id; undefined: none. */
  readonly makePassword: ((userId: bigint) => NewPassword) | undefined
  /** Where a code to recover the password goes. */
  readonly email: string | undefined
  /** Where login codes go. */
  readonly loginEmail: string | undefined
}

/** The key is signed in by the code of a recovery mail; `applied` once, false in repeats. */
export interface Recovered extends Authorized {
  readonly applied: boolean
}

/** Two-step verification. Whatever a password is given for is one decision with checking it. */
export interface PasswordStore {
  /** Whether the account has a password. */
  isSet(userId: bigint): Promise<boolean>
  /** The hint of the account's password, empty where it has none; undefined where the account has no password. */
  hint(userId: bigint): Promise<string | undefined>
  /** One open question for each key: it is given again until it is answered, has expired, or its password has changed. */
  ask(request: AskPassword): Promise<AccountPassword>
  /** Signs in the key that waits for this password. One that is signed in with the account already stays so. */
  check(
    request: Omit<ProvePassword, 'userId'> & { readonly replayWithinMs: number },
  ): Promise<CheckPasswordOutcome>
  /** The password that was given, undefined where the account has none. */
  open(
    request: ProvePassword & {
      /** A repeat of a right answer is right for as long; absent: not at all. */
      readonly replayWithinMs?: number | undefined
    },
  ): Promise<{ readonly kind: 'right'; readonly password: KeptPassword | undefined } | NotProven>
  change(request: ChangePassword): Promise<ChangePasswordOutcome>
  /** One write: at no time is the account there without its password. */
  create(user: NewSecuredUser): Promise<User | 'phoneTaken' | 'usernameTaken'>
  /** The operator's way, which needs no password. `unknown` where there is no such account. */
  set(userId: bigint, change: PasswordChange, nowMs: number): Promise<'changed' | 'nothingSet' | 'unknown'>
  /** Undefined where there is no such account. */
  emails(userId: bigint, nowMs: number): Promise<PasswordEmails | undefined>
  sendCode(request: SendPasswordCode): Promise<SendPasswordCodeOutcome>
  /** Makes the change that waited for it; `repeated`: it was made by an earlier call of the same key. */
  confirmEmail(attempt: TryPasswordCode): Promise<TryPasswordCodeOutcome | 'repeated'>
  /** Gives the change up that waits for its confirmation. False where there is none. */
  cancelEmail(userId: bigint, nowMs: number, request?: RequestRef): Promise<boolean>
  /** Whether the code is right; it stays good. */
  checkRecovery(attempt: TryRecoveryCode): Promise<TryPasswordCodeOutcome>
  /** Spends the code, puts the new password in place of the old one, and signs the key in where it waits for that. */
  recover(
    attempt: TryRecoveryCode & { readonly password: NewPassword | null },
  ): Promise<Recovered | { readonly kind: 'wrong' } | { readonly kind: 'dead' }>
  /** Takes the password away once its time has come. */
  reset(request: ResetPassword): Promise<ResetPasswordOutcome>
  /** Nobody can ask for a reset again until then. False where none was asked for. */
  declineReset(userId: bigint, retryAtMs: number, request?: RequestRef): Promise<boolean>
  /** The key that asks is signed out, the others are told USER_DEACTIVATED. */
  deleteAccount(request: DeleteAccount): Promise<DeleteAccountOutcome>
}
