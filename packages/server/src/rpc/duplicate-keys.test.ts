import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DuplicateKeys } from './duplicate-keys.ts'

const [HERE, THERE, ELSEWHERE] = ['192.0.2.1', '198.51.100.1', '203.0.113.1']

function watch(duplicateKeys: 'off' | 'warn' | 'strict' = 'strict'): DuplicateKeys {
  return new DuplicateKeys({ duplicateKeys, duplicateWithinS: 30 })
}

test('a key that alternates between two addresses within seconds is used twice', () => {
  const keys = watch()
  const uses = [HERE, THERE, HERE, THERE].map((ip, index) => keys.note(1n, ip, index * 10_000))
  assert.deepEqual(uses, [false, false, true, false], 'told once')
  const later = [HERE, THERE, HERE].map((ip, index) => keys.note(1n, ip, 40_000 + index * 5000))
  assert.deepEqual(later, [false, false, true], 'and again after a while')
  assert.equal(keys.note(2n, HERE, 0), false, 'other keys are none of it')
})

test('a moving device is not a duplicate, even if it returns later', () => {
  const keys = watch()
  const uses = [
    [HERE, 0],
    [HERE, 1],
    [THERE, 2],
    [THERE, 3],
    [ELSEWHERE, 4],
    [ELSEWHERE, 20],
    [THERE, 33],
    [HERE, 34],
  ] as const
  assert.deepEqual(
    uses.map(([ip, atS]) => keys.note(1n, ip, atS * 1000)),
    uses.map(() => false),
  )
})

test('addresses of one IPv6 network are the same, and an unknown address is ignored', () => {
  const keys = watch()
  const ips = ['2001:db8::1', '2001:db8::2', '2001:db8::1', '', '2001:db8::3']
  assert.deepEqual(
    ips.map((ip) => keys.note(1n, ip, 0)),
    ips.map(() => false),
  )
})

test('duplicates are not detected if detection is off', () => {
  const keys = watch('off')
  assert.deepEqual(
    [HERE, THERE, HERE].map((ip) => keys.note(1n, ip, 0)),
    [false, false, false],
  )
})
