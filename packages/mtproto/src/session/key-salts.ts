import type { ServerKey } from '../machine.ts'
import type { ServerSalts } from './server-salts.ts'

/** The salts of one key in use: what was derived last is kept, so that packets cost no hash each. */
export class KeySalts {
  readonly #salts: ServerSalts
  readonly #key: ServerKey
  #accepted = { salt: 0n, untilS: 0 }
  #current = { salt: 0n, untilS: 0 }

  constructor(salts: ServerSalts, key: ServerKey) {
    this.#salts = salts
    this.#key = key
  }

  /** Whether a client may use this salt now. */
  accepts(salt: bigint, nowS: number): boolean {
    if (this.#accepted.salt === salt && this.#accepted.untilS > nowS) return true
    const untilS = this.#salts.acceptedUntilS(this.#key, salt, nowS)
    if (untilS !== undefined) this.#accepted = { salt, untilS }
    return untilS !== undefined
  }

  /** The salt to tell a client now. */
  current(nowS: number): bigint {
    if (this.#current.untilS <= nowS) this.#current = this.#salts.current(this.#key, nowS)
    return this.#current.salt
  }
}
