/** Checks the causes and advice of `@cablegram/tl/errors.json` against the schema and the server's table. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ERRORS } from '@cablegram/server'
import { type ErrorRow, methodErrors } from '@cablegram/tl/errors'
import errors from '@cablegram/tl/errors.json' with { type: 'json' }
import { constructorShape, constructorsOf, methodNames, methodShape } from '@cablegram/tl/fields'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** `method: code name` of each method of a row. */
function keysOf({ code, name, methods }: Pick<ErrorRow, 'code' | 'name' | 'methods'>): string[] {
  return (methods === 'any' ? ['any'] : methods).map((method) => `${method}: ${code} ${name}`)
}

const answered = new Set(ERRORS.flatMap(keysOf))
const documented = new Set(
  Object.entries(methodErrors).flatMap(([method, rows]) =>
    rows.map(({ code, name }) => `${method}: ${code} ${typeOf(name)}`),
  ),
)

/** The name of an error as clients have it: without the number at its end. */
function typeOf(name: string): string {
  return name.replace(/_X$/, '')
}

test('errors.json is the same by import and by require', () => {
  const required: unknown = createRequire(import.meta.url)('@cablegram/tl/errors.json')
  assert.deepEqual(required, errors)
})

test('an error is in errors.json once per method', () => {
  const all = errors.flatMap(keysOf)
  assert.deepEqual(
    all.filter((key, index) => all.indexOf(key) !== index),
    [],
  )
})

test('errors.json has each error of the schema and of the server, and no others', () => {
  const all = new Set(errors.flatMap(keysOf))
  const withoutNumber = new Set(errors.flatMap((row) => keysOf({ ...row, name: typeOf(row.name) })))
  assert.deepEqual(
    [...answered].filter((key) => !all.has(key)),
    [],
  )
  assert.deepEqual(
    [...documented].filter((key) => !withoutNumber.has(key)),
    [],
  )
  const unknown = errors.filter((row) =>
    keysOf(row).some((key) => !answered.has(key) && !documented.has(typeOf(key))),
  )
  assert.deepEqual(
    unknown.map(({ code, name, methods }) => `${code} ${name}: ${methods}`),
    [],
  )
})

test('every error has a cause and advice', () => {
  const without = errors.filter(({ cause, advice }) => cause === undefined || advice === undefined)
  assert.deepEqual(without.flatMap(keysOf), [])
})

test('a name in the sources is the name of an error, and is used', () => {
  const used = new Set(errors.map(({ name, cause, advice }) => `${name}: ${cause} ${advice}`))
  const files = globSync('packages/tl/sources/errors/names/*.json', { cwd: root })
  const unused = files.flatMap((file) => {
    const texts: Record<string, ErrorRow> = JSON.parse(readFileSync(join(root, file), 'utf8'))
    return Object.entries(texts).filter(
      ([name, { cause, advice }]) => !used.has(`${name}: ${cause} ${advice}`),
    )
  })
  assert.deepEqual(unused, [])
})

/** Names in a text that look like a method, a constructor or a type of a namespace of the schema. */
function namesIn(text: string): string[] {
  const spaces = new Set(methodNames().map((method) => method.split('.')[0]))
  return (text.match(/\b[a-zA-Z]+\.(?!com\b)[a-zA-Z]+\b/g) ?? []).filter((name) =>
    spaces.has(name.split('.')[0]),
  )
}

const isInSchema = (name: string) =>
  methodShape(name) !== undefined || constructorShape(name) !== undefined || constructorsOf(name).length > 0

test('causes and advice are short sentences that name only what the schema has', () => {
  for (const { name, cause, advice } of errors) {
    for (const text of [cause, advice].filter((each) => each !== undefined)) {
      assert.ok(text.length <= 200, `${name}: ${text.length} characters`)
      assert.match(text, /^\S.*\.$/, name)
      assert.deepEqual(
        namesIn(text).filter((each) => !isInSchema(each)),
        [],
        name,
      )
    }
  }
})

test('the client’s code does not contain errors.json', () => {
  const sources = globSync('packages/{tl,mtproto,client}/{src,generated}/**/*.{ts,js}', { cwd: root })
  const offenders = sources.filter((file) =>
    /(from|import\() ?['"][^'"]*errors\.json/.test(readFileSync(join(root, file), 'utf8')),
  )
  assert.ok(sources.length > 100)
  assert.deepEqual(offenders, [])
})
