import assert from 'node:assert/strict'
import { test } from 'node:test'
import exchange from '../../../../test/vectors/auth-key.json' with { type: 'json' }
import vectors from '../../../../test/vectors/dh-checks.json' with { type: 'json' }
import { SecurityError } from '../errors.ts'
import { bigIntToBytes, bytesToBigInt, bytesToHex, hexToBytes } from './bytes.ts'
import { checkDhParams, checkDhPublic, DH_GENERATOR, DH_PRIME } from './dh.ts'
import { modPow } from './mod-pow.ts'

test("the shipped prime is Telegram's", () => {
  assert.equal(bytesToHex(DH_PRIME), vectors.known_good_prime)
  checkDhParams(DH_PRIME, DH_GENERATOR)
})

for (const { g, ok, p_mod } of vectors.generators_for_this_prime) {
  test(`g = ${g} is ${ok ? 'valid' : 'invalid'} for p = ${p_mod}`, () => {
    if (ok) checkDhParams(DH_PRIME, g)
    else assert.throws(() => checkDhParams(DH_PRIME, g), isSecurityError('DH_GENERATOR_INVALID'))
  })
}

for (const { name, value, ok } of vectors.range_checks) {
  test(`the public value ${name} is ${ok ? 'accepted' : 'refused'}`, () => {
    const check = () => checkDhPublic(hexToBytes(value), DH_PRIME)
    if (ok) check()
    else assert.throws(check, isSecurityError('DH_PUBLIC_INVALID'))
  })
}

test('a number that is not a safe prime of 2048 bits is refused', () => {
  const p = bytesToBigInt(DH_PRIME)
  const check = (prime: bigint, g: number) => () => checkDhParams(bigIntToBytes(prime), g)
  assert.throws(check(p >> 1n, 3), isSecurityError('DH_PRIME_INVALID'))
  assert.throws(check(p << 1n, 4), isSecurityError('DH_PRIME_INVALID'))
  assert.throws(check(p - 2n, 4), isSecurityError('DH_PRIME_INVALID'))
  assert.throws(check(p, 0), isSecurityError('DH_GENERATOR_INVALID'))
  assert.throws(check(p, 8), isSecurityError('DH_GENERATOR_INVALID'))
})

for (const transcript of exchange.transcripts) {
  test(`both sides of ${transcript.name} compute the same key`, () => {
    const [a, p, g] = [hexToBytes(transcript.a), hexToBytes(transcript.dh_prime), Uint8Array.of(transcript.g)]
    assert.equal(hexPower(g, a, p), transcript.g_a)
    for (const { b, g_b, auth_key } of transcript.attempts) {
      assert.equal(hexPower(g, hexToBytes(b), p), g_b)
      assert.equal(hexPower(hexToBytes(g_b), a, p), auth_key)
      assert.equal(hexPower(hexToBytes(transcript.g_a), hexToBytes(b), p), auth_key)
    }
  })
}

test('fast powers agree with repeated multiplication, also at the edges', () => {
  const p = bytesToBigInt(DH_PRIME)
  assert.equal(modPow(2n, 10n, 1000n), 24n)
  assert.equal(modPow(7n, 0n, 13n), 1n)
  assert.equal(modPow(0n, 1n << 70n, p), 0n)
  assert.equal(modPow(1n, 1n << 70n, p), 1n)
  assert.equal(modPow(p - 1n, (1n << 70n) + 1n, p), p - 1n)
  // Fermat: x^(p-1) = 1, and exponents beyond p are counted modulo p - 1.
  assert.equal(modPow(12345n, p - 1n, p), 1n)
  assert.equal(modPow(12345n, p + 1n, p), 12345n * 12345n)
  assert.equal(modPow(p + 5n, 3n, p), 125n)
})

/** A power as hex, as long as the modulus. */
function hexPower(base: Uint8Array, exponent: Uint8Array, modulus: Uint8Array): string {
  const power = modPow(bytesToBigInt(base), bytesToBigInt(exponent), bytesToBigInt(modulus))
  return bytesToHex(bigIntToBytes(power, modulus.length))
}

function isSecurityError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof SecurityError && error.code === code
}
