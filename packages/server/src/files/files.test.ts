import assert from 'node:assert/strict'
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
import { createSecret } from '../database/secret.ts'
import { seededRandom } from '../rules/test-world.ts'
import { CHUNK_BYTES } from './chunks.ts'
import { MACHINE_DISK } from './disk.ts'
import { openFolderFiles } from './folder.ts'
import { createMemoryFiles } from './memory.ts'
import type { FileStore } from './port.ts'
import { testBytes } from './test-bytes.ts'
import { failed, testFiles } from './test-contract.ts'

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

for (const [implementation, open] of Object.entries(IMPLEMENTATIONS)) testFiles(implementation, open)

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
  await files.parts.put(half, 0, testBytes(1024))
  assert.deepEqual(Buffer.from((await files.parts.read(half, 0)) ?? []), Buffer.from(testBytes(1024)))
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

test('a folder reads eight stretches and writes eight parts at the same time, whoever asks', async () => {
  let [running, most] = [0, 0]
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    running += 1
    most = Math.max(most, running)
    return await work.finally(() => (running -= 1))
  }
  const disk: typeof MACHINE_DISK = {
    ...MACHINE_DISK,
    create: (path) => counted(MACHINE_DISK.create(path)),
    async open(path) {
      const file = await MACHINE_DISK.open(path)
      return file && { ...file, read: (offset, length) => counted(file.read(offset, length)) }
    },
  }
  const options = { folder: join(root, String(folders++)), secret, random: seededRandom('at once'), nowMs }
  const files = await openFolderFiles({ ...options, disk })
  const { name } = await files.put([testBytes(9)])
  const upload = files.parts.newName()
  most = 0
  await Promise.all(
    Array.from({ length: 20 }, (_, part) => files.parts.put(upload, part, testBytes(part + 1))),
  )
  assert.equal(most, 8)
  most = 0
  const read = await Promise.all(Array.from({ length: 20 }, () => files.read(name, 0, 9)))
  assert.equal(most, 8)
  for (const bytes of read) assert.equal(bytes.length, 9)
  for (let part = 0; part < 20; part++) assert.equal((await files.parts.read(upload, part))?.length, part + 1)
  await files.close()
})
