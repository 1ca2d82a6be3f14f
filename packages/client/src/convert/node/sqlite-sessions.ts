import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { SessionError } from '../../storage/errors.ts'
import { APPLICATION_ID } from '../../storage/sqlite.ts'
import { AUTH_KEY_BYTES, type CarriedLogin } from '../carried-login.ts'
import { readMtcuteDc } from '../mtcute.ts'
import { addressFor, apiIdFor, userIdFor } from '../needed.ts'

/** A library whose sessions in SQLite can be read. */
export type SqliteLibrary = 'telethon' | 'pyrogram' | 'mtcute'

type Row = Record<string, SQLOutputValue>

/** The text of a session of ours that lies in SQLite; undefined for other databases. @throws SessionError SESSION_STORAGE */
export async function readOwnText(file: string): Promise<string | undefined> {
  const database = await openSqlite(file, { readOnly: true })
  try {
    const { application_id: id } = database.prepare('PRAGMA application_id').get() ?? {}
    if (id !== APPLICATION_ID) return undefined
    return String(oneRow(database, 'SELECT text FROM session', file)['text'])
  } finally {
    database.close()
  }
}

/** A session of another library in SQLite. @throws SessionError SESSION_CORRUPT, SESSION_FOREIGN, SESSION_STORAGE */
export async function readSqlite(file: string): Promise<{ library: SqliteLibrary; login: CarriedLogin }> {
  const database = await openSqlite(file, { readOnly: true })
  try {
    const library = libraryOf(database)
    if (library === undefined) {
      const message = `${file} is a SQLite database, but no session of Telethon, Pyrogram or mtcute.`
      throw new SessionError('SESSION_FOREIGN', message)
    }
    const login = READERS[library](database, file)
    if (login.authKey.length === AUTH_KEY_BYTES) return { library, login }
    throw new SessionError('SESSION_CORRUPT', `${file} has no key: nobody has signed in with it yet.`)
  } finally {
    database.close()
  }
}

