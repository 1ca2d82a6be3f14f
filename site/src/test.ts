/**
 * `npm run test:site`: installs the site's packages as the lock file says, checks the types of the site and of all printed
 * programs, runs half of the printed commands and half of the scripts of Lua, and runs the site's tests. With `--full` all
 * commands and scripts run.
 */
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writePrograms } from '../../test/runner/programs.ts'
import { installPackages } from './install.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

installPackages({ everything: true })
const isFull = process.argv[2] === '--full'
if (isFull) process.env['CABLEGRAM_LONG'] = 'full'
const given = process.argv.slice(isFull ? 3 : 2)
process.exitCode =
  run('node_modules/.bin/tsc', ['--project', 'site/tsconfig.json']) ||
  run(process.execPath, ['test/reference/types.ts']) ||
  run(process.execPath, [
    '--test',
    '--test-concurrency=2',
    'test/reference/executed-{commands,daily,lua}.ts',
  ]) ||
  (given.length > 0 ? run(process.execPath, ['--test', ...given]) : runTogether())

/** In one process, so that the model of all pages is built once. */
function runTogether(): number {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-site-'))
  try {
    return run(process.execPath, [
      '--test',
      ...writePrograms(folder, globSync('site/test/*.test.ts', { cwd: root })),
    ])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function run(command: string, args: readonly string[]): number {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return status ?? 1
}
