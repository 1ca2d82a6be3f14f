import { GrowingBytes } from '@cablegram/tl'
import { gzipSync, Inflate } from '#libraries'
import { ProtocolError } from '../../errors.ts'
import { crc32 } from './crc32.ts'

/** DEFLATE makes at most 1,032 bytes of one: a megabyte comes out before the limit is looked at. */
const CHUNK_BYTES = 1024

const GZIP_HEAD_BYTES = 10
const GZIP_END_BYTES = 8
/** Bits of the flags in a gzip head (RFC 1952, 2.3.1). */
const HAS_CRC = 2
const HAS_EXTRA = 4
const HAS_NAME = 8
const HAS_COMMENT = 16

const ZLIB_HEAD_BYTES = 2
const ZLIB_END_BYTES = 4
const ADLER_MODULUS = 65_521

/** A gzip stream of `data`. */
export function gzip(data: Uint8Array): Uint8Array {
  return gzipSync(data, { mtime: 0 })
}

/**
 * Unpacks a gzip or zlib stream; some clients send zlib's form in gzip_packed.
 *
 * @throws ProtocolError GZIP_TOO_LARGE beyond `maxBytes`, GZIP_INVALID for what is neither
 */
export function unpack(data: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return data[0] === 0x1f && data[1] === 0x8b ? gunzip(data, maxBytes) : unzlib(data, maxBytes)
  } catch (cause) {
    if (cause instanceof ProtocolError) throw cause
    throw new ProtocolError('GZIP_INVALID', 'packed data is neither gzip nor zlib', { cause })
  }
}

function gunzip(data: Uint8Array, maxBytes: number): Uint8Array {
  const end = data.length - GZIP_END_BYTES
  const unpacked = inflate(data.subarray(gzipHead(data), end), maxBytes)
  const view = new DataView(data.buffer, data.byteOffset + end)
  const isIntact = view.getUint32(0, true) === crc32(unpacked) && view.getUint32(4, true) === unpacked.length
  if (!isIntact) throw new Error('the checksum is wrong')
  return unpacked
}

/** The length of the head. */
function gzipHead(data: Uint8Array): number {
  const [, , method, flags = 0] = data
  if (method !== 8 || flags >= 32) throw new Error('an unknown kind of gzip')
  let at = GZIP_HEAD_BYTES
  if (flags & HAS_EXTRA) at += 2 + (data[at] ?? 0) + (data[at + 1] ?? 0) * 256
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    if (flags & text) at = data.indexOf(0, at) + 1 || data.length
  }
  return flags & HAS_CRC ? at + 2 : at
}

function unzlib(data: Uint8Array, maxBytes: number): Uint8Array {
  const [method = 0, flags = 0] = data
  const isZlib = (method & 15) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0
  // Bit 5 asks for a dictionary, which nobody has.
  if (!isZlib || flags & 32) throw new Error('not zlib')
  const end = data.length - ZLIB_END_BYTES
  const unpacked = inflate(data.subarray(ZLIB_HEAD_BYTES, end), maxBytes)
  if (new DataView(data.buffer, data.byteOffset + end).getUint32(0) !== adler32(unpacked)) {
    throw new Error('the checksum is wrong')
  }
  return unpacked
}

function inflate(data: Uint8Array, maxBytes: number): Uint8Array {
  const unpacked = new GrowingBytes(maxBytes)
  const stream = new Inflate((chunk) => {
    if (unpacked.add(chunk)) return
    throw new ProtocolError('GZIP_TOO_LARGE', `packed data holds more than ${maxBytes} bytes`)
  })
  for (let at = 0; at <= data.length; at += CHUNK_BYTES) {
    stream.push(data.subarray(at, at + CHUNK_BYTES), at + CHUNK_BYTES > data.length)
  }
  return unpacked.take()
}

function adler32(data: Uint8Array): number {
  let [a, b] = [1, 0]
  for (const byte of data) {
    a = (a + byte) % ADLER_MODULUS
    b = (b + a) % ADLER_MODULUS
  }
  return b * 65_536 + a
}
