/** The contract of the Store port for logins, and for login methods other than the code. */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { tellKey } from '../../rules/accounts/decide-ended-logins.ts'
import { findKeyRecord, keepKey, signOut } from '../../rules/accounts/decide-keys.ts'
import {
  changeLogin,
  endLogin,
  endOtherLogins,
  expireLogin,
  findTtlDays,
  listIdleLogins,
  listOwnLogins,
  setTtlDays,
} from '../../rules/accounts/decide-own-logins.ts'
import { createUser } from '../../rules/accounts/decide-users.ts'
import type { RequestRef, User } from '../../rules/accounts/words.ts'
import { createBotUser, setBotToken, signBotIn } from '../../rules/logins/decide-bots.ts'
import { keepFutureToken } from '../../rules/logins/decide-future-tokens.ts'
import { acceptToken, exportToken } from '../../rules/logins/decide-login-tokens.ts'
import {
  findPasskey,
  keepPasskey,
  keepPasskeyChallenge,
  listPasskeys,
  removePasskey,
  signInByPasskey,
} from '../../rules/logins/decide-passkeys.ts'
import { issueCodeOrLogIn } from '../../rules/logins/decide-send-code.ts'
import { findWebTokenUser, keepWebToken, signInByWebToken } from '../../rules/logins/decide-web-tokens.ts'
import type {
  ExportLoginToken,
  NewFutureToken,
  Passkey,
  TokenLogin,
  WebTokenLogin,
} from '../../rules/logins/words.ts'
import { type Decision, sql } from '../decision.ts'
import type { Store } from '../store.ts'
import { type Issue, issueOf, NOW_MS } from './test-codes.ts'
import { IMPLEMENTATIONS } from './test-stores.ts'

const NOW_S = NOW_MS / 1000
const [SCREEN, PHONE_KEY, OTHER_KEY] = [-1n, 2n, 3n]
const bytes = (value: number): Uint8Array => new Uint8Array(32).fill(value)

const setActive = sql`UPDATE authorizations SET active_at_s = :nowS WHERE auth_key_id = :authKeyId`

/** Notes that a login was used. @returns false if there is none */
function* use(authKeyId: bigint, nowS: number): Decision<boolean> {
  const count = yield* setActive.run({ authKeyId, nowS })
  yield* tellKey(authKeyId)
  return count > 0
}

async function keepKeys(store: Store, authKeyIds = [SCREEN, PHONE_KEY, OTHER_KEY]): Promise<void> {
  const key = new Uint8Array(256)
  for (const authKeyId of authKeyIds) {
    await store.decide(() =>
      keepKey(store.secret, { authKeyId, key, dcId: 2, firstSalt: 1n, createdAtS: 1, isTest: false }),
    )
  }
}

async function makeUser(store: Store): Promise<User> {
  const user = { accessHash: 7n, phone: '9996621234', firstName: 'Ada', lastName: '', createdAtS: 1 }
  return (await store.decide(() => createUser(user))) ?? assert.fail('the number is taken')
}

/** Signs the key in by a web token, the shortest method. */
async function signIn(store: Store, user: User, authKeyId: bigint, hash: bigint): Promise<void> {
  const digest = bytes(Number(hash))
  await store.decide(() => keepWebToken({ digest, userId: user.id, expiresAtMs: NOW_MS + 1, nowMs: NOW_MS }))
  assert.equal(
    (await store.decide(() => signInByWebToken(store.secret, loginOf({ digest, authKeyId }, hash)))).kind,
    'authorized',
  )
}

function loginOf(changes: Partial<TokenLogin>, hash = 50n): TokenLogin {
  const authorization = { hash, ip: '192.0.2.1' }
  return { digest: bytes(1), authKeyId: SCREEN, dcId: 2, apiId: 1, authorization, nowMs: NOW_MS, ...changes }
}

