import { concatBytes, longToBytes, readLong, sha256 } from '../crypto/index.ts'
import type { Random, ServerKey, ServerSalt } from '../machine.ts'

/** Every half hour another salt begins, and lasts an hour. */
const PERIOD_S = 1800
const LIFE_S = 3600
/** A client's idea of our clock may run ahead by as much. */
const EARLY_S = 30
const HASH_BLOCK_BYTES = 64

/** A key as its salts are derived from it. */
export interface SaltedKey {
  readonly server: ServerKey
  /** With another version, all its salts are others. */
  readonly version: number
  /** The node accepts the salt of the key's exchange, as long as that salt lasts. */
  readonly takesFirstSalt: boolean
}

/**
 * Derives the salts of all keys; none is stored: HMAC-SHA256(secret, key id | half hour | version | nonce of the start).
 * A packet recorded before a restart therefore carries a wrong salt. For an hour a new key also has the salt of its
 * exchange. Times are the rules' clock.
 *
 * @see protocol.md section 5, "Salt", and docs/adr/0024-replays.md
 */
export class ServerSalts {
  readonly #inner: Uint8Array
  readonly #outer: Uint8Array
  readonly #random: Random
  /** 16 random bytes, others at each start of the node. */
  #nonce: Uint8Array | undefined
  /** The last answer. Without it, a packet of a thousand such questions costs a second. */
  #last: { id: bigint; version: number; first: number; salts: ServerSalt[] } = {
    id: 0n,
    version: 0,
    first: 0,
    salts: [],
  }

  /** @param secret 32 bytes */
  constructor(secret: Uint8Array, random: Random) {
    this.#random = random
    const block = new Uint8Array(HASH_BLOCK_BYTES)
    block.set(secret.length > HASH_BLOCK_BYTES ? sha256(secret) : secret)
    this.#inner = block.map((byte) => byte ^ 0x36)
    this.#outer = block.map((byte) => byte ^ 0x5c)
  }

  /** The salt to tell a client now, and until when this says so. */
  current(key: SaltedKey, nowS: number): { salt: bigint; untilS: number } {
    const { server, version, takesFirstSalt } = key
    const freshUntilS = server.createdAtS + PERIOD_S
    if (takesFirstSalt && nowS < freshUntilS) return { salt: server.firstSalt, untilS: freshUntilS }
    const period = Math.floor(nowS / PERIOD_S)
    return { salt: this.#derive(server, version, period), untilS: (period + 1) * PERIOD_S }
  }

  /** Until when a client may use this salt, at least; undefined if it may not now. */
  acceptedUntilS(
    { server, version, takesFirstSalt }: SaltedKey,
    salt: bigint,
    nowS: number,
  ): number | undefined {
    const isFirst = takesFirstSalt && salt === server.firstSalt
    if (isFirst && nowS < server.createdAtS + LIFE_S) return server.createdAtS + LIFE_S
    const period = Math.floor(nowS / PERIOD_S)
    const early = Math.floor((nowS + EARLY_S) / PERIOD_S)
    const isAccepted = [period, period - 1, early].some((one) => salt === this.#derive(server, version, one))
    return isAccepted ? (period + 1) * PERIOD_S : undefined
  }

  /** Tells whether this salt is of the next half hour: a packet refused for it would be accepted then. */
  isOfNext({ server, version }: SaltedKey, salt: bigint, nowS: number): boolean {
    return salt === this.#derive(server, version, Math.floor(nowS / PERIOD_S) + 1)
  }

  /** The answer to get_future_salts: the salt that is valid now and those after it. */
  future({ server, version }: SaltedKey, count: number, nowS: number): ServerSalt[] {
    const first = Math.floor(nowS / PERIOD_S)
    const { id } = server.authKey
    const isSame = this.#last.id === id && this.#last.version === version && this.#last.first === first
    if (!isSame) this.#last = { id, version, first, salts: [] }
    const { salts } = this.#last
    for (let period = first + salts.length; period < first + count; period++) {
      const validSinceS = period * PERIOD_S
      const salt = this.#derive(server, version, period)
      salts.push({ salt, validSinceS, validUntilS: validSinceS + LIFE_S })
    }
    return salts.slice(0, count)
  }

  #derive({ authKey }: ServerKey, version: number, period: number): bigint {
    this.#nonce ??= this.#random(16)
    const numbers = [authKey.id, BigInt(period), BigInt(version)].map(longToBytes)
    const message = concatBytes(...numbers, this.#nonce)
    return readLong(sha256(this.#outer, sha256(this.#inner, message)))
  }
}
