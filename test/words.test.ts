/** Compares the descriptions in packages/tl/sources/words with the schema and with the methods of the server. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { supportedMethods } from '@cablegram/server'
import errors from '@cablegram/tl/errors.json' with { type: 'json' }
import { constructorShape, constructorsOf, methodNames, methodShape, type Shape } from '@cablegram/tl/fields'
import type { ConstructorWords, MethodWords, Words } from '../packages/tl/src/compiler/index.ts'

const FOLDER = 'packages/tl/sources/words'
const folder = new URL(`../${FOLDER}/`, import.meta.url)
const guides = new URL('../site/guides/', import.meta.url)

type Section = keyof Words
type File = { readonly [S in Section]?: Words[S] }

const files = new Map<string, File>(
  readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))]),
)

/** The file that describes a name: `auth.json` for auth.sendCode, `root.json` for a name without a namespace. */
function fileOf(name: string): string {
  return name.includes('.') ? `${name.slice(0, name.indexOf('.'))}.json` : 'root.json'
}

function fieldsOf(shape: Shape): string[] {
  return shape.fields.filter(({ type }) => type !== '#').map(({ name }) => name)
}

/** The values that can be an answer. Of updates, each method names only those that it sends. */
function answersOf({ result }: Shape): { readonly names: readonly string[]; readonly mustHaveAll: boolean } {
  if (result === 'X') return { names: ['X'], mustHaveAll: true }
  if (result === 'Bool') return { names: ['boolTrue', 'boolFalse'], mustHaveAll: true }
  const type = /^Vector<(.*)>$/.exec(result)?.[1] ?? result
  return { names: constructorsOf(type).map(({ name }) => name), mustHaveAll: type !== 'Updates' }
}

const KEYS = ['about', 'fields', 'where', 'repeat', 'answers', 'related', 'guides']

function problemsOfMethod(shape: Shape, words: MethodWords): string[] {
  const answers = answersOf(shape)
  const required = answers.mustHaveAll ? answers.names : answers.names.filter((name) => name in words.answers)
  return [
    ...missing(words.about, 'about'),
    ...missing(words.repeat, 'repeat'),
    ...differences(Object.keys(words.fields ?? {}), fieldsOf(shape), 'fields'),
    ...differences(Object.keys(words.answers ?? {}), required, 'answers'),
    ...Object.entries(words.answers ?? {}).flatMap(([name, { when }]) =>
      missing(when, `answers.${name}.when`),
    ),
    ...Object.keys(words).flatMap((key) => (KEYS.includes(key) ? [] : [`${key} is not a key`])),
    ...(words.related ?? []).flatMap(({ methods }) =>
      methods.flatMap((name) => (methodShape(name) === undefined ? [`related: no method ${name}`] : [])),
    ),
  ]
}

/** Constructors with dozens of fields, of which the server sends a few. Only those are described. */
const LARGE = new Set(['user', 'userFull', 'message'])

function problemsOfConstructor(shape: Shape, words: ConstructorWords): string[] {
  const described = Object.keys(words.fields ?? {})
  const fields = fieldsOf(shape)
  const required = LARGE.has(shape.name) ? fields.filter((name) => described.includes(name)) : fields
  return [...missing(words.about, 'about'), ...differences(described, required, 'fields')]
}

function missing(text: string | undefined, key: string): string[] {
  return text ? [] : [`${key} is missing`]
}

function differences(found: readonly string[], expected: readonly string[], key: string): string[] {
  return [
    ...expected.filter((name) => !found.includes(name)).map((name) => `${key}.${name} is missing`),
    ...found.filter((name) => !expected.includes(name)).map((name) => `${key}.${name} is not in the schema`),
  ]
}

test('every method of the server is described: its parameters, its answers, and a second call', () => {
  const problems = supportedMethods().flatMap(({ method }) => {
    const words = files.get(fileOf(method))?.methods?.[method]
    return words === undefined ? [`${FOLDER}/${fileOf(method)}: add "${method}" to "methods"`] : []
  })
  assert.deepEqual(problems, [])
})

