/**
 * RSA keys of servers. Each server makes one, a tenth of a second of a test for what is the same each time: a process makes
 * a few of them, and gives its servers one after the other.
 */
import crypto from 'node:crypto'

/** As many servers have different keys, one after the other. */
export const KEYS = 6

type Make = (type: string, options: { readonly modulusLength?: number }) => unknown

/** Puts the few keys in place of new ones, in this process. */
export function shareServerKeys(): void {
  Object.assign(crypto, { generateKeyPairSync: sharing(crypto.generateKeyPairSync as Make) })
}

/** Makes the first keys of 2048 bits, and repeats them; other keys are always new. */
export function sharing(make: Make): Make {
  const pairs: unknown[] = []
  let given = 0
  return (type, options) => {
    if (type !== 'rsa' || options.modulusLength !== 2048) return make(type, options)
    const at = given++ % KEYS
    pairs[at] ??= make(type, options)
    return pairs[at]
  }
}
