import type { RpcError } from '@cablegram/mtproto'
import type { Answers } from './answers.ts'
import { plainCodeOf } from './code.ts'
import { unsupported } from './context.ts'
import type { Login } from './machine.ts'
import { errorOf, type LoginProblem } from './problem.ts'
import type { CodeQuestion, ResetEmailQuestion } from './prompts.ts'
import type { LoginState, LoginStateAt } from './states.ts'
import type { SentCode } from './surface.ts'
import { plainCode, plainEmail } from './typed.ts'

/** A login that asks: the machine, its prompts, and a wait. */
export interface Asking {
  readonly machine: Login
  readonly answers: Answers
  readonly nowMs: () => number
  readonly wait: (ms: number) => Promise<void>
}

/** The states after the beginning that need an answer. */
export type Asked = Exclude<
  LoginState,
  LoginStateAt<'waitPhone' | 'waitQr' | 'waitPasskey' | 'authorized' | 'closed'>
>

/** Asks for what a state needs, and acts on the answer. */
export async function ask(asking: Asking, state: Asked): Promise<void> {
  switch (state.at) {
    case 'waitCode':
    case 'waitEmailCode':
      return askCode(asking, state)
    case 'waitEmail':
      return askEmail(asking, state)
    case 'waitEmailSetUpCode':
      return askEmailSetUpCode(asking, state)
    case 'waitPassword':
      return askPassword(asking, state)
    case 'waitRecoveryCode':
      return askRecoveryCode(asking, state)
    case 'waitSignUp':
      return askName(asking, state)
    case 'waitPayment':
      return awaitPayment(asking, state)
  }
}

async function askCode(asking: Asking, state: LoginStateAt<'waitCode' | 'waitEmailCode'>): Promise<void> {
  const { machine, answers } = asking
  const reset = state.at === 'waitEmailCode' ? resetQuestion(state, answers) : undefined
  const question = { ...codeQuestion(state, asking.nowMs()), ...(reset && { hasReset: true }) }
  const code = await answers.text('code', question, {
    asSent: (typed) => (state.at === 'waitCode' ? plainCodeOf(state.type, typed) : plainCode(typed)),
    scope: scopeOf(state),
    isEmptyAllowed: reset !== undefined || state.nextType !== undefined,
  })
  if (code !== '') {
    await machine.act('signIn', { code })
  } else if (reset) {
    if (await answers.resetEmail(reset)) await machine.act('resetLoginEmail')
  } else {
    await waitForResend(asking, state)
    await machine.act('resendCode')
  }
}

/** Waits no longer than the server asked for when it sent the code, even if the clock has been set back since. */
async function waitForResend(
  { nowMs, wait }: Asking,
  { sentAtMs, resendAtMs }: { readonly sentAtMs: number; readonly resendAtMs?: number | undefined },
): Promise<void> {
  if (resendAtMs === undefined || nowMs() < sentAtMs) return
  await wait(resendAtMs - nowMs())
}

/** Undefined where the e-mail cannot be taken off the account, or where no prompt can say whether it should be. */
function resetQuestion(
  { emailPattern, resetAvailablePeriodS: afterS, resetPendingAtS: pendingAtS }: LoginStateAt<'waitEmailCode'>,
  answers: Answers,
): ResetEmailQuestion | undefined {
  if (!answers.has('resetEmail') || (afterS === undefined && pendingAtS === undefined)) return undefined
  return { emailPattern, afterS, pendingAtS, problem: undefined }
}

async function askEmail({ machine, answers }: Asking, state: LoginStateAt<'waitEmail'>): Promise<void> {
  if (!answers.has('email')) throw unsupported('the server wants a login e-mail address first')
  const email = await answers.text('email', { problem: problemIn(state) }, { asSent: plainEmail })
  await machine.act('sendVerifyEmailCode', { email })
}

async function askEmailSetUpCode(
  { machine, answers, nowMs }: Asking,
  state: LoginStateAt<'waitEmailSetUpCode'>,
): Promise<void> {
  const judging = { asSent: plainCode, scope: scopeOf(state) }
  await machine.act('verifyEmail', {
    code: await answers.text('code', codeQuestion(state, nowMs()), judging),
  })
}

