/** The words of logins: what a client asks for, and the tokens that stand in for a code. */
import type { SentCode } from '../../courier/port.ts'
import type {
  Authorized,
  NewAuthorization,
  OwnLogin,
  PasswordNeeded,
  RequestRef,
  User,
} from '../accounts/words.ts'
import type { CodeHash, EmailVerification } from '../codes/words.ts'

/** A login to be taken to another data centre. */
export interface ExportAuthorization {
  /** Of the bytes that are given out, 32 bytes. */
  readonly digest: Uint8Array
  /** The key that is signed in. */
  readonly authKeyId: bigint
  /** Where the bytes are good. */
  readonly dcId: number
  readonly expiresAtMs: number
  /** Exports of one login that can be waiting; the oldest goes first. */
  readonly maxWaiting: number
  readonly nowMs: number
}

/** A login brought from another data centre. */
export interface ImportAuthorization {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly digest: Uint8Array
  /** Whom the caller says it is of. */
  readonly userId: bigint
  readonly authKeyId: bigint
  /** Where the key is; undefined where that makes no difference. */
  readonly dcId: number | undefined
  readonly authorization: NewAuthorization
  /** Keys that one login can be brought to; the oldest goes first. */
  readonly maxImported: number
  readonly nowMs: number
}

/** The outcome of bringing a login in. */
export type ImportOutcome =
  | { readonly kind: 'authorized'; readonly user: User }
  /** The bytes are good, but of somebody else; they stay good. */
  | { readonly kind: 'otherUser' }
  /** Unknown, used, too old, for another data centre, or their login has ended. */
  | { readonly kind: 'dead' }

/** A key asks for a token to show as a QR code, or for what became of the one it has shown. */
export interface ExportLoginToken {
  /** Of the token to show, 32 bytes. */
  readonly digest: Uint8Array
  /** Of the token to import, should the login belong in another data centre; 32 bytes. */
  readonly moveDigest: Uint8Array
  readonly authKeyId: bigint
  readonly dcId: number
  readonly apiId: number
  readonly ip: string
  /** Who cannot accept it. */
  readonly exceptIds: readonly bigint[]
  readonly expiresAtMs: number
  /** When the token to import expires. */
  readonly moveExpiresAtMs: number
  /** A repeat within this time gets the login again. */
  readonly replayWithinMs: number
  /** Tokens that expired before are unknown from now on. */
  readonly forgetBeforeMs: number
  readonly nowMs: number
}

/** The outcome of asking for a token. */
export type ExportLoginTokenOutcome =
  /** Nobody has accepted one yet; the new one is good, former ones are not any more. */
  | { readonly kind: 'waiting' }
  /** Accepted by somebody who is at home there: the token of `moveDigest` is to be imported. */
  | { readonly kind: 'moved'; readonly dcId: number }
  | Authorized
  | PasswordNeeded

/** Somebody lets in the key that shows a token. */
export interface AcceptLoginToken {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly digest: Uint8Array
  readonly userId: bigint
  /** The key of who accepts. */
  readonly authKeyId: bigint
  /** Of the login to come. */
  readonly hash: bigint
  /** Logins from before then are confirmed by now: only such a one lets in whom nobody else has to confirm. */
  readonly confirmedBeforeS: number
  /** Where that login belongs; undefined where any data centre will do. */
  readonly homeDc: number | undefined
  /** Until when it can be collected. */
  readonly collectByMs: number
  readonly nowMs: number
}

/** The outcome of accepting a token: `excepted` if this user or key cannot accept it, `noLogin` if it is not signed in any more. */
export type AcceptLoginTokenOutcome =
  | { readonly kind: 'accepted'; readonly login: OwnLogin }
  | { readonly kind: 'unknown' | 'expired' | 'alreadyAccepted' | 'excepted' | 'noLogin' }

/** An accepted token brought to the data centre of who accepted it. */
export interface ImportLoginToken {
  readonly digest: Uint8Array
  readonly authKeyId: bigint
  readonly dcId: number
  readonly ip: string
  readonly replayWithinMs: number
  readonly nowMs: number
}

/** The outcome of importing a token: `notHere` if it was not to be imported, or not here. */
export type ImportLoginTokenOutcome =
  | Authorized
  | PasswordNeeded
  | { readonly kind: 'unknown' | 'expired' | 'used' | 'notHere' }

/** A login by something other than a code: who, and from where. */
export interface TokenLogin {
  readonly digest: Uint8Array
  readonly authKeyId: bigint
  readonly dcId: number
  readonly apiId: number
  readonly authorization: NewAuthorization
  readonly nowMs: number
}

