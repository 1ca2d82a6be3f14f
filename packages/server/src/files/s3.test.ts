import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import { createSecret } from '../database/secret.ts'
import { machineTimer, type StartTimer } from '../ground/clock.ts'
import { seededRandom } from '../rules/test-world.ts'
import { CHUNK_BYTES } from './chunks.ts'
import { openFolderFiles } from './folder.ts'
import type { FileStore } from './port.ts'
import type { Patience } from './s3/exchange.ts'
import { type S3Options, s3PlaceOf } from './s3/place.ts'
import { openS3Files } from './s3.ts'
import { pieces, testBytes } from './test-bytes.ts'
import { failed, namesOf, testFiles } from './test-contract.ts'
import { type Instead, type Received, TEST_KEYS, TestS3 } from './test-s3.ts'

const secret = createSecret(new Uint8Array(32), seededRandom('secret'))
const server = await new TestS3(Date.now).listen()
after(() => server.close())
const MIB = 1024 * 1024
let buckets = 0

interface Choices {
  readonly keys?: S3Options
  readonly patience?: Patience
  readonly nowMs?: () => number
}

/** The waits between tries are fifty times as short, and patience as it is. */
const startTimer: StartTimer = (run, ms) => machineTimer(run, ms <= 2_000 ? ms / 50 : ms)

function open(
  address: string,
  { keys = TEST_KEYS, patience, nowMs = Date.now }: Choices = {},
): Promise<FileStore> {
  const random = seededRandom(`${address} ${buckets++}`)
  return openS3Files({ place: s3PlaceOf(address, keys), secret, random, nowMs, startTimer, patience })
}

testFiles('S3', () => open(server.address(`bucket-${buckets}`)))

/** A server of its own, with a store on it. */
function withServer(title: string, check: (server: TestS3, files: FileStore) => Promise<void>): void {
  test(title, async (t) => {
    const own = await new TestS3(Date.now).listen()
    t.after(() => own.close())
    const files = await open(own.address())
    own.received.length = 0
    await check(own, files)
    await files.close()
  })
}

/** Answers otherwise the first times that a request fits. */
function insteadOf(
  fits: (received: Received) => boolean,
  times: number,
  instead: Instead,
): TestS3['instead'] {
  let left = times
  return (received) => (fits(received) && left-- > 0 ? instead : undefined)
}

const BUSY: Instead = { status: 503, code: 'SlowDown' }

withServer('a long file comes in blocks, and back from any place', async (own, files) => {
  const bytes = testBytes(12 * MIB + 1)
  const { name, size, sha256 } = await files.put(pieces(bytes, 524_288))
  assert.equal(size, bytes.length)
  assert.deepEqual(Buffer.from(sha256), createHash('sha256').update(bytes).digest())
  const blocks = own.received.filter(({ query }) => query.has('partNumber')).map(({ body }) => body.length)
  assert.equal(blocks.length, 3)
  assert.ok(Math.max(...blocks) < 5.1 * MIB)
  for (const [offset, length] of [
    [0, MIB],
    [5 * MIB, MIB],
    [12 * MIB, MIB],
  ] as const) {
    const read = await files.read(name, offset, length)
    assert.ok(Buffer.from(read).equals(bytes.subarray(offset, offset + length)))
  }
  assert.deepEqual(await namesOf(files.list()), [name])
  assert.equal(own.begun.size, 0)
})

withServer('a file of exactly one block comes with one request', async (own, files) => {
  await files.put(pieces(testBytes(40 * CHUNK_BYTES), CHUNK_BYTES))
  assert.deepEqual(
    own.received.map(({ method }) => method),
    ['PUT'],
  )
})

withServer('nothing stays of a long file whose pieces fail', async (own, files) => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield testBytes(6 * MIB)
    throw new Error('no more pieces')
  }
  await assert.rejects(files.put(failing()), /no more pieces/)
  assert.deepEqual([own.begun.size, own.objects.size], [0, 1])
})

