/** Other people's code in the browser build: one file for each package, with the licences beside it. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The folder whose manifest has the libraries and esbuild. */
export const BROWSER_BUILD: string = join(root, 'packages/mtproto/browser')
/** esbuild, once installed. */
export const ESBUILD: string = join(BROWSER_BUILD, 'node_modules/esbuild/bin/esbuild')

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license: string
}

/** Installs the manifest of {@link BROWSER_BUILD} if a package is missing or of another version. */
export function installBrowserBuild(): void {
  installManifest(BROWSER_BUILD)
}

/** Installs a manifest by its lock file, without running anything, if a package is missing or of another version. */
export function installManifest(folder: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const isInstalled = ([name, version]: [string, unknown]) => {
    const file = join(folder, 'node_modules', name, 'package.json')
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version
  }
  if (Object.entries(dependencies).every(isInstalled)) return
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const options = {
    cwd: folder,
    stdio: ['ignore', 2, 2] as ['ignore', 2, 2],
    shell: process.platform === 'win32',
  }
  const { status } = spawnSync('npm', args, options)
  if (status !== 0) throw new Error(`npm ci failed in ${folder}; its messages are above.`)
}

/**
 * Writes `browser/libraries.js` of a package, with everything it imports inside, to the folder to publish.
 *
 * @param folder of the package
 */
export function writeLibraries(folder: string, dist: string): void {
  installBrowserBuild()
  const to = join(dist, 'browser')
  mkdirSync(to)
  const list = join(to, 'contents.json')
  esbuild(
    join(folder, 'browser/libraries.js'),
    '--bundle',
    '--format=esm',
    '--target=es2022',
    '--legal-comments=none',
    `--outfile=${join(to, 'libraries.js')}`,
    `--metafile=${list}`,
  )
  const { inputs } = JSON.parse(readFileSync(list, 'utf8'))
  rmSync(list)
  writeFileSync(join(to, 'THIRD-PARTY-NOTICES.txt'), notices(Object.keys(inputs)))
}

function esbuild(...args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [ESBUILD, '--log-level=warning', ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) throw new Error(`esbuild failed; its messages are above.`)
}

/** The licences of the packages that these files belong to. */
function notices(files: readonly string[]): string {
  const folders = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0])
  const packages = [...new Set(folders)].filter((folder) => folder !== undefined).toSorted()
  const texts = packages.map((folder) => {
    const manifest: Manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
    const licence = readdirSync(join(root, folder)).find((name) => /^licen[cs]e/i.test(name))
    if (licence === undefined) throw new Error(`${manifest.name} has no licence text`)
    const head = `${manifest.name} ${manifest.version} (${manifest.license})`
    return `${head}\n\n${readFileSync(join(root, folder, licence), 'utf8').trim()}\n`
  })
  return `libraries.js contains these packages.\n\n${texts.join('\n----\n\n')}`
}
