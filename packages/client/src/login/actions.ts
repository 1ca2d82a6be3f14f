import { UsageError } from '@cablegram/tl'
import type { InputPasskeyCredential } from '@cablegram/tl/api'
import type { LoginState, LoginStateAt } from './states.ts'

/** An action that is told nothing. */
export type Nothing = Readonly<Record<never, never>>

/** Gives up: a code on its way is cancelled, and nothing is kept. */
interface Always {
  readonly cancel: Nothing
}

/** The ways in. */
interface Begin extends Always {
  /** @param phoneNumber in international form */
  readonly sendCode: { readonly phoneNumber: string }
  readonly importBotAuthorization: { readonly botAuthToken: string }
  /** Shows a QR code, or a fresh one. */
  readonly exportLoginToken: Nothing
  readonly initPasskeyLogin: Nothing
}

/** Where a number has been given: begins again with another one. */
interface Again extends Always {
  readonly changeNumber: Nothing
}

/** The answer to a code by e-mail: the code, or what signing in with Google or Apple gave. */
export type EmailAnswer = { readonly code: string } | { readonly google: string } | { readonly apple: string }

/** What can be done in each state, and what each action has to be told. Actions are called after the methods. */
export interface LoginActions {
  waitPhone: Begin
  waitQr: Begin
  waitPasskey: Begin & {
    finishPasskeyLogin: { readonly credential: InputPasskeyCredential }
  }
  waitCode: Again & {
    signIn: { readonly code: string }
    /** Legal once `resendAtMs` has come, and only with a `nextType`. */
    resendCode: { readonly reason?: string }
    /** A new code, under a new hash. */
    sendCode: Nothing
    /** Tells Telegram that no code came by SMS; changes nothing here. `mnc`: the mobile network's code. */
    reportMissingCode: { readonly mnc: string }
  }
  waitEmail: Again & {
    sendVerifyEmailCode: { readonly email: string }
    /** Where the server allows signing in with Google or Apple. */
    verifyEmail: { readonly google: string } | { readonly apple: string }
  }
  waitEmailSetUpCode: Again & {
    verifyEmail: EmailAnswer
    /** The same code again, or one to another address. */
    sendVerifyEmailCode: { readonly email?: string }
  }
  waitEmailCode: Again & {
    signIn: EmailAnswer
    /** Legal once `resendAtMs` has come, and only with a `nextType`. */
    resendCode: { readonly reason?: string }
    /** Legal where `resetAvailablePeriodS` or `resetPendingAtS` says so. */
    resetLoginEmail: Nothing
    sendCode: Nothing
  }
  waitPayment: Again & {
    checkPaidAuth: { readonly formId: bigint }
  }
  waitPassword: Again & {
    checkPassword: { readonly password: string }
    /** Legal where `hasRecovery` says so. */
    requestPasswordRecovery: Nothing
    resetPassword: Nothing
    /** Deletes the account for ever: the number can then sign up again. */
    deleteAccount: { readonly reason: string }
  }
  waitRecoveryCode: Again & {
    checkRecoveryPassword: { readonly code: string }
    /** Signs in. Without a new password the account has none from then on. */
    recoverPassword: { readonly code: string; readonly newPassword?: string; readonly newHint?: string }
    /** Back to the password itself. */
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

/** What an action is told, in whichever state. */
export type ActionParams<Action extends LoginAction> = {
  [At in LoginState['at']]: Action extends keyof LoginActions[At] ? LoginActions[At][Action] : never
}[LoginState['at']]

/** An action of a state as a method, that gives the next state. */
type Act<Params> = Nothing extends Params
  ? (params?: Params) => Promise<LoginStep>
  : (params: Params) => Promise<LoginStep>

/** A state with its actions as methods: look at `at`, and the editor knows what can be done. */
export type LoginStepAt<At extends LoginState['at']> = LoginStateAt<At> & {
  readonly [Action in LegalAction<At>]: Act<LoginActions[At][Action]>
}

/** Where a login stands, with what can be done there. */
export type LoginStep = { [At in LoginState['at']]: LoginStepAt<At> }[LoginState['at']]

/** An action that is not legal in the state the login is in; `legal` are those that are. */
export class LoginActionError extends UsageError {
  override readonly code = 'LOGIN_ACTION_ILLEGAL'
  readonly action: string
  readonly at: LoginState['at']
  readonly legal: readonly LoginAction[]

  constructor(action: string, at: LoginState['at'], legal: readonly LoginAction[]) {
    const others = legal.length > 0 ? legal.join(', ') : 'nothing'
    super('LOGIN_ACTION_ILLEGAL', `${action} cannot be done in the state ${at} now; what can: ${others}`)
    this.action = action
    this.at = at
    this.legal = legal
  }
}
