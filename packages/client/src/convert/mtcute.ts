import { encodeBase64Url } from '../storage/base64.ts'
import { SessionError } from '../storage/errors.ts'
import { ByteReader } from './byte-reader.ts'
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
/** The constructors of Bool. */
const BOOL_TRUE = 0x997275b5
const BOOL_FALSE = 0xbc799737

/** An address as mtcute writes it, with the flags of its data centre. */
interface DcRecord {
  readonly dcId: number
  readonly host: string
  readonly port: number
  readonly isTest: boolean
}

/** Reads the bytes of a string session of mtcute, in the TL forms of its versions 1 to 3. */
export function readMtcute(bytes: Uint8Array): CarriedLogin {
  const reader = new ByteReader(bytes, NAME)
  reader.uint8()
  const flags = little32(reader)
  const dc = readMtcuteDc(tlBytes(reader))
  if ((flags & FLAG_MEDIA_DC) !== 0) tlBytes(reader)
  const self =
    (flags & FLAG_SELF) === 0 ? {} : { userId: int53(reader), isBot: little32(reader) === BOOL_TRUE }
  const authKey = tlBytes(reader)
  if (authKey.length !== AUTH_KEY_BYTES) throw damaged('its key has another length')
  const { dcId, host, port } = dc
  return { dcId, address: { host, port }, isTest: dc.isTest || (flags & FLAG_TEST) !== 0, authKey, ...self }
}

/** @throws UsageError SESSION_ADDRESS */
export function writeMtcute(login: CarriedLogin): string {
  const { userId } = login
  const self =
    userId === undefined
      ? []
      : [...int53Fields(userId), ['uint32le', login.isBot === true ? BOOL_TRUE : BOOL_FALSE] as const]
  const bytes = joinBytes(
    ['uint8', VERSION],
    ['uint32le', userId === undefined ? 0 : FLAG_SELF],
    tlBytesOf(writeMtcuteDc(login)),
    ...self,
    tlBytesOf(login.authKey),
  )
  return encodeBase64Url(bytes)
}

/** mtcute's own form of an address: version, id, flags, then a TL string and a TL int. */
export function readMtcuteDc(bytes: Uint8Array): DcRecord {
  const reader = new ByteReader(bytes, NAME)
  const version = reader.uint8()
  if (version !== 1 && version !== DC_VERSION) throw damaged('its data centre has an unknown form')
  const dcId = reader.uint8()
  const flags = reader.uint8()
  const host = new TextDecoder().decode(tlBytes(reader))
  return {
    dcId,
    host,
    port: little32(reader),
    isTest: version === DC_VERSION && (flags & DC_FLAG_TEST) !== 0,
  }
}

/** @throws UsageError SESSION_ADDRESS */
export function writeMtcuteDc(login: CarriedLogin): Uint8Array {
  const { host, port } = addressFor('mtcute', login)
  const flags = (host.includes(':') ? DC_FLAG_IPV6 : 0) | (login.isTest === true ? DC_FLAG_TEST : 0)
  return joinBytes(
    ['uint8', DC_VERSION],
    ['uint8', login.dcId],
    ['uint8', flags],
    tlBytesOf(new TextEncoder().encode(host)),
    ['uint32le', port],
  )
}

/** A user's id as mtcute writes it: the low half first. */
export function int53Fields(value: bigint): readonly (readonly ['uint32le', number])[] {
  return [
    ['uint32le', Number(value & 0xffffffffn)],
    ['uint32le', Number((value >> 32n) & 0xffffffffn)],
  ]
}

function int53(reader: ByteReader): bigint {
  const low = little32(reader)
  return (BigInt(little32(reader)) << 32n) | BigInt(low)
}

function little32(reader: ByteReader): number {
  const [a = 0, b = 0, c = 0, d = 0] = reader.bytes(4)
  return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
}

/** Bytes as TL writes them: a length, the bytes, zeros up to a multiple of four. */
function tlBytes(reader: ByteReader): Uint8Array {
  const first = reader.uint8()
  const isLong = first === 0xfe
  const [low = 0, middle = 0, high = 0] = isLong ? reader.bytes(3) : [first]
  const length = low | (middle << 8) | (high << 16)
  const value = reader.bytes(length)
  reader.bytes(Math.min(padding(length + (isLong ? 4 : 1)), reader.left))
  return value
}

function tlBytesOf(value: Uint8Array): Uint8Array {
  const { length } = value
  const head =
    length < 0xfe
      ? Uint8Array.of(length)
      : Uint8Array.of(0xfe, length & 255, (length >> 8) & 255, (length >> 16) & 255)
  return joinBytes(head, value, new Uint8Array(padding(head.length + length)))
}

function padding(length: number): number {
  return -length & 3
}

function damaged(why: string): SessionError {
  return new SessionError('SESSION_CORRUPT', `${NAME} is damaged: ${why}`)
}