test('descriptions name what the schema has, and leave out no field', () => {
  const problems = [...files].flatMap(([file, { methods = {}, constructors = {}, types = {} }]) => {
    const at = (name: string, found: readonly string[]) =>
      [...found, ...(fileOf(name) === file ? [] : [`it belongs to ${fileOf(name)}`])].map(
        (problem) => `${FOLDER}/${file}: ${name}: ${problem}`,
      )
    return [
      ...Object.entries(methods).flatMap(([name, words]) => {
        const shape = methodShape(name)
        return at(name, shape === undefined ? ['no such method'] : problemsOfMethod(shape, words))
      }),
      ...Object.entries(constructors).flatMap(([name, words]) => {
        const shape = constructorShape(name)
        return at(name, shape === undefined ? ['no such constructor'] : problemsOfConstructor(shape, words))
      }),
      ...Object.keys(types).flatMap((name) =>
        at(name, constructorsOf(name).length === 0 ? ['no such type'] : []),
      ),
    ]
  })
  assert.deepEqual(problems, [])
})

const GUIDES = new Set(readdirSync(guides).map((name) => name.replace(/\.md$/, '')))

const errorNames = new Set(errors.map(({ name }) => name))

const LINKED: Readonly<Record<string, (name: string) => boolean>> = {
  errors: (name) => errorNames.has(name),
  methods: (name) => methodShape(name) !== undefined,
  constructors: (name) => constructorShape(name) !== undefined,
  types: (name) => constructorsOf(name).length > 0,
  guides: (name) => GUIDES.has(name),
}

const LINK = /\]\(\/(\w+)\/([\w.-]+)\)/g

function deadLinks(file: string, text: string): string[] {
  return [...text.matchAll(LINK)]
    .filter(([, kind = '', name = '']) => LINKED[kind]?.(name) !== true)
    .map(([link]) => `${file}: ${link}`)
}

test('every link of a description leads to a page', () => {
  const inWords = [...files].flatMap(([file, words]) => deadLinks(file, JSON.stringify(words)))
  const named = [...files.values()].flatMap(({ methods = {} }) =>
    Object.entries(methods).flatMap(([method, each]) =>
      (each.guides ?? []).map((guide) => ({ method, guide })),
    ),
  )
  const lost = named
    .filter(({ guide }) => !GUIDES.has(guide))
    .map(({ method, guide }) => `${method}: ${guide}`)
  assert.deepEqual([...inWords, ...lost], [])
})

test('every note belongs to a method, and its links lead to pages', () => {
  const notes = new URL('../site/notes/', import.meta.url)
  const problems = readdirSync(notes).flatMap((file) => [
    ...(methodShape(file.replace(/\.md$/, '')) === undefined ? [`${file}: no such method`] : []),
    ...deadLinks(file, readFileSync(new URL(file, notes), 'utf8')),
  ])
  assert.deepEqual(problems, [])
})

test('the number of descriptions', (t) => {
  const count = (section: Section) =>
    [...files.values()].reduce((sum, file) => sum + Object.keys(file[section] ?? {}).length, 0)
  const texts = [...files.values()].flatMap(textsIn)
  const words = texts.flatMap((text) => text.split(/\s+/))
  t.diagnostic(
    `${count('methods')} methods, ${count('constructors')} constructors, ${count('types')} types: ${words.length} words`,
  )
})

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

interface Purpose {
  readonly title: string
  readonly methods: readonly string[]
  readonly guide?: string
}

test('the index of purposes leads to every namespace and to every method of the server', () => {
  const purposes: readonly Purpose[] = JSON.parse(
    readFileSync(new URL('../site/purposes.json', import.meta.url), 'utf8'),
  )
  const named = new Set(purposes.flatMap(({ methods }) => methods))
  const spaces = new Set([...named].map(fileOf))
  assert.deepEqual(
    [...named].filter((name) => methodShape(name) === undefined),
    [],
  )
  assert.deepEqual(
    methodNames().filter((name) => !spaces.has(fileOf(name))),
    [],
  )
  assert.deepEqual(
    supportedMethods().flatMap(({ method }) => (named.has(method) ? [] : [method])),
    [],
  )
  assert.deepEqual(
    purposes.flatMap(({ title, guide }) =>
      guide === undefined || GUIDES.has(guide) ? [] : [`${title}: ${guide}`],
    ),
    [],
  )
})
