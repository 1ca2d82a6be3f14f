import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { pino } from 'pino'
import type { Inbox } from '../courier/index.ts'
import type { InboxEntry } from '../courier/port.ts'
import { Faults } from '../rpc/faults.ts'
import { WatchedCalls } from '../rpc/watched-calls.ts'
import { listAudit } from '../rules/accounts/audit.ts'
import { createAccount } from '../rules/passwords/new-accounts.ts'
import { createWorld } from '../rules/test-world.ts'
import { createConsole } from './app.ts'
import { listenConsole } from './listener.ts'
import type { OnConsole } from './on-console.ts'
import { personNamed } from './people/people.ts'

const ENTRY: InboxEntry = {
  id: '7',
  phone: '+9996621234',
  code: '22222',
  channel: 'sms',
  type: 'auth.sentCodeTypeSms',
  phoneCodeHash: 'hash',
  to: '+9996621234',
  text: 'Your code is 22222',
  sentAtS: 1_700_000_000,
  expiresAtS: 1_700_000_300,
  state: 'active',
}

const INBOX: Inbox = {
  courier: { send: async () => ({ kind: 'accepted', reference: '' }) },
  list: async (phone) => (phone === undefined || phone === '9996621234' ? [ENTRY] : []),
  wait: async ({ phone }) => (phone === '9996621234' ? ENTRY : undefined),
  onEntry: () => () => undefined,
}

async function onConsole(changes: Partial<OnConsole> = {}): Promise<OnConsole> {
  const { rules, clock } = await createWorld()
  return {
    ...rules,
    clock,
    testClock: false,
    closing: new AbortController().signal,
    inbox: INBOX,
    gateway: {
      faults: new Faults(),
      watchedCalls: new WatchedCalls(),
      isHere: () => false,
      toldEnds: async () => undefined,
      connections: () => [],
      sizes: () => ({}),
      dcs: [],
      setClockAhead: () => undefined,
      close: async () => undefined,
    },
    info: async () => ({
      dcs: [{ id: 2, host: '127.0.0.1', port: 1, wsUrl: 'ws://127.0.0.1:1/apiws' }],
      publicKeys: [],
      apps: [],
      console: 'http://127.0.0.1:1',
      layer: 228,
      version: '0.0.0',
    }),
    advanceClock: async () => undefined,
    nodes: () => undefined,
    metrics: async () => 'up 1\n',
    backUp: async () => ({ file: '/data/backups/1/cablegram.db' }),
    reset: async () => undefined,
    ...changes,
  }
}

const silent = pino({ level: 'silent' })

async function consoleOf(options: { token?: string; on?: OnConsole } = {}) {
  const app = createConsole({
    host: '127.0.0.1',
    token: options.token,
    on: options.on ?? (await onConsole()),
    logger: silent,
    version: '0.0.0',
  })
  return async (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) => {
    const headers = { host: '127.0.0.1:10081', ...init.headers }
    const response = await app.request(path, { ...init, headers })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
  }
}

const json = { 'content-type': 'application/json' }

