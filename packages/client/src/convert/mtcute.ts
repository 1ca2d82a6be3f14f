import { DecodeError, TlReader, TlWriter } from '@cablegram/tl'
import { encodeBase64Url } from '../storage/base64.ts'
import { SessionError } from '../storage/errors.ts'
import { joinBytes } from './byte-writer.ts'
import { AUTH_KEY_BYTES, type CarriedLogin } from './carried-login.ts'
import { addressFor } from './needed.ts'

const NAME = "mtcute's session"
const VERSION = 3
const FLAG_SELF = 1
const FLAG_TEST = 2
const FLAG_MEDIA_DC = 4
const DC_VERSION = 2
const DC_FLAG_IPV6 = 1
const DC_FLAG_TEST = 4

/** An address as mtcute writes it, with the flags of its data centre. */
interface DcRecord {
  readonly dcId: number
  readonly host: string
  readonly port: number
  readonly isTest: boolean
}

/** Reads the bytes of a string session of mtcute, in its versions 1 to 3: the version, then TL. */
export function readMtcute(bytes: Uint8Array): CarriedLogin {
  return orDamaged(() => {
    const reader = new TlReader(bytes.slice(1))
    const flags = reader.int()
    const { dcId, host, port, isTest } = readMtcuteDc(reader.bytes())
    if ((flags & FLAG_MEDIA_DC) !== 0) reader.bytes()
    const self = (flags & FLAG_SELF) === 0 ? {} : { userId: reader.long(), isBot: reader.bool() }
    const authKey = reader.bytes()
    if (authKey.length !== AUTH_KEY_BYTES) throw damaged('its key has another length')
    return { dcId, address: { host, port }, isTest: isTest || (flags & FLAG_TEST) !== 0, authKey, ...self }
  })
}

/** @throws UsageError SESSION_ADDRESS */
export function writeMtcute(login: CarriedLogin): string {
  const { userId } = login
  const writer = new TlWriter()
  writer.int(userId === undefined ? 0 : FLAG_SELF)
  writer.bytes(mtcuteDc(login))
  if (userId !== undefined) {
    writer.long(userId)
    writer.bool(login.isBot === true)
  }
  writer.bytes(login.authKey)
  return encodeBase64Url(joinBytes(['uint8', VERSION], writer.take()))
}

/** mtcute's own form of an address: version, id, flags, then a TL string and a TL int. @throws SessionError SESSION_CORRUPT */
export function readMtcuteDc(bytes: Uint8Array): DcRecord {
  return orDamaged(() => {
    const [version, dcId = 0, flags = 0] = bytes
    if (version !== 1 && version !== DC_VERSION) throw damaged('its data centre has an unknown form')
    const reader = new TlReader(bytes.slice(3))
    const isTest = version === DC_VERSION && (flags & DC_FLAG_TEST) !== 0
    return { dcId, host: reader.string(), port: reader.int(), isTest }
  })
}

function mtcuteDc(login: CarriedLogin): Uint8Array {
  const { host, port } = addressFor('mtcute', login)
  const flags = (host.includes(':') ? DC_FLAG_IPV6 : 0) | (login.isTest === true ? DC_FLAG_TEST : 0)
  const writer = new TlWriter()
  writer.string(host)
  writer.int(port)
  return joinBytes(['uint8', DC_VERSION], ['uint8', login.dcId], ['uint8', flags], writer.take())
}

function orDamaged<Value>(read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    throw error instanceof DecodeError ? damaged(error.message) : error
  }
}

function damaged(why: string): SessionError {
  return new SessionError('SESSION_CORRUPT', `${NAME} is damaged: ${why}`)
}
