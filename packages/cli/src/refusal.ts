import { RpcError } from '@cablegram/mtproto'
import type { ErrorRow } from '@cablegram/tl/errors'
import errors from '@cablegram/tl/errors.json' with { type: 'json' }

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

function nextStep(error: RpcError, options: string): string {
  const { command, advice = '' } = rowOf(error) ?? {}
  if (command !== undefined) return command.replace('npx cablegram login', (login) => login + options)
  const step = error.argument === undefined ? advice : advice.replace(/\bX\b/, String(error.argument))
  const page = error.method === undefined ? '' : `See \`npx cablegram docs ${error.method}\`.`
  return [step, page].filter((sentence) => sentence !== '').join(' ')
}

/** The row of this error and method; otherwise that of any method, or of another one. */
function rowOf({ code, type, argument, method = '' }: RpcError): ErrorRow | undefined {
  const name = argument === undefined || type.includes('_X_') ? type : `${type}_X`
  const rows = errors.filter((row) => row.code === code && row.name === name)
  const ofMethod = rows.find(({ methods }) => methods !== 'any' && methods.includes(method))
  return ofMethod ?? rows.find(({ methods }) => methods === 'any') ?? rows[0]
}
