import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { memorySession, RpcError, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type CodeEntry, startServer, type User } from '@cablegram/server'
import { TlReader } from '@cablegram/tl'
import { encodeRequest } from '@cablegram/tl/api'
import { freePort } from './free-port.ts'
import { beginMoment } from './moment.ts'

const PHONE = '+9996625555'
const CODE = '22222'

/** The console's answers, as far as these tests read them. */
interface ConsoleAnswer extends Partial<CodeEntry> {
  readonly codes?: readonly CodeEntry[]
  readonly users?: readonly User[]
  readonly error?: { readonly code: string }
}

type Run = (server: CablegramServer, client: TelegramClient) => Promise<void>

/** A server in memory and a client of it, both closed afterwards. */
async function withServer(run: Run): Promise<void> {
  const server = await startServer({ store: 'memory' })
  const client = new TelegramClient(memorySession(), { server: server.info })
  try {
    await run(server, client)
  } finally {
    await client.close()
    await server.close()
  }
}

function app(server: CablegramServer): { apiId: number; apiHash: string } {
  const [first] = server.info.apps
  assert.ok(first)
  return first
}

async function sendCode(server: CablegramServer, client: TelegramClient, phoneNumber = PHONE) {
  const { apiId, apiHash } = app(server)
  const sent = await client.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } })
  assert.ok(sent._ === 'auth.sentCode')
  return { phoneNumber, phoneCodeHash: sent.phoneCodeHash }
}

async function signUp(server: CablegramServer, client: TelegramClient): Promise<bigint> {
  const hash = await sendCode(server, client)
  const signedIn = await client.auth.signIn({ ...hash, phoneCode: CODE })
  assert.equal(signedIn._, 'auth.authorizationSignUpRequired')
  const authorization = await client.auth.signUp({ ...hash, firstName: 'Ada', lastName: 'L' })
  assert.ok(authorization._ === 'auth.authorization')
  return authorization.user.id
}

function refusal(code: number, message: string) {
  return (error: unknown) => error instanceof RpcError && error.code === code && error.message === message
}

describe('login over the wire', () => {
  it('signs up and signs in again from another client', () =>
    withServer(async (server, client) => {
      const hash = await sendCode(server, client)
      const entry = await server.codes.waitFor(PHONE)
      assert.deepEqual([entry.code, entry.phone, entry.type], [CODE, PHONE, 'auth.sentCodeTypeSms'])
      await assert.rejects(
        client.auth.signIn({ ...hash, phoneCode: '11111' }),
        refusal(400, 'PHONE_CODE_INVALID'),
      )
      await assert.rejects(client.users.getUsers({ id: [{ _: 'inputUserSelf' }] }), {
        code: 401,
        type: 'AUTH_KEY_UNREGISTERED',
      })
      const userId = await signUp(server, client)
      const other = new TelegramClient(memorySession(), { server: server.info })
      const again = await other.auth.signIn({ ...(await sendCode(server, other)), phoneCode: CODE })
      assert.ok(again._ === 'auth.authorization' && again.user.id === userId)
      const [self] = await other.users.getUsers({ id: [{ _: 'inputUserSelf' }] })
      assert.ok(self?._ === 'user' && self.firstName === 'Ada' && self.phone === PHONE.slice(1))
      await other.auth.logOut()
      await assert.rejects(other.updates.getState(), refusal(401, 'AUTH_KEY_UNREGISTERED'))
      await client.updates.getState()
      await other.close()
    }))

  it('tells the other sessions of an account about the new login', () =>
    withServer(async (server, client) => {
      await signUp(server, client)
      await client.updates.getState()
      const update = new Promise((resolve) => {
        client.onUpdate((updates) => updates._ === 'updateShort' && resolve(updates.update._))
      })
      const other = new TelegramClient(memorySession(), { server: server.info })
      await other.auth.signIn({ ...(await sendCode(server, other)), phoneCode: CODE })
      assert.equal(await update, 'updateNewAuthorization')
      await other.close()
    }))

  it('names the fault of a request', () =>
    withServer(async (server, client) => {
      const { apiId, apiHash } = app(server)
      const settings = { _: 'codeSettings' } as const
      const send = (phoneNumber: string, hash: string) =>
        client.auth.sendCode({ phoneNumber, apiId, apiHash: hash, settings })
      await assert.rejects(send(PHONE, '0'.repeat(32)), refusal(400, 'API_ID_INVALID'))
      await assert.rejects(send('+123', apiHash), refusal(406, 'PHONE_NUMBER_INVALID'))
      await assert.rejects(send('1'.repeat(5000), apiHash), refusal(400, 'INPUT_REQUEST_TOO_LONG'))
      await assert.rejects(send('1'.repeat(2 ** 21), apiHash), refusal(400, 'INPUT_REQUEST_TOO_LONG'))
      await assert.rejects(client.phone.getCallConfig(), refusal(401, 'AUTH_KEY_UNREGISTERED'))
      await signUp(server, client)
      await assert.rejects(client.phone.getCallConfig(), refusal(400, 'METHOD_NOT_IMPLEMENTED'))
      const other = { _: 'inputUser', userId: 1n, accessHash: 0n } as const
      await assert.rejects(client.users.getFullUser({ id: other }), refusal(400, 'USER_ID_INVALID'))
    }))

  it('answers in the layer that the client declares', () =>
    withServer(async (server, client) => {
      await signUp(server, client)
      const query = encodeRequest({ _: 'users.getUsers', id: [{ _: 'inputUserSelf' }] })
      const constructors = { 198: 0x4b46c37e, 227: 0x31774388, 228: 0xb1b8cc83 }
      for (const [layer, id] of Object.entries(constructors)) {
        const answer = new TlReader(await client.root.invokeWithLayer({ layer: Number(layer), query }))
        answer.expect(0x1cb5c415)
        assert.equal(answer.int(), 1)
        assert.equal(answer.uint().toString(16), id.toString(16), `layer ${layer}`)
      }
    }))
})

