import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mock, test } from 'node:test'
import { filmOf } from '../../files/images/test-film.ts'
import { testBytes } from '../../files/test-bytes.ts'
import type { Caller } from '../../ground/caller.ts'
import type { Document } from '../messages/words.ts'
import { createWorld, signedIn } from '../test-world.ts'
import { foundFilesOf } from './found-files.ts'
import { makeMedia, type SentDocument } from './make-media.ts'
import { mediaHashOf, mediaReference, NO_SOURCE } from './media-access.ts'
import { type FilePlace, hashFile, readFile } from './read-file.ts'
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
  refusedWith,
  type Scene,
  send,
  sent,
} from './test-files.ts'
import type { SentFile } from './words.ts'

const VECTORS = [
  { size: 1, partBytes: 128 * KIB, parts: 1, md5: '89e74e640b8c46257a29de0616794d5d' },
  { size: 131_072, partBytes: 128 * KIB, parts: 1, md5: 'c333c7a1bf9a19d9ace0f6ee9e5ff86d' },
  { size: 131_073, partBytes: 128 * KIB, parts: 2, md5: '7ada848f3851987e738caf559845054f' },
  { size: 10_485_760, partBytes: 128 * KIB, parts: 80, md5: '0e909200ed92c4b1c7f74cf0b7436e90' },
  { size: 10_485_761, partBytes: 128 * KIB, parts: 81, md5: '62c66b4a52d0e234a639bb4a930435ec' },
] as const

for (const { size, partBytes, parts, md5 } of VECTORS) {
  test(`a file of ${size} bytes in ${parts} parts has the MD5 sum of its vector`, async () => {
    const scene = await createScene()
    const bytes = testBytes(size)
    const file = await send(scene, bytes, partBytes)
    assert.equal(file.parts, parts)
    const blob = await assemble(scene.world.rules, scene.caller, sent(file.fileId, parts, md5))
    assert.equal(blob.size, size)
    assert.ok((await bytesOf(scene, blob)).equals(bytes))
  })
}

test('a wrong MD5 sum is refused, and nothing of the file is kept', async () => {
  const scene = await createScene()
  const { fileId } = await send(scene, testBytes(5), KIB)
  const { rules } = scene.world
  await assert.rejects(
    assemble(rules, scene.caller, sent(fileId, 1, '0'.repeat(32))),
    refusedWith('MD5_CHECKSUM_INVALID'),
  )
  assert.deepEqual(await everything(scene), NOTHING)
  await assert.rejects(assemble(rules, scene.caller, sent(fileId, 1)), refusedWith('FILE_PART_0_MISSING'))
})

test('five parts make the same file in all orders', async () => {
  const scene = await createScene()
  const bytes = testBytes(4 * KIB + 7)
  for (const order of permutations([0, 1, 2, 3, 4])) {
    const { fileId } = await send(scene, bytes, KIB, order)
    const blob = await assemble(scene.world.rules, scene.caller, sent(fileId, 5))
    assert.ok((await bytesOf(scene, blob)).equals(bytes), String(order))
  }
})

function permutations(values: readonly number[]): number[][] {
  if (values.length <= 1) return [[...values]]
  return values.flatMap((first) =>
    permutations(values.filter((each) => each !== first)).map((rest) => [first, ...rest]),
  )
}

test('one part that comes 64 times at once is one part', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const bytes = testBytes(512 * KIB)
  const part = { fileId: 77n, part: 0, bytes, totalParts: undefined }
  await Promise.all(Array.from({ length: 64 }, () => savePart(rules, scene.caller, part)))
  const blob = await assemble(rules, scene.caller, sent(77n, 1))
  assert.ok((await bytesOf(scene, blob)).equals(bytes))
})

test('a part that comes again replaces the first', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const part = { fileId: 78n, part: 0, totalParts: undefined }
  await savePart(rules, scene.caller, { ...part, bytes: new Uint8Array(9) })
  await savePart(rules, scene.caller, { ...part, bytes: testBytes(9) })
  const blob = await assemble(rules, scene.caller, sent(78n, 1))
  assert.ok((await bytesOf(scene, blob)).equals(testBytes(9)))
})

