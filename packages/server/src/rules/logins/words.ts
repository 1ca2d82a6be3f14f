/** The words of logins: requests of clients, and the tokens that stand in for a code. */
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
  /** The hash of the bytes that are given out, 32 bytes. */
  readonly digest: Uint8Array
  /** The key that is signed in. */
  readonly authKeyId: bigint
  /** The data centre in which the bytes are good. */
  readonly dcId: number
  readonly expiresAtMs: number
  /** Exports of one login that can be waiting; the oldest goes first. */
  readonly maxWaiting: number
  readonly nowMs: number
}

/** A login brought from another data centre. */
export interface ImportAuthorization {
  /** Undefined: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly digest: Uint8Array
  /** The owner of the login, as the caller says. */
  readonly userId: bigint
  readonly authKeyId: bigint
  /** The data centre of the key; undefined if that makes no difference. */
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
  /** The hash of the token to show, 32 bytes. */
  readonly digest: Uint8Array
  /** The hash of the token to import, should the login belong in another data centre; 32 bytes. */
  readonly moveDigest: Uint8Array
  readonly authKeyId: bigint
  readonly dcId: number
  readonly apiId: number
  readonly ip: string
  /** Accounts that cannot accept it. */
  readonly exceptIds: readonly bigint[]
  readonly expiresAtMs: number
  /** The expiry of the token to import. */
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
  /** An account of that data centre has accepted it: the token of `moveDigest` is to be imported there. */
  | { readonly kind: 'moved'; readonly dcId: number }
  | Authorized
  | PasswordNeeded

/** Somebody lets in the key that shows a token. */
export interface AcceptLoginToken {
  /** Undefined: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly digest: Uint8Array
  readonly userId: bigint
  /** The key that accepts. */
  readonly authKeyId: bigint
  /** The hash of the login to come. */
  readonly hash: bigint
  /** Logins from before then are confirmed by now. Only a confirmed login lets in another that nobody has to confirm. */
  readonly confirmedBeforeS: number
  /** The data centre of that login; undefined if any will do. */
  readonly homeDc: number | undefined
  /** The end of the time in which it can be collected. */
  readonly collectByMs: number
  readonly nowMs: number
}

/** The outcome of accepting a token: `excepted` if this user or key cannot accept it, `noLogin` if it is not signed in any more. */
export type AcceptLoginTokenOutcome =
  | { readonly kind: 'accepted'; readonly login: OwnLogin }
  | { readonly kind: 'unknown' | 'expired' | 'alreadyAccepted' | 'excepted' | 'noLogin' }

/** An accepted token, in the data centre of the account that accepted it. */
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

/** A login by something other than a code. */
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
  /** The number of data centres. */
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
  /** The data centre in which it can sign in; undefined: its first login decides. */
  readonly homeDc: number | undefined
  readonly createdAtS: number
  /** 0: nobody owns it. */
  readonly ownerId: bigint
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
  /** Undefined: a repeat is refused. */
  readonly request?: RequestRef | undefined
}

/** A token of the account that is signed in on a key, good for one more login. */
export interface NewFutureToken {
  /** The hash of the token, 32 bytes. */
  readonly digest: Uint8Array
  readonly authKeyId: bigint
  /** True: the login goes on, and the token ends with it. False: the login has ended. */
  readonly withLogin: boolean
  readonly expiresAtMs: number
  /** The tokens that an account can have; the oldest goes first. */
  readonly maxPerUser: number
  readonly nowMs: number
}

/** Tokens of earlier logins that a client brings when it asks for a code. */
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
  /** Undefined until its first login. */
  readonly usedAtS: number | undefined
}

/** A ceremony that a key begins. It ends the one of the same purpose that the key began before. */
export interface PasskeyChallenge {
  readonly authKeyId: bigint
  readonly purpose: 'login' | 'registration'
  /** The hash of the challenge, 32 bytes. */
  readonly digest: Uint8Array
  /** The account that registers a passkey; undefined for a login. */
  readonly userId: bigint | undefined
  readonly apiId: number
  readonly expiresAtMs: number
}

/** A new passkey, made for a challenge. */
export interface RegisterPasskey {
  /** Undefined: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly authKeyId: bigint
  readonly digest: Uint8Array
  readonly passkey: Passkey
  /** The passkeys that an account can have. */
  readonly maxPasskeys: number
  readonly nowMs: number
}

/** A login with a passkey that has signed a challenge. */
export interface PasskeyLogin {
  /** Undefined: a repeat is refused. */
  readonly request?: RequestRef | undefined
  readonly passkey: Passkey
  /** The count of the authenticator this time. */
  readonly signCount: number
  readonly digest: Uint8Array
  /** The key that the challenge was for, and its data centre; undefined: any. */
  readonly from: { readonly authKeyId: bigint; readonly dcId: number | undefined }
  readonly authKeyId: bigint
  readonly dcId: number
  readonly authorization: NewAuthorization
  readonly nowMs: number
}

/** The request of auth.sendCode. */
export interface SendCode {
  readonly phoneNumber: string
  readonly apiId: number
  readonly apiHash: string
  /** Future auth tokens of earlier logins, oldest first. */
  readonly logoutTokens: readonly Uint8Array[]
  readonly allowed: AllowedChannels
}

/** The ways of a code that the client allows. */
export interface AllowedChannels {
  readonly flashCall?: boolean | undefined
  readonly missedCall?: boolean | undefined
}

/** The outcome of a sendCode that was not refused: a code, or a token has signed the key in. */
export type SendCodeOutcome = SentCode | SignedIn

/** The request of auth.signIn. */
export interface SignInRequest extends CodeHash {
  /** Undefined if the client sent none. */
  readonly phoneCode: string | undefined
  /** The answer to a code that went to the login e-mail; undefined if the client sent none. */
  readonly email?: EmailVerification | undefined
}

/** The request of auth.signUp. */
export interface SignUpRequest extends CodeHash {
  readonly firstName: string
  readonly lastName: string
}

/** The key is signed in. */
export interface SignedIn {
  readonly kind: 'authorized'
  readonly user: User
}

/** The outcome of a signIn that was not refused. */
export type SignInOutcome = SignedIn | { readonly kind: 'signUpRequired' }

/** A login to be taken to another data centre. */
export interface ExportedLogin {
  readonly userId: bigint
  readonly bytes: Uint8Array
}
