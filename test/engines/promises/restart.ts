/** Servers that start again after a kill. */
import { type ServeProcess, startServe } from '../../e2e/serve.ts'
import { effort } from '../../effort.ts'

/** Attempts to start. */
const MOST_STARTS: number = effort(1, 10)

/** Starts on the ports of the server before, if there was one, so that clients come back by themselves. */
export async function restart(args: readonly string[], before?: ServeProcess): Promise<ServeProcess> {
  const port = String(before?.ready.dcs[0]?.port ?? 0)
  const consolePort = before === undefined ? '0' : new URL(before.ready.console).port
  const all = [...args, '--log', 'error', '--port', port, '--console-port', consolePort]
  for (let tries = 1; ; tries += 1) {
    try {
      return await startServe(all)
    } catch (error) {
      // On a busy machine a start that takes too long is killed: one kill more.
      if (tries === MOST_STARTS || !String(error).includes('SIGKILL')) throw error
    }
  }
}
