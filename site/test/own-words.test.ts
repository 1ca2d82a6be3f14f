/**
 * No sentence of core.telegram.org is in what this project publishes, or in the repository: eight words in a row are never
 * the same as in a description of `@mtcute/core`, whatever their case, punctuation and markup.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const RUN_LENGTH = 8
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'cablegram-own-words-'))
after(() => rmSync(folder, { recursive: true, force: true }))

interface Described {
  readonly comment?: string
}

interface Entry extends Described {
  readonly arguments?: readonly Described[]
  readonly throws?: readonly Described[]
}

/** Schema of `@mtcute/core`: entries with their descriptions, and the descriptions of types. */
interface Schema {
  readonly e: readonly Entry[]
  readonly u: Readonly<Record<string, string>>
}

/** Errors of `@mtcute/core`, with a sentence about each. */
interface RawErrors {
  readonly errors: Readonly<Record<string, { readonly description?: string }>>
}

const source = join(root, 'site/node_modules/@mtcute/core/tl')
const schema: Schema = JSON.parse(readFileSync(join(source, 'api-schema.json'), 'utf8'))
const rawErrors: RawErrors = JSON.parse(readFileSync(join(source, 'raw-errors.json'), 'utf8'))
const descriptions = [...descriptionsOf(schema), ...sentencesOf(rawErrors)]

/** All runs of eight words in these descriptions. */
const theirRuns = new Set(descriptions.flatMap(runsIn))

function descriptionsOf({ e, u }: Schema): string[] {
  const entries = e.flatMap((entry) => [entry, ...(entry.arguments ?? []), ...(entry.throws ?? [])])
  return [...entries.flatMap(({ comment }) => comment ?? []), ...Object.values(u)]
}

function sentencesOf({ errors }: RawErrors): string[] {
  return Object.values(errors).flatMap(({ description }) => description ?? [])
}

function runsIn(text: string): string[] {
  const words = wordsIn(text)
  return words.slice(RUN_LENGTH - 1).map((_, at) => words.slice(at, at + RUN_LENGTH).join(' '))
}

/** The words of a text, without tags, entities and what marks a link. */
function wordsIn(text: string): string[] {
  const plain = text
    .replace(/\{@link (?:Raw)?([^}]*)\}/g, '$1')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&\w+;/g, ' ')
  return plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Runs of a file that are theirs. Also of comments that go over several lines. */
function findsIn(path: string): string[] {
  const text = readFileSync(path, 'utf8').replace(/^[ \t]*(?:\*|\/\/|#)[ \t]?/gm, '')
  return [...new Set(runsIn(text).filter((run) => theirRuns.has(run)))]
}

function findsBelow(folder: string, files: readonly string[]): string[] {
  return files.flatMap((file) => findsIn(join(folder, file)).map((run) => `${file}: ${run}`))
}

/** Builds the schema package as `npm run build` does: compiled sources, generated files, README. */
function packSchemaPackage(): string {
  const project = join(folder, 'tsconfig.json')
  const packed = join(folder, 'packed')
  const settings = {
    extends: join(root, 'tsconfig.build.json'),
    compilerOptions: {
      rootDir: join(root, 'packages/tl'),
      outDir: packed,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [join(root, 'packages/tl/src/**/*.ts')],
    exclude: ['**/*.test.ts', 'properties', 'generate', 'compiler'].map((name) =>
      name.startsWith('*') ? name : join(root, 'packages/tl/src', name),
    ),
  }
  writeFileSync(project, JSON.stringify(settings))
  const { status, stdout } = spawnSync('tsc', ['--project', project], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  assert.equal(status, 0, stdout)
  cpSync(join(root, 'packages/tl/generated'), join(packed, 'generated'), { recursive: true })
  cpSync(join(root, 'packages/tl/README.md'), join(packed, 'README.md'))
  return packed
}

test('the descriptions are found in themselves, whatever their markup', () => {
  assert.ok(theirRuns.size > 30_000, `${theirRuns.size} runs`)
  const file = join(folder, 'copied.d.ts')
  const [longest = ''] = descriptions.toSorted((one, other) => other.length - one.length)
  const lines = wordsIn(longest)
    .join(' ')
    .match(/.{1,60}(?: |$)/g)
  writeFileSync(file, `/**\n${(lines ?? []).map((line) => ` * ${line}\n`).join('')} */\n`)
  assert.ok(findsIn(file).length > 10)
})

test('the schema package has no eight words in a row in common with the descriptions', (t) => {
  const packed = packSchemaPackage()
  const files = globSync('**/*', { cwd: packed }).filter((file) => statSync(join(packed, file)).isFile())
  assert.ok(files.includes(join('generated', 'api.d.ts')) && files.includes(join('src', 'index.js')))
  t.diagnostic(`${files.length} files, against ${theirRuns.size} runs of ${RUN_LENGTH} words`)
  assert.deepEqual(findsBelow(packed, files), [])
})

test('no text of the repository has eight words in a row in common with the descriptions', (t) => {
  const texts = '**/*.{md,json,ts,js,mjs,tl,html,yaml,py,lua,txt}'
  const folders = ['packages', 'site', 'docs', 'examples', 'test', 'interop', 'scripts', 'bench']
  const files = [
    ...globSync('*.md', { cwd: root }),
    ...folders.flatMap((name) =>
      globSync(`${name}/${texts}`, {
        cwd: root,
        exclude: (path) => /(^|[\\/])(node_modules|dist|vectors|\.venv)([\\/]|$)/.test(path),
      }),
    ),
  ]
  t.diagnostic(`${files.length} files`)
  assert.deepEqual(findsBelow(root, files), [])
})
