import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import { resetStore } from '../../database/reset.ts'
import { pieces, testBytes } from '../../files/test-bytes.ts'
import { namesOf } from '../../files/test-contract.ts'
import { signedIn } from '../test-world.ts'
import { makeMedia } from './make-media.ts'
import { mediaHashOf, mediaReference, NO_SOURCE } from './media-access.ts'
import { addSize, removeSize } from './part-rules.ts'
import { readFile } from './read-file.ts'
import { savePart } from './save-part.ts'
import { startSweeping, sweepFiles } from './sweep.ts'
import {
  assemble,
  bytesOf,
  createScene,
  documentOf,
  everything,
  KIB,
  newFileId,
  noting,
  refusedWith,
  type Scene,
  send,
  sent,
} from './test-files.ts'
import type { PartSizes } from './words.ts'

/** As when their account goes. */
const deleteUploads = sql`DELETE FROM uploads WHERE owner_id = :id`
const flying = sql`SELECT sum(byte_count) AS bytes FROM uploads WHERE owner_id = :id`
const BYTES = testBytes(2 * KIB + 5)

/** Sends a part of a file once more. */
async function repeat({ world, caller }: Scene, fileId: bigint, part: number, bytes: Uint8Array) {
  await savePart(world.rules, caller, { fileId, part, bytes, totalParts: undefined })
}

test('a late copy of a part changes nothing of a file that was put together', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId, parts } = await send(scene, BYTES, KIB)
  const blob = await assemble(rules, scene.caller, sent(fileId, parts))
  const before = await everything(scene)
  for (const [part, bytes] of pieces(BYTES, KIB).entries()) await repeat(scene, fileId, part, bytes)
  assert.deepEqual(await everything(scene), before)
  assert.deepEqual(await assemble(rules, scene.caller, sent(fileId, parts)), blob)
})

test('the count of parts and the MD5 are judged again for a file that was put together', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId, parts } = await send(scene, BYTES, KIB)
  const md5 = createHash('md5').update(BYTES).digest('hex')
  const blob = await assemble(rules, scene.caller, sent(fileId, parts))
  const again = (...[count, md5]: [number, string?]) =>
    assemble(rules, scene.caller, sent(fileId, count, md5))
  for (const count of [parts - 1, parts + 1]) {
    await assert.rejects(again(count), refusedWith('FILE_PARTS_INVALID'))
  }
  await assert.rejects(again(parts, '0'.repeat(32)), refusedWith('MD5_CHECKSUM_INVALID'))
  assert.deepEqual(await again(parts, md5), blob)
  // The parts are sent once, and two calls that differ in the MD5 come at once.
  const other = await send(scene, testBytes(3 * KIB), KIB)
  const both = await Promise.allSettled(
    [undefined, '0'.repeat(32)].map((md5) =>
      assemble(rules, scene.caller, sent(other.fileId, other.parts, md5)),
    ),
  )
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
})

test('the empty part that closes a stream may come late, too', async () => {
  const scene = await createScene()
  const { rules, caller } = { ...scene.world, ...scene }
  const fileId = newFileId()
  const close = { fileId, part: 1, bytes: new Uint8Array(), totalParts: 1 }
  await savePart(rules, caller, { fileId, part: 0, bytes: testBytes(KIB), totalParts: -1 })
  const blob = await assemble(rules, caller, sent(fileId, 1))
  await savePart(rules, caller, close)
  assert.equal((await everything(scene)).uploads, 0)
  assert.deepEqual(await assemble(rules, caller, sent(fileId, 1)), blob)
})

