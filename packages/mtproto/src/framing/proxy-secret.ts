import { UsageError } from '../errors.ts'

/** An MTProxy secret, checked. */
export interface ProxySecret {
  /** 16 bytes. */
  readonly secret: Uint8Array
  /** It has the prefix that asks for the padded transport. */
  readonly wantsPadding: boolean
}

const SECRET_BYTES = 16
/** A longer domain does not fit into the imitation of TLS. */
const MAX_BYTES = 17 + 182

/**
 * Reads an MTProxy secret in its binary form: 16 bytes, or `dd` and 16 bytes.
 *
 * @throws UsageError MTPROXY_SECRET_INVALID, also for those that ask for an imitation of TLS (`ee`)
 */
export function parseProxySecret(bytes: Uint8Array): ProxySecret {
  if (bytes.length === SECRET_BYTES) return { secret: bytes, wantsPadding: false }
  if (bytes.length > SECRET_BYTES && bytes[0] === 0xee) {
    throw invalid(
      'this MTProxy secret is for fake TLS (it begins with ee), which comes later: use one with dd',
    )
  }
  if (bytes.length !== SECRET_BYTES + 1 || bytes[0] !== 0xdd) {
    throw invalid('an MTProxy secret has 16 bytes, or 17 of which the first is dd')
  }
  return { secret: bytes.subarray(1), wantsPadding: true }
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
    throw invalid('an MTProxy secret is 16 bytes, or dd and 16 bytes, in hexadecimal or base64url')
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
