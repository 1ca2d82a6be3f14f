/**
 * The contract of login codes on every engine: the races of 64, and forgetting. Which of several simultaneous calls wins is
 * the engine's affair; how many do is not.
 */
import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { keepKey } from '../../rules/accounts/decide-keys.ts'
import { repeatably, repeatedChange } from '../../rules/accounts/decide-repeats.ts'
import { createUser } from '../../rules/accounts/decide-users.ts'
import { chargeSend } from '../../rules/codes/decide-budgets.ts'
import { endCode } from '../../rules/codes/decide-code-holder.ts'
import {
  claimDeliveries,
  hasFreeDelivery,
  keepDelivery,
  LEASE_MS,
  renewDeliveries,
  settleDelivery,
} from '../../rules/codes/decide-deliveries.ts'
import { forgetOldCodes } from '../../rules/codes/decide-forget.ts'
import type { CodeRef, SignUp, TryCode } from '../../rules/codes/words.ts'
import type { Store } from '../store.ts'
import {
  cancelIn,
  countFailuresIn,
  failureBudget,
  issueIn,
  issueOf,
  listLiveIn,
  NOW_MS,
  RIGHT,
  resendIn,
  signUpIn,
  tryCodeIn,
} from './test-codes.ts'
import { holding, IMPLEMENTATIONS } from './test-stores.ts'

const PHONE = '9996621234'
const WRONG = new Uint8Array(32).fill(2)
const DAY_MS = 86_400_000
const AT_ONCE = 64

function refOf(id: number, phone = PHONE): CodeRef {
  return { phoneCodeHash: `h${id}`, phone, authKeyId: BigInt(id), dcId: 2 }
}

function guessOf(ref: CodeRef, changes: Partial<TryCode> = {}): TryCode {
  return {
    ref,
    digest: RIGHT,
    maxAttempts: 5,
    failures: failureBudget(10, DAY_MS),
    replayWithinMs: 1000,
    signUpWithinMs: 1000,
    authorization: { hash: 90n + ref.authKeyId, ip: '192.0.2.1' },
    nowMs: NOW_MS,
    ...changes,
  }
}

function signUpOf(ref: CodeRef): SignUp {
  const { replayWithinMs, signUpWithinMs, authorization } = guessOf(ref)
  const budget = { scope: 'signUp', subject: ref.phone, max: 3, windowMs: DAY_MS, distinctPhones: false }
  const user = { accessHash: 7n, phone: ref.phone, firstName: 'Ada', lastName: '', createdAtS: 1 }
  return { ref, budget, user, replayWithinMs, signUpWithinMs, authorization, nowMs: NOW_MS }
}

function keepKeyIn({ decide, secret }: Store, authKeyId: bigint): Promise<boolean> {
  const key = { authKeyId, key: new Uint8Array(256), dcId: 2, firstSalt: 1n, createdAtS: 1, isTest: false }
  return decide(() => keepKey(secret, key))
}

/** Outcomes counted by kind. */
function countKinds(outcomes: readonly { readonly kind: string }[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { kind } of outcomes) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}