test('other parts under the number of a file begin another file, which is not sent before all its parts are there', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId, parts } = await send(scene, BYTES, KIB)
  await assemble(rules, scene.caller, sent(fileId, parts))
  const other = testBytes(2 * KIB).map((byte) => byte ^ 1)
  const [one = other, two = other] = pieces(other, KIB)
  await repeat(scene, fileId, 0, one)
  await assert.rejects(assemble(rules, scene.caller, sent(fileId, 2)), refusedWith('FILE_PART_1_MISSING'))
  await repeat(scene, fileId, 1, two)
  const second = await assemble(rules, scene.caller, sent(fileId, 2))
  assert.ok((await bytesOf(scene, second)).equals(other))
  assert.deepEqual(await assemble(rules, scene.caller, sent(fileId, 2)), second)
})

/** The store of files, which counts those that are half written: now, at most, and ever. */
function countPuts({ world: { rules } }: Scene) {
  const count = { now: 0, most: 0, all: 0 }
  const put: typeof rules.files.put = async (given) => {
    count.all += 1
    count.most = Math.max(count.most, ++count.now)
    await new Promise(setImmediate)
    return await rules.files.put(given).finally(() => count.now--)
  }
  return { count, on: { ...rules, files: { ...rules.files, put } } }
}

test('calls that name the same upload at once put it together one after the other, until one has kept it', async () => {
  const scene = await createScene()
  const { count, on } = countPuts(scene)
  const inParallel = async (md5?: string) => {
    const { fileId, parts } = await send(scene, BYTES, KIB)
    return await Promise.allSettled(
      Array.from({ length: 16 }, () => assemble(on, scene.caller, sent(fileId, parts, md5))),
    )
  }
  const refused = await inParallel('0'.repeat(32))
  assert.ok(refused.every((each) => each.status === 'rejected'))
  assert.deepEqual([count.most, count.all], [1, 1], 'the parts of a wrong file are gone')
  count.all = 0
  const kept = await inParallel()
  assert.ok(kept.every((each) => each.status === 'fulfilled'))
  assert.equal(count.most, 1)
  assert.ok(count.all <= 3, `${count.all} were written`)
  assert.deepEqual(await everything(scene), { files: 1, uploads: 0, bytes: BYTES.length })
})

test('the server puts eight files together at once, two of one account, and the others wait', async () => {
  const scene = await createScene()
  const { count, on } = countPuts(scene)
  const work: (() => Promise<unknown>)[] = []
  for (let account = 0; account < 5; account += 1) {
    const one = { ...scene, ...(await signedIn(scene.world, `999662123${account}`)) }
    for (let n = 0; n < 4; n += 1) {
      const { fileId, parts } = await send(one, testBytes(KIB).fill(4 * account + n), KIB)
      work.push(() => assemble(on, one.caller, sent(fileId, parts)))
    }
  }
  await Promise.all(work.slice(0, 4).map((put) => put()))
  assert.deepEqual(count, { now: 0, most: 2, all: 4 })
  await Promise.all(work.slice(4).map((put) => put()))
  assert.deepEqual(count, { now: 0, most: 8, all: 20 })
})

test('a part of the same place with other bytes or another length is no copy', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  for (const bytes of [testBytes(KIB).fill(1), testBytes(KIB - 1), testBytes(2 * KIB)]) {
    const { fileId } = await send(scene, testBytes(KIB), KIB)
    await assemble(rules, scene.caller, sent(fileId, 1))
    await repeat(scene, fileId, 0, bytes)
    const blob = await assemble(rules, scene.caller, sent(fileId, 1))
    assert.ok((await bytesOf(scene, blob)).equals(bytes))
  }
})

test('a photo that is refused leaves the file that its number stood for', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId } = await send(scene, testBytes(9), KIB)
  const { documentId } = await documentOf(scene, fileId, 1)
  await repeat(scene, fileId, 0, Buffer.from('no picture'))
  const photo = { kind: 'photo', file: { ...sent(fileId, 1), name: 'a.png' }, isBig: false } as const
  await assert.rejects(makeMedia(rules, scene.caller, photo), refusedWith('IMAGE_PROCESS_FAILED'))
  assert.equal((await everything(scene)).uploads, 0)
  assert.equal((await documentOf(scene, fileId, 1)).size, 9)
  assert.ok(documentId !== 0n)
})

