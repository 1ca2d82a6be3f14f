/** Compiles the examples in comments and in guides: the compiler reads all packages for it, which is long for each change. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { blocks, isOwn, isProgram } from './guide-blocks.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** Exports that a newcomer meets first. */
const SHOWN = [
  'class TelegramClient',
  'function memorySession',
  'function fileSession',
  'function logOut',
  'function isRpcError',
  'interface ClientOptions',
  'interface CallOptions',
  'interface SessionStorage',
  'class SessionError',
]

interface Example {
  readonly place: string
  readonly program: string
}

function examplesIn(file: string): Example[] {
  const text = readFileSync(join(root, file), 'utf8')
  const blocks = [...text.matchAll(/\* @example\n\s*\* ```ts\n([\s\S]*?)\n\s*\* ```/g)]
  return blocks.map(([, block = ''], i) => ({
    place: `${file.replaceAll(/[^\w]+/g, '-')}-${i}`,
    program: `${block.replaceAll(/^\s*\* ?/gm, '')}\n`,
  }))
}

const files = globSync('packages/client/src/**/*.ts', { cwd: root }).filter(
  (file) => !file.endsWith('.test.ts'),
)

/** What the fragments of a guide take for granted. */
const CONTEXT: Readonly<Record<string, string>> = {
  server: "import('@cablegram/server').CablegramServer",
  client: "import('@cablegram/client').TelegramClient",
  login: "import('@cablegram/client').Login",
  signal: 'AbortSignal',
  apiId: 'number',
  apiHash: 'string',
  phoneNumber: 'string',
}

/** The TypeScript of the guides. Programs in examples/ are compiled with the repository. */
function guideExamples(): Example[] {
  const typescript = blocks().filter(
    (block) =>
      (block.language === 'ts' && !block.mark.startsWith('examples/')) || (isOwn(block) && !isProgram(block)),
  )
  return typescript.map(({ place, code }) => {
    const given = Object.entries(CONTEXT).filter(
      ([name]) => !new RegExp(`^\\s*(?:const|let|import)\\b[^=\\n']*\\b${name}\\b`, 'm').test(code),
    )
    const declarations = given.map(([name, type]) => `declare const ${name}: ${type}\n`).join('')
    return { place: place.replaceAll(/[^\w]+/g, '-'), program: `${code}\n${declarations}` }
  })
}

test('the examples in comments of the client and in the guides compile', () => {
  const examples = [...files.flatMap(examplesIn), ...guideExamples()]
  assert.ok(examples.length >= SHOWN.length)
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'doc-examples-'))
  try {
    // Each example is its own module, even if it neither imports nor exports.
    for (const { place, program } of examples) {
      writeFileSync(join(folder, `${place}.ts`), `${program}export {}\n`)
    }
    // Their own declarations do not matter here. Some are for pages.
    const lib = ['es2023', 'es2024.arraybuffer', 'es2024.string', 'esnext.disposable', 'dom', 'dom.iterable']
    const compilerOptions = { isolatedDeclarations: false, declaration: false, noUnusedLocals: false, lib }
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.ts'], exclude: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })
    assert.equal(status, 0, stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the exports a newcomer meets first have an example', () => {
  const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  for (const name of SHOWN) {
    assert.ok(new RegExp(`@example\\n(?: \\*.*\\n)+export (?:async )?${name}\\b`).test(text), name)
  }
})
