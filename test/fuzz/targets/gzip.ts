import { ok } from 'node:assert'
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { gzip as gzipOurs, unpack } from '../../../packages/mtproto/src/crypto/index.ts'
import { pack, unpackBody } from '../../../packages/mtproto/src/envelope/index.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, Bytes, join, pick, type Target, word } from '../target.ts'

const MAX_BYTES = 1 << 14

/** Unpacking gzip and zlib: damaged, truncated, joined, and expanding to far more. */
export const gzip: Target = {
  name: 'gzip',
  words: [
    word(0x3072cfa1),
    word(0x00088b1f),
    Uint8Array.of(0x78, 0x9c),
    Uint8Array.of(0x78, 0xda),
    Uint8Array.of(0xfe),
  ],
  make(rng: Rng) {
    const data = rng.chance(0.5)
      ? rng.bytes(rng.between(0, 300))
      : new Uint8Array(pick(rng, [100, MAX_BYTES, 100_000])).fill(rng.between(0, 255))
    const stream = pick(rng, [gzipSync, deflateSync, deflateRawSync])(data)
    if (rng.chance(0.5)) return join(Uint8Array.of(0), stream)
    return join(
      Uint8Array.of(1),
      word(0x3072cfa1),
      Uint8Array.of(0xfe, stream.length, stream.length >> 8, 0),
      stream,
    )
  },
  run(input) {
    const bytes = new Bytes(input)
    const way = bytes.byte() % 3
    const rest = bytes.rest()
    if (way === 2) {
      const back = unpackBody(pack(rest), rest.length + 1)
      ok(Buffer.compare(back, rest) === 0 || rest.length >= 4, 'packed bytes unpacked to other bytes')
      attempt(() => unpack(gzipOurs(rest).subarray(0, rest.length), MAX_BYTES))
      return
    }
    const unpacked = attempt(() => (way === 0 ? unpack(rest, MAX_BYTES) : unpackBody(rest, MAX_BYTES)))
    ok(
      unpacked === undefined || unpacked.length <= Math.max(MAX_BYTES, rest.length),
      'more bytes than allowed',
    )
  },
}