function atOnce<T>(run: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, (_, index) => run(index)))
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Login codes, ${name}`, () => {
    const holds = holding(open)

    holds('of 64 codes for one number at once as many are issued as its budget has', async (store) => {
      const budget = { scope: 'phone', subject: PHONE, max: 5, windowMs: DAY_MS, distinctPhones: false }
      const outcomes = await atOnce((id) => issueIn(store, issueOf(refOf(id), { budgets: [budget] })))
      assert.deepEqual(countKinds(outcomes), { issued: 5, budgetSpent: 59 })
    })

    holds('of 64 numbers of one address at once 20 get a code if the address has 20', async (store) => {
      const budgets = [
        { scope: 'address', subject: '192.0.2.1', max: 20, windowMs: DAY_MS, distinctPhones: true },
      ]
      const outcomes = await atOnce((id) => issueIn(store, issueOf(refOf(id, `${PHONE}${id}`), { budgets })))
      assert.deepEqual(countKinds(outcomes), { issued: 20, budgetSpent: 44 })
    })

    holds('64 equal requests for a code at once are one code, told 64 times', async (store) => {
      const changes = { repeatWithinMs: 500 }
      const ask = (id: number) => issueIn(store, issueOf({ ...refOf(id), authKeyId: 1n }, changes))
      assert.deepEqual(countKinds(await atOnce(ask)), { issued: 1, repeated: 63 })
      assert.equal((await listLiveIn(store, PHONE, NOW_MS)).length, 1)
    })

    holds('64 wrong guesses of one key at once are compared five times', async (store) => {
      const ref = refOf(1)
      await issueIn(store, issueOf(ref))
      const outcomes = await atOnce(() => tryCodeIn(store, guessOf(ref, { digest: WRONG })))
      assert.deepEqual(countKinds(outcomes), { wrong: 5, dead: 59 })
      assert.equal(await countFailuresIn(store, PHONE, 0), 5)
      assert.deepEqual(await tryCodeIn(store, guessOf(ref)), { kind: 'dead' })
    })

    holds('64 wrong guesses of 64 keys at once are compared as often as the number bears', async (store) => {
      await atOnce((id) => issueIn(store, issueOf(refOf(id))))
      const failures = failureBudget(10, DAY_MS)
      const outcomes = await atOnce((id) => tryCodeIn(store, guessOf(refOf(id), { digest: WRONG, failures })))
      assert.deepEqual(countKinds(outcomes), { wrong: 10, dead: 54 })
    })

    holds('64 right answers of one key at once are one login, told 64 times', async (store) => {
      const ref = refOf(1)
      await keepKeyIn(store, 1n)
      const user = await store.decide(() => createUser(signUpOf(ref).user))
      await issueIn(store, issueOf(ref))
      const outcomes = await atOnce((id) =>
        tryCodeIn(store, guessOf(ref, { authorization: { hash: BigInt(1000 + id), ip: '192.0.2.1' } })),
      )
      const logins = outcomes.map((outcome) => {
        assert.ok(outcome.kind === 'authorized')
        return outcome
      })
      assert.equal(logins.filter(({ fresh }) => fresh).length, 1)
      assert.equal(new Set(logins.map(({ hash }) => hash)).size, 1)
      assert.ok(logins.every((login) => login.user.id === user?.id))
    })

    holds('of 64 sign-ups for one number at once by 64 keys one wins', async (store) => {
      await atOnce(async (id) => {
        await keepKeyIn(store, BigInt(id))
        await issueIn(store, issueOf(refOf(id)))
        assert.deepEqual(await tryCodeIn(store, guessOf(refOf(id))), { kind: 'signUpRequired' })
      })
      const outcomes = await atOnce((id) => signUpIn(store, signUpOf(refOf(id))))
      assert.deepEqual(countKinds(outcomes), { authorized: 1, occupied: 63 })
    })

    holds('64 equal sign-ups at once are one account, told 64 times', async (store) => {
      const ref = refOf(1)
      await keepKeyIn(store, 1n)
      await issueIn(store, issueOf(ref))
      await tryCodeIn(store, guessOf(ref))
      const outcomes = await atOnce(() => signUpIn(store, signUpOf(ref)))
      assert.deepEqual(countKinds(outcomes), { authorized: 64 })
      assert.equal(outcomes.filter((outcome) => outcome.kind === 'authorized' && outcome.fresh).length, 1)
    })

    holds('of 64 resends at once of the same step one sends', async (store) => {
      const ref = refOf(1)
      await issueIn(store, issueOf(ref))
      const outcomes = await atOnce((id) =>
        resendIn(store, {
          ref,
          fromResends: 0,
          toStep: 1,
          channel: 'call',
          expiresAtMs: NOW_MS + 2000,
          digests: RIGHT,
          delivery: { ...issueOf(ref).delivery, id: `next${id}` },
          budgets: [],
          nowMs: NOW_MS,
        }),
      )
      assert.deepEqual(countKinds(outcomes), { sent: 1, moved: 63 })
    })

    holds('64 equal requests to cancel at once are all told that it is done', async (store) => {
      const ref = refOf(1)
      await keepKeyIn(store, 1n)
      const request = { authKeyId: 1n, digest: RIGHT, nowMs: NOW_MS, rememberedMs: 1000 }
      await issueIn(store, issueOf(ref))
      const { decide, secret } = store
      const told = await atOnce(() =>
        decide(() => repeatably(secret, request, endCode(ref, NOW_MS), repeatedChange)),
      )
      assert.deepEqual(told, Array(AT_ONCE).fill(true))
      assert.equal(await cancelIn(store, ref, NOW_MS), false, 'without the request it is another wish')
    })

    holds('of 64 claims at once one gets a delivery whose node is gone', async (store) => {
      await issueIn(
        store,
        issueOf(refOf(1), { code: { ...issueOf(refOf(1)).code, expiresAtMs: NOW_MS + DAY_MS } }),
      )
      const claim = (nowMs: number) =>
        store.decide(() => claimDeliveries(store.secret, 10, nowMs)).then((claimed) => claimed.length)
      const count = (counts: readonly number[]) => counts.reduce((sum, each) => sum + each, 0)
      assert.equal(count(await atOnce(() => claim(NOW_MS + LEASE_MS - 1))), 0, 'its node is sending it')
      await store.decide(() => renewDeliveries(['dh1'], NOW_MS + 1))
      assert.equal(await claim(NOW_MS + LEASE_MS), 0, 'and goes on')
      const laterMs = NOW_MS + LEASE_MS + 1
      assert.equal(await store.look(() => hasFreeDelivery(laterMs)), true)
      assert.equal(count(await atOnce(() => claim(laterMs))), 1)
      assert.equal(await store.look(() => hasFreeDelivery(laterMs)), false)
      await store.decide(() => settleDelivery('dh1', { kind: 'accepted', reference: '' }))
      assert.equal(await claim(laterMs + LEASE_MS), 0, 'settled')
    })

    holds('a free delivery of a dead code is not sent', async (store) => {
      await issueIn(store, issueOf(refOf(1)))
      const laterMs = NOW_MS + LEASE_MS
      assert.deepEqual(await store.decide(() => claimDeliveries(store.secret, 10, laterMs)), [])
      assert.equal(await store.look(() => hasFreeDelivery(laterMs + LEASE_MS)), false, 'nor looked at again')
    })

    holds('old rows are forgotten in parts, and new ones stay', async (store) => {
      const budgets = [{ scope: 'phone', subject: PHONE, max: 9999, windowMs: DAY_MS, distinctPhones: false }]
      const old = 1100
      await store.decide(function* () {
        for (let id = 0; id < old; id += 1) {
          const issue = issueOf({ ...refOf(id), authKeyId: 1n }, { nowMs: NOW_MS + id })
          yield* keepDelivery(store.secret, issue.delivery, issue.nowMs)
          yield* chargeSend({ phone: PHONE, budgets, nowMs: issue.nowMs })
        }
      })
      const laterMs = NOW_MS + DAY_MS
      const last = issueOf(refOf(old), { budgets, nowMs: laterMs })
      await issueIn(store, last)
      const forget = () => store.decide(() => forgetOldCodes(laterMs - 1, laterMs))
      assert.equal(await forget(), true, 'there is more')
      assert.equal(await forget(), false)
      const isLast = (await listLiveIn(store, PHONE, laterMs)).map(({ phoneCodeHash }) => phoneCodeHash)
      assert.deepEqual(isLast, [last.code.phoneCodeHash])
      const only = [{ scope: 'phone', subject: PHONE, max: 1, windowMs: 9 * DAY_MS, distinctPhones: false }]
      const next = issueOf(refOf(old + 1), { budgets: only, nowMs: laterMs })
      assert.deepEqual(await issueIn(store, next), {
        kind: 'budgetSpent',
        budget: 0,
        freeAtMs: laterMs + 9 * DAY_MS,
      })
    })
  })
}
