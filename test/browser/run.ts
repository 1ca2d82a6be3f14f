/**
 * `npm run test:browser`: the client in Chromium, on pages of esbuild and of Vite, and on Bun and Deno; and the core with the
 * primitives of browsers, in Node. Installs the packages that it needs.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installBrowserBuild, installManifest } from '../../scripts/browser-libraries.ts'
import { buildOnce } from '../../scripts/build-once.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const root = join(HERE, '../..')
const CHROMIUM = '/usr/bin/chromium'

/** Tests of the core that other primitives can break. */
const CORE = [
  'packages/mtproto/src/crypto/{dh,fingerprint,ige,kdf,mod-pow,pq,rsa-pad,srp}.test.ts',
  'packages/mtproto/src/{envelope,exchange}/*.test.ts',
  'packages/mtproto/src/transports.test.ts',
]

installBrowserBuild()
installManifest(HERE)
if (!existsSync(CHROMIUM)) fail(`There is no ${CHROMIUM}. Install it with: apt-get install chromium`)
node('node_modules/typescript/bin/tsc', '--project', join(HERE, 'tsconfig.json'))
buildOnce()
test('--conditions=browser', '--import=./test/runner/seed.ts', ...CORE)
test(join(HERE, '*.test.ts'))

function test(...args: readonly string[]): void {
  node('--test', '--test-concurrency=2', ...args)
}

function node(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
