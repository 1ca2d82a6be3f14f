import type { ServerOptions } from '@cablegram/server'

/** The keys to a bucket, in the variables that other programs read them from: the list of processes does not show these. */
export function bucketKeys(env: Readonly<Record<string, string | undefined>>): ServerOptions['s3'] {
  const first = (...names: string[]) => names.map((name) => env[name]).find(Boolean)
  return {
    accessKeyId: first('AWS_ACCESS_KEY_ID'),
    secretAccessKey: first('AWS_SECRET_ACCESS_KEY'),
    sessionToken: first('AWS_SESSION_TOKEN'),
    region: first('AWS_REGION', 'AWS_DEFAULT_REGION'),
    endpoint: first('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'),
  }
}
