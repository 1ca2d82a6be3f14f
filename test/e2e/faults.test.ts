// Own process: it waits long.
/** Faults on demand, over the wire: what a client sees of each, and which requests it applies to. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, RpcError, TelegramClient, TransportError } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { encodeRequest } from '@cablegram/tl/api'
import { sendCode, TEST_CODE, testPhone } from './logins.ts'
import { OldConnection, u32 } from './old-wire.ts'

const open: { close(): Promise<void> | void }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', testClock: true })
  open.push(server)
  return server
}

function connect(
  server: CablegramServer,
  options: { session?: string; timeoutMs?: number } = {},
): TelegramClient {
  const { session, timeoutMs = 10_000 } = options
  const client = new TelegramClient(memorySession(session), { server: server.info, timeoutMs })
  open.push(client)
  return client
}

async function signedIn(server: CablegramServer, phone: string): Promise<TelegramClient> {
  const client = connect(server)
  await client.start({
    phone: async () => phone,
    code: async () => TEST_CODE,
    name: async () => ({ firstName: 'Ada' }),
    password: async () => assert.fail('asked for a password'),
  })
  return client
}

const FLOOD = { code: 420, type: 'FLOOD_WAIT_30' }

test('an error fault applies exactly as often as given, however many requests arrive at once', async () => {
  const server = await start()
  const client = connect(server)
  server.faults.add({ method: 'help.getNearestDc', error: FLOOD, times: 5 })
  const results = await Promise.allSettled(Array.from({ length: 64 }, () => client.help.getNearestDc()))
  const refused = results.filter(({ status }) => status === 'rejected')
  assert.equal(refused.length, 5)
  for (const result of refused) {
    assert.ok(result.status === 'rejected' && result.reason instanceof RpcError)
    const { code, type, argument, method } = result.reason
    assert.deepEqual(
      { code, type, argument, method },
      { code: 420, type: 'FLOOD_WAIT', argument: 30, method: 'help.getNearestDc' },
    )
  }
  assert.deepEqual(server.faults.list(), [])
})

test('a fault without times lasts until it is removed', async () => {
  const server = await start()
  const client = connect(server)
  const { id } = server.faults.add({ error: { code: -500, type: 'No workers running' } })
  for (let count = 0; count < 3; count++) {
    await assert.rejects(client.help.getNearestDc(), { code: -500, message: 'No workers running' })
  }
  assert.equal(server.faults.remove(id), true)
  assert.equal(server.faults.remove(id), false)
  await client.help.getNearestDc()
})

test('the oldest matching fault applies before the method runs', async () => {
  const server = await start()
  const client = connect(server)
  const phone = testPhone(1)
  server.faults.add({ method: 'auth.sendCode', error: FLOOD, times: 1 })
  server.faults.add({ method: 'auth.sendCode', error: { code: 500, type: 'AUTH_RESTART' }, times: 1 })
  await assert.rejects(sendCode(client, server.info, phone), { type: 'FLOOD_WAIT' })
  await assert.rejects(sendCode(client, server.info, phone), { type: 'AUTH_RESTART' })
  await assert.rejects(server.codes.waitFor(phone, { timeoutMs: 1 }), { code: 'CODE_TIMEOUT' })
  await sendCode(client, server.info, phone)
})

test('a fault applies to methods that are not built, before and after signing in', async () => {
  const server = await start()
  const anonymous = connect(server)
  const user = await signedIn(server, testPhone(2))
  const call = (client: TelegramClient) => client.phone.getCallConfig()
  await assert.rejects(call(anonymous), { code: 401 })
  await assert.rejects(call(user), { type: 'METHOD_NOT_IMPLEMENTED' })
  server.faults.add({ method: 'phone.getCallConfig', error: FLOOD })
  await assert.rejects(call(anonymous), { type: 'FLOOD_WAIT' })
  await assert.rejects(call(user), { type: 'FLOOD_WAIT' })
})

test('a fault applies under an unbound temporary key and before initConnection', async () => {
  const server = await start()
  const [[dc], [key]] = [server.info.dcs, server.info.publicKeys]
  assert.ok(dc && key)
  const peer = new OldConnection(dc, 3600)
  open.push(peer)
  await peer.open(key.pem, key.fingerprint)
  const getState = encodeRequest({ _: 'updates.getState' })
  await assert.rejects(peer.call(getState), { message: 'CONNECTION_NOT_INITED' })
  server.faults.add({ method: 'updates.getState', error: FLOOD, times: 1 })
  await assert.rejects(peer.call(getState), { code: 420, message: 'FLOOD_WAIT_30' })
  server.faults.add({ error: FLOOD, times: 1 })
  await assert.rejects(peer.call(u32(0x0badf00d)), { message: 'FLOOD_WAIT_30' })
  assert.deepEqual(server.faults.list(), [])
})

test('a fault for a number matches the number in the request or of the login', async () => {
  const server = await start()
  const [one, other] = [await signedIn(server, testPhone(3)), await signedIn(server, testPhone(4))]
  server.faults.add({ phone: testPhone(3), error: FLOOD })
  await assert.rejects(one.help.getNearestDc(), { type: 'FLOOD_WAIT' })
  await other.help.getNearestDc()
  await assert.rejects(sendCode(other, server.info, '99966 2 0003'), { type: 'FLOOD_WAIT' })
  await sendCode(one, server.info, testPhone(5))
})

test('a fault can apply to one connection', async () => {
  const server = await start()
  const [one, other] = [await signedIn(server, testPhone(6)), connect(server)]
  await other.help.getNearestDc()
  const connections = await server.connections()
  assert.deepEqual(
    connections.map(({ phone, transport }) => [phone, transport]).sort(),
    [
      ['+9996620006', 'tcp'],
      [undefined, 'tcp'],
    ].sort(),
  )
  const connectionId = connections.find(({ phone }) => phone !== undefined)?.id
  server.faults.add({ connectionId, method: 'help.getNearestDc', error: FLOOD })
  await assert.rejects(one.help.getNearestDc(), { type: 'FLOOD_WAIT' })
  await other.help.getNearestDc()
})

test('−404 makes the client create a new temporary key and continue', async () => {
  const server = await start()
  const client = connect(server)
  await client.help.getNearestDc()
  server.faults.add({ method: 'help.getNearestDc', transport: -404, times: 1 })
  await client.help.getNearestDc()
  assert.deepEqual(server.faults.list(), [])
})

test('−429 makes the client return later, and the request runs then', async () => {
  const server = await start()
  const client = connect(server)
  const phone = testPhone(7)
  await client.help.getNearestDc()
  server.faults.add({ method: 'auth.sendCode', transport: -429, times: 1 })
  await sendCode(client, server.info, phone)
  assert.equal((await server.codes.waitFor(phone)).code, TEST_CODE)
})

test('−444 tells the client that it called the wrong data centre', async () => {
  const server = await start()
  const client = connect(server)
  await client.help.getNearestDc()
  server.faults.add({ method: 'help.getNearestDc', transport: -444, times: 1 })
  await assert.rejects(client.help.getNearestDc(), (error) => {
    assert.ok(error instanceof TransportError, String(error))
    assert.equal(error.transportCode, -444)
    return true
  })
})

test('a broken connection lets the request run on the next one', async () => {
  const server = await start()
  const client = connect(server)
  await client.help.getNearestDc()
  const [before] = await server.connections()
  server.faults.add({ method: 'auth.sendCode', close: true, times: 1 })
  await sendCode(client, server.info, testPhone(8))
  const [now] = await server.connections()
  assert.notEqual(now?.id, before?.id)
})

test('a wrong salt resends the request and comes to an end, with times and without', async () => {
  const server = await start()
  const client = connect(server)
  const { id } = server.faults.add({ method: 'auth.sendCode', badSalt: true })
  for (const index of [9, 10]) await sendCode(client, server.info, testPhone(index))
  assert.equal(server.faults.remove(id), true)
  server.faults.add({ method: 'auth.sendCode', badSalt: true, times: 3 })
  await sendCode(client, server.info, testPhone(11))
  assert.deepEqual(server.faults.list(), [])
})

test('a withheld answer is given to the repeated signIn', async () => {
  const server = await start()
  const phone = testPhone(12)
  await server.users.create({ phone, firstName: 'Ada' })
  const client = connect(server)
  const sent = await sendCode(client, server.info, phone)
  server.faults.add({ method: 'auth.signIn', drop: true, times: 1 })
  const lost = client.call('auth.signIn', { ...sent, phoneCode: TEST_CODE }, { timeoutMs: 300 })
  await assert.rejects(lost, { code: 'CALL_TIMEOUT' })
  assert.equal((await client.auth.signIn({ ...sent, phoneCode: TEST_CODE }))._, 'auth.authorization')
  assert.equal((await server.users.list(phone.slice(1)))[0]?.sessions.length, 1)
})

test('a client whose answer is lost with its connection is told so when it resends', async () => {
  const server = await start()
  for (const transport of ['tcp', 'websocket', 'http'] as const) {
    const client = new TelegramClient(memorySession(), { server: server.info, transport })
    open.push(client)
    await client.help.getNearestDc()
    server.faults.add({ method: 'help.getNearestDc', drop: true, close: true, times: 1 })
    await assert.rejects(client.help.getNearestDc(), { code: 500, type: 'RPC_ANSWER_LOST' }, transport)
  }
})

test('a key reported as duplicated loses its login', async () => {
  const server = await start()
  const client = await signedIn(server, testPhone(13))
  server.faults.add({ method: 'updates.getState', duplicateKey: true, times: 1 })
  await assert.rejects(client.updates.getState(), { code: 406, type: 'AUTH_KEY_DUPLICATED' })
  assert.deepEqual((await server.users.list('9996620013'))[0]?.sessions, [])
})

test('a delay holds back the request, and ends', async () => {
  const server = await start()
  const client = connect(server)
  await client.help.getNearestDc()
  server.faults.add({ method: 'help.getNearestDc', delayMs: 3_600_000, times: 1 })
  const held = client.help.getNearestDc().then(
    () => 'answered',
    () => 'lost',
  )
  while (server.faults.list().length > 0) await client.help.getConfig()
  assert.equal(await Promise.race([held, client.help.getConfig().then(() => 'another')]), 'another')
  server.faults.add({ method: 'help.getNearestDc', delayMs: 20, error: FLOOD, times: 1 })
  await assert.rejects(client.help.getNearestDc(), { type: 'FLOOD_WAIT' })
})

test('a closing server ends every delay', async () => {
  const server = await start()
  const client = connect(server)
  await client.help.getNearestDc()
  server.faults.add({ method: 'help.getNearestDc', delayMs: 60_000 })
  const delayed = client.help.getNearestDc()
  await client.help.getConfig()
  await server.close()
  assert.equal((await delayed).thisDc, 2)
})

test('faults apply over HTTP and WebSocket, too', async () => {
  const server = await start()
  for (const transport of ['http', 'websocket'] as const) {
    const client = new TelegramClient(memorySession(), { server: server.info, transport })
    open.push(client)
    await client.help.getNearestDc()
    for (const fault of [{ badSalt: true }, { close: true }, { transport: -404 }] as const) {
      server.faults.add({ ...fault, method: 'help.getNearestDc', times: 1 })
      await client.help.getNearestDc()
    }
    assert.ok((await server.connections()).some((connection) => connection.transport === transport))
  }
})

function errorIn(body: unknown): { code: string; next: string } {
  const none = { code: '', next: '' }
  return typeof body === 'object' && body !== null && 'error' in body
    ? { ...none, ...(body.error as object) }
    : none
}

test('a fault for an unknown method suggests the right name', async () => {
  const server = await start()
  const add = (method: string) => () => server.faults.add({ method, error: FLOOD })
  assert.throws(add('auth.sendcode'), { code: 'FAULT_INVALID', message: /Did you mean auth\.sendCode\?$/ })
  assert.throws(add('sendCode'), { message: /auth\.sendCode/ })
  assert.throws(add('auth.burn'), {
    message: /The methods are listed at https:\/\/core\.telegram\.org\/methods\.$/,
  })
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ method: 'auth.sendcode', error: FLOOD })
  const response = await fetch(`${server.info.console}/api/faults`, { method: 'POST', headers, body })
  assert.deepEqual(errorIn(await response.json()), {
    code: 'FAULT_INVALID',
    message: 'No layer has a method auth.sendcode.',
    next: 'Did you mean auth.sendCode?',
  })
})

test('the console refuses an invalid fault and says what to do', async () => {
  const server = await start()
  const ask = async (method: string, path: string, body?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
    const response = await fetch(`${server.info.console}${path}`, init)
    const answer: unknown = response.status === 204 ? undefined : await response.json()
    return { status: response.status, body: answer, error: errorIn(answer) }
  }
  const made = await ask('POST', '/api/faults', { method: 'auth.sendCode', error: FLOOD, times: 2 })
  assert.deepEqual([made.status, made.body], [201, { id: 1 }])
  assert.deepEqual((await ask('GET', '/api/faults')).body, {
    faults: [{ id: 1, method: 'auth.sendCode', error: FLOOD, times: 2 }],
  })
  assert.equal((await ask('DELETE', '/api/faults/1')).status, 204)
  const again = await ask('DELETE', '/api/faults/1')
  assert.deepEqual([again.status, again.error.code], [404, 'FAULT_NOT_FOUND'])
  const wrong: readonly (readonly [unknown, string])[] = [
    [{}, 'FAULT_INVALID'],
    [{ drop: false }, 'FAULT_INVALID'],
    [{ method: 'auth.sendcode', error: FLOOD }, 'FAULT_INVALID'],
    [{ method: 'invokeWithLayer', error: FLOOD }, 'FAULT_INVALID'],
    [{ error: FLOOD, close: true }, 'FAULT_INVALID'],
    [{ drop: true, error: FLOOD }, 'FAULT_INVALID'],
    [{ error: { code: 400 } }, 'REQUEST_INVALID'],
    [{ error: { code: 400, type: '' } }, 'REQUEST_INVALID'],
    [{ transport: -1 }, 'REQUEST_INVALID'],
    [{ drop: true, times: 0 }, 'REQUEST_INVALID'],
    [{ drop: true, times: 1.5 }, 'REQUEST_INVALID'],
    [{ drop: true, phone: '' }, 'REQUEST_INVALID'],
    [{ delayMs: -1 }, 'REQUEST_INVALID'],
    [{ drop: true, typo: 1 }, 'REQUEST_INVALID'],
  ]
  for (const [fault, code] of wrong) {
    const refused = await ask('POST', '/api/faults', fault)
    assert.deepEqual([refused.status, refused.error.code], [400, code], JSON.stringify(fault))
    assert.notEqual(refused.error.next, '')
  }
  const connections = await ask('GET', '/api/connections')
  assert.deepEqual([connections.status, connections.body], [200, { connections: [] }])
})