function exportOf(changes: Partial<ExportLoginToken> = {}): ExportLoginToken {
  return {
    digest: bytes(1),
    moveDigest: bytes(2),
    authKeyId: SCREEN,
    dcId: 2,
    apiId: 1,
    ip: '192.0.2.1',
    exceptIds: [],
    expiresAtMs: NOW_MS + 1000,
    moveExpiresAtMs: NOW_MS + 9000,
    replayWithinMs: 1000,
    forgetBeforeMs: 0,
    nowMs: NOW_MS,
    ...changes,
  }
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Store, ${name}`, () => {
    const holds = (title: string, check: (store: Store, user: User) => Promise<void>): void => {
      test(title, async () => {
        const store = await open()
        try {
          await keepKeys(store)
          await check(store, await makeUser(store))
        } finally {
          await store.close()
        }
      })
    }

    holds('a granted request is granted again to its key and bytes for a while', async (store, user) => {
      const digest = bytes(41)
      await store.decide(() =>
        keepWebToken({ digest, userId: user.id, expiresAtMs: NOW_MS + 99_000, nowMs: NOW_MS }),
      )
      const asked = (change: Partial<RequestRef> = {}): WebTokenLogin => {
        const ref = { authKeyId: SCREEN, digest: bytes(42), nowMs: NOW_MS, rememberedMs: 1000, ...change }
        return { ...loginOf({ digest, authKeyId: ref.authKeyId, nowMs: ref.nowMs }, 77n), request: ref }
      }
      const kindOf = async (change: Partial<RequestRef> = {}) => {
        const outcome = await store.decide(() => signInByWebToken(store.secret, asked(change)))
        return outcome.kind === 'authorized' ? `fresh: ${outcome.fresh}` : outcome.kind
      }
      const all = await Promise.all(Array.from({ length: 8 }, () => kindOf()))
      assert.deepEqual(all.toSorted(), [...Array<string>(7).fill('fresh: false'), 'fresh: true'])
      assert.equal(await kindOf({ digest: bytes(43) }), 'dead', 'other bytes')
      assert.equal(await kindOf({ authKeyId: OTHER_KEY }), 'dead', 'another key')
      assert.equal(await kindOf({ nowMs: NOW_MS + 999 }), 'fresh: false')
      assert.equal(await kindOf({ nowMs: NOW_MS + 1000 }), 'dead', 'too late')
      assert.equal(await store.decide(() => signOut(SCREEN)), true)
      assert.equal(await kindOf(), 'dead', 'an ended login is granted to nobody')
    })

    holds(
      'a shown token is accepted once and collected once, with the hash of its acceptance',
      async (store, user) => {
        assert.deepEqual(await store.decide(() => exportToken(exportOf())), { kind: 'waiting' })
        const accept = (changes = {}) =>
          store.decide(() =>
            acceptToken(store.secret, {
              digest: bytes(1),
              userId: user.id,
              authKeyId: PHONE_KEY,
              hash: 77n,
              confirmedBeforeS: NOW_S,
              homeDc: undefined,

              collectByMs: NOW_MS + 5000,
              nowMs: NOW_MS,
              ...changes,
            }),
          )
        assert.equal((await accept()).kind, 'noLogin')
        await signIn(store, user, PHONE_KEY, 60n)
        await signIn(store, user, SCREEN, 61n)
        assert.equal((await accept({ digest: bytes(9) })).kind, 'unknown')
        assert.equal((await accept({ authKeyId: SCREEN })).kind, 'excepted')
        assert.equal((await accept({ nowMs: NOW_MS + 1000 })).kind, 'expired')
        const outcomes = await Promise.all(Array.from({ length: 8 }, () => accept()))
        const kinds = outcomes.map(({ kind }) => kind).sort()
        assert.deepEqual(kinds, ['accepted', ...Array(7).fill('alreadyAccepted')])
        const collects = await Promise.all(
          Array.from({ length: 8 }, (_, index) =>
            store.decide(() => exportToken(exportOf({ digest: bytes(10 + index) }))),
          ),
        )
        const fresh = collects.map((each) => each.kind === 'authorized' && each.fresh)
        assert.equal(fresh.filter(Boolean).length, 1)
        const { state } =
          (await store.look(() => findKeyRecord(store.secret, SCREEN))) ?? assert.fail('no key')
        assert.equal(state.at === 'authorized' && state.hash, 77n)
      },
    )

    holds('a bot’s name is unique, and its token can be replaced', async (store) => {
      const bot = { username: 'HelpBot', accessHash: 1n, homeDc: undefined, ownerId: 0n, createdAtS: 1 }
      const made = (await store.decide(() => createBotUser(bot))) ?? assert.fail('the name is taken')
      assert.equal(await store.decide(() => createBotUser({ ...bot, username: 'helpbot' })), undefined)
      assert.deepEqual(await store.decide(() => setBotToken(made.id, bytes(1))), [])
      const login = { ...loginOf({}), dcs: 1 }
      assert.deepEqual(await store.decide(() => signBotIn(login)), {
        kind: 'authorized',
        user: made,
        hash: 50n,
        fresh: true,
      })
      assert.deepEqual(await store.decide(() => setBotToken(made.id, bytes(2))), [SCREEN])
      assert.deepEqual(await store.decide(() => signBotIn(login)), { kind: 'revoked' })
      assert.deepEqual(await store.decide(() => signBotIn({ ...login, digest: bytes(3) })), {
        kind: 'unknown',
      })
      assert.equal(await store.decide(() => setBotToken(1n, bytes(4))), undefined)
      const elsewhere = { ...login, digest: bytes(2), dcs: 3, dcId: 3 }
      assert.deepEqual(await store.decide(() => signBotIn(elsewhere)), { kind: 'elsewhere', dcId: 2 })
    })

    holds('a web token signs in once while it is valid', async (store, user) => {
      const token = { digest: bytes(1), userId: user.id, expiresAtMs: NOW_MS + 1000, nowMs: NOW_MS }
      await store.decide(() => keepWebToken(token))
      assert.equal(await store.look(() => findWebTokenUser(bytes(1), NOW_MS + 1000)), undefined)
      assert.deepEqual(await store.look(() => findWebTokenUser(bytes(1), NOW_MS)), user)
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => store.decide(() => signInByWebToken(store.secret, loginOf({})))),
      )
      assert.equal(outcomes.filter(({ kind }) => kind === 'authorized').length, 1)
    })

    holds('a passkey signs a challenge once, and its counter only grows', async (store, user) => {
      const passkey: Passkey = {
        id: 'a',
        userId: user.id,
        publicKey: bytes(5),
        signCount: 3,
        name: 'Key',
        createdAtS: 1,
        usedAtS: undefined,
      }
      const ask = (purpose: 'login' | 'registration', userId?: bigint) =>
        store.decide(() =>
          keepPasskeyChallenge({
            authKeyId: SCREEN,
            purpose,
            digest: bytes(1),
            userId,
            apiId: 1,
            expiresAtMs: NOW_MS + 1000,
          }),
        )
      const register = () =>
        store.decide(() =>
          keepPasskey(store.secret, {
            authKeyId: SCREEN,
            digest: bytes(1),
            passkey,
            maxPasskeys: 1,
            nowMs: NOW_MS,
          }),
        )
      assert.equal(await register(), false)
      await ask('registration', user.id)
      assert.equal(await register(), false, 'nobody is signed in')
      await signIn(store, user, SCREEN, 61n)
      await ask('registration', user.id)
      assert.equal(await register(), true)
      await ask('registration', user.id)
      assert.equal(await register(), false)
      assert.deepEqual(await store.look(() => listPasskeys(user.id)), [passkey])
      const logIn = (signCount: number, dcId?: number) =>
        store.decide(() =>
          signInByPasskey(store.secret, {
            passkey,
            signCount,
            digest: bytes(1),
            from: { authKeyId: SCREEN, dcId },
            authKeyId: OTHER_KEY,
            dcId: 2,
            authorization: { hash: 60n, ip: '192.0.2.1' },
            nowMs: NOW_MS,
          }),
        )
      await ask('login')
      assert.equal((await logIn(4, 1)).kind, 'dead')
      assert.deepEqual((await Promise.all([logIn(4), logIn(4)])).map(({ kind }) => kind).sort(), [
        'authorized',
        'dead',
      ])
      await ask('login')
      assert.equal((await logIn(4)).kind, 'dead')
      assert.deepEqual(await store.look(() => findPasskey('a')), { ...passkey, signCount: 4, usedAtS: NOW_S })
      assert.equal(await store.decide(() => removePasskey(store.secret, user.id + 1n, 'a')), false)
      assert.equal(await store.decide(() => removePasskey(store.secret, user.id, 'a')), true)
    })

    holds('the owner lists, changes and ends logins, each in one decision', async (store, user) => {
      await signIn(store, user, PHONE_KEY, 40n)
      await signIn(store, user, OTHER_KEY, 41n)
      const owner = { authKeyId: PHONE_KEY, userId: user.id, signedInBeforeS: NOW_S }
      const { logins, ownHash } = await store.look(() => listOwnLogins(user.id, PHONE_KEY))
      assert.deepEqual(
        [ownHash, logins.map(({ hash, unconfirmed }) => [hash, unconfirmed])],
        [
          40n,
          [
            [40n, false],
            [41n, true],
          ],
        ],
      )
      const change = (hash: bigint, authKeyId: bigint) =>
        store.decide(() =>
          changeLogin({
            authKeyId,
            userId: user.id,
            hash,
            confirmed: true,
            encryptedRequestsDisabled: true,
            callRequestsDisabled: undefined,
            confirmedBeforeS: 0,
          }),
        )
      assert.equal(await change(41n, OTHER_KEY), 'unknown')
      assert.equal(await change(41n, PHONE_KEY), 'confirmed')
      assert.equal(await change(41n, PHONE_KEY), 'changed')
      const end = (hash: bigint, signedInBeforeS = NOW_S) =>
        store.decide(() => endLogin(store.secret, { ...owner, hash, signedInBeforeS }))
      assert.equal(await end(41n, NOW_S - 1), 'fresh')
      assert.equal(await end(40n), 'unknown')
      const ended = await Promise.all([end(41n), end(41n)])
      assert.deepEqual(new Set(ended.map(String)), new Set([String(OTHER_KEY), 'unknown']))
      assert.deepEqual((await store.look(() => findKeyRecord(store.secret, OTHER_KEY)))?.state, {
        at: 'revoked',
        reason: 'SESSION_REVOKED',
      })
      await signIn(store, user, OTHER_KEY, 42n)
      assert.deepEqual(await store.decide(() => endOtherLogins(owner)), [OTHER_KEY])
      await store.decide(() => setTtlDays(owner, 1))
      assert.equal(await store.look(() => findTtlDays(user.id)), 1)
      assert.equal(await store.decide(() => expireLogin(PHONE_KEY, NOW_S + 86_399)), false)
      assert.equal(await store.decide(() => expireLogin(PHONE_KEY, NOW_S + 86_400)), true)
      assert.deepEqual((await store.look(() => findKeyRecord(store.secret, PHONE_KEY)))?.state, {
        at: 'revoked',
        reason: 'SESSION_EXPIRED',
      })
      await signIn(store, user, PHONE_KEY, 43n)
      assert.deepEqual(await store.look(() => listIdleLogins(9, NOW_S + 86_399)), [])
      assert.deepEqual(await store.look(() => listIdleLogins(9, NOW_S + 86_400)), [PHONE_KEY])
      assert.deepEqual(await store.look(() => listIdleLogins(0, NOW_S + 86_400)), [])
    })

    holds('a login that is used while its days end goes on, or was over before', async (store, user) => {
      const nowS = NOW_S + 366 * 86_400
      const authKeyIds = Array.from({ length: 64 }, (_, index) => 1_000n + BigInt(index))
      await keepKeys(store, authKeyIds)
      for (const authKeyId of authKeyIds) await signIn(store, user, authKeyId, authKeyId)
      const outcomes = await Promise.all(
        authKeyIds.map(async (authKeyId) => {
          const [isExpired, isUsed] = await Promise.all([
            store.decide(() => expireLogin(authKeyId, nowS)),
            store.decide(() => use(authKeyId, nowS)),
          ])
          const record = await store.look(() => findKeyRecord(store.secret, authKeyId))
          return [isExpired, isUsed, record?.state.at].join()
        }),
      )
      const allowed = new Set(['true,false,revoked', 'false,true,authorized'])
      assert.deepEqual(
        outcomes.filter((outcome) => !allowed.has(outcome)),
        [],
      )
    })

    holds('a future token is created for a login and spent once by a sendCode', async (store, user) => {
      const issueToken = (value: number, changes: Partial<NewFutureToken> = {}) =>
        store.decide(() =>
          keepFutureToken({
            digest: bytes(value),
            authKeyId: PHONE_KEY,
            expiresAtMs: NOW_MS + 1000,
            maxPerUser: 2,
            withLogin: false,
            nowMs: NOW_MS,
            ...changes,
          }),
        )
      assert.equal(await issueToken(1), false, 'nobody is signed in')
      await signIn(store, user, PHONE_KEY, 40n)
      for (const value of [1, 2, 3]) assert.equal(await issueToken(value), true)
      await store.decide(() => signOut(PHONE_KEY))

      let count = 0
      const ask = (values: readonly number[], authKeyId: bigint, changes: Partial<Issue> = {}) => {
        const phoneCodeHash = `h${count++}`
        const held = { phoneCodeHash, phone: user.phone, authKeyId, dcId: 2 }
        const future = {
          digests: values.map(bytes),
          authorization: { hash: BigInt(50 + count), ip: '192.0.2.1' },
          replayWithinMs: 1000,
        }
        return store.decide(() => issueCodeOrLogIn(store.secret, issueOf(held, changes), future))
      }
      const spent = { scope: 'phone', subject: user.phone, max: 0, windowMs: 1, distinctPhones: false }
      assert.equal((await ask([2], SCREEN, { budgets: [spent] })).kind, 'budgetSpent')
      assert.equal((await ask([1], SCREEN)).kind, 'issued', 'two are alive')
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, (_, index) => ask([1, 2], index % 2 === 0 ? SCREEN : OTHER_KEY)),
      )
      const winners = outcomes.filter(({ kind }) => kind === 'authorized')
      assert.equal(winners.length, 32, 'each repeat of one key')
      const fresh = winners.find((each) => each.kind === 'authorized' && each.fresh)
      assert.equal(winners.filter((each) => each.kind === 'authorized' && !each.fresh).length, 31)
      const again = await ask([2, 3], SCREEN, { nowMs: NOW_MS + 999 })
      assert.deepEqual(again, { ...fresh, fresh: false })
      assert.equal((await ask([2], SCREEN, { nowMs: NOW_MS + 1000 })).kind, 'issued')
      assert.equal((await ask([3], OTHER_KEY, { nowMs: NOW_MS + 1000 })).kind, 'issued', 'expired')
      assert.equal((await ask([3], OTHER_KEY, { nowMs: NOW_MS + 999 })).kind, 'authorized')
    })
  })
}
