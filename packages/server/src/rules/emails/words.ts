/** What the rules ask of storage for the e-mail that an account's login codes go to. */
import type { Delivery } from '../../courier/port.ts'
import type { BudgetSpent, CodeStep, InAppMessage, SendBudget } from '../codes/words.ts'

/** Where an account's login codes go. */
export interface LoginEmail {
  readonly email: string
  /** It was asked to be taken off, and is by then; undefined: it was not. */
  readonly resetAtMs: number | undefined
}

/** What an address is proven for; one code at a time for each, and each key. */
export interface EmailProof {
  readonly authKeyId: bigint
  readonly purpose: 'setUp' | 'change' | 'passport'
  /** The login or the account it is for: a code for another one is of no use. */
  readonly subject: string
}

/** A code to send to an address. */
export interface SendEmailCode extends EmailProof {
  readonly email: string
  /** Keyed hash of the code, 32 bytes. */
  readonly digest: Uint8Array
  readonly delivery: Delivery
  readonly budgets: readonly SendBudget[]
  /** A live code that went to the same address less than this ago is the answer instead. */
  readonly repeatWithinMs: number
  readonly expiresAtMs: number
  readonly nowMs: number
}

/** What comes of an address that is proven: a login goes on, an account has another one, or nothing here. */
export type EmailEffect =
  | { readonly kind: 'setUp'; readonly step: CodeStep }
  | { readonly kind: 'change'; readonly userId: bigint; readonly authKeyId: bigint }
  | { readonly kind: 'none' }

/** A guess at a code that went to an address. */
export interface ProveEmail extends EmailProof {
  /** Keyed hash of the guess, 32 bytes. */
  readonly digest: Uint8Array
  readonly maxAttempts: number
  /** A repeat by the same key within this time gets the same outcome. */
  readonly replayWithinMs: number
  /** Undefined: only a repeat can be right. */
  readonly effect: EmailEffect | undefined
  readonly nowMs: number
}

/** What came of {@link LoginEmailStore.prove}: `dead` where there is no such code, `over` where its login is. */
export type ProveOutcome =
  /** `fresh` once, false in repeats. */
  | { readonly kind: 'proven'; readonly email: string; readonly fresh: boolean }
  | { readonly kind: 'wrong' | 'dead' | 'over' }

/** Addresses that login codes go to. */
export interface LoginEmailStore {
  /** Of the account with this number; undefined where it has none, or no longer. */
  find(phone: string, nowMs: number): Promise<LoginEmail | undefined>
  /** @param email undefined: the account has none any more */
  set(userId: bigint, email: string | undefined): Promise<void>
  /** Repeat, budgets, code and delivery in one decision; the code before is replaced. */
  sendCode(request: SendEmailCode): Promise<'sent' | 'repeated' | BudgetSpent>
  /** Charges the guess, compares, and does what comes of it, in one decision. */
  prove(guess: ProveEmail): Promise<ProveOutcome>
  /** The same for an address that somebody else vouches for. False where its login is over. */
  vouch(email: string, effect: EmailEffect): Promise<boolean>
  /**
   * @param notice written into the box of the account in the same decision
   * @returns false if the address is already going to be removed
   */
  requestReset(phone: string, resetAtMs: number, nowMs: number, notice?: InAppMessage): Promise<boolean>
  /** Takes the address off at once, and the login goes on; `moved` where somebody else was quicker. */
  reset(step: CodeStep, budgets: readonly SendBudget[]): Promise<'reset' | 'moved' | BudgetSpent>
}
