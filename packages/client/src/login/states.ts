import type { MessageEntity } from '@cablegram/tl/api'
import type { LoginProblem } from './problem.ts'
import type { NextCodeType, SentCodeType, TermsOfService } from './surface.ts'

/** A state that can be asked again, with the reason. */
interface Asked {
  readonly problem?: LoginProblem | undefined
}

/** The number and the hash of an attempt to sign in. */
interface WithHash extends Asked {
  readonly phoneNumber: string
  /** Valid for this key, data centre and app only, and for a few minutes. */
  readonly phoneCodeHash: string
}

/** The beginning: a phone number, a bot's token, a QR code or a passkey. */
export interface WaitPhone extends Asked {
  readonly at: 'waitPhone'
  /** The number of an attempt that ended here, to offer it again. */
  readonly phoneNumber?: string | undefined
}

/** A QR code is shown; a number can be given instead. The code is renewed automatically, and a scan moves the login on. */
export interface WaitQr extends Asked {
  readonly at: 'waitQr'
  /** The content of the QR code: `tg://login?token=…`. */
  readonly url: string
  /** By the server's clock. */
  readonly expiresAtS: number
}

/** An authenticator has to answer the options of a passkey. */
export interface WaitPasskey extends Asked {
  readonly at: 'waitPasskey'
  /** The JSON for `navigator.credentials.get`. */
  readonly options: string
}

/** A code was sent. */
export interface WaitCode extends WithHash {
  readonly at: 'waitCode'
  /** Destination of the code, with its length, its beginning, or the pattern of the caller's number. */
  readonly type: TypedCodeType
  /** The next way of the code; without it there is no other way. */
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
  /** How long a reset of the e-mail takes; 0: it is done at once. Without it a reset is not possible. */
  readonly resetAvailablePeriodS?: number | undefined
  /** When a pending reset is done. */
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
  /** Whether the account has a recovery e-mail. */
  readonly hasRecovery: boolean
  /** When a pending reset can be completed. */
  readonly pendingResetAtS?: number | undefined
  /** When another reset can be requested, after one was cancelled. */
  readonly resetRetryAtS?: number | undefined
}

/** A code to recover the password went to the recovery e-mail. */
export interface WaitRecoveryCode extends Asked {
  readonly at: 'waitRecoveryCode'
  readonly phoneNumber?: string | undefined
  readonly emailPattern: string
  /** Whether the server has confirmed the code already. */
  readonly isCodeChecked: boolean
}

/** The number is confirmed and has no account yet. */
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
  /** …or this login ends after this many days. */
  readonly otherwiseReloginDays?: number | undefined
}

/** The login was given up. */
export interface Closed {
  readonly at: 'closed'
}

/** The state of a login: plain JSON, so that it can be stored, sent and shown. */
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

/** A kind of code that is typed; codes by e-mail have their own states. */
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
  // Without the bytes for attestation, which only Telegram's own apps can use.
  | { readonly _: 'auth.sentCodeTypeFirebaseSms'; readonly length: number }

/** The terms of service without mentions and custom emoji, which JSON cannot hold. */
export type PlainTerms = Omit<TermsOfService, 'entities'> & { readonly entities: PlainEntity[] }

/** A formatted part of the text of {@link PlainTerms}. */
export type PlainEntity = Exclude<MessageEntity, { userId: unknown } | { documentId: unknown }>

/** The user who signed in, as JSON; `login.user` has everything that the server sent. */
export interface PlainUser {
  /** A `long`, as a decimal string. */
  readonly id: string
  readonly isBot?: boolean | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly username?: string | undefined
  readonly phone?: string | undefined
}
