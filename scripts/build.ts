/**
 * `npm run build`: writes packages/<name>/dist, a folder that `npm pack` takes as it is. Node runs TypeScript here, but
 * not inside node_modules: what is published is JavaScript with declarations, in the same folders as the source.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface Manifest {
  name: string
  version: string
  scripts?: unknown
  exports?: Record<string, string>
  bin?: Record<string, string>
  dependencies?: Record<string, string>
  [field: string]: unknown
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const emitted = join(root, 'build')

compile()
for (const name of readdirSync(join(root, 'packages'))) {
  if (existsSync(join(root, 'packages', name, 'package.json'))) assemble(name)
}
rmSync(emitted, { recursive: true })

function compile(): void {
  rmSync(emitted, { recursive: true, force: true })
  const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(1)
}

function assemble(name: string): void {
  const folder = join(root, 'packages', name)
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  renameSync(join(emitted, name, 'src'), join(dist, 'src'))
  for (const part of ['generated', 'README.md']) {
    if (existsSync(join(folder, part))) cpSync(join(folder, part), join(dist, part), { recursive: true })
  }
  cpSync(join(root, 'LICENSE'), join(dist, 'LICENSE'))
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const file of Object.values(manifest.bin ?? {})) copyCommand(folder, dist, file)
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`)
  process.stdout.write(`${manifest.name} ${manifest.version}: packages/${name}/dist\n`)
}

/** Commands are JavaScript already, but import the source by its names. */
function copyCommand(folder: string, dist: string, file: string): void {
  const text = readFileSync(join(folder, file), 'utf8')
  mkdirSync(dirname(join(dist, file)), { recursive: true })
  writeFileSync(join(dist, file), text.replaceAll(/(import\('\.[^']+)\.ts'\)/g, "$1.js')"), { mode: 0o755 })
}

function published({ scripts: _, ...manifest }: Manifest): Manifest {
  const exports = Object.entries(manifest.exports ?? {}).map(([name, file]) => [name, builtExport(file)])
  return {
    ...manifest,
    ...(exports.length > 0 && { exports: Object.fromEntries(exports) }),
  }
}

/** `./src/index.ts` becomes its JavaScript with its declarations; both keep their folder. */
function builtExport(file: string): string | { types: string; default: string } {
  if (!/\.(ts|js)$/.test(file)) return file
  const base = file.replace(/\.(ts|js)$/, '')
  return { types: `${base}.d.ts`, default: `${base}.js` }
}
