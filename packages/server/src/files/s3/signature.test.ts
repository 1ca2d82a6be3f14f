/** The examples that Amazon publishes: of its suite for signatures, and of the guide to S3. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorizationOf, hashOf, type Unsigned } from './signature.ts'

const SUITE = {
  keys: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  service: 'service',
  time: '20150830T123600Z',
}
const S3 = {
  keys: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  service: 's3',
  time: '20130524T000000Z',
}
const NO_BODY = hashOf('')

function ofSuite(more: Partial<Unsigned>): string {
  const headers = { host: 'example.amazonaws.com', 'x-amz-date': SUITE.time, ...more.headers }
  const request = { method: 'GET', path: '/', query: [], bodyHash: NO_BODY, ...more, headers }
  return authorizationOf(request, SUITE)
}

function ofS3(more: Partial<Unsigned>): string {
  const { bodyHash = NO_BODY } = more
  const headers = {
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': S3.time,
    ...more.headers,
  }
  return authorizationOf({ method: 'GET', path: '/', query: [], ...more, bodyHash, headers }, S3)
}

const CASES: readonly [string, string, string][] = [
  ['get-vanilla', ofSuite({}), '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
  [
    'get-vanilla-query-order-key-case',
    ofSuite({
      query: [
        ['Param2', 'value2'],
        ['Param1', 'value1'],
      ],
    }),
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'post-vanilla',
    ofSuite({ method: 'POST' }),
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'get an object, with a range',
    ofS3({ path: '/test.txt', headers: { range: 'bytes=0-9' } }),
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'put an object',
    ofS3({
      method: 'PUT',
      path: '/test%24file.text',
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      bodyHash: hashOf('Welcome to Amazon S3.'),
    }),
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'get the lifecycle of a bucket',
    ofS3({ query: [['lifecycle', '']] }),
    'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
  ],
  [
    'list objects',
    ofS3({
      query: [
        ['max-keys', '2'],
        ['prefix', 'J'],
      ],
    }),
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
]

for (const [title, authorization, signature] of CASES) {
  test(`the published signature: ${title}`, () => {
    assert.match(authorization, new RegExp(`, Signature=${signature}$`))
  })
}

test('the header names the key, the day, the region, the service and the headers', () => {
  assert.equal(
    ofSuite({}),
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  )
})
