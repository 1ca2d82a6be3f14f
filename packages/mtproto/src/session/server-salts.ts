import { concatBytes, longToBytes, readLong, sha256 } from '../crypto/index.ts'
import type { ServerKey, ServerSalt } from '../machine.ts'

/** Every half hour another salt begins, and lasts an hour. */
const PERIOD_S = 1800
const LIFE_S = 3600
/** A client's idea of our clock may run ahead by as much. */
const EARLY_S = 30
const HASH_BLOCK_BYTES = 64

/**
 * The salts of all keys, none of them stored: HMAC-SHA256(secret, key id | half hour), so that every node derives the
 * same. In its first hour a key also has the salt of its exchange. Times are the rules' clock.
 *
 * @see protocol.md section 5, "Salt"
 */
export class ServerSalts {
  readonly #inner: Uint8Array
  readonly #outer: Uint8Array
  /** What was asked for last: a packet of a thousand such questions costs a second otherwise. */
  #last: { id: bigint; first: number; salts: ServerSalt[] } = { id: 0n, first: 0, salts: [] }

  /** @param secret 32 bytes, the same on all nodes */
  constructor(secret: Uint8Array) {
    const block = new Uint8Array(HASH_BLOCK_BYTES)
    block.set(secret.length > HASH_BLOCK_BYTES ? sha256(secret) : secret)
    this.#inner = block.map((byte) => byte ^ 0x36)
    this.#outer = block.map((byte) => byte ^ 0x5c)
  }

  /** The salt to tell a client now, and until when this says so. */
  current(key: ServerKey, nowS: number): { salt: bigint; untilS: number } {
    const freshUntilS = key.createdAtS + PERIOD_S
    if (nowS < freshUntilS) return { salt: key.firstSalt, untilS: freshUntilS }
    const period = Math.floor(nowS / PERIOD_S)
    return { salt: this.#derive(key.authKey.id, period), untilS: (period + 1) * PERIOD_S }
  }

  /** Until when a client may use this salt, at least; undefined if it may not now. */
  acceptedUntilS(key: ServerKey, salt: bigint, nowS: number): number | undefined {
    if (salt === key.firstSalt && nowS < key.createdAtS + LIFE_S) return key.createdAtS + LIFE_S
    const period = Math.floor(nowS / PERIOD_S)
    const early = Math.floor((nowS + EARLY_S) / PERIOD_S)
    const { id } = key.authKey
    const isAccepted = [period, period - 1, early].some((one) => salt === this.#derive(id, one))
    return isAccepted ? (period + 1) * PERIOD_S : undefined
  }

  /** What get_future_salts is answered: the one that is valid now and those after it. */
  future(key: ServerKey, count: number, nowS: number): ServerSalt[] {
    const first = Math.floor(nowS / PERIOD_S)
    const { id } = key.authKey
    if (this.#last.id !== id || this.#last.first !== first) this.#last = { id, first, salts: [] }
    const { salts } = this.#last
    for (let period = first + salts.length; period < first + count; period++) {
      const validSinceS = period * PERIOD_S
      salts.push({ salt: this.#derive(id, period), validSinceS, validUntilS: validSinceS + LIFE_S })
    }
    return salts.slice(0, count)
  }

  #derive(authKeyId: bigint, period: number): bigint {
    const message = concatBytes(longToBytes(authKeyId), longToBytes(BigInt(period)))
    return readLong(sha256(this.#outer, sha256(this.#inner, message)))
  }
}
