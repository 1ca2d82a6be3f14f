import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

interface Layer {
  readonly name: string
  /** A folder or a single file. */
  readonly folder: string
  readonly mayImport: readonly string[]
}

interface Import {
  readonly file: string
  /** As written, or the repository path of a relative import. */
  readonly target: string
}

/** The rows `| layer | folder | may import |` of the document, without backticks. */
function readLayers(document: string): Layer[] {
  const lines = readFileSync(join(root, document), 'utf8').split('\n')
  const start = lines.findIndex((line) => /^\|\s*layer\s*\|\s*folder\s*\|\s*may import\s*\|$/.test(line))
  assert.notEqual(start, -1, `${document} has no table with the heads layer, folder, may import`)
  const rest = lines.slice(start + 2)
  const end = rest.findIndex((line) => !line.startsWith('|'))
  return rest.slice(0, end < 0 ? undefined : end).map((line) => {
    const [name = '', folder = '', mayImport = ''] = line
      .replaceAll('`', '')
      .split('|')
      .slice(1)
      .map((cell) => cell.trim())
    return {
      name,
      folder,
      mayImport: mayImport
        .split(',')
        .map((entry) => entry.trim())
        .filter(Boolean),
    }
  })
}

/** `*` in the name of a folder stands for any folder. */
function isAround(folder: string, path: string): boolean {
  const steps = path.split('/')
  return folder.split('/').every((step, index) => step === '*' || step === steps[index])
}

function depthOf(folder: string): number {
  return folder.split('/').length
}

/** The layer of the innermost folder that contains the path. */
function layerOf(path: string, layers: readonly Layer[]): Layer | undefined {
  const around = layers.filter(({ folder }) => isAround(folder, path))
  return around.sort((a, b) => depthOf(b.folder) - depthOf(a.folder))[0]
}

function isAllowed({ file, target }: Import, layers: readonly Layer[]): boolean {
  const from = layerOf(file, layers)
  if (from === undefined) return false
  const to = layerOf(target, layers)
  if (to !== undefined) return to === from || from.mayImport.includes(to.name)
  const matches = (entry: string) =>
    target === entry || target.startsWith(`${entry}/`) || (entry === 'node:*' && target.startsWith('node:'))
  return from.mayImport.some(matches)
}

/** Without tests, and without files for property tests. */
function sourceFiles(): string[] {
  const files = globSync('packages/*/src/**/*.ts', { cwd: root }).map((file) => file.split(sep).join('/'))
  return files.filter((file) => !file.endsWith('.test.ts') && !file.includes('/properties/'))
}

/** Without comments, and without whole programs in a template that begins with a continued line. */
function code(file: string): string {
  const text = readFileSync(join(root, file), 'utf8').replace(/`\\\n[\s\S]*?\n`/g, '``')
  return text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
}

/**
 * Declarations at the start of a line, so that text of generated code does not count, and `import('…')`.
 */