test('streams end with a short part, with an empty one, or without a total', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const stream = async (
    fileId: bigint,
    totals: readonly number[],
    lengths: readonly number[],
    parts: number,
  ) => {
    for (const [part, totalParts] of totals.entries()) {
      await savePart(rules, scene.caller, { fileId, part, bytes: testBytes(lengths[part] ?? 0), totalParts })
    }
    return (await assemble(rules, scene.caller, sent(fileId, parts))).size
  }
  assert.equal(await stream(1n, [-1, -1, 3], [KIB, KIB, 5], 3), 2 * KIB + 5)
  assert.equal(await stream(2n, [-1, -1, 2], [KIB, KIB, 0], 2), 2 * KIB)
  assert.equal(await stream(3n, [-1, -1], [KIB, KIB], 2), 2 * KIB)
  assert.equal(await stream(4n, [1], [3], 1), 3)
})

const ERRORS: readonly [
  name: string,
  error: string,
  parts: readonly (readonly [number, number, number?])[],
][] = [
  ['below the first', 'FILE_PART_INVALID', [[-1, 1]]],
  ['beyond the most', 'FILE_PART_INVALID', [[4000, 1]]],
  ['behind the total', 'FILE_PART_INVALID', [[2, 1, 2]]],
  ['empty', 'FILE_PART_EMPTY', [[0, 0]]],
  ['empty before the end of a stream', 'FILE_PART_EMPTY', [[1, 0, 3]]],
  ['of 512 KiB and a byte', 'FILE_PART_TOO_BIG', [[0, 512 * KIB + 1]]],
  ['of an odd size before the last', 'FILE_PART_SIZE_INVALID', [[0, 1000, 2]]],
  ['of 3 KiB before the last', 'FILE_PART_SIZE_INVALID', [[0, 3 * KIB, 2]]],
  [
    'of the same odd size as another',
    'FILE_PART_SIZE_INVALID',
    [
      [0, 1000],
      [1, 1000],
    ],
  ],
  [
    'longer than two others',
    'FILE_PART_SIZE_CHANGED',
    [
      [0, KIB],
      [1, KIB],
      [2, 2 * KIB],
    ],
  ],
  [
    'shorter than the others, as another is',
    'FILE_PART_SIZE_CHANGED',
    [
      [0, 2 * KIB],
      [1, KIB],
      [2, KIB],
    ],
  ],
  [
    'shorter, and another shorter',
    'FILE_PART_SIZE_CHANGED',
    [
      [0, 2 * KIB],
      [1, KIB],
      [2, 5],
    ],
  ],
  ['of a total of none', 'FILE_PARTS_INVALID', [[0, 1, 0]]],
  ['of a total below none', 'FILE_PARTS_INVALID', [[0, 1, -2]]],
  ['of a total beyond the most', 'FILE_PARTS_INVALID', [[0, 1, 4001]]],
  [
    'of another total than before',
    'FILE_PARTS_INVALID',
    [
      [0, KIB, 3],
      [1, KIB, 4],
    ],
  ],
]

for (const [name, error, parts] of ERRORS) {
  test(`a part ${name} is refused with ${error}`, async () => {
    const { world, caller } = await createScene()
    const save = ([part, length, totalParts]: readonly [number, number, number?]) =>
      savePart(world.rules, caller, { fileId: 5n, part, bytes: testBytes(length), totalParts })
    for (const part of parts.slice(0, -1)) await save(part)
    await assert.rejects(save(parts.at(-1) ?? [0, 0]), refusedWith(error))
  })
}

test('a file is put together only if all of it is there', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const put = (fileId: bigint, parts: number) => assemble(rules, scene.caller, sent(fileId, parts))
  for (const parts of [0, -1, 4001]) await assert.rejects(put(1n, parts), refusedWith('FILE_PARTS_INVALID'))
  await assert.rejects(put(1n, 1), refusedWith('FILE_PART_0_MISSING'))
  const gap = await send(scene, testBytes(4 * KIB), KIB, [0, 1, 3])
  await assert.rejects(put(gap.fileId, 4), refusedWith('FILE_PART_2_MISSING'))
  await assert.rejects(put(gap.fileId, 2), refusedWith('FILE_PARTS_INVALID'))
  const big = await send(scene, testBytes(10 * KIB * KIB + 1), 512 * KIB)
  await assert.rejects(put(big.fileId, 20), refusedWith('FILE_PARTS_INVALID'))
  const short = newFileId()
  const shortPart = { fileId: short, part: 0, bytes: testBytes(KIB), totalParts: undefined }
  await savePart(rules, scene.caller, shortPart)
  await savePart(rules, scene.caller, { ...shortPart, part: 1, bytes: testBytes(2 * KIB) })
  await assert.rejects(put(short, 2), refusedWith('FILE_PART_LENGTH_INVALID'))
})

