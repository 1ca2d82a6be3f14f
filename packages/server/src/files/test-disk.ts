import { dirname } from 'node:path'
import type { Disk, NewFile } from './disk.ts'

/** The bytes of a file in the memory of the machine, and those that would survive a crash. */
interface Inode {
  bytes: Uint8Array
  synced: Uint8Array
}

/** An error as those of the system are. */
function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** The error of every operation of a machine that has crashed. */
export class Crash extends Error {}

/**
 * A disk that forgets, in a crash, all that nobody had synced: bytes of files, and names of folders. It crashes before the
 * step of a number, or refuses from that step on as a full disk does.
 */
export class TestDisk implements Disk {
  /** Operations so far. */
  steps = 0
  readonly #now = new Map<string, Inode>()
  readonly #kept = new Map<string, Inode>()
  #crashAt = Number.POSITIVE_INFINITY
  #fullAt = Number.POSITIVE_INFINITY

  /** Has the machine crash before its step of this number from now. */
  crashAfter(steps: number): void {
    this.#crashAt = this.steps + steps
  }

  /** Has every write fail after so many steps from now. */
  fullAfter(steps: number): void {
    this.#fullAt = this.steps + steps
  }

  /** There is room again. */
  makeRoom(): void {
    this.#fullAt = Number.POSITIVE_INFINITY
  }

  /** The machine after its crash: what was synced is there. */
  restart(): void {
    this.#crashAt = Number.POSITIVE_INFINITY
    this.#fullAt = Number.POSITIVE_INFINITY
    this.#now.clear()
    for (const [path, inode] of this.#kept) {
      inode.bytes = inode.synced
      this.#now.set(path, inode)
    }
  }

  #step(writes = false): void {
    if (this.steps++ >= this.#crashAt) throw new Crash('the machine has crashed')
    if (writes && this.steps > this.#fullAt) {
      throw systemError('ENOSPC')
    }
  }

  async makeFolder(): Promise<void> {
    this.#step()
  }

  async create(path: string): Promise<NewFile> {
    this.#step(true)
    if (this.#now.has(path)) throw systemError('EEXIST')
    const inode: Inode = { bytes: new Uint8Array(), synced: new Uint8Array() }
    this.#now.set(path, inode)
    return {
      write: async (bytes) => {
        this.#step(true)
        inode.bytes = Buffer.concat([inode.bytes, bytes])
      },
      sync: async () => {
        this.#step()
        inode.synced = inode.bytes
      },
      close: async () => undefined,
    }
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step()
    const inode = this.#now.get(from)
    if (inode === undefined) throw systemError('ENOENT')
    this.#now.delete(from)
    this.#now.set(to, inode)
  }

  async nameIfFree(from: string, to: string): Promise<void> {
    this.#step()
    const inode = this.#now.get(from)
    if (inode === undefined) throw systemError('ENOENT')
    if (!this.#now.has(to)) this.#now.set(to, inode)
  }

  async remove(path: string): Promise<void> {
    this.#step()
    this.#now.delete(path)
  }

  async removeFolder(path: string): Promise<void> {
    this.#step()
    for (const each of [...this.#now.keys()]) if (each.startsWith(`${path}/`)) this.#now.delete(each)
  }

  async syncFolder(path: string): Promise<void> {
    this.#step()
    for (const each of [...this.#kept.keys()]) if (dirname(each) === path) this.#kept.delete(each)
    for (const [each, inode] of this.#now) if (dirname(each) === path) this.#kept.set(each, inode)
  }

  async open(path: string): ReturnType<Disk['open']> {
    this.#step()
    const inode = this.#now.get(path)
    if (inode === undefined) return undefined
    return {
      fileBytes: inode.bytes.length,
      read: async (offset, length) => {
        this.#step()
        return Uint8Array.from(inode.bytes.subarray(offset, offset + length))
      },
      close: async () => undefined,
    }
  }

  async *list(path: string): ReturnType<Disk['list']> {
    this.#step()
    const names = [...this.#now.keys()]
      .filter((each) => each.startsWith(`${path}/`))
      .map((each) => each.slice(path.length + 1).split('/')[0] ?? '')
    for (const name of new Set(names)) yield { name, writtenAtMs: 0 }
  }
}
