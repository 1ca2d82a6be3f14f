import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitSession } from './fit-session.ts'
import { PRODUCTION } from './server/telegram.ts'
import type { Session } from './storage/session.ts'

function savedFor(name: string): Session {
  const server = { name, fingerprints: ['c3b42b026ce86b21'] }
  return { server, dcId: 2, dcs: {}, addresses: {}, userId: 1n, logoutTokens: [] }
}

test('a session of another server says which option was forgotten, if one was', () => {
  const forgotten: [string, RegExp][] = [
    [
      'http://127.0.0.1:10081',
      /Without the option `server` .* give \{ server: 'http:\/\/127\.0\.0\.1:10081' \}\.$/,
    ],
    ['test', /give \{ server: 'test' \}\.$/],
    ['127.0.0.1:10443', /give it the description of that server\.$/],
  ]
  for (const [name, message] of forgotten) {
    assert.throws(() => fitSession(savedFor(name), PRODUCTION, 'me.session', false), {
      code: 'SESSION_OTHER_SERVER',
      message,
    })
  }
  assert.throws(() => fitSession(savedFor('test'), PRODUCTION, 'me.session', true), {
    message: /Use another session for this one\.$/,
  })
})
