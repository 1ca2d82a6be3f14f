/** Puts the clients in place, as their packages say and without running anything of theirs. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** Installs this folder's manifest, where something of it is missing or of another version. */
export function installClients(): void {
  const { dependencies } = readManifest('package.json') as { dependencies: Record<string, string> }
  if (Object.entries(dependencies).every(([name, version]) => installedVersion(name) === version)) return
  console.log('installing the clients …')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error']
  const { status } = spawnSync(npm, args, {
    cwd: HERE,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (status !== 0) throw new Error('the clients could not be installed; run npm ci in interop/ to see why')
}

function installedVersion(name: string): string | undefined {
  const manifest = `node_modules/${name}/package.json`
  if (!existsSync(`${HERE}${manifest}`)) return undefined
  return (readManifest(manifest) as { version: string }).version
}

function readManifest(path: string): unknown {
  return JSON.parse(readFileSync(`${HERE}${path}`, 'utf8'))
}
