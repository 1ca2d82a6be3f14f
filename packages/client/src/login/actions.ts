import { UsageError } from '@cablegram/tl'
import type { InputPasskeyCredential } from '@cablegram/tl/api'
import type { LoginState, LoginStateAt } from './states.ts'

/** No parameters. */
export type Nothing = Readonly<Record<never, never>>

/** Gives the login up: cancels a code that was sent, and keeps nothing. */
interface Always {
  readonly cancel: Nothing
}

/** The actions that begin a login. */
interface Begin extends Always {
  /** @param phoneNumber in international form */
  readonly sendCode: { readonly phoneNumber: string }
  readonly importBotAuthorization: { readonly botAuthToken: string }
  /** Shows a QR code, or a new one. */
  readonly exportLoginToken: Nothing
  readonly initPasskeyLogin: Nothing
}

/** Begins again with another number. */
interface Again extends Always {
  readonly changeNumber: Nothing
}

/** The answer to a code by e-mail: the code, or a token from signing in with Google or Apple. */
export type EmailAnswer = { readonly code: string } | { readonly google: string } | { readonly apple: string }

/** The actions of each state and their parameters. Actions have the names of the methods that they call. */
export interface LoginActions {
  waitPhone: Begin
  waitQr: Begin
  waitPasskey: Begin & {
    finishPasskeyLogin: { readonly credential: InputPasskeyCredential }
  }
  waitCode: Again & {
    signIn: { readonly code: string }
    /** Legal from `resendAtMs` on, if there is a `nextType`. */
    resendCode: { readonly reason?: string }
    /** A new code, under a new hash. */
    sendCode: Nothing
    /** Tells Telegram that no SMS came; the state stays the same. `mnc`: the mobile network's code. */
    reportMissingCode: { readonly mnc: string }
  }
  waitEmail: Again & {
    sendVerifyEmailCode: { readonly email: string }
    /** Legal if the server allows signing in with Google or Apple. */
    verifyEmail: { readonly google: string } | { readonly apple: string }
  }
  waitEmailSetUpCode: Again & {
    verifyEmail: EmailAnswer
    /** Sends the same code again, or one to another address. */
    sendVerifyEmailCode: { readonly email?: string }
  }
  waitEmailCode: Again & {
    signIn: EmailAnswer
    /** Legal from `resendAtMs` on, if there is a `nextType`. */
    resendCode: { readonly reason?: string }
    /** Legal if there is a `resetAvailablePeriodS` or a `resetPendingAtS`. */
    resetLoginEmail: Nothing
    sendCode: Nothing
  }
  waitPayment: Again & {
    checkPaidAuth: { readonly formId: bigint }
  }
  waitPassword: Again & {
    checkPassword: { readonly password: string }
    /** Legal if `hasRecovery` is true. */
    requestPasswordRecovery: Nothing
    resetPassword: Nothing
    /** Deletes the account for ever: the number can then sign up again. */
    deleteAccount: { readonly reason: string }
  }
  waitRecoveryCode: Again & {
    checkRecoveryPassword: { readonly code: string }
    /** Signs in. Without a new password the account has no password from then on. */
    recoverPassword: { readonly code: string; readonly newPassword?: string; readonly newHint?: string }
    /** Goes back to the question for the password. */
    getPassword: Nothing
  }
  waitSignUp: Again & {
    signUp: {
      readonly firstName: string
      readonly lastName?: string
      readonly noJoinedNotifications?: boolean
    }
  }
  authorized: Nothing
  closed: Nothing
}

/** The actions of a state. */
export type LegalAction<At extends LoginState['at']> = keyof LoginActions[At] & string

/** The name of any action. */
export type LoginAction = { [At in LoginState['at']]: LegalAction<At> }[LoginState['at']]

/** The parameters of an action in any state. */
export type ActionParams<Action extends LoginAction> = {
  [At in LoginState['at']]: Action extends keyof LoginActions[At] ? LoginActions[At][Action] : never
}[LoginState['at']]

/** An action of a state as a method that gives the next state. */
type Act<Params> = Nothing extends Params
  ? (params?: Params) => Promise<LoginStep>
  : (params: Params) => Promise<LoginStep>

/** A state with its actions as methods; `at` tells the editor which ones there are. */
export type LoginStepAt<At extends LoginState['at']> = LoginStateAt<At> & {
  readonly [Action in LegalAction<At>]: Act<LoginActions[At][Action]>
}

/** A login's state with its actions. */
export type LoginStep = { [At in LoginState['at']]: LoginStepAt<At> }[LoginState['at']]

/** An action that the state of the login does not allow; `legal` lists the actions it allows. */
export class LoginActionError extends UsageError {
  override readonly name: string = 'LoginActionError'
  override readonly code = 'LOGIN_ACTION_ILLEGAL'
  readonly action: string
  readonly at: LoginState['at']
  readonly legal: readonly LoginAction[]

  constructor(action: string, at: LoginState['at'], legal: readonly LoginAction[]) {
    const others = legal.length > 0 ? `Allowed: ${legal.join(', ')}.` : 'The login is over.'
    super('LOGIN_ACTION_ILLEGAL', `The state ${at} does not allow ${action} now. ${others}`)
    this.action = action
    this.at = at
    this.legal = legal
  }
}
