/** A small disk of its own for a database of PostgreSQL, which can be filled. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { PostgresServer } from '../postgres.ts'
import { makeFolder, programUser } from '../program.ts'

/** The tables of a new database, and some room. */
const SIZE = '40m'

/** A disk with a database. */
export interface SmallDisk {
  readonly database: string
  /** Writes a file into all room that is left. */
  fill(): void
  /** Deletes the file. */
  free(): void
  close(): void
}

/** @returns the reason, where this process may not mount a disk */
export async function mountSmallDisk(postgres: PostgresServer): Promise<SmallDisk | string> {
  const user = programUser()
  const folder = makeFolder('disk', user)
  const owner = user.uid === undefined ? '' : `,uid=${user.uid},gid=${user.gid},mode=700`
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${SIZE}${owner}`, 'cablegram', folder],
    { encoding: 'utf8' },
  )
  if (status !== 0) {
    rmSync(folder, { recursive: true })
    return error?.message ?? stderr.trim()
  }
  await postgres.query(`CREATE TABLESPACE small LOCATION '${folder}'`)
  await postgres.query('CREATE DATABASE on_small_disk TEMPLATE template0 TABLESPACE small')
  const filler = join(folder, 'filler')
  return {
    database: 'on_small_disk',
    fill: () => writeUntilFull(filler),
    free: () => rmSync(filler),
    close() {
      spawnSync('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true })
    },
  }
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4096, 1)
  try {
    for (;;) writeSync(file, block)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  } finally {
    closeSync(file)
  }
}
