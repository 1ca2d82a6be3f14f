/** The contract of the Store port for two-step verification. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { revokeLogins } from '../../rules/accounts/decide-ended-logins.ts'
import { findKeyRecord, keepKey, signOut } from '../../rules/accounts/decide-keys.ts'
import { findLoginEmail } from '../../rules/accounts/decide-login-emails.ts'
import { expirePendingLogin } from '../../rules/accounts/decide-own-logins.ts'
import { createUser, findUsers, listUsers } from '../../rules/accounts/decide-users.ts'
import type { User } from '../../rules/accounts/words.ts'
import { keepWebToken, signInByWebToken } from '../../rules/logins/decide-web-tokens.ts'
import { createSecuredUser } from '../../rules/passwords/decide-new-accounts.ts'
import {
  cancelPasswordEmail,
  checkRecoveryCode,
  confirmPasswordEmail,
  findPasswordEmails,
  recoverPassword,
  sendPasswordCode,
} from '../../rules/passwords/decide-password-recoveries.ts'
import {
  askPassword,
  changePassword,
  declinePasswordReset,
  deleteAccount,
  isPasswordSet,
  openPassword,
  passSecondFactor,
  resetPassword,
  setPassword,
} from '../../rules/passwords/decide-passwords.ts'
import type {
  AskPassword,
  NewPassword,
  NewPasswordCode,
  ProvePassword,
  TryRecoveryCode,
} from '../../rules/passwords/words.ts'
import type { Store } from '../store.ts'
import { countFailuresIn, failureBudget, unsettledIn } from './test-codes.ts'
import { IMPLEMENTATIONS } from './test-stores.ts'

const NOW_MS = 1_800_000_000_000
const HOUR_MS = 3_600_000
const PHONE = '9996621234'
const EMAIL = 'ada@example.org'
/** A signed-in key, and a key that has given only the first factor. */
const [OWNER, PENDING] = [-1n, 2n]
const bytes = (value: number, length = 32): Uint8Array => new Uint8Array(length).fill(value)

const password: NewPassword = {
  id: 5n,
  salt1: bytes(1, 40),
  salt2: bytes(2, 16),
  verifier: bytes(3, 256),
  hint: 'a hint',
}

/** Signs a key in, or begins to, by a web token: the shortest method. */
async function firstFactor(store: Store, user: User, authKeyId: bigint): Promise<string> {
  const key = bytes(0, 256)
  await store.decide(() =>
    keepKey(store.secret, { authKeyId, key, dcId: 2, firstSalt: 1n, createdAtS: 1, isTest: false }),
  )
  const digest = bytes(Number(authKeyId & 0xffn))
  await store.decide(() => keepWebToken({ digest, userId: user.id, expiresAtMs: NOW_MS + 1, nowMs: NOW_MS }))
  const authorization = { hash: authKeyId + 100n, ip: '192.0.2.1' }
  const login = { digest, authKeyId, dcId: 2, apiId: 1, authorization, nowMs: NOW_MS }
  return (await store.decide(() => signInByWebToken(store.secret, login))).kind
}

