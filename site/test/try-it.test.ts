import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTyped, parseValue, ValueProblem } from '../src/try-it/parse-value.ts'
import { shownValue } from '../src/try-it/shown-value.ts'

test('what is typed becomes the value of its type', () => {
  assert.equal(parseValue('string', ' as it is '), ' as it is ')
  assert.equal(parseValue('int', '-2147483648'), -2147483648)
  assert.equal(parseValue('int', '1_000 000'), 1_000_000)
  assert.equal(parseValue('long', '9223372036854775807'), 9223372036854775807n)
  assert.equal(parseValue('double', '1.5e3'), 1500)
  assert.deepEqual(parseValue('bytes', '00 ff'), Uint8Array.of(0, 255))
  assert.deepEqual(parseValue('bytes', 'AP8='), Uint8Array.of(0, 255))
  assert.deepEqual(parseValue('bytes', '__8'), Uint8Array.of(255, 255))
  assert.deepEqual(parseValue('bytes', ''), new Uint8Array(0))
  assert.deepEqual(parseValue('int128', '0f'.repeat(16)), new Uint8Array(16).fill(15))
})

test('a value that is wrong is refused with the form that is right', () => {
  for (const [type, text, said] of [
    ['int', '', 'whole number'],
    ['int', '2147483648', 'to 2147483647'],
    ['int', '1.5', 'whole number'],
    ['long', '9223372036854775808', 'to 9223372036854775807'],
    ['long', '0x10', 'whole number'],
    ['double', 'NaN', 'a number'],
    ['double', '', 'a number'],
    ['bytes', '0', 'hexadecimal'],
    ['bytes', 'ä', 'hexadecimal'],
    ['int256', '00', '32 bytes; these are 1'],
  ] as const) {
    assert.throws(
      () => parseValue(type, text),
      (error) => error instanceof ValueProblem && error.message.includes(said),
      `${type} ${text}`,
    )
  }
  assert.deepEqual(['string', 'Bool', 'InputUser', '!X'].map(isTyped), [true, false, false, false])
})

test('values are shown as a program would have them, and long ones are cut', () => {
  const value = {
    _: 'user',
    id: 5n,
    data: Uint8Array.of(1, 255),
    list: [],
    absent: undefined,
    deep: { a: ['x'] },
  }
  assert.equal(
    shownValue(value),
    `{\n  _: "user",\n  id: 5n,\n  data: bytes('01ff'),\n  list: [],\n  deep: {\n    a: [\n      "x",\n    ],\n  },\n}`,
  )
  assert.match(shownValue(['x'.repeat(50_000)]), /… \(\d+ characters\)$/)
})