describe('console API', () => {
  it('lists the codes of a phone number given in any form', async () => {
    const ask = await consoleOf()
    assert.deepEqual((await ask('/api/codes?phone=%2B999-66-21234')).body, { codes: [ENTRY] })
    assert.deepEqual((await ask('/api/codes?phone=1')).body, { codes: [] })
  })

  it('answers a wait with the entry, or with 204 if none came', async () => {
    const ask = await consoleOf()
    assert.deepEqual((await ask('/api/codes/wait?phone=9996621234&timeoutMs=1')).body, ENTRY)
    const none = await ask('/api/codes/wait?phone=1&timeoutMs=1')
    assert.equal(none.status, 204)
    assert.equal(none.body, '')
  })

  it('creates an app and names the wrong field of a bad request', async () => {
    const ask = await consoleOf()
    const made = await ask('/api/apps', { method: 'POST', headers: json, body: '{"title":" Mine "}' })
    assert.equal(made.status, 201)
    assert.equal(made.body.title, 'Mine')
    const refused = await ask('/api/apps', { method: 'POST', headers: json, body: '{"title":5}' })
    assert.equal(refused.status, 400)
    assert.equal(refused.body.error.code, 'REQUEST_INVALID')
    assert.match(refused.body.error.message, /title/)
    assert.equal(typeof refused.body.error.next, 'string')
  })

  it('accepts an app with a valid api_id and api_hash of its own', async () => {
    const ask = await consoleOf()
    const put = (apiId: string, apiHash: string) =>
      ask(`/api/apps/${apiId}`, {
        method: 'PUT',
        headers: json,
        body: JSON.stringify({ title: 'Desktop', apiHash }),
      })
    const taken = await put('17349', 'b'.repeat(32))
    assert.deepEqual([taken.status, taken.body.apiId, taken.body.title], [200, 17349, 'Desktop'])
    assert.match((await put('17349', 'b'.repeat(31))).body.error.message, /apiHash/)
    assert.equal((await put('2147483648', 'b'.repeat(32))).status, 400)
  })

  it('says 404 for what does not exist and 204 for what it deleted', async () => {
    const on = await onConsole()
    const { id } = await createAccount(on, { phone: '+9996621234', firstName: 'Ada' })
    const ask = await consoleOf({ on })
    assert.equal((await ask('/nothing')).body.error.code, 'NOT_FOUND')
    assert.equal((await ask('/api/users/2', { method: 'DELETE' })).body.error.code, 'USER_NOT_FOUND')
    assert.equal((await ask(`/api/users/${id}`, { method: 'DELETE' })).status, 204)
    const change = await ask('/api/apps/9', { method: 'PATCH', headers: json, body: '{}' })
    assert.equal(change.body.error.code, 'APP_NOT_FOUND')
    const user = await ask('/api/users/9', { method: 'PATCH', headers: json, body: '{"password":null}' })
    assert.deepEqual([user.status, user.body.error.code], [404, 'USER_NOT_FOUND'])
  })

  it('sets, shows and removes rules for phone numbers given in any form', async () => {
    const ask = await consoleOf()
    const body = '{"rule":"channels","channels":["smsWord","call"]}'
    const put = await ask('/api/phone-rules/%2B999-66', { method: 'PUT', headers: json, body })
    assert.deepEqual(put.body, { digits: '99966', rule: 'channels', channels: ['smsWord', 'call'] })
    await ask('/api/phone-rules/999', { method: 'PUT', headers: json, body: '{"rule":"ban"}' })
    assert.deepEqual((await ask('/api/phone-rules/999')).body, { digits: '999', rule: 'ban' })
    assert.equal((await ask('/api/phone-rules/9')).body.error.code, 'PHONE_RULE_NOT_FOUND')
    const { rules } = (await ask('/api/phone-rules')).body
    assert.deepEqual(
      rules.map(({ digits }: { digits: string }) => digits),
      ['999', '99966'],
    )
    assert.equal((await ask('/api/phone-rules/999', { method: 'DELETE' })).status, 204)
    assert.equal((await ask('/api/phone-rules/9', { method: 'DELETE' })).status, 404)
    for (const bad of [
      '{"rule":"allow"}',
      '{"rule":"migrate","dc":0}',
      '{"rule":"channels","channels":["owl"]}',
    ]) {
      const refused = await ask('/api/phone-rules/9', { method: 'PUT', headers: json, body: bad })
      assert.equal(refused.body.error.code, 'REQUEST_INVALID', bad)
    }
  })

  it('refuses a path or a query with a broken percent encoding', async () => {
    const on = await onConsole()
    const ask = await consoleOf({ on })
    const body = '{"rule":"ban"}'
    for (const broken of ['%E0%A4%A', '%', '99%', '%4', '%zz9', '%ff9', '%C3%28', '9%ED%A0%80']) {
      const requests: [string, RequestInit & { headers?: Record<string, string> }][] = [
        [`/api/phone-rules/${broken}`, { method: 'PUT', headers: json, body }],
        [`/api/phone-rules/${broken}`, { method: 'DELETE' }],
        [`/api/payments/${broken}`, { method: 'POST' }],
        [`/api/codes?phone=${broken}`, {}],
      ]
      for (const [path, init] of requests) {
        const refused = await ask(path, init)
        assert.deepEqual([refused.status, refused.body.error?.code], [400, 'REQUEST_INVALID'], path)
        assert.match(refused.body.error.message, /percent sign/)
      }
    }
    assert.deepEqual(await listAudit(on, { limit: 9 }), [])
  })

  it('refuses a name of invisible characters', async () => {
    const ask = await consoleOf()
    for (const unseen of ['\u0000', '\u200b', ' \u00ad ', '\u2800', '\u3164', '\ufeff\u202e', '\u001b']) {
      for (const names of [{ firstName: unseen }, { firstName: 'Ada', lastName: unseen }]) {
        const body = JSON.stringify({ phone: '+9996621234', ...names })
        const refused = await ask('/api/users', { method: 'POST', headers: json, body })
        assert.deepEqual([refused.status, refused.body.error.code], [400, 'REQUEST_INVALID'], body)
        assert.match(refused.body.error.message, /(first|last)Name has to be text of .* not all invisible/)
      }
    }
    assert.deepEqual((await ask('/api/users')).body, { users: [] })
  })

  it('hides the inbox if it is turned off', async () => {
    const ask = await consoleOf({ on: await onConsole({ inbox: undefined }) })
    const refused = await ask('/api/codes')
    assert.equal(refused.status, 404)
    assert.equal(refused.body.error.code, 'INBOX_OFF')
  })

  it('does not reveal the cause of a failure', async () => {
    const on = await onConsole()
    const decide = async () => {
      throw new Error('a secret the caller must not see')
    }
    const ask = await consoleOf({ on: { ...on, store: { ...on.store, decide } } })
    const body = '{"phone":"+9996621234","firstName":"A"}'
    const failed = await ask('/api/users', { method: 'POST', headers: json, body })
    assert.equal(failed.status, 500)
    assert.doesNotMatch(JSON.stringify(failed.body), /secret/)
  })

  it('describes every route in its OpenAPI document', async () => {
    const { body } = await (await consoleOf())('/openapi.json')
    assert.equal(body.openapi, '3.1.0')
    assert.deepEqual(Object.keys(body.paths['/api/apps/{apiId}'].patch.responses).sort(), [
      '200',
      '400',
      '401',
      '403',
      '404',
      '413',
      '415',
      '503',
    ])
    assert.ok(body.paths['/metrics'].get.responses['200'].content['text/plain'])
    const waitParameters = body.paths['/api/codes/wait'].get.parameters
    assert.deepEqual(
      waitParameters.map((parameter: { name: string }) => parameter.name),
      ['phone', 'afterId', 'afterS', 'timeoutMs'],
    )
  })
})