async function stateOf(store: Store, authKeyId: bigint): Promise<string | undefined> {
  return (await store.look(() => findKeyRecord(store.secret, authKeyId)))?.state.at
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Store, ${name}`, () => {
    const holds = (title: string, check: (store: Store, user: User) => Promise<void>): void => {
      test(title, async () => {
        const store = await open()
        try {
          const account = { accessHash: 7n, phone: PHONE, firstName: 'Ada', lastName: '', createdAtS: 1 }
          const user = (await store.decide(() => createUser(account))) ?? assert.fail('the number is taken')
          assert.equal(await firstFactor(store, user, OWNER), 'authorized')
          assert.equal(
            await store.decide(() => setPassword(store.secret, user.id, { password, email: EMAIL }, NOW_MS)),
            'changed',
          )
          assert.equal(await firstFactor(store, user, PENDING), 'passwordNeeded')
          await check(store, user)
        } finally {
          await store.close()
        }
      })
    }

    const asking = (user: User, authKeyId: bigint, srpId: bigint, more: Partial<AskPassword> = {}) => ({
      authKeyId,
      userId: user.id,
      make: () => ({ srpId, b: bytes(4, 40), srpB: bytes(5, 256) }),
      expiresAtMs: NOW_MS + 1000,
      nowMs: NOW_MS,
      ...more,
    })

    const proving = (
      user: User,
      authKeyId: bigint,
      { srpId, isRight, digest = 1 }: { srpId: bigint; isRight: boolean; digest?: number },
      nowMs: number = NOW_MS,
    ): ProvePassword => ({
      authKeyId,
      userId: user.id,
      proof: { srpId, digest: bytes(digest), isRight: () => isRight },
      limit: { max: 2, windowMs: HOUR_MS, maxWaitMs: 4 * HOUR_MS },
      failures: failureBudget(100, 24 * HOUR_MS),
      nowMs,
    })

    const codeTo = (to: string, digest: number): NewPasswordCode => ({
      digest: bytes(digest),
      delivery: {
        id: `d${digest}`,
        phone: PHONE,
        code: '123456',
        channel: 'email',
        purpose: 'recoverPassword',
        phoneCodeHash: '',
        to,
        text: 'hi',
        sentAtS: NOW_MS / 1000,
        expiresAtS: NOW_MS / 1000 + 1,
      },
      expiresAtMs: NOW_MS + 1000,
      budgets: [],
    })

    const guessing = (user: User, authKeyId: bigint, digest: number): TryRecoveryCode => ({
      userId: user.id,
      authKeyId,
      digest: bytes(digest),
      maxAttempts: 2,
      replayWithinMs: 1000,
      failures: failureBudget(100, 24 * HOUR_MS),
      nowMs: NOW_MS,
    })

    holds('a password is stored unchanged, and an open challenge is repeated', async (store, user) => {
      const first = await store.decide(() => askPassword(store.secret, asking(user, PENDING, 7n)))
      assert.deepEqual(first.asked?.password, { ...password, email: EMAIL })
      assert.deepEqual(first.asked?.question, { srpId: 7n, b: bytes(4, 40), srpB: bytes(5, 256) })
      const again = await store.decide(() => askPassword(store.secret, asking(user, PENDING, 8n)))
      assert.equal(again.asked?.question.srpId, 7n)
      const other = await store.decide(() => askPassword(store.secret, asking(user, OWNER, 9n)))
      assert.equal(other.asked?.question.srpId, 9n)
      const late = asking(user, PENDING, 8n, { nowMs: NOW_MS + 1000, expiresAtMs: NOW_MS + 2000 })
      assert.equal((await store.decide(() => askPassword(store.secret, late))).asked?.question.srpId, 8n)
    })

    holds('one of 64 answers to a challenge is checked', async (store, user) => {
      await store.decide(() => askPassword(store.secret, asking(user, PENDING, 7n)))
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, (_, digest) =>
          store.decide(() =>
            openPassword(store.secret, proving(user, PENDING, { srpId: 7n, isRight: digest === 1, digest })),
          ),
        ),
      )
      assert.equal(outcomes.filter(({ kind }) => kind !== 'staleQuestion').length, 1)
    })

    holds(
      'a right answer signs in the waiting key once, and its repeat gets the same result',
      async (store, user) => {
        await store.decide(() => askPassword(store.secret, asking(user, PENDING, 7n)))
        const { userId: _, ...attempt } = proving(user, PENDING, { srpId: 7n, isRight: true })
        const check = () =>
          store.decide(() => passSecondFactor(store.secret, { ...attempt, replayWithinMs: 1000 }))
        const outcomes = await Promise.all(Array.from({ length: 64 }, check))
        const first = outcomes.find((outcome) => outcome.kind === 'authorized' && outcome.fresh)
        const others = outcomes.filter((outcome) => outcome !== first)
        assert.ok(first?.kind === 'authorized')
        assert.deepEqual([first.user.id, first.hash], [user.id, PENDING + 100n])
        for (const other of others) assert.deepEqual(other, { ...first, fresh: false })
        assert.equal(await stateOf(store, PENDING), 'authorized')
        const late = await store.decide(() =>
          passSecondFactor(store.secret, { ...attempt, replayWithinMs: 1000, nowMs: NOW_MS + 1000 }),
        )
        assert.equal(late.kind, 'staleQuestion')
      },
    )

    holds(
      'a guess is counted before it is checked, and enough guesses lock the account',
      async (store, user) => {
        const guess = async (srpId: bigint, nowMs: number, isRight = false) => {
          const lasting = { expiresAtMs: nowMs + 1000, nowMs }
          await store.decide(() => askPassword(store.secret, asking(user, PENDING, srpId, lasting)))
          const outcome = await store.decide(() =>
            openPassword(store.secret, proving(user, PENDING, { srpId, isRight }, nowMs)),
          )
          return outcome.kind === 'locked' ? outcome.untilMs - NOW_MS : outcome.kind
        }
        assert.equal(await guess(1n, NOW_MS), 'wrong')
        assert.equal(await countFailuresIn(store, PHONE, 0), 1)
        assert.equal(await guess(2n, NOW_MS), 'wrong')
        assert.equal(await guess(3n, NOW_MS, true), HOUR_MS)
        const nextMs = NOW_MS + HOUR_MS
        // The challenge that was not checked is still open.
        const open = await store.decide(() =>
          openPassword(store.secret, proving(user, PENDING, { srpId: 3n, isRight: false }, NOW_MS + 999)),
        )
        assert.equal(open.kind, 'locked')
        assert.equal(await guess(4n, nextMs), 'wrong')
        assert.equal(await guess(5n, nextMs), 3 * HOUR_MS)
        assert.equal(await guess(6n, NOW_MS + 3 * HOUR_MS, true), 'right')
        assert.equal(await guess(7n, NOW_MS + 3 * HOUR_MS), 'wrong')
        assert.equal(await guess(8n, NOW_MS + 3 * HOUR_MS), 'wrong')
      },
    )

    holds('a challenge for another password is void', async (store, user) => {
      await store.decide(() => askPassword(store.secret, asking(user, PENDING, 7n)))
      await store.decide(() =>
        setPassword(store.secret, user.id, { password: { ...password, id: 6n } }, NOW_MS),
      )
      const changed = await store.decide(() =>
        openPassword(store.secret, proving(user, PENDING, { srpId: 7n, isRight: true })),
      )
      assert.equal(changed.kind, 'passwordChanged')
      await store.decide(() => setPassword(store.secret, user.id, { password: null }, NOW_MS))
      assert.equal(await store.look(() => isPasswordSet(user.id)), false)
      const { userId: _, proof: __, ...attempt } = proving(user, PENDING, { srpId: 7n, isRight: true })
      const check = await store.decide(() =>
        passSecondFactor(store.secret, { ...attempt, proof: undefined, replayWithinMs: 0 }),
      )
      assert.equal(check.kind, 'authorized')
    })

    holds(
      'a change with an address waits for its code, and one of 64 confirmations makes it',
      async (store, user) => {
        await store.decide(() => askPassword(store.secret, asking(user, OWNER, 7n)))
        const confirmation = { code: codeTo('new@example.org', 1), keptUntilMs: NOW_MS + 2000 }
        const change = { password: { ...password, id: 8n, hint: 'new' }, email: 'new@example.org' }
        const proven = proving(user, OWNER, { srpId: 7n, isRight: true })
        assert.deepEqual(
          await store.decide(() => changePassword(store.secret, { ...proven, change, confirmation })),
          {
            kind: 'waits',
            fresh: true,
          },
        )
        const emails = await store.look(() => findPasswordEmails(store.secret, user.id, NOW_MS))
        assert.deepEqual([emails?.recovery, emails?.unconfirmed], [EMAIL, 'new@example.org'])
        assert.equal((await unsettledIn(store, NOW_MS)).length, 1)
        assert.equal(
          await store.decide(() => confirmPasswordEmail(store.secret, guessing(user, OWNER, 9))),
          'wrong',
        )
        const confirm = () => store.decide(() => confirmPasswordEmail(store.secret, guessing(user, OWNER, 1)))
        const confirmed = await Promise.all(Array.from({ length: 64 }, confirm))
        assert.deepEqual(confirmed.toSorted(), [...Array<string>(63).fill('repeated'), 'right'])
        const kept = (await store.decide(() => askPassword(store.secret, asking(user, OWNER, 9n)))).asked
          ?.password
        assert.deepEqual([kept?.id, kept?.hint, kept?.email], [8n, 'new', 'new@example.org'])
        assert.equal(await store.decide(() => cancelPasswordEmail(store.secret, user.id, NOW_MS)), false)
        assert.deepEqual(await unsettledIn(store, NOW_MS), [], 'a crash sends no code that was used')
      },
    )

    holds('a pending change is deleted when it is cancelled or too old', async (store, user) => {
      const ask = async (srpId: bigint) => {
        await store.decide(() => askPassword(store.secret, asking(user, OWNER, srpId)))
        const confirmation = { code: codeTo('new@example.org', Number(srpId)), keptUntilMs: NOW_MS + 2000 }
        const change = { email: 'new@example.org' }
        await store.decide(() =>
          changePassword(store.secret, {
            ...proving(user, OWNER, { srpId, isRight: true }),
            change,
            confirmation,
          }),
        )
      }
      await ask(1n)
      assert.equal(await store.decide(() => cancelPasswordEmail(store.secret, user.id, NOW_MS)), true)
      assert.equal(
        await store.decide(() => confirmPasswordEmail(store.secret, guessing(user, OWNER, 1))),
        'dead',
      )
      await ask(2n)
      const code = codeTo('new@example.org', 3)
      const resend = { userId: user.id, purpose: 'confirmPasswordEmail', code, repeatWithinMs: 0 } as const
      assert.equal(
        (await store.decide(() => sendPasswordCode(store.secret, { ...resend, nowMs: NOW_MS + 1999 }))).kind,
        'sent',
      )
      assert.equal(
        (await store.decide(() => sendPasswordCode(store.secret, { ...resend, nowMs: NOW_MS + 2000 }))).kind,
        'gone',
      )
    })

    holds(
      'a recovery code is sent once, guessed at twice, checked, spent and repeated',
      async (store, user) => {
        const send = (digest: number, repeatWithinMs: number, to = EMAIL) =>
          store.decide(() =>
            sendPasswordCode(store.secret, {
              userId: user.id,
              purpose: 'recoverPassword',
              code: codeTo(to, digest),
              repeatWithinMs,
              nowMs: NOW_MS,
            }),
          )
        assert.equal((await send(1, 0, 'other@example.org')).kind, 'gone')
        assert.equal((await send(1, 1000)).kind, 'sent')
        assert.equal((await send(2, 1000)).kind, 'repeated')
        const guesses = Array.from({ length: 64 }, () =>
          store.decide(() => checkRecoveryCode(guessing(user, PENDING, 9))),
        )
        const outcomes = await Promise.all(guesses)
        assert.deepEqual(outcomes.toSorted(), [...Array<string>(62).fill('dead'), 'wrong', 'wrong'])
        assert.equal(await countFailuresIn(store, PHONE, 0), 2)
        assert.equal(await store.decide(() => checkRecoveryCode(guessing(user, PENDING, 1))), 'dead')

        // An exhausted code counts as not sent.
        assert.equal((await send(3, 1000)).kind, 'sent')
        assert.equal(await store.decide(() => checkRecoveryCode(guessing(user, PENDING, 3))), 'right')
        const recover = () =>
          store.decide(() => recoverPassword(store.secret, { ...guessing(user, PENDING, 3), password: null }))
        const recovered = await Promise.all(Array.from({ length: 64 }, recover))
        const first = recovered.find((outcome) => outcome.kind === 'authorized' && outcome.applied)
        const others = recovered.filter((outcome) => outcome !== first)
        assert.ok(first?.kind === 'authorized' && first.fresh)
        for (const other of others) assert.deepEqual(other, { ...first, fresh: false, applied: false })
        assert.equal(await store.look(() => isPasswordSet(user.id)), false)
        const stranger = await store.decide(() =>
          recoverPassword(store.secret, { ...guessing(user, OWNER, 3), password: null }),
        )
        assert.equal(stranger.kind, 'dead')
      },
    )

    holds('recovering a password starts no login to another account', async (store, user) => {
      const bob = { accessHash: 8n, phone: '9996621111', firstName: 'Bob', lastName: '', createdAtS: 1 }
      const other = (await store.decide(() => createUser(bob))) ?? assert.fail('the number is taken')
      await store.decide(() =>
        setPassword(store.secret, other.id, { password: { ...password, id: 6n } }, NOW_MS),
      )
      await store.decide(() =>
        sendPasswordCode(store.secret, {
          userId: user.id,
          purpose: 'recoverPassword',
          code: codeTo(EMAIL, 1),
          repeatWithinMs: 0,
          nowMs: NOW_MS,
        }),
      )
      // Between reading its state and the code, the key has begun to sign in as somebody else.
      const key = 4n
      assert.equal(await firstFactor(store, other, key), 'passwordNeeded')
      const outcome = await store.decide(() =>
        recoverPassword(store.secret, { ...guessing(user, key, 1), password: null }),
      )
      assert.equal(outcome.kind, 'dead')
      assert.equal(await stateOf(store, key), 'passwordPending')
    })

    holds('no account with a password is created for a taken number', async (store, user) => {
      const taken = {
        user: { accessHash: 8n, phone: PHONE, firstName: 'Eve', lastName: '', createdAtS: 2 },
        username: undefined,
        makePassword: () => ({ ...password, id: 9n, hint: 'another' }),
        email: 'eve@example.org',
        loginEmail: 'eve@example.org',
      }
      assert.equal(await store.decide(() => createSecuredUser(store.secret, taken)), 'phoneTaken')
      const { asked } = await store.decide(() => askPassword(store.secret, asking(user, OWNER, 7n)))
      assert.deepEqual([asked?.password.id, asked?.password.email], [5n, EMAIL])
      assert.equal(await store.look(() => findLoginEmail(PHONE, NOW_MS)), undefined)
      assert.equal((await store.look(() => listUsers(9))).length, 1)
    })

    holds('a revoked key can neither give nor change a password', async (store, user) => {
      await store.decide(() => askPassword(store.secret, asking(user, OWNER, 7n)))
      await store.decide(() => revokeLogins(user.id, { only: OWNER + 100n }))
      const proven = proving(user, OWNER, { srpId: 7n, isRight: true })
      assert.deepEqual(await store.decide(() => openPassword(store.secret, proven)), { kind: 'noLogin' })
      const change = { password: null }
      const none = { ...proven, proof: undefined }
      const changed = await store.decide(() =>
        changePassword(store.secret, { ...none, change, confirmation: undefined }),
      )
      assert.deepEqual(changed, { kind: 'noLogin' })
      const deletion = { ...none, isPasswordGiven: false, deleteAtMs: NOW_MS }
      assert.deepEqual(await store.decide(() => deleteAccount(store.secret, deletion)), { kind: 'noLogin' })
      assert.equal(await store.look(() => isPasswordSet(user.id)), true)
      assert.equal(await countFailuresIn(store, PHONE, 0), 0)
    })

    holds('a reset takes its time and can be declined', async (store, user) => {
      const reset = (nowMs: number) =>
        store.decide(() => resetPassword(store.secret, { userId: user.id, resetAtMs: nowMs + 1000, nowMs }))
      assert.equal(await store.decide(() => declinePasswordReset(store.secret, user.id, NOW_MS + 500)), false)
      assert.deepEqual(await reset(NOW_MS), { kind: 'waits', untilMs: NOW_MS + 1000, fresh: true })
      assert.deepEqual(await reset(NOW_MS + 999), { kind: 'waits', untilMs: NOW_MS + 1000, fresh: false })
      assert.equal(await store.decide(() => declinePasswordReset(store.secret, user.id, NOW_MS + 1500)), true)
      assert.deepEqual(await reset(NOW_MS + 1499), { kind: 'declined', untilMs: NOW_MS + 1500 })
      assert.deepEqual(await reset(NOW_MS + 1500), { kind: 'waits', untilMs: NOW_MS + 2500, fresh: true })
      const outcomes = await Promise.all(Array.from({ length: 64 }, () => reset(NOW_MS + 2500)))
      const kinds = outcomes.map(({ kind }) => kind).toSorted()
      assert.deepEqual(kinds, [...Array<string>(63).fill('noPassword'), 'reset'])
      assert.equal(await store.look(() => isPasswordSet(user.id)), false)
    })

    holds(
      'an account is deleted with its password, or without it in time, and its keys with it',
      async (store, user) => {
        const at = (nowMs: number) => ({
          ...proving(user, PENDING, { srpId: 7n, isRight: false }, nowMs),
          isPasswordGiven: false,
          deleteAtMs: nowMs + 1000,
        })
        const untilMs = NOW_MS + 1000
        const first = await store.decide(() => deleteAccount(store.secret, at(NOW_MS)))
        assert.deepEqual(first, { kind: 'waits', untilMs, fresh: true })
        const again = await store.decide(() => deleteAccount(store.secret, at(NOW_MS + 999)))
        assert.deepEqual(again, { kind: 'waits', untilMs, fresh: false })
        await store.decide(() => askPassword(store.secret, asking(user, PENDING, 7n)))
        const wrong = { ...at(NOW_MS), isPasswordGiven: true }
        assert.deepEqual(await store.decide(() => deleteAccount(store.secret, wrong)), { kind: 'wrong' })
        const gone = await store.decide(() => deleteAccount(store.secret, at(NOW_MS + 1000)))
        assert.deepEqual(gone, { kind: 'deleted', authKeyIds: [OWNER] })
        assert.deepEqual(await store.look(() => findUsers([user.id])), [])
        assert.deepEqual((await store.look(() => findKeyRecord(store.secret, OWNER)))?.state, {
          at: 'revoked',
          reason: 'USER_DEACTIVATED',
        })
        assert.equal(await stateOf(store, PENDING), 'anonymous')
      },
    )

    holds('a login that waits for its password expires, and ends with a logout', async (store, user) => {
      const sinceS = NOW_MS / 1000
      assert.equal(await store.decide(() => expirePendingLogin(PENDING, sinceS - 1)), false)
      assert.equal(await stateOf(store, PENDING), 'passwordPending')
      assert.equal(await store.decide(() => expirePendingLogin(PENDING, sinceS)), true)
      assert.equal(await stateOf(store, PENDING), 'anonymous')
      assert.equal(await firstFactor(store, user, 3n), 'passwordNeeded')
      await store.decide(() => signOut(3n))
      assert.equal(await stateOf(store, 3n), 'anonymous')
    })
  })
}
