import assert from 'node:assert/strict'
import { test } from 'node:test'
import { proxyOf } from './proxy.ts'

const HEX = '00112233445566778899aabbccddeeff'
const BYTES = Buffer.from(HEX, 'hex')
const PADDED = Buffer.concat([Buffer.from([0xdd]), BYTES])
/** Bytes whose base64 has both characters that differ in base64url. */
const SLASHES = Buffer.from('fbefbefbefbefffffffbefbefbefbeff', 'hex')
const FAKE_TLS = Buffer.concat([Buffer.from([0xee]), BYTES, Buffer.from('example.org')])

for (const [what, secret, bytes] of [
  ['hexadecimal', HEX, BYTES],
  ['hexadecimal in capitals', HEX.toUpperCase(), BYTES],
  ['hexadecimal with dd', `dd${HEX}`, PADDED],
  ['hexadecimal with DD', `DD${HEX}`, PADDED],
  ['base64url', BYTES.toString('base64url'), BYTES],
  ['base64url with padding', `${BYTES.toString('base64url')}==`, BYTES],
  ['base64url with dd', PADDED.toString('base64url'), PADDED],
  ['base64url with dd and padding', `${PADDED.toString('base64url')}=`, PADDED],
  ['base64url with - and _', SLASHES.toString('base64url'), SLASHES],
  ['base64 with + and /', SLASHES.toString('base64'), SLASHES],
  ['base64 without padding', SLASHES.toString('base64').replace(/=+$/, ''), SLASHES],
] as const) {
  test(`a secret is accepted in ${what}, in every form of the option`, () => {
    const expected = { host: 'proxy.example.org', port: 443, secret: new Uint8Array(bytes) }
    const query = `server=proxy.example.org&port=443&secret=${encodeURIComponent(secret)}`
    const raw = `server=proxy.example.org&port=443&secret=${secret}`
    for (const option of [
      { host: 'proxy.example.org', port: 443, secret },
      `tg://proxy?${query}`,
      `tg:proxy?${query}`,
      `https://t.me/proxy?${query}`,
      `http://telegram.me/proxy?${query}`,
      `https://www.telegram.dog/proxy?${raw}`,
    ]) {
      const proxy = proxyOf(option)
      assert.deepEqual({ ...proxy, secret: new Uint8Array(proxy.secret) }, expected)
    }
  })
}

test('spaces around a secret and a link are ignored', () => {
  const secret = ` ${HEX}\n`
  assert.deepEqual([...proxyOf({ host: 'a', port: 1, secret }).secret], [...BYTES])
  assert.deepEqual([...proxyOf(` tg://proxy?server=a&port=1&secret=${HEX}\n`).secret], [...BYTES])
})

for (const [what, secret, message] of [
  ['ee in hexadecimal', FAKE_TLS.toString('hex'), /fake TLS .* comes later/],
  ['ee in base64url', FAKE_TLS.toString('base64url'), /fake TLS .* comes later/],
  ['nothing', '', /16 bytes/],
  ['15 bytes', HEX.slice(2), /16 bytes/],
  ['17 bytes that do not begin with dd', `aa${HEX}`, /the first is dd/],
  ['18 bytes', `dd${HEX}00`, /the first is dd/],
  ['an odd number of digits', HEX.slice(1), /16 bytes/],
  ['two alphabets at once', 'ABEiM0RVZneImaq7zN3u_+', /16 bytes/],
  ['padding that is too short', `${BYTES.toString('base64url')}=`, /16 bytes/],
  ['words', 'not a secret!', /16 bytes/],
  ['a kilobyte', 'ee'.repeat(1024), /16 bytes/],
] as const) {
  test(`a secret is refused and not repeated: ${what}`, () => {
    assert.throws(
      () => proxyOf({ host: 'a', port: 1, secret }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'MTPROXY_SECRET_INVALID')
        assert.match(error.message, message)
        assert.ok(secret === '' || !error.message.includes(secret))
        return true
      },
    )
  })
}

for (const link of [
  'tg://resolve?domain=a',
  'https://example.org/proxy?server=a&port=1&secret=x',
  'https://t.me/socks?server=a&port=1',
  `tg://proxy?port=443&secret=${HEX}`,
  `tg://proxy?server=a&secret=${HEX}`,
  `tg://proxy?server=a&port=70000&secret=${HEX}`,
  `tg://proxy?server=a&port=x&secret=${HEX}`,
  'proxy.example.org:443',
  '',
]) {
  test(`a link is refused and its secret not repeated: ${link}`, () => {
    assert.throws(
      () => proxyOf(link),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'MTPROXY_LINK_INVALID')
        assert.ok(!error.message.includes(HEX))
        return true
      },
    )
  })
}
