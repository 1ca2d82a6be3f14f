import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isHost, isPort } from './valid-address.ts'

for (const text of [
  'localhost',
  'dc.example.org',
  'dc.example.org.',
  'my_server',
  'xn--mnchen-3ya.example',
  'münchen.example',
  '149.154.167.51',
  '::1',
  '2001:67c:4e8:f002::a',
  '::ffff:1.2.3.4',
  'fe80::1%eth0',
]) {
  test(`a host: ${text}`, () => assert.equal(isHost(text), true))
}

for (const text of [
  '',
  '.',
  'a b',
  'a\r\nX-Header: 1',
  'a\nb',
  'a\0',
  'a/b',
  'a@b',
  'a..b',
  'a:b',
  '[::1]',
  ':::',
  '1:2:3:4:5:6:7:8:9',
  '::1%a\r\nb',
  '::1\r\nHost: x',
  '1.2.3',
  '1.2.3.400',
  '1.2.3.4.5',
  '12345',
  'a'.repeat(64),
  `${'a.'.repeat(127)}aa`,
  `${'ä.'.repeat(100)}example`,
]) {
  test(`no host: ${JSON.stringify(text.slice(0, 40))}`, () => assert.equal(isHost(text), false))
}

test('a port is a whole number from 1 to 65535', () => {
  assert.deepEqual([1, 443, 65_535].map(isPort), [true, true, true])
  assert.deepEqual([0, -1, 65_536, 1.5, Number.NaN].map(isPort), new Array(5).fill(false))
})
