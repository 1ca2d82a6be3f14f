import { orAborted } from '../or-aborted.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { SessionError } from './errors.ts'
import type { StateStorage } from './state.ts'
import type { SessionStorage } from './storage.ts'

/** A passphrase, or a function that asks for it when the session is opened. */
export type Passphrase = string | (() => string | Promise<string>)

/** Options of a session that may be sealed. */
export interface SealOptions {
  /** Seals the session, and what the client remembers beside it, under a passphrase. Default: not sealed. */
  readonly passphrase?: Passphrase | undefined
}

/** The mark of a sealed session. */
const FORMAT = 'cablegram-sealed-session'
const VERSION = 1
/** OWASP's number for PBKDF2 with SHA-256. */
const ITERATIONS = 600_000
/** A header that asks for more would keep the processor busy for minutes. */
const MAX_ITERATIONS = 10_000_000
const SALT_BYTES = 16
const KEY_BYTES = 32
/** Of AES-GCM. */
const IV_BYTES = 12

/** The text of a sealed session. */
interface Sealed {
  readonly format: typeof FORMAT
  readonly version: number
  readonly iterations: number
  /** Of the passphrase, in base64. */
  readonly salt: string
  /** The key of the session, sealed under the passphrase: another passphrase needs no other key. */
  readonly key: string
  readonly session: string
}

/** A key of WebCrypto. */
type SealKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>

/** Keys of an open session. */
interface Keys {
  readonly header: Omit<Sealed, 'session'>
  readonly data: SealKey
  /** Hides the names in the state. */
  readonly names: SealKey
}

/**
 * A session that is sealed under a passphrase: AES-256-GCM under a random key, which PBKDF2 (SHA-256, 600,000 rounds) of the
 * passphrase opens. What the client remembers beside it is sealed, too, names included. A session that is not sealed yet
 * is sealed when it is opened. The file, lock and permissions are those of `storage`.
 *
 * @throws SessionError SESSION_PASSPHRASE when it is opened with another passphrase; nothing is changed then
 *
 * @example
 * ```ts
 * import { memorySession, sealedSession, TelegramClient } from '@cablegram/client'
 *
 * export function sealed(text: string, passphrase: string): TelegramClient {
 *   return new TelegramClient(sealedSession(memorySession(text), passphrase))
 * }
 * ```
 */
export function sealedSession(storage: SessionStorage, passphrase: Passphrase): SessionStorage {
  return new SealedSession(storage, passphrase)
}

/**
 * Seals a session under another passphrase. Its key stays, so that what the client remembers can still be read.
 *
 * @param storage without a passphrase: `fileSession('me.session')`
 * @throws SessionError SESSION_PASSPHRASE if `from` is wrong or the session is not sealed; SESSION_IN_USE, SESSION_STORAGE
 */
export async function changePassphrase(storage: SessionStorage, from: string, to: string): Promise<void> {
  const text = await storage.open()
  try {
    const sealed = parse(text ?? '')
    if (!sealed) throw wrong(storage.name, 'is not sealed: open it with a passphrase')
    const raw = await openKey(sealed, from, storage.name)
    const header = await makeHeader(raw, checked(to, storage.name))
    await storage.write(JSON.stringify({ ...header, session: sealed.session }))
  } finally {
    await storage.close()
  }
}

/** Seals the text of a session that has not been anywhere yet. */
export async function sealText(text: string, passphrase: string): Promise<string> {
  const { header, data } = await newKeys(passphrase)
  return JSON.stringify({ ...header, session: await seal(data, text, 'session') })
}

/** Tells whether the text of a session is sealed. */
export function isSealed(text: string): boolean {
  return parse(text) !== undefined
}

class SealedSession implements SessionStorage {
  readonly name: string
  readonly state: StateStorage | undefined
  readonly #storage: SessionStorage
  readonly #passphrase: Passphrase
  #keys: Keys | undefined