test('a part that the disk has lost is missing, and can be sent again', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId } = await send(scene, testBytes(3 * KIB), KIB)
  for await (const { name } of rules.files.parts.list()) await rules.files.parts.delete(name)
  const put = () => assemble(rules, scene.caller, sent(fileId, 3))
  await assert.rejects(put(), refusedWith('FILE_PART_0_MISSING'))
  for (const part of [0, 1, 2]) {
    const bytes = testBytes(3 * KIB).subarray(part * KIB, (part + 1) * KIB)
    await savePart(rules, scene.caller, { fileId, part, bytes, totalParts: undefined })
  }
  assert.ok((await bytesOf(scene, await put())).equals(testBytes(3 * KIB)))
})

test('uploads belong to an account: any of its keys goes on, and nobody else', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId } = await send(scene, testBytes(2 * KIB), KIB, [0])
  const again = await signedIn(scene.world, '9996621234')
  await savePart(rules, again.caller, { fileId, part: 1, bytes: testBytes(KIB), totalParts: undefined })
  assert.equal((await assemble(rules, scene.caller, sent(fileId, 2))).size, 2 * KIB)
  const stranger = await signedIn(scene.world, '9996621235')
  await assert.rejects(assemble(rules, stranger.caller, sent(fileId, 2)), refusedWith('FILE_PART_0_MISSING'))
})

test('a file that was put together can be sent again for a day, and its parts are gone', async () => {
  const scene = await createScene()
  const { rules, clock } = scene.world
  const { fileId } = await send(scene, testBytes(3), KIB)
  const first = await assemble(rules, scene.caller, sent(fileId, 1))
  for await (const { name } of rules.files.parts.list()) assert.fail(`parts are left: ${name}`)
  clock.advance(86_000_000)
  assert.deepEqual(await assemble(rules, scene.caller, sent(fileId, 1)), first)
  clock.advance(1_000_000)
  await assert.rejects(assemble(rules, scene.caller, sent(fileId, 1)), refusedWith('FILE_PART_0_MISSING'))
})

test('equal bytes are kept once, and no account learns of it', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const other = { ...scene, ...(await signedIn(scene.world, '9996621235')) }
  const [one, two] = [await send(scene, testBytes(9), KIB), await send(other, testBytes(9), KIB)]
  const kept = await assemble(rules, scene.caller, sent(one.fileId, 1))
  assert.deepEqual(await assemble(rules, other.caller, sent(two.fileId, 1)), kept)
  const names: string[] = []
  for await (const { name } of rules.files.list()) names.push(name)
  assert.deepEqual(names, [kept.name])
})

test('a first file that is larger than the room of an account is refused', async () => {
  const { files } = (await createWorld()).rules.settings
  const scene = await createScene({ settings: { files: { ...files, accountMib: 1 } } })
  const { fileId, parts } = await send(scene, testBytes(KIB * KIB + 1), 512 * KIB)
  await assert.rejects(documentOf(scene, fileId, parts), refusedWith('FILES_TOO_MUCH'))
  for await (const { name } of scene.world.rules.files.list()) assert.fail(`a file is left: ${name}`)
})

test('an account has so many parts in flight and so many bytes of files, and no more', async () => {
  const { files } = (await createWorld()).rules.settings
  const scene = await createScene({
    settings: { files: { ...files, maxUploads: 2, maxUploadParts: 3, maxUploadMib: 1, accountMib: 1 } },
  })
  const { rules } = scene.world
  const save = (fileId: bigint, part: number, bytes: number) =>
    savePart(rules, scene.caller, { fileId, part, bytes: testBytes(bytes), totalParts: undefined })
  await save(1n, 0, KIB)
  await save(2n, 0, KIB)
  await assert.rejects(save(3n, 0, KIB), refusedWith('FLOOD_WAIT_30'))
  await save(1n, 1, KIB)
  await assert.rejects(save(1n, 2, KIB), refusedWith('FLOOD_WAIT_30'))
  await assemble(rules, scene.caller, sent(1n, 2))
  await save(4n, 0, 512 * KIB)
  await assert.rejects(save(4n, 1, 512 * KIB), refusedWith('FLOOD_WAIT_30'))
  await documentOf(scene, 4n, 1)
  await save(5n, 0, 512 * KIB - 1)
  await documentOf(scene, 5n, 1)
  await save(6n, 0, 2)
  await assert.rejects(documentOf(scene, 6n, 1), refusedWith('FILES_TOO_MUCH'))
})

