import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchema, parseJsonSchema, printTl } from './index.ts'

const parse = (text: string) =>
  parseJsonSchema(text, 'x.json', { prefix: 'mt_', isForeign: (name) => name === 'own' })

test('entries become constructors and methods', () => {
  const text = JSON.stringify({
    l: 1,
    e: [
      { kind: 'class', name: 'mt_a', id: 1, type: 'A', arguments: [], comment: 'An <b>a</b>' },
      { kind: 'class', name: 'own', id: 2, type: 'Own', arguments: [] },
      { kind: 'class', name: 'boolTrue', id: 3, type: 'Bool', arguments: [] },
      {
        kind: 'method',
        name: 'ns.m',
        id: 4,
        type: 'A',
        typeModifiers: { isVector: true },
        available: 'both',
        throws: [{ code: 400, name: 'A_%d', comment: 'c' }],
        arguments: [
          { name: 'flags', type: '#' },
          { name: 'x', type: 'int53', typeModifiers: { predicate: 'flags.1' } },
          { name: 'y', type: 'mt_a', typeModifiers: { isBareVector: true, isBareType: true } },
        ],
      },
    ],
  })
  const schema = parse(text)
  const printed = 'ns.m#00000004 flags:# x:flags.1?long y:vector<a> = Vector<A>;\n'
  assert.equal(printTl(schema), `a#00000001 = A;\n---functions---\n${printed}`)
  assert.equal(schema.methods[0]?.available, 'both')
  assert.deepEqual(schema.methods[0]?.errors, [{ code: 400, name: 'A_%d' }])
})

test('an error is reported with line and column', () => {
  const failsAt = (text: string, line: number, column: number, message: RegExp) => {
    assert.throws(() => checkSchema(parse(text)), {
      name: 'SchemaError',
      file: 'x.json',
      line,
      column,
      message,
    })
  }
  failsAt('{"e": [\n  1 2]}', 2, 5, /expected "," or "]"/)
  failsAt('{"e": [\n  {"a" 2}]}', 2, 8, /expected ":"/)
  failsAt('[\n  ', 2, 3, /expected a value/)
  failsAt('[] x', 1, 4, /not JSON/)
  failsAt('{"e": 5}', 1, 7, /expected an array/)
  failsAt('[\n {"kind": "class"}]', 2, 2, /expected a string "name"/)
  failsAt('[{"kind":"class","name":"a","id":"1","type":"A"}]', 1, 2, /expected a number "id"/)
  const argument = '{"name":"x","type":"B"}'
  const entry = `{"kind":"class","name":"a","id":1,"type":"A","arguments":[\n ${argument}]}`
  failsAt(`[${entry}]`, 2, 2, /unknown type B/)
})

test('a string or number that is not JSON is reported with line and column', () => {
  for (const text of ['["\u0001"]', '["\\x"]', '[01]', '["\\u12"]']) {
    assert.throws(() => parse(text), { name: 'SchemaError', line: 1, column: 2 }, text)
  }
  assert.throws(() => parse('{"\\q": 1}'), { name: 'SchemaError', line: 1, column: 2 })
})
