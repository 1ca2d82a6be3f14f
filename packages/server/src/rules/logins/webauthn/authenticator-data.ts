import { createHash, timingSafeEqual } from 'node:crypto'
import { refusal } from '../../refusal.ts'
import { readCbor } from './cbor.ts'

/** The data that an authenticator signs about itself. */
export interface AuthenticatorData {
  /** The number of signatures; always 0 if the authenticator does not count. */
  readonly signCount: number
  /** The credential of a new passkey. */
  readonly credential: { readonly id: Uint8Array; readonly cosePublicKey: Uint8Array } | undefined
}

const FLAGS_AT = 32
const COUNT_AT = 33
const HEAD_LENGTH = 37
const AAGUID_LENGTH = 16
const MAX_ID_LENGTH = 1023
const [USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL] = [0x01, 0x04, 0x40]

/**
 * Takes authenticator data apart:
 *
 *     rpIdHash 32 | flags 1 | signCount 4 | if flagged: aaguid 16, length 2, id, public key | if flagged: extensions
 *
 * @throws {RpcError} CREDENTIAL_INVALID, also if the data is for another site, or if no user was verified
 */
export function parseAuthenticatorData(data: Uint8Array, rpId: string): AuthenticatorData {
  if (data.length < HEAD_LENGTH) throw refusal('CREDENTIAL_INVALID')
  const rpIdHash = createHash('sha256').update(rpId).digest()
  if (!timingSafeEqual(data.subarray(0, FLAGS_AT), rpIdHash)) throw refusal('CREDENTIAL_INVALID')
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const flags = view.getUint8(FLAGS_AT)
  const needed = USER_PRESENT | USER_VERIFIED
  if ((flags & needed) !== needed) throw refusal('CREDENTIAL_INVALID')
  const hasCredential = (flags & HAS_CREDENTIAL) !== 0
  return {
    signCount: view.getUint32(COUNT_AT),
    credential: hasCredential ? parseCredential(data.subarray(HEAD_LENGTH)) : undefined,
  }
}

/**
 * The same of an attestation object. Anybody can have made any attestation: none is asked for, and what comes with one is
 * not looked at.
 *
 * @throws {RpcError} CREDENTIAL_INVALID
 */
export function parseAttestation(attestation: Uint8Array, rpId: string): AuthenticatorData {
  const { value } = readCbor(attestation)
  const authData = value instanceof Map ? value.get('authData') : undefined
  if (!(authData instanceof Uint8Array)) throw refusal('CREDENTIAL_INVALID')
  return parseAuthenticatorData(authData, rpId)
}

function parseCredential(data: Uint8Array): AuthenticatorData['credential'] {
  const idAt = AAGUID_LENGTH + 2
  if (data.length < idAt) throw refusal('CREDENTIAL_INVALID')
  const idLength = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint16(AAGUID_LENGTH)
  if (idLength === 0 || idLength > Math.min(MAX_ID_LENGTH, data.length - idAt)) {
    throw refusal('CREDENTIAL_INVALID')
  }
  const rest = data.subarray(idAt + idLength)
  return { id: data.subarray(idAt, idAt + idLength), cosePublicKey: rest.subarray(0, readCbor(rest).end) }
}
