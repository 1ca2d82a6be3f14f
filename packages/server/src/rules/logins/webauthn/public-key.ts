import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto'
import { refusal } from '../../refusal.ts'
import { type CborMap, readCbor } from './cbor.ts'

/** COSE's numbers of the algorithms a passkey may sign with: ES256, RS256 and EdDSA, in order of preference. */
export const ALGORITHMS: readonly number[] = [-7, -257, -8]

/** Labels of a COSE key; -1 and -2 mean something else for each type of key. */
const [TYPE, ALGORITHM, FIRST, SECOND, THIRD] = [1, 3, -1, -2, -3]
const RSA_BYTES = { min: 256, max: 512 }

/**
 * The public key of a new passkey.
 *
 * @param cose what authenticators write: a map of CBOR
 * @returns as SubjectPublicKeyInfo
 * @throws {RpcError} CREDENTIAL_INVALID
 */
export function publicKeyOf(cose: Uint8Array): Uint8Array {
  const { value } = readCbor(cose)
  if (!(value instanceof Map)) throw refusal('CREDENTIAL_INVALID')
  try {
    return createPublicKey({ key: toJwk(value), format: 'jwk' }).export({ type: 'spki', format: 'der' })
  } catch {
    // Not on its curve, say.
    throw refusal('CREDENTIAL_INVALID')
  }
}

/** Tells whether the passkey with this public key has signed these bytes. */
export function hasSigned(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  const key: KeyObject = createPublicKey({ key: Buffer.from(publicKey), type: 'spki', format: 'der' })
  return verify(key.asymmetricKeyType === 'ed25519' ? null : 'sha256', data, key, signature)
}

function toJwk(cose: CborMap): JsonWebKey {
  const bytes = (label: number, min: number, max: number): string => {
    const value = cose.get(label)
    if (!(value instanceof Uint8Array) || value.length < min || value.length > max) {
      throw refusal('CREDENTIAL_INVALID')
    }
    return Buffer.from(value).toString('base64url')
  }
  switch (`${cose.get(TYPE)} ${cose.get(ALGORITHM)}`) {
    case '2 -7':
      if (cose.get(FIRST) !== 1) break
      return { kty: 'EC', crv: 'P-256', x: bytes(SECOND, 32, 32), y: bytes(THIRD, 32, 32) }
    case '3 -257':
      return { kty: 'RSA', n: bytes(FIRST, RSA_BYTES.min, RSA_BYTES.max), e: bytes(SECOND, 1, 4) }
    case '1 -8':
      if (cose.get(FIRST) !== 6) break
      return { kty: 'OKP', crv: 'Ed25519', x: bytes(SECOND, 32, 32) }
  }
  throw refusal('CREDENTIAL_INVALID')
}
