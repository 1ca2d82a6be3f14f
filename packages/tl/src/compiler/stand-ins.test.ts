import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkSchema, parseTl } from '../schema/index.ts'
import { emitJavaScript } from './index.ts'

test('a stand-in with other fields stops the generation', () => {
  const text = 'cat lives:int = Pet;\ndog lives:long = Animal;\n---functions---\nfeed pet:Pet = Pet;\n'
  const schema = checkSchema(parseTl(text, 'pets.tl'))
  assert.throws(() => emitJavaScript(schema, 1, { cat: 'dog' }), {
    name: 'SchemaError',
    file: 'pets.tl',
    line: 2,
    message: /dog has not the fields of cat/,
  })
})

test('a stand-in bare of its constructor has to be all that this one holds', () => {
  const text = 'cat = Pet;\nbasket pet:Pet lid:int = Basket;\n---functions---\nsee basket:Basket = Pet;\n'
  const schema = checkSchema(parseTl(text, 'pets.tl'))
  assert.throws(() => emitJavaScript(schema, 1, { basket: 'Pet' }), {
    name: 'SchemaError',
    file: 'pets.tl',
    line: 2,
    message: /basket does not hold Pet alone/,
  })
})
