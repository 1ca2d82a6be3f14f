import { decodeBase64Url } from './base64.ts'
import { SessionError } from './errors.ts'

const KEY_BYTES = 256
const MAX_DC_ID = 5
/** First bytes of every SQLite database. */
const SQLITE = 'SQLite format 3\0'
/** The versions of mtcute's string sessions. */
const MTCUTE_VERSIONS = [1, 2, 3]
/** The lengths of Pyrogram's: the first without the api_id, the second with a longer id of the user, the last with both. */
const PYROGRAM_BYTES = [263, 267, 271]

/**
 * The library that wrote a session that is not ours.
 *
 * @param text a string session, or what is in a file
 * @returns undefined if it is ours, or nobody's that is known
 */
export function foreignLibrary(text: string): string | undefined {
  if (text.startsWith(SQLITE)) return 'Telethon, Pyrogram or another library that keeps sessions in SQLite'
  const plain = text.trim()
  if (plain.startsWith('1')) {
    const bytes = decodeBase64Url(plain.slice(1))
    return bytes && libraryOfOne(bytes, plain)
  }
  const bytes = /^[\w+/-]{64,}={0,2}$/.test(plain) ? decodeBase64Url(plain) : undefined
  return bytes && libraryOfBare(bytes)
}

/** @throws SessionError SESSION_FOREIGN for a session of another library */
export function refuseForeign(text: string, name: string): void {
  const library = foreignLibrary(text)
  if (library === undefined) return
  const message = `${name} is a session of ${library}, and was not changed. Convert it: npx cablegram session convert, or importSession of @cablegram/client/convert`
  throw new SessionError('SESSION_FOREIGN', message)
}

/** Strings that begin with `1`, as ours do: a data centre, an address, a port and a key. */
function libraryOfOne(bytes: Uint8Array, text: string): string | undefined {
  if (text.startsWith('1Bv') && bytes.length < KEY_BYTES) return 'gogram'
  if (!isDcId(bytes[0])) return undefined
  const hostBytes = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0)
  // GramJS writes the address as text, with its length in front; Telethon the 4 or 16 bytes of it.
  if (hostBytes > 0 && bytes.length === 1 + 2 + hostBytes + 2 + KEY_BYTES) return 'GramJS'
  const hasIpv4 = bytes.length === 1 + 4 + 2 + KEY_BYTES && bytes[1] !== 0
  if (hasIpv4 || bytes.length === 1 + 16 + 2 + KEY_BYTES) return 'Telethon'
  return undefined
}

function libraryOfBare(bytes: Uint8Array): string | undefined {
  if (isPyrogram(bytes)) return 'Pyrogram'
  const hasVersion = MTCUTE_VERSIONS.some((version) => version === bytes[0])
  // Flags of four bytes follow, of which few are in use.
  if (hasVersion && bytes.length > KEY_BYTES && bytes[2] === 0 && bytes[3] === 0 && bytes[4] === 0)
    return 'mtcute'
  return undefined
}

/** The data centre, and two flags: for test servers, behind the api_id if there is one, and at the end for a bot. */
function isPyrogram(bytes: Uint8Array): boolean {
  const [, , withApiId] = PYROGRAM_BYTES
  const isTest = bytes.length === withApiId ? bytes[5] : bytes[1]
  return PYROGRAM_BYTES.includes(bytes.length) && isDcId(bytes[0]) && isFlag(isTest) && isFlag(bytes.at(-1))
}

function isFlag(byte: number | undefined): boolean {
  return byte === 0 || byte === 1
}

function isDcId(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 1 && byte <= MAX_DC_ID
}
