import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'

/** A thread that has run a script to its end, and waits for the next one. */
let idle: Worker | undefined

/** A thread for a script: the idle one, or a new one. */
export function takeThread(): Worker {
  const thread = idle ?? newThread()
  idle = undefined
  thread.ref()
  return thread
}

/** Keeps a thread for the next script, unless there is one already. An idle thread does not keep the process. */
export async function giveBack(thread: Worker): Promise<void> {
  if (idle !== undefined) {
    await thread.terminate()
    return
  }
  idle = thread
  thread.unref()
}

function newThread(): Worker {
  // The same file, as TypeScript in the repository and as JavaScript in the package.
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url)
  const thread = new Worker(file, { execArgv: [], name: 'lua' })
  const forget = () => {
    if (idle === thread) idle = undefined
  }
  thread.on('error', forget)
  thread.on('exit', forget)
  return thread
}
