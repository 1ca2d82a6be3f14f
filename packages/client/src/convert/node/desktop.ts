import { createHash, pbkdf2Sync } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Random } from '@cablegram/mtproto'
import { decryptIge, deriveAesKeyIvV1, encryptIge, sha1, timingSafeEqual } from '@cablegram/mtproto/crypto'
import { UsageError } from '@cablegram/tl'
import { SessionError } from '../../storage/errors.ts'
import { ByteReader } from '../byte-reader.ts'
import { joinBytes } from '../byte-writer.ts'
import { AUTH_KEY_BYTES, type CarriedLogin } from '../carried-login.ts'
import { userIdFor } from '../needed.ts'

/**
 * The folder `tdata` of Telegram Desktop. Each file: `TDF$`, a version, the content, an MD5 of these. `key_datas` has the
 * key of the folder, sealed by the passcode, and the list of accounts; a file per account has its authorizations, sealed by
 * the folder's key. Numbers are big-endian, as Qt writes them, but for the version and lengths under a seal.
 */

const MAGIC = new TextEncoder().encode('TDF$')
const MD5_BYTES = 16
/** Telegram Desktop's version when this was written; it refuses files of newer ones. */
const WRITTEN_VERSION = 5_008_003
const MAX_FILE_BYTES = 16 * 1024 * 1024
const MAX_ACCOUNTS = 6
const LOCAL_KEY_BYTES = 256
const SALT_BYTES = 32
const PASSCODE_ITERATIONS = 100_000
const SHORTEST_SEALED_BYTES = 32
const MTP_AUTHORIZATION = 75
/** Ids of the user and the data centre are wide, and follow. */
const WIDE = -1
const MAX_KEYS = 16

/** Which account of a folder, and what opens it. */
export interface DesktopOptions {
  /** The local passcode, if one is set. */
  readonly passcode?: string | undefined
  /** The account, from 0. Default: the first. */
  readonly account?: number | undefined
}

/** @throws SessionError SESSION_CORRUPT, SESSION_STORAGE; UsageError SESSION_PASSCODE, SESSION_ACCOUNT */
export async function readDesktop(folder: string, options: DesktopOptions = {}): Promise<CarriedLogin> {
  const localKey = await readLocalKey(folder, options)
  const file = join(folder, `${accountFile(options.account ?? 0)}s`)
  const sealed = new ByteReader(await readTdf(file), file)
  const opened = open(qtBytes(sealed), localKey)
  if (!opened) throw damaged(file, 'its key does not open it')
  const block = new ByteReader(opened, file)
  if (block.int32() !== MTP_AUTHORIZATION) throw damaged(file, 'it does not begin with an authorization')
  return readAuthorization(new ByteReader(qtBytes(block), file), file)
}

/** Writes a new folder with one account, without a passcode. @throws SessionError SESSION_STORAGE; UsageError SESSION_USER */
export async function writeDesktop(folder: string, login: CarriedLogin, random: Random): Promise<void> {
  const userId = userIdFor('Telegram Desktop', login)
  const localKey = random(LOCAL_KEY_BYTES)
  const salt = random(SALT_BYTES)
  const accounts = joinBytes(['int32', 1], ['int32', 0], ['int32', 0])
  const keys = joinBytes(
    qtBytesOf(salt),
    qtBytesOf(seal(localKey, passcodeKey(salt, ''), random)),
    qtBytesOf(seal(accounts, localKey, random)),
  )
  const authorization = joinBytes(
    ['int32', WIDE],
    ['int32', WIDE],
    ['int64', userId],
    ['int32', login.dcId],
    ['uint32', 1],
    ['int32', login.dcId],
    login.authKey,
    ['uint32', 0],
  )
  const block = joinBytes(['int32', MTP_AUTHORIZATION], qtBytesOf(authorization))
  const nothing = qtBytesOf(new Uint8Array())
  const map = joinBytes(nothing, nothing, qtBytesOf(seal(new Uint8Array(), localKey, random)))
  await makeFolder(folder)
  await mkdir(join(folder, accountFile(0)), { mode: 0o700 })
  await writeTdf(join(folder, 'key_datas'), keys)
  await writeTdf(join(folder, `${accountFile(0)}s`), qtBytesOf(seal(block, localKey, random)))
  await writeTdf(join(folder, accountFile(0), 'maps'), map)
}

async function readLocalKey(
  folder: string,
  { passcode = '', account = 0 }: DesktopOptions,
): Promise<Uint8Array> {
  const file = join(folder, 'key_datas')
  const reader = new ByteReader(await readTdf(file), file)
  const salt = qtBytes(reader)
  const localKey = open(qtBytes(reader), passcodeKey(salt, passcode))
  if (!localKey || localKey.length !== LOCAL_KEY_BYTES) {
    const message =
      passcode === ''
        ? `${folder} is locked by Telegram Desktop's passcode. Give it as \`passcode\` (--passcode).`
        : `This passcode does not open ${folder}. Type it as in Telegram Desktop.`
    throw new UsageError('SESSION_PASSCODE', message)
  }
  const list = open(qtBytes(reader), localKey)
  const count = list ? new ByteReader(list, file).int32() : 0
  if (account < 0 || account >= Math.min(count, MAX_ACCOUNTS)) {
    throw new UsageError(
      'SESSION_ACCOUNT',
      `${folder} has ${count} accounts, counted from 0; ${account} is none.`,
    )
  }
  return localKey
}

