import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { freeBytes } from '@cablegram/tl'
import { StoreError } from '../database/errors.ts'
import { CHUNK_BYTES } from './chunks.ts'
import type { FileStore } from './port.ts'
import { pieces, testBytes } from './test-bytes.ts'

/** The names in a list, sorted. */
export async function namesOf(listed: AsyncIterable<{ name: string }>): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of listed) names.push(name)
  return names.sort()
}

/**
 * What every store of files does.
 *
 * @param open opens an empty one
 * @param least bytes of the shortest file that is tried
 * @param atOnce copies of one part that are written at the same time
 */
export function testFiles(
  implementation: string,
  open: () => Promise<FileStore>,
  { least = 0, atOnce = 64 }: { readonly least?: number; readonly atOnce?: number } = {},
): void {
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
      const expected = Buffer.from(bytes.subarray(offset, offset + length))
      assert.deepEqual(Buffer.from(read), expected)
      const inPieces = await files.readPieces(name, offset, length)
      assert.deepEqual(Buffer.concat(inPieces), expected)
      for (const piece of inPieces) assert.equal(piece.buffer.byteLength, piece.length, 'it can be freed')
    }
  })

  for (const size of [least, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1]) {
    holding(`a file of ${size} bytes comes back`, async (files) => {
      const bytes = testBytes(size)
      const { name } = await files.put([bytes])
      assert.deepEqual(Buffer.from(await files.read(name, 0, size + 1)), Buffer.from(bytes))
    })
  }

  holding('bytes that are read are the reader’s alone', async (files) => {
    const bytes = testBytes(300_000)
    const { name } = await files.put([bytes])
    for (const [offset, length] of [
      [0, 300_000],
      [131_072, 131_072],
      [5_000, 100],
    ] as const) {
      const [read, other] = [await files.read(name, offset, length), await files.read(name, offset, length)]
      assert.deepEqual(Buffer.from(read), Buffer.from(bytes.subarray(offset, offset + length)))
      read.fill(0)
      freeBytes(read)
      assert.deepEqual(Buffer.from(other), Buffer.from(bytes.subarray(offset, offset + length)))
    }
    const upload = files.parts.newName()
    const part = testBytes(1024)
    await files.parts.put(upload, 0, part)
    part.fill(0)
    freeBytes(part)
    for (let times = 0; times < 2; times++) {
      const read = await files.parts.read(upload, 0)
      assert.deepEqual(Buffer.from(read ?? []), Buffer.from(testBytes(1024)))
      read?.fill(0)
    }
  })

  for (const pieceBytes of [1000, CHUNK_BYTES, 4 * CHUNK_BYTES]) {
    holding(`pieces of ${pieceBytes} bytes may be freed once the next one is asked for`, async (files) => {
      const bytes = testBytes(8 * CHUNK_BYTES + 5)
      async function* freed(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += pieceBytes) {
          const piece = bytes.slice(at, at + pieceBytes)
          yield piece
          piece.fill(0)
          freeBytes(piece)
        }
      }
      const { name, sha256 } = await files.put(freed())
      assert.deepEqual(Buffer.from(sha256), createHash('sha256').update(bytes).digest())
      assert.deepEqual(Buffer.from(await files.read(name, 0, bytes.length)), Buffer.from(bytes))
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

  holding('what comes once the rows of all others are forgotten is not cleared with them', async (files) => {
    const before = await files.put([testBytes(9)])
    const [old, begun] = [files.parts.newName(), files.parts.newName()]
    await files.parts.put(old, 0, testBytes(1024))
    const refused = files.clear(() => Promise.reject(new StoreError('STORE_FULL', 'the database is full')))
    await assert.rejects(refused, failed('STORE_FULL'))
    assert.deepEqual(await namesOf(files.list()), [before.name])
    let name = ''
    await files.clear(async () => {
      name = (await files.put([testBytes(9)])).name
      await files.parts.put(begun, 0, testBytes(1024))
    })
    assert.deepEqual([await namesOf(files.list()), await namesOf(files.parts.list())], [[name], [begun]])
  })

  holding('an error of the database among the pieces comes out as it is', async (files) => {
    const error = new StoreError('STORE_READ_ONLY', 'the database takes no writes')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield testBytes(1)
      throw error
    }
    await assert.rejects(files.put(failing()), (thrown) => thrown === error)
  })

  holding(`one part comes ${atOnce} times at once`, async ({ parts }) => {
    const upload = parts.newName()
    const bytes = testBytes(524_288)
    await Promise.all(Array.from({ length: atOnce }, () => parts.put(upload, 0, bytes)))
    assert.ok(Buffer.from((await parts.read(upload, 0)) ?? []).equals(bytes))
  })
}

/** Tells an error of the store by its code, and its text. */
export function failed(code: StoreError['code'], text: RegExp = /./): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.code === code && text.test(error.message)
}
