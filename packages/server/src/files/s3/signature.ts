import { createHash, createHmac } from 'node:crypto'
import type { S3Keys } from './place.ts'

/**
 * A request, ready but for its signature. All its headers are signed: their names are in lower case, the host among them.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export interface Unsigned {
  readonly method: string
  /** As on the wire: every step encoded once. */
  readonly path: string
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
  /** SHA-256 of the body, in hexadecimal. */
  readonly bodyHash: string
}

/** What a signature holds for, besides the request. */
export interface Scope {
  readonly keys: Pick<S3Keys, 'accessKeyId' | 'secretAccessKey'>
  readonly region: string
  readonly service: string
  /** As `x-amz-date` has it: 20150830T123600Z. */
  readonly time: string
}

const ALGORITHM = 'AWS4-HMAC-SHA256'

/** The header `authorization` of a request: Amazon's Signature Version 4. */
export function authorizationOf(request: Unsigned, { keys, region, service, time }: Scope): string {
  const day = time.slice(0, 8)
  const scope = [day, region, service, 'aws4_request']
  const names = Object.keys(request.headers).sort()
  const toSign = [ALGORITHM, time, scope.join('/'), hashOf(canonicalOf(request, names))].join('\n')
  const key = scope.reduce<string | Buffer>(
    (before, step) => hmac(before, step),
    `AWS4${keys.secretAccessKey}`,
  )
  return [
    `${ALGORITHM} Credential=${keys.accessKeyId}/${scope.join('/')}`,
    `SignedHeaders=${names.join(';')}`,
    `Signature=${hmac(key, toSign).toString('hex')}`,
  ].join(', ')
}

function canonicalOf({ method, path, query, headers, bodyHash }: Unsigned, names: readonly string[]): string {
  const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`)
  return [method, path, queryText(query), lines.join(''), names.join(';'), bodyHash].join('\n')
}

/** A query as it is signed and sent: encoded, in the order of its names. */
export function queryText(query: Unsigned['query']): string {
  const pairs = query.map(([name, value]) => [encode(name), encode(value)] as const)
  const sorted = pairs.sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
  return sorted.map(([name, value]) => `${name}=${value}`).join('&')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** RFC 3986: encodeURIComponent leaves five characters as they are that signatures encode. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** SHA-256 in hexadecimal. */
export function hashOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
