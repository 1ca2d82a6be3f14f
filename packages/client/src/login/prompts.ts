import type { RpcError } from '@cablegram/mtproto'
import type { SentCode, TermsOfService } from './surface.ts'

/** What every question says: what was wrong with the last answer. */
export interface Question {
  readonly problem: RpcError | undefined
}

/** The question for a phone number or a bot's token. */
export interface PhoneQuestion extends Question {
  /** Ends the question where a QR code was scanned instead; the answer is of no use then. */
  readonly signal?: AbortSignal | undefined
}

/** A QR code to show beside the question for the number, or in place of the one shown before. */
export interface QrCode {
  /** What the QR code says: `tg://login?token=…`. */
  readonly url: string
  readonly expiresAtS: number
}

/** The question for a login code. */
export interface CodeQuestion extends Question {
  readonly phoneNumber: string
  /** Where the code went, how long it is if that is known, and what comes next if it does not arrive. */
  readonly sent: SentCode
  /** The length of the code, where the server has said it. */
  readonly length: number | undefined
  /** When it can be sent another way, in Unix milliseconds, where that is not at once. */
  readonly resendAtMs?: number | undefined
  /** Whether an empty answer leads to the question of {@link LoginPrompts.resetEmail}. */
  readonly hasReset?: boolean | undefined
}

/** The question for a new user's name. */
export interface NameQuestion extends Question {
  readonly termsOfService: TermsOfService | undefined
}

/** The question for the password of an account with two-step verification. */
export interface PasswordQuestion extends Question {
  readonly hint: string | undefined
  /** Whether an empty answer has a code sent to the account's recovery e-mail. */
  readonly hasRecovery?: boolean | undefined
}

/** The question for the code that went to the recovery e-mail. */
export interface RecoveryQuestion extends Question {
  readonly emailPattern: string
}

/** The question whether the login e-mail, which nobody can read any more, is to be taken off the account. */
export interface ResetEmailQuestion extends Question {
  readonly emailPattern: string
  /** How long that takes once it is asked for; 0: no time. Undefined where it was asked for before. */
  readonly afterS: number | undefined
  /** When that is done which was asked for before, by the server's clock. */
  readonly pendingAtS: number | undefined
}

/** A code that has to be paid for before it is sent. */
export interface PaymentQuestion {
  readonly phoneNumber: string
  readonly storeProduct: string
  readonly currency: string
  /** In the smallest unit of the currency: a `long`, as a decimal string. */
  readonly amount: string
  readonly supportEmailAddress: string
}

/** Who answers the questions of a login: a terminal, a script, a web page. A prompt that throws ends the login. */
export interface LoginPrompts {
  /** A phone number in international form, or a bot's token. */
  phone(question: PhoneQuestion): Promise<string>
  /**
   * The code; empty to have it sent another way, as soon as that may be, where `sent.nextType` says that there is one.
   */
  code(question: CodeQuestion): Promise<string>
  /** The password; empty to recover it by e-mail, where the question says that it can be. */
  password(question: PasswordQuestion): Promise<string>
  name(question: NameQuestion): Promise<{ firstName: string; lastName?: string }>
  /** The address of a login e-mail, which some numbers must have. */
  email?(question: Question): Promise<string>
  /** Whether to take the login e-mail off the account, after an empty answer to the question for its code. */
  resetEmail?(question: ResetEmailQuestion): Promise<boolean>
  recoveryCode?(question: RecoveryQuestion): Promise<string>
  /** A new password in place of the one that was recovered; empty for none. Without this prompt there is none. */
  newPassword?(question: Question): Promise<string>
  /** Says that the code has to be paid for; the login goes on by itself once it is. Without this prompt it ends. */
  payment?(question: PaymentQuestion): void
  /** Shows a QR code beside the question for the number. Without this prompt none is asked for. */
  qr?(code: QrCode): void
}
