import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import {
  BASELINE,
  BASELINE_VERSION,
  LAST_RESERVED_IDS,
  MIGRATIONS_AFTER_BASELINE,
  SCHEMA_VERSION,
} from '../schema.ts'
import {
  checkSecret,
  createSecret,
  makeSecretFile,
  readSecretFile,
  type Secret,
  sealCheck,
} from '../secret.ts'
import { DatabaseSync, resultCode } from './database.ts'
import { createLogSync, type LogSync } from './log-sync.ts'
import { tightenPermissions } from './permissions.ts'
import { tellPlanner } from './planner-statistics.ts'
import { MIGRATIONS } from './schema.ts'

/** The database's name in its folder. */
export const DATABASE_FILE = 'cablegram.db'
/** The name of the secret in a data folder. */
export const SECRET_FILE = 'secret.key'

/** An open database at this version's schema, and what its secrets are sealed with. */
export interface Opened {
  readonly db: DatabaseSync
  readonly secret: Secret
  /** Makes commits durable; undefined in memory. */
  readonly log: LogSync | undefined
  /** Sentences about the folder that the operator should read. */
  readonly notices: readonly string[]
}

/** A database that is gone when it is closed. */
export function openMemory(random: Random): Opened {
  const db = new DatabaseSync(':memory:')
  const secret = createSecret(random(32), random)
  migrate(db, 0, secret)
  tellPlanner(db)
  return { db, secret, log: undefined, notices: [] }
}

/**
 * The database of a data folder, made where there is none. Nothing is changed in one that cannot be used.
 *
 * @throws {UsageError} DATA_FOLDER_UNWRITABLE, DATA_FOLDER_IN_USE, DATA_FOLDER_NEWER, DATA_FOLDER_DAMAGED,
 * SECRET_MISSING, SECRET_WRONG, SECRET_UNREADABLE, SECRET_UNWRITABLE
 */
export function openFolder(folder: string, secretFile: string | undefined, random: Random): Opened {
  const file = join(folder, DATABASE_FILE)
  const secretPath = secretFile ?? join(folder, SECRET_FILE)
  checkNotEmptied(file, secretPath)
  prepareFolder(folder, file)
  const notices = tightenPermissions(folder, [DATABASE_FILE, `${DATABASE_FILE}-wal`, SECRET_FILE])
  const db = openFile(folder, file)
  try {
    const version = findVersion(db)
    if (version > SCHEMA_VERSION) throw newer(folder, version)
    const secret = findSecret(db, version, secretPath, random)
    // WAL before anything is written; FULL, because an answer promises that its write survives a power cut.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    migrate(db, version, secret)
    tellPlanner(db)
    // With locking_mode EXCLUSIVE the lock taken here stays until the process ends, however it ends.
    db.exec('BEGIN IMMEDIATE; COMMIT')
    // From here on the log is synced beside the event loop, before anybody is told: docs/adr/0025-commits-off-the-loop.md.
    db.exec('PRAGMA synchronous = NORMAL')
    return { db, secret, log: createLogSync(file), notices }
  } catch (error) {
    db.close()
    throw explain(folder, error)
  }
}

/**
 * Codes and numbers of people are in there: nobody else on the machine has to read them. A database that exists is
 * only asked about, never opened here: closing any descriptor of a file drops every POSIX lock that this process
 * has on it, and with them the lock of a server that runs on it in this very process.
 */
function prepareFolder(folder: string, file: string): void {
  try {
    makeFolder(resolve(folder))
    accessSync(folder, constants.W_OK | constants.X_OK)
    if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK)
    else closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    throw unwritable(folder, error)
  }
}

/** Level by level: Node's own recursion never ends where a folder is there and lets none be made in it, as /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    // Another server was quicker.
    if (!existsSync(path)) throw error
  }
}

function openFile(folder: string, file: string): DatabaseSync {
  try {
    const db = new DatabaseSync(file)
    db.exec('PRAGMA locking_mode = EXCLUSIVE')
    return db
  } catch (error) {
    throw explain(folder, error)
  }
}

/** A database that lost its contents is not a new one: with the secret beside it, it had some. */
function checkNotEmptied(file: string, secretPath: string): void {
  if (!existsSync(file) || statSync(file).size > 0 || !existsSync(secretPath)) return
  throw new UsageError(
    'DATA_FOLDER_DAMAGED',
    `${file} is empty, although its secret ${secretPath} is there: restore a copy of it. To begin anew, delete both.`,
  )
}

/** 0 for an empty database. @throws {UsageError} DATA_FOLDER_DAMAGED for one of another program */
function findVersion(db: DatabaseSync): number {
  const table = db
    .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'")
    .get()
  if (table === undefined) {
    const hasTables = db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() !== undefined
    if (!hasTables) return 0
    throw new UsageError(
      'DATA_FOLDER_DAMAGED',
      `The ${DATABASE_FILE} in the data folder belongs to another program: choose another folder with --data.`,
    )
  }
  return Number(db.prepare('SELECT version FROM schema_version').get()?.['version'])
}

