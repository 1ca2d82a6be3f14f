/** The words of login e-mails: the addresses that login codes go to, and the codes that prove them. */
import type { Delivery } from '../../courier/port.ts'
import type { CodeStep, SendBudget } from '../codes/words.ts'

/** The address that an account's login codes go to. */
export interface LoginEmail {
  readonly email: string
  /** The time when it is taken off; undefined: nobody has asked for that. */
  readonly resetAtMs: number | undefined
}

/** The purpose that an address is proven for. A key has one code at a time for each. */
export interface EmailProof {
  readonly authKeyId: bigint
  readonly purpose: 'setUp' | 'change' | 'passport'
  /** The login or the account: a code for another one is of no use. */
  readonly subject: string
}

/** A code to send to an address. */
export interface SendEmailCode extends EmailProof {
  readonly email: string
  /** Keyed hash of the code, 32 bytes. */
  readonly digest: Uint8Array
  readonly delivery: Delivery
  readonly budgets: readonly SendBudget[]
  /** A live code that went to the same address less than this ago is good enough. */
  readonly repeatWithinMs: number
  readonly expiresAtMs: number
  readonly nowMs: number
}

/** The effect of a proven address: a login goes on, an account has another address, or nothing here. */
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

/** The outcome of a guess: `dead` if there is no such code, `over` if its login is. */
export type ProveOutcome =
  /** `fresh` once, false in repeats. */
  | { readonly kind: 'proven'; readonly email: string; readonly fresh: boolean }
  | { readonly kind: 'wrong' | 'dead' | 'over' }
