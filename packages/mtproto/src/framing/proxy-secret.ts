import { UsageError } from '../errors.ts'

/** An MTProxy secret, checked. */
export interface ProxySecret {
  /** 16 bytes. */
  readonly secret: Uint8Array
  /** It has a prefix that asks for the padded transport. */
  readonly wantsPadding: boolean
  /** The site that an imitation of TLS (`ee`) asks for; undefined without one. */
  readonly domain: string | undefined
}

const SECRET_BYTES = 16
/** A longer domain does not fit into the imitation of TLS. */
const MAX_DOMAIN_BYTES = 182
const MAX_BYTES = 1 + SECRET_BYTES + MAX_DOMAIN_BYTES
const SHAPES = 'an MTProxy secret is 16 bytes, dd and 16 bytes, or ee, 16 bytes and a domain'

/**
 * Reads an MTProxy secret in its binary form: 16 bytes, `dd` and 16 bytes, or `ee`, 16 bytes and a domain.
 *
 * @throws UsageError MTPROXY_SECRET_INVALID
 */
export function parseProxySecret(bytes: Uint8Array): ProxySecret {
  if (bytes.length === SECRET_BYTES) return { secret: bytes, wantsPadding: false, domain: undefined }
  const secret = bytes.subarray(1, 1 + SECRET_BYTES)
  if (bytes[0] === 0xee && bytes.length > SECRET_BYTES) {
    return { secret, wantsPadding: true, domain: readDomain(bytes.subarray(1 + SECRET_BYTES)) }
  }
  if (bytes.length !== 1 + SECRET_BYTES || bytes[0] !== 0xdd) throw invalid(SHAPES)
  return { secret, wantsPadding: true, domain: undefined }
}

function readDomain(bytes: Uint8Array): string {
  const domain = String.fromCharCode(...bytes.subarray(0, MAX_DOMAIN_BYTES))
  if (bytes.length <= MAX_DOMAIN_BYTES && /^[\w-]+(?:\.[\w-]+)*$/.test(domain)) return domain
  throw invalid(`after ee and 16 bytes an MTProxy secret has a domain of 1 to ${MAX_DOMAIN_BYTES} characters`)
}

/**
 * Reads an MTProxy secret as people pass it on: in hexadecimal, base64url or base64, the last two with or without
 * padding. An error never repeats it.
 *
 * @returns its binary form, checked
 * @throws UsageError MTPROXY_SECRET_INVALID
 */
export function decodeProxySecret(text: string): Uint8Array {
  const trimmed = text.trim()
  const bytes = decodeHex(trimmed) ?? decodeBase64(trimmed)
  if (bytes === undefined || bytes.length > MAX_BYTES) {
    throw invalid(`${SHAPES}, in hexadecimal or base64url`)
  }
  parseProxySecret(bytes)
  return bytes
}

function decodeHex(text: string): Uint8Array | undefined {
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) return undefined
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

/** One alphabet or the other, and padding that is whole or not there. */
function decodeBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[\w-]+|[A-Za-z0-9+/]+)={0,2}$/.test(text)) return undefined
  if (text.endsWith('=') && text.length % 4 !== 0) return undefined
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return undefined
  }
}

function invalid(message: string): UsageError {
  return new UsageError('MTPROXY_SECRET_INVALID', message)
}
