import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishedLayers, readForms, readLayers, spanText } from '../src/model/layers.ts'

const layers = readLayers()

test('27 whole layers are published, from 131 to 228', () => {
  assert.equal(publishedLayers().length, 27)
  assert.deepEqual([layers.oldest, layers.newest], [131, 228])
})

test('a method that never changed has an empty history', () => {
  assert.deepEqual(layers.ofMethod.get('auth.sendCode'), { since: undefined, changes: [] })
})

test('an optional true field is found although the id stays the same', () => {
  const changes = layers.ofConstructor.get('codeSettings')?.changes ?? []
  assert.deepEqual(
    changes.map(({ span, added }) => [span.by, added]),
    [
      [135, ['allow_missed_call', 'logout_tokens']],
      [152, ['allow_firebase', 'token', 'app_sandbox']],
      [179, ['unknown_number']],
    ],
  )
})

test('a newer name says between which layers it came', () => {
  assert.deepEqual(layers.ofConstructor.get('auth.sentCodePaymentRequired')?.since, { after: 198, by: 204 })
})

test('gaps between published layers are written out', () => {
  assert.equal(spanText({ after: 151, by: 152 }), '152')
  assert.equal(spanText({ after: 177, by: 179 }), '179 or 178')
  assert.equal(spanText({ after: 131, by: 135 }), 'between 132 and 135')
})

test('removed fields, other types and another result are changes', () => {
  const { methods } = readForms('---functions---\nx#00000001 flags:# a:int b:flags.0?true = Y;')
  assert.deepEqual(methods.get('x'), {
    fields: new Map([
      ['a', 'int'],
      ['b', 'flags.0?true'],
    ]),
    result: 'Y',
  })
})
