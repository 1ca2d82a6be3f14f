// Ends this process when the one that started it has ended, however that was: standard input, a pipe of the parent's, closes
// then. A server that a test starts is given this file with `--import`; tests that start programs import it themselves.
import { fstatSync } from 'node:fs'

if (fstatSync(0).isSocket() || fstatSync(0).isFIFO()) {
  // Programs that a test has started end in its `exit` handlers.
  const end = () => process.exit(1)
  process.stdin.on('error', end).on('close', end).resume()
  process.stdin.unref()
}