describe('console guard', () => {
  it('refuses another Host, so that a rebound name reads nothing', async () => {
    const ask = await consoleOf()
    for (const host of ['evil.example:10081', '', '127.0.0.1.evil.example', 'localhost.evil.example']) {
      assert.equal((await ask('/api/codes', { headers: { host } })).status, 403, host)
    }
    for (const host of ['localhost:10081', '[::1]:10081', '127.0.0.1']) {
      assert.equal((await ask('/api/codes', { headers: { host } })).status, 200, host)
    }
  })

  it('answers under any host name to a caller with the token', async () => {
    const ask = await consoleOf({ token: 'sesame' })
    const asAt = (token: string) => ({ host: 'cablegram:10081', authorization: `Bearer ${token}` })
    assert.equal((await ask('/api/codes', { headers: asAt('sesame') })).status, 200)
    assert.equal((await ask('/api/codes', { headers: asAt('wrong') })).status, 403)
    assert.equal((await ask('/healthz', { headers: { host: 'cablegram:10081' } })).status, 403)
  })

  it('refuses another Origin and gives no CORS headers', async () => {
    const ask = await consoleOf()
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:9', 'https://127.0.0.1:10081']) {
      const refused = await ask('/api/codes', { headers: { origin } })
      assert.equal(refused.status, 403, origin)
      assert.equal(refused.headers.get('access-control-allow-origin'), null)
    }
    assert.equal((await ask('/api/codes', { headers: { origin: 'http://127.0.0.1:10081' } })).status, 200)
  })

  it('requires the token everywhere except on the page and the health check', async () => {
    const ask = await consoleOf({ token: 'sesame' })
    assert.equal((await ask('/server.json')).status, 401)
    assert.equal((await ask('/server.json', { headers: { authorization: 'Bearer wrong' } })).status, 401)
    assert.equal((await ask('/server.json', { headers: { authorization: 'Bearer sesame' } })).status, 200)
    assert.equal((await ask('/healthz')).status, 200)
    assert.equal((await ask('/')).status, 200)
  })

  it('reads only JSON bodies, and only small ones', async () => {
    const ask = await consoleOf()
    const form = { 'content-type': 'text/plain', 'content-length': '13' }
    assert.equal(
      (await ask('/api/apps', { method: 'POST', headers: form, body: '{"title":"a"}' })).status,
      415,
    )
    const large = JSON.stringify({ title: 'a'.repeat(70_000) })
    const headers = { ...json, 'content-length': String(large.length) }
    assert.equal((await ask('/api/apps', { method: 'POST', headers, body: large })).status, 413)
    assert.equal((await ask('/api/apps', { method: 'POST', headers: json, body: '{' })).status, 400)
  })

  it('allows the page no other origins', async () => {
    const page = await (await consoleOf())('/')
    const policy = page.headers.get('content-security-policy') ?? ''
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /script-src 'sha256-/)
    assert.doesNotMatch(page.body, /https?:\/\/|innerHTML/)
  })
})

