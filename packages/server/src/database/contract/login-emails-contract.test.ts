/** The contract of the Store port for login e-mails. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { keepKey } from '../../rules/accounts/decide-keys.ts'
import { findLoginEmail, setLoginEmail } from '../../rules/accounts/decide-login-emails.ts'
import { createUser, listSessions, removeUser } from '../../rules/accounts/decide-users.ts'
import type { User } from '../../rules/accounts/words.ts'
import type { CodeStep, IssueCode } from '../../rules/codes/words.ts'
import { proveEmail, sendEmailCode, vouchForEmail } from '../../rules/emails/decide-email-codes.ts'
import { requestEmailReset, resetEmail } from '../../rules/emails/decide-email-resets.ts'
import type { ProveEmail, SendEmailCode } from '../../rules/emails/words.ts'
import type { Store } from '../store.ts'
import { failureBudget, findLiveIn, issueIn, tryCodeIn } from './test-codes.ts'
import { IMPLEMENTATIONS } from './test-stores.ts'

const NOW_MS = 1_800_000_000_000
const PHONE = '9996621234'
const EMAIL = 'ada@example.org'
const [KEY, OTHER_KEY] = [1n, 2n]
const bytes = (value: number): Uint8Array => new Uint8Array(32).fill(value)
const ref = { phoneCodeHash: 'a', phone: PHONE, authKeyId: KEY, dcId: 2 }

const delivery = {
  id: 'd',
  phone: PHONE,
  code: '1',
  channel: 'email',
  purpose: 'setUpEmail',
  phoneCodeHash: '',
  to: EMAIL,
  text: '1',
  sentAtS: NOW_MS / 1000,
  expiresAtS: NOW_MS / 1000 + 1,
} as const

function send(changes: Partial<SendEmailCode> = {}): SendEmailCode {
  return {
    authKeyId: KEY,
    purpose: 'setUp',
    subject: 'a',
    email: EMAIL,
    digest: bytes(1),
    delivery,
    budgets: [],
    repeatWithinMs: 0,
    expiresAtMs: NOW_MS + 1000,
    nowMs: NOW_MS,
    ...changes,
  }
}

function stepTo(toStep: number, changes: Partial<CodeStep> = {}): CodeStep {
  const sms = { ...delivery, id: 's', channel: 'sms', purpose: 'login', phoneCodeHash: 'a' } as const
  const channel = 'sms' as const
  const goesOn = { ref, fromResends: toStep - 1, toStep, channel, digests: bytes(2), delivery: sms }
  return { ...goesOn, expiresAtMs: NOW_MS + 5000, nowMs: NOW_MS, ...changes }
}

function guess(changes: Partial<ProveEmail> = {}): ProveEmail {
  return {
    authKeyId: KEY,
    purpose: 'setUp',
    subject: 'a',
    digest: bytes(1),
    maxAttempts: 3,
    replayWithinMs: 1000,
    effect: { kind: 'setUp', step: stepTo(1) },
    nowMs: NOW_MS,
    ...changes,
  }
}

function issueOf(channel: 'setUpEmail' | 'email'): IssueCode {
  return {
    ip: '127.0.0.1',
    code: {
      ...ref,
      apiId: 1,
      codes: { digits: '1' },
      chain: [channel, 'sms'],
      step: 0,
      resends: 0,
      email: undefined,
      sentAtMs: NOW_MS,
      expiresAtMs: NOW_MS + 5000,
    },
    delivery: undefined,
    digests: bytes(2),
    budgets: [],
    repeatWithinMs: 0,
    repeatable: [],
    optional: [],
    nowMs: NOW_MS,
  }
}

function signIn(store: Store) {
  return tryCodeIn(store, {
    ref,
    digest: bytes(2),
    maxAttempts: 3,
    failures: failureBudget(3, 1),
    replayWithinMs: 1,
    signUpWithinMs: 1,
    authorization: { hash: 5n, ip: '::1' },
    nowMs: NOW_MS,
  })
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Store, ${name}`, () => {
    const holds = (title: string, check: (store: Store, user: User) => Promise<void>): void => {
      test(title, async () => {
        const store = await open()
        try {
          for (const authKeyId of [KEY, OTHER_KEY]) {
            const key = new Uint8Array(256)
            await store.decide(() =>
              keepKey(store.secret, { authKeyId, key, dcId: 2, firstSalt: 1n, createdAtS: 1, isTest: false }),
            )
          }
          const user = { accessHash: 7n, phone: PHONE, firstName: 'Ada', lastName: '', createdAtS: 1 }
          await check(
            store,
            (await store.decide(() => createUser(user))) ?? assert.fail('the number is taken'),
          )
        } finally {
          await store.close()
        }
      })
    }

    holds('an address is set, replaced, removed and deleted with its account', async (store, { id }) => {
      const find = (nowMs = NOW_MS) => store.look(() => findLoginEmail(PHONE, nowMs))
      assert.equal(await find(), undefined)
      await store.decide(() => setLoginEmail(id, EMAIL))
      assert.equal(await store.decide(() => requestEmailReset(PHONE, NOW_MS + 10, NOW_MS)), id)
      assert.equal(await store.decide(() => requestEmailReset(PHONE, NOW_MS + 20, NOW_MS)), undefined)
      assert.deepEqual(await find(NOW_MS + 9), { email: EMAIL, resetAtMs: NOW_MS + 10 })
      assert.equal(await find(NOW_MS + 10), undefined)
      await store.decide(() => setLoginEmail(id, 'b@example.org'))
      assert.deepEqual(await find(), { email: 'b@example.org', resetAtMs: undefined })
      await store.decide(() => setLoginEmail(id, undefined))
      assert.equal(await find(), undefined)
      await store.decide(() => setLoginEmail(id, EMAIL))
      await store.decide(() => removeUser(id))
      assert.equal(await store.decide(() => requestEmailReset(PHONE, NOW_MS + 10, NOW_MS)), undefined)
    })

    holds('guesses are compared up to the limit of the code', async (store) => {
      assert.deepEqual(await store.decide(() => proveEmail(store.secret, guess())), { kind: 'dead' })
      await store.decide(() => sendEmailCode(store.secret, send()))
      const wrong = guess({ digest: bytes(9), effect: { kind: 'none' } })
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, () => store.decide(() => proveEmail(store.secret, wrong))),
      )
      const kinds = outcomes.map(({ kind }) => kind)
      assert.deepEqual([kinds.filter((kind) => kind === 'wrong').length, new Set(kinds).size], [3, 2])
      assert.equal((await store.decide(() => proveEmail(store.secret, guess()))).kind, 'dead')
    })

    holds('a code works for its key, purpose and subject until it expires', async (store) => {
      const effect = { kind: 'none' } as const
      for (const changes of [
        { authKeyId: OTHER_KEY },
        { purpose: 'change' },
        { subject: 'b' },
        { nowMs: NOW_MS + 1000 },
      ] as const) {
        await store.decide(() =>
          sendEmailCode(
            store.secret,
            send({ delivery: { ...delivery, id: JSON.stringify(Object.keys(changes)) } }),
          ),
        )
        assert.equal(
          (await store.decide(() => proveEmail(store.secret, guess({ effect, ...changes })))).kind,
          'dead',
        )
      }
      const last = await store.decide(() => proveEmail(store.secret, guess({ effect, nowMs: NOW_MS + 999 })))
      assert.deepEqual(last, { kind: 'proven', email: EMAIL, fresh: true })
    })

    holds('a right guess continues its login once and stores the address', async (store, user) => {
      await issueIn(store, issueOf('setUpEmail'))
      await store.decide(() => sendEmailCode(store.secret, send()))
      const repeats = await Promise.all(
        Array.from({ length: 64 }, () => store.decide(() => proveEmail(store.secret, guess()))),
      )
      assert.equal(repeats.filter((each) => each.kind === 'proven' && each.fresh).length, 1)
      assert.equal(repeats.filter((each) => each.kind === 'proven' && !each.fresh).length, 63)
      assert.equal((await findLiveIn(store, ref, NOW_MS))?.step, 1)
      const late = guess({ nowMs: NOW_MS + 1000, effect: undefined })
      assert.equal((await store.decide(() => proveEmail(store.secret, late))).kind, 'dead')
      assert.equal(await store.look(() => findLoginEmail(PHONE, NOW_MS)), undefined)
      assert.equal((await signIn(store)).kind, 'authorized')
      assert.deepEqual(await store.look(() => findLoginEmail(PHONE, NOW_MS)), {
        email: EMAIL,
        resetAtMs: undefined,
      })
      assert.equal((await store.look(() => listSessions(user.id))).length, 1)
    })

    holds('a finished login accepts no address', async (store) => {
      await store.decide(() => sendEmailCode(store.secret, send()))
      assert.deepEqual(await store.decide(() => proveEmail(store.secret, guess())), { kind: 'over' })
      const effect = { kind: 'setUp', step: stepTo(1) } as const
      assert.equal(await store.decide(() => vouchForEmail(store.secret, EMAIL, effect)), false)
      await issueIn(store, issueOf('setUpEmail'))
      assert.equal(await store.decide(() => vouchForEmail(store.secret, EMAIL, effect)), true)
    })

    holds('simultaneous resets are one, charged once, and the code continues', async (store, { id }) => {
      await store.decide(() => setLoginEmail(id, EMAIL))
      await issueIn(store, issueOf('email'))
      const budget = { scope: 'phone', subject: PHONE, max: 1, windowMs: 1000, distinctPhones: false }
      const spent = await store.decide(() => resetEmail(store.secret, stepTo(1), [{ ...budget, max: 0 }]))
      assert.deepEqual(spent, { kind: 'budgetSpent', budget: 0, freeAtMs: NOW_MS + 1000 })
      assert.equal((await store.look(() => findLoginEmail(PHONE, NOW_MS)))?.email, EMAIL)
      const resets = await Promise.all(
        [1, 2].map(() => store.decide(() => resetEmail(store.secret, stepTo(1), []))),
      )
      assert.deepEqual(resets.toSorted(), ['moved', 'reset'])
      assert.equal(await store.look(() => findLoginEmail(PHONE, NOW_MS)), undefined)
    })

    holds('a code requested again is the same for a time while it is valid', async (store) => {
      const repeatWithinMs = 100
      const again = (id: string, changes: Partial<SendEmailCode> = {}) =>
        store.decide(() =>
          sendEmailCode(store.secret, send({ repeatWithinMs, delivery: { ...delivery, id }, ...changes })),
        )
      assert.equal(await again('1'), 'sent')
      assert.deepEqual(await Promise.all([again('2'), again('3', { nowMs: NOW_MS + 99 })]), [
        'repeated',
        'repeated',
      ])
      assert.equal(await again('4', { subject: 'b' }), 'sent')
      assert.equal(await again('5', { email: 'b@example.org' }), 'sent')
      assert.equal(await again('6', { email: 'b@example.org', nowMs: NOW_MS + 100 }), 'sent')
      const proof = guess({ effect: { kind: 'none' }, nowMs: NOW_MS + 100 })
      assert.equal((await store.decide(() => proveEmail(store.secret, proof))).kind, 'proven')
      assert.equal(
        await again('7', { email: 'b@example.org', nowMs: NOW_MS + 100 }),
        'sent',
        'that one is used',
      )
    })

    holds('mails count towards their budgets', async (store) => {
      const budgets = [{ scope: 'emailAddress', subject: 'x', max: 1, windowMs: 10, distinctPhones: false }]
      assert.equal(await store.decide(() => sendEmailCode(store.secret, send({ budgets }))), 'sent')
      const second = send({ budgets, delivery: { ...delivery, id: 'e' } })
      const spent = { kind: 'budgetSpent', budget: 0, freeAtMs: NOW_MS + 10 }
      assert.deepEqual(await store.decide(() => sendEmailCode(store.secret, second)), spent)
    })
  })
}
