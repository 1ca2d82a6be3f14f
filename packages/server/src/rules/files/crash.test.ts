import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import { text } from '../../database/columns.ts'
import { sql } from '../../database/decision.ts'
import { StoreError, type StoreErrorCode } from '../../database/errors.ts'
import { createSecret } from '../../database/secret.ts'
import { openFolderFiles } from '../../files/folder.ts'
import type { FileStore } from '../../files/port.ts'
import { pieces, testBytes } from '../../files/test-bytes.ts'
import { namesOf } from '../../files/test-contract.ts'
import { Crash, TestDisk } from '../../files/test-disk.ts'
import type { Ground } from '../../ground/ground.ts'
import { seededRandom } from '../test-world.ts'
import { savePart } from './save-part.ts'
import { sweepFiles } from './sweep.ts'
import { bytesOf, createScene, documentOf, KIB, newFileId, type Scene } from './test-files.ts'

const BYTES = testBytes(3 * 128 * KIB + 5)
const PART = 128 * KIB
const secret = createSecret(new Uint8Array(32), seededRandom('secret'))
let opened = 0

async function openOn(disk: TestDisk): Promise<FileStore> {
  const random = seededRandom(`names ${opened++}`)
  // Files on this disk were written in 1970: they are old enough for the sweep.
  return await openFolderFiles({ folder: '/files', secret, random, nowMs: () => 7_200_000, disk })
}

/** The same account on a machine that was started again, or whose parts fail. */
function withParts(scene: Scene, changes: Partial<Scene['world']['rules']>): Scene {
  return { ...scene, world: { ...scene.world, rules: { ...scene.world.rules, ...changes } } }
}

async function sendParts({ world, caller }: Scene, fileId: bigint, bytes: Uint8Array): Promise<number> {
  const cut = pieces(bytes, PART)
  for (const [part, each] of cut.entries())
    await savePart(world.rules, caller, { fileId, part, bytes: each, totalParts: undefined })
  return cut.length
}

/** Makes a document as clients do: a part that is missing is sent again. */
async function makeAgain(scene: Scene, fileId: bigint, bytes: Uint8Array): Promise<number> {
  const cut = pieces(bytes, PART)
  for (;;) {
    try {
      return (await documentOf(scene, fileId, cut.length)).size
    } catch (error) {
      const found = error instanceof RpcError ? /^FILE_PART_(\d+)_MISSING$/.exec(error.message) : null
      if (found === null) throw error
      const part = Number(found[1])
      const given = { fileId, part, bytes: cut[part] ?? assert.fail(), totalParts: undefined }
      await savePart(scene.world.rules, scene.caller, given)
    }
  }
}

const blobs = sql`SELECT name FROM blobs ORDER BY name`

/** Sweeps, and checks that the store has the files of the rows, and they are whole. */
async function assertWhole(scene: Scene): Promise<void> {
  const { store, files } = scene.world.rules
  scene.world.clock.advance(3_600_001)
  await sweepFiles(scene.world.rules)
  const names = (await store.look(() => blobs.rows())).map((row) => text(row, 'name'))
  const left: string[] = []
  for await (const { name } of files.list()) left.push(name)
  assert.deepEqual(left.sort(), names)
  for (const name of names) assert.ok((await files.read(name, 0, 1)).length === 1)
}

/** Runs something on a disk that has a document already. @returns the steps that the disk made meanwhile */
async function stepsOf(run: (scene: Scene, fileId: bigint) => Promise<unknown>): Promise<number> {
  const disk = new TestDisk()
  const scene = await createScene({ files: await openOn(disk) })
  const fileId = newFileId()
  await sendParts(scene, fileId, BYTES)
  const before = disk.steps
  await run(scene, fileId)
  return disk.steps - before
}

const isCrash = (error: unknown): boolean => error instanceof Crash
const assemble = async (scene: Scene, fileId: bigint): Promise<unknown> => await documentOf(scene, fileId, 4)

test('a crash at any step of an assembly loses no document, and leaves nothing that the sweep does not find', async () => {
  const steps = await stepsOf(assemble)
  assert.ok(steps > 12, `${steps} steps`)
  const disk = new TestDisk()
  let scene = await createScene({ files: await openOn(disk) })
  for (let at = 0; at < steps; at++) {
    const [kept, fileId] = [newFileId(), newFileId()]
    const [small, bytes] = [testBytes(9).with(0, at), BYTES.with(0, at)]
    await sendParts(scene, kept, small)
    await documentOf(scene, kept, 1)
    await sendParts(scene, fileId, bytes)
    disk.crashAfter(at)
    // What comes after the row needs not succeed.
    await assemble(scene, fileId).catch((error: unknown) => assert.ok(isCrash(error), String(error)))
    disk.restart()
    scene = withParts(scene, { files: await openOn(disk) })
    // The upload of a file that was kept is remembered: nothing of it is sent again.
    assert.equal((await documentOf(scene, kept, 1)).size, 9)
    assert.equal(await makeAgain(scene, fileId, bytes), BYTES.length, `a crash at step ${at}`)
    await assertWhole(scene)
  }
})

test('a crash right before or after the decision that names a file loses nothing', async () => {
  for (const when of ['before', 'after'] as const) {
    const disk = new TestDisk()
    const scene = await createScene({ files: await openOn(disk) })
    const fileId = newFileId()
    await sendParts(scene, fileId, BYTES)
    const { store } = scene.world
    const decide: typeof store.decide = async (run) => {
      if (when === 'before') throw new Crash('before')
      await store.decide(run)
      throw new Crash('after')
    }
    await assert.rejects(assemble(withParts(scene, { store: { ...store, decide } }), fileId), isCrash)
    disk.crashAfter(0)
    disk.restart()
    const after = withParts(scene, { files: await openOn(disk) })
    assert.equal(await makeAgain(after, fileId, BYTES), BYTES.length)
    await assertWhole(after)
  }
})

