import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveOptions } from './options.ts'

test('passkeys have a domain, and their origins are those of browsers and apps', () => {
  const passkeyOrigins = ['https://example.org', 'http://localhost:8080', 'android:apk-key-hash:AbC', '*']
  const options = { passkeyDomain: 'example.org', passkeyOrigins }
  assert.deepEqual(resolveOptions(options).passkeyOrigins, passkeyOrigins)
  const wrong = [
    { passkeyDomain: 'https://example.org' },
    { passkeyDomain: '' },
    { passkeyOrigins: ['example.org'] },
    { passkeyOrigins: ['https://example.org/'] },
  ]
  for (const options of wrong) {
    assert.throws(() => resolveOptions(options), { code: 'PASSKEY_SITE_INVALID' }, JSON.stringify(options))
  }
})

test('login e-mails have valid domains', () => {
  const { loginEmail } = resolveOptions({ loginEmail: { domains: [' Example.org'] } })
  assert.deepEqual(loginEmail, { domains: ['example.org'] })
  assert.throws(() => resolveOptions({ loginEmail: { domains: ['@example.org'] } }), {
    code: 'LOGIN_EMAIL_INVALID',
  })
})

test('an unknown option is refused with a suggestion', () => {
  const wrong: readonly (readonly [object, string])[] = [
    [{ testclock: true }, 'startServer has no option testclock. Did you mean testClock?'],
    [{ 'console-port': 0 }, 'startServer has no option console-port. Did you mean consolePort?'],
    [
      { colour: 'blue' },
      'startServer has no option colour. `npx cablegram docs guides/server-api` lists the options.',
    ],
  ]
  for (const [options, message] of wrong) {
    assert.throws(() => resolveOptions(options), { code: 'OPTION_UNKNOWN', message })
  }
})

test('a console token that no request can send is refused', () => {
  for (const consoleToken of ['', ' ', 'two words', 'line\n', 'sésame']) {
    assert.throws(() => resolveOptions({ consoleToken }), { code: 'CONSOLE_TOKEN_INVALID' }, consoleToken)
  }
  assert.equal(resolveOptions({ consoleToken: 'sesame' }).consoleToken, 'sesame')
})
