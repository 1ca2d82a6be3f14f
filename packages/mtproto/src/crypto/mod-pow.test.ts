import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rng } from '../testing/rng.ts'
import { bytesToBigInt } from './bytes.ts'
import { DH_PRIME } from './dh.ts'
import { createModPow, modPow } from './mod-pow.ts'
import type { NativePower } from './native.ts'
import { isPrime, native } from './primitives.ts'

const modPowNative = native.modPow ?? assert.fail('Node has one')

const P = bytesToBigInt(DH_PRIME)
const random = new Rng(1)
const big = (length: number) => bytesToBigInt(random.bytes(length))

/** Runtimes by the behaviour of their RSA with a large exponent. */
const RUNTIMES: Readonly<Record<string, NativePower>> = {
  'does it': modPowNative,
  throws: () => {
    throw new Error('the exponent is too large')
  },
  'throws for this exponent only': (base, exponent, modulus) => {
    if (exponent.length < 100) throw new Error('refused')
    return modPowNative(base, exponent, modulus)
  },
  'cuts the exponent off': (base, exponent, modulus) => modPowNative(base, exponent.subarray(-4), modulus),
  'gives the base back': (base) => base,
  'gives nothing': () => new Uint8Array(0),
  'gives zeros': (base) => new Uint8Array(base.length),
}

/** Powers of every size, with the results of the slow way. */
const POWERS = (
  [
    [3n, big(256), P],
    [3n, big(256) % P, P],
    [big(300), big(40), P],
    [big(256), 65537n, P],
    [0n, big(256), P],
    [1n, big(256), P],
    [big(20), big(20), (1n << 200n) + 1n],
    [big(20), big(20), 1n << 200n],
    [big(400), big(400), (1n << 3100n) + 1n],
  ] as const
).map(([base, exponent, modulus]) => ({ base, exponent, modulus, expected: modPow(base, exponent, modulus) }))

for (const [name, native] of Object.entries(RUNTIMES)) {
  test(`powers are correct if the runtime's RSA ${name}`, () => {
    const power = createModPow(native)
    for (const { base, exponent, modulus, expected } of POWERS) {
      assert.equal(power(base, exponent, modulus), expected)
    }
    assert.equal(power(4n, (P - 1n) >> 1n, P), 1n)
  })
}

test("one trial decides whether to use the runtime's RSA", () => {
  let calls = 0
  const power = createModPow(() => {
    calls += 1
    throw new Error('refused')
  })
  for (let i = 0; i < 3; i++) power(3n, 1n << 70n, P)
  assert.equal(calls, 1)
})

test('the trial modulus is a prime', () => {
  const prime = new Uint8Array(256).fill(0xff)
  prime.set([0xe2, 0x5c, 0xef], 253)
  assert.equal(bytesToBigInt(prime), (1n << 2048n) - 1_942_289n)
  assert.ok(isPrime(prime))
})
