import type { RpcError } from '@cablegram/client'
import { CommandError } from './errors.ts'

/**
 * Answers with an option. It cannot be asked again: its refusal ends the login. The first question may have a problem, too: a
 * login that goes on has that of its last command.
 */
export function answerOnce<T>(
  option: string,
  answer: T,
): (question: { readonly problem?: RpcError | undefined }) => Promise<T> {
  let isGiven = false
  return async ({ problem }) => {
    if (!isGiven || problem === undefined) {
      isGiven = true
      return answer
    }
    throw new CommandError(
      `the server refused ${option}: ${problem.message}. Correct it, or leave it out and type it when asked.`,
    )
  }
}
