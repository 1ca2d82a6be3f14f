import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KEYS, sharing } from './server-keys.ts'

test('servers get a few keys in turn, and other keys are new', () => {
  let made = 0
  const make = sharing(() => ++made)
  const twice = Array.from({ length: 2 * KEYS }, () => make('rsa', { modulusLength: 2048 }))
  assert.equal(new Set(twice).size, KEYS)
  assert.deepEqual(twice.slice(KEYS), twice.slice(0, KEYS))
  assert.equal(make('rsa', { modulusLength: 4096 }), KEYS + 1)
  assert.equal(make('ec', {}), KEYS + 2)
})
