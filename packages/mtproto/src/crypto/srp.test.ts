// Full rounds: it compares with vectors.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import vectors from '../../../../test/vectors/srp.json' with { type: 'json' }
import { SecurityError } from '../errors.ts'
import { bytesToHex, hexToBytes } from './bytes.ts'
import {
  derivePasswordHash,
  derivePasswordVerifier,
  isPasswordProven,
  makeNewPassword,
  makeSrpChallenge,
  type PasswordAlgo,
  provePassword,
} from './srp.ts'

interface AlgoVector {
  readonly salt1: string
  readonly salt2: string
  readonly g: number
  readonly p: string
}

for (const vector of vectors.cases) {
  test(`the password of ${vector.name} is proven and checked as in the vector`, () => {
    const algo = algoOf(vector)
    const v = derivePasswordVerifier(vector.password, algo)
    assert.equal(bytesToHex(derivePasswordHash(vector.password, algo)), vector.x_ph2)
    assert.equal(bytesToHex(v), vector.v)
    const challenge = makeSrpChallenge(algo, v, () => hexToBytes(vector.b))
    assert.equal(bytesToHex(challenge.srpB), vector.srp_B)
    const proof = provePassword(vector.password, algo, challenge.srpB, () => hexToBytes(vector.a))
    assert.deepEqual([bytesToHex(proof.a), bytesToHex(proof.m1)], [vector.A, vector.M1])
    assert.equal(isPasswordProven(algo, v, challenge, proof), true)
  })
}

test('a wrong password fails its check', () => {
  const { wrong_password } = vectors
  const vector = vectors.cases.find(({ name }) => name === wrong_password.case)
  assert.ok(vector)
  const algo = algoOf(vector)
  const challenge = { b: hexToBytes(vector.b), srpB: hexToBytes(vector.srp_B) }
  const proof = provePassword(wrong_password.password, algo, challenge.srpB, () => hexToBytes(vector.a))
  assert.equal(bytesToHex(proof.m1), wrong_password.M1)
  assert.equal(isPasswordProven(algo, hexToBytes(vector.v), challenge, proof), false)
})

test('a new password is hashed with the client’s random bytes appended to the salt', () => {
  const vector = vectors.new_password
  const offered = algoOf({ ...vector, salt1: vector.new_algo_salt1 })
  const made = makeNewPassword(vector.password, offered, () => hexToBytes(vector.client_random32))
  assert.equal(bytesToHex(made.algo.salt1), vector.salt1_sent)
  assert.equal(bytesToHex(made.hash), vector.new_password_hash)
})

test('a proof that needs no password is refused', () => {
  const [vector] = vectors.cases
  assert.ok(vector)
  const algo = algoOf(vector)
  const challenge = { b: hexToBytes(vector.b), srpB: hexToBytes(vector.srp_B) }
  const m1 = hexToBytes(vector.M1)
  for (const a of [new Uint8Array(0), new Uint8Array(256), algo.p, new Uint8Array(257).fill(1)]) {
    assert.equal(isPasswordProven(algo, hexToBytes(vector.v), challenge, { a, m1 }), false)
  }
  const proof = { a: hexToBytes(vector.A), m1: m1.subarray(1) }
  assert.equal(isPasswordProven(algo, hexToBytes(vector.v), challenge, proof), false)
})

test('a client refuses a challenge with invalid numbers', () => {
  const [vector] = vectors.cases
  assert.ok(vector)
  const algo = algoOf(vector)
  const random = () => hexToBytes(vector.a)
  for (const srpB of [new Uint8Array(256), algo.p, new Uint8Array(0), new Uint8Array(257).fill(1)]) {
    assert.throws(() => provePassword('x', algo, srpB, random), SecurityError)
  }
  assert.throws(() => provePassword('x', { ...algo, g: 2 }, hexToBytes(vector.srp_B), random), SecurityError)
})

function algoOf({ salt1, salt2, g, p }: AlgoVector): PasswordAlgo {
  return { salt1: hexToBytes(salt1), salt2: hexToBytes(salt2), g, p: hexToBytes(p) }
}