/** A login of a bot by its token. */
export interface BotLogin extends TokenLogin {
  /** How many data centres there are. */
  readonly dcs: number
}

/** The outcome of a bot's login: `elsewhere` if the bot is at home in another data centre. */
export type BotLoginOutcome =
  | Authorized
  | { readonly kind: 'unknown' | 'revoked' }
  | { readonly kind: 'elsewhere'; readonly dcId: number }

/** A bot to make. */
export interface NewBot {
  readonly username: string
  readonly accessHash: bigint
  /** Where it can sign in; undefined: where it does first. */
  readonly homeDc: number | undefined
  readonly createdAtS: number
}

/** A token that signs in to an account once. */
export interface NewWebToken {
  readonly digest: Uint8Array
  readonly userId: bigint
  readonly expiresAtMs: number
  readonly nowMs: number
}

/** A login by a token of a website. */
export interface WebTokenLogin extends TokenLogin {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
}

/** A token of who is signed in on a key, good for one more login. */
export interface NewFutureToken {
  /** Of the token, 32 bytes. */
  readonly digest: Uint8Array
  readonly authKeyId: bigint
  /** The login goes on, and the token ends with it; else it is for when that has ended. */
  readonly withLogin: boolean
  readonly expiresAtMs: number
  /** That an account can have; the oldest goes first. */
  readonly maxPerUser: number
  readonly nowMs: number
}

/** Tokens of earlier logins, which a client brings when it asks for a code. */
export interface FutureTokenClaim {
  /** 32 bytes each. */
  readonly digests: readonly Uint8Array[]
  readonly authorization: NewAuthorization
  /** A repeat by the same key within this time gets the same outcome. */
  readonly replayWithinMs: number
}

/** A passkey of an account. */
export interface Passkey {
  /** Its credential id, as base64url. */
  readonly id: string
  readonly userId: bigint
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array
  readonly signCount: number
  readonly name: string
  readonly createdAtS: number
  /** Undefined until somebody signs in with it. */
  readonly usedAtS: number | undefined
}

/** A ceremony that a key begins; another of the same purpose is over with that. */
export interface PasskeyChallenge {
  readonly authKeyId: bigint
  readonly purpose: 'login' | 'registration'
  /** Of the challenge, 32 bytes. */
  readonly digest: Uint8Array
  /** Who registers one. */
  readonly userId: bigint | undefined
  readonly apiId: number
  readonly expiresAtMs: number
}

/** A new passkey, made for a challenge. */
export interface RegisterPasskey {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly authKeyId: bigint
  readonly digest: Uint8Array
  readonly passkey: Passkey
  /** That an account can have. */
  readonly maxPasskeys: number
  readonly nowMs: number
}

/** A login with a passkey that has signed a challenge. */
export interface PasskeyLogin {
  /** Absent: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly passkey: Passkey
  /** What the authenticator counted this time. */
  readonly signCount: number
  readonly digest: Uint8Array
  /** The key the challenge was for, and where that is; undefined: anywhere. */
  readonly from: { readonly authKeyId: bigint; readonly dcId: number | undefined }
  readonly authKeyId: bigint
  readonly dcId: number
  readonly authorization: NewAuthorization
  readonly nowMs: number
}

/** What auth.sendCode asks for. */
export interface SendCode {
  readonly phoneNumber: string
  readonly apiId: number
  readonly apiHash: string
  /** Future auth tokens of earlier logins, oldest first. */
  readonly logoutTokens: readonly Uint8Array[]
  readonly allowed: AllowedChannels
}

/** What the client lets the server do. */
export interface AllowedChannels {
  readonly flashCall?: boolean | undefined
  readonly missedCall?: boolean | undefined
}

/** What came of a sendCode that was not refused: a code, or a token has signed the key in. */
export type SendCodeOutcome = SentCode | SignedIn

/** What auth.signIn asks for. */
export interface SignInRequest extends CodeHash {
  /** Undefined where the client sent none. */
  readonly phoneCode: string | undefined
  /** What answers a code that went to the login e-mail; undefined where the client sent none. */
  readonly email?: EmailVerification | undefined
}

/** What auth.signUp asks for. */
export interface SignUpRequest extends CodeHash {
  readonly firstName: string
  readonly lastName: string
}

/** The key is signed in. */
export interface SignedIn {
  readonly kind: 'authorized'
  readonly user: User
}

/** What came of a signIn that was not refused. */
export type SignInOutcome = SignedIn | { readonly kind: 'signUpRequired' }

/** A login to be taken to another data centre. */
export interface ExportedLogin {
  readonly userId: bigint
  readonly bytes: Uint8Array
}