/** The lengths of all parts, and a rule that looks at all of them. */
function isAllowed(lengths: readonly number[]): boolean {
  const longest = Math.max(...lengths)
  const shorter = lengths.filter((each) => each < longest)
  return lengths.length === 1 || (shorter.length <= 1 && longest % KIB === 0 && (512 * KIB) % longest === 0)
}

test('the lengths of parts are judged alike by their sum and by all of them, in whatever order parts come, again and again', () => {
  const lengths = fc.constantFrom(1, 5, KIB, 2 * KIB, 3 * KIB, 512 * KIB)
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(4), lengths), { maxLength: 12 }), (given) => {
      const parts = new Map<number, number>()
      let sizes: PartSizes = { partCount: 0, partBytes: 0, shortBytes: 0 }
      for (const [part, bytes] of given) {
        const before = parts.get(part)
        const next = addSize(before === undefined ? sizes : removeSize(sizes, before), bytes)
        assert.equal(typeof next !== 'string', isAllowed([...new Map(parts).set(part, bytes).values()]))
        if (typeof next === 'string') continue
        sizes = next
        parts.set(part, bytes)
        const all = [...parts.values()]
        const longest = Math.max(...all)
        assert.deepEqual(sizes, {
          partCount: all.length,
          partBytes: longest,
          shortBytes: all.find((each) => each < longest) ?? 0,
        })
      }
    }),
  )
})

test('a part is kept without a look at the others, however many there are', async () => {
  const scene = await createScene()
  const { rules, store } = scene.world
  const texts = new Set<string>()
  const noted: typeof store = {
    ...store,
    decide: (run) => store.decide(noting(run, texts)),
    look: (run) => store.look(noting(run, texts)),
  }
  const { fileId } = await send(scene, BYTES, KIB, [0])
  const on = { ...rules, store: noted }
  await savePart(on, scene.caller, { fileId, part: 1, bytes: testBytes(KIB), totalParts: undefined })
  const ofParts = [...texts].filter((each) => each.includes('FROM upload_parts'))
  assert.ok(ofParts.length > 0)
  for (const each of ofParts) assert.match(each, /name = :name AND part IN \(:part, :left\)/)
})

test('two copies of a part that differ in length and come at once make no wrong file', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId } = await send(scene, testBytes(2 * KIB), KIB)
  // The bytes of one, and the row of the other.
  for await (const { name } of rules.files.parts.list()) await rules.files.parts.put(name, 1, testBytes(7))
  await assert.rejects(assemble(rules, scene.caller, sent(fileId, 2)), refusedWith('FILE_PART_1_MISSING'))
  await repeat(scene, fileId, 1, testBytes(KIB))
  assert.equal((await assemble(rules, scene.caller, sent(fileId, 2))).size, 2 * KIB)
})

const ONE_MIB = { accountMib: 1, serverMib: 1 }

async function smallScene(change: Partial<typeof ONE_MIB>): Promise<Scene> {
  const { files } = (await createScene()).world.rules.settings
  return await createScene({ settings: { files: { ...files, ...change } } })
}

test('the bytes of a document that is gone leave the disk with it, also if its upload could still be sent', async () => {
  const scene = await smallScene({ accountMib: 1 })
  const { rules, clock } = scene.world
  const hour = async () => {
    await sweepFiles(rules)
    clock.advance(3_601_000)
    await sweepFiles(rules)
  }
  for (let n = 0; n < 4; n++) {
    const { fileId, parts } = await send(scene, testBytes(700 * KIB).with(0, n), 512 * KIB)
    await documentOf(scene, fileId, parts)
    await hour()
    assert.deepEqual(await everything(scene), { files: 0, uploads: 0, bytes: 0 })
    await assert.rejects(documentOf(scene, fileId, parts), refusedWith('FILE_PART_0_MISSING'))
  }
})