describe('console listener', () => {
  it('ends waiting requests when it closes', async () => {
    const told = new EventEmitter()
    const [begun, aborted] = [once(told, 'begun'), once(told, 'aborted')]
    const waiting = await onConsole({
      inbox: {
        ...INBOX,
        wait: ({ signal }) =>
          new Promise((resolve) => {
            signal?.addEventListener('abort', () => {
              told.emit('aborted')
              resolve(undefined)
            })
            told.emit('begun')
          }),
      },
    })
    const options = { host: '127.0.0.1', token: undefined, on: waiting, logger: silent, version: '0' }
    const listener = await listenConsole({ ...options, port: 0 })
    const request = httpRequest({ host: '127.0.0.1', port: listener.port, path: '/api/codes/wait' })
    const ended = new Promise((resolve) => request.on('error', resolve).on('close', resolve))
    request.end()
    await begun
    await listener.close()
    await ended
    await aborted
  })

  it('closes a connection whose head or body trickles in', async (t) => {
    const timeouts = { headMs: 50, requestMs: 100, checkMs: 10 }
    const options = {
      host: '127.0.0.1',
      token: undefined,
      on: await onConsole(),
      logger: silent,
      version: '0',
    }
    const listener = await listenConsole({ ...options, port: 0, timeouts })
    t.after(() => listener.close())
    const begun = [
      'GET /api/codes HTTP/1.1\r\n',
      'POST /api/apps HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n',
    ]
    for (const start of begun) {
      const socket = connect({ port: listener.port, host: '127.0.0.1' })
      let received = ''
      socket.on('data', (chunk) => {
        received += chunk.toString()
      })
      socket.on('error', () => undefined)
      socket.write(start)
      const dripping = setInterval(() => socket.write('x'), 10)
      // A write after the server's end may be answered with a reset, which `once` would treat as a failure.
      await new Promise((resolve) => socket.once('close', resolve))
      clearInterval(dripping)
      assert.match(received, /HTTP\/1\.1 408 |^$/)
    }
  })
})

it('a store that cannot be asked is no reason to say that nobody has a name', async () => {
  const on = await onConsole()
  await assert.rejects(personNamed(on, '@nobody'), { code: 'PERSON_NOT_FOUND' })
  await on.store.close()
  await assert.rejects(personNamed(on, '@nobody'), (error: Error) => !('next' in error))
})
