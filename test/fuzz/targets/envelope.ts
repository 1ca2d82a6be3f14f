import { ok } from 'node:assert'
import {
  concatBytes,
  makeAuthKey,
  PACKET_HEAD_BYTES,
  sealPacket,
} from '../../../packages/mtproto/src/crypto/index.ts'
import {
  decodeContainer,
  decodePlain,
  decodeRpcResult,
  decryptBindMessage,
  decryptMessage,
  encodeContainer,
  encodePlain,
  encryptBindMessage,
  MSG_CONTAINER_ID,
  readAuthKeyId,
  readConstructorId,
  unpackBody,
} from '../../../packages/mtproto/src/envelope/index.ts'
import { decodeService, encodeService } from '../../../packages/mtproto/src/service.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, Bytes, join, pick, poolRandom, type Target, word } from '../target.ts'
import { makeService, SERVICE_WORDS } from './service-messages.ts'

const KEY = makeAuthKey(new Uint8Array(256).map((_, i) => (i * 7 + 3) & 0xff))
const MAX_UNPACKED_BYTES = 1 << 16

/** The envelope under a known key: packets of any bytes, well-encrypted packets of any plaintext, containers, bodies. */
export const envelope: Target = {
  name: 'envelope',
  words: [...SERVICE_WORDS, word(MSG_CONTAINER_ID)],
  make(rng: Rng) {
    const way = rng.between(0, 7)
    const body = makeService(rng)
    const inner = Array.from({ length: rng.between(0, 4) }, (_, i) => ({
      msgId: BigInt(4 * i + 4),
      seqNo: i,
      body: makeService(rng),
    }))
    if (way === 1)
      return join(
        Uint8Array.of(way),
        rng.bytes(16),
        word(4),
        word(4),
        word(2),
        word(body.length),
        body,
        rng.bytes(pick(rng, [12, 28])),
      )
    if (way === 3 || way === 4) return join(Uint8Array.of(way), encodeContainer(inner))
    if (way === 5) return join(Uint8Array.of(way), encodePlain(4n, body))
    return join(Uint8Array.of(way), rng.chance(0.7) ? body : rng.bytes(rng.between(0, 200)))
  },
  run(input) {
    const bytes = new Bytes(input)
    const way = bytes.byte() % 8
    const rest = bytes.rest()
    switch (way) {
      case 0:
        attempt(() => decryptMessage(KEY, 'server', rest))
        attempt(() => decryptMessage(KEY, 'client', rest))
        readAuthKeyId(rest)
        break
      case 1:
      case 2:
        open(rest, way === 1 ? 'server' : 'client')
        break
      case 3:
        readBody(rest)
        break
      case 4:
        for (const { body } of decodeContainer({ msgId: 1n << 62n, seqNo: 0x7fffffff, body: rest }) ?? [])
          readBody(body)
        break
      case 5: {
        const plain = attempt(() => decodePlain(rest, 4096))
        if (plain) readBody(plain.body)
        break
      }
      default:
        decryptBindMessage(KEY.key, rest)
        bind(rest)
    }
  },
}

/** An authentic packet with any content. */
function open(plaintext: Uint8Array, reader: 'server' | 'client'): void {
  const whole = plaintext.subarray(0, plaintext.length & ~15)
  if (whole.length === 0) return
  const packet = concatBytes(new Uint8Array(PACKET_HEAD_BYTES), whole)
  sealPacket(KEY, reader === 'server' ? 0 : 8, packet)
  const decrypted = decryptMessage(KEY, reader, packet)
  if (!decrypted.ok) {
    ok(decrypted.rejection !== 'MSG_KEY_MISMATCH', 'an authentic packet was rejected')
    return
  }
  const { message } = decrypted
  ok(message.body.length % 4 === 0, 'a body that is not a whole number of words')
  for (const { body } of decodeContainer(message) ?? []) readBody(body)
  readBody(message.body)
}

function readBody(body: Uint8Array): void {
  readConstructorId(body)
  const service = attempt(() => decodeService(body))
  if (service) encodeService(service)
  attempt(() => unpackBody(body, MAX_UNPACKED_BYTES))
  const result = attempt(() => decodeRpcResult(body))
  if (result) attempt(() => unpackBody(result.result, MAX_UNPACKED_BYTES))
}

function bind(inner: Uint8Array): void {
  const forty = new Uint8Array(40)
  forty.set(inner.subarray(0, 40))
  const message = encryptBindMessage(KEY, 4n, forty, poolRandom())
  ok(decryptBindMessage(KEY.key, message), 'a bind message of the key was refused')
}
