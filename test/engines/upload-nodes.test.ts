/** Files of a server with two nodes on PostgreSQL and Redis: parts arrive at both, and either puts them together. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, type ServerOptions, startServer } from '@cablegram/server'
import type { document } from '@cablegram/tl/api'
import { int } from '../../packages/server/src/database/columns.ts'
import { sql } from '../../packages/server/src/database/decision.ts'
import { openPostgresStore, type Store } from '../../packages/server/src/database/index.ts'
import { openFolderFiles } from '../../packages/server/src/files/folder.ts'
import { testBytes } from '../../packages/server/src/files/test-bytes.ts'
import { createClock } from '../../packages/server/src/ground/clock.ts'
import { createSettings } from '../../packages/server/src/ground/settings.ts'
import { startSweeping } from '../../packages/server/src/rules/files/sweep.ts'
import { seededRandom } from '../../packages/server/src/rules/test-world.ts'
import { sendCode, signUp, testPhone } from '../e2e/logins.ts'
import { startPostgres, startRedis } from './index.ts'

const KIB = 1024
const PART = 512 * KIB
const HOUR_MS = 3_600_000
const SELF = { _: 'inputPeerSelf' } as const

const postgres = await startPostgres({ settings: { deadlock_timeout: '100ms' } })
const redis = await startRedis()
const folder = mkdtempSync(join(tmpdir(), 'cablegram-upload-nodes-'))
const options = {
  store: postgres.url(await postgres.createDatabase()),
  bus: redis.url(),
  secretFile: join(folder, 'secret.key'),
  files: join(folder, 'files'),
  testClock: true,
  settings: { files: { accountMib: 40 } },
} satisfies ServerOptions
const nodes = [await startServer(options), await startServer(options)] as const
const clients: TelegramClient[] = []
after(async () => {
  await Promise.all(clients.map((client) => client.close()))
  for (const node of nodes) await node.close()
  await Promise.all([postgres.close(), redis.close()])
  rmSync(folder, { recursive: true })
})

/** A client at each node, both of the same account. */
async function signedIn(index: number): Promise<readonly [TelegramClient, TelegramClient]> {
  const phone = testPhone(index)
  const connect = ({ info: server }: CablegramServer): TelegramClient => {
    const client = new TelegramClient(memorySession(), { server, pfs: false })
    clients.push(client)
    return client
  }
  const [one, two] = [connect(nodes[0]), connect(nodes[1])]
  await signUp(one, nodes[0].info, phone)
  const sent = await sendCode(two, nodes[1].info, phone)
  const { code } = await nodes[1].codes.waitFor(phone)
  await two.auth.signIn({ ...sent, phoneCode: code })
  return [one, two]
}

async function savePart(client: TelegramClient, fileId: bigint, filePart: number, bytes: Uint8Array) {
  const part = bytes.slice(filePart * PART, (filePart + 1) * PART)
  assert.equal(await client.upload.saveFilePart({ fileId, filePart, bytes: part }), true)
}

async function uploadMedia(client: TelegramClient, id: bigint, parts: number): Promise<document> {
  const file = { _: 'inputFile', id, parts, name: 'a.bin', md5Checksum: '' } as const
  const media = { _: 'inputMediaUploadedDocument' as const, file, mimeType: 'text/plain', attributes: [] }
  const made = await client.messages.uploadMedia({ peer: SELF, media })
  const document = made._ === 'messageMediaDocument' ? made.document : undefined
  return document?._ === 'document' ? document : assert.fail(made._)
}

async function read(client: TelegramClient, { id, accessHash, fileReference }: document): Promise<Buffer> {
  const location = { _: 'inputDocumentFileLocation', id, accessHash, fileReference, thumbSize: '' } as const
  const parts: Uint8Array[] = []
  for (;;) {
    const offset = BigInt(parts.length * PART)
    const part = await client.upload.getFile({ location, offset, limit: PART })
    assert.ok(part._ === 'upload.file')
    parts.push(part.bytes)
    if (part.bytes.length < PART) return Buffer.concat(parts)
  }
}

const [one, two] = await signedIn(1)

test('a file whose parts arrive at two nodes is put together at either, and read at both', async () => {
  const bytes = testBytes(5 * PART + 3)
  for (const [fileId, assembler] of [
    [1n, one],
    [2n, two],
  ] as const) {
    const changed = bytes.with(0, Number(fileId))
    await Promise.all(
      Array.from({ length: 6 }, (_, part) => savePart(part % 2 === 0 ? one : two, fileId, part, changed)),
    )
    const document = await uploadMedia(assembler, fileId, 6)
    for (const client of [one, two]) assert.ok((await read(client, document)).equals(changed))
    // A copy that comes late, at the other node.
    await savePart(assembler === one ? two : one, fileId, 3, changed)
    assert.equal((await uploadMedia(one, fileId, 6)).size, BigInt(bytes.length))
  }
})

