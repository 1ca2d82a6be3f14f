/** `npm run check`: checks everything about the code that can be known without running it. */
import { spawnSync } from 'node:child_process'

const CHECKS: readonly (readonly [string, string, readonly string[]])[] = [
  ['format and lint', 'biome', ['check', '.']],
  ['types', 'tsc', ['--noEmit']],
  ['types in browsers', 'tsc', ['--noEmit', '--project', 'tsconfig.browser.json']],
  ['architecture', 'node', ['--test', 'test/architecture.test.ts']],
  ['generated code', 'npm', ['run', '--silent', 'generate', '--', '--check']],
]

const failed = CHECKS.filter(([title, command, args]) => !passes(title, command, args)).map(
  ([title]) => title,
)
if (failed.length > 0) {
  process.stderr.write(`\ncheck failed: ${failed.join(', ')}\n`)
  process.exit(1)
}
process.stdout.write('\ncheck passed\n')

function passes(title: string, command: string, args: readonly string[]): boolean {
  process.stdout.write(`\n== ${title}: ${command} ${args.join(' ')}\n`)
  // On Windows commands of npm are .cmd files, which only a shell runs.
  const { status } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' })
  return status === 0
}