withServer('what a crash has left of a long file is listed a day later, and deleted', async (own, files) => {
  let end = (): void => undefined
  const rest = new Promise<void>((resolve) => (end = resolve))
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield testBytes(6 * MIB)
    await rest
  }
  const put = files.put(slow())
  while (![...own.begun.values()].some(({ blocks }) => blocks.size > 0)) await new Promise(setImmediate)
  const other = await open(own.address())
  const [begun = assert.fail()] = own.begun.values()
  const day = 86_400_000
  begun.atMs -= day - 60_000
  assert.deepEqual(await namesOf(other.list()), [], 'another node may be writing it')
  begun.atMs -= 120_000
  assert.deepEqual(await namesOf(files.list()), [], 'this one is writing it')
  const [name = ''] = await namesOf(other.list())
  assert.match(name, /^[0-9a-f]{32}$/)
  for await (const { ageMs } of other.list()) assert.ok(ageMs >= day && ageMs < day + 120_000)
  await other.delete(name)
  end()
  await assert.rejects(put, failed('STORE_FAILED'))
  assert.deepEqual([own.begun.size, await namesOf(other.list())], [0, []])
  await other.close()
})

withServer('lists go over pages, and so does clearing', async (own, files) => {
  own.pageLength = 2
  const kept = await Promise.all(Array.from({ length: 5 }, () => files.put([testBytes(3)])))
  const upload = files.parts.newName()
  for (let part = 0; part < 5; part++) await files.parts.put(upload, part, testBytes(9))
  assert.deepEqual(await namesOf(files.list()), kept.map(({ name }) => name).sort())
  assert.deepEqual(await namesOf(files.parts.list()), [upload])
  await files.clear()
  assert.deepEqual([...own.objects.keys()], ['id'])
})

withServer('an upload is as old as its newest part', async (own, files) => {
  const upload = files.parts.newName()
  const startMs = Date.now()
  for (const [part, atMs] of [startMs - 60_000, startMs - 10_000, startMs - 90_000].entries()) {
    await files.parts.put(upload, part, testBytes(1))
    own.objects.set(`parts/${upload}/${part}`, { bytes: Buffer.alloc(1), atMs })
  }
  for await (const { ageMs } of files.parts.list()) assert.ok(ageMs >= 9_000 && ageMs < 30_000, `${ageMs}`)
})

withServer('files that were changed or cut short are damaged, and parts are missing', async (own, files) => {
  const { name } = await files.put([testBytes(CHUNK_BYTES + 1)])
  const key = `${name.slice(0, 2)}/${name}`
  const whole = own.objects.get(key)?.bytes ?? Buffer.alloc(0)
  own.objects.set(key, { bytes: whole.subarray(0, CHUNK_BYTES + 28), atMs: 0 })
  await assert.rejects(files.read(name, 0, 5), failed('STORE_FAILED'))
  const changed = Buffer.from(whole)
  changed[20] = (changed[20] ?? 0) ^ 1
  own.objects.set(key, { bytes: changed, atMs: 0 })
  await assert.rejects(files.read(name, 0, 5), failed('STORE_FAILED'))
  const upload = files.parts.newName()
  await files.parts.put(upload, 0, testBytes(1024))
  own.objects.set(`parts/${upload}/0`, { bytes: Buffer.alloc(500), atMs: 0 })
  assert.equal(await files.parts.read(upload, 0), undefined)
})

test('a bucket shows nothing of its files', async () => {
  const files = await open(server.address('sealed'))
  await files.put([Buffer.from('plain words')])
  await files.parts.put(files.parts.newName(), 0, Buffer.from('plain words'))
  for (const { bytes } of server.objects.values()) assert.equal(bytes.includes('plain words'), false)
  await files.close()
})

test('two nodes see one bucket with one number, and another prefix has another', async () => {
  const [one, two, three] = await Promise.all([
    open(server.address('shared')),
    open(server.address('shared')),
    open(server.address('shared/other')),
  ])
  const { name } = await one.put([testBytes(3)])
  assert.equal((await two.read(name, 0, 3)).length, 3)
  assert.equal(two.id, one.id)
  assert.notEqual(three.id, one.id)
  for (const each of [one, two, three]) await each.close()
})

