import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreError } from '../database/errors.ts'
import { createSecret } from '../database/secret.ts'
import { seededRandom } from '../rules/test-world.ts'
import { CHUNK_BYTES } from './chunks.ts'
import { openFolderFiles } from './folder.ts'
import type { FileStore } from './port.ts'
import { pieces, testBytes } from './test-bytes.ts'
import { Crash, TestDisk } from './test-disk.ts'

const secret = createSecret(new Uint8Array(32), seededRandom('secret'))
const bytes = testBytes(2 * CHUNK_BYTES + 1)

let opened = 0

async function openOn(disk: TestDisk): Promise<FileStore> {
  const random = seededRandom(`names ${opened++}`)
  return await openFolderFiles({ folder: '/files', secret, random, nowMs: () => 7_200_000, disk })
}

async function namesIn(files: FileStore): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of files.list()) names.push(name)
  return names
}

/** The steps of a put on a disk that has one file already. */
async function stepsOfPut(): Promise<number> {
  const disk = new TestDisk()
  const files = await openOn(disk)
  await files.put([testBytes(1)])
  const before = disk.steps
  await files.put(pieces(bytes, CHUNK_BYTES))
  return disk.steps - before
}

test('a crash at any step of a put loses no file that was acknowledged', async () => {
  const steps = await stepsOfPut()
  assert.ok(steps >= 8, `${steps} steps`)
  for (let at = 0; at <= steps; at++) {
    const disk = new TestDisk()
    const before = await openOn(disk)
    const first = await before.put(pieces(bytes, 1000))
    disk.crashAfter(at)
    const second = await before.put(pieces(bytes, CHUNK_BYTES)).catch((error: unknown) => {
      assert.ok(error instanceof Crash, String(error))
    })
    disk.restart()
    const after = await openOn(disk)
    assert.equal(after.id, before.id)
    for (const kept of [first, ...(second === undefined ? [] : [second])]) {
      const read = await after.read(kept.name, 0, bytes.length)
      assert.deepEqual(Buffer.from(read), Buffer.from(bytes), `a crash at step ${at}`)
    }
    // The rest can be swept.
    for (const name of await namesIn(after)) if (name !== first.name) await after.delete(name)
    assert.deepEqual(await namesIn(after), [first.name])
  }
})

test('a disk that is full at any step refuses, and keeps nothing of the file', async () => {
  const steps = await stepsOfPut()
  let refused = 0
  for (let at = 0; at < steps; at++) {
    const disk = new TestDisk()
    const files = await openOn(disk)
    const first = await files.put([bytes])
    disk.fullAfter(at)
    const second = await files.put(pieces(bytes, CHUNK_BYTES)).catch((error: unknown) => {
      assert.ok(error instanceof StoreError && error.code === 'STORE_FULL', String(error))
      refused++
    })
    disk.restart()
    const names = (await namesIn(await openOn(disk))).sort()
    assert.deepEqual(names, second ? [first.name, second.name].sort() : [first.name])
  }
  assert.ok(refused >= 4, `${refused} refused`)
})

test('parts that a crash takes are missing, and never wrong', async () => {
  const disk = new TestDisk()
  const files = await openOn(disk)
  const upload = files.parts.newName()
  await files.parts.put(upload, 0, testBytes(1024))
  disk.crashAfter(0)
  disk.restart()
  assert.equal(await (await openOn(disk)).parts.read(upload, 0), undefined)
})

/** A disk that is full for the first file that is begun, once another one has taken its name. */
class SlowlyFullDisk extends TestDisk {
  #onRename: () => void = () => undefined
  readonly #renamed = new Promise<void>((resolve) => (this.#onRename = resolve))
  #isFirst = true

  override async create(path: string): ReturnType<TestDisk['create']> {
    const file = await super.create(path)
    if (!path.includes('/parts/') || !this.#isFirst) return file
    this.#isFirst = false
    const write = async (): Promise<void> => {
      await this.#renamed
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    }
    return { ...file, write }
  }

  override async rename(from: string, to: string): Promise<void> {
    await super.rename(from, to)
    if (to.includes('/parts/')) this.#onRename()
  }
}

test('a part that was acknowledged stays when an earlier copy of it finds the disk full', async () => {
  const { parts } = await openOn(new SlowlyFullDisk())
  const upload = parts.newName()
  const first = parts.put(upload, 0, testBytes(1024))
  await Promise.all([assert.rejects(first, { code: 'STORE_FULL' }), parts.put(upload, 0, testBytes(1024))])
  assert.deepEqual(Buffer.from((await parts.read(upload, 0)) ?? []), Buffer.from(testBytes(1024)))
})

test('a part whose first copy found the disk full is missing until it comes again', async () => {
  const disk = new TestDisk()
  const { parts } = await openOn(disk)
  const upload = parts.newName()
  disk.fullAfter(1)
  await assert.rejects(parts.put(upload, 0, testBytes(1024)), { code: 'STORE_FULL' })
  assert.equal(await parts.read(upload, 0), undefined)
  disk.makeRoom()
  await parts.put(upload, 0, testBytes(1024))
  assert.equal((await parts.read(upload, 0))?.length, 1024)
})

test('a crash while a folder is made leaves one that can be opened', async () => {
  for (let at = 0; at < 12; at++) {
    const disk = new TestDisk()
    disk.crashAfter(at)
    await openOn(disk).catch(() => undefined)
    disk.restart()
    const files = await openOn(disk)
    assert.equal((await openOn(disk)).id, files.id)
  }
})

/** A disk on which another node does something right after the first look for a file. */
class BusyDisk extends TestDisk {
  meanwhile: (() => Promise<void>) | undefined

  override async open(path: string): ReturnType<TestDisk['open']> {
    const found = await super.open(path)
    const { meanwhile } = this
    this.meanwhile = undefined
    await meanwhile?.()
    return found
  }
}

test('two nodes that open a new folder at once have one number', async () => {
  const disk = new BusyDisk()
  const ids: string[] = []
  disk.meanwhile = async () => {
    ids.push((await openOn(disk)).id)
  }
  ids.push((await openOn(disk)).id)
  assert.equal(ids.length, 2)
  assert.equal(ids[0], ids[1])
  assert.deepEqual(await namesIn(await openOn(disk)), [])
})
