import { ok } from 'node:assert'
import { isIP } from 'node:net'
import { chooseDoor } from '../../../packages/server/src/gateway/first-bytes.ts'
import { readProxyHeader } from '../../../packages/server/src/gateway/proxy-header.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, join, pick, type Target } from '../target.ts'

const SIGNATURE = Uint8Array.from(Buffer.from('0d0a0d0a000d0a515549540a', 'hex'))

/** The header that a balancer puts in front of a connection, and the door that the first bytes ask for. */
export const proxyHeader: Target = {
  name: 'proxy-header',
  words: [
    SIGNATURE,
    ...['2111', '2121', '20', '21', '00', '000c', '0024', '04000100'].map((hex) =>
      Uint8Array.from(Buffer.from(hex, 'hex')),
    ),
  ],
  make(rng: Rng) {
    const family = pick(rng, [0x00, 0x11, 0x21])
    const rest = rng.bytes(pick(rng, [0, 12, 36, 40]))
    const extension = rng.chance(0.5) ? Uint8Array.of(3, 0, 4, 1, 2, 3, 4) : new Uint8Array(0)
    const length = rest.length + extension.length
    return join(
      SIGNATURE,
      Uint8Array.of(pick(rng, [0x20, 0x21]), family, length >> 8, length),
      rest,
      extension,
    )
  },
  run(input) {
    const head = Buffer.from(input)
    const header = attempt(() => readProxyHeader(head))
    if (header) {
      ok(header.length <= head.length, 'a header longer than what is here')
      const { addresses } = header
      ok(!addresses || (isIP(addresses.ip) > 0 && isIP(addresses.localIp) > 0), 'an invalid address')
    }
    for (const hasTls of [true, false]) {
      const door = chooseDoor(head, hasTls)
      ok(door !== undefined || head.length < 8, 'no door for so many bytes')
      // More bytes never change an earlier decision.
      if (door) ok(chooseDoor(Buffer.concat([head, head]), hasTls) === door, 'another door with more bytes')
    }
  },
}
