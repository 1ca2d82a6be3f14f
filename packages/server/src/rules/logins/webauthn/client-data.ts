import type { PasskeySite } from '../../../ground/settings.ts'
import { refusal } from '../../refusal.ts'

const MAX_LENGTH = 4096

/**
 * The challenge that was answered, of what a browser or system says of a ceremony.
 *
 * @throws {RpcError} CREDENTIAL_INVALID, PASSKEY_ORIGIN_MISMATCH
 */
export function parseClientData(
  json: string,
  type: 'webauthn.create' | 'webauthn.get',
  site: PasskeySite,
): Buffer {
  const data = parse(json)
  if (data['type'] !== type) throw refusal('CREDENTIAL_INVALID')
  const { challenge, origin } = data
  if (typeof challenge !== 'string' || typeof origin !== 'string') throw refusal('CREDENTIAL_INVALID')
  if (!isAllowed(origin, site)) throw refusal('PASSKEY_ORIGIN_MISMATCH')
  return Buffer.from(challenge, 'base64url')
}

function parse(json: string): { readonly [field: string]: unknown } {
  try {
    const data: unknown = json.length > MAX_LENGTH ? undefined : JSON.parse(json)
    if (typeof data === 'object' && data !== null) return { ...data }
  } catch {
    // Said below.
  }
  throw refusal('CREDENTIAL_INVALID')
}

function isAllowed(origin: string, { rpId, origins }: PasskeySite): boolean {
  if (origins !== undefined) return origins.includes('*') || origins.includes(origin)
  const url = URL.parse(origin)
  if (url === null) return false
  const isIn = (domain: string): boolean => url.hostname === domain || url.hostname.endsWith(`.${domain}`)
  return isIn('localhost') || (url.protocol === 'https:' && isIn(rpId))
}
