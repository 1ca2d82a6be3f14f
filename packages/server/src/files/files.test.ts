import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import {
  appendFile,
  chmod,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import { StoreError } from '../database/errors.ts'
import { createSecret } from '../database/secret.ts'
import { seededRandom } from '../rules/test-world.ts'
import { CHUNK_BYTES } from './chunks.ts'
import { openFolderFiles } from './folder.ts'
import { createMemoryFiles } from './memory.ts'
import type { FileStore } from './port.ts'
import { pieces, testBytes } from './test-bytes.ts'

const root = await mkdtemp(join(tmpdir(), 'cablegram-files-'))
after(() => rm(root, { recursive: true }))
let folders = 0

const nowMs = (): number => Date.now()
const secret = createSecret(new Uint8Array(32), seededRandom('secret'))

async function folderFiles(folder = join(root, String(folders++))): Promise<FileStore> {
  return await openFolderFiles({ folder, secret, random: seededRandom(folder), nowMs })
}

const IMPLEMENTATIONS: Record<string, () => Promise<FileStore>> = {
  memory: async () => createMemoryFiles({ random: seededRandom('memory'), nowMs }),
  folder: () => folderFiles(),
}

async function namesOf(listed: AsyncIterable<{ name: string }>): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of listed) names.push(name)
  return names.sort()
}

for (const [implementation, open] of Object.entries(IMPLEMENTATIONS)) {
  const holding = (title: string, check: (files: FileStore) => Promise<void>): void => {
    test(`${implementation}: ${title}`, async () => {
      const files = await open()
      await check(files)
      await files.close()
    })
  }

  holding('bytes come back from any place', async (files) => {
    const bytes = testBytes(2 * CHUNK_BYTES + 5)
    const { name, size, sha256 } = await files.put(pieces(bytes, 100_000))
    assert.equal(size, bytes.length)
    assert.deepEqual(Buffer.from(sha256), createHash('sha256').update(bytes).digest())
    for (const [offset, length] of [
      [0, bytes.length],
      [0, 1],
      [CHUNK_BYTES - 1, 2],
      [CHUNK_BYTES, CHUNK_BYTES],
      [2 * CHUNK_BYTES, 4096],
      [bytes.length - 1, 1],
      [bytes.length, 4096],
      [bytes.length + CHUNK_BYTES, 4096],
      [0, 0],
    ] as const) {
      const read = await files.read(name, offset, length)
      assert.deepEqual(Buffer.from(read), Buffer.from(bytes.subarray(offset, offset + length)))
    }
  })

  for (const size of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1]) {
    holding(`a file of ${size} bytes comes back`, async (files) => {
      const bytes = testBytes(size)
      const { name } = await files.put([bytes])
      assert.deepEqual(Buffer.from(await files.read(name, 0, size + 1)), Buffer.from(bytes))
    })
  }

  holding('equal files have names of their own, and one goes without the other', async (files) => {
    const [one, other] = [await files.put([testBytes(9)]), await files.put([testBytes(9)])]
    assert.notEqual(one.name, other.name)
    assert.deepEqual(await namesOf(files.list()), [one.name, other.name].sort())
    await files.delete(one.name)
    await files.delete(one.name)
    await assert.rejects(files.read(one.name, 0, 9), failed('STORE_FAILED'))
    assert.equal((await files.read(other.name, 0, 9)).length, 9)
    assert.deepEqual(await namesOf(files.list()), [other.name])
  })

  holding('nothing stays of a file whose pieces fail, and their error comes out', async (files) => {
    const error = new Error('no more pieces')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield testBytes(CHUNK_BYTES + 1)
      throw error
    }
    await assert.rejects(files.put(failing()), error)
    assert.deepEqual(await namesOf(files.list()), [])
  })

  holding('files know their age', async (files) => {
    await files.put([testBytes(1)])
    for await (const { ageMs } of files.list()) assert.ok(ageMs < 60_000)
  })

  holding('parts are replaced whole, and go with their upload', async ({ parts }) => {
    const [one, other] = [parts.newName(), parts.newName()]
    await parts.put(one, 3, testBytes(1024))
    await parts.put(one, 3, testBytes(7))
    await parts.put(other, 3, testBytes(5))
    assert.deepEqual(Buffer.from((await parts.read(one, 3)) ?? []), Buffer.from(testBytes(7)))
    assert.equal(await parts.read(one, 4), undefined)
    assert.deepEqual(await namesOf(parts.list()), [one, other].sort())
    await parts.delete(one)
    await parts.delete(one)
    assert.equal(await parts.read(one, 3), undefined)
    assert.equal((await parts.read(other, 3))?.length, 5)
    assert.deepEqual(await namesOf(parts.list()), [other])
  })

  holding('nothing stays once it is cleared, and it goes on', async (files) => {
    const { name } = await files.put([testBytes(9)])
    const upload = files.parts.newName()
    await files.parts.put(upload, 0, testBytes(1024))
    await files.clear()
    assert.deepEqual([await namesOf(files.list()), await namesOf(files.parts.list())], [[], []])
    await assert.rejects(files.read(name, 0, 9), failed('STORE_FAILED'))
    assert.equal(await files.parts.read(upload, 0), undefined)
    const after = await files.put([testBytes(9)])
    assert.equal((await files.read(after.name, 0, 9)).length, 9)
  })

  holding('an error of the database among the pieces comes out as it is', async (files) => {
    const error = new StoreError('STORE_READ_ONLY', 'the database takes no writes')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield testBytes(1)
      throw error
    }
    await assert.rejects(files.put(failing()), (thrown) => thrown === error)
  })

  holding('one part comes 64 times at once', async ({ parts }) => {
    const upload = parts.newName()
    const bytes = testBytes(524_288)
    await Promise.all(Array.from({ length: 64 }, () => parts.put(upload, 0, bytes)))
    assert.deepEqual(Buffer.from((await parts.read(upload, 0)) ?? []), Buffer.from(bytes))
  })
}

