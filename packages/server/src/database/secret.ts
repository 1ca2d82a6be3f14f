import {
  type Cipheriv,
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type Hmac,
  hkdfSync,
  type KeyObject,
} from 'node:crypto'
import fs, { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import { freeBytes, UsageError } from '@cablegram/tl'

/** Encryption that keeps keys unreadable to anybody who has the data but not the secret. */
export interface Secret {
  /** @param context what the bytes belong to: they open as that and nothing else */
  seal(plain: Uint8Array, context: string): Uint8Array
  /** In memory of its own. Undefined where the secret or the context is another, or the bytes were changed. */
  open(sealed: Uint8Array, context: string): Uint8Array | undefined
  /** 32 bytes, different for each purpose. Purposes are constants of the code: each is derived once. */
  derive(purpose: string): Uint8Array
  /** An HMAC-SHA256 under the key that {@link derive} gives for a purpose. */
  startMac(purpose: string): Hmac
}

const SECRET_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** Bytes that sealing adds. */
export const SEAL_BYTES: number = IV_BYTES + TAG_BYTES
/**
 * A cipher of Node makes a buffer for each piece. The system may have to hand out larger ones anew each time, and shorter ones make
 * more garbage: a few objects for each.
 */
const PIECE_BYTES = 65_536

/** Sealed bytes are iv (12) | AES-256-GCM ciphertext | tag (16), the context being the additional data. */
export function createSecret(bytes: Uint8Array, random: Random): Secret {
  const derived = new Map<string, Uint8Array>()
  const derive = (purpose: string): Uint8Array => {
    const known = derived.get(purpose)
    if (known !== undefined) return known
    const made = new Uint8Array(hkdfSync('sha256', bytes, '', `cablegram ${purpose}`, SECRET_BYTES))
    derived.set(purpose, made)
    return made
  }
  const macKeys = new Map<string, KeyObject>()
  const macKeyOf = (purpose: string): KeyObject => {
    const known = macKeys.get(purpose)
    if (known !== undefined) return known
    const made = createSecretKey(derive(purpose))
    macKeys.set(purpose, made)
    return made
  }
  // Not as bare bytes, here and for MACs: Node 24 takes several times as long to begin with those.
  const key = createSecretKey(derive('sealing'))
  return {
    derive,
    startMac: (purpose) => createHmac('sha256', macKeyOf(purpose)),
    seal(plain, context) {
      const sealed = Buffer.allocUnsafe(plain.length + SEAL_BYTES)
      const iv = random(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(context))
      sealed.set(iv)
      runInto(sealed.subarray(IV_BYTES), cipher, plain)
      // Nothing is left to encrypt in this mode.
      cipher.final()
      sealed.set(cipher.getAuthTag(), IV_BYTES + plain.length)
      return sealed
    },
    open(sealed, context) {
      if (sealed.length < SEAL_BYTES) return undefined
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(-TAG_BYTES))
      // In one piece: the cipher makes a buffer for what it gives, and this is the one that the caller gets.
      const plain = decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES))
      try {
        // Checks the tag. Nothing is left to decrypt in this mode.
        decipher.final()
        return plain
      } catch {
        freeBytes(plain)
        return undefined
      }
    },
  }
}

/** Runs bytes through a cipher, to the beginning of `place`. */
function runInto(place: Uint8Array, cipher: Cipheriv, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = cipher.update(bytes.subarray(at, at + PIECE_BYTES))
    place.set(piece, at)
    freeBytes(piece)
  }
}

/** The bytes of a secret file; undefined where there is no such file. @throws {UsageError} SECRET_UNREADABLE */
export function readSecretFile(path: string): Uint8Array | undefined {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new UsageError(
      'SECRET_UNREADABLE',
      `The secret file ${path} cannot be read: let this user read it, or name another with --secret-file.`,
      { cause: error },
    )
  }
  if (bytes.length === SECRET_BYTES) return bytes
  throw new UsageError(
    'SECRET_UNREADABLE',
    `The secret file ${path} is not one: it has ${bytes.length} bytes instead of ${SECRET_BYTES}. ` +
      'Put the right file back, or name it with --secret-file.',
  )
}

/** The operations of Node's file system that making a secret file takes; tests give others. */
export type SecretFiles = Pick<
  typeof fs,
  'closeSync' | 'fsyncSync' | 'linkSync' | 'openSync' | 'unlinkSync' | 'writeSync'
>

/** Errors of file systems without links, or without folders that can be made durable: exFAT, SMB, some phones. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'EACCES',
  'EINVAL',
  'EMLINK',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EPERM',
  'EXDEV',
])

/**
 * Makes a secret file that only its owner may read. It appears whole or not at all: the bytes are on disk under
 * another name before it gets its own. Where the file system has no links it is made under its own name at once.
 *
 * @throws {UsageError} SECRET_UNWRITABLE
 */
export function makeSecretFile(path: string, random: Random, files: SecretFiles = fs): Uint8Array {
  const bytes = random(SECRET_BYTES)
  const draft = `${path}.${Buffer.from(random(8)).toString('hex')}`
  try {
    writeDurably(draft, bytes, files)
    try {
      placeDraft(draft, path, bytes, files)
    } finally {
      files.unlinkSync(draft)
    }
    syncFolder(dirname(path), files)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new UsageError(
      'SECRET_UNWRITABLE',
      `The secret file ${path} cannot be made (${why}): let this user write there, or name another place with --secret-file.`,
      { cause: error },
    )
  }
  return bytes
}

function placeDraft(draft: string, path: string, bytes: Uint8Array, files: SecretFiles): void {
  try {
    files.linkSync(draft, path)
  } catch (error) {
    if (!UNSUPPORTED.has(errnoOf(error) ?? '')) throw error
    writeDurably(path, bytes, files)
  }
}

/** Makes a file that is not there yet. A part of one, as a full disk leaves it, goes again. */
function writeDurably(path: string, bytes: Uint8Array, files: SecretFiles): void {
  const file = files.openSync(path, 'wx', 0o600)
  try {
    if (files.writeSync(file, bytes) < bytes.length) throw new Error('the disk took only a part of it')
    files.fsyncSync(file)
  } catch (error) {
    files.unlinkSync(path)
    throw error
  } finally {
    files.closeSync(file)
  }
}

/** A name is only as durable as the folder that holds it; Windows has no such thing and needs none. */
function syncFolder(path: string, files: SecretFiles): void {
  if (process.platform === 'win32') return
  try {
    const folder = files.openSync(path, 'r')
    try {
      files.fsyncSync(folder)
    } finally {
      files.closeSync(folder)
    }
  } catch (error) {
    if (!UNSUPPORTED.has(errnoOf(error) ?? '')) throw error
  }
}

function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function isMissing(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT'
}

const CHECK_CONTEXT = 'secret check'

/** A known text under the secret: it is kept with the data, so that a wrong secret is noticed. */
export function sealCheck(secret: Secret): Uint8Array {
  return secret.seal(Buffer.from('the secret is the right one'), CHECK_CONTEXT)
}

/** Tells whether this was sealed with the secret. */
export function checkSecret(secret: Secret, sealed: unknown): boolean {
  return sealed instanceof Uint8Array && secret.open(sealed, CHECK_CONTEXT) !== undefined
}