test('uploads that are too old take no room of their account, also before a sweep', async () => {
  const { files } = (await createWorld()).rules.settings
  const limits = { ...files, maxUploads: 2, maxUploadParts: 2, maxUploadMib: 1, uploadLifetimeS: 600 }
  const scene = await createScene({ settings: { files: limits } })
  const { rules, clock } = scene.world
  const save = (fileId: bigint, part: number) =>
    savePart(rules, scene.caller, { fileId, part, bytes: testBytes(512 * KIB), totalParts: undefined })
  await save(1n, 0)
  await save(2n, 0)
  clock.advance(limits.uploadLifetimeS * 1000 - 1000)
  await assert.rejects(save(3n, 0), refusedWith('FLOOD_WAIT_30'))
  clock.advance(1000)
  await save(3n, 0)
  await save(3n, 1)
  await assert.rejects(save(3n, 2), refusedWith('FLOOD_WAIT_30'))
})

test('an upload that had no part for a quarter of an hour makes room for another one of its account', async () => {
  const { files } = (await createWorld()).rules.settings
  const limits = { ...files, maxUploads: 2, maxUploadParts: 2, maxUploadMib: 1 }
  const scene = await createScene({ settings: { files: limits } })
  const { rules, clock } = scene.world
  const save = (fileId: bigint, part: number) =>
    savePart(rules, scene.caller, { fileId, part, bytes: testBytes(512 * KIB), totalParts: undefined })
  await save(1n, 0)
  clock.advance(10_000)
  await save(2n, 0)
  clock.advance(889_000)
  await assert.rejects(save(3n, 0), refusedWith('FLOOD_WAIT_30'))
  clock.advance(1000)
  await save(3n, 0)
  await assert.rejects(save(3n, 1), refusedWith('FLOOD_WAIT_30'), 'the second had a part lately')
  await assert.rejects(documentOf(scene, 1n, 1), refusedWith('FILE_PART_0_MISSING'))
  await documentOf(scene, 2n, 1)
  await save(3n, 1)
  clock.advance(900_000)
  await assert.rejects(save(3n, 2), refusedWith('FLOOD_WAIT_30'), 'an upload does not make room for itself')
  assert.equal((await everything(scene)).uploads, 1)
})

function placeOf({ world, id }: Scene, mediaId: bigint, change: Partial<FilePlace> = {}): FilePlace {
  const accessHash = mediaHashOf(world.rules, id, mediaId)
  const reference = mediaReference(world.rules, id, mediaId, NO_SOURCE)
  return { of: 'document', mediaId, accessHash, reference, letter: '', ...change }
}

test('a file is read from any legal place, and from no other', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const bytes = testBytes(KIB * KIB + 70_001)
  const { fileId, parts } = await send(scene, bytes, 128 * KIB)
  const { documentId } = await documentOf(scene, fileId, parts)
  const place = placeOf(scene, documentId)
  const read = async (offset: number, limit: number, precise = false) =>
    await readFile(rules, scene.caller, place, { offset: BigInt(offset), limit, precise })
  for (const limit of [4 * KIB, 32 * KIB, 512 * KIB, KIB * KIB]) {
    const got: Uint8Array[] = []
    for (let at = 0; at === 0 || got.at(-1)?.length === limit; at += limit)
      got.push((await read(at, limit)).bytes)
    assert.ok(Buffer.concat(got).equals(bytes), `limit ${limit}`)
  }
  const precise = await read(KIB, 3 * KIB, true)
  assert.ok(Buffer.from(precise.bytes).equals(bytes.subarray(KIB, 4 * KIB)))
  assert.equal((await read(2 * KIB * KIB, 4 * KIB)).bytes.length, 0)
  for (const [offset, limit, isPrecise, error] of [
    [0, 0, false, 'LIMIT_INVALID'],
    [0, -4096, false, 'LIMIT_INVALID'],
    [0, KIB, false, 'LIMIT_INVALID'],
    [0, 12 * KIB, false, 'LIMIT_INVALID'],
    [0, 2 * KIB * KIB, false, 'LIMIT_INVALID'],
    [0, 1000, true, 'LIMIT_INVALID'],
    [0, KIB * KIB + KIB, true, 'LIMIT_INVALID'],
    [1, 4 * KIB, false, 'OFFSET_INVALID'],
    [KIB, 4 * KIB, false, 'OFFSET_INVALID'],
    [-4096, 4 * KIB, false, 'OFFSET_INVALID'],
    [1000, KIB, true, 'OFFSET_INVALID'],
    [KIB * KIB - KIB, 2 * KIB, true, 'OFFSET_INVALID'],
    [512 * KIB + 4 * KIB, 512 * KIB, false, 'OFFSET_INVALID'],
  ] as const) {
    await assert.rejects(read(offset, limit, isPrecise), refusedWith(error), `${offset} ${limit}`)
  }
})