  constructor(storage: SessionStorage, passphrase: Passphrase) {
    this.name = storage.name
    this.#storage = storage
    this.#passphrase = passphrase
    this.state = storage.state && new SealedState(storage.state, () => this.#opened())
  }

  async open(signal?: AbortSignal): Promise<string | undefined> {
    const text = await this.#storage.open(signal)
    try {
      signal?.throwIfAborted()
      const given = typeof this.#passphrase === 'string' ? this.#passphrase : this.#passphrase()
      const passphrase = await orAborted(Promise.resolve(given), [signal])
      return await this.#read(text ?? '', checked(passphrase, this.name))
    } catch (error) {
      await this.#storage.close()
      throw error
    }
  }

  async write(text: string): Promise<void> {
    const { header, data } = this.#opened()
    await this.#storage.write(JSON.stringify({ ...header, session: await seal(data, text, 'session') }))
  }

  async close(): Promise<void> {
    this.#keys = undefined
    await this.#storage.close()
  }

  async #read(text: string, passphrase: string): Promise<string | undefined> {
    const sealed = parse(text)
    if (sealed) {
      const raw = await openKey(sealed, passphrase, this.name)
      const { session, ...header } = sealed
      this.#keys = await makeKeys(raw, header)
      return await unseal(this.#keys.data, session, 'session', this.name)
    }
    this.#keys = await newKeys(passphrase)
    if (text.trim() === '') return undefined
    await this.write(text)
    return text
  }

  #opened(): Keys {
    if (this.#keys) return this.#keys
    throw new SessionError('SESSION_STORAGE', `${this.name} is not open`)
  }
}

/** A state whose names and texts are sealed. */
class SealedState implements StateStorage {
  readonly name: string
  readonly #state: StateStorage
  readonly #keys: () => Keys
  /** The last write: those that come later take effect after it. */
  #written: Promise<void> = Promise.resolve()

  constructor(state: StateStorage, keys: () => Keys) {
    this.name = state.name
    this.#state = state
    this.#keys = keys
  }

  open(): Promise<void> {
    return this.#state.open()
  }

  async get(key: string): Promise<string | undefined> {
    const { data, names } = this.#keys()
    await this.#written
    const name = await hidden(names, key)
    const text = await this.#state.get(name)
    return text === undefined ? undefined : await unseal(data, text, name, this.name)
  }

  async write(changes: ReadonlyMap<string, string | undefined>): Promise<void> {
    const sealing = this.#sealed([...changes])
    const writing = this.#written.then(async () => this.#state.write(await sealing))
    // The caller hears of it.
    this.#written = writing.catch(() => undefined)
    await writing
  }

  async close(): Promise<void> {
    await this.#written
    await this.#state.close()
  }

  async #sealed(
    changes: readonly (readonly [string, string | undefined])[],
  ): Promise<Map<string, string | undefined>> {
    const { data, names } = this.#keys()
    const sealed = new Map<string, string | undefined>()
    for (const [key, value] of changes) {
      const name = await hidden(names, key)
      sealed.set(name, value === undefined ? undefined : await seal(data, value, name))
    }
    return sealed
  }
}

function parse(text: string): Sealed | undefined {
  if (!text.includes(FORMAT)) return undefined
  let value: Partial<Sealed> | null
  try {
    value = JSON.parse(text) as Partial<Sealed> | null
  } catch {
    // Not JSON: the reader of sessions says what it is.
    return undefined
  }
  return value?.format === FORMAT ? (value as Sealed) : undefined
}

