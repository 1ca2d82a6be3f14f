import type { RpcError } from '@cablegram/mtproto'
import type { SentCode } from './surface.ts'

const EXPLANATIONS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: 'This is not a phone number.',
  ACCESS_TOKEN_INVALID: 'No bot has this token.',
  ACCESS_TOKEN_EXPIRED: 'This token was replaced by a newer one.',
  PHONE_CODE_INVALID: 'This is not the code.',
  CODE_INVALID: 'This is not the code.',
  EMAIL_INVALID: 'This is not an e-mail address.',
  EMAIL_NOT_ALLOWED: 'The server does not take this e-mail address.',
  EMAIL_VERIFY_EXPIRED: 'That took too long: give the e-mail address again.',
  TASK_ALREADY_EXISTS: 'The e-mail is being taken off already.',
  PASSWORD_RECOVERY_NA: 'The account has no e-mail to recover its password with.',
  PASSWORD_RECOVERY_EXPIRED: 'That took too long: the recovery has to be asked for again.',
  NEW_SETTINGS_INVALID: 'The server does not take this password.',
  PHONE_CODE_EXPIRED: 'That code is no longer good; a new one is on its way.',
  PHONE_CODE_EMPTY: 'That code is no longer good; a new one is on its way.',
  SEND_CODE_UNAVAILABLE: 'The code cannot be sent any other way.',
  FIRSTNAME_INVALID: 'The server does not take this first name.',
  LASTNAME_INVALID: 'The server does not take this last name.',
  PASSWORD_HASH_INVALID: 'This is not the password.',
  SRP_PASSWORD_CHANGED: 'The password has just been changed.',
}

/** What was wrong with the last answer, as a sentence; empty where nothing was. */
export function explain(problem: RpcError | undefined): string {
  if (!problem) return ''
  if (problem.code === 420) return `Too many attempts: wait ${problem.argument ?? 'some'} seconds.`
  return EXPLANATIONS[problem.type] ?? `The server said ${problem.message}.`
}

/** Where a code went, as a sentence. */
export function whereSent({ type }: SentCode, phoneNumber: string): string {
  switch (type._) {
    case 'auth.sentCodeTypeApp':
      return 'The code is in a message from Telegram, in your other sessions.'
    case 'auth.sentCodeTypeCall':
      return `A call to ${phoneNumber} tells the code.`
    case 'auth.sentCodeTypeFlashCall':
      return `A call to ${phoneNumber} comes from a number like ${type.pattern}, which is the code.`
    case 'auth.sentCodeTypeMissedCall':
      return `A call to ${phoneNumber} comes from a number that begins with ${type.prefix}; its last ${type.length} digits are the code.`
    case 'auth.sentCodeTypeEmailCode':
      return `The code went by e-mail to ${type.emailPattern}.`
    case 'auth.sentCodeTypeFragmentSms':
      return `The code is at ${type.url}`
    case 'auth.sentCodeTypeSmsWord':
      return `A word went by SMS to ${phoneNumber}${type.beginning ? `; it begins with ${type.beginning}` : ''}.`
    case 'auth.sentCodeTypeSmsPhrase':
      return `A phrase went by SMS to ${phoneNumber}${type.beginning ? `; it begins with ${type.beginning}` : ''}.`
    default:
      return `The code went by SMS to ${phoneNumber}.`
  }
}