test('other parts that are on their way stay once the document of the first ones is gone', async () => {
  const scene = await createScene()
  const { rules, clock } = scene.world
  const other = { ...scene, ...(await signedIn(scene.world, '9996621235')) }
  const { fileId, parts } = await send(scene, BYTES, KIB)
  await documentOf(scene, fileId, parts)
  await sweepFiles(rules)
  clock.advance(1_800_000)
  const same = await send(other, BYTES, KIB)
  await documentOf(other, same.fileId, same.parts)
  const more = BYTES.with(0, 99)
  await repeat(scene, fileId, 0, more.subarray(0, KIB))
  clock.advance(1_800_000)
  await sweepFiles(rules)
  assert.deepEqual(await everything(scene), { files: 1, uploads: 1, bytes: BYTES.length })
  await assert.rejects(documentOf(scene, fileId, parts), refusedWith('FILE_PART_1_MISSING'))
  for (const part of [1, 2]) await repeat(scene, fileId, part, more.subarray(part * KIB, (part + 1) * KIB))
  assert.equal((await documentOf(scene, fileId, parts)).size, BYTES.length)
  // The other account's upload has its document still.
  assert.equal((await documentOf(other, same.fileId, same.parts)).size, BYTES.length)
})

test('an account pays once for the same bytes, however often they are sent, until the last is gone', async () => {
  const scene = await smallScene({ accountMib: 1 })
  const bytes = testBytes(700 * KIB)
  const again = async () => {
    const { fileId, parts } = await send(scene, bytes, 512 * KIB)
    return await documentOf(scene, fileId, parts)
  }
  const { fileId, parts } = await send(scene, bytes, 512 * KIB)
  await documentOf(scene, fileId, parts)
  await documentOf(scene, fileId, parts)
  // 324 KiB are left: the same file does not fit before it is known, and is there.
  await assert.rejects(again(), refusedWith('FILES_TOO_MUCH'))
  const small = await send(scene, testBytes(324 * KIB), 512 * KIB)
  await documentOf(scene, small.fileId, small.parts)
  const more = await send(scene, testBytes(1), KIB)
  await assert.rejects(documentOf(scene, more.fileId, 1), refusedWith('FILES_TOO_MUCH'))
  // Nothing names the documents any more.
  await sweepFiles(scene.world.rules)
  scene.world.clock.advance(3_600_001)
  await sweepFiles(scene.world.rules)
  await again()
})

test('files that are put together at once do not overrun the room of an account', async () => {
  const scene = await smallScene({ accountMib: 1 })
  const files = await Promise.all(
    Array.from({ length: 6 }, (_, n) => send(scene, testBytes(300 * KIB).fill(n, 0, 9), 512 * KIB)),
  )
  const made = await Promise.allSettled(files.map(({ fileId, parts }) => documentOf(scene, fileId, parts)))
  const refused = made.flatMap((each) => (each.status === 'rejected' ? [each.reason.message] : []))
  assert.deepEqual(refused, Array(3).fill('FILES_TOO_MUCH'))
  // Nothing stays of those that were refused but their parts: the sender may delete something, and try again.
  assert.deepEqual(await everything(scene), { files: 3, uploads: 3, bytes: 900 * KIB })
})

/** Two accounts on a server that keeps 2 MiB. */
async function smallServer() {
  const ada = await smallScene({ serverMib: 2 })
  const bob = { ...ada, ...(await signedIn(ada.world, '9996621235')) }
  const bytes = testBytes(KIB * KIB)
  return {
    ada,
    bob,
    /** Sends the parts of a file of 1 MiB. */
    mib: (of: Scene, mark = 0) => send(of, bytes.with(0, mark), 512 * KIB),
    isFull: () => assert.rejects(send(ada, testBytes(1), KIB), refusedWith('FILES_TOO_MUCH')),
  }
}

