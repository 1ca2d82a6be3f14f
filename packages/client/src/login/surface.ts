import type { Results, Updates } from '@cablegram/tl/api'
import type { ClientApi } from '../namespaces.ts'
import type { App } from '../server/server.ts'

/** What signing in needs of a client. */
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
  /** Who is signed in, as far as the session has been told. */
  readonly userId: bigint | undefined
  /** The data centre that calls go to. */
  readonly dcId: number | undefined
  /** The id of the permanent key there. */
  readonly authKeyId: bigint | undefined
  /** From log-outs on this session: one that fits the number stands in for the code. */
  readonly logoutTokens: readonly Uint8Array[]
  /** A login on its way that the session has kept, as JSON. */
  readonly pendingLogin: PendingLogin | undefined
  /** Has the session keep it, or forget it. */
  keepLogin(pending: PendingLogin | undefined): void
  /** Resolves once what the session keeps is safely stored. */
  save(): Promise<void>
  /** Opens the session and connects. */
  connect(): Promise<void>
  /** Makes another data centre home: a QR code may be accepted there. */
  switchDc(dcId: number): Promise<void>
  onUpdate(listener: (update: Updates) => void): () => void
}

/** What a session keeps of a login on its way; only the login knows what is in it. */
export type PendingLogin = Readonly<Record<string, unknown>>

/** The answer that tells where a code went, and the hash to sign in with. */
export type SentCode = Extract<Results['auth.sendCode'], { _: 'auth.sentCode' }>

/** Where a code went. */
export type SentCodeType = SentCode['type']

/** How a code would be sent if asked again. */
export type NextCodeType = NonNullable<SentCode['nextType']>

/** A successful answer of the methods that sign in. */
export type Authorization = Extract<Results['auth.signIn'], { _: 'auth.authorization' }>

/** Who has signed in. */
export type AuthorizedUser = Authorization['user']

/** The terms a new user accepts. */
export type TermsOfService = NonNullable<
  Extract<Results['auth.signIn'], { _: 'auth.authorizationSignUpRequired' }>['termsOfService']
>
