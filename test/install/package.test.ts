/**
 * The packages as npm would publish them: installed from the packed files, checked by the usual tools, used
 * under each Node.
 */
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { nodes, Project, packedFolder, tool } from './project.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { workspaces }: { workspaces: string[] } = readJson(join(root, 'package.json'))
const tarballs = globSync('*.tgz', { cwd: packedFolder() }).map((file) => join(packedFolder(), file))
let project: Project
let modules: string
/** Every module that the packages export, such as `@cablegram/tl/api`. */
let specifiers: string[]

before(
  async () => {
    project = Project.installed()
    modules = join(project.folder, 'node_modules')
    const others = '@types/node@24 @opentelemetry/api@1.9.0 @opentelemetry/sdk-trace-base@2.12.1'
    await project.run(`npm install --save-dev --no-audit --no-fund --loglevel=error ${others}`)
    specifiers = manifests().flatMap(({ name, exports = {} }) =>
      Object.entries(exports).flatMap(([path, target]) =>
        typeof target === 'object' ? [name + path.slice(1)] : [],
      ),
    )
  },
  { timeout: 600_000 },
)
after(() => project.remove())

interface Manifest {
  readonly name: string
  readonly version: string
  readonly main?: string
  readonly types?: string
  readonly bin?: Record<string, string>
  readonly exports?: Record<string, string | { types: string; default: string }>
  readonly typesVersions?: Record<string, Record<string, string[]>>
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8'))
}

function manifests(): Manifest[] {
  return globSync('{@cablegram/*,cablegram}/package.json', { cwd: modules }).map((file) =>
    readJson<Manifest>(join(modules, file)),
  )
}

/** Every file that a manifest points to. */
function targets({ main, types, bin = {}, exports = {}, typesVersions = {} }: Manifest): string[] {
  const exported = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  )
  const older = Object.values(typesVersions).flatMap((paths) => Object.values(paths).flat())
  const single = [main, types].filter((file) => file !== undefined)
  return [...single, ...Object.values(bin), ...exported, ...older]
}

test('npm run pack makes seven packages, a wheel and a line that installs them', () => {
  assert.equal(tarballs.length, workspaces.length)
  assert.equal(globSync('*.whl', { cwd: packedFolder() }).length, 1)
  assert.ok(specifiers.length >= 14, specifiers.join(' '))
})

test('the codemod is run from its package, with nothing installed', { timeout: 600_000 }, async () => {
  const fresh = new Project()
  try {
    const readme = readFileSync(join(packedFolder(), 'README.md'), 'utf8')
    const [line = ''] = /^npx .* codemod gramjs /m.exec(readme) ?? []
    fresh.write('bot.js', "const { TelegramClient } = require('telegram')\n")
    await fresh.run(`${line}bot.js`)
    const text = readFileSync(join(fresh.folder, 'bot.js'), 'utf8')
    assert.match(text, /require\('@cablegram\/client'\)/)
    assert.equal(existsSync(join(fresh.folder, 'node_modules')), false)
  } finally {
    fresh.remove()
  }
})

/** The code that imports a module; JSON is the default export of its module. */
function importOf(specifier: string): string {
  if (!specifier.endsWith('.json')) return `await import('${specifier}')`
  return `(await import('${specifier}', { with: { type: 'json' } })).default`
}