test('parts take room of the server, in which they become files', async () => {
  const { ada, bob, mib, isFull } = await smallServer()
  const files = [await mib(ada, 1), await mib(bob, 2)]
  await isFull()
  for (const [n, { fileId, parts }] of files.entries()) await documentOf(n === 0 ? ada : bob, fileId, parts)
  assert.deepEqual(await everything(ada), { files: 2, uploads: 0, bytes: 2 * KIB * KIB })
  await isFull()
  const { rules, clock } = ada.world
  for (let hours = 0; hours < 2; hours++) {
    clock.advance(25 * 3_600_000)
    await sweepFiles(rules)
  }
  await mib(ada)
  await mib(bob)
  await isFull()
})

test('parts give their room back once they are refused, lost, old, or their account is gone', async () => {
  const { ada, bob, mib, isFull } = await smallServer()
  const { rules, clock, store } = ada.world
  await mib(bob)
  const { fileId, parts } = await mib(ada)
  await isFull()
  const photo = { kind: 'photo', file: { ...sent(fileId, parts), name: 'a.png' }, isBig: false } as const
  await assert.rejects(makeMedia(rules, ada.caller, photo), refusedWith('IMAGE_PROCESS_FAILED'))

  const lost = await mib(ada)
  await isFull()
  for await (const { name } of rules.files.parts.list()) await rules.files.parts.delete(name)
  await assert.rejects(documentOf(ada, lost.fileId, 2), refusedWith('FILE_PART_0_MISSING'))
  await repeat(ada, lost.fileId, 0, testBytes(512 * KIB))
  await isFull()

  await store.decide(() => deleteUploads.send({ id: bob.id }))
  await isFull()
  await sweepFiles(rules)
  await send(ada, testBytes(KIB * KIB), 512 * KIB)
  await isFull()

  clock.advance(25 * 3_600_000)
  await sweepFiles(rules)
  await mib(ada)
  await mib(ada)
})

test('nothing stays of what was on its way when the data were reset', async () => {
  const scene = await createScene()
  const { rules, store } = scene.world
  const reset = async (): Promise<void> => {
    await store.decide(() => resetStore(1))
    await rules.files.clear()
  }
  const whole = await send(scene, BYTES, KIB)
  await documentOf(scene, whole.fileId, whole.parts)
  const half = await send(scene, testBytes(700), KIB)
  /** The store of files, in which a reset comes between the bytes and their row. */
  const resetting = { put: rules.files.put, partPut: rules.files.parts.put }
  const files = {
    ...rules.files,
    put: async (given: Parameters<typeof resetting.put>[0]) => {
      const kept = await resetting.put(given)
      await reset()
      return kept
    },
    parts: {
      ...rules.files.parts,
      put: async (...given: Parameters<typeof resetting.partPut>) => {
        await reset()
        await resetting.partPut(...given)
      },
    },
  }
  const during: Scene = { ...scene, world: { ...scene.world, rules: { ...rules, files } } }
  await assert.rejects(documentOf(during, half.fileId, 1), refusedWith('FILE_PART_0_MISSING'))
  assert.deepEqual(await everything(scene), { files: 0, uploads: 0, bytes: 0 })
  await assert.rejects(documentOf(scene, whole.fileId, whole.parts), refusedWith('FILE_PART_0_MISSING'))
  await assert.rejects(send(during, testBytes(9), KIB), refusedWith('AUTH_KEY_UNREGISTERED'))
  assert.deepEqual(await everything(scene), { files: 0, uploads: 0, bytes: 0 })
})

test('a part whose reset comes while its bytes are written leaves nothing', async () => {
  const scene = await createScene()
  const { rules, store } = scene.world
  const fileId = newFileId()
  await repeat(scene, fileId, 0, testBytes(KIB))
  const { put } = rules.files.parts
  rules.files.parts.put = async (...given) => {
    await store.decide(() => resetStore(1))
    await rules.files.clear()
    await put(...given)
  }
  await assert.rejects(repeat(scene, fileId, 1, testBytes(KIB)), refusedWith('AUTH_KEY_UNREGISTERED'))
  assert.deepEqual(await everything(scene), { files: 0, uploads: 0, bytes: 0 })
})

