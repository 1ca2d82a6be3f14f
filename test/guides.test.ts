/** The guides in site/guides/, and the links of every page that people read. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ERRORS } from '@cablegram/server'
import { methodErrors } from '@cablegram/tl/errors'
import { DAILY_EXAMPLES } from '../site/printers/daily-examples.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const guides = globSync('site/guides/*.md', { cwd: root }).toSorted()
const names = guides.map((file) => basename(file, '.md'))

/** Pages for people, apart from the guides; they link by paths of the repository. */
const pages = ['*.md', 'docs/**/*.md', 'packages/*/README.md', 'examples/**/*.md'].flatMap((pattern) =>
  globSync(pattern, { cwd: root, exclude: (path) => String(path).includes('node_modules') }),
)

/** The text without code, where brackets are no links. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '`')

const linksOf = (text: string) => [...prose(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, to = '']) => to)

/** The anchors of the headings of a page, as GitHub and the site make them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** The methods, constructors and types of the newest layer, by the folder of their pages. */
function schemaNames(): Readonly<Record<string, ReadonlySet<string>>> {
  const [constructors = '', methods = ''] = read('packages/tl/sources/layers/228.tl').split('---functions---')
  const declarations = (text: string) => [...text.matchAll(/^([\w.]+)(?:#[\da-f]+)? .*?= ([\w.]+)/gm)]
  return {
    methods: new Set(declarations(methods).map(([, name = '']) => name)),
    constructors: new Set(declarations(constructors).map(([, name = '']) => name)),
    types: new Set(['primitive', ...declarations(constructors).map(([, , type = '']) => type)]),
    errors: new Set([
      'any',
      ...ERRORS.map(({ name }) => name),
      ...Object.values(methodErrors).flatMap((rows) => rows.map((row) => row.name)),
    ]),
    guides: new Set(names),
    calls: new Set(Object.keys(DAILY_EXAMPLES)),
  }
}

test('every guide has front matter that any reader of it understands', () => {
  const orders = new Set<string>()
  for (const file of guides) {
    const lines = read(file).split('\n')
    assert.equal(lines[0], '---', file)
    const fields = lines.slice(1, lines.indexOf('---', 1)).map((line) => /^(\w+): (.+)$/.exec(line) ?? [])
    assert.deepEqual(
      fields.map(([, key]) => key),
      ['title', 'description', 'order'],
      file,
    )
    const [title = '', description = '', order = ''] = fields.map(([, , value]) => value)
    // A colon or a quote would mean something else to a YAML parser than to a simple one.
    for (const text of [title, description]) assert.doesNotMatch(text, /: |["#]/, file)
    assert.match(description, /^[A-Z].*\.$/, file)
    assert.match(order, /^\d+$/, file)
    assert.ok(!orders.has(order), `${file}: another guide has the order ${order}`)
    orders.add(order)
    assert.doesNotMatch(prose(read(file)), /^# /m, `${file}: the site prints the title of the front matter`)
  }
})

test('the README leads to every guide', () => {
  const linked = linksOf(read('README.md')).map((link) => basename(link, '.md'))
  assert.deepEqual(
    names.filter((name) => !linked.includes(name)),
    [],
  )
})

test('every link of a guide leads to a page or a file', () => {
  const known = schemaNames()
  const dead: string[] = []
  for (const file of guides) {
    for (const link of linksOf(read(file))) {
      const [path = '', anchor] = link.split('#')
      const [, folder = '', name = ''] = /^\/(\w+)\/([\w.-]+)$/.exec(path) ?? []
      if (/^https?:/.test(link)) continue
      if (path.startsWith('/')) {
        if (!known[folder]?.has(name)) dead.push(`${file}: ${link}`)
        else if (
          anchor !== undefined &&
          folder === 'guides' &&
          !anchorsOf(read(`site/guides/${name}.md`)).has(anchor)
        )
          dead.push(`${file}: ${link}: no such heading`)
      } else if (path === '') {
        if (!anchorsOf(read(file)).has(anchor ?? '')) dead.push(`${file}: ${link}: no such heading`)
      } else if (!existsSync(join(root, dirname(file), path))) dead.push(`${file}: ${link}`)
      else if (normalize(join(dirname(file), path)).startsWith('site/guides/') && path.endsWith('.md'))
        dead.push(`${file}: ${link}: guides link to each other as /guides/name`)
    }
  }
  assert.deepEqual(dead, [])
})

test('every link of the other pages leads to a file', () => {
  assert.ok(pages.length > 20)
  const dead = pages.flatMap((file) =>
    linksOf(read(file))
      .filter((link) => !/^(https?:|#)/.test(link))
      .filter((link) => !existsSync(join(root, dirname(file), link.replace(/#.*/, ''))))
      .map((link) => `${file}: ${link}`),
  )
  assert.deepEqual(dead, [])
})

test('every page of the users’ guides that a text of the repository names exists', () => {
  const files = [
    'packages/*/src/**/*.ts',
    'scripts/*.ts',
    'test/**/*.ts',
    ...pages,
    'Dockerfile',
    'compose.yaml',
  ]
  const named = files
    .flatMap((pattern) =>
      globSync(pattern, { cwd: root, exclude: (path) => String(path).includes('node_modules') }),
    )
    .flatMap((file) =>
      [...read(file).matchAll(/(?:site\/guides|docs)\/[\w-]+\.md/g)].map(([path]) => ({ file, path })),
    )
  assert.ok(named.length > 50)
  assert.deepEqual(
    named.filter(({ path }) => !existsSync(join(root, path))).map(({ file, path }) => `${file}: ${path}`),
    [],
  )
})

test('the guide fixtures lists exactly the exports of the package', () => {
  const [, below = ''] = read('site/guides/fixtures.md').split('\n| export | what it is |\n|---|---|\n')
  const [table = ''] = below.split('\n\n')
  const listed = table.split('\n').flatMap((row) => {
    const [, cell = ''] = row.split('|')
    return [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)
  })
  const exported = [...read('packages/fixtures/src/index.ts').matchAll(/export \{([^}]*)\}/g)].flatMap(
    ([, some = '']) => some.split(',').map((each) => each.replace(/\btype\b/, '').trim()),
  )
  assert.deepEqual(listed.toSorted(), exported.filter((name) => name !== '').toSorted())
})
