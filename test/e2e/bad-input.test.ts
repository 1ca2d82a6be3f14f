import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmod, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { memorySession, TelegramClient } from '@cablegram/client'
import { RpcError } from '@cablegram/mtproto'
import { type CablegramServer, startServer } from '@cablegram/server'
import { MtprotoError } from '@cablegram/tl'
import { outcomeOf } from '../../packages/cli/src/main.ts'
import { isHealthy } from './console.ts'
import { openClient, ownPhone, signUp, testPhone } from './logins.ts'
import { OldConnection, OldError, tl, u32 } from './old-wire.ts'
import { exchange } from './raw-socket.ts'
import { COMMAND } from './serve.ts'

const PORTS = ['--port', '0', '--console-port', '0']
const NOBODY = 65534
const CLOSED_WITHIN_MS = 30_000
const INVOKE_WITH_LAYER = 0xda9b0d0d
const INIT_CONNECTION = 0xc1cd5ea9
const GZIP_PACKED = 0x3072cfa1
const SEND_CODE = 0xa677244f
const GET_DIALOGS = 0xa0f4cb4f
const GET_CONFIG = u32(0xc4f9186b)
const INTERMEDIATE = Buffer.from('eeeeeeee', 'hex')

let server: CablegramServer
let folder: string
let witness: TelegramClient

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cablegram-bad-input-'))
  await chmod(folder, 0o755)
  const [main, other] = await Promise.all([startServer({ store: 'memory' }), startServer({ data: used() })])
  server = main
  await other.close()
  witness = openClient(server.info)
  await signUp(witness, server.info, testPhone(1))
})

after(async () => {
  await witness.close()
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** A data folder left by a stopped server. */
function used(): string {
  return join(folder, 'used')
}

/** The server is healthy, and an earlier login still works. */
async function assertUnharmed(): Promise<void> {
  assert.ok(await isHealthy(server.info.console))
  assert.equal(await ownPhone(witness), testPhone(1).slice(1))
}

type Outcome = Awaited<ReturnType<typeof outcomeOf>>

/** Runs `cablegram serve` with options that it should refuse, without a process. */
function outcomeOfServe(args: readonly string[]): Promise<Outcome> {
  return outcomeOf(['serve', '--json', ...args])
}

const MODULES = [
  new URL('../../packages/cli/src/main.ts', import.meta.url).href,
  import.meta.resolve('@cablegram/server'),
]
/** Loads what Node has compiled for this user, and then becomes the other one. */
const SERVE_EACH = `
  const [{ outcomeOf }] = await Promise.all(${JSON.stringify(MODULES)}.map((url) => import(url)))
  process.setgid(${NOBODY})
  process.setuid(${NOBODY})
  const outcomes = []
  for (const args of JSON.parse(process.argv[1])) outcomes.push(await outcomeOf(['serve', '--json', ...args]))
  console.log(JSON.stringify(outcomes))`

/** The same for several lines, in one process of another user. */
function outcomesAsNobody(lines: readonly (readonly string[])[]): Outcome[] {
  const args = ['--input-type=module', '--eval', SERVE_EACH, JSON.stringify(lines)]
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: tmpdir(), encoding: 'utf8' })
  assert.notEqual(stdout, '', stderr)
  return JSON.parse(stdout)
}

/** Expects exit code 1 and one sentence for a person: no stack, and something to do. */
function assertOneSentence({ exitCode, complaint = '' }: Outcome, about: RegExp): void {
  assert.equal(exitCode, 1, complaint)
  assert.equal(complaint.split('\n').length, 1, complaint)
  assert.match(complaint, about)
  assert.match(complaint, /[.?!]$/)
}

function port(): number {
  const [dc] = server.info.dcs
  assert.ok(dc)
  return dc.port
}

test('a client that trusts another key is told so and stops', async () => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'pkcs1', format: 'pem' }).toString()
  const other = { ...server.info, publicKeys: [{ pem, fingerprint: '1111111111111111' }] }
  const client = new TelegramClient(memorySession(), { server: other })
  await assert.rejects(
    client.help.getConfig(),
    (error) => error instanceof MtprotoError && /key/i.test(error.message),
  )
  await client.close()
  await assertUnharmed()
})

test('a wrong api_hash gives API_ID_INVALID', async () => {
  const client = openClient(server.info)
  const apiId = server.info.apps[0]?.apiId ?? 0
  await assert.rejects(
    client.auth.sendCode({
      phoneNumber: testPhone(2),
      apiId,
      apiHash: '0'.repeat(32),
      settings: { _: 'codeSettings' },
    }),
    (error) => error instanceof RpcError && error.code === 400 && error.type === 'API_ID_INVALID',
  )
  await client.close()
})

for (const phoneNumber of ['12', '', 'none', '+1 000 000 0', '9'.repeat(40)]) {
  test(`the number ${JSON.stringify(phoneNumber)} gives PHONE_NUMBER_INVALID`, async () => {
    const client = openClient(server.info)
    const { apiId, apiHash } = server.info.apps[0] ?? { apiId: 0, apiHash: '' }
    await assert.rejects(
      client.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } }),
      (error) => error instanceof RpcError && error.code === 406 && error.type === 'PHONE_NUMBER_INVALID',
    )
    await client.close()
  })
}

test('a request of 2 MiB gives INPUT_REQUEST_TOO_LONG, and the connection stays', async () => {
  const client = openClient(server.info)
  const { apiId, apiHash } = server.info.apps[0] ?? { apiId: 0, apiHash: '' }
  const phoneNumber = randomBytes(1024 * 1024).toString('hex')
  await assert.rejects(
    client.auth.sendCode({ phoneNumber, apiId, apiHash, settings: { _: 'codeSettings' } }),
    (error) => error instanceof RpcError && error.code === 400 && error.type === 'INPUT_REQUEST_TOO_LONG',
  )
  assert.equal((await client.help.getConfig())._, 'config')
  await client.close()
  await assertUnharmed()
})

