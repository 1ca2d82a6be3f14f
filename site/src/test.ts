/**
 * `npm run test:site`: installs the site's packages as the lock file says, checks the types of the site and of all printed
 * programs, runs the printed commands and scripts of Lua, and runs the site's tests.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { installPackages } from './install.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

installPackages({ everything: true })
const given = process.argv.slice(2)
const files = given.length > 0 ? given : ['site/test/**/*.test.ts']
process.exitCode =
  run('node_modules/.bin/tsc', ['--project', 'site/tsconfig.json']) ||
  run(process.execPath, ['test/reference/types.ts']) ||
  run(process.execPath, ['--test', 'test/reference/executed-{commands,daily,lua}.ts']) ||
  run(process.execPath, ['--test', ...files])

function run(command: string, args: readonly string[]): number {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  return status ?? 1
}
