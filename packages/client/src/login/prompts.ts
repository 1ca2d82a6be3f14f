import type { RpcError } from '@cablegram/mtproto'
import type { SentCode, TermsOfService } from './surface.ts'

/** Every question tells the problem with the last answer. */
export interface Question {
  readonly problem: RpcError | undefined
}

/** The question for a phone number or a bot's token. */
export interface PhoneQuestion extends Question {
  /** Aborts when a QR code was scanned; the answer is not needed then. */
  readonly signal?: AbortSignal | undefined
}

/** A QR code to show with the question for the number. It replaces the one shown before. */
export interface QrCode {
  /** The content of the QR code: `tg://login?token=…`. */
  readonly url: string
  readonly expiresAtS: number
}

/** The question for a login code. */
export interface CodeQuestion extends Question {
  readonly phoneNumber: string
  /** Destination of the code, its length if known, and the next channel if it does not arrive. */
  readonly sent: SentCode
  /** The length of the code, if the server said it. */
  readonly length: number | undefined
  /** When it can be sent another way, in Unix milliseconds; undefined: at once. */
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
  /** Whether an empty answer sends a code to the account's recovery e-mail. */
  readonly hasRecovery?: boolean | undefined
}

/** The question for the code that went to the recovery e-mail. */
export interface RecoveryQuestion extends Question {
  readonly emailPattern: string
}

/** The question whether to take the login e-mail off the account, because its user can no longer read it. */
export interface ResetEmailQuestion extends Question {
  readonly emailPattern: string
  /** How long the removal takes; 0: it is done at once. Undefined if it is pending already. */
  readonly afterS: number | undefined
  /** When a pending removal is done, by the server's clock. */
  readonly pendingAtS: number | undefined
}

/** A code that must be paid for before it is sent. */
export interface PaymentQuestion {
  readonly phoneNumber: string
  readonly storeProduct: string
  readonly currency: string
  /** In the smallest unit of the currency: a `long`, as a decimal string. */
  readonly amount: string
  readonly supportEmailAddress: string
}

/** Answers the questions of a login: a terminal, a script, a web page. A prompt that throws ends the login. */
export interface LoginPrompts {
  /** A phone number in international form, or a bot's token. */
  phone(question: PhoneQuestion): Promise<string>
  /**
   * The code. An empty answer asks for it another way, as soon as the server allows, if there is a `sent.nextType`.
   */
  code(question: CodeQuestion): Promise<string>
  /** The password. An empty answer recovers it by e-mail, if the question has `hasRecovery`. */
  password(question: PasswordQuestion): Promise<string>
  name(question: NameQuestion): Promise<{ firstName: string; lastName?: string }>
  /** The address of a login e-mail, if the server requires one. */
  email?(question: Question): Promise<string>
  /** Whether to take the login e-mail off the account; asked after an empty code. */
  resetEmail?(question: ResetEmailQuestion): Promise<boolean>
  recoveryCode?(question: RecoveryQuestion): Promise<string>
  /** A new password after the recovery; empty for none. Without this prompt the account has no password then. */
  newPassword?(question: Question): Promise<string>
  /** Shows that the code has to be paid for. The login goes on once it is. Without this prompt the login ends. */
  payment?(question: PaymentQuestion): void
  /** Shows a QR code with the question for the number. Without this prompt the server is not asked for one. */
  qr?(code: QrCode): void
}
