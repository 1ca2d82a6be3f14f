/** Several data centres in one server: the home of a number, and the import of a login elsewhere. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { freePort } from './free-port.ts'

const folder = await mkdtemp(join(tmpdir(), 'cablegram-dcs-'))
after(() => rm(folder, { recursive: true }))

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(options: Parameters<typeof startServer>[0] = {}): Promise<CablegramServer> {
  const server = await startServer({ store: 'memory', dcs: 3, ...options })
  open.push(server)
  return server
}

/** A client that knows all data centres, or only the listed ones; it begins at the first. */
function connect(
  server: CablegramServer,
  { from = [1, 2, 3], session, pfs = false }: { from?: number[]; session?: string; pfs?: boolean } = {},
): TelegramClient {
  const dcs = from.map((id) => server.info.dcs.find((dc) => dc.id === id) ?? assert.fail(`no DC ${id}`))
  const client = new TelegramClient(memorySession(session), { server: { ...server.info, dcs }, pfs })
  open.push(client)
  return client
}

function signIn(client: TelegramClient, phone: string, server?: CablegramServer) {
  return client.start({
    phone: async () => phone,
    code: async ({ length = 5 }) =>
      (await server?.codes.waitFor(phone))?.code ?? (phone.replace(/\D/g, '')[5] ?? '').repeat(length),
    name: async () => ({ firstName: 'Ada' }),
    password: async () => assert.fail('asked for a password'),
  })
}

const isSignedIn = (client: TelegramClient, dcId?: number): Promise<boolean> =>
  client.updates.getState({}, { dcId }).then(
    () => true,
    (error: { code?: unknown }) => {
      assert.equal(error.code, 401, String(error))
      return false
    },
  )

describe('with several data centres', () => {
  it('have a port each, and each announces all', async () => {
    const server = await start()
    const [first] = server.info.dcs
    assert.deepEqual(
      server.info.dcs.map(({ id, port }) => [id, port - (first?.port ?? 0)]),
      [
        [1, 0],
        [2, 1],
        [3, 2],
      ],
    )
    for (const { id, wsUrl, port } of server.info.dcs) {
      assert.ok(wsUrl.includes(`:${port}/`))
      const client = connect(server, { from: [id] })
      const config = await client.help.getConfig()
      assert.deepEqual([config.thisDc, config.testMode], [id, false])
      assert.deepEqual(
        config.dcOptions.map((option) => [option.id, option.ipAddress, option.port]),
        server.info.dcs.map((dc) => [dc.id, dc.host, dc.port]),
      )
      const { thisDc, nearestDc } = await client.help.getNearestDc()
      assert.deepEqual([thisDc, nearestDc], [id, id])
    }
  })

  it('start on consecutive ports or name the one in use', async () => {
    let port = 0
    // Another program on this machine may have taken the port first.
    do {
      const blocker = await start({ dcs: 1 })
      port = blocker.info.dcs[0]?.port ?? 0
    } while (!(await isFree(port - 1)))
    await assert.rejects(startServer({ dcs: 2, port: port - 1 }), {
      code: 'PORT_IN_USE',
      message: new RegExp(`Port ${port} .*--port`),
    })
  })

  it('refuse a key exchange that names another data centre', async () => {
    const server = await start()
    const [one, , three] = server.info.dcs
    assert.ok(one && three)
    const client = new TelegramClient(memorySession(), {
      server: { ...server.info, dcs: [{ ...one, port: three.port }] },
    })
    open.push(client)
    await assert.rejects(client.connect(), { name: 'TransportError', transportCode: -444 })
  })

  it('know only their own keys', async () => {
    const server = await start()
    const client = connect(server, { from: [2] })
    await signIn(client, '+9996621234')
    const session = await client.exportSession()
    assert.ok(await isSignedIn(connect(server, { from: [2], session })))
    const [, two, three] = server.info.dcs
    assert.ok(two && three)
    const misled = new TelegramClient(memorySession(session), {
      server: { ...server.info, dcs: [{ ...two, port: three.port }] },
    })
    open.push(misled)
    // -404 makes the client create a new key, which names data centre 2 at a server that is 3.
    await assert.rejects(misled.connect(), { transportCode: -444 })
  })
})

