/** `npm run test:install`: packs everything and installs it once, installs the tools, and runs the tests of this folder. */
import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Project } from './project.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../..')
const NPM_CI = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

const folder = mkdtempSync(join(tmpdir(), 'cablegram-packed-'))
const packed = join(folder, 'packed')
const wanted = process.argv.slice(2)
const files =
  wanted.length > 0 ? wanted : globSync('*.test.ts', { cwd: here }).map((file) => join(here, file))
let installed: Project | undefined
try {
  execFileSync('npm', NPM_CI, { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync(process.execPath, [join(root, 'scripts/pack.ts'), packed], { stdio: 'inherit' })
  process.env['CABLEGRAM_PACKED'] = packed
  installed = new Project()
  await installed.install('npm')
  process.env['CABLEGRAM_INSTALLED'] = installed.folder
  // Clones that the tests make are not built.
  const { CABLEGRAM_BUILT: _, ...env } = process.env
  // Two at a time: one downloads while the other compiles.
  const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...files], {
    cwd: root,
    stdio: 'inherit',
    env,
  })
  process.exitCode = status ?? 1
} finally {
  installed?.remove()
  rmSync(folder, { recursive: true, force: true })
}
