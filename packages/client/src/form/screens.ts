import { howToPay, nextWay, whereSent } from '../login/explain.ts'
import type { Login } from '../login/machine.ts'
import { errorOf } from '../login/problem.ts'
import type { LoginState, LoginStateAt } from '../login/states.ts'
import type { FaceClient } from '../login/surface.ts'
import { isBotToken, plainBotToken } from '../login/typed.ts'
import { sayProblem } from './say-problem.ts'
import type { Field, Link, Screen } from './screen.ts'

/** Choices of the person that no state has. */
export interface Choices {
  /** Shows the number's field, though a QR code waits. */
  isNumberWanted: boolean
  /** Shows the field for another e-mail address. */
  isEmailWanted: boolean
  /** The recovery code that the server has confirmed; it goes along with the new password. */
  recoveryCode: string
}

/** Parts of a screen. */
export interface Stage {
  readonly login: Login
  readonly client: FaceClient
  readonly choices: Choices
  /** The form offers a QR code. */
  readonly hasQr: boolean
  /** Shows the screen again after a choice. */
  readonly refresh: () => void
}

type Content = Omit<Screen, 'problem' | 'key'> & { readonly key?: string }

/** The screen of the login's state; undefined when the login is over. */
export function screenOf(stage: Stage): Screen | undefined {
  const { state } = stage.login
  const content = contentOf(stage, state)
  if (!content) return undefined
  const problem = 'problem' in state && state.problem ? sayProblem(errorOf(state.problem)) : ''
  return { ...content, key: content.key ?? state.at, problem }
}

function contentOf(stage: Stage, state: LoginState): Content | undefined {
  switch (state.at) {
    case 'waitPhone':
    case 'waitPasskey':
      return phone(stage)
    case 'waitQr':
      return stage.choices.isNumberWanted ? phone(stage) : qr(stage, state)
    case 'waitCode':
      return code(stage, state)
    case 'waitEmail':
      return email(stage)
    case 'waitEmailSetUpCode':
      return stage.choices.isEmailWanted ? email(stage) : emailSetUpCode(stage, state)
    case 'waitEmailCode':
      return emailCode(stage, state)
    case 'waitPassword':
      return password(stage, state)
    case 'waitRecoveryCode':
      return state.isCodeChecked ? newPassword(stage) : recoveryCode(stage, state)
    case 'waitSignUp':
      return signUp(stage, state)
    case 'waitPayment':
      return payment(stage, state)
    case 'authorized':
    case 'closed':
      return undefined
  }
}

function phone({ login, choices, hasQr, refresh }: Stage): Content {
  const toQr: Link = {
    label: 'Sign in with a QR code',
    run() {
      choices.isNumberWanted = false
      if (login.state.at !== 'waitQr') return login.act('exportLoginToken')
      refresh()
      return undefined
    },
  }
  return {
    key: 'phone',
    title: 'Sign in',
    text: [],
    fields: [
      {
        name: 'phone',
        label: 'Phone number',
        type: 'tel',
        autocomplete: 'tel',
        hint: 'With the country code, such as +44 20 7946 0000.',
      },
    ],
    submit: {
      label: 'Continue',
      run({ phone: typed = '' }) {
        const botAuthToken = plainBotToken(typed)
        return isBotToken(botAuthToken)
          ? login.act('importBotAuthorization', { botAuthToken })
          : login.act('sendCode', { phoneNumber: typed })
      },
    },
    links: hasQr ? [toQr] : [],
  }
}

function qr({ choices, refresh }: Stage, { url }: LoginStateAt<'waitQr'>): Content {
  return {
    title: 'Sign in with a QR code',
    text: ['Scan it with an app that is signed in: Settings, Devices, Link Desktop Device.'],
    qr: url,
    fields: [],
    links: [
      {
        label: 'Use a phone number',
        run() {
          choices.isNumberWanted = true
          refresh()
          return undefined
        },
      },
    ],
  }
}

