/** The words of login codes. */
import type { Channel, Delivery, InboxState } from '../../courier/port.ts'
import type { Authorized, NewAuthorization, NewUser, PasswordNeeded, RequestRef } from '../accounts/words.ts'
import type { AppendOutcome, BoxLimits, NewMessage, NewMessageEvent } from '../messages/words.ts'

/** The end of a delivery. `failed` also kills its code at the end of the chain, unless another delivery may have brought it. */
export type SettledAs =
  | { readonly kind: 'accepted'; readonly reference: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'unknown' }

/** The end of an inbox entry that is not a login code. Entries of login codes end with the code. */
export type EndedAs = Exclude<InboxState, 'active' | 'superseded' | 'expired'>

/** A budget of sends, as one subject of it: at most `max` in the `windowMs` before now. */
export interface SendBudget {
  /** The thing counted: `phone`, `address`, `authKey`, `app`, `prefix` or `global`. */
  readonly scope: string
  /** Its owner: a number, an address … */
  readonly subject: string
  readonly max: number
  readonly windowMs: number
  /** Count different numbers, not sends. */
  readonly distinctPhones: boolean
}

/** The holder of a code: the hash works only from this key, in this data centre, for this number. */
export interface CodeRef {
  readonly phoneCodeHash: string
  readonly phone: string
  readonly authKeyId: bigint
  readonly dcId: number
}

/** The text typed for a code: its digits, the number that called, a word, a phrase, or what an e-mail said. */
export type CodeForm = 'digits' | 'caller' | 'word' | 'phrase' | 'email'

/** A code that can still be used or sent again. */
export interface LiveCode extends CodeRef {
  readonly apiId: number
  /** One of each form that the chain needs, all made with it. */
  readonly codes: { readonly [F in CodeForm]?: string }
  /** The ways it is sent, one after the other: what was chosen when it was issued stands. */
  readonly chain: readonly [Channel, ...Channel[]]
  /** Place in the chain of the way it was sent last. */
  readonly step: number
  /** Number of times that it went on in its chain, or the same way again. */
  readonly resends: number
  /** The address of its e-mail; undefined if the chain has none. */
  readonly email: string | undefined
  readonly sentAtMs: number
  readonly expiresAtMs: number
}

/** The part that issuing a code and sending it again have in common. */
export interface CodeSend {
  readonly budgets: readonly SendBudget[]
  /** Committed with the code, sent after; undefined where nothing is sent now. */
  readonly delivery: Delivery | undefined
  /** Keyed hashes of the codes sent so far, 32 bytes each, which guesses are compared with; empty before the first. */
  readonly digests: Uint8Array
  readonly nowMs: number
}

/** A code to issue. */
export interface IssueCode extends CodeSend {
  /** The address that asked for it. */
  readonly ip: string
  readonly code: LiveCode
  /** A live code of the same key and number sent less than this ago is the answer instead … */
  readonly repeatWithinMs: number
  /** … if it was sent one of these ways, and if a code made now would go the same ways. */
  readonly repeatable: readonly Channel[]
  /** Ways that do not count in that comparison: each request may allow or forbid them. */
  readonly optional: readonly Channel[]
  /** Put in the box of the number's account in the same decision, where it is the message that brings the code. */
  readonly inApp?: InAppMessage | undefined
}

/** A message for the account of a number. */
export interface InAppMessage {
  readonly message: NewMessage
  readonly limits: BoxLimits
}

/** Login codes that a message gives away. */
export interface Leak {
  readonly codes: readonly CodeRef[]
  /** Tells the account that one of them was live; comes right after the message. */
  readonly notice: NewMessage
  readonly nowMs: number
}

/** The outcome of writing a message that may give codes away. */
export interface LeakOutcome {
  readonly outcome: AppendOutcome
  /** Follows the message if it gave a live code away. */
  readonly notice: NewMessageEvent | undefined
}

/** The outcome of a request for a code. */
export type IssueOutcome =
  | { readonly kind: 'issued' }
  | { readonly kind: 'repeated'; readonly code: LiveCode }
  /** There was one to repeat, which can be read no more; it is replaced by the next. */
  | { readonly kind: 'unreadable' }
  | BudgetSpent