/** A scene with room for eight parts of 128 KiB, whose store takes a while for each, and what the store has of them. */
async function slowScene() {
  const { files: limits } = (await createScene()).world.rules.settings
  const scene = await createScene({ settings: { files: { ...limits, maxUploadMib: 1 } } })
  const { files } = scene.world.rules
  const held = { bytes: 0, most: 0 }
  const { put } = files.parts
  files.parts.put = async (upload, part, bytes) => {
    held.bytes += bytes.length
    held.most = Math.max(held.most, held.bytes)
    await new Promise(setImmediate)
    await put(upload, part, bytes)
  }
  return { scene, held }
}

test('parts that come at once do not overrun the room of their account, and all that fit are kept', async () => {
  const { scene, held } = await slowScene()
  const fileId = newFileId()
  const save = (part: number) => repeat(scene, fileId, part, testBytes(128 * KIB))
  const saved = await Promise.allSettled(Array.from({ length: 40 }, (_, part) => save(part)))
  const refused = saved.flatMap((each) => (each.status === 'rejected' ? [each.reason.message] : []))
  assert.deepEqual(refused, Array(32).fill('FLOOD_WAIT_30'))
  assert.equal(held.most, KIB * KIB)
  // A part that is there may come again, as often as it likes.
  await Promise.all(Array.from({ length: 4 }, () => save(0)))
  assert.equal((await assemble(scene.world.rules, scene.caller, sent(fileId, 8))).size, KIB * KIB)
})

/** Bytes in flight of the account, as its rows count them. */
async function countedBytes({ world, id }: Scene): Promise<number> {
  const row = await world.rules.store.look(() => flying.row({ id }))
  return Number(row?.['bytes'])
}

test('a part that is refused once its bytes are written counts until another copy takes its place', async () => {
  const { scene, held } = await slowScene()
  const { rules } = scene.world
  const fileId = newFileId()
  const save = (part: number, kib: number) => repeat(scene, fileId, part, testBytes(kib * KIB))
  // Each is fine as the first one, and two of them together.
  const saved = await Promise.allSettled([4, 2, 1].map((kib, part) => save(part, kib)))
  assert.deepEqual(
    saved.map((each) => (each.status === 'rejected' ? each.reason.message : 'kept')),
    ['kept', 'kept', 'FILE_PART_SIZE_CHANGED'],
  )
  assert.deepEqual([held.bytes, await countedBytes(scene)], [7 * KIB, 7 * KIB])
  await assert.rejects(save(2, 1), refusedWith('FILE_PART_SIZE_CHANGED'))
  assert.equal(await countedBytes(scene), 7 * KIB)
  // The part in the middle becomes a whole one, and the last may be the short one.
  await save(1, 4)
  await save(2, 1)
  assert.equal(await countedBytes(scene), 9 * KIB)
  assert.equal((await assemble(rules, scene.caller, sent(fileId, 3))).size, 9 * KIB)
  assert.equal(await countedBytes(scene), 0)
  assert.deepEqual(await namesOf(rules.files.parts.list()), [])
})

test('a part whose write fails is counted, unless it was there before', async () => {
  const scene = await createScene()
  const { files } = scene.world.rules
  const { put } = files.parts
  const fileId = newFileId()
  await repeat(scene, fileId, 0, testBytes(KIB))
  files.parts.put = async (...given) => {
    await put(...given)
    throw new StoreError('STORE_FULL', 'the disk is full')
  }
  for (const part of [0, 1, 1]) {
    await assert.rejects(repeat(scene, fileId, part, testBytes(KIB)), { code: 'STORE_FULL' })
  }
  assert.equal(await countedBytes(scene), 2 * KIB)
  await assert.rejects(
    assemble(scene.world.rules, scene.caller, sent(fileId, 2)),
    refusedWith('FILE_PART_1_MISSING'),
  )
})

