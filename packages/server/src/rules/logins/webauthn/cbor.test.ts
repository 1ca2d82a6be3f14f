import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCbor } from './cbor.ts'

const hex = (text: string): Uint8Array => Buffer.from(text, 'hex')

test('the values of RFC 8949, appendix A, are read', () => {
  for (const [text, value] of [
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1a000f4240', 1_000_000],
    ['20', -1],
    ['3903e7', -1000],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['4401020304', hex('01020304')],
    ['6449455446', 'IETF'],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a26161016162820203',
      new Map<string, unknown>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
  ] as const) {
    const read = readCbor(hex(text))
    assert.deepEqual(read.value, value, text)
    assert.equal(read.end, text.length / 2)
  }
})

test('truncated, endless, too deeply nested and overlong values are refused', () => {
  const refused = [
    '',
    '18',
    '44010203',
    'bf',
    '9f',
    '5f',
    '1bffffffffffffffff',
    'fb3ff199999999999a',
    '9affffffff',
  ]
  for (const text of [...refused, 'baffffffff', '5affffffff', '8181818181', 'a101', 'f7', 'c001']) {
    assert.throws(() => readCbor(hex(text)), { message: 'CREDENTIAL_INVALID' }, text)
  }
})

test('any bytes are read or refused', () => {
  let state = 1
  for (let round = 0; round < 2000; round++) {
    const bytes = Uint8Array.from({ length: round % 40 }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return state >> 16
    })
    try {
      assert.ok(readCbor(bytes).end <= bytes.length)
    } catch (error) {
      assert.equal(error instanceof Error && error.message, 'CREDENTIAL_INVALID')
    }
  }
})
