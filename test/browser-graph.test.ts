import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

type Conditions = string | Readonly<Record<string, string>>
interface Manifest {
  readonly exports: Readonly<Record<string, Conditions>>
  readonly imports?: Readonly<Record<string, Conditions>>
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
}

function chosen(conditions: Conditions | undefined, name: string): string {
  const target =
    typeof conditions === 'object' ? (conditions['browser'] ?? conditions['default']) : conditions
  return target ?? assert.fail(`${name} leads nowhere`)
}

/** The file that a bundler for pages takes; a name that is none of ours stays as it is. */
function resolve(file: string, name: string): string {
  const folder = file.split('/').slice(0, 2).join('/')
  if (name.startsWith('.')) return posix.join(posix.dirname(file), name)
  if (name.startsWith('#')) return posix.join(folder, chosen(manifestOf(folder).imports?.[name], name))
  const [, other, path = ''] = /^@cablegram\/([^/]+)(\/.*)?$/.exec(name) ?? []
  if (other === undefined) return name
  return posix.join(`packages/${other}`, chosen(manifestOf(`packages/${other}`).exports[`.${path}`], name))
}

/** Imports of values, `import('…')` too. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const declared = text.matchAll(/^(?:import|export)\s(?!type\s)(?:[^'"`;=]*?\sfrom\s+)?'([^']+)'/gm)
  const dynamic = text.matchAll(/\bimport\('([^']+)'\)/g)
  return [...declared, ...dynamic].map(([, name = '']) => resolve(file, name))
}

function graphOf(entries: readonly string[]): { files: Set<string>; outside: Set<string> } {
  const [files, outside] = [new Set(entries), new Set<string>()]
  for (const file of files) {
    for (const target of importsOf(file)) {
      if (existsSync(join(root, target))) files.add(target)
      else outside.add(target)
    }
  }
  return { files, outside }
}

const ENTRIES = ['packages/client/src/index.ts', 'packages/client/src/form/index.ts']
/** They go into the packages at `npm run build`. */
const BUNDLED = [
  '@noble/hashes/legacy.js',
  '@noble/hashes/pbkdf2.js',
  '@noble/hashes/sha2.js',
  'fflate',
  'uqr',
]

/** Globals are checked by the compiler: tsconfig.browser.json has the types of browsers, and none of Node's. */
test('a page needs no module of Node, and nothing that is not bundled', () => {
  const { files, outside } = graphOf(ENTRIES)
  assert.deepEqual([...outside].toSorted(), BUNDLED)
  assert.ok(files.size > 150, `${files.size} files`)
  assert.ok(files.has('packages/mtproto/src/crypto/browser/primitives.ts'))
  assert.ok(files.has('packages/client/src/browser/platform.ts'))
})