function code(stage: Stage, state: LoginStateAt<'waitCode'>): Content {
  const { login } = stage
  const sent = { _: 'auth.sentCode', type: state.type, phoneCodeHash: state.phoneCodeHash } as const
  const isText = state.type._ === 'auth.sentCodeTypeSmsWord' || state.type._ === 'auth.sentCodeTypeSmsPhrase'
  const length = 'length' in state.type ? state.type.length : undefined
  return {
    key: `code ${state.phoneCodeHash} ${state.sentAtMs}`,
    title: 'Enter the code',
    text: [whereSent({ ...sent, type: whereType(state) }, state.phoneNumber), ...whereOnOwnServer(stage)],
    fields: [codeField(isText ? 'text' : 'digits', length)],
    submit: { label: 'Continue', run: ({ code: typed = '' }) => login.act('signIn', { code: typed }) },
    links: [...resend(stage, state), changeNumber(stage)],
  }
}

/** The type without what a state leaves out of it. */
function whereType({ type }: LoginStateAt<'waitCode'>): Parameters<typeof whereSent>[0]['type'] {
  return type
}

function emailCode(stage: Stage, state: LoginStateAt<'waitEmailCode'>): Content {
  const { login } = stage
  const afterS = state.resetAvailablePeriodS
  const reset: Link = {
    label: `I cannot read that e-mail: remove it ${afterS === undefined ? 'now, if its time has come' : inTime(afterS)}`,
    run: () => login.act('resetLoginEmail'),
  }
  return {
    key: `code ${state.phoneCodeHash} ${state.sentAtMs}`,
    title: 'Enter the code',
    text: [`The code went by e-mail to ${state.emailPattern}.`, ...whereOnOwnServer(stage)],
    fields: [codeField('digits', state.length)],
    submit: { label: 'Continue', run: ({ code: typed = '' }) => login.act('signIn', { code: typed }) },
    links: [
      ...resend(stage, state),
      ...(login.actions.includes('resetLoginEmail') ? [reset] : []),
      changeNumber(stage),
    ],
  }
}

function emailSetUpCode(stage: Stage, state: LoginStateAt<'waitEmailSetUpCode'>): Content {
  const { login, choices, refresh } = stage
  return {
    key: `setup code ${state.sentAtMs}`,
    title: 'Confirm your e-mail address',
    text: [`A code went by e-mail to ${state.email}.`, ...whereOnOwnServer(stage)],
    fields: [codeField('digits', state.length)],
    submit: { label: 'Continue', run: ({ code: typed = '' }) => login.act('verifyEmail', { code: typed }) },
    links: [
      { label: 'Send the code again', run: () => login.act('sendVerifyEmailCode', {}) },
      {
        label: 'Use another address',
        run() {
          choices.isEmailWanted = true
          refresh()
          return undefined
        },
      },
      changeNumber(stage),
    ],
  }
}

function email(stage: Stage): Content {
  const { login, choices, refresh } = stage
  return {
    key: 'email',
    title: 'Add a login e-mail',
    text: ['Codes for this number go by e-mail. Give an address that you can read now.'],
    fields: [{ name: 'email', label: 'E-mail address', type: 'email', autocomplete: 'email' }],
    submit: {
      label: 'Send a code',
      async run({ email: typed = '' }) {
        const next = await login.act('sendVerifyEmailCode', { email: typed })
        choices.isEmailWanted = 'problem' in next && next.problem !== undefined
        refresh()
      },
    },
    links: [changeNumber(stage)],
  }
}

function password(stage: Stage, state: LoginStateAt<'waitPassword'>): Content {
  const { login } = stage
  const recover: Link = {
    label: 'Forgot it? Send a code to the recovery e-mail',
    run: () => login.act('requestPasswordRecovery'),
  }
  return {
    title: 'Enter your password',
    text: ['This account has two-step verification.'],
    fields: [
      {
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'current-password',
        hint: state.hint ? `Hint: ${state.hint}` : undefined,
      },
    ],
    submit: {
      label: 'Sign in',
      run: ({ password: typed = '' }) => login.act('checkPassword', { password: typed }),
    },
    links: [...(state.hasRecovery ? [recover] : []), changeNumber(stage)],
  }
}

