/**
 * `npm test [-- FILE…]`: runs the suite, or only these files. Many tests wait for processes and timers, so at least three
 * files run at once; Node's own default on a machine with two cores is one.
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

const SUITE = [
  'packages/*/src/**/*.test.ts',
  'test/*.test.ts',
  'test/!(install|openapi|browser|engines)/**/*.test.ts',
]
const LEAST_AT_ONCE = 3

const files = process.argv.slice(2)
const atOnce = Math.max(LEAST_AT_ONCE, availableParallelism() - 1)
const args = ['--test', `--test-concurrency=${atOnce}`, ...(files.length > 0 ? files : SUITE)]
const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
process.exitCode = status ?? 1
