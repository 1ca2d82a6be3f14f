import {
  exportRsaPublicKey,
  formatFingerprint,
  parseRsaPublicKey,
  type RsaPrivateKey,
} from '@cablegram/mtproto/crypto'
import { generateRsaPrivateKey, importRsaPrivateKey } from '@cablegram/mtproto/private-keys'
import type { ServerInfo } from '../console/index.ts'
import type { Store } from '../database/store.ts'
import {
  findCdnKey,
  keepFirstCdnKey,
  keepFirstServerKey,
  listServerKeys,
} from '../rules/accounts/decide-server-keys.ts'
import { TEST_RSA_KEY_PEM } from './test-rsa-key.ts'

/** The RSA keys a server proves itself with, and what clients are told of them. */
export interface RsaKeys {
  readonly privateKeys: readonly RsaPrivateKey[]
  /** The same, as other threads can take them. */
  readonly privatePems: readonly string[]
  readonly publicKeys: ServerInfo['publicKeys']
}

/** The keys of a data folder, the first made when there is none; in memory the public test key. */
export async function openRsaKeys(
  store: Store,
  options: { memory: boolean; nowS: number },
): Promise<RsaKeys> {
  const pems = options.memory ? [TEST_RSA_KEY_PEM] : await storedPems(store, options.nowS)
  const privateKeys = pems.map(importRsaPrivateKey)
  return { privateKeys, privatePems: pems, publicKeys: privateKeys.map(describe) }
}

/** The key of the CDN, made when there is none. */
export async function openCdnKeys(store: Store, nowS: number): Promise<RsaKeys> {
  const { secret } = store
  const pem =
    (await store.look(() => findCdnKey(secret))) ??
    (await store.decide(() => keepFirstCdnKey(secret, generateKey(), nowS)))
  const key = importRsaPrivateKey(pem)
  return { privateKeys: [key], privatePems: [pem], publicKeys: [describe(key)] }
}

async function storedPems(store: Store, nowS: number): Promise<string[]> {
  const stored = await store.look(() => listServerKeys(store.secret))
  return stored.length > 0
    ? stored
    : [await store.decide(() => keepFirstServerKey(store.secret, generateKey(), nowS))]
}

/**
 * A key whose fingerprint starts with another digit than 0: some clients compare fingerprints as hexadecimal
 * text without leading zeros, and would never find one key in sixteen.
 */
function generateKey(): string {
  for (;;) {
    const pem = generateRsaPrivateKey()
    if (!describe(importRsaPrivateKey(pem)).fingerprint.startsWith('0')) return pem
  }
}

function describe(key: RsaPrivateKey): ServerInfo['publicKeys'][number] {
  const pem = exportRsaPublicKey(key)
  return { pem, fingerprint: formatFingerprint(parseRsaPublicKey(pem).fingerprint) }
}
