import { UsageError } from '@cablegram/tl'
import { kindOf } from '../kind-of.ts'
import type { LoginAction } from './actions.ts'
import type { LoginState } from './states.ts'

type Kind = 'string' | 'boolean' | 'bigint' | 'object'
/** The parameters of an action, by name; those with a question mark may be left out. */
type Wanted = { readonly [name: string]: Kind | `${Kind}?` }

const CODE: Wanted = { code: 'string' }
/** A code from an e-mail, or a token of Google's or Apple's in its place: the first that is given counts. */
const EMAIL_ANSWERS: readonly Wanted[] = [CODE, { google: 'string' }, { apple: 'string' }]

const WANTED: { readonly [Action in LoginAction]?: readonly Wanted[] } = {
  importBotAuthorization: [{ botAuthToken: 'string' }],
  finishPasskeyLogin: [{ credential: 'object' }],
  resendCode: [{ reason: 'string?' }],
  reportMissingCode: [{ mnc: 'string' }],
  verifyEmail: EMAIL_ANSWERS,
  checkPaidAuth: [{ formId: 'bigint' }],
  checkPassword: [{ password: 'string' }],
  deleteAccount: [{ reason: 'string' }],
  checkRecoveryPassword: [CODE],
  recoverPassword: [{ code: 'string', newPassword: 'string?', newHint: 'string?' }],
  signUp: [{ firstName: 'string', lastName: 'string?', noJoinedNotifications: 'boolean?' }],
}

/** @throws UsageError LOGIN_PARAMS_INVALID, which names the action and the parameter, and tells nothing of its value */
export function checkParams(action: LoginAction, at: LoginState['at'], params: unknown): void {
  if (typeof params !== 'object' || params === null) throw invalid(action, `an object, not ${kindOf(params)}`)
  const given: Readonly<Record<string, unknown>> = { ...params }
  const forms = wantedBy(action, at)
  const [form] =
    forms.length > 1 ? forms.filter((each) => Object.keys(each).some((name) => name in given)) : forms
  if (!form) throw invalid(action, `one of ${forms.flatMap((each) => Object.keys(each)).join(', ')}`)
  for (const [name, wanted] of Object.entries(form)) {
    const value = given[name]
    if (value === undefined && wanted.endsWith('?')) continue
    const kind = wanted.replace('?', '')
    const isRight = kind === 'object' ? typeof value === 'object' && value !== null : typeof value === kind
    if (!isRight)
      throw invalid(action, `\`${name}\` as ${kind === 'object' ? 'an' : 'a'} ${kind}, not ${kindOf(value)}`)
  }
}

/** Two actions want something else in another state. */
function wantedBy(action: LoginAction, at: LoginState['at']): readonly Wanted[] {
  if (action === 'signIn') return at === 'waitCode' ? [CODE] : EMAIL_ANSWERS
  if (action === 'sendCode')
    return at === 'waitCode' || at === 'waitEmailCode' ? [{}] : [{ phoneNumber: 'string' }]
  if (action === 'sendVerifyEmailCode') return [{ email: at === 'waitEmail' ? 'string' : 'string?' }]
  return WANTED[action] ?? [{}]
}

function invalid(action: string, wanted: string): UsageError {
  return new UsageError('LOGIN_PARAMS_INVALID', `The action ${action} takes ${wanted}.`)
}
