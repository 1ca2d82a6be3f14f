import { encodeBase64Url } from '../storage/base64.ts'
import { ByteReader } from './byte-reader.ts'
import { joinBytes } from './byte-writer.ts'
import { AUTH_KEY_BYTES, type CarriedLogin } from './carried-login.ts'
import { apiIdFor, userIdFor } from './needed.ts'

const NAME = "Pyrogram's session"
/** Bytes with an api_id in front. */
const WITH_API_ID_BYTES = 271
/** Bytes of the first version, whose ids have 32 bits. */
const SHORT_ID_BYTES = 263

/** Reads the bytes of a string session of Pyrogram, its forks included, of each of the three versions. */
export function readPyrogram(bytes: Uint8Array): CarriedLogin {
  const reader = new ByteReader(bytes, NAME)
  const dcId = reader.uint8()
  const apiId = bytes.length === WITH_API_ID_BYTES ? reader.uint32() : undefined
  const isTest = reader.uint8() !== 0
  const authKey = reader.bytes(AUTH_KEY_BYTES)
  const userId = bytes.length === SHORT_ID_BYTES ? BigInt(reader.uint32()) : reader.int64()
  return { dcId, isTest, authKey, userId, isBot: reader.uint8() !== 0, apiId }
}

/** @throws UsageError SESSION_USER, SESSION_API_ID */
export function writePyrogram(login: CarriedLogin): string {
  const bytes = joinBytes(
    ['uint8', login.dcId],
    ['uint32', apiIdFor('Pyrogram', login)],
    ['uint8', Number(login.isTest ?? false)],
    login.authKey,
    ['int64', userIdFor('Pyrogram', login)],
    ['uint8', Number(login.isBot ?? false)],
  )
  return encodeBase64Url(bytes)
}
