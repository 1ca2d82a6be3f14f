import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { decode, encode } from '@cablegram/tl/api'
import { withoutAbsent } from './without-absent.ts'

test('a decoded user has only the fields that were sent and prints on a few lines', () => {
  const photo = { _: 'userProfilePhoto', photoId: 1n, dcId: 2 } as const
  const user = { _: 'user', id: 7n, firstName: 'Ada', contact: true, photo } as const
  const value = withoutAbsent(decode('User', encode('User', user)))
  assert.deepEqual(value, user)
  assert.equal(Object.getPrototypeOf(value), Object.prototype)
  assert.ok(inspect(value).split('\n').length < 10, inspect(value))
  assert.deepEqual(decode('User', encode('User', value)), decode('User', encode('User', user)))
})

test('only undefined fields are removed, and lists, bytes, numbers and nested values stay', () => {
  const bytes = new Uint8Array([1])
  const value = {
    _: 'a',
    none: undefined,
    zero: 0,
    no: false,
    empty: '',
    list: [{ x: undefined, y: 1n }, 2, bytes],
  }
  assert.deepEqual(withoutAbsent(value), {
    _: 'a',
    zero: 0,
    no: false,
    empty: '',
    list: [{ y: 1n }, 2, bytes],
  })
  for (const plain of [true, 5, 5n, 'x', bytes, [], null]) assert.equal(withoutAbsent(plain), plain)
})
