import { UsageError } from '@cablegram/tl'
import { resolveServer } from '../server/resolve.ts'
import type { Server, ServerOption } from '../server/server.ts'
import { SessionError } from '../storage/errors.ts'
import { decodeSession, decodeStringSession, encodeStringSession, type Session } from '../storage/session.ts'
import type { CarriedLogin } from './carried-login.ts'
import { loginOf, sessionOf } from './carry.ts'
import { libraryOfString, readString, type StringLibrary, writeString } from './libraries.ts'

const CONSOLE_TIMEOUT_MS = 10_000

/** The server that an imported session belongs to. */
export interface ImportOptions {
  /** Default: Telegram's production servers, or its test servers if the session says so. */
  readonly server?: ServerOption | undefined
  /** Token of the console at `server`. */
  readonly consoleToken?: string | undefined
}

/** Facts that another library keeps and our session does not. */
export interface ExportOptions extends ImportOptions {
  /** The app's api_id, for Pyrogram. */
  readonly apiId?: number | undefined
  /** Whether a bot is signed in, for Pyrogram and mtcute. Default: no. */
  readonly isBot?: boolean | undefined
}

/**
 * A string session of GramJS, Telethon, Pyrogram or mtcute as one of ours, for `memorySession`. Only one program may use a
 * login at a time: stop the other one first, and delete its session.
 *
 * @throws SessionError SESSION_CORRUPT, SESSION_FOREIGN (no library that can be read), SESSION_OTHER_SERVER; UsageError SESSION_SERVER
 *
 * @example
 * ```ts
 * import { memorySession, TelegramClient } from '@cablegram/client'
 * import { importSession } from '@cablegram/client/convert'
 *
 * export async function fromTelethon(stringSession: string) {
 *   const session = memorySession(await importSession(stringSession, { server: 'production' }))
 *   return new TelegramClient(session, { apiId: 12345, apiHash: '0123456789abcdef0123456789abcdef' })
 * }
 * ```
 */
export async function importSession(text: string, options: ImportOptions = {}): Promise<string> {
  const library = libraryOfString(text)
  if (library === undefined) {
    const message = isOurs(text)
      ? 'This is a string session of Cablegram already: give it to memorySession.'
      : 'This is not a string session of Telethon, GramJS, Pyrogram or mtcute. Give the whole string, without quotes.'
    throw new SessionError('SESSION_FOREIGN', message)
  }
  const login = readString(library, text)
  return encodeStringSession(sessionOf(login, await serverFor(options, login)))
}

function isOurs(text: string): boolean {
  try {
    decodeSession(decodeStringSession(text.trim()), 'The string session')
    return true
  } catch (error) {
    if (error instanceof SessionError) return false
    throw error
  }
}

/**
 * A string session of ours as another library reads it. Only one program may use a login at a time: close the client first.
 *
 * @param text from `client.exportSession()`
 * @throws SessionError SESSION_CORRUPT; UsageError SESSION_SIGNED_OUT, SESSION_ADDRESS, SESSION_API_ID
 *
 * @example
 * ```ts
 * import type { TelegramClient } from '@cablegram/client'
 * import { exportSession } from '@cablegram/client/convert'
 *
 * export async function toTelethon(client: TelegramClient) {
 *   const text = await client.exportSession()
 *   await client.close()
 *   return exportSession(text, 'telethon', { server: 'production' })
 * }
 * ```
 */
export async function exportSession(
  text: string,
  library: StringLibrary,
  options: ExportOptions = {},
): Promise<string> {
  const session = decodeSession(decodeStringSession(text), 'The string session')
  const { apiId, isBot } = options
  const login = loginOf(session, await serverOfSession(options, session.server))
  return writeString(library, { ...login, apiId, isBot })
}

/** The server of a session: the named one, or the one it was made with; undefined where that says no address. */
export async function serverOfSession(
  { server, consoleToken }: ImportOptions,
  { name }: Session['server'],
): Promise<Server | undefined> {
  const isNamed = name === 'production' || name === 'test' || URL.canParse(name)
  const option = server ?? (isNamed ? name : undefined)
  return option === undefined ? undefined : await resolveServer(option, CONSOLE_TIMEOUT_MS, consoleToken)
}

/** The server for a login of another library: the named one, or Telegram's. */
export async function serverFor(
  { server, consoleToken }: ImportOptions,
  { isTest, address }: Pick<CarriedLogin, 'isTest' | 'address'>,
): Promise<Server> {
  if (server === undefined && address !== undefined && isPrivate(address.host)) {
    const message = `This session is of a server at ${address.host}:${address.port}, not of Telegram. Name its console: \`server\` (--server).`
    throw new UsageError('SESSION_SERVER', message)
  }
  return await resolveServer(server ?? (isTest ? 'test' : 'production'), CONSOLE_TIMEOUT_MS, consoleToken)
}

/** Addresses that lead to no server of Telegram's. */
function isPrivate(host: string): boolean {
  return /^(?:localhost$|::1$|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(host)
}
