import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connect } from 'node:tls'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { sendCode, signUp, TEST_CODE, testPhone } from './logins.ts'
import { exchange } from './raw-socket.ts'
import { openRelay } from './relay.ts'
import { COMMAND } from './serve.ts'
import { TLS_CERT, TLS_KEY } from './tls.ts'

const CLOSED_WITHIN_MS = 30_000
const folder = mkdtempSync(join(tmpdir(), 'cablegram-tls-'))
const tlsCert = join(folder, 'cert.pem')
const tlsKey = join(folder, 'key.pem')
let server: CablegramServer

before(async () => {
  writeFileSync(tlsCert, TLS_CERT)
  writeFileSync(tlsKey, TLS_KEY)
  server = await startServer({ store: 'memory', tlsCert, tlsKey })
})

after(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

const port = (): number => server.info.dcs[0]?.port ?? 0

/** Runs a command in its own process that trusts our certificate. */
function cablegram(...args: string[]): Promise<string> {
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: tlsCert }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [COMMAND, ...args], { env, timeout: 120_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(stderr, { cause: error })) : resolve(stdout),
    )
  })
}

describe('a server with a certificate', () => {
  it('announces secure WebSockets, and serves them and HTTPS', async () => {
    assert.match(server.info.dcs[0]?.wsUrl ?? '', /^wss:/)
    await Promise.all(
      ['websocket', 'http'].map(async (transport) => {
        const session = join(folder, `${transport}.session`)
        const where = ['--server', server.info.console, '--session', session, '--transport', transport]
        const answer = await cablegram('call', 'help.getNearestDc', ...where)
        assert.equal(JSON.parse(answer).thisDc, 2)
      }),
    )
  })

  it('accepts plain MTProto inside TLS and beside it', async () => {
    const dial = (to: number) => connect({ port: to, host: '127.0.0.1', ca: TLS_CERT })
    const relay = await openRelay({ port: port(), dial, trickleBytes: 80 })
    const [dc] = server.info.dcs
    assert.ok(dc)
    const dcs = [{ ...dc, port: relay.port }]
    const ways = [{}, { framing: 'full' }, { obfuscated: true }] as const
    for (const way of ways) {
      for (const info of [{ ...server.info, dcs }, server.info]) {
        const client = new TelegramClient(memorySession(), { ...way, server: info })
        assert.equal((await client.help.getNearestDc({})).thisDc, 2)
        await client.close()
      }
    }
    assert.equal(relay.connections, ways.length)
    await relay.close()
  })

  it('answers the same requests over HTTP with and without TLS', async () => {
    const plain = await fetch(`http://127.0.0.1:${port()}/`)
    assert.equal(plain.status, 404)
    const status = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: port(), ca: TLS_CERT, agent: false }
      request(options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    assert.equal(status, 404)
  })

  it('closes invalid TLS and TLS inside TLS', async () => {
    const hello = Buffer.from('160301020001', 'hex')
    const garbage = await exchange(port(), Buffer.concat([hello, Buffer.alloc(600, 7)]), CLOSED_WITHIN_MS)
    assert.ok(garbage.closedByServer)
    const dial = (to: number) => connect({ port: to, host: '127.0.0.1', ca: TLS_CERT })
    const relay = await openRelay({ port: port(), dial })
    const twice = await exchange(relay.port, Buffer.concat([hello, Buffer.alloc(600, 7)]), CLOSED_WITHIN_MS)
    assert.ok(twice.closedByServer)
    await relay.close()
    const client = new TelegramClient(memorySession(), { server: server.info })
    await client.help.getNearestDc({})
    await client.close()
  })

  it('does not start with incomplete or wrong certificate files', async () => {
    const isTlsInvalid = { name: 'UsageError', code: 'TLS_INVALID' }
    await assert.rejects(startServer({ tlsCert }), isTlsInvalid)
    await assert.rejects(startServer({ tlsCert, tlsKey: tlsCert }), isTlsInvalid)
    await assert.rejects(startServer({ tlsCert, tlsKey: join(folder, 'none.pem') }), isTlsInvalid)
    for (const mtproxySecret of ['', '0011', `ee${'00'.repeat(16)}`, 'x'.repeat(32)]) {
      const isSecretInvalid = (error: Error & { code?: string }) =>
        error.code === 'MTPROXY_SECRET_INVALID' &&
        (mtproxySecret === '' || !error.message.includes(mtproxySecret))
      await assert.rejects(startServer({ mtproxySecret }), isSecretInvalid)
    }
  })
})

describe('a server behind a balancer', () => {
  it('knows its clients by the addresses the balancer gives, also inside TLS', async () => {
    const balanced = await startServer({ store: 'memory', proxyProtocol: true, tlsCert, tlsKey })
    const [dc] = balanced.info.dcs
    assert.ok(dc)
    const header = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007107c6336402d43128cb', 'hex')
    const relay = await openRelay({ port: dc.port, head: header, trickleBytes: 80 })
    const dial = (to: number) => {
      const socket = connectTcp({ port: to, host: '127.0.0.1' })
      socket.write(header)
      return connect({ socket, host: '127.0.0.1', ca: TLS_CERT })
    }
    const safeRelay = await openRelay({ port: dc.port, dial })
    const readyAt = (at: number) => {
      const dcs = [{ id: 2, host: '127.0.0.1', port: at }]
      return JSON.parse(JSON.stringify({ event: 'ready', ...balanced.info, dcs }))
    }
    const phone = testPhone(1)
    for (const [index, [transport, at]] of [
      ['tcp', relay.port] as const,
      ['tcp', safeRelay.port] as const,
      ['websocket', relay.port] as const,
      ['http', relay.port] as const,
    ].entries()) {
      const ready = readyAt(at)
      const client = new TelegramClient(memorySession(), { transport, server: ready })
      if (index === 0) await signUp(client, ready, phone)
      else await client.auth.signIn({ ...(await sendCode(client, ready, phone)), phoneCode: TEST_CODE })
      await client.close()
    }
    const [user] = await balanced.users.list(phone.slice(1))
    assert.deepEqual(
      user?.sessions.map(({ ip }) => ip),
      Array.from({ length: 4 }, () => '203.0.113.7'),
    )
    await relay.close()
    await safeRelay.close()
    await balanced.close()
  })
})
