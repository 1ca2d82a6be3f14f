/** A stranger's project with our packages as they are published, and pages built in it. */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { ESBUILD } from '../../scripts/browser-libraries.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const root = join(HERE, '../..')
const require = createRequire(import.meta.url)

/** The name of a bundler. */
export type Bundler = 'esbuild' | 'vite'

/** A folder with the packages installed and the page's source. */
export interface Project {
  readonly folder: string
  [Symbol.dispose](): void
}

/** Makes the project. `npm run build` has to have been run. */
export function makeProject(): Project {
  const folder = mkdtempSync(join(tmpdir(), 'cablegram-pages-'))
  const modules = join(folder, 'node_modules/@cablegram')
  mkdirSync(modules, { recursive: true })
  for (const name of ['tl', 'mtproto', 'client']) {
    cpSync(join(root, 'packages', name, 'dist'), join(modules, name), { recursive: true })
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  writeFileSync(join(folder, 'index.html'), pageWith('/page.js'))
  cpSync(join(HERE, 'page.js'), join(folder, 'page.js'))
  // The codec of Telegram's schema is one chunk of 870 kB.
  writeFileSync(join(folder, 'vite.config.js'), 'export default { build: { chunkSizeWarningLimit: 1000 } }\n')
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

function pageWith(script: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Page</title>
<style>:root { color-scheme: light dark; font-family: system-ui, sans-serif } main { padding: 1.5rem }</style>
<main></main>
<script type="module" src="${script}"></script>
`
}

/** A built page. */
export interface BuiltPage {
  readonly folder: string
  /** The output of the bundler: its warnings. */
  readonly said: string
  readonly files: readonly BuiltFile[]
}

/** A script of a built page, with its sizes. */
export interface BuiltFile {
  readonly name: string
  readonly bytes: number
  readonly gzipBytes: number
  readonly brotliBytes: number
}

/** Builds the page as its user would: no plugin, no polyfill, no setting but Vite's limit for its advice on chunks. */
export function buildPage({ folder }: Project, bundler: Bundler): BuiltPage {
  const output = join(folder, `${bundler}-output`)
  const said = bundler === 'vite' ? runVite(folder, output) : bundle({ folder }, 'page.js', output)
  return { folder: output, said, files: scriptsIn(output) }
}

function runVite(folder: string, output: string): string {
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js')
  return run(folder, vite, 'build', '--outDir', output, '--logLevel', 'warn')
}

/** Builds a script and a page for it with esbuild. @returns its warnings */
export function bundle({ folder }: Pick<Project, 'folder'>, script: string, output: string): string {
  const options = [
    '--bundle',
    '--minify',
    '--format=esm',
    '--splitting',
    `--outdir=${output}`,
    '--log-level=warning',
  ]
  const said = run(folder, ESBUILD, script, ...options)
  writeFileSync(join(output, 'index.html'), pageWith(`/${script.replace(/\.ts$/, '.js')}`))
  return said
}

function run(cwd: string, program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${program} failed: ${stdout}${stderr}`)
  return `${stdout}${stderr}`
}

function scriptsIn(folder: string): BuiltFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )
  return names.map((name) => {
    const file = join(folder, name)
    const text = readFileSync(file)
    return {
      name,
      bytes: statSync(file).size,
      gzipBytes: gzipSync(text, { level: 9 }).length,
      brotliBytes: brotliCompressSync(text).length,
    }
  })
}
