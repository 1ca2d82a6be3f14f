import { RpcError } from '@cablegram/mtproto'

/**
 * A server's refusal as one sentence with the next step, if there is one; undefined for any other error.
 *
 * @param options the options of a command that it suggests
 */
export function refusalSentence(error: unknown, options: string): string | undefined {
  if (!(error instanceof RpcError)) return undefined
  const what = error.method === undefined ? 'the request' : error.method
  const next = nextStep(error, options)
  return `the server refused ${what}: ${error.message} (${error.code}).${next === '' ? '' : ` ${next}`}`
}

function nextStep({ code, type, argument }: RpcError, options: string): string {
  if (code === 420 && argument !== undefined) return `Wait ${argument} seconds and try again.`
  const ended = ENDED_LOGINS[type]
  if (ended !== undefined)
    return `${ended}Sign in ${ended === '' ? '' : 'again '}with \`npx cablegram login${options}\`.`
  return NEXT_STEPS[type] ?? ''
}

/** Why the session is not signed in, for each error that says so; the next step is always the same. */
const ENDED_LOGINS: Readonly<Record<string, string>> = {
  AUTH_KEY_UNREGISTERED: '',
  AUTH_KEY_DUPLICATED:
    'Two programs used this session at the same time, so the server ended it. Give each program a session of its own. ',
  AUTH_KEY_INVALID: 'The server does not accept the key of this session. ',
  AUTH_KEY_PERM_EMPTY: 'The server does not know the key of this session. ',
  SESSION_REVOKED: 'Another device ended this login. ',
  SESSION_EXPIRED: 'The login expired. ',
  USER_DEACTIVATED: 'The account was deleted. ',
  USER_DEACTIVATED_BAN: 'The account was banned: use another number. ',
}

const NEXT_STEPS: Readonly<Record<string, string>> = {
  API_ID_INVALID: 'Check --api-id and --api-hash.',
  PHONE_NUMBER_INVALID: 'Give the number in international form, such as +9996621234.',
  AUTH_TOKEN_INVALIDX: 'This is not the content of a QR code. Give all of the URL that is shown now.',
  AUTH_TOKEN_EXPIRED: 'The QR code has expired. Give the URL that is shown now.',
  AUTH_TOKEN_ALREADY_ACCEPTED: 'The device that showed it is signed in already.',
  PHONE_NUMBER_BANNED: 'Use another number.',
  PHONE_CODE_INVALID: 'Run the command again with the right code.',
  PHONE_CODE_EXPIRED: 'Ask for a new code.',
  PHONE_PASSWORD_PROTECTED: 'This number gets no codes: sign in with a QR code or a passkey.',
  SESSION_PASSWORD_NEEDED:
    'The code was right, and the account has a password: go on with auth.checkPassword.',
  PASSWORD_HASH_INVALID: 'Run the command again with the right password.',
  PHONE_NUMBER_FLOOD: 'This number asked for too many codes: use another number, or wait a day.',
  PHONE_PASSWORD_FLOOD: 'Too many wrong codes for this number: use another number, or wait a day.',
  METHOD_NOT_IMPLEMENTED: 'The server knows the method, but does not support it yet.',
}
