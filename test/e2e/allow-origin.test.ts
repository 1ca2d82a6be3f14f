/** Pages of allowed origins may call the console; pages of other origins may not. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startServer } from '@cablegram/server'

const ORIGIN = 'http://localhost:3000'
const server = await startServer({ store: 'memory', allowOrigin: [ORIGIN, 'https://app.example.org'] })
after(() => server.close())

const ask = (path: string, origin: string, init: RequestInit = {}) =>
  fetch(`${server.info.console}${path}`, { ...init, headers: { ...init.headers, origin } })

test('a page of an allowed origin can read server.json and refusals', async () => {
  for (const [path, status] of [
    ['/server.json', 200],
    ['/api/users', 200],
    ['/api/users/7', 404],
  ] as const) {
    const response = await ask(path, ORIGIN)
    assert.equal(response.status, status)
    assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN)
    assert.equal(response.headers.get('vary'), 'Origin')
  }
})

test('a browser may send a pre-flight before JSON with a token', async () => {
  const asked = {
    'access-control-request-method': 'PUT',
    'access-control-request-headers': 'authorization, content-type',
    'access-control-request-private-network': 'true',
  }
  const allowed = await ask('/api/phone-rules/44', ORIGIN, { method: 'OPTIONS', headers: asked })
  assert.equal(allowed.status, 204)
  assert.match(allowed.headers.get('access-control-allow-methods') ?? '', /PUT/)
  assert.match(allowed.headers.get('access-control-allow-headers') ?? '', /authorization, content-type/)
  assert.equal(allowed.headers.get('access-control-allow-private-network'), 'true')
  const refused = await ask('/api/phone-rules/44', 'http://localhost:3001', {
    method: 'OPTIONS',
    headers: asked,
  })
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('access-control-allow-origin'), null)
})

test('an allowed origin still needs the token', async () => {
  await using guarded = await startServer({ store: 'memory', consoleToken: 'sesame', allowOrigin: [ORIGIN] })
  const read = (headers: Record<string, string>) =>
    fetch(`${guarded.info.console}/server.json`, { headers: { origin: ORIGIN, ...headers } })
  assert.equal((await read({})).status, 401)
  assert.equal((await read({ authorization: 'Bearer sesame' })).status, 200)
})

test('an origin may have no path and may not be a star', async () => {
  for (const origin of ['http://localhost:3000/', '*', 'localhost:3000', 'null', '']) {
    await assert.rejects(startServer({ allowOrigin: [origin] }), { code: 'ORIGIN_INVALID' }, origin)
  }
})