test('a part that comes 64 times at once at two nodes is one, and 16 assemblies at once make one file', async () => {
  const bytes = testBytes(PART).fill(9, 0, 3)
  await Promise.all(Array.from({ length: 64 }, (_, n) => savePart(n % 2 === 0 ? one : two, 3n, 0, bytes)))
  const documents = await Promise.all(
    Array.from({ length: 16 }, (_, n) => uploadMedia(n % 2 === 0 ? one : two, 3n, 1)),
  )
  assert.equal(new Set(documents.map(({ id }) => id)).size, 16)
  for (const document of documents.slice(-2)) assert.ok((await read(two, document)).equals(bytes))
  const rows = await postgres.query(
    `SELECT (SELECT count(*) FROM blobs WHERE size = ${PART}) AS blobs`,
    new URL(options.store).pathname.slice(1),
  )
  assert.equal(Number(rows[0]?.['blobs']), 1)
})

test('two nodes that put files together at once do not overrun the room of an account', async () => {
  const [atOne, atTwo] = await signedIn(2)
  const bytes = testBytes(10 * 1024 * KIB)
  for (let n = 0; n < 6; n++) {
    const own = bytes.with(0, 100 + n)
    await Promise.all(
      Array.from({ length: 20 }, (_, part) => savePart(part % 2 ? atOne : atTwo, BigInt(n), part, own)),
    )
  }
  const made = await Promise.allSettled(
    Array.from({ length: 6 }, (_, n) => uploadMedia(n % 2 ? atOne : atTwo, BigInt(n), 20)),
  )
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason.message] : []))
  assert.deepEqual(refused, ['FILES_TOO_MUCH', 'FILES_TOO_MUCH'])
})

test('a node that sees other files does not start, also when no other node runs', async () => {
  const own = { ...options, store: postgres.url(await postgres.createDatabase()), files: join(folder, 'own') }
  const start = async (files: string) =>
    await startServer({ ...own, secretFile: join(folder, 'own.key'), files })
  const refused = (code: string, message: RegExp) => (error: { code: string; message: string }) => {
    assert.match(error.message, message)
    return error.code === code
  }
  const node = await start(own.files)
  const other = join(folder, 'other')
  await assert.rejects(start(other), refused('NODE_OPTIONS_DIFFER', /runs with --files with the number/))
  const phone = testPhone(3)
  const client = new TelegramClient(memorySession(), { server: node.info, pfs: false })
  await signUp(client, node.info, phone)
  await savePart(client, 1n, 0, testBytes(9))
  await uploadMedia(client, 1n, 1)
  await client.close()
  await node.close()
  await assert.rejects(start(other), refused('FILES_OTHER', /name the right folder or bucket with --files/))
  await (await start(own.files)).close()
})

test('of two nodes one sweeps at a time, and both leave what has a row', async () => {
  const stores: Store[] = []
  const random = seededRandom('sweeps')
  const clock = createClock(() => Date.now() + 2 * HOUR_MS)
  const nowMs = (): number => clock.nowMs()
  const looks = [0, 0]
  const sweeps = await Promise.all(
    looks.map(async (_, index) => {
      const { store: url, secretFile } = options
      const store = await openPostgresStore({ url, secretFile, random, nowMs: Date.now })
      stores.push(store)
      const files = await openFolderFiles({ folder: options.files, secret: store.secret, random, nowMs })
      const decide: Store['decide'] = (run) => {
        looks[index] = (looks[index] ?? 0) + 1
        return store.decide(run)
      }
      const ground = { store: { ...store, decide }, files, clock, random, settings: createSettings('box') }
      const started = startSweeping({
        ...ground,
        startTimer: () => () => undefined,
        onTrouble: assert.ifError,
      })
      return { started, files, store }
    }),
  )
  const [{ files, store } = assert.fail()] = sweeps
  for (let n = 0; n < 50; n++) await files.put([testBytes(n)])
  const count = async (): Promise<number> => {
    let names = 0
    for await (const _ of files.list()) names += 1
    return names
  }
  const blobs = sql`SELECT count(*) AS n FROM blobs`
  const rows = await store.look(function* () {
    return int((yield* blobs.row()) ?? {}, 'n')
  })
  assert.equal(await count(), rows + 50)
  await Promise.all(sweeps.map(({ started }) => started.run()))
  // One asked for the turn, and no more.
  assert.equal(Math.min(...looks), 1)
  assert.ok(Math.max(...looks) > 1)
  assert.equal(await count(), rows)
  for (const each of sweeps) await each.started.stop()
  for (const each of stores) await each.close()
})
