/** The test clock: the rules follow it to the second, and the wire keeps real time. */
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import { TlWriter } from '@cablegram/tl'
import { decodeResult, encodeRequest } from '@cablegram/tl/api'
import { first } from '../errors/any.ts'
import { sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'
import { beginMoment } from './moment.ts'
import { OldConnection } from './old-wire.ts'
import { exchange } from './raw-socket.ts'

const DAY_S = 86_400
const YEAR_S = 366 * DAY_S
const open: { close(): Promise<void> | void }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(options: ServerOptions = {}): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', testClock: true, ...options })
  open.push(server)
  return server
}

function connect(server: CablegramServer, pfs = false): TelegramClient {
  const client = new TelegramClient(memorySession(), { server: server.info, pfs })
  open.push(client)
  return client
}

async function peer(server: CablegramServer, expiresInS?: number): Promise<OldConnection> {
  const { dcs, publicKeys } = server.info
  const [[dc], [key]] = [dcs, publicKeys]
  assert.ok(dc && key)
  const opened = new OldConnection(dc, expiresInS)
  open.push(opened)
  await opened.open(key.pem, key.fingerprint)
  return opened
}

const nowS = (): number => Math.floor(Date.now() / 1000)
/** The tests advance the rules' clock by more than they take. Its seconds are proven in the rules, whose tests have a clock of their own. */
const moment = beginMoment()
const isNow = (seconds: number): void => moment.assertHolds(seconds)

test('a code dies at its time', async () => {
  const server = await start()
  const client = connect(server)
  const sent = await sendCode(client, server.info, testPhone(1))
  await server.clock.advance(240)
  await assert.rejects(client.auth.signIn({ ...sent, phoneCode: '00000' }), { type: 'PHONE_CODE_INVALID' })
  await server.clock.advance(60)
  await assert.rejects(client.auth.signIn({ ...sent, phoneCode: TEST_CODE }), { type: 'PHONE_CODE_EXPIRED' })
})

test('a flood ends at the time it gives', async () => {
  const server = await start({ limits: 'strict' })
  await sendCode(connect(server), server.info, testPhone(1))
  const again = () => sendCode(connect(server), server.info, testPhone(1))
  const floodS = (): Promise<number> =>
    again().then(
      () => 0,
      (error: { argument?: number }) => error.argument ?? assert.fail(String(error)),
    )
  const fullS = await floodS()
  assert.ok(fullS > 30 && fullS <= 60, String(fullS))
  await server.clock.advance(20)
  const leftS = await floodS()
  assert.ok(leftS > 0 && leftS <= fullS - 20, String(leftS))
  await server.clock.advance(leftS)
  await again()
})

test('a temporary key dies at its time', async () => {
  const server = await start()
  const nearest = first(encodeRequest({ _: 'help.getNearestDc' }))
  const temporary = await peer(server, 3600)
  await temporary.call(nearest)
  await server.clock.advance(3500)
  await temporary.call(nearest)
  await server.clock.advance(100)
  await assert.rejects(temporary.call(nearest), /transport error -404/)
})

test('a client with temporary keys keeps working over years', async () => {
  const server = await start()
  const client = connect(server, true)
  await signUp(client, server.info, testPhone(1))
  for (let year = 0; year < 3; year++) {
    await server.clock.advance(100 * DAY_S)
    await client.updates.getState()
  }
})

test('salts follow the test clock, and clients get the new one', async () => {
  const server = await start()
  const old = await peer(server)
  const call = () => old.call(first(encodeRequest({ _: 'help.getNearestDc' })))
  await call()
  const before = old.salt
  await server.clock.advance(20 * 60)
  await call()
  assert.equal(old.salt, before, 'a salt is good for longer than that')
  await server.clock.advance(2 * 3600)
  await call()
  assert.notEqual(old.salt, before)
})

test('dates and message ids on the wire stay real', async () => {
  const server = await start()
  await server.clock.advance(5 * YEAR_S)
  const client = connect(server)
  await signUp(client, server.info, testPhone(1))
  const { date, expires } = await client.help.getConfig()
  isNow(date)
  assert.ok(expires > date && expires < date + DAY_S)
  isNow((await client.updates.getState()).date)
  const { authorizations } = await client.account.getAuthorizations()
  for (const { dateCreated, dateActive } of authorizations)
    for (const at of [dateCreated, dateActive]) isNow(at)
  const shown = await client.auth.exportLoginToken({ ...app(server), exceptIds: [] })
  assert.ok(shown._ === 'auth.loginToken')
  moment.assertHolds(shown.expires - 30)
  const old = await peer(server)
  const config = decodeResult('help.getConfig', await old.call(first(encodeRequest({ _: 'help.getConfig' }))))
  isNow(config.date)
  isNow(Number(old.lastAnswerId >> 32n))
})

test('the console moves the clock if allowed and shows its time everywhere', async () => {
  const ask = async ({ info }: CablegramServer, body?: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const path = body === undefined ? '/api/clock' : '/api/clock/advance'
    const init = body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) }
    const response = await fetch(`${info.console}${path}`, init)
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const server = await start()
  assert.equal((await ask(server)).body['aheadS'], 0)
  assert.deepEqual((await ask(server, { seconds: 90 })).status, 200)
  await server.clock.advance(0.5)
  const { body } = await ask(server)
  assert.deepEqual([body['testClock'], body['aheadS']], [true, 90.5])
  assert.deepEqual(body, { ...server.clock.state(), nowS: body['nowS'] })
  isNow(Number(body['nowS']) - 90)
  for (const seconds of [-1, Number.MAX_SAFE_INTEGER, '1', null, undefined]) {
    assert.equal((await ask(server, { seconds })).status, 400, String(seconds))
  }
  await assert.rejects(server.clock.advance(Number.NaN), { code: 'REQUEST_INVALID' })
  const real = await start({ testClock: false })
  const refused = await ask(real, { seconds: 1 })
  assert.deepEqual(
    [refused.status, refused.body['error']],
    [
      409,
      {
        code: 'TEST_CLOCK_OFF',
        message: 'The clock of this server cannot be moved.',
        next: 'Start the server with --test-clock (testClock in a program).',
      },
    ],
  )
  const { body: told } = await ask(real)
  assert.deepEqual(told, { ...real.clock.state(), testClock: false, nowS: told['nowS'], aheadS: 0 })
  isNow(Number(told['nowS']))
})

test('a client that starts too many key exchanges gets −429', async () => {
  const server = await start({ settings: { exchangeLimit: { max: 2, windowS: 600 } } })
  const begin = async (): Promise<number> => {
    const writer = new TlWriter(64)
    writer.long(0n)
    writer.long((BigInt(nowS()) << 32n) + 4n)
    writer.int(20)
    writer.uint(0xbe7e8ef1)
    const packet = Buffer.concat([writer.take(), crypto.getRandomValues(new Uint8Array(16))])
    const length = Buffer.alloc(4)
    length.writeUInt32LE(packet.length)
    const port = server.info.dcs[0]?.port ?? 0
    const { received } = await exchange(
      port,
      Buffer.concat([Buffer.from('eeeeeeee', 'hex'), length, packet]),
      60_000,
      8,
    )
    return received.readInt32LE(0) === 4 ? received.readInt32LE(4) : received.readInt32LE(0)
  }
  for (let count = 0; count < 2; count++) assert.ok((await begin()) > 4)
  assert.equal(await begin(), -429)
})

function app({ info: { apps } }: CablegramServer): { apiId: number; apiHash: string } {
  const [only] = apps
  assert.ok(only)
  return { apiId: only.apiId, apiHash: only.apiHash }
}
