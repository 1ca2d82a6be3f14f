/**
 * `npm test [-- FILE…]`: runs the suite, or only these files. Files of the suite share processes where they can
 * (docs/adr/0039-suite.md). Many tests wait for processes and timers, so at least three processes run at once; Node's
 * own default on a machine with two cores is one.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'
import { planProcesses, type TestProcess } from '../test/runner/plan.ts'

const SUITE = [
  'packages/*/src/**/*.test.ts',
  'test/*.test.ts',
  'test/!(install|openapi|browser|engines)/**/*.test.ts',
]
const LEAST_AT_ONCE = 3

const files = process.argv.slice(2)
process.exitCode = files.length > 0 ? runFiles(files) : runSuite()

function runFiles(paths: readonly string[]): number {
  const atOnce = Math.max(LEAST_AT_ONCE, availableParallelism() - 1)
  const args = ['--test', `--test-concurrency=${atOnce}`, ...paths]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}

function runSuite(): number {
  const paths = [...new Set(SUITE.flatMap((glob) => globSync(glob)))].map((path) => path.split(sep).join('/'))
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-suite-'))
  try {
    return runFiles(
      planProcesses(paths, (path) => readFileSync(path, 'utf8')).map((one) => write(folder, one)),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Writes the program of one process; returns its path. */
function write(folder: string, { name, files: paths }: TestProcess): string {
  const path = join(folder, `${name}.mjs`)
  const runner = new URL('../test/runner/together.ts', import.meta.url).href
  const list = JSON.stringify(paths.map((each) => [resolve(each), each]))
  const program = [
    `import { together } from ${JSON.stringify(runner)}`,
    `const names = new Map(${list})`,
    'together([...names.keys()], (file) => names.get(file))',
  ]
  writeFileSync(path, `${program.join('\n')}\n`)
  return path
}
