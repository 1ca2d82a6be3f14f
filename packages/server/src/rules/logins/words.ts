/** The words the domain and its callers share. */
import type { Channel, SentCode } from '../../courier/port.ts'
import type { KeyState, User } from '../../database/store.ts'

export type { CodePrice, CodeWay, EmailReset, SentCode } from '../../courier/port.ts'

/** Who asks: the permanent key behind the call, and where the call came from. */
export interface Caller {
  /** Of the permanent key, whatever temporary key is bound to it. */
  readonly authKeyId: bigint
  readonly dcId: number
  /** IPv4 or IPv6, as text. */
  readonly ip: string
  /** What the key declared, its app and its version included. */
  readonly layer: number
  /** The ways of sending a code that its layer has a name for. */
  readonly channels: ReadonlySet<Channel>
  readonly apiId: number
  readonly appVersion: string
  /** Who is signed in on the key, as it was when the request came in. */
  readonly state: KeyState
  /** SHA-256 of the request without its wrappers, by which a repeat is known. */
  digest(): Uint8Array
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

/** A number and the hash that sendCode gave for it, as the client sent them. */
export interface CodeHash {
  readonly phoneNumber: string
  readonly phoneCodeHash: string
}

/** What auth.requestFirebaseSms asks for. */
export interface FirebaseSmsRequest extends CodeHash {
  /** What the device has to show for itself; empty where it has nothing. */
  readonly attestation: string
}

/** What answers a code that went to an address: the code, or a token of somebody who knows whose it is. */
export type EmailVerification = { readonly code: string } | { readonly token: string }

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

/** Logins taken from one data centre to another; every method throws the RpcError of the rule that refuses. */
export interface Transfers {
  /** @throws {RpcError} DC_ID_INVALID, AUTH_KEY_UNREGISTERED */
  exportTo(caller: Caller, dcId: number): Promise<ExportedLogin>
  /** @throws {RpcError} AUTH_BYTES_INVALID, USER_ID_INVALID */
  import(caller: Caller, exported: ExportedLogin): Promise<User>
}

/** auth.*: every method throws the RpcError of the rule that refuses. */
export interface Login {
  sendCode(caller: Caller, request: SendCode): Promise<SendCodeOutcome>
  resendCode(caller: Caller, request: CodeHash): Promise<SentCode>
  /** The answer to a resendCode is on its way: the same request is another wish from now on. */
  noteResendTold(caller: Pick<Caller, 'authKeyId' | 'digest'>): Promise<void>
  /**
   * Sends an SMS that was kept back. False where the device has shown nothing, or the SMS was refused: resendCode goes on.
   * @throws {RpcError} PHONE_CODE_EMPTY, PHONE_NUMBER_INVALID
   */
  requestFirebaseSms(caller: Caller, request: FirebaseSmsRequest): Promise<boolean>
  /** Whether the code was one that may yet come. */
  reportMissingCode(caller: Caller, request: CodeHash & { readonly mnc: string }): Promise<boolean>
  cancelCode(caller: Caller, request: CodeHash): Promise<true>
  signIn(caller: Caller, request: SignInRequest): Promise<SignInOutcome>
  signUp(caller: Caller, request: SignUpRequest): Promise<SignedIn>
  /** What saves the code at the next login, where there is any. */
  logOut(caller: Caller): Promise<Uint8Array | undefined>
}
