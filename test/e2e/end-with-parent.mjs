// Ends this process when the one that started it has ended, however that was: standard input, a pipe of the parent's, closes
// then. A server that a test starts is given this file with `--import`; tests that start programs import it themselves.
import { fstatSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

// Threads of the process load this file as well.
if (isMainThread && (fstatSync(0).isSocket() || fstatSync(0).isFIFO())) {
  const end = () => {
    // A test ends the programs that it has started in its `exit` handlers. A server need not end its threads.
    if (process.execArgv.includes('--import')) process.kill(process.pid, 'SIGKILL')
    else process.exit(1)
  }
  process.stdin.on('error', end).on('close', end).resume()
  process.stdin.unref()
}