test('no part of a file that was cut short is answered as its end', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId, parts } = await send(scene, testBytes(3 * 131_072), 128 * KIB)
  const place = placeOf(scene, (await documentOf(scene, fileId, parts)).documentId)
  const { files } = rules
  // The store has the first chunk only, and knows no other size.
  const left = (offset: number, length: number) => Math.max(0, Math.min(length, 131_072 - offset))
  const read: typeof files.read = (name, offset, length) => files.read(name, offset, left(offset, length))
  const readPieces: typeof files.readPieces = async (...asked) => [await read(...asked)]
  const on = { ...rules, files: { ...files, read, readPieces } }
  const part = (offset: bigint, limit: number) =>
    readFile(on, scene.caller, place, { offset, limit, precise: false })
  assert.equal((await part(0n, 131_072)).bytes.length, 131_072)
  for (const [offset, limit] of [
    [0n, 262_144],
    [131_072n, 131_072],
    [262_144n, 131_072],
  ] as const) {
    await assert.rejects(part(offset, limit), { code: 'STORE_FAILED' })
  }
  await assert.rejects(hashFile(on, scene.caller, place, 0n), { code: 'STORE_FAILED' })
  assert.equal((await part(524_288n, 131_072)).bytes.length, 0, 'nothing is behind the end of the whole file')
})

test('of a file that is gone from where it was found before the rows are asked again, and a claim is checked each time', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId, parts } = await send(scene, testBytes(9), 128 * KIB)
  const place = placeOf(scene, (await documentOf(scene, fileId, parts)).documentId)
  const asked = { offset: 0n, limit: 4 * KIB, precise: false }
  const gone = { name: '0'.repeat(32), start: 0, size: 9, madeAtS: 1, dcId: 2 }
  foundFilesOf(rules.files).keep(place, gone, rules.clock.nowMs())
  for (let n = 0; n < 2; n++)
    assert.equal((await readFile(rules, scene.caller, place, asked)).bytes.length, 9)
  const guessed = { ...place, accessHash: place.accessHash + 1n }
  await assert.rejects(readFile(rules, scene.caller, guessed, asked), refusedWith('LOCATION_INVALID'))
})

test('hashes are over 128 KiB each, at most ten, and none behind the end', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const bytes = testBytes(11 * 131_072 + 1)
  const { fileId, parts } = await send(scene, bytes, 128 * KIB)
  const { documentId } = await documentOf(scene, fileId, parts)
  const hashes = (offset: number) => hashFile(rules, scene.caller, placeOf(scene, documentId), BigInt(offset))
  const [first, ...more] = await hashes(5)
  assert.ok(
    Buffer.from(first?.sha256 ?? [])
      .toString('hex')
      .startsWith('2af5d3dffc8442da'),
  )
  assert.deepEqual([first?.offset, first?.length, more.length], [0n, 131_072, 9])
  const last = await hashes(11 * 131_072)
  assert.deepEqual(
    last.map(({ offset, length }) => [offset, length]),
    [[BigInt(11 * 131_072), 1]],
  )
  const sum = createHash('sha256')
    .update(bytes.subarray(11 * 131_072))
    .digest()
  assert.ok(sum.equals(last[0]?.sha256 ?? new Uint8Array()))
  assert.deepEqual(await hashes(bytes.length), [])
  await assert.rejects(hashes(-1), refusedWith('OFFSET_INVALID'))
})

test('a client is sent to the data centre of a file, unless there is one only or a fault has moved the file', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const { fileId, parts } = await send(scene, testBytes(9), KIB)
  const { documentId, dcId } = await documentOf(scene, fileId, parts)
  const place = placeOf(scene, documentId)
  const elsewhere = { ...scene.caller, dcId: 1 }
  const asked = { offset: 0n, limit: 4 * KIB, precise: false }
  const on = (dcs: number, movedTo?: number) => ({
    ...rules,
    settings: { ...rules.settings, dcs },
    filesMovedTo: () => movedTo,
  })
  assert.equal(dcId, 2)
  for (const moved of [on(2), on(2, 2)]) {
    await assert.rejects(readFile(moved, elsewhere, place, asked), refusedWith('FILE_MIGRATE_2'))
    await assert.rejects(hashFile(moved, elsewhere, place, 0n), refusedWith('FILE_MIGRATE_2'))
    assert.equal((await readFile(moved, scene.caller, place, asked)).bytes.length, 9)
  }
  for (const here of [on(1), on(2, 1)]) {
    assert.equal((await readFile(here, elsewhere, place, asked)).bytes.length, 9)
    assert.equal((await hashFile(here, elsewhere, place, 0n)).length, 1)
  }
})

