import { ok } from 'node:assert'
import {
  DH_PRIME,
  derivePasswordVerifier,
  isPasswordProven,
  makeSrpChallenge,
} from '@cablegram/mtproto/crypto'
import { createSecret } from '../../../packages/server/src/database/secret.ts'
import { emailPattern } from '../../../packages/server/src/ground/email-pattern.ts'
import { checkEmail } from '../../../packages/server/src/rules/emails/email-address.ts'
import { checkNewPassword, saltsFor } from '../../../packages/server/src/rules/passwords/new-password.ts'
import { algoOf } from '../../../packages/server/src/rules/passwords/password-proofs.ts'
import type { Rng } from '../../simulation/rng.ts'
import { attempt, join, pick, poolRandom, readOps, type Target, writeOps } from '../target.ts'

const USER_ID = 1n
const M1_BYTES = 32
const random = poolRandom()
const on = { store: { secret: createSecret(new Uint8Array(32), random) }, random }
const salts = saltsFor(on, USER_ID)
const algo = algoOf(salts)
const verifier = derivePasswordVerifier('correct horse', algo)
const challenge = makeSrpChallenge(algo, verifier, random)
const goodSalt = join(salts.salt1, new Uint8Array(32))

/** The client's side of passwords: answers, salts, verifiers, addresses. */
export const twoStep: Target = {
  name: 'two-step',
  words: [
    DH_PRIME,
    challenge.srpB,
    verifier,
    salts.salt1,
    salts.salt2,
    Uint8Array.from(Buffer.from('@a.bc')),
  ],
  make(rng: Rng) {
    const payload = pick(rng, [goodSalt, DH_PRIME, verifier, join(DH_PRIME, rng.bytes(M1_BYTES))])
    return writeOps([
      { kind: rng.between(0, 3), payload },
      { kind: rng.between(0, 3), payload: rng.bytes(rng.between(0, 300)) },
    ])
  },
  run(input) {
    for (const { kind, payload } of readOps(input)) KINDS[kind % KINDS.length]?.(payload)
  },
}

const KINDS: readonly ((payload: Uint8Array) => void)[] = [
  (payload) => {
    const [a, m1] = [payload.slice(0, -M1_BYTES), payload.slice(-M1_BYTES)]
    ok(!isPasswordProven(algo, verifier, challenge, { a, m1 }), 'proven without the password')
  },
  (payload) => {
    const sent = { ...algo, salt1: payload, hash: verifier, hint: '' }
    const kept = attempt(() => checkNewPassword(on, USER_ID, sent))
    ok(kept === undefined || kept.salt1.length >= goodSalt.length, 'a salt without bytes of the client’s own')
  },
  (payload) => {
    const kept = attempt(() =>
      checkNewPassword(on, USER_ID, { ...algo, salt1: goodSalt, hash: payload, hint: '' }),
    )
    ok(kept === undefined || kept.verifier.length === 256, 'a verifier of another length')
  },
  (payload) => {
    const email = attempt(() => checkEmail(Buffer.from(payload).toString()))
    if (email === undefined) return
    ok(!/[\s"<>,;:\\]/.test(email), 'an address that would have to be quoted')
    ok(emailPattern(email).includes('@'))
  },
]
