import { RpcError } from '@cablegram/mtproto'
import { explain } from '../login/explain.ts'

/** Next steps that a form can offer and a terminal cannot, or need not. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  PHONE_NUMBER_INVALID: 'Check the country code and the digits.',
  PHONE_NUMBER_BANNED: 'This number is banned. Use another number.',
  PHONE_NUMBER_FLOOD:
    'This number has had all its codes for today. Try again tomorrow, or sign in with a QR code.',
  PHONE_PASSWORD_FLOOD:
    'Too many wrong codes or passwords for this number. Try again in a day, or sign in with a QR code.',
  PHONE_PASSWORD_PROTECTED: 'This number cannot sign in by code. Sign in with a QR code.',
  PHONE_NUMBER_APP_SIGNUP_FORBIDDEN: 'This app cannot make an account. Sign up with an official app first.',
  UPDATE_APP_TO_LOGIN: 'This app is too old to sign in. Update it.',
  API_ID_INVALID: 'The server does not know this app. Its developer has to check api_id and api_hash.',
  PHONE_CODE_INVALID: 'Compare it with the newest code that you have received, and type it again.',
  CODE_INVALID: 'Compare it with the newest code that you have received, and type it again.',
  PASSWORD_HASH_INVALID: 'Check the capitals, and type it again.',
}

/** An error with the next step, in sentences for the person who signs in. */
export function sayProblem(error: unknown): string {
  if (!(error instanceof RpcError)) return error instanceof Error ? error.message : String(error)
  if (error.code === 420) return `Too many attempts. Wait ${waitOf(error.argument)}, and try again.`
  const what = explain(error)
  const next = NEXT_STEPS[error.type]
  if (next === undefined) return what
  return what.startsWith('The server said') ? next : `${what} ${next}`
}

function waitOf(seconds: number | undefined): string {
  if (seconds === undefined) return 'a while'
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`
}
