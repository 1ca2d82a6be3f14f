import type { ServerSalt } from '@cablegram/mtproto'
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './base64.ts'
import { SessionError } from './errors.ts'
import { refuseForeign } from './foreign-session.ts'
import { isSealed } from './sealed-session.ts'

/** Everything a client must keep to be signed in again after a restart. */
export interface Session {
  /** The server it belongs to, so that it is not shown to another one by mistake. */
  readonly server: SessionServer
  /** The data centre calls go to. */
  readonly dcId: number
  /** The keys made with each data centre, by its id. */
  readonly dcs: Readonly<Record<number, SessionDc>>
  /** Addresses of data centres from the server's configuration that its description lacks. */
  readonly addresses: Readonly<Record<number, SessionAddress>>
  /** User who is signed in, as far as the client knows. */
  readonly userId: bigint | undefined
  /** Another library made the login, and does not keep whose it is: the server is asked. */
  readonly hasUnknownUser?: boolean | undefined
  /** How the last login ended, if the server ended it; forgotten with the next login or log-out. */
  readonly endedLogin?: EndedLogin | undefined
  /** Tokens from earlier logins for the next login to the same account, newest last. */
  readonly logoutTokens: readonly LogoutToken[]
  /** A login on its way, as JSON; what is in it is the login's own business. */
  readonly pendingLogin?: Readonly<Record<string, unknown>> | undefined
}

/** How the login of a session ended without a log-out of its own. */
export interface EndedLogin {
  /** The user who was signed in. */
  readonly userId: bigint
  /** The type of the error that the server gave, or `KEY_LOST` if the server no longer has the key. */
  readonly reason: string
}

/** A future auth token: it stands in for the code at one more login, and is spent with that. */
export interface LogoutToken {
  readonly token: Uint8Array
  /** Whose it is; undefined where that is not known. */
  readonly userId: bigint | undefined
}

/** Which server a session belongs to. */
export interface SessionServer {
  /** For messages: `production`, or the address it was first reached at. */
  readonly name: string
  /** The fingerprints of its public keys, 16 hex digits each; a server is the same while it has one of them. */
  readonly fingerprints: readonly string[]
}

/** Saved data of one data centre. */
export interface SessionDc {
  /** The permanent authorization key, 256 bytes. */
  readonly authKey: Uint8Array
  /** Server clock minus ours. */
  readonly timeOffsetMs: number
  readonly salts: readonly ServerSalt[]
  /** Away from home: the user whose login was transferred here. */
  readonly loginOf?: bigint | undefined
}

/** Address of a data centre, as the server's configuration has told it. */
export interface DcAddress {
  readonly host: string
  readonly port: number
  /** It takes only frames hidden in obfuscated2, with this secret if it has one (16 bytes, or `dd` and 16 bytes). */
  readonly obfuscation?: { readonly secret?: Uint8Array | undefined } | undefined
  /** It serves downloads and nothing else. */
  readonly isForFiles?: boolean | undefined
  /** It stays the same: the rules of a proxy may name it. */
  readonly isStatic?: boolean | undefined
}

/** Addresses of a data centre: one, and the others. */
export interface SessionAddress extends DcAddress {
  readonly others?: readonly DcAddress[] | undefined
}

/** The version this build writes; it reads this one and those before it. In 1 tokens did not say whose they are. */
const VERSION = 2

/** First character of a string session: the version of its form. */
const STRING_PREFIX = '1'

/** Telegram takes no more of them (the limit of TDLib too). */
const MAX_LOGOUT_TOKENS = 20

/**
 * The tokens after a login or a log-out of an account: those it had before are spent, or the new one takes their place.
 *
 * @param token undefined where there is no new one
 */
export function renewLogoutTokens(
  tokens: readonly LogoutToken[],
  userId: bigint | undefined,
  token: Uint8Array | undefined,
): readonly LogoutToken[] {
  const others = userId === undefined ? tokens : tokens.filter((each) => each.userId !== userId)
  return token ? [...others, { token, userId }].slice(-MAX_LOGOUT_TOKENS) : others
}

