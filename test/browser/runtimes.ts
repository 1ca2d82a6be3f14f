/** The commands of the runtimes that the client runs on. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

function programOf(name: string, file: string): string {
  const program = join(dirname(require.resolve(`${name}/package.json`)), file)
  assert.ok(existsSync(program), `${program}: npm has it for Linux on x64`)
  return program
}

/** Each runtime, with the arguments before a file. */
export const RUNTIMES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Bun: [programOf('@oven/bun-linux-x64', 'bin/bun'), 'run'],
  Deno: [
    programOf('@deno/linux-x64-glibc', 'deno'),
    'run',
    '--allow-all',
    '--no-config',
    '--node-modules-dir=manual',
  ],
  'Node, as for server-side rendering': [process.execPath],
}
