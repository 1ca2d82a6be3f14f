import { unsupported } from './context.ts'
import type { Login } from './machine.ts'
import { errorOf, type LoginProblem } from './problem.ts'
import type { CodeQuestion, LoginPrompts, ResetEmailQuestion } from './prompts.ts'
import type { LoginState, LoginStateAt } from './states.ts'
import type { SentCode } from './surface.ts'

/** A login that asks: the machine, whom it asks, and how it waits until a time. */
export interface Asking {
  readonly machine: Login
  readonly prompts: LoginPrompts
  readonly until: (timeMs: number) => Promise<void>
}

/** The states behind the beginning in which somebody has to answer. */
export type Asked = Exclude<
  LoginState,
  LoginStateAt<'waitPhone' | 'waitQr' | 'waitPasskey' | 'authorized' | 'closed'>
>

/** Asks for what this state needs, and does what the answer says. */
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

async function askCode(
  { machine, prompts, until }: Asking,
  state: LoginStateAt<'waitCode' | 'waitEmailCode'>,
): Promise<void> {
  const reset = state.at === 'waitEmailCode' ? resetQuestion(state, prompts) : undefined
  const code = await prompts.code({ ...codeQuestion(state), ...(reset && { hasReset: true }) })
  if (code.trim() !== '') {
    await machine.act('signIn', { code })
  } else if (reset) {
    if (await prompts.resetEmail?.(reset)) await machine.act('resetLoginEmail')
  } else if (state.nextType) {
    if (state.resendAtMs !== undefined) await until(state.resendAtMs)
    await machine.act('resendCode')
  }
}

/** Undefined where the e-mail cannot be taken off, or nobody could say whether it should be. */
function resetQuestion(
  { emailPattern, resetAvailablePeriodS: afterS, resetPendingAtS: pendingAtS }: LoginStateAt<'waitEmailCode'>,
  { resetEmail }: LoginPrompts,
): ResetEmailQuestion | undefined {
  if (!resetEmail || (afterS === undefined && pendingAtS === undefined)) return undefined
  return { emailPattern, afterS, pendingAtS, problem: undefined }
}

async function askEmail({ machine, prompts }: Asking, state: LoginStateAt<'waitEmail'>): Promise<void> {
  if (!prompts.email) throw unsupported('the server wants a login e-mail address first')
  const email = await prompts.email({ problem: problemIn(state) })
  await machine.act('sendVerifyEmailCode', { email })
}

async function askEmailSetUpCode(
  { machine, prompts }: Asking,
  state: LoginStateAt<'waitEmailSetUpCode'>,
): Promise<void> {
  const code = await prompts.code(codeQuestion(state))
  if (code.trim() !== '') await machine.act('verifyEmail', { code })
}

async function askPassword({ machine, prompts }: Asking, state: LoginStateAt<'waitPassword'>): Promise<void> {
  const hasRecovery = state.hasRecovery && prompts.recoveryCode !== undefined
  const password = await prompts.password({ hint: state.hint, hasRecovery, problem: problemIn(state) })
  if (password === '' && hasRecovery) await machine.act('requestPasswordRecovery')
  else await machine.act('checkPassword', { password })
}

async function askRecoveryCode(
  { machine, prompts }: Asking,
  state: LoginStateAt<'waitRecoveryCode'>,
): Promise<void> {
  const { emailPattern } = state
  const code = await prompts.recoveryCode?.({ emailPattern, problem: problemIn(state) })
  if (!code?.trim()) {
    await machine.act('getPassword')
    return
  }
  const checked = await machine.act('checkRecoveryPassword', { code })
  if (checked.at !== 'waitRecoveryCode' || !checked.isCodeChecked) return
  const newPassword = (await prompts.newPassword?.({ problem: undefined })) ?? ''
  await machine.act('recoverPassword', { code, newPassword })
}

/** The state moves on by itself. */
async function awaitPayment({ machine, prompts }: Asking, state: LoginStateAt<'waitPayment'>): Promise<void> {
  if (!prompts.payment) throw unsupported('the server wants codes to this number to be paid for')
  let stop = () => {}
  const movedOn = new Promise<void>((resolve) => {
    stop = machine.onState(() => resolve())
  })
  prompts.payment(state)
  await movedOn
  stop()
}

async function askName({ machine, prompts }: Asking, state: LoginStateAt<'waitSignUp'>): Promise<void> {
  const { termsOfService } = state
  await machine.act('signUp', await prompts.name({ termsOfService, problem: problemIn(state) }))
}

function codeQuestion(
  state: LoginStateAt<'waitCode' | 'waitEmailCode' | 'waitEmailSetUpCode'>,
): CodeQuestion {
  const { phoneNumber, phoneCodeHash } = state
  const next = state.at === 'waitEmailSetUpCode' ? {} : { nextType: state.nextType }
  const sent: SentCode = { _: 'auth.sentCode', type: typeOf(state), phoneCodeHash, ...next }
  const length = 'length' in sent.type ? sent.type.length : undefined
  const resendAtMs = 'resendAtMs' in state ? state.resendAtMs : undefined
  return { phoneNumber, sent, length, resendAtMs, problem: problemIn(state) }
}

function typeOf(state: LoginStateAt<'waitCode' | 'waitEmailCode' | 'waitEmailSetUpCode'>): SentCode['type'] {
  if (state.at === 'waitCode') return state.type
  return { _: 'auth.sentCodeTypeEmailCode', emailPattern: state.emailPattern, length: state.length }
}

function problemIn({ problem }: { readonly problem?: LoginProblem | undefined }) {
  return problem && errorOf(problem)
}
