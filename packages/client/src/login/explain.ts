import type { RpcError } from '@cablegram/mtproto'
import type { NextCodeType, SentCode } from './surface.ts'

const EXPLANATIONS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: 'This is not a phone number.',
  ACCESS_TOKEN_INVALID: 'No bot has this token.',
  ACCESS_TOKEN_EXPIRED: 'A newer token has replaced this one.',
  PHONE_CODE_INVALID: 'This is not the code.',
  CODE_INVALID: 'This is not the code.',
  EMAIL_INVALID: 'This is not an e-mail address.',
  EMAIL_NOT_ALLOWED: 'The server does not take this e-mail address.',
  EMAIL_VERIFY_EXPIRED: 'That took too long. Give the e-mail address again.',
  TASK_ALREADY_EXISTS: 'The removal of this e-mail is already pending.',
  PASSWORD_RECOVERY_NA: 'The account has no recovery e-mail.',
  PASSWORD_RECOVERY_EXPIRED: 'That took too long. Start the recovery again.',
  NEW_SETTINGS_INVALID: 'The server does not take this password.',
  PHONE_CODE_EXPIRED: 'That code has expired. A new one was sent.',
  PHONE_CODE_EMPTY: 'That code has expired. A new one was sent.',
  SEND_CODE_UNAVAILABLE: 'The code cannot be sent any other way.',
  FIRSTNAME_INVALID: 'The server does not take this first name.',
  LASTNAME_INVALID: 'The server does not take this last name.',
  PASSWORD_HASH_INVALID: 'This is not the password.',
  SRP_PASSWORD_CHANGED: 'The password was changed a moment ago.',
}

/** The problem with the last answer as a sentence; empty without one. */
export function explain(problem: RpcError | undefined): string {
  if (!problem) return ''
  if (problem.code === 420) return `Too many attempts: wait ${problem.argument ?? 'some'} seconds.`
  return EXPLANATIONS[problem.type] ?? `The server said ${problem.message}.`
}

/** A sentence that says where a code went. */
export function whereSent({ type }: SentCode, phoneNumber: string): string {
  switch (type._) {
    case 'auth.sentCodeTypeApp':
      return 'The code is in a message from Telegram in your other apps.'
    case 'auth.sentCodeTypeCall':
      return `A call to ${phoneNumber} will tell you the code.`
    case 'auth.sentCodeTypeFlashCall':
      return `A call to ${phoneNumber} will come from a number like ${type.pattern}: that number is the code.`
    case 'auth.sentCodeTypeMissedCall':
      return `A call to ${phoneNumber} will come from a number that begins with ${type.prefix}: its last ${type.length} digits are the code.`
    case 'auth.sentCodeTypeEmailCode':
      return `The code went by e-mail to ${type.emailPattern}.`
    case 'auth.sentCodeTypeFragmentSms':
      return `The code is at ${type.url}`
    case 'auth.sentCodeTypeSmsWord':
      return `The code went by SMS to ${phoneNumber}: a word${type.beginning ? ` that begins with ${type.beginning}` : ''}.`
    case 'auth.sentCodeTypeSmsPhrase':
      return `The code went by SMS to ${phoneNumber}: a phrase${type.beginning ? ` that begins with ${type.beginning}` : ''}.`
    case 'auth.sentCodeTypeFirebaseSms':
      return `${phoneNumber} needs Firebase verification before an SMS is sent, which this program cannot do.`
    default:
      return `The code went by SMS to ${phoneNumber}.`
  }
}

/** The next way of a code, to follow "for". */
export function nextWay({ _ }: NextCodeType): string {
  switch (_) {
    case 'auth.codeTypeSms':
      return 'an SMS'
    case 'auth.codeTypeCall':
      return 'a call that tells you the code'
    case 'auth.codeTypeFlashCall':
    case 'auth.codeTypeMissedCall':
      return 'a call from a number that contains the code'
    case 'auth.codeTypeFragmentSms':
      return 'a code at Fragment'
  }
}

/** The console that commands look at where they are told no other. */
const USUAL_CONSOLE = 'http://127.0.0.1:10081'

/** Sentence that tells where to read a code of the local server; empty for any other server. */
export function whereToRead({ console }: OwnServer): string {
  if (console === undefined) return ''
  return `Read it at ${console} or with \`npx cablegram codes${serverOption(console)}\`.`
}

/** How to pay for a code on one's own server, as a sentence; empty at a server of somebody else's. */
export function howToPay({ console }: OwnServer, phoneNumber: string): string {
  if (console === undefined) return ''
  const number = `+${phoneNumber.replace(/\D/g, '')}`
  return `On your own server, \`npx cablegram pay ${number}${serverOption(console)}\` pays for it.`
}

function serverOption(console: string): string {
  return console.replace(/\/$/, '') === USUAL_CONSOLE ? '' : ` --server ${console}`
}

/** The addresses of a server that is one's own. */
export interface OwnServer {
  /** The address of its console. */
  readonly console?: string | undefined
}