describe('console over HTTP', () => {
  it('shows codes and accounts and signs sessions out', () =>
    withServer(async (server, client) => {
      const ask = async (path: string, init: RequestInit = {}): Promise<ConsoleAnswer> => {
        const response = await fetch(`${server.info.console}${path}`, init)
        return response.status === 204 ? {} : ((await response.json()) as ConsoleAnswer)
      }
      assert.deepEqual(await ask('/server.json'), server.info)
      const waiting = ask(`/api/codes/wait?phone=${encodeURIComponent(PHONE)}&timeoutMs=5000`)
      const id = await signUp(server, client)
      const entry = await waiting
      assert.equal(entry.code, CODE)
      const { codes } = await ask('/api/codes?phone=9996625555')
      assert.deepEqual(
        codes?.map((code) => [code.id, code.state]),
        [[entry.id, 'used']],
      )
      const { users } = await ask('/api/users?phone=9996625555')
      const [user] = users ?? []
      assert.deepEqual([user?.id, user?.firstName, user?.sessions.length], [Number(id), 'Ada', 1])
      const [session] = user?.sessions ?? []
      assert.equal(session?.layer, server.info.layer)
      await ask(`/api/users/${id}/sessions/${session?.hash}`, { method: 'DELETE' })
      await assert.rejects(client.updates.getState(), refusal(401, 'SESSION_REVOKED'))
      const taken = await ask('/api/users', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ phone: PHONE, firstName: 'B' }),
      })
      assert.equal(taken.error?.code, 'PHONE_NUMBER_OCCUPIED')
    }))

  it('requires a token and hides codes if other machines can reach it', async () => {
    const server = await startServer({ consoleHost: '0.0.0.0', consoleToken: 'sesame' })
    const url = server.info.console
    const headers = { authorization: 'Bearer sesame' }
    assert.match(url, /^http:\/\/127\.0\.0\.1:/)
    assert.equal((await fetch(`${url}/api/apps`)).status, 401)
    assert.equal((await fetch(`${url}/api/apps`, { headers })).status, 200)
    assert.equal((await fetch(`${url}/api/codes`, { headers })).status, 404)
    await server.close()
  })
})

