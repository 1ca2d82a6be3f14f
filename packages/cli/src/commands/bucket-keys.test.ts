import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bucketKeys } from './bucket-keys.ts'

test('the keys to a bucket are in the variables of other programs', () => {
  const none = { accessKeyId: undefined, secretAccessKey: undefined, sessionToken: undefined }
  assert.deepEqual(bucketKeys({ AWS_REGION: '' }), { ...none, region: undefined, endpoint: undefined })
  assert.deepEqual(
    bucketKeys({
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_SESSION_TOKEN: 'token',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://a',
      AWS_ENDPOINT_URL_S3: 'http://b',
    }),
    {
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      sessionToken: 'token',
      region: 'eu-west-1',
      endpoint: 'http://b',
    },
  )
})
