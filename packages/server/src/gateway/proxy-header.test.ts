import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProxyHeader } from './proxy-header.ts'

const SIGNATURE = '0d0a0d0a000d0a515549540a'
const V4 = 'cb007107' + 'c6336402' + 'd431' + '28cb'
const V6 = `20010db8${'00'.repeat(11)}07${'00'.repeat(10)}ffff${'c6336402'}d43128cb`

const header = (command: string, family: string, rest: string): Buffer =>
  Buffer.from(
    `${SIGNATURE}${command}${family}${(rest.length / 2).toString(16).padStart(4, '0')}${rest}`,
    'hex',
  )

test("a header gives the client's address in either family, with or without extensions", () => {
  const ipv4 = { ip: '203.0.113.7', localIp: '198.51.100.2' }
  assert.deepEqual(readProxyHeader(header('21', '11', V4)), { length: 28, addresses: ipv4 })
  assert.deepEqual(readProxyHeader(header('21', '11', `${V4}0300041234567804000101`)), {
    length: 39,
    addresses: ipv4,
  })
  const ipv6 = { ip: '2001:db8::7', localIp: '198.51.100.2' }
  assert.deepEqual(readProxyHeader(header('21', '21', V6)), { length: 52, addresses: ipv6 })
})

test('a local or unknown header names no client', () => {
  assert.deepEqual(readProxyHeader(header('20', '00', '')), { length: 16, addresses: undefined })
  assert.deepEqual(readProxyHeader(header('20', '11', V4)), { length: 28, addresses: undefined })
  assert.deepEqual(readProxyHeader(header('21', '00', '')), { length: 16, addresses: undefined })
})

test('a header is read once it is complete, and no further, however it is cut', () => {
  const whole = Buffer.concat([header('21', '11', V4), Buffer.from('more')])
  for (let length = 0; length < 28; length++)
    assert.equal(readProxyHeader(whole.subarray(0, length)), undefined)
  for (let length = 28; length <= whole.length; length++)
    assert.equal(readProxyHeader(whole.subarray(0, length))?.length, 28)
})

test('anything else is refused as soon as it shows', () => {
  const wrong: readonly (readonly [string, Buffer])[] = [
    ['version 1', Buffer.from('PROXY TCP4 203.0.113.7 198.51.100.2 54321 10443\r\n')],
    ['MTProto', Buffer.from('ef', 'hex')],
    ['another version', header('11', '11', V4)],
    ['another command', header('22', '11', V4)],
    ['UDP', header('21', '12', V4)],
    ['a UNIX socket', header('21', '31', '00'.repeat(216))],
    ['too short', header('21', '11', V4.slice(2))],
    ['too long', header('21', '11', V4 + '00'.repeat(5000))],
    ['an extension cut off', header('21', '11', `${V4}0300`)],
    ['an extension longer than the header', header('21', '11', `${V4}03000512345678`)],
  ]
  for (const [name, bytes] of wrong) {
    assert.throws(() => readProxyHeader(bytes), { code: 'PROXY_HEADER_INVALID' }, name)
  }
  assert.throws(() => readProxyHeader(Buffer.from('0d0b', 'hex')), { code: 'PROXY_HEADER_INVALID' })
})