describe('starting and closing', () => {
  it('names the port in use and leaves nothing open', async () => {
    const blocker = createServer()
    blocker.listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    assert.ok(typeof address === 'object' && address !== null)
    const { port } = address
    await assert.rejects(startServer({ port }), { code: 'PORT_IN_USE', message: /--port/ })
    const free = await freePort()
    await assert.rejects(startServer({ port: free, consolePort: port }), {
      code: 'PORT_IN_USE',
      message: /--console-port/,
    })
    await assert.rejects(dial(free), { code: 'ECONNREFUSED' })
    blocker.close()
  })

  it('refuses conflicting options before anything is opened', async () => {
    await assert.rejects(startServer({ consoleHost: '0.0.0.0' }), { code: 'CONSOLE_TOKEN_MISSING' })
    const shared = { store: 'postgres://x/y', secretFile: 'secret' }
    await assert.rejects(startServer({ store: 'mysql://x' }), { code: 'STORE_INVALID' })
    await assert.rejects(startServer({ store: 'postgres://x/y' }), { code: 'SECRET_FILE_NEEDED' })
    await assert.rejects(startServer({ ...shared, data: 'folder' }), { code: 'STORE_TWICE' })
    await assert.rejects(startServer({ bus: 'redis://x' }), { code: 'BUS_ALONE' })
    for (const dcs of [0, 10, 1.5]) await assert.rejects(startServer({ dcs }), { code: 'DCS_INVALID' })
    await assert.rejects(startServer({ exchangeThreads: -1 }), { code: 'THREADS_INVALID' })
    await assert.rejects(startServer({ maxConnections: 0 }), { code: 'CONNECTIONS_INVALID' })
    await assert.rejects(startServer({ port: 65_535, dcs: 2 }), { code: 'PORT_INVALID' })
    await assert.rejects(startServer({ port: 70_000 }), { code: 'PORT_INVALID' })
    await assert.rejects(startServer({ host: '192.0.2.1' }), { code: 'HOST_INVALID' })
  })

  it('closes once however often it is asked, and frees its ports', async () => {
    const server = await startServer()
    const port = server.info.dcs[0]?.port ?? 0
    const socket = await dial(port)
    await Promise.all([server.close(), server.close(), once(socket, 'close')])
    await assert.rejects(dial(port), { code: 'ECONNREFUSED' })
  })

  it('accepts a limited number of connections, and another once there is room', async () => {
    const server = await startServer({ maxConnections: 1 })
    const port = server.info.dcs[0]?.port ?? 0
    const one = connect(port, '127.0.0.1')
    await once(one, 'connect')
    const two = connect(port, '127.0.0.1')
    await once(two, 'close')
    one.destroy()
    await once(one, 'close')
    const client = new TelegramClient(memorySession(), { server: server.info })
    assert.equal((await client.help.getConfig())._, 'config')
    await client.close()
    await server.close()
  })

  it('uses the clock it is given', async () => {
    const aheadMs = 3 * 365 * 86_400_000
    const server = await startServer({ nowMs: () => Date.now() + aheadMs })
    const client = new TelegramClient(memorySession(), { server: server.info })
    const moment = beginMoment()
    const { date } = await client.help.getConfig()
    moment.assertHolds(date - aheadMs / 1000)
    await client.close()
    await server.close()
  })

  it('moves the clock of the rules only if it is a test clock', async () => {
    const server = await startServer()
    await assert.rejects(server.clock.advance(1), { code: 'TEST_CLOCK_OFF' })
    await server.close()
    const movable = await startServer({ testClock: true })
    const client = new TelegramClient(memorySession(), { server: movable.info })
    const hash = await sendCode(movable, client)
    await movable.clock.advance(301)
    await assert.rejects(client.auth.signIn({ ...hash, phoneCode: CODE }), refusal(400, 'PHONE_CODE_EXPIRED'))
    await client.close()
    await movable.close()
  })
})

async function dial(port: number) {
  const socket = connect({ host: '127.0.0.1', port })
  await once(socket, 'connect')
  return socket
}
