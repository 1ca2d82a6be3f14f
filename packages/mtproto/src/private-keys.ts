/**
 * RSA private keys, which only a server has. It is the second file that calls `node:crypto`; no client imports it.
 */
import crypto, { type KeyObject } from 'node:crypto'
import { UsageError } from '@cablegram/tl'
import type { RsaPrivateKey } from './crypto/index.ts'

/**
 * Takes a private key from its PEM, PKCS#1 or PKCS#8.
 *
 * @throws UsageError RSA_KEY_INVALID
 */
export function importRsaPrivateKey(pem: string): RsaPrivateKey {
  const key = parsePrivateKey(pem)
  if (key?.asymmetricKeyType !== 'rsa' || key.asymmetricKeyDetails?.modulusLength !== 2048) {
    throw new UsageError('RSA_KEY_INVALID', 'the private key is not RSA of 2048 bits')
  }
  const publicPem = crypto.createPublicKey(key).export({ type: 'pkcs1', format: 'pem' }).toString()
  return { publicPem, power: (block) => rsaPower(key, block) }
}

/** Without the cause: OpenSSL's errors may quote what they could not read. */
function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    return crypto.createPrivateKey(pem)
  } catch {
    return undefined
  }
}

function rsaPower(key: KeyObject, block: Uint8Array): Uint8Array | undefined {
  try {
    const power = crypto.privateDecrypt({ key, padding: crypto.constants.RSA_NO_PADDING }, block)
    return new Uint8Array(power.buffer, power.byteOffset, power.length)
  } catch {
    return undefined
  }
}

/** A new RSA key of 2048 bits as PEM, PKCS#1; e is 65537. Takes up to a second. */
export function generateRsaPrivateKey(): string {
  return crypto
    .generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString()
}
