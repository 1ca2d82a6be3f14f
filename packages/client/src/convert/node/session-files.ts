import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { Random } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'
import { secureRandom } from '../../random.ts'
import { SessionError } from '../../storage/errors.ts'
import { sealText } from '../../storage/sealed-session.ts'
import {
  decodeSession,
  decodeStringSession,
  encodeSession,
  encodeStringSession,
  type Session,
} from '../../storage/session.ts'
import type { CarriedLogin } from '../carried-login.ts'
import { loginOf, sessionOf } from '../carry.ts'
import { libraryOfString, readString, type StringLibrary, writeString } from '../libraries.ts'
import { type ExportOptions, serverFor, serverOfSession } from '../strings.ts'
import { type DesktopOptions, readDesktop, writeDesktop } from './desktop.ts'
import { readOwnText, readSqlite, writeSqlite } from './sqlite-sessions.ts'

const MAX_TEXT_BYTES = 16 * 1024 * 1024
const SQLITE = 'SQLite format 3\0'

/** The library that wrote a session. */
export type SessionLibrary = 'cablegram' | StringLibrary | 'desktop'

/** Form of a session: one line of text, a file, a database in SQLite, or Telegram Desktop's folder. */
export type SessionForm = 'string' | 'file' | 'database' | 'folder'

/** A session as it was found. The key is in `login`: never print it. */
export interface FoundSession {
  readonly library: SessionLibrary
  readonly form: SessionForm
  /** Undefined: a session of ours that is not signed in. */
  readonly login: CarriedLogin | undefined
  /** The whole session, if it is ours. */
  readonly session?: Session | undefined
}

/** How to convert a session. */
export interface ConvertOptions extends ExportOptions {
  /** Whose session it becomes. Default: ours. */
  readonly library?: SessionLibrary | undefined
  /** Makes it a string session, also where the library has files. */
  readonly asString?: boolean | undefined
  /** Seals a file of ours under it. Other forms have no seal. Default: not sealed. */
  readonly passphrase?: string | undefined
  /** Default: the runtime's. */
  readonly random?: Random | undefined
}

/**
 * A session in a file or a folder: ours, a string session of any library, a database of SQLite (ours, Telethon's, Pyrogram's or mtcute's), or
 * `tdata` of Telegram Desktop. Reads only.
 *
 * @throws SessionError SESSION_STORAGE, SESSION_CORRUPT, SESSION_FOREIGN; UsageError SESSION_PASSCODE, SESSION_ACCOUNT
 */
export async function readSession(path: string, options: DesktopOptions = {}): Promise<FoundSession> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw new SessionError('SESSION_STORAGE', `There is no session ${path}.`, { cause })
  })
  if (stats.isDirectory()) {
    return { library: 'desktop', form: 'folder', login: await readDesktop(path, options) }
  }
  if (stats.size > MAX_TEXT_BYTES && !(await isSqlite(path))) {
    throw new SessionError('SESSION_FOREIGN', `${path} has ${stats.size} bytes, which no session has.`)
  }
  if (await isSqlite(path)) {
    const text = await readOwnText(path)
    if (text !== undefined) return { ...readSessionText(text, path), form: 'database' }
    return { form: 'database', ...(await readSqlite(path)) }
  }
  return readSessionText(await readFile(path, 'utf8'), path)
}

/** A session from its text: a string session of any library, or what is in a file of ours. @throws as `readSession` */
export function readSessionText(text: string, name: string): FoundSession {
  const library = libraryOfString(text)
  if (library !== undefined) return { library, form: 'string', login: readString(library, text) }
  const isString = /^\d/.test(text.trim())
  if (!isString && !text.trim().startsWith('{')) throw noSession(name)
  const session = decodeSession(isString ? decodeStringSession(text.trim()) : text, name)
  const isSignedIn = session.userId !== undefined || session.hasUnknownUser === true
  const login = isSignedIn ? loginOf(session, undefined) : undefined
  return { library: 'cablegram', form: isString ? 'string' : 'file', login, session }
}

function noSession(name: string): SessionError {
  const message = `${name} is no session of a library that is known here. Give a session of Cablegram, Telethon, GramJS, Pyrogram or mtcute, or the folder tdata of Telegram Desktop.`
  return new SessionError('SESSION_FOREIGN', message)
}

/**
 * Converts a session to one of another library: to a file for ours, Telethon and Pyrogram, to a folder for Telegram Desktop,
 * and to a string for GramJS and mtcute. The old one stays as it is: delete it, because only one program may use a login at
 * a time.
 *
 * @param to a file or folder that does not exist yet; undefined: gives the string
 * @returns the string session, unless it was written to `to`
 * @throws as `readSession`, and UsageError SESSION_SIGNED_OUT, SESSION_ADDRESS, SESSION_USER, SESSION_API_ID, SESSION_FORM
 */
export async function convertSession(
  found: FoundSession,
  to: string | undefined,
  options: ConvertOptions = {},
): Promise<string | undefined> {
  const library = options.library ?? 'cablegram'
  if (library === 'cablegram') return await convertToOurs(found, to, options)
  const login = await loginIn(found, options)
  if (library === 'desktop') await writeDesktop(namedFolder(to), login, options.random ?? secureRandom)
  else if (to === undefined || options.asString || library === 'gramjs' || library === 'mtcute') {
    return await given(to, writeString(library, login))
  } else await writeDatabase(to, library, login)
  return undefined
}

async function convertToOurs(
  found: FoundSession,
  to: string | undefined,
  options: ConvertOptions,
): Promise<string | undefined> {
  const session =
    found.session ?? sessionOf(await loginIn(found, options), await serverFor(options, found.login ?? {}))
  if (to === undefined || options.asString === true) return await given(to, encodeStringSession(session))
  const text = encodeSession(session)
  const { passphrase } = options
  return await given(to, passphrase === undefined ? text : await sealText(text, passphrase))
}

/** The login of a session, with the facts that the options add. */
async function loginIn(found: FoundSession, options: ConvertOptions): Promise<CarriedLogin> {
  const { session } = found
  const login = session ? loginOf(session, await serverOfSession(options, session.server)) : found.login
  if (!login) throw new UsageError('SESSION_SIGNED_OUT', 'This session is not signed in.')
  return { ...login, apiId: options.apiId ?? login.apiId, isBot: options.isBot ?? login.isBot }
}

/** The string, or undefined once it is in a new file. */
async function given(to: string | undefined, text: string): Promise<string | undefined> {
  if (to === undefined) return text
  await writeNew(to, text)
  return undefined
}

async function writeDatabase(
  to: string,
  library: 'telethon' | 'pyrogram',
  login: CarriedLogin,
): Promise<void> {
  // Made first, with the permissions of a secret: SQLite would let others read it.
  await writeNew(to, '')
  try {
    await writeSqlite(to, library, login)
  } catch (error) {
    await rm(to)
    throw error
  }
}

function namedFolder(to: string | undefined): string {
  if (to !== undefined) return to
  throw new UsageError(
    'SESSION_FORM',
    'Telegram Desktop has a folder, not a string: name one that does not exist yet.',
  )
}

async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SessionError(
      'SESSION_STORAGE',
      `${file} cannot be written: ${why}. Name a file that does not exist.`,
      {
        cause,
      },
    )
  })
}

async function isSqlite(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SQLITE.length), 0, SQLITE.length, 0)
    return buffer.toString('latin1', 0, bytesRead) === SQLITE
  } finally {
    await handle.close()
  }
}
