/**
 * `npm run build`: writes packages/<name>/dist, a folder that `npm pack` takes as it is. Node runs TypeScript here, but
 * not inside node_modules: what is published is JavaScript with declarations, and few modules for each package.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeLibraries } from './browser-libraries.ts'
import { bundle } from './bundle.ts'
import { type Manifest, published, REFERENCE, TRY_IT } from './published.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const emitted = join(root, 'build')
const reference = join(emitted, REFERENCE)

compile()
packReference()
for (const name of readdirSync(join(root, 'packages'))) {
  if (existsSync(join(root, 'packages', name, 'package.json'))) await assemble(name)
}
rmSync(emitted, { recursive: true })

/** Files for pages alone are compiled with the types of browsers; what both compile is the same. */
function compile(): void {
  rmSync(emitted, { recursive: true, force: true })
  for (const project of ['tsconfig.browser.build.json', 'tsconfig.build.json']) {
    const { status } = spawnSync('tsc', ['--project', project], {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    if (status !== 0) process.exit(1)
  }
}

/** Renders the pages while the folder of the command is not there yet: assembling it empties it. */
function packReference(): void {
  const { status } = spawnSync(process.execPath, [join(root, 'site/src/pack.ts'), reference], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) process.exit(1)
}

async function assemble(name: string): Promise<void> {
  const folder = join(root, 'packages', name)
  const dist = join(folder, 'dist')
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  renameSync(join(emitted, name, 'src'), join(dist, 'src'))
  if (existsSync(join(folder, 'generated')))
    cpSync(join(folder, 'generated'), join(dist, 'generated'), { recursive: true })
  cpSync(join(folder, 'README.md'), join(dist, 'README.md'))
  cpSync(join(root, 'LICENSE'), join(dist, 'LICENSE'))
  if (name === 'cli') for (const file of [REFERENCE, TRY_IT]) cpSync(join(emitted, file), join(dist, file))
  const manifest: Manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  for (const file of globSync('**/*.d.ts', { cwd: dist })) nameJavaScript(dist, file, manifest)
  await bundle(dist, manifest)
  if (existsSync(join(folder, 'browser/libraries.js'))) {
    writeLibraries(folder, dist)
    cpSync(join(folder, 'browser/libraries.d.ts'), join(dist, 'browser/libraries.d.ts'))
  }
  for (const file of Object.values(manifest.bin ?? {})) copyCommand(folder, dist, file)
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published(manifest, dist), null, 2)}\n`)
  process.stdout.write(`${manifest.name} ${manifest.version}: packages/${name}/dist\n`)
}

/**
 * The compiler leaves `./client.ts` in declarations; in a package only `./client.js` can be resolved. Names such as
 * `#primitives` become paths: `moduleResolution: node10` knows no `imports`, and the types are the same for all.
 */
function nameJavaScript(dist: string, file: string, { imports = {} }: Manifest): void {
  const text = readFileSync(join(dist, file), 'utf8')
  const named = text.replaceAll(/((?:from |import\()')(#[^']+)'/g, (_, before: string, name: string) => {
    const target = imports[name]?.['types'] ?? imports[name]?.['default'] ?? name
    const path = posix.relative(dirname(file).replaceAll('\\', '/'), target.replace(/^\.\//, ''))
    return `${before}${path.startsWith('.') ? '' : './'}${path}'`
  })
  writeFileSync(join(dist, file), named.replaceAll(/((?:from |import\()'\.[^']+?)(?:\.d)?\.ts'/g, "$1.js'"))
}

/** Commands are JavaScript already, but import the source by its names. */
function copyCommand(folder: string, dist: string, file: string): void {
  const text = readFileSync(join(folder, file), 'utf8')
  mkdirSync(dirname(join(dist, file)), { recursive: true })
  writeFileSync(join(dist, file), text.replaceAll(/(import\('\.[^']+)\.ts'\)/g, "$1.js')"), { mode: 0o755 })
}
