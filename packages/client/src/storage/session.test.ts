import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SessionError } from './errors.ts'
import { memorySession } from './memory.ts'
import {
  decodeSession,
  decodeStringSession,
  encodeSession,
  encodeStringSession,
  renewLogoutTokens,
  type Session,
} from './session.ts'

const session: Session = {
  server: { name: 'http://127.0.0.1:10081', fingerprints: ['d09d1d85de64fd85'] },
  dcId: 2,
  userId: 2n ** 62n,
  dcs: {
    2: {
      authKey: Uint8Array.from({ length: 256 }, (_, index) => index),
      timeOffsetMs: -1500,
      salts: [{ salt: -(2n ** 63n), validSinceS: 1, validUntilS: 1801 }],
    },
    3: { authKey: new Uint8Array(256), timeOffsetMs: 0, salts: [], loginOf: 2n ** 62n },
  },
  addresses: {
    3: { host: '127.0.0.1', port: 10445 },
    4: {
      host: '127.0.0.1',
      port: 10446,
      obfuscation: {},
      others: [
        { host: '::1', port: 1, obfuscation: { secret: new Uint8Array(16).fill(9) }, isStatic: true },
        { host: '::2', port: 2, isForFiles: true },
      ],
    },
  },
  logoutTokens: [
    { token: new Uint8Array([1, 2, 3]), userId: 2n ** 62n },
    { token: new Uint8Array([4]), userId: undefined },
  ],
}

function errorOf(action: () => unknown): SessionError {
  try {
    action()
  } catch (error) {
    assert.ok(error instanceof SessionError)
    return error
  }
  assert.fail('no error')
}

test('a session survives its JSON', () => {
  assert.deepEqual(decodeSession(encodeSession(session), 'x'), session)
})

test('a session written before there were several data centres is readable', () => {
  const { addresses: _, ...old } = JSON.parse(encodeSession(session))
  assert.deepEqual(decodeSession(JSON.stringify(old), 'x'), { ...session, addresses: {} })
})

test('a session of version 1 is readable although its tokens do not name their account', () => {
  const old = { ...JSON.parse(encodeSession(session)), version: 1, logoutTokens: ['AQID'] }
  const logoutTokens = [{ token: new Uint8Array([1, 2, 3]), userId: undefined }]
  assert.deepEqual(decodeSession(JSON.stringify(old), 'x'), { ...session, logoutTokens })
})

test('an account has one token, and the oldest of more than twenty is dropped', () => {
  const [token, newer] = [new Uint8Array([1]), new Uint8Array([2])]
  const one = renewLogoutTokens([], 7n, token)
  assert.deepEqual(renewLogoutTokens(one, 7n, newer), [{ token: newer, userId: 7n }])
  assert.deepEqual(renewLogoutTokens(one, 7n, undefined), [], 'spent')
  assert.deepEqual(renewLogoutTokens(one, 8n, undefined), one)
  const unknown = renewLogoutTokens(one, undefined, newer)
  assert.deepEqual(unknown, [...one, { token: newer, userId: undefined }])
  let many = one
  for (let id = 8n; id < 28n; id += 1n) many = renewLogoutTokens(many, id, newer)
  assert.deepEqual([many.length, many[0]?.userId], [20, 8n])
})

test('a pending login is kept unchanged, and a damaged one is reported', () => {
  const pending: Session = { ...session, pendingLogin: { version: 1, state: { at: 'waitCode', list: [1] } } }
  assert.deepEqual(decodeSession(encodeSession(pending), 'x'), pending)
  const damaged = encodeSession(pending).replace(/"pendingLogin": \{/, '"pendingLogin": 5, "x": {')
  assert.equal(errorOf(() => decodeSession(damaged, 'x')).code, 'SESSION_CORRUPT')
})

test('a session without a login survives its JSON', () => {
  const fresh: Session = { ...session, userId: undefined, dcs: {}, logoutTokens: [] }
  assert.deepEqual(decodeSession(encodeSession(fresh), 'x'), fresh)
})

test('the string form is 1 and base64url of the JSON', () => {
  const text = encodeStringSession(session)
  assert.match(text, /^1[A-Za-z0-9_-]+$/)
  assert.equal(decodeStringSession(text), Buffer.from(text.slice(1), 'base64url').toString())
  assert.equal(decodeStringSession(text), encodeSession(session))
})

test('a memory session starts from a string session', async () => {
  const text = await memorySession(encodeStringSession(session)).open()
  assert.equal(text, encodeSession(session))
})

test('an error says when a session comes from a newer version', () => {
  const error = errorOf(() => decodeSession('{"version":3,"anything":"else"}', 'me.session'))
  assert.equal(error.code, 'SESSION_VERSION')
  assert.match(error.message, /me\.session.*newer/)
  assert.equal(errorOf(() => decodeStringSession('2abc')).code, 'SESSION_VERSION')
})

test('damage is reported with its place and without the content', () => {
  const damaged = encodeSession(session).replace('"authKey": "AAEC', '"authKey": "*secret*')
  const error = errorOf(() => decodeSession(damaged, 'me.session'))
  assert.equal(error.code, 'SESSION_CORRUPT')
  assert.match(error.message, /me\.session is damaged: dcs\.2\.authKey/)
  assert.doesNotMatch(error.message, /secret/)
})

test('a file of something else is no session, and is not called damaged', () => {
  for (const text of ['# Read me', '{"name":"app","version":"1.0.0"}']) {
    const { code, message } = errorOf(() => decodeSession(text, 'README.md'))
    assert.equal(code, 'SESSION_CORRUPT')
    assert.match(message, /^README\.md is no session of Cablegram, and was not changed\. Name another file/)
  }
})

test('a session cut short anywhere is an error and nothing else', () => {
  const text = encodeSession(session).trimEnd()
  for (let length = 0; length < text.length; length += 7) {
    assert.equal(errorOf(() => decodeSession(text.slice(0, length), 'x')).code, 'SESSION_CORRUPT')
  }
})

test('a missing field is an error', () => {
  for (const field of ['version', 'server', 'dcId', 'dcs', 'userId', 'logoutTokens']) {
    const value = JSON.parse(encodeSession(session))
    delete value[field]
    assert.equal(errorOf(() => decodeSession(JSON.stringify(value), 'x')).code, 'SESSION_CORRUPT', field)
  }
})

test('text that is not a string session is reported', () => {
  assert.equal(errorOf(() => decodeStringSession('hello')).code, 'SESSION_CORRUPT')
  assert.equal(errorOf(() => decodeStringSession('1***')).code, 'SESSION_CORRUPT')
})