/** Writes a new file. @throws SessionError SESSION_STORAGE; UsageError SESSION_ADDRESS, SESSION_USER, SESSION_API_ID */
export async function writeSqlite(
  file: string,
  library: Exclude<SqliteLibrary, 'mtcute'>,
  login: CarriedLogin,
): Promise<void> {
  const write = library === 'telethon' ? telethonStatements(login) : pyrogramStatements(login)
  const database = await openSqlite(file, {})
  try {
    database.exec('BEGIN')
    for (const { sql, values } of write) database.prepare(sql).run(...values)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}

async function openSqlite(file: string, options: { readonly readOnly?: boolean }): Promise<DatabaseSync> {
  const sqlite = await import('node:sqlite')
  try {
    const database = new sqlite.DatabaseSync(file, options)
    database.exec('PRAGMA trusted_schema = OFF')
    return database
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SessionError('SESSION_STORAGE', `${file} cannot be opened: ${why}`, { cause })
  }
}

function libraryOf(database: DatabaseSync): SqliteLibrary | undefined {
  const tables = new Set(
    database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map(nameOf),
  )
  if (tables.has('auth_keys') && tables.has('key_value')) return 'mtcute'
  if (!tables.has('sessions')) return undefined
  const columns = new Set(database.prepare('PRAGMA table_info(sessions)').all().map(nameOf))
  if (columns.has('is_bot') && columns.has('auth_key')) return 'pyrogram'
  return columns.has('server_address') && columns.has('auth_key') ? 'telethon' : undefined
}

const nameOf = (row: Row) => row['name']

const READERS: Readonly<Record<SqliteLibrary, (database: DatabaseSync, file: string) => CarriedLogin>> = {
  telethon(database, file) {
    const row = oneRow(database, 'SELECT dc_id, server_address, port, auth_key FROM sessions', file)
    const host = String(row['server_address'])
    return { dcId: Number(row['dc_id']), address: { host, port: Number(row['port']) }, authKey: keyIn(row) }
  },
  pyrogram(database, file) {
    const row = oneRow(database, 'SELECT * FROM sessions', file)
    const { server_address: host, port, user_id: userId, api_id: apiId } = row
    return {
      dcId: Number(row['dc_id']),
      address: typeof host === 'string' ? { host, port: Number(port) } : undefined,
      isTest: Number(row['test_mode']) === 1,
      authKey: keyIn(row),
      userId: userId === null || userId === undefined ? undefined : BigInt(String(userId)),
      isBot: Number(row['is_bot']) === 1,
      apiId: apiId === null || apiId === undefined ? undefined : Number(apiId),
    }
  },
  mtcute(database, file) {
    const { value } = oneRow(database, "SELECT value FROM key_value WHERE key = 'dc_main'", file)
    const { dcId, host, port, isTest } = readMtcuteDc(bytesOf(value))
    const key = database.prepare('SELECT key AS auth_key FROM auth_keys WHERE dc = ?').get(dcId) ?? {}
    return { dcId, address: { host, port }, isTest, authKey: keyIn(key), ...mtcuteUser(database) }
  },
}

const MTCUTE_USER_FORM = 1
const MTCUTE_BOT = 1

/** The signed-in user, little-endian: a form, flags, and the id in two halves. */
function mtcuteUser(database: DatabaseSync): Pick<CarriedLogin, 'userId' | 'isBot'> {
  const row = database.prepare("SELECT value FROM key_value WHERE key = 'current_user'").get()
  const bytes = bytesOf(row?.['value'])
  if (bytes.length < 16) return {}
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  if (view.getInt32(0, true) !== MTCUTE_USER_FORM) return {}
  return { userId: view.getBigInt64(8, true), isBot: (view.getInt32(4, true) & MTCUTE_BOT) !== 0 }
}

interface Statement {
  readonly sql: string
  readonly values: readonly (string | number | bigint | Uint8Array | null)[]
}

/** Version 7 of its tables: every Telethon since 1.4 opens them, and adds what is newer itself. */
function telethonStatements(login: CarriedLogin): Statement[] {
  const { host, port } = addressFor('Telethon', login)
  return [
    ...tables([
      'version (version integer primary key)',
      'sessions (dc_id integer primary key, server_address text, port integer, auth_key blob, takeout_id integer)',
      'entities (id integer primary key, hash integer not null, username text, phone integer, name text, date integer)',
      'sent_files (md5_digest blob, file_size integer, type integer, id integer, hash integer, primary key (md5_digest, file_size, type))',
      'update_state (id integer primary key, pts integer, qts integer, date integer, seq integer)',
    ]),
    { sql: 'INSERT INTO version VALUES (7)', values: [] },
    {
      sql: 'INSERT INTO sessions VALUES (?, ?, ?, ?, NULL)',
      values: [login.dcId, host, port, login.authKey],
    },
  ]
}

/** As Pyrogram itself writes for a string session; it puts the time there when it saves. */
const NO_DATE = 0

/** Version 3 of its tables, that of Pyrogram 2.0; forks add what is newer themselves. They keep no address. */
function pyrogramStatements(login: CarriedLogin): Statement[] {
  const apiId = apiIdFor('Pyrogram', login)
  const userId = userIdFor('Pyrogram', login)
  const flags = [
    Number(login.isTest ?? false),
    login.authKey,
    NO_DATE,
    userId,
    Number(login.isBot ?? false),
  ] as const
  return [
    ...tables([
      'sessions (dc_id INTEGER PRIMARY KEY, api_id INTEGER, test_mode INTEGER, auth_key BLOB, date INTEGER NOT NULL, user_id INTEGER, is_bot INTEGER)',
      'peers (id INTEGER PRIMARY KEY, access_hash INTEGER, type INTEGER NOT NULL, username TEXT, phone_number TEXT, last_update_on INTEGER NOT NULL DEFAULT 0)',
      'version (number INTEGER PRIMARY KEY)',
    ]),
    { sql: 'INSERT INTO version VALUES (3)', values: [] },
    { sql: 'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)', values: [login.dcId, apiId, ...flags] },
  ]
}

function tables(definitions: readonly string[]): Statement[] {
  return definitions.map((definition) => ({ sql: `CREATE TABLE ${definition}`, values: [] }))
}

function oneRow(database: DatabaseSync, sql: string, file: string): Row {
  const row = database.prepare(sql).get()
  if (row) return row
  throw new SessionError('SESSION_CORRUPT', `${file} has no login: nobody has signed in with it yet.`)
}

function keyIn(row: Row): Uint8Array {
  return bytesOf(row['auth_key'])
}

function bytesOf(value: SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array()
}
