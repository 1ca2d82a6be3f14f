/** A reset returns a server to its state right after the start; keys and apps stay. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { sendCode, TEST_CODE, testPhone } from './logins.ts'

const open: { close(): Promise<void> }[] = []
after(async () => {
  for (const one of open.reverse()) await one.close()
})

async function start(options: Parameters<typeof startServer>[0]): Promise<CablegramServer> {
  const server = await startServer(options)
  open.push(server)
  return server
}

function connect(server: CablegramServer): TelegramClient {
  const client = new TelegramClient(memorySession(), { server: server.info })
  open.push(client)
  return client
}

const signIn = (client: TelegramClient, phone: string) =>
  client.start({
    phone: async () => phone,
    code: async () => TEST_CODE,
    name: async () => ({ firstName: 'Ada' }),
  })

test('a reset keeps only the apps, the keys and the addresses', async () => {
  const server = await start({ store: 'memory', testClock: true })
  const app = await server.apps.create({ title: 'Mine' })
  const apps = await server.apps.list()
  const client = connect(server)
  const first = await signIn(client, testPhone(1))
  await server.users.create({
    phone: testPhone(2),
    firstName: 'Grace',
    password: 'secret',
    loginEmail: 'g@example.org',
  })
  await server.bots.create({ username: 'echo_bot' })
  await server.phoneRules.put('4474', { rule: 'ban' })
  await server.networkRules.put('192.0.2.1', { dc: 2 })
  server.faults.add({ method: 'auth.sendCode', close: true })
  await server.clock.advance(3_600)

  await server.reset()

  assert.deepEqual(await server.users.list(), [])
  assert.deepEqual(await server.bots.list(), [])
  assert.deepEqual(await server.codes.list(), [])
  assert.deepEqual(await server.phoneRules.list(), [])
  assert.deepEqual(await server.networkRules.list(), [])
  assert.deepEqual(await server.audit.list(), [])
  assert.deepEqual(server.faults.list(), [])
  assert.equal(server.clock.state().aheadS, 0)
  assert.deepEqual(await server.apps.list(), apps)
  assert.ok(apps.some(({ apiId }) => apiId === app.apiId))

  await assert.rejects(client.users.getUsers({ id: [{ _: 'inputUserSelf' }] }), {
    type: 'AUTH_KEY_UNREGISTERED',
  })
  await sendCode(client, server.info, testPhone(1))
  const again = connect(server)
  assert.equal((await signIn(again, testPhone(1))).id, first.id, 'ids of accounts begin anew')
})

test('a client with a temporary key continues after the clock went back', async () => {
  const server = await start({ store: 'memory', testClock: true })
  const client = connect(server)
  await client.help.getNearestDc()
  for (const seconds of [7 * 86_400, 3_600]) {
    await server.clock.advance(seconds)
    await client.help.getNearestDc()
    await server.reset()
    await client.help.getNearestDc()
  }
})

test('the console can reset the server and end all faults at once', async () => {
  const server = await start({ store: 'memory' })
  await server.users.create({ phone: testPhone(1), firstName: 'Ada' })
  server.faults.add({ close: true })
  server.faults.add({ drop: true })
  const ask = async (method: string, path: string) =>
    (await fetch(`${server.info.console}${path}`, { method })).status
  assert.equal(await ask('DELETE', '/api/faults'), 204)
  assert.deepEqual(server.faults.list(), [])
  assert.equal(await ask('POST', '/api/reset'), 204)
  assert.deepEqual(await server.users.list(), [])
})

test('a reset deletes the bytes of files and of uploads', async () => {
  const data = mkdtempSync(join(tmpdir(), 'cablegram-reset-'))
  const server = await startServer({ data, testClock: true })
  const client = new TelegramClient(memorySession(), { server: server.info })
  try {
    await signIn(client, testPhone(1))
    const save = (fileId: bigint) =>
      client.upload.saveFilePart({ fileId, filePart: 0, bytes: new Uint8Array(1024) })
    await save(1n)
    await client.messages.uploadMedia({
      peer: { _: 'inputPeerSelf' },
      media: {
        _: 'inputMediaUploadedDocument',
        file: { _: 'inputFile', id: 1n, parts: 1, name: 'a.txt', md5Checksum: '' },
        mimeType: 'text/plain',
        attributes: [],
      },
    })
    await save(2n)
    const kept = (): string[] =>
      readdirSync(join(data, 'files'), { recursive: true, encoding: 'utf8' }).filter((name) =>
        /[0-9a-f]{32}$/.test(name),
      )
    assert.equal(kept().length, 2)
    await server.reset()
    assert.deepEqual(kept(), [])
  } finally {
    await client.close()
    await server.close()
    rmSync(data, { recursive: true })
  }
})

test('a server with stored data and the real clock cannot be reset', async () => {
  const data = mkdtempSync(join(tmpdir(), 'cablegram-reset-'))
  after(() => rmSync(data, { recursive: true }))
  {
    await using server = await startServer({ data })
    await assert.rejects(server.reset(), { name: 'UsageError', code: 'RESET_NOT_ALLOWED' })
    const response = await fetch(`${server.info.console}/api/reset`, { method: 'POST' })
    assert.equal(response.status, 409)
  }
  await using server = await startServer({ data, testClock: true })
  const { publicKeys, apps } = server.info
  await server.users.create({ phone: testPhone(1), firstName: 'Ada' })
  await server.reset()
  assert.deepEqual(await server.users.list(), [])
  assert.deepEqual([server.info.publicKeys, server.info.apps], [publicKeys, apps])
})