/** A session as its file holds it: versioned JSON. */
export function encodeSession(session: Session): string {
  const dcs = Object.entries(session.dcs).map(([id, dc]) => [
    id,
    {
      authKey: encodeBase64(dc.authKey),
      timeOffsetMs: dc.timeOffsetMs,
      salts: dc.salts.map((salt) => ({ ...salt, salt: String(salt.salt) })),
      ...(dc.loginOf !== undefined && { loginOf: String(dc.loginOf) }),
    },
  ])
  const value = {
    version: VERSION,
    server: session.server,
    dcId: session.dcId,
    userId: session.userId === undefined ? null : String(session.userId),
    ...(session.hasUnknownUser === true && { hasUnknownUser: true }),
    dcs: Object.fromEntries(dcs),
    addresses: Object.fromEntries(
      Object.entries(session.addresses).map(([id, address]) => [
        id,
        {
          ...encodeAddress(address),
          ...(address.others && { others: address.others.map(encodeAddress) }),
        },
      ]),
    ),
    logoutTokens: session.logoutTokens.map(({ token, userId }) => ({
      token: encodeBase64(token),
      userId: userId === undefined ? null : String(userId),
    })),
    ...(session.endedLogin && {
      endedLogin: { ...session.endedLogin, userId: String(session.endedLogin.userId) },
    }),
    ...(session.pendingLogin && { pendingLogin: session.pendingLogin }),
  }
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/**
 * Reads the JSON of a session.
 *
 * @param name what to call it in an error: its file
 * @throws SessionError SESSION_CORRUPT, SESSION_FOREIGN, SESSION_VERSION
 */
export function decodeSession(text: string, name: string): Session {
  if (isSealed(text)) {
    const message = `${name} is sealed. Give its passphrase: fileSession(${JSON.stringify(name)}, { passphrase }); the command takes it from CABLEGRAM_PASSPHRASE.`
    throw new SessionError('SESSION_PASSPHRASE', message)
  }
  refuseForeign(text, name)
  const reader = new Reader(name)
  const value = reader.object(reader.json(text), 'the whole')
  const hasVersion = typeof value['version'] === 'number'
  if (!hasVersion && value['server'] === undefined && value['dcs'] === undefined) throw noSession(name)
  const version = reader.integer(value['version'], 'version')
  if (version > VERSION) {
    const message = `${name} was written by a newer Cablegram (version ${version}; this one reads ${VERSION}). Update it.`
    throw new SessionError('SESSION_VERSION', message)
  }
  const server = reader.object(value['server'], 'server')
  const dcs = Object.entries(reader.object(value['dcs'], 'dcs'))
  return {
    server: {
      name: reader.text(server['name'], 'server.name'),
      fingerprints: reader.list(server['fingerprints'], 'server.fingerprints', (item, at) =>
        reader.text(item, at),
      ),
    },
    dcId: reader.integer(value['dcId'], 'dcId'),
    userId: value['userId'] === null ? undefined : reader.long(value['userId'], 'userId'),
    ...(value['hasUnknownUser'] === true && { hasUnknownUser: true }),
    dcs: Object.fromEntries(dcs.map(([id, dc]) => [id, decodeDc(reader, dc, `dcs.${id}`)])),
    addresses: decodeAddresses(reader, value['addresses']),
    logoutTokens: reader.list(value['logoutTokens'], 'logoutTokens', (item, at) =>
      version === 1
        ? { token: reader.bytes(item, at), userId: undefined }
        : decodeLogoutToken(reader, item, at),
    ),
    ...(value['endedLogin'] !== undefined && { endedLogin: decodeEndedLogin(reader, value['endedLogin']) }),
    ...(value['pendingLogin'] !== undefined && {
      pendingLogin: reader.object(value['pendingLogin'], 'pendingLogin'),
    }),
  }
}

/** A session as one line of text, to keep where there are no files: `1` and the base64url of its JSON. */
export function encodeStringSession(session: Session): string {
  return STRING_PREFIX + encodeBase64Url(new TextEncoder().encode(encodeSession(session)))
}

/**
 * The JSON inside a string session.
 *
 * @throws SessionError SESSION_CORRUPT, SESSION_FOREIGN, SESSION_VERSION
 */
export function decodeStringSession(text: string): string {
  refuseForeign(text, 'The string session')
  if (!/^\d/.test(text)) {
    const message = 'This is not a string session. Give the whole string, as exportSession() made it.'
    throw new SessionError('SESSION_CORRUPT', message)
  }
  if (!text.startsWith(STRING_PREFIX)) {
    throw new SessionError('SESSION_VERSION', 'A newer Cablegram wrote the string session. Update it.')
  }
  const bytes = decodeBase64Url(text.slice(STRING_PREFIX.length).trim())
  if (!bytes) throw new SessionError('SESSION_CORRUPT', 'The string session is damaged: it is not base64url')
  return new TextDecoder().decode(bytes)
}

/** The error for a file of something else. */
function noSession(name: string): SessionError {
  const message = `${name} is no session of Cablegram, and was not changed. Name another file: one that does not exist yet begins a new session.`
  return new SessionError('SESSION_CORRUPT', message)
}

/** Sessions written before there were any have none. */
function decodeAddresses(reader: Reader, value: unknown): Record<number, SessionAddress> {
  if (value === undefined) return {}
  const entries = Object.entries(reader.object(value, 'addresses'))
  return Object.fromEntries(
    entries.map(([id, item]) => {
      const at = `addresses.${id}`
      const { others } = reader.object(item, at)
      const address = decodeAddress(reader, item, at)
      if (others === undefined) return [id, address]
      const decoded = reader.list(others, `${at}.others`, (each, place) => decodeAddress(reader, each, place))
      return [id, { ...address, others: decoded }]
    }),
  )
}

function encodeAddress({ host, port, obfuscation, isForFiles, isStatic }: DcAddress): object {
  const secret = obfuscation?.secret
  return {
    ...{ host, port },
    ...(obfuscation && { obfuscated: secret ? encodeBase64(secret) : true }),
    ...(isForFiles && { isForFiles }),
    ...(isStatic && { isStatic }),
  }
}

function decodeAddress(reader: Reader, value: unknown, at: string): DcAddress {
  const { host, port, obfuscated, isForFiles, isStatic } = reader.object(value, at)
  const secret = typeof obfuscated === 'string' ? reader.bytes(obfuscated, `${at}.obfuscated`) : undefined
  return {
    host: reader.text(host, `${at}.host`),
    port: reader.integer(port, `${at}.port`),
    ...(obfuscated !== undefined && { obfuscation: secret ? { secret } : {} }),
    ...(isForFiles === true && { isForFiles }),
    ...(isStatic === true && { isStatic }),
  }
}

function decodeLogoutToken(reader: Reader, value: unknown, at: string): LogoutToken {
  const { token, userId } = reader.object(value, at)
  return {
    token: reader.bytes(token, `${at}.token`),
    userId: userId === null ? undefined : reader.long(userId, `${at}.userId`),
  }
}

function decodeEndedLogin(reader: Reader, value: unknown): EndedLogin {
  const ended = reader.object(value, 'endedLogin')
  return {
    userId: reader.long(ended['userId'], 'endedLogin.userId'),
    reason: reader.text(ended['reason'], 'endedLogin.reason'),
  }
}

function decodeDc(reader: Reader, value: unknown, at: string): SessionDc {
  const dc = reader.object(value, at)
  const authKey = reader.bytes(dc['authKey'], `${at}.authKey`)
  if (authKey.length !== 256) reader.fail(`${at}.authKey`, '256 bytes')
  return {
    authKey,
    timeOffsetMs: reader.number(dc['timeOffsetMs'], `${at}.timeOffsetMs`),
    ...(dc['loginOf'] !== undefined && { loginOf: reader.long(dc['loginOf'], `${at}.loginOf`) }),
    salts: reader.list(dc['salts'], `${at}.salts`, (item, place) => {
      const salt = reader.object(item, place)
      return {
        salt: reader.long(salt['salt'], `${place}.salt`),
        validSinceS: reader.number(salt['validSinceS'], `${place}.validSinceS`),
        validUntilS: reader.number(salt['validUntilS'], `${place}.validUntilS`),
      }
    }),
  }
}

/** Checks JSON on the way in. A session holds keys: its errors say where, never what. */
class Reader {
  readonly #name: string

  constructor(name: string) {
    this.#name = name
  }

  fail(at: string, wanted: string): never {
    const message = `${this.#name} is damaged: ${at} is not ${wanted}. It is left as it is; move it away to start anew.`
    throw new SessionError('SESSION_CORRUPT', message)
  }

  json(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch {
      if (text.trim().startsWith('{')) return this.fail('the whole', 'JSON')
      if (!/^1ewo/.test(text.trim())) throw noSession(this.#name)
      const message = `${this.#name} holds a string session: give it to memorySession(), or use another file.`
      throw new SessionError('SESSION_CORRUPT', message)
    }
  }

  object(value: unknown, at: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return this.fail(at, 'an object')
    return { ...value }
  }

  list<Item>(value: unknown, at: string, item: (value: unknown, at: string) => Item): Item[] {
    if (!Array.isArray(value)) return this.fail(at, 'a list')
    return value.map((each, index) => item(each, `${at}[${index}]`))
  }

  text(value: unknown, at: string): string {
    return typeof value === 'string' ? value : this.fail(at, 'text')
  }

  number(value: unknown, at: string): number {
    return typeof value === 'number' ? value : this.fail(at, 'a number')
  }

  integer(value: unknown, at: string): number {
    return Number.isSafeInteger(value) ? Number(value) : this.fail(at, 'a whole number')
  }

  long(value: unknown, at: string): bigint {
    return typeof value === 'string' && /^-?\d{1,19}$/.test(value)
      ? BigInt(value)
      : this.fail(at, 'a decimal number')
  }

  bytes(value: unknown, at: string): Uint8Array {
    return decodeBase64(this.text(value, at)) ?? this.fail(at, 'base64')
  }
}