test('nobody reads a document by what somebody else was given, or by an old reference', async () => {
  const scene = await createScene()
  const { rules, clock } = scene.world
  const { fileId } = await send(scene, testBytes(5), KIB)
  const { documentId } = await documentOf(scene, fileId, 1)
  const asked = { offset: 0n, limit: 4096, precise: false }
  const place = placeOf(scene, documentId)
  const stranger = { ...scene, ...(await signedIn(scene.world, '9996621235')) }
  const bot: Caller = { ...scene.caller, state: { ...scene.caller.state, isBot: true } as Caller['state'] }
  const wrong: readonly [Caller, FilePlace, string][] = [
    [stranger.caller, place, 'LOCATION_INVALID'],
    [
      stranger.caller,
      { ...placeOf(stranger, documentId), reference: place.reference },
      'FILE_REFERENCE_INVALID',
    ],
    [scene.caller, { ...place, accessHash: 1n }, 'LOCATION_INVALID'],
    [scene.caller, placeOf(scene, 5n), 'LOCATION_INVALID'],
    [scene.caller, { ...place, of: 'photo' }, 'LOCATION_INVALID'],
    [scene.caller, { ...place, letter: 'm' }, 'LOCATION_INVALID'],
    [scene.caller, { ...place, reference: new Uint8Array() }, 'FILE_REFERENCE_EMPTY'],
    [scene.caller, { ...place, reference: Uint8Array.of(1) }, 'FILE_REFERENCE_INVALID'],
    [scene.caller, { ...place, reference: place.reference.with(3, 255) }, 'FILE_REFERENCE_INVALID'],
  ]
  for (const [caller, at, error] of wrong) {
    await assert.rejects(readFile(rules, caller, at, asked), refusedWith(error))
  }
  clock.advance(86_400_000 - 1)
  assert.equal((await readFile(rules, scene.caller, place, asked)).bytes.length, 5)
  clock.advance(3_600_001)
  await assert.rejects(readFile(rules, scene.caller, place, asked), refusedWith('FILE_REFERENCE_EXPIRED'))
  for (const reference of [place.reference, new Uint8Array()]) {
    assert.equal((await readFile(rules, bot, { ...place, reference }, asked)).bytes.length, 5)
  }
})

test('the sweep deletes what nothing names, row and file, and keeps the rest', async () => {
  const scene = await createScene()
  const { rules, clock } = scene.world
  const { fileId } = await send(scene, testBytes(5), KIB)
  await documentOf(scene, fileId, 1)
  await send(scene, testBytes(2 * KIB), KIB, [0])
  await rules.files.put([testBytes(7)])
  await rules.files.parts.put('0'.repeat(32), 0, testBytes(7))
  const left = async () => {
    const names = { files: 0, uploads: 0 }
    for await (const _ of rules.files.list()) names.files++
    for await (const _ of rules.files.parts.list()) names.uploads++
    return names
  }
  await sweepFiles(rules)
  assert.deepEqual(await left(), { files: 2, uploads: 2 })
  clock.advance(3_601_000)
  await sweepFiles(rules)
  // The document is gone, and its blob with it; the upload of which a part is there stays for a day.
  assert.deepEqual(await left(), { files: 0, uploads: 1 })
  clock.advance(86_400_000)
  await sweepFiles(rules)
  assert.deepEqual(await left(), { files: 0, uploads: 0 })
})

test('parts that a crash after the commit has left go an hour later', async () => {
  const scene = await createScene()
  const { rules, clock } = scene.world
  const { fileId } = await send(scene, testBytes(2 * KIB), KIB)
  const parts = { ...rules.files.parts, delete: async () => undefined }
  const crashing = { ...rules, files: { ...rules.files, parts } }
  await assemble(crashing, scene.caller, sent(fileId, 2))
  const left = async (): Promise<number> => {
    let uploads = 0
    for await (const _ of rules.files.parts.list()) uploads++
    return uploads
  }
  await sweepFiles(rules)
  assert.equal(await left(), 1)
  clock.advance(3_600_000)
  await sweepFiles(rules)
  assert.equal(await left(), 0)
  // The file is there, and the same call finds it.
  assert.equal((await assemble(rules, scene.caller, sent(fileId, 2))).size, 2 * KIB)
})

