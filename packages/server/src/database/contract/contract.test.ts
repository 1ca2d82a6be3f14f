/**
 * The contract of the Store port, for every implementation; another one adds a line to `test-stores.ts`.
 */

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { listInbox, putInInbox } from '../../courier/decide-inbox.ts'
import { changeApp, createApp, findApp, listApps, putApp } from '../../rules/accounts/decide-apps.ts'
import { revokeLogins } from '../../rules/accounts/decide-ended-logins.ts'
import {
  findKeyRecord,
  forgetKey,
  forgetSignedOutKeys,
  keepKey,
  noteKeyActivity,
  rememberClient,
  signOut,
} from '../../rules/accounts/decide-keys.ts'
import { putPhoneRule, removePhoneRule } from '../../rules/accounts/decide-phone-bans.ts'
import { keepFirstServerKey, listServerKeys } from '../../rules/accounts/decide-server-keys.ts'
import {
  acceptTerms,
  createUser,
  findAcceptedTerms,
  findUserByPhone,
  findUsers,
  hasOtherLogin,
  listSessions,
  listUsers,
  removeUser,
} from '../../rules/accounts/decide-users.ts'
import type { NewUser } from '../../rules/accounts/words.ts'
import { settleDelivery } from '../../rules/codes/decide-deliveries.ts'
import type { CodeRef, SettledAs, SignUp, TryCode } from '../../rules/codes/words.ts'
import { createBotUser } from '../../rules/logins/decide-bots.ts'
import { findPhoneRule, listPhoneRules, matchPhoneRule } from '../../rules/numbers/decide-phone-rules.ts'
import { type Refused, refused } from '../../rules/refusal.ts'
import { long } from '../columns.ts'
import { beginIds, type Decision, sql } from '../decision.ts'
import { idList, LISTED_IDS } from '../id-list.ts'
import type { Store } from '../store.ts'
import {
  cancelIn,
  countFailuresIn,
  failureBudget,
  findLiveIn,
  issueIn,
  issueOf,
  NOW_MS,
  RIGHT,
  releaseIn,
  resendIn,
  signUpIn,
  tryCodeIn,
  unsettledIn,
} from './test-codes.ts'
import { holding, IMPLEMENTATIONS } from './test-stores.ts'

const PHONE = '9996621234'
const WRONG = new Uint8Array(32).fill(2)
const DAY_MS = 86_400_000
const summary = sql`SELECT count(*) AS n, min(listed_id) AS least, max(listed_id) AS most FROM ${LISTED_IDS} l`

const ref: CodeRef = { phoneCodeHash: 'a', phone: PHONE, authKeyId: -1n, dcId: 2 }
const ada: NewUser = { accessHash: 7n, phone: PHONE, firstName: 'Ada', lastName: '', createdAtS: 1 }

function guess(changes: Partial<TryCode> = {}): TryCode {
  return {
    ref,
    digest: RIGHT,
    maxAttempts: 3,
    failures: failureBudget(10, DAY_MS),
    replayWithinMs: 1000,
    signUpWithinMs: 1000,
    authorization: { hash: 99n, ip: '127.0.0.1' },
    nowMs: NOW_MS,
    ...changes,
  }
}

function signUpOf(changes: Partial<SignUp> = {}): SignUp {
  const { replayWithinMs, signUpWithinMs, authorization } = guess()
  const budget = { scope: 'signUp', subject: ref.phone, max: 3, windowMs: DAY_MS, distinctPhones: false }
  return { ref, budget, user: ada, replayWithinMs, signUpWithinMs, authorization, nowMs: NOW_MS, ...changes }
}

function settle({ decide }: Store, id: string, outcome: SettledAs): Promise<void> {
  return decide(() => settleDelivery(id, outcome))
}

async function makeKey(store: Store, authKeyId: bigint): Promise<boolean> {
  const key = new Uint8Array(256).fill(5)
  return store.decide(() =>
    keepKey(store.secret, { authKeyId, key, dcId: 2, firstSalt: -9n, createdAtS: 3, isTest: false }),
  )
}

