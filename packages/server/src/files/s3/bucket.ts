import { createHash } from 'node:crypto'
import type { Random } from '@cablegram/mtproto'
import { machineTimer, type StartTimer } from '../../ground/clock.ts'
import { errnoOf } from '../disk.ts'
import { type Answer, type Connections, openConnections, type Patience } from './exchange.ts'
import { failureOf, S3Failure } from './failure.ts'
import type { S3Place } from './place.ts'
import { authorizationOf, hashOf, queryText } from './signature.ts'
import { elements, escaped, textOf } from './xml.ts'

/** The parts that a bucket is opened with. */
export interface BucketOptions {
  readonly place: S3Place
  /** Spreads the waits before other tries. */
  readonly random: Random
  /** The machine's clock, which signatures are dated by. */
  readonly nowMs: () => number
  readonly startTimer?: StartTimer | undefined
  readonly patience?: Patience | undefined
}

/** An object in a bucket, without the prefix; its age is by the clock of the server. */
export interface Found {
  readonly key: string
  readonly ageMs: number
}

/** An object that has been begun and not ended, by the number that the server gave it. */
export interface Begun extends Found {
  readonly uploadId: string
}

/** A stretch of an object, and the length of all of it. */
export interface Stretch {
  readonly bytes: Uint8Array
  readonly objectBytes: number
}

/** The operations on a bucket; each tries again what may go better. All reject with an {@link S3Failure}. */
export interface Bucket {
  /** Writes an object. @returns false if it must not be there, and is */
  put(key: string, bytes: Uint8Array, options?: { readonly ifAbsent: boolean }): Promise<boolean>
  /** Bytes of an object: fewer at its end, none behind it; undefined if it is missing. @param length 1 or more */
  read(key: string, offset: number, length: number): Promise<Stretch | undefined>
  /** Deletes objects; those that are missing are deleted already. */
  delete(keys: readonly string[]): Promise<void>
  /** Every object whose key begins so, in the order of the keys. */
  list(prefix: string): AsyncIterable<Found>
  /** Begins an object that comes in blocks. @returns the number of the upload */
  begin(key: string): Promise<string>
  /** Writes a block: they count from 1, and all but the last have {@link LEAST_BLOCK_BYTES} or more. @returns its mark */
  putBlock(key: string, uploadId: string, block: number, bytes: Uint8Array): Promise<string>
  /** Makes an object of its blocks. @param size of all together */
  end(key: string, uploadId: string, marks: readonly string[], size: number): Promise<void>
  /** Gives up an object that was begun. */
  abort(key: string, uploadId: string): Promise<void>
  /** Every object that was begun and not ended; none on servers that cannot tell. */
  listBegun(prefix: string): AsyncIterable<Begun>
  close(): void
}

/** S3 takes no smaller blocks, but for the last of an object. */
export const LEAST_BLOCK_BYTES: number = 5 * 1024 * 1024

const PATIENCE: Patience = { idleMs: 10_000, totalMs: 60_000 }
const TRIES = 4
const FIRST_WAIT_MS = 100
const MAX_WAIT_MS = 2_000
/** A page of a thousand names, or an error. */
const MAX_XML_BYTES = 4 * 1024 * 1024
const DELETED_AT_ONCE = 1_000
/** Answers of servers that do not list what was begun. */
const UNKNOWN_REQUEST: ReadonlySet<string> = new Set(['NotImplemented', 'MethodNotAllowed', '405', '501'])

interface Asked {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  readonly key?: string
  readonly query?: readonly (readonly [string, string])[]
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly maxBytes?: number
  /** Statuses of refusals that the caller expects. */
  readonly expected?: readonly number[]
}

const NOTHING = new Uint8Array()