for (const when of ['before', 'after'] as const) {
  test(`a part that one node refuses stays if another node acknowledges it ${when} the first has counted it`, async () => {
    const scene = await createScene()
    const { rules } = scene.world
    const fileId = newFileId()
    await repeat(scene, fileId, 0, testBytes(2 * KIB))
    const paused = gate()
    const refusedNow = gate()
    const { put } = rules.files.parts
    /** A node that stops once it has written a part, and once it has been refused. */
    const parts = {
      ...rules.files.parts,
      put: async (...given: Parameters<typeof put>) => {
        await put(...given)
        await paused.stop()
      },
    }
    let decisions = 0
    const decide: typeof rules.store.decide = async (decision) => {
      decisions += 1
      if (decisions === 2 && when === 'before') await refusedNow.stop()
      const done = await rules.store.decide(decision)
      if (decisions === 2 && when === 'after') await refusedNow.stop()
      return done
    }
    const store = Object.assign(Object.create(rules.store), { decide })
    const other: Scene = {
      ...scene,
      world: { ...scene.world, rules: { ...rules, store, files: { ...rules.files, parts } } },
    }
    const late = repeat(other, fileId, 1, testBytes(KIB))
    await paused.reached
    // Two short parts do not go together: the one that waits is refused.
    await repeat(scene, fileId, 2, testBytes(KIB))
    paused.open()
    await refusedNow.reached
    await repeat(scene, fileId, 1, testBytes(2 * KIB))
    refusedNow.open()
    await assert.rejects(late, refusedWith('FILE_PART_SIZE_CHANGED'))
    assert.equal(await countedBytes(scene), 5 * KIB)
    assert.equal((await assemble(rules, scene.caller, sent(fileId, 3))).size, 5 * KIB)
  })
}

test('a part that another node acknowledges anew is not forgotten for the copy that was read before', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId, parts } = await send(scene, testBytes(3 * KIB), 2 * KIB)
  const reading = gate()
  const read: typeof rules.files.parts.read = async (...given) => {
    if (given[1] === 1) await reading.stop()
    return await rules.files.parts.read(...given)
  }
  const files = { ...rules.files, parts: { ...rules.files.parts, read } }
  const early = assemble({ ...rules, files }, scene.caller, sent(fileId, parts))
  await reading.reached
  await repeat(scene, fileId, 1, testBytes(2 * KIB))
  reading.open()
  await assert.rejects(early, refusedWith('FILE_PART_1_MISSING'))
  assert.equal((await assemble(rules, scene.caller, sent(fileId, parts))).size, 4 * KIB)
})

/** A place where somebody stops until it is opened. */
function gate() {
  let reach = () => {}
  let open = () => {}
  const reached = new Promise<void>((resolve) => (reach = resolve))
  const opened = new Promise<void>((resolve) => (open = resolve))
  return {
    reached,
    open: () => open(),
    async stop() {
      reach()
      await opened
    },
  }
}

/** A part as a client may ask for it, with all that is wrong about it. */
interface AskedPart {
  readonly offset: number
  readonly limit: number
  readonly precise: boolean
}

function errorOf({ offset, limit, precise }: AskedPart): string | undefined {
  const step = precise ? KIB : 4 * KIB
  const isLimit = limit > 0 && limit <= KIB * KIB && limit % step === 0
  if (!isLimit || (!precise && (KIB * KIB) % limit !== 0)) return 'LIMIT_INVALID'
  const isOffset = offset >= 0 && offset % step === 0
  const isInOneMib = Math.floor(offset / (KIB * KIB)) === Math.floor((offset + limit - 1) / (KIB * KIB))
  return isOffset && isInOneMib ? undefined : 'OFFSET_INVALID'
}