test('a sweep that is stopped ends with its page', async () => {
  const { rules, clock } = (await createScene()).world
  await rules.files.put([testBytes(7)])
  clock.advance(3_600_000)
  const sweeps = startSweeping({ ...rules, startTimer: () => () => undefined, onTrouble: assert.ifError })
  await Promise.all([sweeps.run(), sweeps.stop()])
  let files = 0
  for await (const _ of rules.files.list()) files++
  assert.equal(files, 1)
})

/** The beginning of a picture of this size, and some bytes behind. */
function png(width: number, height: number, length = 33): Uint8Array {
  const bytes = Buffer.alloc(length)
  bytes.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0\x08\x06\0\0\0', 'latin1')
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return Uint8Array.from(bytes)
}

const NOTHING = { files: 0, uploads: 0, bytes: 0 }

async function photoOf(scene: Scene, bytes: Uint8Array, isBig = false) {
  const { fileId, parts } = await send(scene, bytes, 512 * KIB)
  const file = { ...sent(fileId, parts), name: 'a.png' }
  return await makeMedia(scene.world.rules, scene.caller, { kind: 'photo', file, isBig })
}

test('600 photos that are refused leave nothing behind', async () => {
  const scene = await createScene()
  for (let n = 0; n < 300; n++) {
    const noPicture = Buffer.from(`no picture ${n}`)
    await assert.rejects(photoOf(scene, noPicture), refusedWith('IMAGE_PROCESS_FAILED'))
    await assert.rejects(photoOf(scene, png(10_000 + n, 1)), refusedWith('PHOTO_INVALID_DIMENSIONS'))
  }
  assert.deepEqual(await everything(scene), NOTHING)
})

test('a photo that is too big, or a stream, is refused before its bytes are put together', async () => {
  const scene = await createScene()
  const { files } = scene.world.rules
  const put = mock.method(files, 'put')
  const tooBig = png(9, 9, 10 * KIB * KIB + 1)
  await assert.rejects(photoOf(scene, tooBig), refusedWith('PHOTO_SAVE_FILE_INVALID'))
  await assert.rejects(photoOf(scene, png(9, 9), true), refusedWith('PHOTO_SAVE_FILE_INVALID'))
  assert.equal(put.mock.callCount(), 0)
  assert.deepEqual(await everything(scene), NOTHING)
})

test('a photo that is refused leaves the equal file of another call', async () => {
  const scene = await createScene()
  const { rules } = scene.world
  const bytes = testBytes(9)
  const { fileId, parts } = await send(scene, bytes, KIB)
  const [document, refusedPhoto] = await Promise.allSettled([
    documentOf(scene, fileId, parts),
    photoOf(scene, bytes),
  ])
  assert.deepEqual([document.status, refusedPhoto.status], ['fulfilled', 'rejected'])
  const { documentId } = document.status === 'fulfilled' ? document.value : assert.fail()
  const asked = { offset: 0n, limit: 4096, precise: false }
  const read = await readFile(rules, scene.caller, placeOf(scene, documentId), asked)
  assert.deepEqual(Buffer.from(read.bytes), Buffer.from(bytes))
  const again = makeMedia(rules, scene.caller, {
    ...{ kind: 'photo', file: { ...sent(fileId, parts), name: 'a.png' }, isBig: false },
  })
  await assert.rejects(again, refusedWith('IMAGE_PROCESS_FAILED'))
  assert.equal((await readFile(rules, scene.caller, placeOf(scene, documentId), asked)).bytes.length, 9)
})

async function withThumb(scene: Scene, thumb: SentFile, file?: SentFile): Promise<Document> {
  const main = file ?? sent((await send(scene, testBytes(5), KIB)).fileId, 1)
  const given = { kind: 'document', file: main, thumb, mime: 'text/plain', attributes: [] } as const
  const made = await makeMedia(scene.world.rules, scene.caller, {
    ...given,
    ...{ isPlain: false, staysVideo: false },
  })
  return made.kind === 'document' ? made : assert.fail()
}

