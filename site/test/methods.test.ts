import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boxedNameIn } from '../src/model/type-names.ts'
import { model, rendered, tableBelow } from './built.ts'

const supported = [...model.methods.values()].filter(({ isSupported }) => isSupported)

test('each method that the server answers says when each answer comes', () => {
  assert.ok(supported.length >= 90)
  assert.deepEqual(
    tableBelow(rendered('/methods/auth.cancelCode').markdown, 'What it answers')[0]?.slice(0, 2),
    ['[true](../types/primitive.md#bool)', 'The code is no longer valid.'],
  )
  const incomplete = supported.filter(({ name, combinator: { result } }) => {
    // A list of numbers has no constructors to tell apart.
    if (result.kind === 'vector' && boxedNameIn(result).length === 0) return false
    const rows = tableBelow(rendered(`/methods/${name}`).markdown, 'What it answers')
    return rows.length === 0 || rows.some(([answer = '', when = '']) => answer === '' || when === '')
  })
  assert.deepEqual(
    incomplete.map(({ name }) => name),
    [],
  )
})

for (const [name, callers] of [
  ['auth.sendCode', /Before signing in: \*\*yes\*\*/],
  ['users.getUsers', /Before signing in: \*\*no\*\*, 401/],
  ['account.getPassword', /While a login waits for its password: \*\*yes\*\*/],
  ['auth.recoverPassword', /While a login waits for its password: \*\*yes\*\*/],
] as const) {
  test(`${name} says who may call it`, () => {
    assert.match(rendered(`/methods/${name}`).markdown, callers)
  })
}

test('unknown callers are said to be unknown', () => {
  const unknown = [...model.methods.values()].filter(({ callers }) => callers === 'unknown')
  assert.equal(unknown.length, 17)
  for (const { name } of unknown)
    assert.match(rendered(`/methods/${name}`).markdown, /Users: \*\*unknown\*\*/)
})