test('a database that takes no writes leaves no copy of a file, however often it is tried', async () => {
  const scene = await createScene()
  const { store, files } = scene.world.rules
  const fileId = newFileId()
  await sendParts(scene, fileId, BYTES)
  const failing = (code: StoreErrorCode): Partial<Ground> => {
    const fail = async () => Promise.reject(new StoreError(code, 'the database has trouble'))
    return { store: { ...store, decide: fail } }
  }
  const codes = ['STORE_FULL', 'STORE_READ_ONLY', 'STORE_UNREACHABLE', 'STORE_LATE', 'STORE_FAILED'] as const
  for (const code of codes) {
    await assert.rejects(assemble(withParts(scene, failing(code)), fileId), { code })
    for await (const { name } of files.list()) assert.fail(`${name} is left after ${code}`)
  }
  assert.equal(await makeAgain(scene, fileId, BYTES), BYTES.length)
})

test('a file stays whose decision was committed, or may have been', async () => {
  const scene = await createScene()
  const { store, files } = scene.world.rules
  const lost = new StoreError('STORE_FAILED', 'nobody knows the outcome')
  const commitAndLose: typeof store.decide = async (run) => {
    await store.decide(run)
    throw lost
  }
  const fileId = newFileId()
  await sendParts(scene, fileId, BYTES)
  await assert.rejects(
    assemble(withParts(scene, { store: { ...store, decide: commitAndLose } }), fileId),
    lost,
  )
  assert.equal(await makeAgain(scene, fileId, BYTES), BYTES.length)
  await assertWhole(scene)
  let isLost = false
  const other = newFileId()
  const bytes = BYTES.with(0, 9)
  await sendParts(scene, other, bytes)
  const loseAll: Partial<Ground> = {
    store: {
      ...store,
      decide: async () => {
        isLost = true
        throw lost
      },
      look: async (run) => (isLost ? Promise.reject(lost) : await store.look(run)),
    },
  }
  await assert.rejects(assemble(withParts(scene, loseAll), other), lost)
  assert.equal((await namesOf(files.list())).length, 2)
})

test('a disk that is full at any step of an upload or an assembly refuses, keeps what it has, and goes on once there is room', async () => {
  const steps = await stepsOf(assemble)
  let refused = 0
  const disk = new TestDisk()
  const scene = await createScene({ files: await openOn(disk) })
  for (let at = 0; at < steps; at++) {
    const [kept, fileId] = [newFileId(), newFileId()]
    const bytes = BYTES.with(0, at)
    await sendParts(scene, kept, testBytes(9).with(0, at))
    await documentOf(scene, kept, 1)
    await sendParts(scene, fileId, bytes)
    disk.fullAfter(at)
    await assemble(scene, fileId).catch((error: unknown) => {
      assert.ok(error instanceof StoreError && error.code === 'STORE_FULL', String(error))
      refused += 1
    })
    await assert.rejects(sendParts(scene, newFileId(), testBytes(9)), { code: 'STORE_FULL' })
    disk.makeRoom()
    assert.equal((await documentOf(scene, kept, 1)).size, 9)
    assert.equal(await makeAgain(scene, fileId, bytes), BYTES.length)
    await assertWhole(scene)
  }
  assert.ok(refused > 4, `${refused} refused`)
})

const LARGE = 26_214_401

test('a file of 26,214,401 bytes has 401 parts of 64 KiB, 201 of 128 or 51 of 512, the last of one byte', async () => {
  const scene = await createScene()
  const bytes = testBytes(LARGE)
  for (const [kib, parts] of [
    [64, 401],
    [128, 201],
    [512, 51],
  ] as const) {
    const cut = pieces(bytes, kib * KIB)
    assert.deepEqual([cut.length, cut.at(-1)?.length], [parts, 1])
    const fileId = newFileId()
    // The short part comes first.
    for (const part of [...cut.keys()].toReversed()) {
      const given = { fileId, part, bytes: cut[part] ?? assert.fail(), totalParts: parts }
      await savePart(scene.world.rules, scene.caller, given)
    }
    assert.equal((await documentOf(scene, fileId, parts)).size, LARGE)
  }
  const { store } = scene.world
  const [row, ...others] = await store.look(() => blobs.rows())
  assert.deepEqual(others, [], 'the same bytes are kept once')
  const kept = await bytesOf(scene, { name: text(row ?? {}, 'name'), size: LARGE })
  assert.ok(kept.equals(bytes))
})

test('parts are missing a day later', async () => {
  const scene = await createScene()
  const fileId = newFileId()
  const parts = await sendParts(scene, fileId, BYTES)
  scene.world.clock.advance(86_400_000)
  await assert.rejects(documentOf(scene, fileId, parts), { message: 'FILE_PART_0_MISSING' })
  scene.world.clock.advance(1000)
  await sweepFiles(scene.world.rules)
  for await (const { name } of scene.world.rules.files.parts.list()) assert.fail(`parts are left: ${name}`)
  const part = { fileId, part: 3, bytes: testBytes(5), totalParts: undefined }
  await savePart(scene.world.rules, scene.caller, part)
  await assert.rejects(documentOf(scene, fileId, parts), { message: 'FILE_PART_0_MISSING' })
})
