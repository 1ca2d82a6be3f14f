import type { Results } from '@cablegram/tl/api'
import type { ClientApi } from '../namespaces.ts'
import type { App } from '../server/server.ts'

/** What signing in needs of a client. */
export interface LoginClient {
  readonly auth: Pick<
    ClientApi['auth'],
    'sendCode' | 'resendCode' | 'signIn' | 'signUp' | 'checkPassword' | 'importBotAuthorization'
  >
  readonly account: Pick<ClientApi['account'], 'getPassword'>
  /** The app's credentials, once connected. */
  readonly app: App | undefined
  /** From log-outs on this session: one that fits the number stands in for the code. */
  readonly logoutTokens: readonly Uint8Array[]
  /** Opens the session and connects. */
  connect(): Promise<void>
}

/** The answer that tells where a code went, and the hash to sign in with. */
export type SentCode = Extract<Results['auth.sendCode'], { _: 'auth.sentCode' }>

/** Where a code went. */
export type SentCodeType = SentCode['type']

/** A successful answer of the methods that sign in. */
export type Authorization = Extract<Results['auth.signIn'], { _: 'auth.authorization' }>

/** Who has signed in. */
export type AuthorizedUser = Authorization['user']

/** The terms a new user accepts. */
export type TermsOfService = NonNullable<
  Extract<Results['auth.signIn'], { _: 'auth.authorizationSignUpRequired' }>['termsOfService']
>