test('a folder that is copied into a bucket is read from there', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'cablegram-folder-'))
  t.after(() => rm(folder, { recursive: true }))
  const before = await openFolderFiles({ folder, secret, random: seededRandom('folder'), nowMs: Date.now })
  const { name } = await before.put([testBytes(CHUNK_BYTES + 7)])
  const own = await new TestS3(Date.now).listen()
  t.after(() => own.close())
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const key = path.slice(folder.length + 1).replaceAll('\\', '/')
    own.objects.set(key, { bytes: await readFile(path), atMs: Date.now() })
  }
  const files = await open(own.address())
  assert.equal(files.id, before.id)
  assert.deepEqual(Buffer.from(await files.read(name, CHUNK_BYTES, 9)), Buffer.from(testBytes(7)))
  await files.close()
})

withServer('a busy server is asked again, and a closed connection, too', async (own, files) => {
  for (const instead of [
    BUSY,
    { status: 500, code: 'InternalError' },
    { status: 429, code: 'Busy' },
    'hang up',
    'another protocol',
  ] as const) {
    own.instead = insteadOf(() => true, 3, instead)
    const { name } = await files.put([testBytes(9)])
    own.instead = insteadOf(() => true, 3, instead)
    assert.equal((await files.read(name, 0, 9)).length, 9)
  }
  own.instead = insteadOf(() => true, 1, { status: 400, code: 'RequestTimeout' })
  await files.put([testBytes(9)])
})

withServer('a server that stays busy is asked four times', async (own, files) => {
  const { name } = await files.put([testBytes(9)])
  own.received.length = 0
  own.instead = () => BUSY
  await assert.rejects(files.read(name, 0, 9), failed('STORE_FAILED', /SlowDown/))
  assert.equal(own.received.length, 4)
})

withServer('a refusal is not repeated', async (own, files) => {
  own.instead = () => ({ status: 403, code: 'AccessDenied' })
  await assert.rejects(files.put([testBytes(9)]), failed('STORE_FAILED', /AccessDenied: It failed & ends/))
  assert.equal(own.received.filter(({ method }) => method === 'PUT').length, 1)
})

test('an answer that never comes, or too slowly, is not waited for', async (t) => {
  const own = await new TestS3(Date.now).listen()
  t.after(() => own.close())
  const patience = { idleMs: 60_000, totalMs: 60_000 }
  const files = await open(own.address(), { patience })
  const { name } = await files.put([testBytes(9)])
  own.instead = () => 'silence'
  patience.idleMs = 50
  await assert.rejects(files.read(name, 0, 9), failed('STORE_FAILED', /no answer/))
  Object.assign(patience, { idleMs: 60_000, totalMs: 2_050 })
  own.instead = insteadOf(() => true, 1, 'silence')
  assert.equal((await files.read(name, 0, 9)).length, 9)
  own.instead = () => 'silence'
  patience.totalMs = 50
  await assert.rejects(files.parts.read('a', 0), failed('STORE_FAILED', /no answer in time/))
  await files.close()
})

withServer('a lost answer to the last request of a long file is no failure', async (own, files) => {
  const bytes = testBytes(6 * MIB)
  own.instead = insteadOf(
    ({ method, query }) => method === 'POST' && query.has('uploadId'),
    1,
    'do it, and hang up',
  )
  const { name } = await files.put([bytes])
  assert.equal((await files.read(name, 6 * MIB - 5, 9)).length, 5)
})

withServer('an error behind the status 200 is an error', async (own, files) => {
  own.instead = insteadOf(({ method, query }) => method === 'POST' && query.has('uploadId'), 1, {
    status: 200,
    code: 'InternalError',
  })
  await assert.rejects(files.put([testBytes(6 * MIB)]), failed('STORE_FAILED', /InternalError/))
  assert.deepEqual(await namesOf(files.list()), [])
})

withServer('a full server is a full disk', async (own, files) => {
  own.instead = () => ({ status: 507, code: 'XMinioStorageFull' })
  await assert.rejects(files.put([testBytes(9)]), failed('STORE_FULL'))
  await assert.rejects(files.parts.put('a', 0, testBytes(9)), failed('STORE_FULL'))
})

withServer('a bucket that has gone is no missing file', async (own, files) => {
  own.instead = () => ({ status: 404, code: 'NoSuchBucket' })
  await assert.rejects(files.parts.read('a', 0), failed('STORE_FAILED', /NoSuchBucket/))
  await assert.rejects(files.delete('a'), failed('STORE_FAILED', /NoSuchBucket/))
})

