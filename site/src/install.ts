import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SITE = fileURLToPath(new URL('..', import.meta.url))

/** The packages that pages need; `everything` adds the borrowed descriptions and the browser of the tests. */
export interface Wanted {
  readonly everything: boolean
}

/**
 * Installs the site's packages if one is missing or of another version.
 * @throws {Error} where npm fails: its own words are above
 */
export function installPackages({ everything }: Wanted, say: (line: string) => void = () => {}): void {
  const { dependencies, devDependencies } = readManifest('package.json')
  const wanted = { ...dependencies, ...(everything && devDependencies) }
  if (Object.entries(wanted).every(([name, version]) => installedVersion(name) === version)) return
  say("installing the site's packages (npm ci) …")
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', [...args, ...(everything ? [] : ['--omit=dev'])], {
    cwd: SITE,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    throw new Error("the site's packages were not installed: run npm ci in site/ to see why.")
  }
}

interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

function installedVersion(name: string): string | undefined {
  const manifest = `node_modules/${name}/package.json`
  return existsSync(`${SITE}${manifest}`) ? readManifest(manifest).version : undefined
}

function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(`${SITE}${path}`, 'utf8'))
}
