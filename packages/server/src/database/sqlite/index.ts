import { access, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { backup } from 'node:sqlite'
import type { Random } from '@cablegram/mtproto'
import type { Nudge } from '../../bus/nudge.ts'
import type { StoreError } from '../errors.ts'
import type { Store } from '../store.ts'
import { createDatabase } from './database.ts'
import { LockCheck } from './lock-check.ts'
import { NudgeCheck } from './nudge-check.ts'
import { DATABASE_FILE, type Opened, openFolder, openMemory } from './open.ts'
import { watchTrouble } from './trouble.ts'

/** The tables that a key's record is read from; each has a column `auth_key_id` of its own. */
const KEY_TABLES = ['auth_keys', 'authorizations', 'pending_logins'] as const

/** Pages copied at once; requests are answered in between. */
const BACKUP_PAGES = 256

/** Options of the embedded store. */
export interface StoreOptions {
  /** The data folder; undefined: in memory. */
  readonly data?: string | undefined
  /** By default in the data folder. */
  readonly secretFile?: string | undefined
  readonly random: Random
  /** Told, at the opening, what the operator should know of the folder: a sentence. */
  readonly onNotice?: ((notice: string) => void) | undefined
  /** Told when writes begin to fail, and, with undefined, when they succeed again. */
  readonly onTrouble?: ((trouble: StoreError | undefined) => void) | undefined
  /** Told of the nudges of each decision, once it is durable and before its caller is told. */
  readonly onNudges?: ((nudges: readonly Nudge[]) => void) | undefined
  /** Has a decision fail that changes the record of a key without a nudge, or that locks in an order of its own. For tests. */
  readonly checkDecisions?: boolean | undefined
}

/**
 * The embedded store: SQLite, in a folder or in memory with the same code.
 *
 * @throws {UsageError} one sentence with the next step, where the folder cannot be used
 */
export function openStore({ data, secretFile, random, onNotice, ...options }: StoreOptions): Store {
  const opened = data === undefined ? openMemory(random) : openFolder(data, secretFile, random)
  if (onNotice !== undefined) opened.notices.forEach(onNotice)
  return createSqliteStore(opened, options)
}

/** The store on a database that is open and of this version's schema. */
export function createSqliteStore(
  { db: connection, secret, log }: Pick<Opened, 'db' | 'secret'> & Partial<Pick<Opened, 'log'>>,
  {
    onTrouble,
    onNudges,
    checkDecisions,
  }: Pick<StoreOptions, 'onTrouble' | 'onNudges' | 'checkDecisions'> = {},
): Store {
  const check = checkDecisions ? new NudgeCheck() : undefined
  const db = createDatabase(connection, log, onNudges, check, checkDecisions ? new LockCheck() : undefined)
  const keyListeners: ((authKeyId: bigint) => void)[] = [(authKeyId) => check?.note(authKeyId)]
  db.watch(KEY_TABLES, 'auth_key_id', (authKeyId) => {
    for (const listener of keyListeners) listener(authKeyId)
  })
  const watch = watchTrouble(db)
  if (onTrouble !== undefined) db.onTrouble(onTrouble)
  return {
    decide: (run) => db.write(() => db.decide(run())),
    look: (run) => db.read(() => db.look(run())),
    defer: (run) => db.defer(() => db.decide(run())),
    secret,
    watchKeys: (listener) => void keyListeners.push(listener),
    trouble: () => watch.find(),
    async backUp(folder) {
      const unfinished = await newFolder(`${folder}.unfinished`)
      try {
        const file = join(unfinished, DATABASE_FILE)
        await (await open(file, 'wx', 0o600)).close()
        await backup(connection, file, { rate: BACKUP_PAGES })
        return join(await renamed(unfinished, folder), DATABASE_FILE)
      } catch (error) {
        await rm(unfinished, { recursive: true, force: true })
        throw error
      }
    },
    async close() {
      watch.close()
      db.close()
    },
  }
}

/** Makes the folder, or one with a number behind its name if there is a folder of that name. */
async function newFolder(wanted: string): Promise<string> {
  await mkdir(dirname(wanted), { recursive: true, mode: 0o700 })
  return await atFreeName(wanted, (folder) => unlessTaken(mkdir(folder, { mode: 0o700 })))
}

/** Renames the folder of a complete backup; no backup replaces another one. */
async function renamed(from: string, wanted: string): Promise<string> {
  return await atFreeName(
    wanted,
    async (folder) => !(await exists(folder)) && (await unlessTaken(rename(from, folder))),
  )
}

/** Takes the wanted name, or the first free one with 2, 3 and so on behind the name. */
async function atFreeName(wanted: string, take: (name: string) => Promise<boolean>): Promise<string> {
  let name = wanted
  for (let number = 2; !(await take(name)); number += 1) name = `${wanted}-${number}`
  return name
}

const TAKEN: ReadonlySet<unknown> = new Set(['EEXIST', 'ENOTEMPTY'])

/** Does work that needs a free name. @returns false if the name was taken */
async function unlessTaken(work: Promise<unknown>): Promise<boolean> {
  try {
    await work
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && TAKEN.has(error.code)) return false
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
