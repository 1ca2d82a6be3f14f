import { orAborted } from '../or-aborted.ts'
import type { Login } from './machine.ts'

/**
 * Waits for whoever answers the questions of a login. A question cannot be called back: where a signal ends the login
 * first, it is left behind.
 *
 * @throws the reason of the signal
 */
export async function orEnded(
  machine: Login,
  running: Promise<unknown>,
  [givenUp, closed]: readonly [AbortSignal | undefined, AbortSignal],
): Promise<void> {
  try {
    await orAborted(running, [closed, givenUp])
  } catch (error) {
    const isGivenUp = givenUp?.aborted && !closed.aborted
    if (isGivenUp && machine.actions.includes('cancel')) await machine.act('cancel')
    throw error
  }
}
