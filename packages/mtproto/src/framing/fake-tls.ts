/**
 * The imitation of TLS 1.3 in front of an MTProxy (secrets with `ee`): the hellos are signed with the secret in their
 * fields `random`, and obfuscated2 follows as application data. Nothing here hides or protects bytes.
 */
import { concatBytes, hmacSha256, timingSafeEqual, xorBytes } from '../crypto/index.ts'
import { SecurityError } from '../errors.ts'
import type { Random } from '../machine.ts'
import { drawPublicKey, encodeClientHello, HELLO_RANDOM_AT, HELLO_RANDOM_BYTES } from './client-hello.ts'
import {
  CHANGE_CIPHER_SPEC,
  encodeRecord,
  invalid,
  RECORD,
  RECORD_HEAD_BYTES,
  recordLength,
} from './tls-records.ts'

/** The last bytes of a client's digest carry the time. */
const TIME_AT = 28
/** A hello from further away than this is a recording: that far may clocks differ. */
const MAX_AGE_S = 20 * 60
const MAX_AHEAD_S = 10 * 60
const SESSION_ID_AT = HELLO_RANDOM_AT + HELLO_RANDOM_BYTES

/** Ingredients of a client's hello. */
export interface FakeTlsSetup {
  /** 16 bytes. */
  readonly secret: Uint8Array
  readonly domain: string
  /** Unix seconds by the server's clock, as far as it is known. */
  readonly nowS: number
  readonly random: Random
}

/** A ClientHello whose `random` proves that we know the secret, and when it was made: 517 bytes. */
export function makeFakeHello({ secret, domain, nowS, random }: FakeTlsSetup): Uint8Array {
  const hello = encodeClientHello(domain, random)
  const digest = hmacSha256(secret, hello)
  const time = new DataView(digest.buffer, digest.byteOffset + TIME_AT, 4)
  time.setUint32(0, (time.getUint32(0, true) ^ nowS) >>> 0, true)
  hello.set(digest, HELLO_RANDOM_AT)
  return hello
}

/**
 * The length of the proxy's answer, once all of it has come: ServerHello, ChangeCipherSpec, and a first record of data.
 *
 * @param hello what the client has sent
 * @throws SecurityError FAKE_TLS_REJECTED: it is not signed with the secret; ProtocolError FAKE_TLS_INVALID
 */
export function readFakeAnswer(
  secret: Uint8Array,
  hello: Uint8Array,
  answer: Uint8Array,
): number | undefined {
  let length = 0
  for (const type of [RECORD.handshake, RECORD.changeCipherSpec, RECORD.applicationData]) {
    const head = answer.subarray(length, length + RECORD_HEAD_BYTES)
    if (head.length > 0 && head[0] !== type)
      throw invalid('the peer does not answer like a server of TLS 1.3')
    if (head.length < RECORD_HEAD_BYTES) return undefined
    length += RECORD_HEAD_BYTES + recordLength(head)
  }
  if (answer.length < length) return undefined
  const signature = hmacSha256(secret, digestOf(hello), unsigned(answer.subarray(0, length)))
  if (timingSafeEqual(digestOf(answer), signature)) return length
  throw new SecurityError('FAKE_TLS_REJECTED', 'the answer is not signed with the secret of the proxy')
}

/** A client's digest, if its hello is signed with the secret and of about now: never to be taken a second time. */
export function checkFakeHello(secret: Uint8Array, hello: Uint8Array, nowS: number): Uint8Array | undefined {
  if (hello.length < SESSION_ID_AT + 1) return undefined
  const digest = digestOf(hello)
  const difference = xorBytes(digest, hmacSha256(secret, unsigned(hello)))
  if (!timingSafeEqual(difference.subarray(0, TIME_AT), new Uint8Array(TIME_AT))) return undefined
  const madeAtS = new DataView(difference.buffer, difference.byteOffset + TIME_AT, 4).getUint32(0, true)
  return madeAtS > nowS - MAX_AGE_S && madeAtS < nowS + MAX_AHEAD_S ? digest : undefined
}

/** A proxy's answer to a hello that it has checked. */
export function makeFakeAnswer(secret: Uint8Array, hello: Uint8Array, random: Random): Uint8Array {
  const sessionIdBytes = Math.min(hello[SESSION_ID_AT] ?? 0, 32)
  const sessionId = hello.subarray(SESSION_ID_AT, SESSION_ID_AT + 1 + sessionIdBytes)
  const body = concatBytes(
    Uint8Array.of(3, 3),
    new Uint8Array(HELLO_RANDOM_BYTES),
    sessionId,
    // TLS_AES_128_GCM_SHA256, no compression; key_share with X25519, and supported_versions with TLS 1.3.
    Uint8Array.of(0x13, 0x01, 0, 0, 46, 0, 0x33, 0, 36, 0, 0x1d, 0, 32),
    drawPublicKey(random),
    Uint8Array.of(0, 0x2b, 0, 2, 3, 4),
  )
  const [byte = 0, other = 0] = random(2)
  // As long as certificates are.
  const certificate = random(1024 + ((byte * 256 + other) % 3072))
  const answer = concatBytes(
    encodeRecord(RECORD.handshake, concatBytes(Uint8Array.of(2, 0, 0, body.length), body)),
    CHANGE_CIPHER_SPEC,
    encodeRecord(RECORD.applicationData, certificate),
  )
  answer.set(hmacSha256(secret, digestOf(hello), answer), HELLO_RANDOM_AT)
  return answer
}

/** The length of the record that a ClientHello is in; undefined while there are too few bytes. */
export function clientHelloLength(head: Uint8Array): number | undefined {
  if (head.length < RECORD_HEAD_BYTES) return undefined
  const length = RECORD_HEAD_BYTES + recordLength(head)
  return head.length < length ? undefined : length
}

/** A copy with zeros in place of the digest. Not by `slice`, which gives a view of a Buffer. */
function unsigned(record: Uint8Array): Uint8Array {
  return new Uint8Array(record).fill(0, HELLO_RANDOM_AT, HELLO_RANDOM_AT + HELLO_RANDOM_BYTES)
}

function digestOf(hello: Uint8Array): Uint8Array {
  return hello.subarray(HELLO_RANDOM_AT, HELLO_RANDOM_AT + HELLO_RANDOM_BYTES)
}
