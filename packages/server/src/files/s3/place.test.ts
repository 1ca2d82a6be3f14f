import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '@cablegram/tl'
import { isS3Address, type S3Options, s3PlaceOf } from './place.ts'

const KEYS = { accessKeyId: 'id', secretAccessKey: 'very secret' }

function shown(address: string, options: S3Options = KEYS): string {
  const { server, bucket, prefix, region, isPathStyle } = s3PlaceOf(address, options)
  return `${server.origin} ${isPathStyle ? `/${bucket}` : 'host'} ${prefix || '-'} ${region}`
}

test('an address names a bucket, a prefix, a server and a region', () => {
  for (const [address, options, expected] of [
    ['s3://photos', {}, 'https://photos.s3.us-east-1.amazonaws.com host - us-east-1'],
    ['s3://photos/a/b/', {}, 'https://photos.s3.us-east-1.amazonaws.com host a/b/ us-east-1'],
    ['s3://photos', { region: 'eu-west-3' }, 'https://photos.s3.eu-west-3.amazonaws.com host - eu-west-3'],
    ['s3://my.photos', {}, 'https://s3.us-east-1.amazonaws.com /my.photos - us-east-1'],
    ['s3://photos?region=cn-north-1', {}, 'https://photos.s3.cn-north-1.amazonaws.com.cn host - cn-north-1'],
    ['s3://photos/x?endpoint=http://10.0.0.1:9000', {}, 'http://10.0.0.1:9000 /photos x/ us-east-1'],
    ['s3://photos', { endpoint: 'https://s3.example.org/' }, 'https://s3.example.org /photos - us-east-1'],
    ['s3://photos?endpoint=http://a&region=b', { endpoint: 'http://c', region: 'd' }, 'http://a /photos - b'],
  ] as const) {
    assert.equal(shown(address, { ...KEYS, ...options }), expected)
  }
})

test('a bucket is told from a folder', () => {
  assert.deepEqual(['s3://photos', 'S3://photos', './s3', '/var/lib/s3:/x'].map(isS3Address), [
    true,
    true,
    false,
    false,
  ])
})

test('an address that is wrong is refused, and not repeated', () => {
  for (const address of [
    's3://',
    's3://ab',
    's3://Under_score',
    's3://photos/a b',
    's3://photos/ä',
    's3://photos?regoin=x',
    's3://photos?region=a/b',
    's3://photos#x',
    's3://photos?endpoint=minio:9000',
    's3://photos?endpoint=http://minio/path',
    's3://photos?endpoint=http://user:pass@minio',
    's3://id:hidden@photos',
  ]) {
    assert.throws(
      () => s3PlaceOf(address, KEYS),
      (error) =>
        error instanceof UsageError &&
        error.code === 'FILES_INVALID' &&
        /--files s3:/.test(error.message) &&
        !/hidden|pass/.test(error.message),
      address,
    )
  }
})

test('a bucket without keys is refused with the names of the variables', () => {
  for (const keys of [{}, { accessKeyId: 'id' }, { ...KEYS, secretAccessKey: '' }]) {
    assert.throws(
      () => s3PlaceOf('s3://photos', keys),
      (error) =>
        error instanceof UsageError &&
        error.code === 'FILES_KEYS_MISSING' &&
        /AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/.test(error.message),
    )
  }
})
