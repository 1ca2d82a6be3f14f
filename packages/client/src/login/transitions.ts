import type { LoginAction, LoginActions } from './actions.ts'
import { reportMissingCode, resendCode, signIn, signInByEmail } from './code.ts'
import type { LoginContext } from './context.ts'
import { resetLoginEmail, sendVerifyEmailCode, sendVerifyEmailCodeAgain, verifyEmail } from './email.ts'
import { finishPasskeyLogin, initPasskeyLogin } from './passkey.ts'
import { checkPaidAuth } from './payment.ts'
import { cancel, changeNumber, importBotAuthorization, sendCode, sendCodeAnew } from './phone.ts'
import { exportLoginToken } from './qr.ts'
import { checkRecoveryPassword, getPassword, recoverPassword, requestPasswordRecovery } from './recovery.ts'
import { signUp } from './sign-up.ts'
import type { LoginState, LoginStateAt } from './states.ts'
import { checkPassword, deleteAccount, resetPassword } from './two-step.ts'

type Transition<At extends LoginState['at'], Params> = (
  ctx: LoginContext,
  state: LoginStateAt<At>,
  params: Params,
) => Promise<LoginState>

type Transitions = {
  readonly [At in LoginState['at']]: {
    readonly [Action in keyof LoginActions[At]]: Transition<At, LoginActions[At][Action]>
  }
}

const begin = { sendCode, importBotAuthorization, exportLoginToken, initPasskeyLogin, cancel }
const again = { changeNumber, cancel }

/** The whole machine: the actions of each state, and the function of each. */
export const TRANSITIONS: Transitions = {
  waitPhone: begin,
  waitQr: begin,
  waitPasskey: { ...begin, finishPasskeyLogin },
  waitCode: { signIn, resendCode, sendCode: sendCodeAnew, reportMissingCode, ...again },
  waitEmail: { sendVerifyEmailCode, verifyEmail, ...again },
  waitEmailSetUpCode: { verifyEmail, sendVerifyEmailCode: sendVerifyEmailCodeAgain, ...again },
  waitEmailCode: { signIn: signInByEmail, resendCode, resetLoginEmail, sendCode: sendCodeAnew, ...again },
  waitPayment: { checkPaidAuth, ...again },
  waitPassword: { checkPassword, requestPasswordRecovery, resetPassword, deleteAccount, ...again },
  waitRecoveryCode: { recoverPassword, checkRecoveryPassword, getPassword, ...again },
  waitSignUp: { signUp, ...again },
  authorized: {},
  closed: {},
}

/** The actions that a state allows at this time, the most likely first. */
export function legalActions(state: LoginState, nowMs: number): readonly LoginAction[] {
  // The table has exactly the actions of the type.
  const actions = Object.keys(TRANSITIONS[state.at]) as LoginAction[]
  return actions.filter((action) => isLegalNow(state, action, nowMs))
}

/** Conditions beyond the state's name. */
function isLegalNow(state: LoginState, action: LoginAction, nowMs: number): boolean {
  if (action === 'resendCode' && 'nextType' in state) {
    // A clock that was set back since the code was sent says nothing: the server decides.
    const isTime = nowMs >= (state.resendAtMs ?? 0) || nowMs < state.sentAtMs
    return state.nextType !== undefined && isTime
  }
  if (action === 'resendCode') return false
  if (action === 'verifyEmail' && state.at === 'waitEmail') {
    return state.appleSigninAllowed === true || state.googleSigninAllowed === true
  }
  if (action === 'resetLoginEmail' && state.at === 'waitEmailCode') {
    return state.resetAvailablePeriodS !== undefined || state.resetPendingAtS !== undefined
  }
  if (action === 'requestPasswordRecovery' && state.at === 'waitPassword') return state.hasRecovery
  return true
}