function recoveryCode(stage: Stage, state: LoginStateAt<'waitRecoveryCode'>): Content {
  const { login, choices } = stage
  return {
    title: 'Recover your password',
    text: [`A recovery code went by e-mail to ${state.emailPattern}.`, ...whereOnOwnServer(stage)],
    fields: [{ ...codeField('digits', undefined), label: 'Recovery code' }],
    submit: {
      label: 'Continue',
      async run({ code: typed = '' }) {
        choices.recoveryCode = typed
        await login.act('checkRecoveryPassword', { code: typed })
      },
    },
    links: [{ label: 'Back to the password', run: () => login.act('getPassword') }],
  }
}

function newPassword({ login, choices }: Stage): Content {
  const again =
    choices.recoveryCode === '' ? [{ ...codeField('digits', undefined), label: 'Recovery code' }] : []
  return {
    key: 'new password',
    title: 'Choose a new password',
    text: ['Left empty, the account has no password from now on.'],
    fields: [
      ...again,
      {
        name: 'password',
        label: 'New password',
        type: 'password',
        autocomplete: 'new-password',
        isOptional: true,
      },
    ],
    submit: {
      label: 'Sign in',
      run: ({ code: typed = choices.recoveryCode, password: chosen = '' }) =>
        login.act('recoverPassword', { code: typed, newPassword: chosen }),
    },
    links: [{ label: 'Back to the password', run: () => login.act('getPassword') }],
  }
}

function signUp(stage: Stage, { termsOfService }: LoginStateAt<'waitSignUp'>): Content {
  const age = termsOfService?.minAgeConfirm
  const terms = termsOfService
    ? [
        `By signing up you accept the terms of service${age ? ` and confirm that you are at least ${age} years old` : ''}:`,
        termsOfService.text,
      ]
    : []
  return {
    title: 'Sign up',
    text: ['This number has no account yet.', ...terms],
    fields: [
      { name: 'firstName', label: 'First name', type: 'text', autocomplete: 'given-name' },
      {
        name: 'lastName',
        label: 'Last name (may be empty)',
        type: 'text',
        autocomplete: 'family-name',
        isOptional: true,
      },
    ],
    submit: {
      label: 'Sign up',
      run: ({ firstName = '', lastName = '' }) => stage.login.act('signUp', { firstName, lastName }),
    },
    links: [changeNumber(stage)],
  }
}

function payment(stage: Stage, state: LoginStateAt<'waitPayment'>): Content {
  const price = `${state.amount} in the smallest unit of ${state.currency}`
  return {
    title: 'Pay for the code',
    text: [
      `A code to ${state.phoneNumber} has to be paid for first (${price}). The login goes on once it is paid.`,
      howToPay({ console: stage.client.server?.console }, state.phoneNumber),
    ].filter((line) => line !== ''),
    fields: [],
    links: [changeNumber(stage)],
  }
}

function codeField(kind: 'text' | 'digits', length: number | undefined): Field {
  return {
    name: 'code',
    label: 'Code',
    type: 'text',
    autocomplete: 'one-time-code',
    isNumeric: kind === 'digits',
    hint: length === undefined ? undefined : `${length} digits`,
  }
}

function resend(
  { login }: Stage,
  { nextType, resendAtMs }: LoginStateAt<'waitCode' | 'waitEmailCode'>,
): readonly Link[] {
  if (!nextType) return []
  const label = `No code? Ask for ${nextWay(nextType)}`
  return [{ label, fromMs: resendAtMs, run: () => login.act('resendCode') }]
}

function changeNumber({ login, choices }: Stage): Link {
  return {
    label: 'Use another number',
    run() {
      choices.isNumberWanted = true
      choices.isEmailWanted = false
      return login.act('changeNumber')
    },
  }
}

function whereOnOwnServer({ client }: Stage): readonly string[] {
  const console = client.server?.console
  return console === undefined ? [] : [`This server is your own: read the code at ${console}`]
}

const DAY_S = 24 * 60 * 60

function inTime(afterS: number): string {
  if (afterS === 0) return 'at once'
  return afterS < DAY_S ? `in ${Math.ceil(afterS / 60)} minutes` : `in ${Math.ceil(afterS / DAY_S)} days`
}
