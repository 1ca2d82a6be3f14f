import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mtproxyOf, proxiesOf } from './proxy.ts'

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
  ['hexadecimal with ee', FAKE_TLS.toString('hex'), FAKE_TLS],
  ['base64url with ee', FAKE_TLS.toString('base64url'), FAKE_TLS],
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
      const proxy = mtproxyOf(option)
      assert.deepEqual({ ...proxy, secret: new Uint8Array(proxy.secret) }, expected)
    }
  })
}

test('spaces around a secret and a link are ignored', () => {
  const secret = ` ${HEX}\n`
  assert.deepEqual([...mtproxyOf({ host: 'a', port: 1, secret }).secret], [...BYTES])
  assert.deepEqual([...mtproxyOf(` tg://proxy?server=a&port=1&secret=${HEX}\n`).secret], [...BYTES])
})

for (const [what, secret, message] of [
  ['ee without a domain', `ee${HEX}`, /a domain of 1 to 182 characters/],
  ['ee with bytes that are no domain', `ee${HEX}00ff`, /a domain of 1 to 182 characters/],
  ['ee with a domain that is too long', `ee${HEX}${'61'.repeat(183)}`, /16 bytes/],
  ['nothing', '', /16 bytes/],
  ['15 bytes', HEX.slice(2), /16 bytes/],
  ['17 bytes that do not begin with dd', `aa${HEX}`, /dd and 16 bytes/],
  ['18 bytes', `dd${HEX}00`, /dd and 16 bytes/],
  ['an odd number of digits', HEX.slice(1), /16 bytes/],
  ['two alphabets at once', 'ABEiM0RVZneImaq7zN3u_+', /16 bytes/],
  ['padding that is too short', `${BYTES.toString('base64url')}=`, /16 bytes/],
  ['words', 'not a secret!', /16 bytes/],
  ['a kilobyte', 'ee'.repeat(1024), /16 bytes/],
] as const) {
  test(`a secret is refused and not repeated: ${what}`, () => {
    assert.throws(
      () => mtproxyOf({ host: 'a', port: 1, secret }),
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
  `tg://proxy?server=a%0d%0aX-Header:%201&port=1&secret=${HEX}`,
  'proxy.example.org:443',
  '',
]) {
  test(`a link is refused and its secret not repeated: ${link}`, () => {
    assert.throws(
      () => mtproxyOf(link),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'MTPROXY_LINK_INVALID')
        assert.ok(!error.message.includes(HEX))
        return true
      },
    )
  })
}

for (const [proxy, name] of [
  ['socks5://127.0.0.1', 'The SOCKS5 proxy at 127.0.0.1:1080'],
  ['socks5h://ada:p%40ss@proxy.example.org:9', 'The SOCKS5 proxy at proxy.example.org:9'],
  [' socks5://[::1]:1081/\n', 'The SOCKS5 proxy at [::1]:1081'],
  ['http://proxy.example.org', 'The HTTP proxy at proxy.example.org:80'],
  ['http://ada@10.0.0.1:3128', 'The HTTP proxy at 10.0.0.1:3128'],
  ['tg://socks?server=a&port=1&user=ada&pass=b', 'The SOCKS5 proxy at a:1'],
  ['https://t.me/socks?server=a&port=1', 'The SOCKS5 proxy at a:1'],
  [{ kind: 'socks5', host: '::1', port: 7 }, 'The SOCKS5 proxy at [::1]:7'],
  [{ kind: 'http', host: 'a', port: 7, user: 'ada', password: 'b' }, 'The HTTP proxy at a:7'],
] as const) {
  test(`the option proxy takes ${typeof proxy === 'string' ? proxy.trim() : JSON.stringify(proxy)}`, () => {
    const { tunnel, mtproxy } = proxiesOf({ proxy })
    assert.equal(tunnel?.name, name)
    assert.equal(mtproxy, undefined)
  })
}

test('a link to an MTProxy may stand in either option, and a tunnel may lead to one', () => {
  const link = `tg://proxy?server=a&port=1&secret=${HEX}`
  assert.deepEqual(proxiesOf({ proxy: link }), proxiesOf({ mtproxy: link }))
  const both = proxiesOf({ proxy: 'socks5://b', mtproxy: link })
  assert.equal(both.tunnel?.address?.host, 'b')
  assert.equal(both.mtproxy?.host, 'a')
  assert.throws(() => proxiesOf({ proxy: link, mtproxy: link }), { code: 'PROXY_INVALID' })
})

const PASSWORD = 'geheim'
for (const proxy of [
  `https://ada:${PASSWORD}@proxy.example.org`,
  `socks4://ada:${PASSWORD}@proxy.example.org`,
  `ada:${PASSWORD}@proxy.example.org:1080`,
  `socks5://ada:${PASSWORD}@proxy.example.org:0`,
  `socks5://ada:${PASSWORD.repeat(50)}@a`,
  `tg://socks?server=a%0d%0ab&port=1&user=ada&pass=${PASSWORD}`,
  `tg://socks?server=a&user=ada&pass=${PASSWORD}`,
  `tg://resolve?domain=${PASSWORD}`,
  `https://t.me/${PASSWORD}`,
  '127.0.0.1:1080',
]) {
  test(`the option proxy refuses ${proxy.slice(0, 60)}, and does not repeat a password`, () => {
    assert.throws(
      () => proxiesOf({ proxy }),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'PROXY_INVALID')
        assert.ok(!error.message.includes(PASSWORD))
        return true
      },
    )
  })
}
