import type { ServerSalt } from '../machine.ts'

/** Nothing says how long the salt of a bad_server_salt lasts; it is at least what is left of its half hour. */
const UNKNOWN_LIFE_S = 1800
const FIRST_SALT_LIFE_S = 3600
/** As many are kept as can be asked for. */
const MAX_SALTS = 64

/** The salts a client may send under, present and future, by the server's clock. */
export class ClientSalts {
  /** In the order of their beginning. */
  #salts: ServerSalt[]

  constructor(salts: readonly ServerSalt[]) {
    this.#salts = salts.slice(-MAX_SALTS)
  }

  /** The salt that both sides know from the exchange, good for an hour. */
  static fromExchange(salt: bigint, serverTimeS: number): ClientSalts {
    return new ClientSalts([{ salt, validSinceS: serverTimeS, validUntilS: serverTimeS + FIRST_SALT_LIFE_S }])
  }

  get all(): readonly ServerSalt[] {
    return this.#salts
  }

  /** The newest that is valid now; else the last known: the server then says the right one. */
  current(nowS: number): bigint {
    const newest = this.#salts.findLast(({ validSinceS }) => validSinceS <= nowS)
    return (newest ?? this.#salts[0])?.salt ?? 0n
  }

  /** The number of salts that are not valid yet. */
  ahead(nowS: number): number {
    return this.#salts.length - 1 - this.#salts.findLastIndex(({ validSinceS }) => validSinceS <= nowS)
  }

  /** The server has named the salt to use from now on. */
  onServerSalt(salt: bigint, nowS: number): void {
    if (this.current(nowS) === salt) return
    const known = this.#salts.find((one) => one.salt === salt)
    const validUntilS = Math.max(known?.validUntilS ?? 0, nowS + UNKNOWN_LIFE_S)
    // A server that names another one than it promised has others for later, too: it was started anew.
    const future = this.#salts.filter((one) => known && one.validSinceS > nowS && one.salt !== salt)
    this.#salts = [{ salt, validSinceS: nowS, validUntilS }, ...future]
  }

  /** future_salts has come: it replaces what we thought of the future, and keeps what is in use. */
  onFutureSalts(salts: readonly ServerSalt[], nowS: number): void {
    const begun = this.#salts.filter(
      ({ validSinceS, validUntilS }) => validSinceS <= nowS && validUntilS > nowS,
    )
    const fresh = salts
      .filter(({ salt, validUntilS }) => validUntilS > nowS && !begun.some((one) => one.salt === salt))
      .slice(0, MAX_SALTS)
    this.#salts = [...begun.slice(-2), ...fresh].sort((a, b) => a.validSinceS - b.validSinceS)
  }
}