function findSecret(db: DatabaseSync, version: number, path: string, random: Random): Secret {
  const found = readSecretFile(path)
  if (version === 0) return createSecret(found ?? makeSecretFile(path, random), random)
  if (found === undefined) {
    throw new UsageError(
      'SECRET_MISSING',
      `The secret file ${path} is missing, and the keys in the store cannot be read without it: ` +
        'put it back, or name it with --secret-file.',
    )
  }
  const secret = createSecret(found, random)
  const sealed = db.prepare('SELECT sealed_text FROM secret_check ORDER BY rowid LIMIT 1').get()?.[
    'sealed_text'
  ]
  if (checkSecret(secret, sealed)) return secret
  throw new UsageError(
    'SECRET_WRONG',
    `The secret file ${path} is not the one this data was sealed with: put the right one back, or name it with --secret-file.`,
  )
}

/** All in one transaction: a server that is killed meanwhile leaves the folder as it was. */
function migrate(db: DatabaseSync, version: number, secret: Secret): void {
  if (version === SCHEMA_VERSION) return
  // Tables that are made anew must not take along the rows that refer to them. Inside a transaction this does nothing.
  db.exec('PRAGMA foreign_keys = OFF')
  db.exec('BEGIN IMMEDIATE')
  if (version === 0) create(db, secret)
  else {
    if (version < BASELINE_VERSION) reachBaseline(db, version, secret)
    for (const text of MIGRATIONS_AFTER_BASELINE.slice(Math.max(version - BASELINE_VERSION, 0))) db.exec(text)
  }
  db.prepare('UPDATE schema_version SET version = ?').run(SCHEMA_VERSION)
  db.exec('COMMIT')
  db.exec('PRAGMA foreign_keys = ON')
}

/** SQL for the tables of an empty database: see {@link createTables}. */
let tablesText: string | undefined

function create(db: DatabaseSync, secret: Secret): void {
  createTables(db)
  const reserve = db.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)')
  for (const [table, { id }] of Object.entries(LAST_RESERVED_IDS)) reserve.run(table, id)
  db.prepare('INSERT INTO schema_version (version) VALUES (0)').run()
  db.prepare('INSERT INTO secret_check (sealed_text) VALUES (?)').run(sealCheck(secret))
}

/**
 * SQLite reads all tables again after each column that a migration adds, which takes most of the time to make a database. So the
 * tables that the migrations lead to are written down for the next one: tests start many servers in one process.
 */
function createTables(db: DatabaseSync): void {
  if (tablesText !== undefined) {
    db.exec(tablesText)
    return
  }
  for (const text of [BASELINE, ...MIGRATIONS_AFTER_BASELINE]) db.exec(text)
  const made = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
  tablesText = made
    .all()
    .map(({ sql }) => `${sql};`)
    .join('\n')
}

/** Takes a folder of an earlier version to the tables that a new one begins with. */
function reachBaseline(db: DatabaseSync, version: number, secret: Secret): void {
  for (const migration of MIGRATIONS.slice(version)) {
    if (typeof migration === 'string') db.exec(migration)
    else migration(db, version, secret)
  }
}

const BUSY = 5
const DAMAGED = new Set([11, 26])

/** The error in one sentence with the next step. */
function explain(folder: string, error: unknown): unknown {
  const code = resultCode(error)
  if (code === undefined) return error
  if (code === BUSY) {
    return new UsageError(
      'DATA_FOLDER_IN_USE',
      `Another server is using the data folder ${folder}: stop it, or choose another folder with --data.`,
      { cause: error },
    )
  }
  if (DAMAGED.has(code)) {
    return new UsageError(
      'DATA_FOLDER_DAMAGED',
      `${join(folder, DATABASE_FILE)} is damaged or no database of Cablegram's: restore a copy, or choose another folder with --data.`,
      { cause: error },
    )
  }
  return unwritable(folder, error)
}

function unwritable(folder: string, cause: unknown): UsageError {
  return new UsageError(
    'DATA_FOLDER_UNWRITABLE',
    `The data folder ${folder} cannot be written: give this user the right to, free space on its disk, or choose another with --data.`,
    { cause },
  )
}

function newer(folder: string, version: number): UsageError {
  return new UsageError(
    'DATA_FOLDER_NEWER',
    `The data folder ${folder} was written by a newer version of Cablegram (schema ${version}, this one knows ${SCHEMA_VERSION}): ` +
      'update Cablegram, or choose another folder with --data; nothing in it was changed.',
  )
}
