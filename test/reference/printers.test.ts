/** The printed examples of all methods: made, whole, and the same call in each language. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { methodNames } from '@cablegram/tl/fields'
import { printedExamples } from '../../site/printers/index.ts'

const printed = await printedExamples()

test('every method of the newest layer has an example in TypeScript and in Lua', () => {
  assert.deepEqual([...printed.keys()], [...methodNames()])
  for (const { method, typescript, lua, luaNote } of printed.values()) {
    assert.match(typescript, /await client\.close\(\)\n$/, method)
    assert.equal(lua === '', luaNote !== undefined, method)
  }
})
