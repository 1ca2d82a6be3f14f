/**
 * A server is killed with -9 at random moments while people send files: amid their parts, and while files are put together.
 * After each restart every file whose message was acknowledged is there, byte for byte, and a sweep leaves no file that nothing
 * names. `npm run test:kills` runs the full form, and writes its result into `docs/promises.md`.
 */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { Rng } from '@cablegram/mtproto/testing'
import { text } from '../../packages/server/src/database/columns.ts'
import { sql } from '../../packages/server/src/database/decision.ts'
import { openPostgresStore, openStore, type Store } from '../../packages/server/src/database/index.ts'
import { openFolderFiles } from '../../packages/server/src/files/folder.ts'
import { createClock } from '../../packages/server/src/ground/clock.ts'
import { createSettings } from '../../packages/server/src/ground/settings.ts'
import { sweepFiles } from '../../packages/server/src/rules/files/sweep.ts'
import { effort, isLong } from '../effort.ts'
import { startPostgres } from './index.ts'
import { restart } from './promises/restart.ts'
import { Seen } from './promises/seen.ts'
import { say, type UploadKillRow, writeUploadKills } from './promises/table.ts'
import { Uploaders } from './promises/uploaders.ts'

const KILLS: number = effort(2, 100)
/** The longest time between the first message after a start and a kill amid parts. */
const MOST_MS = 300
/** The longest time between the beginning of an assembly and a kill. */
const MOST_ASSEMBLY_MS = 25
/** The files that are downloaded after a restart: the last ones before the kill. */
const PROVED = 10
const HOUR_MS = 3_600_000

const folder = mkdtempSync(join(tmpdir(), 'cablegram-kill-uploads-'))
const rng = new Rng(12)
const rows: UploadKillRow[] = []
after(() => {
  rmSync(folder, { recursive: true })
  if (isLong) writeUploadKills(rows, new Date())
})

const random = (length: number): Uint8Array => Uint8Array.from(randomBytes(length))
const blobs = sql`SELECT name FROM blobs ORDER BY name`
const uploads = sql`SELECT name FROM uploads WHERE is_whole = 0 ORDER BY name`

/** Sweeps as two hours later, and compares the files that are left with the rows that name them. */
async function sweep(store: Store, files: string): Promise<{ readonly orphans: number }> {
  const clock = createClock(() => Date.now() + 2 * HOUR_MS)
  const nowMs = (): number => clock.nowMs()
  const kept = await openFolderFiles({ folder: files, secret: store.secret, random, nowMs })
  const names = async (list: AsyncIterable<{ readonly name: string }>): Promise<string[]> => {
    const found: string[] = []
    for await (const { name } of list) found.push(name)
    return found.sort()
  }
  const before = (await names(kept.list())).length + (await names(kept.parts.list())).length
  await sweepFiles({ store, files: kept, clock, settings: createSettings('box') })
  const left = await names(kept.list())
  const parts = await names(kept.parts.list())
  const rowsOf = async (statement: typeof blobs): Promise<string[]> =>
    (await store.look(() => statement.rows())).map((row) => text(row, 'name'))
  assert.deepEqual(left, await rowsOf(blobs), 'each file has its row, and each row its file')
  const open = new Set(await rowsOf(uploads))
  assert.deepEqual(
    parts.filter((name) => !open.has(name)),
    [],
    'parts that no upload has',
  )
  return { orphans: before - left.length - parts.length }
}

/** The hashes of all files. */
async function hashesIn(store: Store, folder: string): Promise<ReadonlySet<string>> {
  const files = await openFolderFiles({ folder, secret: store.secret, random, nowMs: Date.now })
  const hashes = new Set<string>()
  for await (const { name } of files.list()) {
    const bytes = await files.read(name, 0, Number.MAX_SAFE_INTEGER)
    hashes.add(createHash('sha256').update(bytes).digest('hex'))
  }
  return hashes
}

interface Place {
  readonly name: string
  readonly args: readonly string[]
  readonly files: string
  open(): Promise<Store> | Store
}

async function killUnderUploads({ name, args, files, open }: Place): Promise<void> {
  const seen = new Seen()
  let serve = await restart(args)
  const people = await Uploaders.open(serve.ready, 200, seen, rng)
  const amid = { parts: 0, assembly: 0 }
  let orphans = 0
  try {
    people.begin()
    for (let kills = 1; kills <= KILLS; kills++) {
      const before = people.sent.length
      while (people.sent.length === before) await wait(2)
      if (kills % 2 === 0) await wait(rng.between(0, MOST_MS))
      else {
        while (people.assembling === 0) await wait(1)
        await wait(rng.between(0, MOST_ASSEMBLY_MS))
      }
      if (people.uploading > 0) amid.parts += 1
      if (people.assembling > 0) amid.assembly += 1
      await serve.stop('SIGKILL')
      const sent = [...people.sent]
      const store = await open()
      orphans += (await sweep(store, files)).orphans
      await store.close()
      serve = await restart(args, serve)
      await people.prove(sent.slice(-PROVED))
      if (kills % 10 === 0) say(`${name}: ${kills} of ${KILLS} kills, ${people.sent.length} files`)
    }
    await people.end()
    await people.prove(people.sent.slice(-PROVED))
  } finally {
    await people.close()
    await serve.stop('SIGTERM')
  }
  const store = await open()
  await sweep(store, files)
  const kept = await hashesIn(store, files)
  await store.close()
  const lost = people.sent.filter(({ sha256 }) => !kept.has(sha256))
  assert.deepEqual(lost.length, 0, 'acknowledged files that are lost')
  const counts = { files: people.sent.length, missing: people.missing, orphans, seen: String(seen) }
  rows.push({ store: name, kills: KILLS, amidParts: amid.parts, amidAssembly: amid.assembly, ...counts })
  say(`${name}: ${JSON.stringify(rows.at(-1))}`)
}

test('a server with a data folder, killed in mid-upload and in mid-assembly, loses no acknowledged file', async () => {
  const data = join(folder, 'data')
  const open = (): Store => openStore({ data, random })
  await killUnderUploads({ name: 'SQLite', args: ['--data', data], files: join(data, 'files'), open })
})

test('a server on PostgreSQL, killed in mid-upload and in mid-assembly, loses no acknowledged file', async (t) => {
  const postgres = await startPostgres()
  t.after(() => postgres.close())
  const url = postgres.url(await postgres.createDatabase())
  const [secretFile, files] = [join(folder, 'secret.key'), join(folder, 'files')]
  const args = ['--store', url, '--secret-file', secretFile, '--files', files]
  const open = (): Promise<Store> => openPostgresStore({ url, secretFile, random, nowMs: Date.now })
  await killUnderUploads({ name: 'PostgreSQL', args, files, open })
})
