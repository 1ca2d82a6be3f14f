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

test('the client’s code does not contain errors.json', () => {
  const sources = globSync('packages/{tl,mtproto,client}/{src,generated}/**/*.{ts,js}', { cwd: root })
  const offenders = sources.filter((file) =>
    /(from|import\() ?['"][^'"]*errors\.json/.test(readFileSync(join(root, file), 'utf8')),
  )
  assert.ok(sources.length > 100)
  assert.deepEqual(offenders, [])
})
