import type { RpcError } from '@cablegram/mtproto'
import type { SentCode, TermsOfService } from './surface.ts'

/** The question for a phone number; every question says what was wrong with the last answer. */
export interface PhoneQuestion {
  readonly problem: RpcError | undefined
}

/** The question for a login code. */
export interface CodeQuestion extends PhoneQuestion {
  readonly phoneNumber: string
  /** Where the code went, how long it is if that is known, and what comes next if it does not arrive. */
  readonly sent: SentCode
  /** The length of the code, where the server has said it. */
  readonly length: number | undefined
}

/** The question for a new user's name. */
export interface NameQuestion extends PhoneQuestion {
  readonly termsOfService: TermsOfService | undefined
}

/** The question for the password of an account with two-step verification. */
export interface PasswordQuestion extends PhoneQuestion {
  readonly hint: string | undefined
}

/** Who answers the questions of a login: a terminal, a script, a web page. A prompt that throws ends the login. */
export interface LoginPrompts {
  /** A phone number in international form, or a bot's token. */
  phone(question: PhoneQuestion): Promise<string>
  /** The code; empty to have it sent another way, where `sent.nextType` says that there is one. */
  code(question: CodeQuestion): Promise<string>
  password(question: PasswordQuestion): Promise<string>
  name(question: NameQuestion): Promise<{ firstName: string; lastName?: string }>
}