test('a frame over 4 MiB closes the connection before it is read', async () => {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(5 * 1024 * 1024)
  const { closedByServer } = await exchange(port(), Buffer.concat([INTERMEDIATE, length]), CLOSED_WITHIN_MS)
  assert.ok(closedByServer)
  await assertUnharmed()
})

test('bytes that are not MTProto close the connection', async () => {
  const garbage = Buffer.alloc(4096, 0x5a)
  const { closedByServer } = await exchange(port(), garbage, CLOSED_WITHIN_MS)
  assert.ok(closedByServer)
  await assertUnharmed()
})

test('a browser on the MTProto port is told where the console is', async () => {
  const get = Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const { closedByServer, received } = await exchange(port(), get, CLOSED_WITHIN_MS)
  assert.ok(closedByServer)
  assert.match(received.toString(), /^HTTP\/1\.1 404 /)
  assert.ok(received.includes(server.info.console))
  await assertUnharmed()
})

test('an unknown key gives -404', async () => {
  const packet = Buffer.concat([Buffer.from('0102030405060708', 'hex'), Buffer.alloc(16 + 64, 7)])
  const length = Buffer.alloc(4)
  length.writeUInt32LE(packet.length)
  const { received } = await exchange(
    port(),
    Buffer.concat([INTERMEDIATE, length, packet]),
    CLOSED_WITHIN_MS,
    8,
  )
  assert.equal(received.length, 8)
  assert.equal(received.readUInt32LE(0), 4)
  assert.equal(received.readInt32LE(4), -404)
  await assertUnharmed()
})

test('an unreadable request is answered, and the connection stays', async () => {
  const [dc] = server.info.dcs
  const [key] = server.info.publicKeys
  assert.ok(dc && key)
  const peer = new OldConnection(dc)
  await peer.open(key.pem, key.fingerprint)
  const about = ['device', '1', '1', 'en', '', 'en'].map(tl)
  await peer.call(
    Buffer.concat([
      u32(INVOKE_WITH_LAYER),
      u32(228),
      u32(INIT_CONNECTION),
      u32(0),
      u32(1),
      ...about,
      GET_CONFIG,
    ]),
  )
  const packed = (data: Uint8Array) => Buffer.concat([u32(GZIP_PACKED), tl(data)])
  const refusals: [Buffer, string][] = [
    [packed(gzipSync(Buffer.alloc(64 * 1024 * 1024))), 'INPUT_REQUEST_TOO_LONG'],
    [packed(Buffer.from('no gzip')), 'INPUT_FETCH_ERROR'],
    [Buffer.concat([u32(GZIP_PACKED), Buffer.from([200, 0, 0, 0])]), 'INPUT_FETCH_ERROR'],
    [u32(SEND_CODE), 'INPUT_FETCH_ERROR'],
    [u32(0x12345678), 'INPUT_METHOD_INVALID_305419896'],
    [u32(GET_DIALOGS), 'AUTH_KEY_UNREGISTERED'],
  ]
  for (const [request, text] of refusals) {
    await assert.rejects(peer.call(request), (error) => error instanceof OldError && error.message === text)
  }
  assert.equal((await peer.call(GET_CONFIG)).length > 4, true)
  peer.close()
  await assertUnharmed()
})

test('a port in use is reported in one sentence', async () => {
  const outcome = await outcomeOfServe(['--memory', '--port', String(port()), '--console-port', '0'])
  assertOneSentence(outcome, new RegExp(String(port())))
  const consolePort = new URL(server.info.console).port
  assertOneSentence(
    await outcomeOfServe(['--memory', '--port', '0', '--console-port', consolePort]),
    new RegExp(consolePort),
  )
  await assertUnharmed()
})

test('a data folder of a newer version is left alone', async () => {
  const data = join(folder, 'newer')
  await cp(used(), data, { recursive: true })
  const path = join(data, (await readdir(data)).find((name) => /\.(db|sqlite3?)$/.test(name)) ?? '')
  const database = new DatabaseSync(path)
  database.exec('UPDATE schema_version SET version = 1000000')
  database.close()
  const bytesBefore = await readFile(path)
  assertOneSentence(await outcomeOfServe(['--data', data, ...PORTS]), /newer/)
  assert.deepEqual(await readFile(path), bytesBefore)
})

test('an unwritable data folder is reported in one sentence', async (t) => {
  const data = join(folder, 'not-ours')
  await cp(used(), data, { recursive: true })
  const args = ['--data', data, ...PORTS]
  if (process.getuid?.() !== 0) {
    await chmod(data, 0o500)
    assertOneSentence(await outcomeOfServe(args), /not-ours/)
    await chmod(data, 0o700)
    return
  }
  const asNobody = { uid: NOBODY, gid: NOBODY, cwd: tmpdir(), env: { PATH: process.env['PATH'] } }
  if (spawnSync(process.execPath, ['--check', COMMAND], asNobody).status !== 0) {
    t.skip('nobody may not read this repository')
    return
  }
  const elsewhere = ['--data', join(folder, 'not-there'), ...PORTS]
  const [notOurs, notThere] = outcomesAsNobody([args, elsewhere])
  assert.ok(notOurs && notThere)
  assertOneSentence(notOurs, /not-ours/)
  assertOneSentence(notThere, /not-there/)
})