function readAuthorization(reader: ByteReader, file: string): CarriedLogin {
  const [shortUser, shortDc] = [reader.int32(), reader.int32()]
  const isWide = shortUser === WIDE && shortDc === WIDE
  const userId = isWide ? reader.int64() : BigInt(shortUser)
  const dcId = isWide ? reader.int32() : shortDc
  const count = reader.uint32()
  if (count > MAX_KEYS) throw damaged(file, `it has ${count} keys`)
  for (let i = 0; i < count; i++) {
    const keyDc = reader.int32()
    const authKey = reader.bytes(AUTH_KEY_BYTES)
    if (keyDc === dcId) return { dcId, authKey, userId, isBot: false }
  }
  throw new SessionError(
    'SESSION_CORRUPT',
    `${file} has no key of its data centre ${dcId}: sign in there again`,
  )
}

/** The name of an account's file: the first half of an MD5, each byte with its digits swapped. */
function accountFile(account: number): string {
  const name = account === 0 ? 'data' : `data#${account + 1}`
  const hex = createHash('md5').update(name).digest('hex').toUpperCase().slice(0, 16)
  return hex.replace(/(.)(.)/g, '$2$1')
}

function passcodeKey(salt: Uint8Array, passcode: string): Uint8Array {
  const text = new TextEncoder().encode(passcode)
  const hash = createHash('sha512').update(salt).update(text).update(salt).digest()
  return pbkdf2Sync(hash, salt, passcode === '' ? 1 : PASSCODE_ITERATIONS, LOCAL_KEY_BYTES, 'sha512')
}

/** The content under a seal; undefined if the key is not the right one. */
function open(sealed: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (sealed.length < SHORTEST_SEALED_BYTES || sealed.length % 16 !== 0) return undefined
  const msgKey = sealed.slice(0, 16)
  const aes = deriveAesKeyIvV1(key, 8, msgKey)
  const plain = decryptIge(aes.key, aes.iv, sealed.slice(16))
  if (!timingSafeEqual(sha1(plain).slice(0, 16), msgKey)) return undefined
  const length = new DataView(plain.buffer, plain.byteOffset).getUint32(0, true)
  return length >= 4 && length <= plain.length ? plain.slice(4, length) : undefined
}

function seal(content: Uint8Array, key: Uint8Array, random: Random): Uint8Array {
  const length = content.length + 4
  const plain = joinBytes(['uint32le', length], content, random(-length & 15))
  const msgKey = sha1(plain).slice(0, 16)
  const aes = deriveAesKeyIvV1(key, 8, msgKey)
  return joinBytes(msgKey, encryptIge(aes.key, aes.iv, plain))
}

async function readTdf(file: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SessionError('SESSION_STORAGE', `This is no folder of Telegram Desktop: ${why}`, { cause })
  })
  if (bytes.length > MAX_FILE_BYTES) throw damaged(file, `it has ${bytes.length} bytes`)
  const end = bytes.length - MD5_BYTES
  if (end < 8 || !timingSafeEqual(bytes.subarray(0, 4), MAGIC))
    throw damaged(file, 'it is not one of its files')
  const content = bytes.subarray(8, end)
  if (!timingSafeEqual(checksum(content, bytes.subarray(4, 8)), bytes.subarray(end))) {
    throw damaged(file, 'its checksum is wrong')
  }
  return content
}

async function writeTdf(file: string, content: Uint8Array): Promise<void> {
  const version = joinBytes(['uint32le', WRITTEN_VERSION])
  await writeFile(file, joinBytes(MAGIC, version, content, checksum(content, version)), {
    mode: 0o600,
    flag: 'wx',
  })
}

function checksum(content: Uint8Array, version: Uint8Array): Uint8Array {
  const md5 = createHash('md5')
    .update(content)
    .update(joinBytes(['uint32le', content.length]))
  return md5.update(version).update(MAGIC).digest()
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SessionError(
      'SESSION_STORAGE',
      `${folder} cannot be made: ${why}. Name a folder that does not exist.`,
      {
        cause,
      },
    )
  })
}

/** Bytes as Qt writes them: a length, which is −1 for none. */
function qtBytes(reader: ByteReader): Uint8Array {
  const length = reader.uint32()
  return length === 0xffffffff ? new Uint8Array() : reader.bytes(length)
}

function qtBytesOf(bytes: Uint8Array): Uint8Array {
  return joinBytes(['uint32', bytes.length], bytes)
}

function damaged(file: string, why: string): SessionError {
  return new SessionError('SESSION_CORRUPT', `${file} of Telegram Desktop cannot be read: ${why}.`)
}
