/**
 * RSA keys of servers. Each server makes one, a tenth of a second of a test for what is the same each time. The few keys that
 * servers of a process get, one after the other, are made once for all processes, and kept in node_modules/.cache.
 */
import crypto, { type KeyObject } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** As many servers have different keys, one after the other. */
export const KEYS = 6
const KEPT_IN = fileURLToPath(new URL('../../node_modules/.cache/server-keys', import.meta.url))

interface Pair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}
type Make = (type: string, options: { readonly modulusLength?: number }) => Pair

/** Puts the few keys in place of new ones, in this process. */
export function shareServerKeys(): void {
  Object.assign(crypto, { generateKeyPairSync: sharing(crypto.generateKeyPairSync as Make, KEPT_IN) })
}

/** Makes the first keys of 2048 bits unless the folder has them, and repeats them; other keys are always new. */
export function sharing(make: Make, folder: string): Make {
  const pairs: Pair[] = []
  let given = 0
  return (type, options) => {
    if (type !== 'rsa' || options.modulusLength !== 2048) return make(type, options)
    const at = given++ % KEYS
    const pair = pairs[at] ?? kept(join(folder, `${at}.pem`), () => make(type, options).privateKey)
    pairs[at] = pair
    return pair
  }
}

/** Two processes may make a key at once: the later one replaces the file as a whole. */
function kept(path: string, make: () => KeyObject): Pair {
  let privateKey = readKey(path)
  if (privateKey === undefined) {
    privateKey = make()
    const own = `${path}.${process.pid}`
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(own, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 })
    renameSync(own, path)
  }
  return { privateKey, publicKey: crypto.createPublicKey(privateKey) }
}

function readKey(path: string): KeyObject | undefined {
  try {
    return crypto.createPrivateKey(readFileSync(path))
  } catch {
    return undefined
  }
}
