import { encodeBase64 } from '../storage/base64.ts'
import { ByteReader } from './byte-reader.ts'
import { joinBytes } from './byte-writer.ts'
import { AUTH_KEY_BYTES, type CarriedLogin } from './carried-login.ts'
import { addressFor } from './needed.ts'

const NAME = "GramJS's session"

/** Reads the bytes of a `StringSession` of GramJS: data centre, address as text with its length, port, key. */
export function readGramJs(bytes: Uint8Array): CarriedLogin {
  const reader = new ByteReader(bytes, NAME)
  const dcId = reader.uint8()
  const host = new TextDecoder().decode(reader.bytes(reader.uint16()))
  const port = reader.uint16()
  return { dcId, address: { host, port }, authKey: reader.bytes(AUTH_KEY_BYTES) }
}

/** @throws UsageError SESSION_ADDRESS */
export function writeGramJs(login: CarriedLogin): string {
  const { host, port } = addressFor('GramJS', login)
  const text = new TextEncoder().encode(host)
  const bytes = joinBytes(
    ['uint8', login.dcId],
    ['uint16', text.length],
    text,
    ['uint16', port],
    login.authKey,
  )
  return `1${encodeBase64(bytes)}`
}
