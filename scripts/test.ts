/**
 * `npm test [-- FILE…]`: runs the suite, or only these files. `npm run test:long -- [--full] [FILE…]`: runs the long forms of
 * those that have one, or the full ones (test/effort.ts), and what is too long for `npm test`. With
 * `CABLEGRAM_HAS_RUN=long,secrets` it leaves out the files that `npm run test:long` and `npm run test:secrets` have run. Files of the suite share
 * processes where they can (docs/adr/0039-suite.md), and draw inputs from one seed; files that are given draw others each time
 * (test/runner/seed.ts). Many tests wait for processes and timers, so at least three processes run at once; Node's own
 * default on a machine with two cores is one.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { hasLongForm } from '../test/runner/plan.ts'
import { writePrograms } from '../test/runner/programs.ts'
import { LOGGED_SUITES } from '../test/secrets/suites.ts'

const SUITE = [
  'packages/*/src/**/*.test.ts',
  'test/*.test.ts',
  'test/!(install|openapi|browser|engines|s3|pictures)/**/*.test.ts',
]
/** Files of `npm run test:long` only. */
const ONLY_LONG = 'test/**/*.long.ts'
const LEAST_AT_ONCE = 3
const QUICK_IMPORTS = new URL('../test/runner/quick-imports.mjs', import.meta.url).href

const isLong = process.argv[2] === '--long'
const isFull = isLong && process.argv[3] === '--full'
if (isLong) process.env['CABLEGRAM_LONG'] = isFull ? 'full' : '1'
// Servers that tests start, in processes of their own too, check that decisions about keys tell other nodes.
process.env['CABLEGRAM_CHECK_DECISIONS'] = '1'
// Processes that tests start inherit it as well.
process.env['NODE_OPTIONS'] = [process.env['NODE_OPTIONS'], `--import=${QUICK_IMPORTS}`].join(' ').trim()
const given = process.argv.slice(2 + Number(isLong) + Number(isFull))
process.exitCode = given.length > 0 ? runAlone(given) : runSuite(isLong ? longFiles() : shortFiles())

/** Each file in its own process. */
function runAlone(paths: readonly string[]): number {
  process.env['CABLEGRAM_SEED'] ??= 'random'
  return runFiles(paths, ['--import', new URL('../test/runner/seed.ts', import.meta.url).href])
}

function runFiles(paths: readonly string[], options: readonly string[] = []): number {
  const atOnce = Math.max(LEAST_AT_ONCE, availableParallelism() - 1)
  const args = [...options, '--test', `--test-concurrency=${atOnce}`, ...paths]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
}

/** Repository paths. */
function filesOf(globs: readonly string[]): string[] {
  return [...new Set(globs.flatMap((glob) => globSync(glob)))].map((path) => path.split(sep).join('/'))
}

function longFiles(): string[] {
  return [...filesOf(SUITE).filter(isInLongForm), ...filesOf([ONLY_LONG])]
}

function isInLongForm(path: string): boolean {
  return hasLongForm(readFileSync(path, 'utf8'))
}

/** The suite without what has run. */
function shortFiles(): string[] {
  const hasRun = process.env['CABLEGRAM_HAS_RUN']?.split(',') ?? []
  const files = filesOf(SUITE)
  const gone = new Set([
    ...(hasRun.includes('long') ? files.filter(isInLongForm) : []),
    ...(hasRun.includes('secrets') ? filesOf(LOGGED_SUITES.flatMap(({ globs }) => globs)) : []),
  ])
  return files.filter((path) => !gone.has(path))
}

function runSuite(paths: readonly string[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-suite-'))
  try {
    return runFiles(writePrograms(folder, paths))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