/** @throws SessionError SESSION_PASSPHRASE, SESSION_VERSION, SESSION_CORRUPT */
async function openKey(sealed: Sealed, passphrase: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const { version, iterations, salt, key } = sealed
  if (version > VERSION) {
    throw new SessionError('SESSION_VERSION', `A newer Cablegram has sealed ${name}. Update this one.`)
  }
  const isWhole = [salt, key, sealed.session].every((text) => typeof text === 'string')
  if (!isWhole || !Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
    throw new SessionError('SESSION_CORRUPT', `${name} is damaged. It was not changed: restore a backup.`)
  }
  try {
    const wrapping = await keyOfPassphrase(passphrase, bytesOf(salt), iterations)
    return await decrypt(wrapping, bytesOf(key), 'key')
  } catch (cause) {
    throw wrong(name, 'is sealed under another passphrase, or damaged. It was not changed', cause)
  }
}

async function makeHeader(
  raw: Uint8Array<ArrayBuffer>,
  passphrase: string,
): Promise<Omit<Sealed, 'session'>> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES))
  const wrapping = await keyOfPassphrase(passphrase, salt, ITERATIONS)
  const key = encodeBase64(await encrypt(wrapping, raw, 'key'))
  return { format: FORMAT, version: VERSION, iterations: ITERATIONS, salt: encodeBase64(salt), key }
}

async function newKeys(passphrase: string): Promise<Keys> {
  const raw = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return await makeKeys(raw, await makeHeader(raw, passphrase))
}

async function makeKeys(raw: Uint8Array<ArrayBuffer>, header: Omit<Sealed, 'session'>): Promise<Keys> {
  const base = await crypto.subtle.importKey('raw', raw, 'HKDF', false, ['deriveKey'])
  const derivation = (info: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: utf8(info),
  })
  const data = await crypto.subtle.deriveKey(
    derivation('data'),
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  )
  const names = await crypto.subtle.deriveKey(
    derivation('names'),
    base,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  )
  return { header, data, names }
}

async function keyOfPassphrase(
  passphrase: string,
  salt: Uint8Array<ArrayBuffer>,
  iterations: number,
): Promise<SealKey> {
  const base = await crypto.subtle.importKey('raw', utf8(passphrase.normalize('NFKC')), 'PBKDF2', false, [
    'deriveKey',
  ])
  const derivation = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations }
  return await crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
}

async function seal(key: SealKey, text: string, label: string): Promise<string> {
  return encodeBase64(await encrypt(key, utf8(text), label))
}

/** @throws SessionError SESSION_CORRUPT */
async function unseal(key: SealKey, text: string, label: string, name: string): Promise<string> {
  try {
    return new TextDecoder().decode(await decrypt(key, bytesOf(text), label))
  } catch (cause) {
    const message = `${name} is damaged: a part of it does not open. It was not changed: restore a backup.`
    throw new SessionError('SESSION_CORRUPT', message, { cause })
  }
}

/** The initialisation vector, and what is sealed; `label` ties it to its place. */
async function encrypt(
  key: SealKey,
  bytes: Uint8Array<ArrayBuffer>,
  label: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(label) }, key, bytes)
  const whole = new Uint8Array(IV_BYTES + sealed.byteLength)
  whole.set(iv)
  whole.set(new Uint8Array(sealed), IV_BYTES)
  return whole
}

async function decrypt(
  key: SealKey,
  whole: Uint8Array<ArrayBuffer>,
  label: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const parameters = { name: 'AES-GCM', iv: whole.subarray(0, IV_BYTES), additionalData: utf8(label) }
  return new Uint8Array(await crypto.subtle.decrypt(parameters, key, whole.subarray(IV_BYTES)))
}

/** The name under which a key of the state is kept. */
async function hidden(names: SealKey, key: string): Promise<string> {
  return encodeBase64(new Uint8Array(await crypto.subtle.sign('HMAC', names, utf8(key))).subarray(0, 16))
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(decodeBase64(base64) ?? [])
}

function checked(passphrase: string, name: string): string {
  if (typeof passphrase === 'string' && passphrase !== '') return passphrase
  throw wrong(name, 'needs a passphrase that is not empty')
}

function wrong(name: string, why: string, cause?: unknown): SessionError {
  return new SessionError('SESSION_PASSPHRASE', `${name} ${why}.`, { cause })
}