/** Opens a bucket: no request is sent yet. */
export function openBucket(options: BucketOptions): Bucket {
  const { place, startTimer = machineTimer, patience = PATIENCE } = options
  const connections = openConnections(place.server, patience, startTimer)
  const ask = (asked: Asked): Promise<Answer> => askUntilAnswered(connections, options, asked)

  async function put(key: string, body: Uint8Array, { ifAbsent } = { ifAbsent: false }): Promise<boolean> {
    if (!ifAbsent) return (await ask({ method: 'PUT', key, body })).status === 200
    const headers = { 'if-none-match': '*' }
    const { status } = await ask({ method: 'PUT', key, body, headers, expected: [409, 412, 501] })
    // A server without conditions overwrites what another node has written in the same moment.
    return status === 501 ? await put(key, body) : status === 200
  }

  async function read(key: string, offset: number, length: number): Promise<Stretch | undefined> {
    const headers = { range: `bytes=${offset}-${offset + length - 1}` }
    const maxBytes = Math.max(length, MAX_XML_BYTES)
    const answer = await ask({ method: 'GET', key, headers, maxBytes, expected: [404, 416] })
    if (answer.status === 416) return { bytes: NOTHING, objectBytes: 0 }
    if (answer.status === 404) return unlessMissing(answer)
    const whole = /^bytes \d+-\d+\/(\d+)$/.exec(String(answer.headers['content-range']))?.[1]
    if (answer.status === 206 && whole !== undefined)
      return { bytes: answer.body, objectBytes: Number(whole) }
    throw new S3Failure('no-range', 'the server gave all of an object where a part was asked for')
  }

  async function remove(keys: readonly string[]): Promise<void> {
    const [only] = keys
    if (keys.length === 1 && only !== undefined) {
      await ask({ method: 'DELETE', key: only, expected: [404] }).then(unlessBucketMissing)
      return
    }
    for (let at = 0; at < keys.length; at += DELETED_AT_ONCE)
      await removeMany(keys.slice(at, at + DELETED_AT_ONCE))
  }

  async function removeMany(keys: readonly string[]): Promise<void> {
    const objects = keys.map((key) => `<Object><Key>${escaped(place.prefix + key)}</Key></Object>`)
    const body = Buffer.from(`<Delete><Quiet>true</Quiet>${objects.join('')}</Delete>`)
    const headers = { 'content-md5': createHash('md5').update(body).digest('base64') }
    failIfTold(await ask({ method: 'POST', query: [['delete', '']], headers, body }))
  }

  async function* list(prefix: string): AsyncIterable<Found> {
    for (let next: string | undefined = ''; next !== undefined; ) {
      const query: [string, string][] = [
        ['list-type', '2'],
        ['prefix', place.prefix + prefix],
      ]
      if (next !== '') query.push(['continuation-token', next])
      const answer: Answer = await ask({ method: 'GET', query })
      const xml = Buffer.from(answer.body).toString()
      for (const each of elements(xml, 'Contents')) yield foundIn(each, 'LastModified', answer)
      next = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined
    }
  }

  async function* listBegun(prefix: string): AsyncIterable<Begun> {
    for (let next: readonly [string, string][] | undefined = []; next !== undefined; ) {
      const answer: Answer | undefined = await askBegun([
        ['uploads', ''],
        ['prefix', place.prefix + prefix],
        ...next,
      ])
      if (answer === undefined) return
      const xml = Buffer.from(answer.body).toString()
      for (const each of elements(xml, 'Upload')) {
        yield { ...foundIn(each, 'Initiated', answer), uploadId: textOf(each, 'UploadId') ?? '' }
      }
      next = nextBegun(xml)
    }
  }

  async function askBegun(query: [string, string][]): Promise<Answer | undefined> {
    try {
      return await ask({ method: 'GET', query })
    } catch (error) {
      if (error instanceof S3Failure && UNKNOWN_REQUEST.has(error.reason)) return undefined
      throw error
    }
  }

  function foundIn(element: string, dated: string, { headers }: Answer): Found {
    const key = textOf(element, 'Key') ?? ''
    const writtenAtMs = Date.parse(textOf(element, dated) ?? '')
    const atMs = Date.parse(headers.date ?? '')
    return {
      key: key.slice(place.prefix.length),
      ageMs: (Number.isNaN(atMs) ? options.nowMs() : atMs) - writtenAtMs,
    }
  }

  async function begin(key: string): Promise<string> {
    const { body } = await ask({ method: 'POST', key, query: [['uploads', '']] })
    const uploadId = textOf(Buffer.from(body).toString(), 'UploadId')
    if (uploadId === undefined) throw new S3Failure('no-upload', 'the server began no upload')
    return uploadId
  }

  async function putBlock(key: string, uploadId: string, block: number, body: Uint8Array): Promise<string> {
    const query: [string, string][] = [
      ['partNumber', String(block)],
      ['uploadId', uploadId],
    ]
    const { headers } = await ask({ method: 'PUT', key, query, body })
    if (headers.etag === undefined) throw new S3Failure('no-etag', 'the server gave a block no mark')
    return headers.etag
  }

  async function end(key: string, uploadId: string, marks: readonly string[], size: number): Promise<void> {
    const blocks = marks.map(
      (mark, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(mark)}</ETag></Part>`,
    )
    const body = Buffer.from(`<CompleteMultipartUpload>${blocks.join('')}</CompleteMultipartUpload>`)
    const answer = await ask({ method: 'POST', key, query: [['uploadId', uploadId]], body, expected: [404] })
    // The answer to an earlier try may have been lost: then the object is there.
    if (answer.status === 404 && (await sizeOf(key)) !== size) throw failureOf(answer)
    // The server may say 200 long before it knows.
    if (answer.status !== 404) failIfTold(answer)
  }

  async function sizeOf(key: string): Promise<number | undefined> {
    const { status, headers } = await ask({ method: 'HEAD', key, expected: [404] })
    return status === 200 ? Number(headers['content-length']) : undefined
  }

  async function abort(key: string, uploadId: string): Promise<void> {
    await ask({ method: 'DELETE', key, query: [['uploadId', uploadId]], expected: [404] }).then(
      unlessBucketMissing,
    )
  }

  return { put, read, delete: remove, list, begin, putBlock, end, abort, listBegun, close: connections.close }
}

function nextBegun(xml: string): readonly [string, string][] | undefined {
  if (textOf(xml, 'IsTruncated') !== 'true') return undefined
  return [
    ['key-marker', textOf(xml, 'NextKeyMarker') ?? ''],
    ['upload-id-marker', textOf(xml, 'NextUploadIdMarker') ?? ''],
  ]
}

/** 404 is also the answer of a server that does not have the bucket. */
function unlessMissing(answer: Answer): undefined {
  const failure = failureOf(answer)
  if (failure.reason === 'NoSuchBucket') throw failure
  return undefined
}

function unlessBucketMissing(answer: Answer): void {
  if (answer.status === 404) unlessMissing(answer)
}

/** An answer with the status 200 may tell of an error in its body. */
function failIfTold(answer: Answer): void {
  if (textOf(Buffer.from(answer.body).toString(), 'Code') !== undefined) throw failureOf(answer)
}

/** Asks until the server answers, and not only says that it is busy; a few times. */
async function askUntilAnswered(
  connections: Connections,
  { place, nowMs, random, startTimer = machineTimer }: BucketOptions,
  asked: Asked,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await askOnce(connections, place, nowMs(), asked).catch((error: unknown) =>
      unreachable(error),
    )
    if (!(outcome instanceof S3Failure) && !isBusy(outcome)) {
      if (outcome.status < 300 || asked.expected?.includes(outcome.status)) return outcome
      throw failureOf(outcome)
    }
    if (attempt === TRIES) throw outcome instanceof S3Failure ? outcome : failureOf(outcome)
    await new Promise<void>((resolve) => startTimer(resolve, waitMs(attempt, random)))
  }
}

function unreachable(error: unknown): S3Failure {
  const why = error instanceof Error ? error.message || errnoOf(error) : String(error)
  return new S3Failure('unreachable', why, { cause: error })
}

/** Amazon answers RequestTimeout with 400, and SlowDown with 503. */
function isBusy(answer: Answer): boolean {
  const { status } = answer
  if (status === 400) return failureOf(answer).reason === 'RequestTimeout'
  return status === 429 || (status >= 500 && status !== 501 && status !== 507)
}

/** Twice as long each time, less up to a half, so that not all that were refused come again together. */
function waitMs(attempt: number, random: Random): number {
  const longestMs = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1))
  const share = Buffer.from(random(4)).readUInt32BE() / 2 ** 32
  return longestMs * (1 - share / 2)
}

async function askOnce(
  connections: Connections,
  place: S3Place,
  nowMs: number,
  { method, key, query = [], headers = {}, body = NOTHING, maxBytes = MAX_XML_BYTES }: Asked,
): Promise<Answer> {
  const { server, bucket, prefix, isPathStyle, keys, region } = place
  const path = `${isPathStyle ? `/${bucket}` : ''}/${key === undefined ? '' : prefix + key}`
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const bodyHash = hashOf(body)
  const signed: Record<string, string> = {
    ...headers,
    host: server.host,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': time,
    ...(keys.sessionToken !== undefined && { 'x-amz-security-token': keys.sessionToken }),
  }
  const unsigned = { method, path, query, headers: signed, bodyHash }
  const authorization = authorizationOf(unsigned, { keys, region, service: 's3', time })
  const url = new URL(`${path}${query.length > 0 ? `?${queryText(query)}` : ''}`, server)
  const length = method === 'PUT' || method === 'POST' ? { 'content-length': String(body.length) } : {}
  return await connections.exchange({
    method,
    url,
    headers: { ...signed, ...length, authorization },
    body,
    maxBytes,
  })
}
