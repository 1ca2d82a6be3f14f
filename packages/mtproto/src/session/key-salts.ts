import type { ServerSalt } from '../machine.ts'
import type { SaltedKey, ServerSalts } from './server-salts.ts'

/** The salts of one key in use: what was derived last is kept, so that packets cost no hash each. */
export class KeySalts {
  readonly #salts: ServerSalts
  readonly #keyNow: () => SaltedKey
  #accepted = { salt: 0n, untilS: 0, version: 0 }
  #current = { salt: 0n, untilS: 0, version: 0 }

  /** @param keyNow the version of its salts may change */
  constructor(salts: ServerSalts, keyNow: () => SaltedKey) {
    this.#salts = salts
    this.#keyNow = keyNow
  }

  /** Tells whether a client may use this salt now. */
  accepts(salt: bigint, nowS: number): boolean {
    const key = this.#keyNow()
    const { version } = key
    const last = this.#accepted
    if (last.salt === salt && last.untilS > nowS && last.version === version) return true
    const untilS = this.#salts.acceptedUntilS(key, salt, nowS)
    if (untilS !== undefined) this.#accepted = { salt, untilS, version }
    return untilS !== undefined
  }

  /** Tells whether this salt becomes valid with the next half hour. */
  isOfNext(salt: bigint, nowS: number): boolean {
    return this.#salts.isOfNext(this.#keyNow(), salt, nowS)
  }

  /** The salt to tell a client now. */
  current(nowS: number): bigint {
    const key = this.#keyNow()
    const { version } = key
    if (this.#current.untilS <= nowS || this.#current.version !== version) {
      this.#current = { ...this.#salts.current(key, nowS), version }
    }
    return this.#current.salt
  }

  /** Salts from now on. */
  future(count: number, nowS: number): ServerSalt[] {
    return this.#salts.future(this.#keyNow(), count, nowS)
  }
}