for (const pfs of [false, true]) {
  describe(`a client ${pfs ? 'with' : 'without'} temporary keys`, () => {
    it('moves to the home of the number wherever it asks first, and stays there after a restart', async () => {
      const data = join(folder, `home-${pfs}`)
      const options = { store: undefined, data, port: await freePort() }
      const server = await start(options)
      for (const home of [1, 3]) {
        const client = connect(server, { from: [2, 1, 3], pfs })
        await signIn(client, `+99966${home}1234`)
        assert.equal(client.dcId, home)
        assert.equal((await client.help.getNearestDc()).thisDc, home)
        const text = await client.exportSession()
        await client.close()
        const again = connect(server, { session: text, pfs })
        assert.ok(await isSignedIn(again))
        assert.equal(again.dcId, home)
      }
      const beyond = connect(server, { from: [2, 1], pfs })
      await signIn(beyond, '+9996671234')
      assert.equal(beyond.dcId, 1)
      assert.ok(await isSignedIn(beyond, 3), 'its description knew only two of them')
      const sessions = await beyond.exportSession()
      await server.close()

      const restarted = await start(options)
      const back = connect(restarted, { session: sessions, pfs })
      assert.ok(await isSignedIn(back))
      assert.ok(await isSignedIn(back, 3))
      const other = connect(restarted, { from: [2, 1, 3], pfs })
      await signIn(other, '+9996671234')
      assert.deepEqual([other.dcId, other.userId], [1, back.userId])
    })

    it('imports its login elsewhere and loses it there when home logs out', async () => {
      const server = await start()
      const client = connect(server, { pfs })
      await signIn(client, '+9996621234')
      assert.equal(client.dcId, 2)
      for (const dcId of [1, 3, 1, 2]) assert.ok(await isSignedIn(client, dcId))
      const [user] = await server.users.list(undefined)
      assert.equal(user?.sessions.length, 1)
      const strays = await Promise.all(
        [1, 3].map(async (dcId) => {
          const session = JSON.parse(
            Buffer.from((await client.exportSession()).slice(1), 'base64url').toString(),
          )
          const moved = { ...session, dcId, dcs: { [dcId]: session.dcs[dcId] } }
          const text = `1${Buffer.from(JSON.stringify(moved)).toString('base64url')}`
          return connect(server, { session: text, pfs })
        }),
      )
      for (const stray of strays) assert.ok(await isSignedIn(stray))
      await client.auth.logOut({})
      for (const stray of strays) assert.equal(await isSignedIn(stray), false)
      for (const dcId of [undefined, 1, 3]) assert.equal(await isSignedIn(client, dcId), false)
    })
  })
}

describe('an exported login', () => {
  it('can be imported in either direction, once', async () => {
    const server = await start()
    for (const [home, away] of [
      [1, 3],
      [3, 1],
    ] as const) {
      const client = connect(server)
      await signIn(client, `+99966${home}4321`)
      const { id, bytes } = await client.auth.exportAuthorization({ dcId: away })
      const first = connect(server, { from: [away] })
      const imported = await first.auth.importAuthorization({ id, bytes })
      assert.equal(imported._ === 'auth.authorization' && imported.user.id, id)
      assert.ok(await isSignedIn(first))
      for (const from of [away, 2]) {
        const second = connect(server, { from: [from] })
        await assert.rejects(second.auth.importAuthorization({ id, bytes }), {
          code: 400,
          type: 'AUTH_BYTES_INVALID',
        })
      }
      await assert.rejects(client.auth.exportAuthorization({ dcId: home }), { type: 'DC_ID_INVALID' })
      await assert.rejects(client.auth.exportAuthorization({ dcId: 4 }), { type: 'DC_ID_INVALID' })
      const other = await client.auth.exportAuthorization({ dcId: away })
      await assert.rejects(first.auth.importAuthorization({ ...other, id: 1n }), { type: 'USER_ID_INVALID' })
    }
  })

  it('is imported by one of eight keys that send it eight times each, and repeats get the same answer', async () => {
    const server = await start()
    const client = connect(server)
    await signIn(client, '+9996621234')
    const { id, bytes } = await client.auth.exportAuthorization({ dcId: 1 })
    const takers = Array.from({ length: 8 }, () => connect(server, { from: [1] }))
    await Promise.all(takers.map((taker) => taker.connect()))
    const calls = takers.flatMap((taker) =>
      Array.from({ length: 8 }, () => taker.auth.importAuthorization({ id, bytes })),
    )
    const outcomes = await Promise.allSettled(calls)
    const refused = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason.type)] : [],
    )
    assert.deepEqual(refused, Array<string>(56).fill('AUTH_BYTES_INVALID'))
    const states = await Promise.all(takers.map((taker) => isSignedIn(taker)))
    assert.equal(states.filter(Boolean).length, 1)
  })
})

it('an ordinary number lives where it first signed in', async () => {
  const server = await start()
  const phone = '+14155552671'
  const client = connect(server, { from: [3, 1, 2] })
  await signIn(client, phone, server)
  assert.equal(client.dcId, 3)
  const other = connect(server, { from: [2, 1, 3] })
  await signIn(other, phone, server)
  assert.deepEqual([other.dcId, other.userId], [3, client.userId])
})

it('a single server acts as any data centre a client names and accepts its own logins', async () => {
  const server = await start({ dcs: 1 })
  const client = connect(server, { from: [2] })
  await signIn(client, '+9996641234')
  assert.equal(client.dcId, 2)
  assert.ok(await isSignedIn(client, 4), 'at an address that its configuration names')
  assert.equal((await client.help.getConfig({}, { dcId: 4 })).thisDc, 4)
})

it('dropped temporary keys are unknown, and the others stay valid', async () => {
  const server = await start({ dcs: 1 })
  const client = connect(server, { from: [2], pfs: true })
  await signIn(client, '+9996621234')
  const same = connect(server, { from: [2], pfs: true, session: await client.exportSession() })
  assert.ok(await isSignedIn(same))
  assert.equal(await client.auth.dropTempAuthKeys({ exceptAuthKeys: [] }), true)
  assert.ok(await isSignedIn(client))
  assert.ok(await isSignedIn(same), 'under a new temporary key')
})
