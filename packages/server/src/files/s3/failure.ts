import { UsageError } from '@cablegram/tl'
import { StoreError } from '../../database/errors.ts'
import type { Answer } from './exchange.ts'
import type { S3Place } from './place.ts'
import { textOf } from './xml.ts'

/** A request that failed: the server refused it, or gave no answer however often it was asked. */
export class S3Failure extends Error {
  override readonly name = 'S3Failure'
  /** The server's word for it, such as `NoSuchBucket`; the status where it has none; `unreachable`. */
  readonly reason: string
  /** The region that the bucket is in, where the server says so. */
  readonly region: string | undefined

  constructor(reason: string, message: string, options?: ErrorOptions & { region?: string | undefined }) {
    super(message, options)
    this.reason = reason
    this.region = options?.region
  }
}

const SHOWN_LENGTH = 200

/** The failure that an answer tells of. Nothing of the request is repeated. */
export function failureOf({ status, headers, body }: Answer): S3Failure {
  const xml = Buffer.from(body).toString()
  const reason = textOf(xml, 'Code') ?? String(status)
  const told = textOf(xml, 'Message')?.slice(0, SHOWN_LENGTH)
  const inHeader = headers['x-amz-bucket-region']
  const region = textOf(xml, 'Region') ?? (typeof inHeader === 'string' ? inHeader : undefined)
  return new S3Failure(reason, `${reason}${told ? `: ${told}` : ''}`, { region })
}

const FULL: ReadonlySet<string> = new Set([
  'QuotaExceeded',
  'XMinioStorageFull',
  'XMinioAdminBucketQuotaExceeded',
  'InsufficientStorage',
  '507',
])
/** A failure as an error of the store. Others, such as those of the pieces, stay as they are. */
export function storeErrorOf(error: unknown): unknown {
  if (!(error instanceof S3Failure)) return error
  const code = FULL.has(error.reason) ? 'STORE_FULL' : 'STORE_FAILED'
  return new StoreError(code, `the bucket of files cannot be used: ${error.message}`, { cause: error })
}

/** The sentence that a start ends with if the bucket cannot be used, and its next step. */
export function startErrorOf(error: unknown, { bucket, region, server }: S3Place): unknown {
  if (!(error instanceof S3Failure)) return error
  const next =
    error.region !== undefined && error.region !== region ? inRegion(error.region) : NEXT[error.reason]
  return new UsageError(
    'FILES_UNUSABLE',
    `The bucket ${bucket} for files at ${server.host} cannot be used (${error.message}): ${next ?? DEFAULT_NEXT}`,
    { cause: error },
  )
}

function inRegion(region: string): string {
  return `it is in the region ${region}: set AWS_REGION, or write ?region=${region} behind --files.`
}

const CHECK_KEYS = 'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
const DEFAULT_NEXT = 'check the address behind --files.'
const RIGHTS =
  'these keys need the right to list the bucket, and to read, write and delete objects: s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject.'
const NEXT: Readonly<Record<string, string>> = {
  unreachable: 'start the server, or mend the network or the endpoint.',
  NoSuchBucket: 'make the bucket, or name another one with --files.',
  InvalidAccessKeyId: CHECK_KEYS,
  SignatureDoesNotMatch: CHECK_KEYS,
  InvalidToken: 'check AWS_SESSION_TOKEN.',
  ExpiredToken: 'get new keys; those of AWS_SESSION_TOKEN have ended.',
  RequestTimeTooSkewed: 'the clocks of this machine and of the server differ: set them by NTP.',
  AccessDenied: RIGHTS,
  AllAccessDisabled: RIGHTS,
  403: RIGHTS,
}