test('a preview is kept if it is a small picture, and else ignored', async () => {
  const scene = await createScene()
  const thumbOf = async (bytes: Uint8Array) => {
    const { fileId, parts } = await send(scene, bytes, 512 * KIB)
    return sent(fileId, parts)
  }
  for (const bytes of [testBytes(7), png(90, 60, 200 * KIB + 1)]) {
    assert.equal((await withThumb(scene, await thumbOf(bytes))).thumb, undefined)
    assert.deepEqual(await everything(scene), { files: 1, uploads: 0, bytes: 5 })
  }
  const itself = sent((await send(scene, testBytes(6), KIB)).fileId, 1)
  assert.equal((await withThumb(scene, itself, itself)).thumb, undefined)
  const { thumb } = await withThumb(scene, await thumbOf(png(90, 60, 200 * KIB)))
  assert.deepEqual(thumb, { letter: 's', width: 90, height: 60, bytes: 200 * KIB })
  assert.deepEqual(await everything(scene), { files: 3, uploads: 0, bytes: 5 + 6 + 200 * KIB })
})

test('nothing of a document is kept whose file or preview is missing or wrong', async () => {
  const scene = await createScene()
  const thumb = sent((await send(scene, png(9, 9), KIB)).fileId, 1)
  const file = sent((await send(scene, testBytes(5), KIB)).fileId, 1)
  const wrong = { ...file, md5: '0'.repeat(32) }
  await assert.rejects(withThumb(scene, sent(999n, 1), file), refusedWith('FILE_PART_0_MISSING'))
  assert.deepEqual(await everything(scene), { ...NOTHING, uploads: 2 })
  await assert.rejects(withThumb(scene, thumb, wrong), refusedWith('MD5_CHECKSUM_INVALID'))
  assert.deepEqual(await everything(scene), { ...NOTHING, uploads: 1 })
  const again = sent((await send(scene, testBytes(5), KIB)).fileId, 1)
  assert.equal((await withThumb(scene, thumb, again)).thumb?.width, 9)
})

test('a picture says its sides, and a small WebP is a sticker unless it is sent as a plain file', async () => {
  const scene = await createScene()
  const webp = (side: number) => {
    const bytes = Buffer.from('RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')
    for (const at of [24, 27]) bytes.writeUIntLE(side - 1, at, 3)
    return bytes
  }
  const attributesOf = async (bytes: Uint8Array, mime: string, isPlain = false) => {
    const { fileId, parts } = await send(scene, bytes, 512 * KIB)
    const made = await makeMedia(scene.world.rules, scene.caller, {
      ...{ kind: 'document', file: { ...sent(fileId, parts), name: '' }, thumb: undefined, mime },
      ...{ attributes: [], isPlain, staysVideo: false },
    })
    return made.kind === 'document' ? made.attributes : assert.fail()
  }
  const sides = (width: number, height: number) => ({ kind: 'imageSize', width, height })
  assert.deepEqual(await attributesOf(webp(512), 'image/webp'), [
    sides(512, 512),
    { kind: 'sticker', alt: '' },
  ])
  assert.deepEqual(await attributesOf(webp(512), 'image/webp', true), [sides(512, 512)])
  assert.deepEqual(await attributesOf(webp(513), 'image/webp'), [sides(513, 513)])
  assert.deepEqual(await attributesOf(png(30, 20), 'image/png', true), [sides(30, 20)])
  assert.deepEqual(await attributesOf(testBytes(9), 'image/png'), [])
})

test('a film without sound becomes an animation, unless its sender wants a video or a plain file', async () => {
  const scene = await createScene()
  const video = { kind: 'video', durationS: 1, width: 64, height: 64 } as const
  const attributesOf = async (bytes: Uint8Array, wish: Partial<SentDocument> = {}) => {
    const { fileId, parts } = await send(scene, bytes, KIB)
    const made = await makeMedia(scene.world.rules, scene.caller, {
      ...{
        kind: 'document',
        file: sent(fileId, parts),
        thumb: undefined,
        mime: 'video/mp4',
        attributes: [video],
      },
      ...{ isPlain: false, staysVideo: false, ...wish },
    })
    return made.kind === 'document'
      ? made.attributes.filter(({ kind }) => kind !== 'fileName')
      : assert.fail()
  }
  const silent = filmOf('vide')
  assert.deepEqual(await attributesOf(silent), [video, { kind: 'animated' }])
  assert.deepEqual(await attributesOf(filmOf('vide', 'soun')), [video])
  assert.deepEqual(await attributesOf(silent, { staysVideo: true }), [video])
  assert.deepEqual(await attributesOf(silent, { isPlain: true }), [video])
  assert.deepEqual(await attributesOf(silent, { attributes: [] }), [])
  const round = { ...video, isRound: true }
  assert.deepEqual(await attributesOf(silent, { attributes: [round] }), [round])
})