for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
  describe(`Store, ${name}`, () => {
    const holds = holding(open)

    holds(
      'a decision that says no leaves nothing of what it wrote, and the others of its turn stand',
      async (store) => {
        function* refuse(phone: string): Decision<Refused> {
          yield* createUser({ ...ada, phone })
          yield* putPhoneRule({ digits: phone, rule: 'ban' })
          return refused('PEER_ID_INVALID')
        }
        const outcomes = await Promise.all([
          store.decide(() => createUser(ada)),
          store.decide(() => refuse('9996621235')),
          store.decide(() => createUser({ ...ada, phone: '9996621236' })),
        ])
        assert.deepEqual(outcomes[1], refused('PEER_ID_INVALID'))
        const phones = (await store.look(() => listUsers(10))).map(({ phone }) => phone)
        assert.deepEqual(phones.sort(), [PHONE, '9996621236'])
        assert.deepEqual(await store.look(() => listPhoneRules()), [])
      },
    )

    holds('no account gets the id that clients take for authors whom privacy hides', async (store) => {
      await store.decide(() => beginIds('users', 'id', 2_665_999))
      const ids: (bigint | undefined)[] = []
      for (let count = 0; count < 2; count++) {
        const user = { ...ada, phone: `999662200${count}` }
        ids.push((await store.decide(() => createUser(user)))?.id)
      }
      await store.decide(() => beginIds('users', 'id', 2_666_000))
      const bot = { accessHash: 1n, username: 'hidden_bot', createdAtS: 1, homeDc: undefined, ownerId: 0n }
      await store.decide(() => removeUser(2_666_001n))
      ids.push((await store.decide(() => createBotUser(bot)))?.id)
      assert.deepEqual(ids, [2_665_999n, 2_666_001n, 2_666_001n])
    })

    holds('a key with any 64-bit id is stored once', async (store) => {
      for (const id of [-(2n ** 63n), -1n, 2n ** 63n - 1n]) {
        assert.equal(await makeKey(store, id), true)
        assert.equal(await makeKey(store, id), false)
        const { authKeyId, key, dcId, firstSalt, createdAtS, client, state } =
          (await store.look(() => findKeyRecord(store.secret, id))) ?? {}
        assert.deepEqual([authKeyId, dcId, firstSalt, createdAtS], [id, 2, -9n, 3])
        assert.deepEqual(Uint8Array.from(key ?? []), new Uint8Array(256).fill(5))
        assert.deepEqual([client, state], [undefined, { at: 'anonymous' }])
      }
      assert.equal(await store.look(() => findKeyRecord(store.secret, 4n)), undefined)
    })

    holds('one of many simultaneous writers of the same key id succeeds', async (store) => {
      const kept = await Promise.all(Array.from({ length: 20 }, () => makeKey(store, 1n)))
      assert.equal(kept.filter(Boolean).length, 1)
    })

    holds('a key remembers its client and can be forgotten', async (store) => {
      await makeKey(store, 1n)
      const about = { systemVersion: 's', appVersion: 'a', systemLangCode: 'l', langPack: '', langCode: 'en' }
      const client = { layer: 198, apiId: 5, deviceModel: 'd', ...about }
      await store.decide(() => rememberClient(1n, client))
      assert.deepEqual((await store.look(() => findKeyRecord(store.secret, 1n)))?.client, client)
      assert.equal(await store.decide(() => forgetKey(1n)), true)
      assert.equal(await store.decide(() => forgetKey(1n)), false)
      assert.equal(await store.look(() => findKeyRecord(store.secret, 1n)), undefined)
    })

    holds(
      'the store keeps the terms an account accepted last, and the minimum version of an app',
      async (store) => {
        const user = await store.decide(() => createUser(ada))
        assert.ok(user)
        assert.equal(await store.look(() => findAcceptedTerms(user.id)), undefined)
        for (const id of ['a', 'b']) await store.decide(() => acceptTerms(user.id, id, 1))
        assert.equal(await store.look(() => findAcceptedTerms(user.id)), 'b')
        await store.decide(() => acceptTerms(user.id + 1n, 'b', 1))
        assert.equal(await store.look(() => findAcceptedTerms(user.id + 1n)), undefined, 'nobody')
        const { apiId, minAppVersion } = await store.decide(() =>
          createApp({ apiHash: 'a', title: 'A', createdAtS: 1 }),
        )
        assert.equal(minAppVersion, undefined)
        assert.equal(
          (await store.decide(() => changeApp(apiId, { minAppVersion: '1.2' })))?.minAppVersion,
          '1.2',
        )
        assert.equal((await store.decide(() => changeApp(apiId, { minLayer: 5 })))?.minAppVersion, '1.2')
        assert.equal(
          (await store.decide(() => changeApp(apiId, { minAppVersion: '' })))?.minAppVersion,
          undefined,
        )
      },
    )

    holds('an unused key is deleted after its login ended, however it ended', async (store) => {
      const user = await store.decide(() => createUser(ada))
      assert.ok(user)
      for (const id of [1n, 2n, 3n, 4n]) {
        const held = { ...ref, authKeyId: id, phoneCodeHash: `h${id}` }
        await makeKey(store, id)
        await issueIn(store, issueOf(held))
        const authorization = { hash: id * 10n, ip: '127.0.0.1' }
        await tryCodeIn(store, guess({ ref: held, authorization }))
      }
      await makeKey(store, 5n)
      assert.deepEqual(
        await store.decide(() => forgetSignedOutKeys(4, 9)),
        [],
        'four are signed in, one never was',
      )
      await store.decide(() => signOut(1n))
      await store.decide(() => revokeLogins(user.id, { only: 20n }))
      assert.deepEqual(await store.decide(() => forgetSignedOutKeys(3, 9)), [], 'not yet')
      assert.deepEqual(await store.decide(() => forgetSignedOutKeys(4, 1)), [1n])
      await store.decide(() => noteKeyActivity(2n, '::1', 9))
      await store.decide(() => noteKeyActivity(3n, '::1', 8))
      await store.decide(() => removeUser(user.id))
      assert.deepEqual(
        await store.decide(() => forgetSignedOutKeys(9, 1)),
        [4n],
        'the longest unused key first',
      )
      assert.deepEqual(await store.decide(() => forgetSignedOutKeys(9, 9)), [3n])
      assert.deepEqual((await store.look(() => findKeyRecord(store.secret, 2n)))?.usedAtS, 9)
    })

    holds('the first server key is never replaced', async (store) => {
      const stands = await Promise.all(
        ['one', 'two'].map((pem) => store.decide(() => keepFirstServerKey(store.secret, pem, 1))),
      )
      assert.deepEqual(stands, ['one', 'one'])
      assert.deepEqual(await store.look(() => listServerKeys(store.secret)), ['one'])
    })

    holds('apps get their own ids and change field by field', async (store) => {
      const one = await store.decide(() => createApp({ apiHash: 'h', title: 'One', createdAtS: 1 }))
      const two = await store.decide(() => createApp({ apiHash: 'i', title: 'Two', createdAtS: 2 }))
      assert.notEqual(one.apiId, two.apiId)
      assert.deepEqual(await store.look(() => listApps()), [one, two])
      const changed = { ...one, published: true, minLayer: 150 }
      assert.deepEqual(
        await store.decide(() => changeApp(one.apiId, { published: true, minLayer: 150 })),
        changed,
      )
      assert.deepEqual(await store.decide(() => changeApp(one.apiId, { title: 'X' })), {
        ...changed,
        title: 'X',
      })
      assert.deepEqual(await store.look(() => findApp(two.apiId)), two)
      assert.equal(await store.decide(() => changeApp(1, { title: 'X' })), undefined)
    })

    holds('an app may bring its own api_id and can be stored again', async (store) => {
      const first = await store.decide(() => createApp({ apiHash: 'h', title: 'One', createdAtS: 1 }))
      const own = { apiId: first.apiId + 1000, apiHash: 'i', title: 'Own', createdAtS: 2 }
      const put = await store.decide(() => putApp(own))
      assert.deepEqual({ ...put, ...own }, put)
      await store.decide(() => changeApp(own.apiId, { minLayer: 150 }))
      const again = await store.decide(() => putApp({ ...own, apiHash: 'j', createdAtS: 3 }))
      assert.deepEqual(again, { ...put, apiHash: 'j', minLayer: 150 })
      const next = await store.decide(() => createApp({ apiHash: 'k', title: 'Next', createdAtS: 4 }))
      assert.deepEqual(await store.look(() => listApps()), [first, again, next])
    })

    holds('a number has one account, and ids are never reused', async (store) => {
      const made = await Promise.all([
        store.decide(() => createUser(ada)),
        store.decide(() => createUser(ada)),
      ])
      const user = made.find((one) => one !== undefined)
      assert.ok(user)
      assert.equal(made.filter((one) => one === undefined).length, 1)
      assert.deepEqual(await store.look(() => findUserByPhone(PHONE)), user)
      assert.deepEqual(await store.look(() => findUsers([1n, user.id])), [user])
      assert.deepEqual(await store.look(() => listUsers(10)), [user])
      assert.deepEqual(await store.decide(() => removeUser(user.id)), [])
      assert.equal(await store.decide(() => removeUser(user.id)), undefined)
      assert.notEqual((await store.decide(() => createUser(ada)))?.id, user.id)
    })

    holds('a code is live for its holder until it expires', async (store) => {
      assert.deepEqual(await issueIn(store, issueOf(ref)), { kind: 'issued' })
      const live = await findLiveIn(store, ref, NOW_MS + 999)
      assert.deepEqual(live, issueOf(ref).code)
      assert.equal(await findLiveIn(store, ref, NOW_MS + 1000), undefined)
      for (const change of [{ phoneCodeHash: 'b' }, { phone: '1' }, { authKeyId: 1n }, { dcId: 1 }]) {
        assert.equal(await findLiveIn(store, { ...ref, ...change }, NOW_MS), undefined)
        assert.equal(await cancelIn(store, { ...ref, ...change }, NOW_MS), false)
      }
      assert.equal(await cancelIn(store, ref, NOW_MS), true)
      assert.equal(await findLiveIn(store, ref, NOW_MS), undefined)
    })

    holds('a live code answers a second request, and a dead one does not', async (store) => {
      await issueIn(store, issueOf(ref))
      const again = issueOf({ ...ref, phoneCodeHash: 'b' }, { repeatWithinMs: 500 })
      assert.deepEqual(await issueIn(store, again), { kind: 'repeated', code: issueOf(ref).code })
      const other = { ...again, repeatable: ['call' as const] }
      assert.deepEqual(await issueIn(store, other), { kind: 'issued' }, 'sent in a way that is not asked for')
      assert.deepEqual(await cancelIn(store, other.code, NOW_MS), true)
      const third = issueOf({ ...ref, phoneCodeHash: 'c' }, { repeatWithinMs: 500 })
      assert.deepEqual(await issueIn(store, third), { kind: 'issued' })
    })

    holds('only sends use up a budget, and it says when it is free again', async (store) => {
      const budget = { scope: 'phone', subject: PHONE, max: 2, windowMs: 100, distinctPhones: false }
      const issue = (hash: string, nowMs: number) =>
        issueIn(store, issueOf({ ...ref, phoneCodeHash: hash }, { budgets: [budget], nowMs }))
      assert.equal((await issue('a', NOW_MS)).kind, 'issued')
      assert.equal((await issue('b', NOW_MS + 10)).kind, 'issued')
      const spent = { kind: 'budgetSpent', budget: 0, freeAtMs: NOW_MS + 100 }
      for (let i = 0; i < 5; i++) assert.deepEqual(await issue('c', NOW_MS + 99), spent)
      assert.equal((await issue('c', NOW_MS + 100)).kind, 'issued')
      assert.deepEqual(await issue('d', NOW_MS + 100), { ...spent, freeAtMs: NOW_MS + 110 })
    })

    holds(
      'parallel guesses are compared up to the limit of a code, and failures outlive the code',
      async (store) => {
        await makeKey(store, ref.authKeyId)
        await issueIn(store, issueOf(ref))
        const guesses = Array.from({ length: 10 }, () => tryCodeIn(store, guess({ digest: WRONG })))
        const kinds = (await Promise.all(guesses)).map(({ kind }) => kind)
        // The engine decides which of them are compared.
        assert.deepEqual(kinds.toSorted(), [...Array(7).fill('dead'), ...Array(3).fill('wrong')])
        assert.deepEqual(await tryCodeIn(store, guess()), { kind: 'dead' })
        assert.equal(await countFailuresIn(store, PHONE, NOW_MS - 1), 3)
        assert.equal(await countFailuresIn(store, PHONE, NOW_MS), 0)
        const next = { ...ref, phoneCodeHash: 'b' }
        await issueIn(store, issueOf(next))
        const failures = failureBudget(3, DAY_MS)
        assert.deepEqual(await tryCodeIn(store, guess({ ref: next, failures })), { kind: 'dead' })
      },
    )

    holds(
      'a right guess without an account verifies the code, and one sign-up creates the account',
      async (store) => {
        await makeKey(store, ref.authKeyId)
        await issueIn(store, issueOf(ref))
        assert.deepEqual(await signUpIn(store, signUpOf()), { kind: 'unverified' })
        assert.deepEqual(await tryCodeIn(store, guess()), { kind: 'signUpRequired' })
        assert.equal(await countFailuresIn(store, PHONE, 0), 0)
        assert.deepEqual(await signUpIn(store, signUpOf({ nowMs: NOW_MS + 1000 })), { kind: 'dead' })
        const made = await signUpIn(store, signUpOf())
        assert.ok(made.kind === 'authorized' && made.fresh)
        const authorization = { hash: 100n, ip: '::1' }
        assert.deepEqual(await signUpIn(store, signUpOf({ authorization })), { ...made, fresh: false })
        const { userId, hash } = { userId: made.user.id, hash: 99n }
        assert.deepEqual((await store.look(() => findKeyRecord(store.secret, ref.authKeyId)))?.state, {
          at: 'authorized',
          isBot: false,
          userId,
          hash,
          activeAtS: NOW_MS / 1000,
        })
      },
    )

    holds('a login ends by its key, by its hash or with its account', async (store) => {
      const user = await store.decide(() => createUser(ada))
      assert.ok(user)
      for (const id of [1n, 2n, 3n]) {
        const held = { ...ref, authKeyId: id, phoneCodeHash: `h${id}` }
        await makeKey(store, id)
        await issueIn(store, issueOf(held))
        const authorization = { hash: id * 10n, ip: '127.0.0.1' }
        const outcome = await tryCodeIn(store, guess({ ref: held, authorization }))
        assert.deepEqual(outcome, { kind: 'authorized', user, hash: id * 10n, fresh: true })
      }
      assert.deepEqual(
        (await store.look(() => listSessions(user.id))).map(({ hash }) => hash),
        [10n, 20n, 30n],
      )
      assert.equal(await store.decide(() => signOut(1n)), true)
      assert.equal(await store.decide(() => signOut(1n)), false)
      assert.deepEqual(await store.decide(() => revokeLogins(user.id + 1n, { only: 20n })), {
        authKeyIds: [],
        any: false,
      })
      assert.deepEqual(await store.decide(() => revokeLogins(user.id, { only: 20n })), {
        authKeyIds: [2n],
        any: true,
      })
      assert.deepEqual(await store.decide(() => removeUser(user.id)), [3n])
      const states = await Promise.all(
        [1n, 2n, 3n].map(async (id) => (await store.look(() => findKeyRecord(store.secret, id)))?.state),
      )
      assert.deepEqual(states, [
        { at: 'anonymous' },
        { at: 'revoked', reason: 'SESSION_REVOKED' },
        { at: 'revoked', reason: 'USER_DEACTIVATED' },
      ])
    })

    holds(
      'a delivery stays in the outbox from the creation of its code until it is settled',
      async (store) => {
        const issue = issueOf(ref)
        await issueIn(store, issue)
        assert.deepEqual(await unsettledIn(store, NOW_MS), [issue.delivery])
        assert.deepEqual(await unsettledIn(store, NOW_MS + 1000), [], 'its code has expired')
        const delivery = { ...issue.delivery, id: 'second', channel: 'call' as const }
        const resend = {
          ref,
          fromResends: 0,
          toStep: 1,
          channel: 'call' as const,
          expiresAtMs: NOW_MS + 2000,
          budgets: [],
          digests: RIGHT,
        }
        const at = { delivery, nowMs: NOW_MS + 1 }
        assert.deepEqual(await resendIn(store, { ...resend, ...at }), { kind: 'sent' })
        assert.deepEqual(await resendIn(store, { ...resend, ...at }), { kind: 'moved' })
        await settle(store, issue.delivery.id, { kind: 'accepted', reference: 'r' })
        assert.deepEqual(await unsettledIn(store, NOW_MS), [delivery])
        await settle(store, 'second', { kind: 'failed', reason: 'no' })
        assert.ok(await findLiveIn(store, ref, NOW_MS), 'the first delivery may have brought it')
      },
    )

    holds('no form of a held-back code is right until it is sent, and it is sent once', async (store) => {
      await makeKey(store, ref.authKeyId)
      const { code, delivery } = issueOf(ref)
      await issueIn(store, { ...issueOf(ref), delivery: undefined, digests: new Uint8Array() })
      assert.deepEqual(await unsettledIn(store, NOW_MS), [])
      assert.deepEqual(await tryCodeIn(store, guess()), { kind: 'wrong' })
      const release = { ref, delivery, digests: RIGHT, nowMs: NOW_MS }
      const other = { ...release, ref: { ...ref, dcId: 1 } }
      assert.equal(await releaseIn(store, other), 'moved')
      const outcomes = await Promise.all(Array.from({ length: 8 }, () => releaseIn(store, release)))
      assert.equal(outcomes.filter((outcome) => outcome === 'sent').length, 1)
      assert.deepEqual(await unsettledIn(store, NOW_MS), [delivery])
      assert.deepEqual(await findLiveIn(store, ref, NOW_MS), code)
      assert.deepEqual(await tryCodeIn(store, guess()), { kind: 'signUpRequired' })
    })

    holds('every code sent so far is right in each form', async (store) => {
      const other = new Uint8Array(32).fill(3)
      await makeKey(store, ref.authKeyId)
      await issueIn(store, issueOf(ref))
      const { delivery } = issueOf(ref)
      const resend = {
        ref,
        fromResends: 0,
        toStep: 1,
        channel: 'call' as const,
        expiresAtMs: NOW_MS + 2000,
        budgets: [],
        nowMs: NOW_MS,
      }
      const digests = Uint8Array.from([...RIGHT, ...other])
      await resendIn(store, { ...resend, delivery: { ...delivery, id: 'next' }, digests })
      assert.deepEqual(await tryCodeIn(store, guess({ digest: WRONG })), { kind: 'wrong' })
      assert.deepEqual(await tryCodeIn(store, guess({ digest: other })), { kind: 'signUpRequired' })
      assert.deepEqual(await tryCodeIn(store, guess()), { kind: 'signUpRequired' }, 'a repeat')
      assert.deepEqual(await tryCodeIn(store, guess({ digest: WRONG })), { kind: 'dead' })
    })

    holds('a code is dead if none of its deliveries arrived', async (store) => {
      await issueIn(store, issueOf(ref))
      await settle(store, 'da', { kind: 'failed', reason: 'no' })
      assert.ok(await findLiveIn(store, ref, NOW_MS), 'there is another way')
      const delivery = { ...issueOf(ref).delivery, id: 'second' }
      const resend = {
        ref,
        fromResends: 0,
        toStep: 1,
        channel: 'call' as const,
        expiresAtMs: NOW_MS + 2000,
        digests: RIGHT,
        delivery,
      }
      await resendIn(store, { ...resend, budgets: [], nowMs: NOW_MS })
      await settle(store, 'second', { kind: 'failed', reason: 'no' })
      assert.equal(await findLiveIn(store, ref, NOW_MS), undefined)
    })

    holds('the inbox keeps a delivery once and shows the newest first', async (store) => {
      const [one, two] = [issueOf(ref), issueOf({ ...ref, phoneCodeHash: 'b', phone: '1' })]
      await issueIn(store, one)
      assert.equal(await store.decide(() => putInInbox(store.secret, one.delivery, 'sms')), true)
      assert.equal(await store.decide(() => putInInbox(store.secret, one.delivery, 'sms')), false)
      await store.decide(() => putInInbox(store.secret, two.delivery, 'sms'))
      const ids = async (query: object) =>
        (await store.look(() => listInbox(store.secret, { limit: 9, nowMs: NOW_MS, ...query }))).map(
          ({ id, state }) => `${id} ${state}`,
        )
      assert.deepEqual(await ids({}), ['db expired', 'da active'])
      assert.deepEqual(await ids({ phone: PHONE }), ['da active'])
      assert.deepEqual(await ids({ afterId: 'da' }), ['db expired'])
      assert.deepEqual(await ids({ afterS: 2 }), [])
      assert.deepEqual(await ids({ limit: 1 }), ['db expired'])
    })

    holds('phone rules are stored by their digits, and the longest match is found', async (store) => {
      const short = { digits: '99', rule: 'migrate', dc: 3 } as const
      const long = { digits: '999662', rule: 'channels', channels: ['smsWord', 'call'] } as const
      for (const digits of ['99', '4', '9996621235'])
        await store.decide(() => putPhoneRule({ digits, rule: 'ban' }))
      await store.decide(() => putPhoneRule(short))
      await store.decide(() => putPhoneRule(long))
      assert.deepEqual(
        (await store.look(() => listPhoneRules())).map(({ digits }) => digits),
        ['4', '99', '999662', '9996621235'],
      )
      assert.deepEqual(await store.look(() => matchPhoneRule(PHONE)), long)
      assert.deepEqual(await store.look(() => matchPhoneRule('998')), short)
      assert.deepEqual(await store.look(() => findPhoneRule('99')), short)
      assert.equal(await store.look(() => findPhoneRule('999')), undefined)
      assert.equal(await store.look(() => matchPhoneRule('9')), undefined)
      assert.deepEqual(await store.decide(() => removePhoneRule('999662')), [])
      assert.equal(await store.decide(() => removePhoneRule('999662')), undefined)
      assert.deepEqual(await store.look(() => matchPhoneRule(PHONE)), short)
    })

    holds('the store tells whether a number is signed in elsewhere', async (store) => {
      assert.equal(await store.look(() => hasOtherLogin(PHONE, 1n, 1)), false)
      await store.decide(() => createUser(ada))
      assert.equal(await store.look(() => hasOtherLogin(PHONE, 1n, 1)), false)
      await makeKey(store, ref.authKeyId)
      await issueIn(store, issueOf(ref))
      await tryCodeIn(store, guess())
      assert.equal(await store.look(() => hasOtherLogin(PHONE, 1n, 1)), true)
      assert.equal(await store.look(() => hasOtherLogin(PHONE, ref.authKeyId, 1)), false)
      assert.equal(await store.look(() => hasOtherLogin('1', 1n, 1)), false)
    })

    holds('a list of ids in one parameter has every id of 64 bits', async (store) => {
      const ask = async (ids: readonly bigint[]) => {
        const row = await store.look(() => summary.row({ ids: idList(ids) }))
        return row && (row['n'] === 0n ? 'empty' : [row['n'], long(row, 'least'), long(row, 'most')])
      }
      assert.equal(await ask([]), 'empty')
      assert.deepEqual(await ask([-1_000_000_000_007n]), [1n, -1_000_000_000_007n, -1_000_000_000_007n])
      const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n]
      assert.deepEqual(await ask([0n, most, 5n, 5n, least]), [5n, least, most])
      const many = Array.from({ length: 5_000 }, (_, index) => BigInt(index) - 2_500n)
      assert.deepEqual(await ask(many), [5_000n, -2_500n, 2_499n])
    })

    holds('keys derived from the secret differ by purpose and are stable', async (store) => {
      assert.deepEqual(store.secret.derive('a'), store.secret.derive('a'))
      assert.notDeepEqual(store.secret.derive('a'), store.secret.derive('b'))
      assert.equal(store.secret.derive('a').length, 32)
    })
  })

  test(`Store, ${name}: a closed store refuses calls and finishes those in progress`, async () => {
    const store = await open()
    const kept = makeKey(store, 1n)
    await store.close()
    assert.equal(await kept, true)
    await assert.rejects(makeKey(store, 2n), { code: 'STORE_CLOSED' })
    await assert.rejects(
      store.look(() => findKeyRecord(store.secret, 1n)),
      { code: 'STORE_CLOSED' },
    )
    assert.equal((await store.trouble())?.code, 'STORE_CLOSED')
    await store.close()
  })
}