withServer('eight files are put at once, and more wait', async (_own, files) => {
  let [running, most] = [0, 0]
  async function* counted(): AsyncGenerator<Uint8Array> {
    running += 1
    most = Math.max(most, running)
    yield testBytes(9)
    await new Promise(setImmediate)
    running -= 1
  }
  const puts = Array.from({ length: 30 }, (_, at) =>
    at % 3 === 0 ? files.put(failing()) : files.put(counted()),
  )
  const ended = await Promise.allSettled(puts)
  assert.deepEqual([most <= 8, ended.filter(({ status }) => status === 'fulfilled').length], [true, 20])
  // biome-ignore lint/correctness/useYield: it fails before the first piece
  async function* failing(): AsyncGenerator<Uint8Array> {
    throw new Error('nothing')
  }
})

withServer('a server that cannot list what was begun has none', async (own, files) => {
  own.instead = ({ method, query }) =>
    method === 'GET' && query.has('uploads') ? { status: 501, code: 'NotImplemented' } : undefined
  const { name } = await files.put([testBytes(9)])
  assert.deepEqual(await namesOf(files.list()), [name])
  await files.delete(name)
  assert.deepEqual(await namesOf(files.list()), [])
})

withServer('a server without ranges is refused', async (own, files) => {
  own.instead = () => ({ status: 200, code: 'whole' })
  await assert.rejects(files.parts.read('a', 0), failed('STORE_FAILED', /all of an object/))
})

const WRONG = { ...TEST_KEYS, secretAccessKey: 'hidden hidden hidden' }
const STARTS: readonly [title: string, next: RegExp, instead: Instead | undefined, choices?: Choices][] = [
  ['a wrong secret', /SignatureDoesNotMatch.*AWS_SECRET_ACCESS_KEY/, undefined, { keys: WRONG }],
  [
    'an unknown key',
    /InvalidAccessKeyId.*AWS_ACCESS_KEY_ID/,
    undefined,
    { keys: { ...WRONG, accessKeyId: 'x' } },
  ],
  ['a clock that is wrong', /RequestTimeTooSkewed.*NTP/, undefined, { nowMs: () => Date.now() - 3_600_000 }],
  ['no such bucket', /NoSuchBucket.*make the bucket/, { status: 404, code: 'NoSuchBucket' }],
  ['no right', /AccessDenied.*s3:DeleteObject/, { status: 403, code: 'AccessDenied' }],
  ['an ended token', /ExpiredToken.*AWS_SESSION_TOKEN/, { status: 400, code: 'ExpiredToken' }],
  [
    'another region',
    /region eu-north-1: set AWS_REGION/,
    { status: 400, code: 'AuthorizationHeaderMalformed', more: '<Region>eu-north-1</Region>' },
  ],
  ['a busy server', /SlowDown/, BUSY],
]

for (const [title, next, instead, choices] of STARTS) {
  test(`a start ends with the next step: ${title}`, async (t) => {
    const own = await new TestS3(Date.now).listen()
    t.after(() => own.close())
    own.instead = () => instead
    await assert.rejects(
      open(own.address(), choices),
      (error) =>
        error instanceof UsageError &&
        error.code === 'FILES_UNUSABLE' &&
        next.test(error.message) &&
        !error.message.includes('hidden'),
    )
  })
}

test('a start ends with the next step where nothing listens, and where a right is missing', async (t) => {
  const own = await new TestS3(Date.now).listen()
  own.instead = insteadOf(({ method }) => method === 'DELETE', 1, { status: 403, code: 'AccessDenied' })
  await assert.rejects(open(own.address()), /AccessDenied/)
  own.objects.set('id', { bytes: Buffer.from('hello'), atMs: 0 })
  await assert.rejects(open(own.address()), /not one of Cablegram's/)
  const address = own.address()
  await own.close()
  t.diagnostic(address)
  await assert.rejects(open(address), /ECONNREFUSED.*start the server/)
})

test('a key that ends sends its token, signed', async () => {
  server.received.length = 0
  const files = await open(server.address('token'), { keys: { ...TEST_KEYS, sessionToken: 'a token' } })
  assert.equal(
    server.received.every(({ headers }) => headers['x-amz-security-token'] === 'a token'),
    true,
  )
  await files.close()
})
