import type { Results, Updates } from '@cablegram/tl/api'
import type { ClientApi } from '../namespaces.ts'
import type { App, Server } from '../server/server.ts'

/** The part of a client that signing in uses. */
export interface LoginClient {
  readonly auth: Pick<
    ClientApi['auth'],
    | 'sendCode'
    | 'resendCode'
    | 'cancelCode'
    | 'signIn'
    | 'signUp'
    | 'reportMissingCode'
    | 'resetLoginEmail'
    | 'checkPaidAuth'
    | 'checkPassword'
    | 'requestPasswordRecovery'
    | 'checkRecoveryPassword'
    | 'recoverPassword'
    | 'exportLoginToken'
    | 'importLoginToken'
    | 'importBotAuthorization'
    | 'initPasskeyLogin'
    | 'finishPasskeyLogin'
  >
  readonly account: Pick<
    ClientApi['account'],
    'getPassword' | 'resetPassword' | 'deleteAccount' | 'sendVerifyEmailCode' | 'verifyEmail'
  >
  readonly users: Pick<ClientApi['users'], 'getUsers'>
  /** The app's credentials, once connected. */
  readonly app: App | undefined
  /** The user who is signed in, as far as the session knows. */
  readonly userId: bigint | undefined
  /** The data centre that calls go to. */
  readonly dcId: number | undefined
  /** The id of the permanent key there. */
  readonly authKeyId: bigint | undefined
  /** Tokens from log-outs on this session: the one that fits the number replaces the code. */
  readonly logoutTokens: readonly Uint8Array[]
  /** An unfinished login that the session has kept, as JSON. */
  readonly pendingLogin: PendingLogin | undefined
  /** Makes the session keep an unfinished login, or forget it. */
  keepLogin(pending: PendingLogin | undefined): void
  /** Resolves once the session is safely stored. */
  save(): Promise<void>
  /** Opens the session and connects. */
  connect(): Promise<void>
  /** Makes another data centre home: a QR code may be accepted there. */
  switchDc(dcId: number): Promise<void>
  onUpdate(listener: (update: Updates) => void): () => void
  /** Takes an error that no call can be rejected with. */
  reportError(error: unknown): void
  /** The time by the server's clock, as far as it is known. */
  serverNowMs(): number
  /** Aborts when the client is closed; its reason is the ConnectionError CLIENT_CLOSED. */
  readonly closed: AbortSignal
}

/** The client that the face of a login gets: every method, and where it is connected. */
export type FaceClient = LoginClient & ClientApi & { readonly server: Server | undefined }

/** An unfinished login in a session; only the login knows its content. */
export type PendingLogin = Readonly<Record<string, unknown>>

/** The answer that says where a code went, with the hash to sign in with. */
export type SentCode = Extract<Results['auth.sendCode'], { _: 'auth.sentCode' }>

/** The way a code went. */
export type SentCodeType = SentCode['type']

/** The way a code goes when it is sent again. */
export type NextCodeType = NonNullable<SentCode['nextType']>

/** A successful answer of the methods that sign in. */
export type Authorization = Extract<Results['auth.signIn'], { _: 'auth.authorization' }>

/** The user who has signed in. */
export type AuthorizedUser = Authorization['user']

/** The terms that a new user accepts. */
export type TermsOfService = NonNullable<
  Extract<Results['auth.signIn'], { _: 'auth.authorizationSignUpRequired' }>['termsOfService']
>