const DECLARATION = /^(?:import|export)\s(?:[^'"`;=]*?\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\('([^']+)'\)/g

function importsOf(file: string): Import[] {
  const text = code(file)
  return [...text.matchAll(DECLARATION), ...text.matchAll(DYNAMIC)].flatMap(([, written = '']) => {
    if (written.startsWith('#')) return internalTargets(file, written).map((target) => ({ file, target }))
    if (!written.startsWith('.')) return [{ file, target: written }]
    const target = posix.join(posix.dirname(file), written)
    // The compiler contains text of other files, whose paths lead nowhere from here.
    return existsSync(join(root, target)) ? [{ file, target }] : []
  })
}

function packageOf(path: string): string {
  return path.split('/').slice(0, 2).join('/')
}

/** The files behind a name such as `#primitives`, those of every condition. */
function internalTargets(file: string, name: string): string[] {
  const { imports } = JSON.parse(readFileSync(join(root, packageOf(file), 'package.json'), 'utf8'))
  const targets: string[] = Object.values(imports[name] ?? assert.fail(`${name} in ${file}`))
  return targets.map((target) => posix.join(packageOf(file), target))
}

const layers = readLayers('docs/ARCHITECTURE.md')
const files = sourceFiles()

test('every source file belongs to a layer of the table, and every layer has files', () => {
  assert.ok(files.length > 50)
  const without = files.filter((file) => layerOf(file, layers) === undefined)
  assert.deepEqual(without, [], 'files in no layer')
  const used = new Set(files.map((file) => layerOf(file, layers)))
  assert.deepEqual(
    layers.filter((layer) => !used.has(layer) && layer.folder.includes('/src')),
    [],
    'layers without a file',
  )
})

test('the table names each layer once, and only existing layers, packages and Node modules', () => {
  const names = layers.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
  const entries = layers.flatMap(({ mayImport }) => mayImport)
  const packages = new Set(
    globSync('packages/*/package.json', { cwd: root }).flatMap((file) => {
      const {
        name,
        dependencies = {},
        optionalPeers = {},
      } = JSON.parse(readFileSync(join(root, file), 'utf8'))
      return [name, ...Object.keys({ ...dependencies, ...optionalPeers })]
    }),
  )
  const unknown = entries.filter(
    (entry) => !names.includes(entry) && !packages.has(entry) && !entry.startsWith('node:'),
  )
  assert.deepEqual(unknown, [])
})

test('imports go only where the table allows', () => {
  const imports = files.flatMap(importsOf)
  assert.ok(imports.length > 200)
  const forbidden = imports.filter((each) => !isAllowed(each, layers))
  assert.deepEqual(
    forbidden.map(({ file, target }) => `${file} imports ${target}`),
    [],
  )
})

test('an import that the table forbids is found', () => {
  assert.equal(
    isAllowed({ file: 'packages/tl/src/codec/reader.ts', target: '@cablegram/mtproto' }, layers),
    false,
  )
  assert.equal(isAllowed({ file: 'packages/mtproto/src/session/acks.ts', target: 'node:fs' }, layers), false)
  assert.equal(
    isAllowed(
      { file: 'packages/server/src/rules/accounts/apps.ts', target: 'packages/server/src/gateway/index.ts' },
      layers,
    ),
    false,
  )
})

test('a package imports another by its name, never by a path into its folder', () => {
  const across = files
    .flatMap(importsOf)
    .filter(({ file, target }) => target.startsWith('packages/') && packageOf(file) !== packageOf(target))
  assert.deepEqual(across, [])
})

test('the manifest of a package lists every package it imports', () => {
  const missing = files.flatMap(importsOf).filter(({ file, target }) => {
    const name = /^(@[^/]+\/[^/]+|[^@./][^/]*)/.exec(target)?.[1] ?? ''
    if (name === '' || target.startsWith('node:') || target.startsWith('packages/')) return false
    const manifest = JSON.parse(readFileSync(join(root, packageOf(file), 'package.json'), 'utf8'))
    const listed = { ...manifest.dependencies, ...manifest.optionalPeers }
    return name !== manifest.name && !Object.hasOwn(listed, name)
  })
  assert.deepEqual(missing, [])
})

/**
 * Calls that read the clock or their own entropy, and the only files that may make them, to hand the result
 * on.
 */
const SOURCES_OF_TIME = /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b/
const MAY_READ_THE_CLOCK = [
  'packages/client/src/net/clock.ts',
  'packages/server/src/ground/clock.ts',
  // Text of a page that a browser runs.
  'packages/server/src/console/page-script.ts',
]

test('code gets time and randomness as arguments', () => {
  const random = files.filter((file) => /\bMath\.random\b/.test(code(file)))
  assert.deepEqual(random, [], 'Math.random')
  const clock = files.filter((file) => SOURCES_OF_TIME.test(code(file)) && !MAY_READ_THE_CLOCK.includes(file))
  assert.deepEqual(clock, [], 'the clock')
})