/** The budget that refused, by its place in the list, and when it lets the next one through. */
export interface BudgetSpent {
  readonly kind: 'budgetSpent'
  readonly budget: number
  readonly freeAtMs: number
}

/** A live code goes on to another way of its chain. */
export interface CodeStep extends Omit<CodeSend, 'budgets'> {
  readonly ref: CodeRef
  /** The number of resends the code must still have; otherwise somebody else was quicker. */
  readonly fromResends: number
  readonly toStep: number
  /** The way of the chain at that step. */
  readonly channel: Channel
  readonly expiresAtMs: number
}

/** The next step of a code's chain, asked for. */
export type ResendCode = CodeStep &
  CodeSend & {
    /** Absent: a repeat sends it again. */
    readonly request?: RequestRef | undefined
  }

/** A delivery that was kept back when its code was issued, to be sent now. */
export interface SendWithheld {
  readonly ref: CodeRef
  readonly delivery: Delivery
  readonly digests: Uint8Array
  readonly nowMs: number
}

/** Wrong guesses, which survive the codes they were at: at most `max` at a number in the `windowMs` before now. */
export interface FailureBudget {
  readonly max: number
  readonly windowMs: number
  /** Of `max`, those that only an origin can use that has signed in to the number's account. */
  readonly kept: number
  readonly knownForMs: number
  /** The network of the guess. */
  readonly network: string
  /** Wrong guesses of that network at all numbers; undefined: any number. */
  readonly networkLimit: { readonly max: number; readonly windowMs: number } | undefined
  /** Wrong guesses of all networks whose names begin with `site`; undefined: any number. */
  readonly siteLimit?: { readonly site: string; readonly max: number; readonly windowMs: number } | undefined
}

/** Room for a guess, or the time of the next one. */
export type GuessRoom =
  | { readonly kind: 'room' }
  | { readonly kind: 'phoneSpent'; readonly freeAtMs: number }
  | { readonly kind: 'networkSpent'; readonly freeAtMs: number }

/** A guess at a code. */
export interface TryCode {
  readonly ref: CodeRef
  /** Keyed hash of the guess, 32 bytes; one of the code's is to be the same. */
  readonly digest: Uint8Array
  readonly maxAttempts: number
  readonly failures: FailureBudget
  /** A repeat by the same key within this time gets the same outcome. */
  readonly replayWithinMs: number
  /** Time for which a verified hash can be used to sign up. */
  readonly signUpWithinMs: number
  readonly authorization: NewAuthorization
  readonly nowMs: number
}

/** The outcome of a guess at a code. */
export type TryOutcome =
  | Authorized
  | { readonly kind: 'signUpRequired' }
  /** The number has no account, and by now the app may not make one. */
  | { readonly kind: 'signUpForbidden' }
  | PasswordNeeded
  | { readonly kind: 'wrong' }
  /** Too many wrong guesses have come from this network: nothing was compared. */
  | { readonly kind: 'networkSpent'; readonly freeAtMs: number }
  /** The hash is dead: unknown, another key's, too old, used, or guessed at too often. */
  | { readonly kind: 'dead' }

/** A sign-up with a verified hash. */
export interface SignUp {
  readonly ref: CodeRef
  /** The accounts that a number may make. */
  readonly budget: SendBudget
  readonly user: NewUser
  readonly signUpWithinMs: number
  readonly replayWithinMs: number
  readonly authorization: NewAuthorization
  readonly nowMs: number
}

/** The outcome of a sign-up. */
export type SignUpOutcome =
  | Authorized
  | PasswordNeeded
  | { readonly kind: 'occupied' }
  | { readonly kind: 'unverified' }
  | { readonly kind: 'dead' }
  | BudgetSpent

/** A number and the hash that sendCode gave for it, as the client sent them. */
export interface CodeHash {
  readonly phoneNumber: string
  readonly phoneCodeHash: string
}

/** The request of auth.requestFirebaseSms. */
export interface FirebaseSmsRequest extends CodeHash {
  /** The attestation of the device; empty if it has none. */
  readonly attestation: string
}

/** The answer to a code that went to an address: the code, or a token of a provider that vouches for the address. */
export type EmailVerification = { readonly code: string } | { readonly token: string }
