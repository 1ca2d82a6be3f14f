import type { MessageEntity } from '@cablegram/tl/api'
import type { LoginProblem } from './problem.ts'
import type { NextCodeType, SentCodeType, TermsOfService } from './surface.ts'

/** What every state has: why the last answer was not taken, where the state is one that is asked again. */
interface Asked {
  readonly problem?: LoginProblem | undefined
}

/** What belongs to a code on its way: the number, and the hash that stands for this attempt at signing in. */
interface WithHash extends Asked {
  readonly phoneNumber: string
  /** Goes with this key, data centre and app only, and lives for minutes. */
  readonly phoneCodeHash: string
}

/** The beginning: a phone number, a bot's token, a QR code or a passkey. */
export interface WaitPhone extends Asked {
  readonly at: 'waitPhone'
  /** The number of an attempt that ended here, to offer it again. */
  readonly phoneNumber?: string | undefined
}

/** A QR code is shown, or a number typed instead. It is renewed by itself; scanned, it moves on by itself. */
export interface WaitQr extends Asked {
  readonly at: 'waitQr'
  /** What the QR code says: `tg://login?token=…`. */
  readonly url: string
  /** By the server's clock. */
  readonly expiresAtS: number
}

/** The options of a passkey are to be answered by an authenticator. */
export interface WaitPasskey extends Asked {
  readonly at: 'waitPasskey'
  /** The JSON for `navigator.credentials.get`. */
  readonly options: string
}

/** A code is on its way. */
export interface WaitCode extends WithHash {
  readonly at: 'waitCode'
  /** Where the code went, and what is known of it: its length, its beginning, the pattern of the caller's number. */
  readonly type: TypedCodeType
  /** How it would be sent if asked again; without it there is no other way. */
  readonly nextType?: NextCodeType | undefined
  readonly sentAtMs: number
  /** When it may be sent again. */
  readonly resendAtMs?: number | undefined
  /** Wrong codes given so far. */
  readonly attempts: number
}

/** A login e-mail must be set up before any code is sent. */
export interface WaitEmail extends WithHash {
  readonly at: 'waitEmail'
  readonly appleSigninAllowed?: boolean | undefined
  readonly googleSigninAllowed?: boolean | undefined
}

/** The code that proves the new login e-mail. */
export interface WaitEmailSetUpCode extends WithHash {
  readonly at: 'waitEmailSetUpCode'
  readonly email: string
  readonly emailPattern: string
  readonly length: number
  readonly sentAtMs: number
  readonly attempts: number
}

/** The code went to the login e-mail. */
export interface WaitEmailCode extends WithHash {
  readonly at: 'waitEmailCode'
  readonly emailPattern: string
  readonly length: number
  readonly appleSigninAllowed?: boolean | undefined
  readonly googleSigninAllowed?: boolean | undefined
  /** How long a reset of the e-mail takes; 0: at once. Without it there is none to ask for. */
  readonly resetAvailablePeriodS?: number | undefined
  /** A reset has been asked for, and is done by then. */
  readonly resetPendingAtS?: number | undefined
  readonly nextType?: NextCodeType | undefined
  readonly sentAtMs: number
  readonly resendAtMs?: number | undefined
  readonly attempts: number
}

/** Codes to this number must be paid for first. */
export interface WaitPayment extends WithHash {
  readonly at: 'waitPayment'
  readonly storeProduct: string
  readonly supportEmailAddress: string
  readonly supportEmailSubject: string
  readonly premiumDays: number
  readonly currency: string
  /** In the smallest unit of the currency: a `long`, as a decimal string. */
  readonly amount: string
}

/** The account has a password. */
export interface WaitPassword extends Asked {
  readonly at: 'waitPassword'
  readonly phoneNumber?: string | undefined
  readonly hint?: string | undefined
  /** Whether there is an e-mail to recover it with. */
  readonly hasRecovery: boolean
  /** A reset has been asked for, and can be done from then on. */
  readonly pendingResetAtS?: number | undefined
  /** A reset was called off not long ago: another can be asked for from then on. */
  readonly resetRetryAtS?: number | undefined
}

/** A code to recover the password went to the recovery e-mail. */
export interface WaitRecoveryCode extends Asked {
  readonly at: 'waitRecoveryCode'
  readonly phoneNumber?: string | undefined
  readonly emailPattern: string
  /** The code that the server has found right, where it was asked before the new password. */
  readonly isCodeChecked: boolean
}

/** The number is proven and has no account yet. */
export interface WaitSignUp extends WithHash {
  readonly at: 'waitSignUp'
  readonly termsOfService?: PlainTerms | undefined
}

/** Signed in. */
export interface Authorized {
  readonly at: 'authorized'
  readonly user: PlainUser
  /** The server wants a password set up… */
  readonly setupPasswordRequired?: boolean | undefined
  /** …or this login ends after so many days. */
  readonly otherwiseReloginDays?: number | undefined
}

/** Given up. */
export interface Closed {
  readonly at: 'closed'
}

/** Where a login stands: plain JSON, so that it can be stored, sent and shown. */
export type LoginState =
  | WaitPhone
  | WaitQr
  | WaitPasskey
  | WaitCode
  | WaitEmail
  | WaitEmailSetUpCode
  | WaitEmailCode
  | WaitPayment
  | WaitPassword
  | WaitRecoveryCode
  | WaitSignUp
  | Authorized
  | Closed

/** The state of that name. */
export type LoginStateAt<At extends LoginState['at']> = Extract<LoginState, { at: At }>

/** A kind of code that can be typed; those of e-mails have states of their own. */
export type TypedCodeType =
  | Exclude<
      SentCodeType,
      {
        _:
          | 'auth.sentCodeTypeEmailCode'
          | 'auth.sentCodeTypeSetUpEmailRequired'
          | 'auth.sentCodeTypeFirebaseSms'
      }
    >
  // Without the bytes to attest with, which only Telegram's own apps can use.
  | { readonly _: 'auth.sentCodeTypeFirebaseSms'; readonly length: number }

/** The terms of service, but for what JSON has no form for (mentions and custom emoji). */
export type PlainTerms = Omit<TermsOfService, 'entities'> & { readonly entities: PlainEntity[] }

/** A part of the text of {@link PlainTerms} that is formatted. */
export type PlainEntity = Exclude<MessageEntity, { userId: unknown } | { documentId: unknown }>

/** Who signed in, as JSON; `login.user` is all that the server said. */
export interface PlainUser {
  /** A `long`, as a decimal string. */
  readonly id: string
  readonly isBot?: boolean | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly username?: string | undefined
  readonly phone?: string | undefined
}