test('any legal part is that part of the file, and any illegal one has its error', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const bytes = testBytes(2 * KIB * KIB + 70_001)
  const { fileId, parts } = await send(scene, bytes, 128 * KIB)
  const { documentId: mediaId } = await documentOf(scene, fileId, parts)
  const accessHash = mediaHashOf(rules, scene.id, mediaId)
  const reference = mediaReference(rules, scene.id, mediaId, NO_SOURCE)
  const place = { of: 'document', mediaId, accessHash, reference, letter: '' } as const
  const read = ({ offset, ...asked }: AskedPart) =>
    readFile(rules, scene.caller, place, { ...asked, offset: BigInt(offset) })
  const near = (value: number) => fc.constantFrom(0, 0, 0, 0, 1, -1).map((off) => value + off)
  const asked = fc.record({
    offset: fc.nat(2200).chain((kib) => near(kib * KIB)),
    limit: fc.oneof(
      fc.nat(8).chain((power) => near(4 * KIB * 2 ** power)),
      fc.integer({ min: -1, max: 1030 }).chain((kib) => near(kib * KIB)),
    ),
    precise: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(asked, async (part) => {
      const error = errorOf(part)
      if (error !== undefined) return await assert.rejects(read(part), refusedWith(error))
      const { bytes: got } = await read(part)
      assert.ok(Buffer.from(got).equals(bytes.subarray(part.offset, part.offset + part.limit)))
    }),
    { numRuns: 400 },
  )
  // From the beginning, with limits that are legal where they stand, the parts are the file.
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.infiniteStream(fc.nat(1023)), async (precise, limits) => {
      const got: Uint8Array[] = []
      for (let at = 0; ; ) {
        const most = Math.min(KIB * KIB - (at % (KIB * KIB)), ((limits.next().value ?? 0) + 1) * KIB)
        const limit = precise ? most : Math.max(4 * KIB, 2 ** Math.floor(Math.log2(most)))
        const { bytes: part } = await read({ offset: at, limit, precise })
        got.push(part)
        at += part.length
        if (part.length < limit) break
      }
      assert.ok(Buffer.concat(got).equals(bytes))
    }),
    { numRuns: 20 },
  )
})

test('a sweep asks once for hundreds of names, and two nodes sweep by turns', async () => {
  const scene = await createScene()
  const { rules, store, clock } = scene.world
  const { fileId, parts } = await send(scene, BYTES, KIB)
  const kept = await assemble(rules, scene.caller, sent(fileId, parts))
  await send(scene, BYTES, KIB, [0])
  for (let n = 0; n < 700; n++) {
    await rules.files.put([testBytes(n)])
    await rules.files.parts.put(rules.files.parts.newName(), 0, testBytes(1))
  }
  let looks = 0
  const counting = {
    ...store,
    look: <T>(run: Parameters<typeof store.look<T>>[0]) => {
      looks += 1
      return store.look(run)
    },
  }
  const on = { ...rules, store: counting, startTimer: () => () => undefined, onTrouble: assert.ifError }
  const [one, two] = [startSweeping(on), startSweeping(on)]
  await Promise.all([one.run(), two.run()])
  clock.advance(3_600_001)
  await Promise.all([one.run(), two.run()])
  // Of each sweep one at the blobs, and of the second two at the names of each kind.
  assert.equal(looks, 2 + 4)
  assert.deepEqual(await everything(scene), { files: 1, uploads: 1, bytes: BYTES.length })
  assert.ok((await bytesOf(scene, kept)).equals(BYTES))
  // Either may be next.
  clock.advance(25 * 60_000)
  await rules.files.put([testBytes(1)])
  clock.advance(3_600_001)
  await two.run()
  assert.equal((await everything(scene)).files, 1)
  await Promise.all([one.stop(), two.stop()])
})
