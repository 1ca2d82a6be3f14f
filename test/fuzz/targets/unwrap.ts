import { RpcError } from '@cablegram/mtproto'
import { encodeRequest } from '@cablegram/tl/api'
import { pack } from '../../../packages/mtproto/src/envelope/index.ts'
import { beginUnwrap } from '../../../packages/server/src/rpc/unwrap.ts'
import type { Rng } from '../../simulation/rng.ts'
import { join, pick, type Target, word } from '../target.ts'

const QUERY = encodeRequest({ _: 'help.getNearestDc' })
const HEADS = [
  join(word(0xda9b0d0d), word(228)),
  join(word(0xcb9f372d), new Uint8Array(8).fill(4)),
  join(word(0x3dc4b4f0), word(0x1cb5c415), word(1), new Uint8Array(8).fill(4)),
  word(0xbf9459b7),
  join(
    word(0xc1cd5ea9),
    word(0),
    word(4),
    word(0x00006101),
    word(0x00006201),
    word(0x00006301),
    word(0x00006401),
    word(0),
    word(0x00006501),
  ),
]

/** The wrappers of requests, in any order and depth: a method or an RpcError. */
export const unwrap: Target = {
  name: 'unwrap',
  words: [...HEADS, word(0x3072cfa1), word(0x1cb5c415), QUERY],
  make(rng: Rng) {
    let body = join(QUERY, rng.chance(0.3) ? new Uint8Array(400) : new Uint8Array(0))
    for (let depth = rng.between(0, 6); depth > 0; depth--)
      body = rng.chance(0.2) ? pack(body) : join(pick(rng, HEADS), body)
    return body
  },
  run(input) {
    try {
      beginUnwrap(input).end()
    } catch (error) {
      if (!(error instanceof RpcError)) throw error
    }
  },
}
