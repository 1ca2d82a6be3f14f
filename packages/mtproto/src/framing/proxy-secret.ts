import { UsageError } from '../errors.ts'

/** An MTProxy secret, checked. */
export interface ProxySecret {
  /** 16 bytes. */
  readonly secret: Uint8Array
  /** It has the prefix that asks for the padded transport. */
  readonly wantsPadding: boolean
}

const SECRET_BYTES = 16

/**
 * Reads an MTProxy secret in its binary form: 16 bytes, or `dd` and 16 bytes.
 *
 * @throws UsageError MTPROXY_SECRET_INVALID, also for those that ask for an imitation of TLS (`ee`)
 */
export function parseProxySecret(bytes: Uint8Array): ProxySecret {
  if (bytes.length === SECRET_BYTES) return { secret: bytes, wantsPadding: false }
  if (bytes.length > SECRET_BYTES && bytes[0] === 0xee) {
    throw new UsageError(
      'MTPROXY_SECRET_INVALID',
      'MTProxy secrets with the prefix ee (fake TLS) do not work here',
    )
  }
  if (bytes.length !== SECRET_BYTES + 1 || bytes[0] !== 0xdd) {
    throw new UsageError(
      'MTPROXY_SECRET_INVALID',
      'an MTProxy secret has 16 bytes, or 17 of which the first is dd',
    )
  }
  return { secret: bytes.subarray(1), wantsPadding: true }
}
