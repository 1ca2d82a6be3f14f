/**
 * Installs the clients as their packages describe, without running anything of theirs; reports what the machine lacks.
 * `.ci/programs` installs that on Debian.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { findProgram } from '../test/engines/index.ts'
import { SYSTEM_PYTHON } from './client-process.ts'
import { namespaceCommand } from './namespace.ts'
import { CHROMIUM, type Need } from './programs.ts'

const require = createRequire(import.meta.url)
const HERE = fileURLToPath(new URL('.', import.meta.url))

const NEEDS: { readonly [N in Need]: () => string | undefined } = {
  tdlib: onlyOnce(whyNoTdlib),
  telethon: onlyOnce(whyNoTelethon),
  chromium: onlyOnce(whyNoChromium),
  engines: onlyOnce(whyNoEngines),
  go: onlyOnce(whyNoGo),
}

/** Returns why the machine cannot play a client with this need; undefined if it can. */
export function missing(need: Need): string | undefined {
  return NEEDS[need]()
}

/** Installs this folder's manifest if anything is missing or of another version. */
export function installClients(): void {
  const { dependencies } = readManifest('package.json') as { dependencies: Record<string, string> }
  // Of an alias, such as npm:telegram@1.10.8, the version is the last part.
  const isThere = ([name, version]: [string, string]): boolean =>
    installedVersion(name) === version.slice(version.lastIndexOf('@') + 1)
  if (Object.entries(dependencies).every(isThere)) return
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

/** It only runs in a namespace, see its adapter; so only the Linux build is needed. */
function whyNoTdlib(): string | undefined {
  try {
    require.resolve('@prebuilt-tdlib/linux-x64-glibc/libtdjson.so')
    namespaceCommand()
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function whyNoTelethon(): string | undefined {
  if (spawnSync(SYSTEM_PYTHON, ['-c', 'import telethon'], { stdio: 'ignore' }).status === 0) return undefined
  return "Telethon is not installed for the system's Python (apt-get install python3-telethon)"
}

function whyNoChromium(): string | undefined {
  if (existsSync(CHROMIUM)) return undefined
  return `there is no ${CHROMIUM} (apt-get install chromium)`
}

function whyNoGo(): string | undefined {
  if (spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0) return undefined
  return 'there is no go, of version 1.21 or newer (https://go.dev/dl)'
}

function whyNoEngines(): string | undefined {
  const programs = [
    ['postgres', 'postgresql'],
    ['redis-server', 'redis-server'],
  ] as const
  const lacking = programs.find(([program]) => findProgram(program) === undefined)
  return lacking && `there is no ${lacking[0]} (apt-get install ${lacking[1]})`
}

/** To look at the machine once is enough. */
function onlyOnce(find: () => string | undefined): () => string | undefined {
  let found: { why: string | undefined } | undefined
  return () => {
    found ??= { why: find() }
    return found.why
  }
}

function installedVersion(name: string): string | undefined {
  const manifest = `node_modules/${name}/package.json`
  if (!existsSync(`${HERE}${manifest}`)) return undefined
  return (readManifest(manifest) as { version: string }).version
}

function readManifest(path: string): unknown {
  return JSON.parse(readFileSync(`${HERE}${path}`, 'utf8'))
}