for (const { name, path } of nodes()) {
  test(`every export can be imported and required under ${name}`, async () => {
    const load = (how: (module: string) => string) =>
      specifiers.map((each) => `console.log(Object.keys(${how(each)}).length)`).join('\n')
    project.write('import.mjs', load(importOf))
    project.write(
      'require.cjs',
      load((each) => `require('${each}')`),
    )
    const imported = await project.run('node import.mjs', { node: path })
    const counts = imported.trim().split('\n').map(Number)
    assert.ok(
      counts.every((count) => count > 0),
      imported,
    )
    assert.equal(counts.length, specifiers.length)
    assert.equal(await project.run('node --no-warnings require.cjs', { node: path }), imported)
  })

  test(`the examples of the READMEs run under ${name}`, async () => {
    const readmes = ['tl', 'mtproto', 'client', 'lua', 'server'].map((each) =>
      join(modules, '@cablegram', each),
    )
    for (const folder of readmes) {
      const text = readFileSync(join(folder, 'README.md'), 'utf8')
      const example = /```js\n((?:(?!```)[\s\S])*)```\n\n```text\n([\s\S]*?)```/.exec(text)
      assert.ok(example, `${folder} has no example with its output`)
      project.write('example.mjs', example[1] ?? '')
      assert.equal(await project.run('node --no-warnings example.mjs', { node: path }), example[2])
    }
    const fixtures = readFileSync(join(modules, '@cablegram/fixtures/README.md'), 'utf8')
    project.write('example.test.mjs', /```js\n([\s\S]*?)```/.exec(fixtures)?.[1] ?? '')
    assert.match(await project.run('node --test example.test.mjs', { node: path }), /pass 2/)
  })

  test(`the command helps, serves and stops under ${name}`, { timeout: 600_000 }, async () => {
    const command = join(modules, 'cablegram/bin/cablegram.js')
    assert.match(execFileSync(path, [command, '--help'], { encoding: 'utf8' }), /npx cablegram serve/)
    assert.equal(
      execFileSync(path, [command, 'lua', '-e', 'print(2^53 | 1)'], { encoding: 'utf8' }),
      '9007199254740993\n',
    )
    const serve = [command, 'serve', '--memory', '--json', '--port', '0', '--console-port', '0']
    const server = spawn(path, serve, { cwd: project.folder, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface({ input: server.stdout }), 'line')
    const { event, console: base, apps } = JSON.parse(line)
    assert.equal(event, 'ready')
    const page = await (await fetch(`${base}/docs/methods/auth.sendCode`)).text()
    assert.ok(page.includes(`'${base}'`))
    assert.ok(page.includes(apps[0].apiHash))
    server.kill('SIGTERM')
    assert.deepEqual(await once(server, 'exit'), [0, null])
  })
}

test('the packed command has the whole reference, and the script that calls a server', () => {
  const command = join(modules, 'cablegram/bin/cablegram.js')
  const docs = (...args: string[]) =>
    spawnSync(process.execPath, [command, 'docs', ...args], { encoding: 'utf8' })
  // All pages, their twins, the style and the search ship in less than 1 MB.
  assert.ok(statSync(join(modules, 'cablegram/reference.pages')).size < 1_000_000)
  const page = docs('auth.sendCode')
  assert.equal(page.status, 0, page.stderr)
  assert.match(page.stdout, /^auth\.sendCode\n=+\n/)
  assert.match(docs('FLOOD_WAIT_30').stdout, /^FLOOD_WAIT_X\n/)
  const wrong = docs('auth.sendcode')
  assert.deepEqual([wrong.status, wrong.stdout], [2, ''])
  assert.match(wrong.stderr, /no page for "auth\.sendcode"\. Did you mean auth\.sendCode\?/)
  assert.equal(docs('--port', '70000').status, 2)
})

test('the packed command serves the reference, and says if the port is taken or the file damaged', {
  timeout: 600_000,
}, async () => {
  const command = join(modules, 'cablegram/bin/cablegram.js')
  const server = spawn(process.execPath, [command, 'docs', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: server.stdout }), 'line')
  const url = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(line) ?? []
  const get = (path: string) => fetch(`${url[0]}${path}`, { redirect: 'manual' })
  assert.match(await (await get('methods/auth.sendCode.md')).text(), /^# auth\.sendCode$/m)
  assert.equal(
    (await get('API_docs/methods/auth_sendCode.html')).headers.get('location'),
    '/methods/auth.sendCode',
  )
  assert.equal((await get('methods/%2e%2e%2f%2e%2e%2fetc/passwd')).status, 404)
  const second = spawnSync(process.execPath, [command, 'docs', '--port', url[1] ?? ''], { encoding: 'utf8' })
  assert.equal(second.status, 1)
  assert.match(second.stderr, /port \d+ is taken\. Give another one with --port/)
  server.kill('SIGTERM')
  assert.deepEqual(await once(server, 'exit'), [0, null])
  const file = join(modules, 'cablegram/reference.pages')
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.subarray(0, 1000))
  const damaged = spawnSync(process.execPath, [command, 'docs', 'auth.sendCode'], { encoding: 'utf8' })
  writeFileSync(file, bytes)
  assert.equal(damaged.status, 1)
  assert.match(damaged.stderr, /reference\.pages is (?:cut off|damaged)/)
})

test('every file that a manifest names exists', () => {
  const missing = manifests().flatMap((manifest) =>
    targets(manifest)
      .map((file) => join(modules, manifest.name, file))
      .filter((file) => !existsSync(file)),
  )
  assert.deepEqual(missing, [])
})

test('each package has its README and licence, and no tests, local paths or uncompiled files', () => {
  for (const { name } of manifests()) {
    const files = globSync('**/*', { cwd: join(modules, name), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const names = files.map((file) => basename(file))
    assert.ok(names.includes('README.md') && names.includes('LICENSE'), name)
    assert.deepEqual(
      files.filter((file) => /(?<!\.d)\.ts$|\.test\./.test(file)),
      [],
    )
    const foreign = files.filter((file) => readFileSync(file, 'utf8').includes(root))
    assert.deepEqual(foreign, [], 'files with a path of this machine')
  }
})

/** Says what an import of the client loads: modules from files, and modules of Node. */
const LOADS = `import { registerHooks } from 'node:module'
const before = new Set(process.moduleLoadList)
let files = 0
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files += 1
    return next(url, context)
  },
})
await import('@cablegram/client')
const ofNode = process.moduleLoadList.filter((module) => !before.has(module))
console.log(JSON.stringify({ files, ofNode }))
`

test('an import of the client loads few files, and not what fetch is made of', async () => {
  project.write('loads.mjs', LOADS)
  const { files, ofNode }: { files: number; ofNode: string[] } = JSON.parse(
    await project.run('node loads.mjs'),
  )
  assert.ok(files > 3 && files <= 20, `${files} files`)
  assert.ok(ofNode.includes('NativeModule net'), ofNode.join(', '))
  assert.deepEqual(
    ofNode.filter((module) => /undici|http2|_http_|sqlite/.test(module)),
    [],
  )
})

/** Imports of files, and files that threads begin with. */
const IMPORTED = /(?:\bfrom|\bimport\(|^import) ?["'](\.[^"']+)["']/gm
const OF_THREADS = /new URL\(`\.\/([\w-]+)\$\{[^`]*`, new URL\("([^"]+)"/g

// Errors have the names of their classes.
test('in the few modules of a package no class got another name, and all files are where they are looked for', () => {
  const files = globSync('{@cablegram/*,cablegram}/{src,generated}/**/*.js', { cwd: modules })
  assert.ok(files.length > 40 && files.length < 100, `${files.length} files`)
  const found = files.flatMap((file) => {
    const text = readFileSync(join(modules, file), 'utf8')
    assert.doesNotMatch(text, /\bclass \w+\$\d/, file)
    const imported = [...text.matchAll(IMPORTED)].map(([, path = '']) => path)
    const ofThreads = [...text.matchAll(OF_THREADS)].map(
      ([, name, place = '']) => `./${dirname(place)}/${name}.js`,
    )
    return [...imported, ...ofThreads].map((path) => join(modules, dirname(file), path))
  })
  assert.ok(found.some((file) => file.endsWith('worker.js')))
  assert.deepEqual(
    found.filter((file) => !existsSync(file)),
    [],
  )
})

const USE = `import { memorySession, TelegramClient } from '@cablegram/client'
import { cablegram } from '@cablegram/fixtures'
import { sha1 } from '@cablegram/mtproto/crypto'
import { startServer } from '@cablegram/server'
import { LAYER } from '@cablegram/tl/api'
import { servedLayer } from '@cablegram/tl/layers'

export async function use(): Promise<number> {
  const server = await startServer({ store: 'memory' })
  const client = new TelegramClient(memorySession(), { server: server.info })
  const config: { thisDc: number } = await client.help.getConfig()
  // Had the types not been found, each of these would be any, and no error.
  // @ts-expect-error a number
  const wrong: { thisDc: string } = await client.help.getConfig()
  // @ts-expect-error a number
  const layer: string = LAYER
  // @ts-expect-error a number
  const served: string = servedLayer(1)
  // @ts-expect-error bytes
  const hash: string = sha1(new Uint8Array())
  // @ts-expect-error a promise
  const fixture: string = cablegram({ after() {} })
  return config.thisDc
}
`
const STRICT = '--noEmit --strict --exactOptionalPropertyTypes --target es2023 --types node --esModuleInterop'

// Checking the declarations themselves takes most of the time, and is done once: arethetypeswrong resolves their imports in
// every way.
for (const [resolution, module, files, skipLibCheck] of [
  ['node16', 'node16', 'use.ts', true],
  ['nodenext', 'nodenext', 'use.ts use.cts', false],
  ['bundler', 'esnext', 'use.ts', true],
  ['node10', 'esnext', 'use.ts', true],
] as const) {
  test(`TypeScript 5 finds every type in ${files} with moduleResolution ${resolution}`, async () => {
    for (const file of files.split(' ')) project.write(file, USE)
    const tsc = `node ${tool('typescript-5/bin/tsc')} ${STRICT} --skipLibCheck ${skipLibCheck}`
    await project.run(`${tsc} --module ${module} --moduleResolution ${resolution} ${files}`)
  })
}

/** Spans as OpenTelemetry keeps them, with the names of what they are in. */
const TRACED = `import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
const server = await startServer({ store: 'memory' })
const client = new TelegramClient(memorySession(), { server: server.info, tracer: trace.getTracer('my-app') })
await client.start({
  phone: async () => '+9996621234',
  code: async () => '22222',
  name: async () => ({ firstName: 'Ada' }),
})
const message = await client.sendFile('me', new Uint8Array(100), { name: 'note.bin' })
for await (const _ of client.download(message)) {
}
await client.close()
await server.close()
const spans = exporter.getFinishedSpans()
const parents = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
const lines = spans.map(({ name, parentSpanContext }) => {
  const parent = parents.get(parentSpanContext?.spanId ?? '')
  return parent === undefined ? name : \`\${parent} > \${name}\`
})
console.log([...new Set(lines)].sort().join('\\n'))
`

test('the spans of a tracer of OpenTelemetry are inside each other', async () => {
  project.write('traced.ts', TRACED)
  const lines = (await project.run('node traced.ts')).split('\n')
  for (const each of [
    'connect',
    'connect > handshake',
    'upload',
    'upload > upload.saveFilePart',
    'messages.sendMedia',
    'download',
    'download > upload.getFile',
  ]) {
    assert.ok(lines.includes(each), `${each} is not among ${lines.join(', ')}`)
  }
})

test('the declarations contain the examples, which compile, and a tracer of OpenTelemetry fits', async () => {
  const declarations = globSync('{@cablegram/*,cablegram}/src/**/*.d.ts', { cwd: modules })
  const examples = declarations.flatMap((file) => {
    const text = readFileSync(join(modules, file), 'utf8')
    return [...text.matchAll(/@example\n\s*\* ```ts\n([\s\S]*?)\n\s*\* ```/g)].map(([, lines = '']) =>
      lines.replaceAll(/^\s*\* ?/gm, ''),
    )
  })
  assert.ok(examples.length >= 12, `${examples.length} examples`)
  // Imports that examples leave out: the packages' exports, and a test runner's.
  const stubs = `import assert from 'node:assert/strict'\n`
  for (const [index, example] of examples.entries()) {
    const names = [...new Set(example.match(/\b[A-Za-z]\w+\b/g) ?? [])]
    const isDeclared = (each: string) =>
      new RegExp(`\\b(const|let) [^=\\n]*\\b${each}\\b|\\bimport [^\\n]*\\b${each}\\b`).test(example)
    const known = names.filter((each) => !isDeclared(each))
    const imports = known.flatMap((each) => {
      const from = EXPORTS.find(([, exported]) => exported.includes(each))?.[0]
      return from === undefined ? [] : [`import { ${each} } from '${from}'\n`]
    })
    project.write(`examples/${index}.ts`, `${stubs}${imports.join('')}${example}\nexport { assert }\n`)
  }
  project.write('examples/runners.d.ts', RUNNERS)
  project.write('examples/traced.ts', TRACED)
  const tsc = `node ${tool('typescript-5/bin/tsc')} ${STRICT} --skipLibCheck true`
  await project.run(`${tsc} --module nodenext --moduleResolution nodenext examples/*.ts`)
})

const EXPORTS: readonly (readonly [string, readonly string[]])[] = [
  [
    '@cablegram/client',
    ['TelegramClient', 'memorySession', 'fileSession', 'isRpcError', 'login', 'acceptLogin'],
  ],
  ['@cablegram/server', ['startServer']],
  ['@cablegram/server/snippets', ['snippetsFor']],
  ['@cablegram/fixtures', ['startCablegram']],
  ['@cablegram/tl/layers', ['servedLayer']],
  ['@cablegram/mtproto', ['detectTransport']],
]
const RUNNERS = `declare module 'vitest' { export const test: { extend(fixtures: object): (name: string, run: (context: { cablegram: import('@cablegram/fixtures').CablegramFixture }) => Promise<void>) => void } }
declare module '@jest/globals' {
  export function beforeEach(run: () => Promise<void>): void
  export function afterEach(run: () => Promise<void>): void
  export function test(name: string, run: () => Promise<void>): void
}
`

for (const tarball of tarballs) {
  test(`publint and arethetypeswrong find nothing in ${basename(tarball)}`, () => {
    const options = { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } } as const
    const publint = spawnSync(
      process.execPath,
      [tool('publint/src/cli.js'), 'run', tarball, '--strict'],
      options,
    )
    assert.equal(publint.status, 0, publint.stdout + publint.stderr)
    assert.match(publint.stdout, /All good/)
    // A command has no types to check.
    if (basename(tarball).startsWith('cablegram-0')) return
    // The rule says that CommonJS cannot require ESM. It can, on every Node that \`engines\` allows; see
    // above.
    const rules = ['--ignore-rules', 'cjs-resolves-to-esm']
    const types = spawnSync(
      process.execPath,
      [tool('@arethetypeswrong/cli/dist/index.js'), tarball, ...rules],
      options,
    )
    assert.equal(types.status, 0, types.stdout + types.stderr)
  })
}

/** What is published beside code: the errors, the reference, the notices of what the browser build contains. */
const DATA = [
  'generated/errors.json',
  'generated/error-rows.d.cts',
  'reference.pages',
  'try-it.js.br',
  'browser/THIRD-PARTY-NOTICES.txt',
]

test('npm publish --dry-run accepts every package with the packed files', () => {
  for (const workspace of workspaces) {
    const dist = join(root, workspace, 'dist')
    const { name, version } = readJson<Manifest>(join(dist, 'package.json'))
    const said = execFileSync('npm', ['publish', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: dist,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const answer = JSON.parse(said)
    const { id, files }: { id: string; files: { path: string }[] } = answer[name] ?? answer
    assert.equal(id, `${name}@${version}`)
    const published = files.map(({ path }) => path).toSorted()
    const installed = globSync('**/*', { cwd: join(modules, name), withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(modules, name).length + 1))
    assert.deepEqual(published, installed.toSorted())
    const strange = published.filter(
      (file) =>
        !/^(README\.md|LICENSE|package\.json|(src|generated|bin|browser)\/.+\.(js|d\.ts))$/.test(file) &&
        !DATA.includes(file),
    )
    assert.deepEqual(strange, [])
  }
})
