import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../../../../test/vectors/pq.json' with { type: 'json' }
import { ProtocolError } from '../errors.ts'
import { bigIntToBytes, bytesToBigInt, bytesToHex, hexToBytes } from './bytes.ts'
import { factorPq, makePq } from './pq.ts'

for (const { name, pq, p, q } of vectors.cases) {
  test(`pq of the vector ${name} is factored`, () => {
    const factors = factorPq(hexToBytes(pq))
    assert.deepEqual([bytesToHex(factors.p), bytesToHex(factors.q)], [p, q])
  })
}

test('a client factors what a server makes', () => {
  let seed = 1
  const random = (length: number) =>
    Uint8Array.from({ length }, () => {
      seed = Math.imul(seed, 1664525) + 1013904223
      return seed >>> 24
    })
  for (let i = 0; i < 20; i++) {
    const { pq, p, q } = makePq(random)
    assert.ok(bytesToBigInt(p) < bytesToBigInt(q))
    assert.deepEqual(factorPq(pq), { p, q })
  }
})

test('every product is factored, squares and small numbers included', () => {
  const factor = fc.bigInt({ min: 2n, max: (1n << 31n) - 1n })
  const isSplit = (pq: bigint) => {
    const { p, q } = factorPq(bigIntToBytes(pq))
    const [low, high] = [bytesToBigInt(p), bytesToBigInt(q)]
    assert.ok(low > 1n && low <= high)
    assert.equal(low * high, pq)
  }
  fc.assert(
    fc.property(factor, factor, (a, b) => isSplit(a * b)),
    { numRuns: 50 },
  )
  fc.assert(
    fc.property(factor, (a) => isSplit(a * a)),
    { numRuns: 20 },
  )
  for (let small = 4n; small < 3000n; small++) {
    const isComposite = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n, 43n, 47n, 53n].some(
      (prime) => small !== prime && small % prime === 0n,
    )
    if (isComposite) isSplit(small)
  }
  // Two primes side by side, the largest squares of primes, and a factor that is a multiplier's.
  isSplit(2147483629n * 2147483647n)
  isSplit(3037000493n * 3037000493n)
  isSplit(1155n * 2147483647n)
})

test('a pq that is not a product is refused in bounded time', () => {
  const largestPrime = (1n << 63n) - 25n
  for (const pq of [0n, 1n, 2n, 3n, 97n, 2147483647n, largestPrime, (1n << 63n) + 1n, (1n << 64n) - 1n]) {
    assert.throws(
      () => factorPq(bigIntToBytes(pq)),
      (error) => error instanceof ProtocolError && error.code === 'PQ_INVALID',
    )
  }
  assert.throws(() => factorPq(new Uint8Array(0)), ProtocolError)
  assert.throws(() => factorPq(new Uint8Array(1000).fill(0xff)), ProtocolError)
})
