import { createPublicKey } from 'node:crypto'
import type { ServerInfo } from '../words.ts'

/** The values that a program needs to sign in to this server, in the forms that the libraries want. */
export interface Target {
  readonly dcId: number
  readonly host: string
  readonly port: number
  readonly wsUrl: string
  readonly apiId: number
  readonly apiHash: string
  /** PKCS#1, without a newline at the end. */
  readonly pem: string
  /** Of the key: the fingerprint as a signed number, the modulus in hexadecimal. */
  readonly fingerprint: string
  readonly modulus: string
}

/** The data centre that test numbers of the snippets are at home in. */
const HOME_DC = 2

/** @throws Error where the server has no app or no key, which none is without */
export function targetOf({ dcs, apps, publicKeys }: ServerInfo): Target {
  const dc = dcs.find(({ id }) => id === HOME_DC) ?? dcs[0]
  const [app] = apps
  const [key] = publicKeys
  if (dc === undefined || app === undefined || key === undefined) {
    throw new Error('the server has no data centre, app or key')
  }
  const { n = '' } = createPublicKey(key.pem).export({ format: 'jwk' })
  return {
    dcId: dc.id,
    host: dc.host,
    port: dc.port,
    wsUrl: dc.wsUrl,
    apiId: app.apiId,
    apiHash: app.apiHash,
    pem: key.pem.trim(),
    fingerprint: BigInt.asIntN(64, BigInt(`0x${key.fingerprint}`)).toString(),
    modulus: Buffer.from(n, 'base64url').toString('hex'),
  }
}
