import { UsageError } from '@cablegram/tl'

/** The keys to a bucket, and where it is, as far as the address does not say. */
export interface S3Options {
  readonly accessKeyId?: string | undefined
  readonly secretAccessKey?: string | undefined
  /** Of keys that end. */
  readonly sessionToken?: string | undefined
  /** Default `us-east-1`, which most servers that are not Amazon's accept. */
  readonly region?: string | undefined
  /** The server, such as `https://minio.example.org:9000`. Default: Amazon's of the region. */
  readonly endpoint?: string | undefined
}

/** The secrets that requests are signed with. */
export interface S3Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string | undefined
}

/** A bucket and the beginning of all names in it. */
export interface S3Place {
  /** Without a path. */
  readonly server: URL
  readonly bucket: string
  /** Before every key: empty, or with a slash at its end. */
  readonly prefix: string
  readonly region: string
  /** The bucket is the first step of the path, and not a part of the host's name. */
  readonly isPathStyle: boolean
  readonly keys: S3Keys
}

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
/** Every server takes these characters in keys, and no signature has to encode them. */
const PREFIX = /^(?:[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)?$/
const REGION = /^[a-z0-9-]{1,64}$/
const DEFAULT_REGION = 'us-east-1'

/** Tells whether `--files` names a bucket, and not a folder. */
export function isS3Address(files: string): boolean {
  return /^s3:/i.test(files)
}

/**
 * Reads `s3://BUCKET/PREFIX?endpoint=URL&region=NAME`; the prefix and what follows may be missing.
 *
 * @throws {UsageError} FILES_INVALID, FILES_KEYS_MISSING
 */
export function s3PlaceOf(address: string, options: S3Options): S3Place {
  const url = parseUrl(address)
  if (url === undefined || url.protocol !== 's3:' || url.hash !== '') throw invalid('it is not s3://BUCKET')
  if (url.username !== '' || url.password !== '')
    throw invalid('keys do not belong in it, but in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY')
  const bucket = url.host
  if (!BUCKET.test(bucket)) throw invalid('the name of a bucket has 3 to 63 of a-z, 0-9, - and .')
  const prefix = url.pathname.replace(/^\/|\/$/g, '')
  if (!PREFIX.test(prefix)) throw invalid('a prefix has letters, digits, . _ - and / only')
  for (const name of url.searchParams.keys())
    if (name !== 'endpoint' && name !== 'region')
      throw invalid(`it may have endpoint and region, not ${name}`)
  const region = url.searchParams.get('region') ?? options.region ?? DEFAULT_REGION
  if (!REGION.test(region)) throw invalid('the region is not one')
  const endpoint = url.searchParams.get('endpoint') ?? options.endpoint
  const found = endpoint === undefined ? amazon(bucket, region) : otherServer(endpoint)
  return { ...found, bucket, prefix: prefix && `${prefix}/`, region, keys: keysOf(options) }
}

/** The certificates of Amazon are for one label before the region: a bucket with a dot goes into the path. */
function amazon(bucket: string, region: string): Pick<S3Place, 'server' | 'isPathStyle'> {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const host = `s3.${region}.${domain}`
  const isPathStyle = bucket.includes('.')
  return { server: new URL(`https://${isPathStyle ? '' : `${bucket}.`}${host}`), isPathStyle }
}

function otherServer(endpoint: string): Pick<S3Place, 'server' | 'isPathStyle'> {
  const url = parseUrl(endpoint)
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.pathname !== '/')
    throw invalid('the endpoint is the address of a server, such as https://minio.example.org:9000')
  if (url.username !== '' || url.password !== '' || url.search !== '')
    throw invalid('the endpoint has an address only')
  return { server: new URL(url.origin), isPathStyle: true }
}

function keysOf({ accessKeyId, secretAccessKey, sessionToken }: S3Options): S3Keys {
  if (accessKeyId && secretAccessKey)
    return { accessKeyId, secretAccessKey, sessionToken: sessionToken || undefined }
  throw new UsageError(
    'FILES_KEYS_MISSING',
    'The bucket for files needs keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give startServer the option s3.',
  )
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** The address is not repeated: a secret that was put there by mistake would be in the log. */
function invalid(why: string): UsageError {
  return new UsageError(
    'FILES_INVALID',
    `Invalid address of the files (${why}): give --files s3://BUCKET/PREFIX?endpoint=URL&region=NAME, or a folder.`,
  )
}