test('memory is bounded, and free again after a deletion', async () => {
  const files = createMemoryFiles({ random: seededRandom('small'), nowMs, maxBytes: 10 })
  const { name } = await files.put([testBytes(6)])
  await assert.rejects(files.put([testBytes(3), testBytes(2)]), failed('STORE_FULL'))
  await files.parts.put('a', 0, testBytes(4))
  await assert.rejects(files.parts.put('a', 1, testBytes(1)), failed('STORE_FULL'))
  await files.parts.put('a', 0, testBytes(3))
  await files.parts.delete('a')
  await files.delete(name)
  await files.put([testBytes(10)])
  await files.clear()
  await files.parts.put('b', 0, testBytes(4))
  await files.put([testBytes(6)])
  await files.clear()
  await files.put([testBytes(10)])
})

test('a folder shows nothing of its files, and only their owner may read them', async () => {
  const folder = join(root, 'sealed')
  const files = await folderFiles(folder)
  const bytes = Buffer.from('plain words, plain words, plain words')
  const { name } = await files.put([bytes])
  await files.parts.put(name, 0, bytes)
  for (const path of [join(folder, name.slice(0, 2), name), join(folder, 'parts', name, '0')]) {
    assert.equal((await readFile(path)).includes('plain words'), false)
  }
})

test('a folder that is opened again has its files and its number', async () => {
  const folder = join(root, 'again')
  const [first, second] = [await folderFiles(folder), await folderFiles(folder)]
  const { name } = await first.put([testBytes(3)])
  assert.equal((await second.read(name, 0, 3)).length, 3)
  assert.equal(second.id, first.id)
  assert.notEqual((await folderFiles()).id, first.id)
})

test('files that were changed, swapped or cut short are damaged', async () => {
  const folder = join(root, 'damaged')
  const files = await folderFiles(folder)
  const path = (name: string): string => join(folder, name.slice(0, 2), name)
  const [one, other] = [await files.put([testBytes(5)]), await files.put([testBytes(5)])]
  await rename(path(one.name), path(other.name))
  await assert.rejects(files.read(other.name, 0, 5), failed('STORE_FAILED'))
  const long = await files.put([testBytes(CHUNK_BYTES + 1)])
  await chmod(path(long.name), 0o600)
  await truncate(path(long.name), CHUNK_BYTES + 28)
  await assert.rejects(files.read(long.name, 0, 5), failed('STORE_FAILED'))
  const grown = await files.put([testBytes(5)])
  await chmod(path(grown.name), 0o600)
  await appendFile(path(grown.name), 'x')
  await assert.rejects(files.read(grown.name, 0, 5), failed('STORE_FAILED'))
  const half = files.parts.newName()
  await files.parts.put(half, 0, testBytes(1024))
  await truncate(join(folder, 'parts', half, '0'), 500)
  assert.equal(await files.parts.read(half, 0), undefined)
})

test('a path that is not a folder is refused with the next step', async () => {
  const file = join(root, 'file')
  await writeFile(file, '')
  await assert.rejects(
    folderFiles(file),
    (error) =>
      error instanceof UsageError && error.code === 'FILES_UNUSABLE' && /--files/.test(error.message),
  )
})

test('a folder that is made has nothing but its number and its rooms', async () => {
  const folder = join(root, 'new')
  await folderFiles(folder)
  assert.deepEqual((await readdir(folder)).sort(), ['id', 'parts', 'tmp'])
})

function failed(code: StoreError['code']): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.code === code
}
