import { createHash, createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The keys that the server of tests knows: those of Amazon's examples. */
export const TEST_KEYS = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
} as const

/** A request as it came, with its body. */
export interface Received {
  readonly method: string
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** What the server does in place of an answer: a status with a word of S3, silence, a closed connection, or another protocol. */
export type Instead =
  | { readonly status: number; readonly code: string; readonly more?: string }
  | 'silence'
  | 'hang up'
  | 'another protocol'
  | 'do it, and hang up'

interface Kept {
  readonly bytes: Buffer
  readonly atMs: number
}

interface Begun {
  readonly key: string
  atMs: number
  readonly blocks: Map<number, Buffer>
}

const LEAST_BLOCK_BYTES = 5 * 1024 * 1024
const MAX_SKEW_MS = 900_000
const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'

/**
 * A server of S3 in memory, for one bucket. It refuses requests whose signature is not what it computes from the bytes that came,
 * with code of its own.
 */
export class TestS3 {
  readonly bucket = 'cablegram-test'
  readonly region: string = 'eu-test-1'
  /** Asked for every date. */
  readonly #nowMs: () => number
  /** Names on a page of a list. */
  pageLength = 1_000
  /** Asked before each request is looked at. */
  instead: (received: Received) => Instead | undefined = () => undefined
  readonly received: Received[] = []
  readonly objects: Map<string, Kept> = new Map()
  readonly begun: Map<string, Begun> = new Map()
  readonly #server: Server = createServer((request, response) => void this.#serve(request, response))

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  /** The address as `--files` takes it. */
  address(prefix = ''): string {
    const { port } = this.#server.address() as AddressInfo
    return `s3://${this.bucket}/${prefix}?endpoint=http://127.0.0.1:${port}&region=${this.region}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const url = new URL(request.url ?? '', 'http://server')
    const [, bucket, ...steps] = decodeURIComponent(url.pathname).split('/')
    const { method = '', headers } = request
    const [key, query, body] = [steps.join('/'), url.searchParams, Buffer.concat(pieces)]
    const received = { method, key, query, headers, body }
    this.received.push(received)
    response.setHeader('date', new Date(this.#nowMs()).toUTCString())
    const instead = this.instead(received)
    if (instead === 'silence') return undefined
    if (instead === 'hang up') return request.socket.destroy()
    if (instead === 'another protocol') return request.socket.end(SWITCHING)
    const wrong = this.#wrongIn(request, url, body)
    if (wrong !== undefined) return fail(response, 403, wrong)
    if (bucket !== this.bucket) return fail(response, 404, 'NoSuchBucket')
    if (typeof instead === 'object') return fail(response, instead.status, instead.code, instead.more)
    if (instead !== undefined) Object.assign(response, { end: () => request.socket.destroy() })
    return key === '' ? this.#ofBucket(received, response) : this.#ofObject(received, response)
  }

  /** Amazon's description of signatures, step by step. */
  #wrongIn(
    { method = '', headers, url = '' }: IncomingMessage,
    { pathname }: URL,
    body: Buffer,
  ): string | undefined {
    const shown = /^AWS4-HMAC-SHA256 Credential=(.+), SignedHeaders=(.+), Signature=([0-9a-f]{64})$/.exec(
      headers.authorization ?? '',
    )
    const [, credential = '', names = '', signature] = shown ?? []
    const [id, ...scope] = credential.split('/')
    const time = String(headers['x-amz-date'])
    if (id !== TEST_KEYS.accessKeyId) return 'InvalidAccessKeyId'
    const atMs = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
    if (!(Math.abs(atMs - this.#nowMs()) < MAX_SKEW_MS)) return 'RequestTimeTooSkewed'
    const bodyHash = createHash('sha256').update(body).digest('hex')
    if (headers['x-amz-content-sha256'] !== bodyHash) return 'XAmzContentSHA256Mismatch'
    const mustBeSigned = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))]
    const signedNames = names.split(';')
    if (!mustBeSigned.every((name) => signedNames.includes(name))) return 'AccessDenied'
    const query = (url.split('?')[1] ?? '').split('&').sort().join('&')
    const lines = signedNames.map((name) => `${name}:${headers[name]}`)
    const request = [method, pathname, query, ...lines, '', names, bodyHash].join('\n')
    const hashed = createHash('sha256').update(request).digest('hex')
    const toSign = `AWS4-HMAC-SHA256\n${time}\n${scope.join('/')}\n${hashed}`
    if (scope.join('/') !== `${time.slice(0, 8)}/${this.region}/s3/aws4_request`)
      return 'AuthorizationHeaderMalformed'
    let key: Buffer = Buffer.from(`AWS4${TEST_KEYS.secretAccessKey}`)
    for (const step of scope) key = createHmac('sha256', key).update(step).digest()
    const right = createHmac('sha256', key).update(toSign).digest('hex')
    return right === signature ? undefined : 'SignatureDoesNotMatch'
  }

  #ofBucket({ method, query, headers, body }: Received, response: ServerResponse): ServerResponse {
    if (method === 'GET' && query.get('list-type') === '2') return this.#list(query, response)
    if (method === 'GET' && query.has('uploads')) return this.#listBegun(query, response)
    if (method !== 'POST' || !query.has('delete')) return fail(response, 405, 'MethodNotAllowed')
    const md5 = createHash('md5').update(body).digest('base64')
    if (headers['content-md5'] !== md5) return fail(response, 400, 'BadDigest')
    for (const [, key = ''] of body.toString().matchAll(/<Key>(.*?)<\/Key>/g)) this.objects.delete(key)
    return response.end('<?xml version="1.0"?><DeleteResult xmlns="http://s3"></DeleteResult>')
  }

  #list(query: URLSearchParams, response: ServerResponse): ServerResponse {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('continuation-token') ?? '']
    const all = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
    const page = all.slice(0, this.pageLength)
    const isCut = page.length < all.length
    const rows = page.map(
      (key) =>
        `<Contents><Key>${key}</Key><LastModified>${isoOf(this.objects.get(key)?.atMs)}</LastModified></Contents>`,
    )
    const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
    return response.end(
      `<ListBucketResult xmlns="http://s3"><IsTruncated>${isCut}</IsTruncated>${next}${rows.join('')}</ListBucketResult>`,
    )
  }

  #listBegun(query: URLSearchParams, response: ServerResponse): ServerResponse {
    const [prefix, after] = [query.get('prefix') ?? '', query.get('upload-id-marker') ?? '']
    const all = [...this.begun.entries()]
      .filter(([id, { key }]) => key.startsWith(prefix) && id > after)
      .sort(([a], [b]) => (a < b ? -1 : 1))
    const page = all.slice(0, this.pageLength)
    const isCut = page.length < all.length
    const rows = page.map(
      ([id, { key, atMs }]) =>
        `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${isoOf(atMs)}</Initiated></Upload>`,
    )
    const [lastId, last] = page.at(-1) ?? []
    const next = `<NextKeyMarker>${last?.key}</NextKeyMarker><NextUploadIdMarker>${lastId}</NextUploadIdMarker>`
    return response.end(
      `<ListMultipartUploadsResult><IsTruncated>${isCut}</IsTruncated>${isCut ? next : ''}${rows.join('')}</ListMultipartUploadsResult>`,
    )
  }

  #ofObject(received: Received, response: ServerResponse): ServerResponse {
    const { method, query } = received
    if (query.has('uploads') || query.has('uploadId')) return this.#ofUpload(received, response)
    if (method === 'PUT') return this.#put(received, response)
    if (method === 'GET' || method === 'HEAD') return this.#get(received, response)
    if (method !== 'DELETE') return fail(response, 405, 'MethodNotAllowed')
    this.objects.delete(received.key)
    return response.writeHead(204).end()
  }

  #put({ key, headers, body }: Received, response: ServerResponse): ServerResponse {
    if (headers['if-none-match'] === '*' && this.objects.has(key))
      return fail(response, 412, 'PreconditionFailed')
    this.objects.set(key, { bytes: body, atMs: this.#nowMs() })
    return response.setHeader('etag', '"x"').end()
  }

  #get({ key, headers }: Received, response: ServerResponse): ServerResponse {
    const found = this.objects.get(key)
    if (found === undefined) return fail(response, 404, 'NoSuchKey')
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
    if (from === undefined) return response.setHeader('content-length', found.bytes.length).end(found.bytes)
    const { length } = found.bytes
    if (Number(from) >= length) return fail(response, 416, 'InvalidRange')
    const last = Math.min(Number(to), length - 1)
    response.writeHead(206, { 'content-range': `bytes ${from}-${last}/${length}` })
    return response.end(found.bytes.subarray(Number(from), last + 1))
  }

  #ofUpload({ method, key, query, body }: Received, response: ServerResponse): ServerResponse {
    if (method === 'POST' && query.has('uploads')) {
      const id = randomUUID()
      this.begun.set(id, { key, atMs: this.#nowMs(), blocks: new Map() })
      return response.end(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      )
    }
    const id = query.get('uploadId') ?? ''
    const begun = this.begun.get(id)
    if (begun?.key !== key) return fail(response, 404, 'NoSuchUpload')
    if (method === 'PUT') {
      begun.blocks.set(Number(query.get('partNumber')), body)
      return response.setHeader('etag', `"${query.get('partNumber')}&"`).end()
    }
    if (method === 'POST') return this.#end(id, begun, body, response)
    this.begun.delete(id)
    return response.writeHead(204).end()
  }

  #end(id: string, { key, blocks }: Begun, body: Buffer, response: ServerResponse): ServerResponse {
    const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>"(\d+)&amp;"<\/ETag>/g)]
    const bytes = named.map(([, number]) => blocks.get(Number(number)) ?? Buffer.alloc(0))
    if (named.length !== blocks.size || named.some(([, number, mark]) => number !== mark))
      return fail(response, 400, 'InvalidPart')
    if (bytes.slice(0, -1).some(({ length }) => length < LEAST_BLOCK_BYTES))
      return fail(response, 400, 'EntityTooSmall')
    this.objects.set(key, { bytes: Buffer.concat(bytes), atMs: this.#nowMs() })
    this.begun.delete(id)
    return response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>')
  }
}

function fail(response: ServerResponse, status: number, code: string, more = ''): ServerResponse {
  response.writeHead(status, { 'content-type': 'application/xml;charset=utf-8' })
  return response.end(
    `<?xml version="1.0"?>\n<Error><Code>${code}</Code><Message>It failed &amp; ends.</Message>${more}</Error>`,
  )
}

function isoOf(atMs = 0): string {
  return new Date(atMs).toISOString()
}
