import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import fc from 'fast-check'
import { bytesToHex, concatBytes, hexToBytes } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import { decodeRpcResult, encodeRpcResult, isPacked, pack, unpackBody } from './packed.ts'

test('a body is packed only if that makes it smaller', () => {
  const repeated = new Uint8Array(100_000).fill(3)
  const packed = pack(repeated)
  assert.ok(isPacked(packed) && packed.length < 1000 && packed.length % 4 === 0)
  assert.deepEqual(unpackBody(packed, 100_000), repeated)
  const noise = Uint8Array.from({ length: 400 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24)
  assert.equal(pack(noise), noise)
  const short = new Uint8Array(252)
  assert.equal(pack(short), short)
  assert.equal(unpackBody(short, 10), short)
})

test('lengths of one and four bytes are read, and zlib streams as well as gzip', () => {
  const data = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 5)
  const zlib = new Uint8Array(deflateSync(data))
  assert.ok(zlib.length > 253)
  const long = concatBytes(hexToBytes('a1cf7230fe'), Uint8Array.of(zlib.length, zlib.length >> 8, 0), zlib)
  assert.deepEqual(unpackBody(long, 5000), data)
  const few = new Uint8Array(deflateSync(new Uint8Array(40)))
  assert.deepEqual(
    unpackBody(concatBytes(hexToBytes('a1cf7230'), Uint8Array.of(few.length), few), 40),
    new Uint8Array(40),
  )
})

test('packed data that is too large, cut short or invalid is a typed error', () => {
  const bomb = pack(new Uint8Array(1_000_000))
  assert.throws(() => unpackBody(bomb, 1000), isProtocolError('GZIP_TOO_LARGE'))
  assert.throws(() => unpackBody(bomb.subarray(0, 20), 1000), isProtocolError('GZIP_INVALID'))
  for (const hex of ['a1cf7230', 'a1cf7230ff', 'a1cf7230feffffff', 'a1cf723004000000']) {
    assert.throws(() => unpackBody(hexToBytes(hex), 1000), isProtocolError('GZIP_INVALID'))
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const body = concatBytes(hexToBytes('a1cf7230'), bytes)
      try {
        assert.ok(unpackBody(body, 1000).length <= 1000)
      } catch (error) {
        assert.ok(error instanceof ProtocolError)
      }
    }),
    { numRuns: 200 },
  )
})

test('an rpc_result holds the id of its request and the result', () => {
  const body = encodeRpcResult(-2n, hexToBytes('b5757299'))
  assert.equal(bytesToHex(body), '016d5cf3feffffffffffffffb5757299')
  const { reqMsgId, result } = decodeRpcResult(body)
  assert.deepEqual([reqMsgId, bytesToHex(result)], [-2n, 'b5757299'])
  assert.throws(() => decodeRpcResult(body.subarray(0, 12)), isProtocolError('RPC_RESULT_INVALID'))
})

function isProtocolError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ProtocolError && error.code === code
}
