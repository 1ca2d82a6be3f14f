import { RpcError } from '@cablegram/mtproto'

/** A server's refusal as one sentence, and what to do about it where we know; undefined for any other error. */
export function refusalSentence(error: unknown): string | undefined {
  if (!(error instanceof RpcError)) return undefined
  const what = error.method === undefined ? 'the request' : error.method
  const next = nextStep(error)
  return `the server refused ${what}: ${error.message} (${error.code}).${next === '' ? '' : ` ${next}`}`
}

function nextStep({ type, argument }: RpcError): string {
  if (type === 'FLOOD_WAIT') return `Wait ${argument ?? 'some'} seconds and try again.`
  return NEXT_STEPS[type] ?? ''
}

const SIGN_IN = 'Sign in with `npx cablegram login`.'

const NEXT_STEPS: Readonly<Record<string, string>> = {
  AUTH_KEY_UNREGISTERED: SIGN_IN,
  SESSION_REVOKED: SIGN_IN,
  USER_DEACTIVATED: SIGN_IN,
  API_ID_INVALID: 'Check --api-id and --api-hash.',
  PHONE_NUMBER_INVALID: 'Give the number in international form, such as +9996621234.',
  PHONE_NUMBER_BANNED: 'Use another number.',
  METHOD_NOT_IMPLEMENTED: 'The server knows the method but does not have it yet.',
}
