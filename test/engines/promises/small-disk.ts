/** A small disk of its own for a database of PostgreSQL, which can be filled. */
import { type MountedDisk, mountDisk } from '../../e2e/small-disk.ts'
import type { PostgresServer } from '../postgres.ts'
import { makeFolder, programUser } from '../program.ts'

/** The tables of a new database, and some room. */
const SIZE = '40m'

/** A disk with a database. */
export interface SmallDisk extends MountedDisk {
  readonly database: string
}

/** @returns the reason, where this process may not mount a disk */
export async function mountSmallDisk(postgres: PostgresServer): Promise<SmallDisk | string> {
  const user = programUser()
  const { uid, gid } = user
  const owner = uid === undefined || gid === undefined ? undefined : { uid, gid }
  const disk = mountDisk({ size: SIZE, owner, folder: makeFolder('disk', user) })
  if (typeof disk === 'string') return disk
  await postgres.query(`CREATE TABLESPACE small LOCATION '${disk.folder}'`)
  await postgres.query('CREATE DATABASE on_small_disk TEMPLATE template0 TABLESPACE small')
  return { ...disk, database: 'on_small_disk' }
}
