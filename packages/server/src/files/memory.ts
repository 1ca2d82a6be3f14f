import { createHash } from 'node:crypto'
import type { Random } from '@cablegram/mtproto'
import { StoreError } from '../database/errors.ts'
import { newName } from './names.ts'
import type { FileStore, KeptFile, Listed, PartStore } from './port.ts'

/** The parts that a store in memory is made with. */
export interface MemoryOptions {
  readonly random: Random
  readonly nowMs: () => number
  /** Bytes of all files and parts together; more are refused with STORE_FULL. */
  readonly maxBytes?: number | undefined
}

const MAX_BYTES = 1024 ** 3

interface Held {
  readonly bytes: Uint8Array
  readonly writtenAtMs: number
}

/** Files in the memory of the process, for servers that keep nothing. */
export function createMemoryFiles({ random, nowMs, maxBytes = MAX_BYTES }: MemoryOptions): FileStore {
  const files = new Map<string, Held>()
  const uploads = new Map<string, Map<number, Held>>()
  let heldBytes = 0

  function charge(bytes: number): void {
    if (heldBytes + bytes > maxBytes) throw new StoreError('STORE_FULL', 'the memory for files is full')
    heldBytes += bytes
  }

  const parts: PartStore = {
    newName: () => newName(random),
    async put(upload, part, given) {
      const held = uploads.get(upload) ?? new Map<number, Held>()
      charge(given.length - (held.get(part)?.bytes.length ?? 0))
      uploads.set(upload, held.set(part, { bytes: Uint8Array.from(given), writtenAtMs: nowMs() }))
    },
    async read(upload, part) {
      const bytes = uploads.get(upload)?.get(part)?.bytes
      return bytes && new Uint8Array(bytes)
    },
    async delete(upload) {
      for (const { bytes } of uploads.get(upload)?.values() ?? []) heldBytes -= bytes.length
      uploads.delete(upload)
    },
    async *list() {
      for (const [name, held] of [...uploads]) {
        const newestMs = Math.max(...[...held.values()].map(({ writtenAtMs }) => writtenAtMs))
        yield { name, ageMs: nowMs() - newestMs }
      }
    },
  }

  async function put(pieces: Parameters<FileStore['put']>[0]): Promise<KeptFile> {
    const [kept, hash]: [Uint8Array[], ReturnType<typeof createHash>] = [[], createHash('sha256')]
    let size = 0
    try {
      for await (const piece of pieces) {
        charge(piece.length)
        size += piece.length
        kept.push(Uint8Array.from(piece))
        hash.update(piece)
      }
    } catch (error) {
      heldBytes -= size
      throw error
    }
    const name = newName(random)
    files.set(name, { bytes: Uint8Array.from(Buffer.concat(kept)), writtenAtMs: nowMs() })
    return { name, size, sha256: Uint8Array.from(hash.digest()) }
  }

  async function remove(name: string): Promise<void> {
    heldBytes -= files.get(name)?.bytes.length ?? 0
    files.delete(name)
  }

  async function read(name: string, offset: number, length: number): Promise<Uint8Array> {
    const held = files.get(name)
    if (held === undefined) throw new StoreError('STORE_FAILED', `the file ${name} is missing`)
    return held.bytes.slice(offset, offset + length)
  }

  return {
    put,
    read,
    readPieces: async (...asked) => [await read(...asked)],
    delete: remove,
    async *list(): AsyncIterable<Listed> {
      for (const [name, { writtenAtMs }] of [...files]) yield { name, ageMs: nowMs() - writtenAtMs }
    },
    // Files that are being put still count.
    async clear(forget) {
      const [names, begun] = [[...files.keys()], [...uploads.keys()]]
      await forget?.()
      for (const name of names) await remove(name)
      for (const upload of begun) await parts.delete(upload)
    },
    parts,
    id: newName(random),
    async close() {
      files.clear()
      uploads.clear()
    },
  }
}
