import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { LAYER } from '@cablegram/tl/api'
import {
  constructorNames,
  constructorShape,
  constructorsOf,
  type FieldShape,
  methodNames,
  methodShape,
  type Shape,
  shapeOfId,
} from '@cablegram/tl/fields'
import { readLayer } from '../generate/sources.ts'
import { type Combinator, type Field, fieldName, type TypeExpr } from '../schema/index.ts'

const schema = readLayer(LAYER)

test('the table has every method and every constructor of the schema, field by field', () => {
  assert.deepEqual(
    methodNames().map((name) => methodShape(name)),
    schema.methods.map(expected),
  )
  assert.deepEqual(
    constructorNames().map((name) => constructorShape(name)),
    schema.constructors.map(expected),
  )
})

test('an id, signed or unsigned, leads to its constructor or method', () => {
  for (const { name, kind, id } of [...schema.constructors, ...schema.methods]) {
    for (const form of [id, id | 0]) {
      const found = shapeOfId(form)
      assert.deepEqual([found?.kind, found?.name], [kind, name])
    }
  }
  assert.equal(shapeOfId(0), undefined)
})

test('a type has its constructors in schema order', () => {
  assert.deepEqual(
    constructorsOf('User').map(({ name }) => name),
    ['userEmpty', 'user'],
  )
  assert.deepEqual(constructorsOf('string'), [])
  assert.equal(constructorShape('auth.sendCode'), undefined)
  assert.equal(methodShape('auth.sentCode'), undefined)
})

test('names that no rule turns back are in the table: srp_B, M1, A', () => {
  const names = ['account.password', 'inputCheckPasswordSRP'].map((name) => constructorShape(name)?.fields)
  const pairs = names.flat().map((field) => [field?.name, field?.key])
  for (const pair of [
    ['srp_B', 'srpB'],
    ['M1', 'M1'],
    ['A', 'A'],
  ])
    assert.ok(
      pairs.some((each) => String(each) === String(pair)),
      String(pair),
    )
})

test('the size of the table, which pages load', (t) => {
  const text = readFileSync(new URL('../../generated/fields.js', import.meta.url))
  t.diagnostic(`fields.js: ${text.length} bytes, ${gzipSync(text).length} gzipped`)
})

function expected({ kind, name, id, fields, result }: Combinator): Shape {
  return { kind, name, id, fields: fields.map(expectedField), result: typeText(result) }
}

function expectedField({ name, type, flag }: Field): FieldShape {
  const plain = { name, key: fieldName(name), type: `${type.kind === 'generic' ? '!' : ''}${typeText(type)}` }
  return flag === undefined ? plain : { ...plain, flag: { field: flag.field, bit: flag.bit } }
}

/** Written again, so that the compiler's own printing is not compared with itself. */
function typeText(type: TypeExpr): string {
  if (type.kind === 'vector') return `${type.boxed ? 'V' : 'v'}ector<${typeText(type.item)}>`
  if (type.kind === 'flags') return '#'
  if (type.kind === 'true') return 'true'
  return type.name
}
