import { encodeBase64 } from '../storage/base64.ts'
import { ByteReader } from './byte-reader.ts'
import { joinBytes } from './byte-writer.ts'
import { AUTH_KEY_BYTES, type CarriedLogin } from './carried-login.ts'
import { ipBytes, ipText } from './ip-address.ts'
import { addressFor } from './needed.ts'

const NAME = "Telethon's session"
const DC_BYTES = 1
const PORT_BYTES = 2

/** Reads the bytes of a `StringSession` of Telethon: data centre, IP address of 4 or 16 bytes, port, key. */
export function readTelethon(bytes: Uint8Array): CarriedLogin {
  const reader = new ByteReader(bytes, NAME)
  const dcId = reader.uint8()
  const host = ipText(reader.bytes(bytes.length - DC_BYTES - PORT_BYTES - AUTH_KEY_BYTES))
  const port = reader.uint16()
  return { dcId, address: { host, port }, authKey: reader.bytes(AUTH_KEY_BYTES) }
}

/** Python's base64: the URL alphabet, padded. @throws UsageError SESSION_ADDRESS */
export function writeTelethon(login: CarriedLogin): string {
  const { host, port } = addressFor('Telethon', login)
  const bytes = joinBytes(['uint8', login.dcId], ipBytes(host), ['uint16', port], login.authKey)
  return `1${encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_')}`
}
