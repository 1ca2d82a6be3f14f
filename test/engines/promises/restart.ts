/** Servers that start again after a kill. */
import { portsOf, type ServeProcess, startServe } from '../../e2e/serve.ts'
import { effort } from '../../effort.ts'

/** Attempts to start. */
const MOST_STARTS: number = effort(1, 10)

/** Starts on the ports of the server before, if there was one, so that clients come back by themselves. */
export async function restart(args: readonly string[], before?: ServeProcess): Promise<ServeProcess> {
  const all = [...args, '--log', 'error', ...(await portsOf(before))]
  for (let tries = 1; ; tries += 1) {
    try {
      return await startServe(all)
    } catch (error) {
      // On a busy machine a start that takes too long is killed: one kill more.
      if (tries === MOST_STARTS || !String(error).includes('SIGKILL')) throw error
    }
  }
}
