// Own process: it replaces functions of node:crypto.
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { test } from 'node:test'
import type { Pair as PairClass } from '../properties/pair.ts'

/** Behaves like Bun and Deno. Set before anything is imported that could try. */
let refusals = 0
crypto.publicEncrypt = () => {
  refusals += 1
  throw new Error('RSA: the public exponent is too large')
}
const { Pair }: { Pair: typeof PairClass } = await import('../properties/pair.ts')
const { isPasswordProven, makeNewPassword, makeSrpChallenge, provePassword, DH_PRIME } = await import(
  './index.ts'
)

const random = (length: number) => new Uint8Array(crypto.randomBytes(length))

test('a runtime whose RSA refuses large exponents makes and binds keys and calls under them', () => {
  const pair = new Pair({ pfs: { expiresInS: 3600 }, withoutKey: true })
  const callId = pair.call()
  assert.deepEqual(pair.answered, [callId])
  assert.deepEqual(pair.events, [])
  assert.equal(refusals, 1, 'it was tried once')
})

test('a runtime whose RSA refuses large exponents proves passwords', () => {
  const offered = { salt1: random(8), salt2: random(16), g: 3, p: DH_PRIME }
  const { algo, hash } = makeNewPassword('secret', offered, random)
  const challenge = makeSrpChallenge(algo, hash, random)
  const prove = (password: string) =>
    isPasswordProven(algo, hash, challenge, provePassword(password, algo, challenge.srpB, random))
  assert.deepEqual([prove('secret'), prove('wrong')], [true, false])
})