async function askPassword({ machine, answers }: Asking, state: LoginStateAt<'waitPassword'>): Promise<void> {
  const hasRecovery = state.hasRecovery && answers.has('recoveryCode')
  const question = { hint: state.hint, hasRecovery, problem: problemIn(state) }
  const password = await answers.text('password', question, { asSent: asTyped, isEmptyAllowed: hasRecovery })
  if (password === '') await machine.act('requestPasswordRecovery')
  else await machine.act('checkPassword', { password })
}

async function askRecoveryCode(
  { machine, answers }: Asking,
  state: LoginStateAt<'waitRecoveryCode'>,
): Promise<void> {
  const { emailPattern } = state
  const problem = problemIn(state)
  const judging = { asSent: plainCode, isEmptyAllowed: true }
  const code = await answers.text('recoveryCode', { emailPattern, problem }, judging)
  if (code === '') {
    await machine.act('getPassword')
    return
  }
  const checked = await machine.act('checkRecoveryPassword', { code })
  if (checked.at !== 'waitRecoveryCode' || !checked.isCodeChecked) return
  const newPassword = await askNewPassword(
    answers,
    problem?.type === 'NEW_SETTINGS_INVALID' ? problem : undefined,
  )
  await machine.act('recoverPassword', { code, newPassword })
}

async function askNewPassword(answers: Answers, problem: RpcError | undefined): Promise<string> {
  if (!answers.has('newPassword')) return ''
  return answers.text('newPassword', { problem }, { asSent: asTyped, isEmptyAllowed: true })
}

/** The state moves on by itself once the code has been paid for. */
async function awaitPayment({ machine, answers }: Asking, state: LoginStateAt<'waitPayment'>): Promise<void> {
  if (!answers.has('payment')) throw unsupported('the server wants codes to this number to be paid for')
  let stop = () => {}
  const movedOn = new Promise<void>((resolve) => {
    stop = machine.onState(() => resolve())
  })
  answers.show('payment', state)
  await movedOn
  stop()
}

async function askName({ machine, answers }: Asking, state: LoginStateAt<'waitSignUp'>): Promise<void> {
  const { termsOfService } = state
  await machine.act('signUp', await answers.name({ termsOfService, problem: problemIn(state) }))
}

/** A password is sent as it was typed. */
function asTyped(answer: string): string {
  return answer
}

/** A code that is sent again is another one, under the same hash or a new one. */
function scopeOf({
  at,
  phoneCodeHash,
  sentAtMs,
}: LoginStateAt<'waitCode' | 'waitEmailCode' | 'waitEmailSetUpCode'>): string {
  return `${at} ${phoneCodeHash} ${sentAtMs}`
}

function codeQuestion(
  state: LoginStateAt<'waitCode' | 'waitEmailCode' | 'waitEmailSetUpCode'>,
  nowMs: number,
): CodeQuestion {
  const { phoneNumber, phoneCodeHash } = state
  const next = state.at === 'waitEmailSetUpCode' ? {} : { nextType: state.nextType }
  const sent: SentCode = { _: 'auth.sentCode', type: typeOf(state), phoneCodeHash, ...next }
  const length = 'length' in sent.type ? sent.type.length : undefined
  // A clock that was set back since the code was sent says nothing about when it can be sent again.
  const resendAtMs = 'resendAtMs' in state && nowMs >= state.sentAtMs ? state.resendAtMs : undefined
  return { phoneNumber, sent, length, resendAtMs, problem: problemIn(state) }
}

function typeOf(state: LoginStateAt<'waitCode' | 'waitEmailCode' | 'waitEmailSetUpCode'>): SentCode['type'] {
  if (state.at === 'waitCode') return state.type
  return { _: 'auth.sentCodeTypeEmailCode', emailPattern: state.emailPattern, length: state.length }
}

function problemIn({ problem }: { readonly problem?: LoginProblem | undefined }) {
  return problem && errorOf(problem)
}
