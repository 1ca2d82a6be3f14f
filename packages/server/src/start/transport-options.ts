import { readFileSync } from 'node:fs'
import { createSecureContext, type SecureContext } from 'node:tls'
import { decodeProxySecret } from '@cablegram/mtproto'
import { UsageError } from '@cablegram/tl'

/** Transports for MTProto clients beside plain TCP, WebSocket and HTTP. */
export interface TransportOptions {
  /**
   * 16 bytes, `dd` and 16 bytes, or `ee`, 16 bytes and a domain, in hexadecimal or base64url: obfuscated connections may be keyed
   * with it, and with `ee` imitate TLS.
   */
  readonly mtproxySecret?: string | undefined
  /** Files in PEM: with both, the same port takes TLS as well, and what is inside is told apart like outside. */
  readonly tlsCert?: string | undefined
  readonly tlsKey?: string | undefined
  /** Every connection must begin with a PROXY protocol header, version 2, from the balancer in front. */
  readonly proxyProtocol?: boolean | undefined
}

/** The same, read and checked. */
export interface ResolvedTransports {
  /** In their binary form, checked. */
  readonly mtproxySecrets: readonly Uint8Array[]
  readonly tls: SecureContext | undefined
  readonly proxyProtocol: boolean
}

/** Reads files and secrets. @throws {UsageError} MTPROXY_SECRET_INVALID, TLS_INVALID */
export function resolveTransports(options: TransportOptions): ResolvedTransports {
  const { mtproxySecret, proxyProtocol = false } = options
  return {
    mtproxySecrets: mtproxySecret === undefined ? [] : [decodeProxySecret(mtproxySecret)],
    tls: openTls(options),
    proxyProtocol,
  }
}

function openTls({ tlsCert, tlsKey }: TransportOptions): SecureContext | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError(
      'TLS_INVALID',
      'A certificate and its key go together: give --tls-cert and --tls-key.',
    )
  }
  const cert = read(tlsCert)
  const key = read(tlsKey)
  try {
    return createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  } catch (cause) {
    const message = `${tlsCert} and ${tlsKey} are no certificate with its key: give both as PEM, the key without a password.`
    throw new UsageError('TLS_INVALID', message, { cause })
  }
}

function read(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new UsageError('TLS_INVALID', `${file} cannot be read: check the path and who may read it.`, {
      cause,
    })
  }
}
