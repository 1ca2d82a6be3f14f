import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type { Caller } from '../../ground/caller.ts'
import { listAccounts } from '../accounts/accounts.ts'
import { makeApp } from '../accounts/apps.ts'
import { changeApp } from '../accounts/decide-apps.ts'
import { listSessions } from '../accounts/decide-users.ts'
import { findKey } from '../accounts/keys.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { givePassword } from '../passwords/passwords.ts'
import { giveTo, withPassword } from '../test-passwords.ts'
import { createWorld, type World } from '../test-world.ts'
import { logOutKey } from './log-out.ts'
import { signInWithCode } from './sign-in.ts'
import { signUpWithCode } from './sign-up.ts'

const PHONE = '+9996621234'
const NAMES = { firstName: 'Ada', lastName: 'Lovelace' }
const EXPIRED = { code: 400, message: 'PHONE_CODE_EXPIRED' }

interface Held {
  readonly world: World
  readonly caller: Caller
  readonly held: { readonly phoneNumber: string; readonly phoneCodeHash: string }
}

async function withCode(world?: World): Promise<Held> {
  const here = world ?? (await createWorld())
  const caller = await here.caller()
  const { phoneCodeHash } = await here.sendCode(caller, PHONE)
  return { world: here, caller, held: { phoneNumber: PHONE, phoneCodeHash } }
}

/** Counts each outcome: the text of the refusal, or the kind of the answer. */
async function tally(calls: readonly Promise<{ kind: string }>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const result of await Promise.allSettled(calls)) {
    const name = result.status === 'fulfilled' ? result.value.kind : nameOf(result.reason)
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function nameOf(reason: unknown): string {
  return reason instanceof RpcError ? reason.message : String(reason)
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

test('a right code for a number without an account asks for a sign-up, which signs in', async () => {
  const { world, caller, held } = await withCode()
  assert.deepEqual(await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' }), {
    kind: 'signUpRequired',
  })
  assert.equal((await findKey(world.rules, caller.authKeyId))?.state.at, 'anonymous')
  const { user } = await signUpWithCode(world.rules, caller, { ...held, ...NAMES })
  assert.deepEqual([user.phone, user.firstName, user.lastName], ['9996621234', 'Ada', 'Lovelace'])
  const state = (await findKey(world.rules, caller.authKeyId))?.state
  assert.ok(state?.at === 'authorized' && state.userId === user.id)
})

test('a right code signs in to the account and names the app that asked for it', async () => {
  const world = await createWorld()
  const user = await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  const { caller, held } = await withCode(world)
  const outcome = await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  assert.deepEqual(outcome, { kind: 'authorized', user })
  const [session] = await world.rules.store.look(() => listSessions(user.id))
  assert.equal(session?.authKeyId, caller.authKeyId)
  assert.equal(session?.apiId, world.app.apiId)
  assert.equal(session?.appTitle, world.app.title)
})

test('64 parallel wrong guesses of one key: 5 are compared, 59 find the hash dead', async () => {
  const { world, caller, held } = await withCode()
  const guesses = times(64, (i) =>
    signInWithCode(world.rules, caller, { ...held, phoneCode: String(10_000 + i) }),
  )
  assert.deepEqual(await tally(guesses), { PHONE_CODE_INVALID: 5, PHONE_CODE_EXPIRED: 59 })
  await assert.rejects(signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' }), EXPIRED)
  assert.equal((await world.inbox.list())[0]?.state, 'exhausted')
})

test('the fifth guess may still be the right one', async () => {
  const { world, caller, held } = await withCode()
  const guess = (phoneCode: string) => signInWithCode(world.rules, caller, { ...held, phoneCode })
  for (let i = 0; i < 4; i++) await assert.rejects(guess('00000'), { message: 'PHONE_CODE_INVALID' })
  assert.equal((await guess('22222')).kind, 'signUpRequired')
})

test('64 parallel right answers of one key: identical results and one authorization', async () => {
  const world = await createWorld()
  const user = await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  const { caller, held } = await withCode(world)
  const announced = world.hear('login')
  const answers = await Promise.all(
    times(64, () => signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })),
  )
  for (const answer of answers) assert.deepEqual(answer, { kind: 'authorized', user })
  assert.equal((await world.rules.store.look(() => listSessions(user.id))).length, 1)
  assert.equal(announced.length, 1)
})

test('64 parallel sign-ups of different keys: one winner, 63 find the number occupied', async () => {
  const world = await createWorld()
  const holders = await Promise.all(times(64, () => withCode(world)))
  for (const { caller, held } of holders) {
    await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  }
  const signUps = holders.map(({ caller, held }) =>
    signUpWithCode(world.rules, caller, { ...held, ...NAMES }),
  )
  assert.deepEqual(await tally(signUps), { authorized: 1, PHONE_NUMBER_OCCUPIED: 63 })
  const users = await listAccounts(world.rules)
  assert.equal(users.length, 1)
  assert.equal((await world.rules.store.look(() => listSessions(users[0]?.id ?? 0n))).length, 1)
})

test('the loser of a sign-up signs in with the same verified hash', async () => {
  const world = await createWorld()
  const [winner, loser] = [await withCode(world), await withCode(world)]
  for (const { caller, held } of [winner, loser])
    await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  await signUpWithCode(world.rules, winner.caller, { ...winner.held, ...NAMES })
  await assert.rejects(signUpWithCode(world.rules, loser.caller, { ...loser.held, ...NAMES }), {
    message: 'PHONE_NUMBER_OCCUPIED',
  })
  const outcome = await signInWithCode(world.rules, loser.caller, { ...loser.held, phoneCode: '22222' })
  assert.equal(outcome.kind, 'authorized')
})

test('64 parallel sign-ups of one key: identical results and one account', async () => {
  const { world, caller, held } = await withCode()
  await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  const signUps = times(64, () => signUpWithCode(world.rules, caller, { ...held, ...NAMES }))
  assert.deepEqual(await tally(signUps), { authorized: 64 })
  assert.equal((await listAccounts(world.rules)).length, 1)
})

test('a code works only for the key, number and data centre it was issued to', async () => {
  const { world, caller, held } = await withCode()
  const right = { ...held, phoneCode: '22222' }
  await assert.rejects(signInWithCode(world.rules, await world.caller(), right), EXPIRED)
  await assert.rejects(signInWithCode(world.rules, { ...caller, dcId: 3 }, right), EXPIRED)
  await assert.rejects(signInWithCode(world.rules, caller, { ...right, phoneNumber: '+9996622222' }), EXPIRED)
  await assert.rejects(
    signInWithCode(world.rules, caller, { ...right, phoneCodeHash: '0'.repeat(32) }),
    EXPIRED,
  )
  assert.equal((await signInWithCode(world.rules, caller, right)).kind, 'signUpRequired')
})

test('signIn names the fault: the number, a missing code or a wrong code', async () => {
  const { world, caller, held } = await withCode()
  await assert.rejects(
    signInWithCode(world.rules, caller, { ...held, phoneNumber: '12', phoneCode: '22222' }),
    {
      code: 406,
      message: 'PHONE_NUMBER_INVALID',
    },
  )
  for (const phoneCode of [undefined, '']) {
    await assert.rejects(signInWithCode(world.rules, caller, { ...held, phoneCode }), {
      code: 400,
      message: 'PHONE_CODE_EMPTY',
    })
  }
  for (const phoneCode of ['22223', '2222', '222222', 'two']) {
    await assert.rejects(signInWithCode(world.rules, caller, { ...held, phoneCode }), {
      code: 400,
      message: 'PHONE_CODE_INVALID',
    })
  }
})

test('a login code dies after five minutes', async () => {
  const { world, caller, held } = await withCode()
  world.clock.advance(299_999)
  await assert.rejects(signInWithCode(world.rules, caller, { ...held, phoneCode: '00000' }), {
    message: 'PHONE_CODE_INVALID',
  })
  world.clock.advance(1)
  await assert.rejects(signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' }), EXPIRED)
  assert.equal((await world.inbox.list())[0]?.state, 'expired')
})

test('a repeated right answer of the same key gets the same result for five minutes while the login lives', async () => {
  const world = await createWorld()
  const user = await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  const { caller, held } = await withCode(world)
  const right = { ...held, phoneCode: '22222' }
  const first = await signInWithCode(world.rules, caller, right)
  world.clock.advance(299_000)
  assert.deepEqual(await signInWithCode(world.rules, caller, right), first)
  await assert.rejects(signInWithCode(world.rules, caller, { ...right, phoneCode: '11111' }), EXPIRED)
  await assert.rejects(signInWithCode(world.rules, await world.caller(), right), EXPIRED)
  world.clock.advance(1_000)
  await assert.rejects(signInWithCode(world.rules, caller, right), EXPIRED)

  const again = await withCode(world)
  await signInWithCode(world.rules, again.caller, { ...again.held, phoneCode: '22222' })
  await logOutKey(world.rules, again.caller)
  await assert.rejects(
    signInWithCode(world.rules, again.caller, { ...again.held, phoneCode: '22222' }),
    EXPIRED,
  )
  assert.equal((await world.rules.store.look(() => listSessions(user.id))).length, 1)
})

test('a right answer repeated before the password asks for the password again', async () => {
  const world = await createWorld()
  await withPassword(world, PHONE, 'correct horse')
  const { caller, held } = await withCode(world)
  const right = { ...held, phoneCode: '22222' }
  const needed = { code: 401, message: 'SESSION_PASSWORD_NEEDED' }
  await assert.rejects(signInWithCode(world.rules, caller, right), needed)
  const pending = await world.again(caller)
  await assert.rejects(signInWithCode(world.rules, pending, right), needed)
  await givePassword(world.rules, pending, await giveTo(world, pending, 'correct horse'))
  assert.equal((await signInWithCode(world.rules, await world.again(caller), right)).kind, 'authorized')
})

test('an app that has lost the right to create accounts creates none, even with a verified hash', async () => {
  const forbid = ({ rules, app }: World) =>
    rules.store.decide(() => changeApp(app.apiId, { signupForbidden: true }))
  const unoccupied = { code: 400, message: 'PHONE_NUMBER_UNOCCUPIED' }
  for (const isVerified of [false, true]) {
    const { world, caller, held } = await withCode()
    const right = { ...held, phoneCode: '22222' }
    if (isVerified) await signInWithCode(world.rules, caller, right)
    await forbid(world)
    // The app named by initConnection changes nothing: the code was for the other one.
    const other = { ...caller, apiId: (await makeApp(world.rules, 'another')).apiId }
    await assert.rejects(signInWithCode(world.rules, other, right), unoccupied)
    const refused = isVerified ? EXPIRED : { code: 400, message: 'PHONE_CODE_INVALID' }
    await assert.rejects(signUpWithCode(world.rules, other, { ...held, ...NAMES }), refused)
    assert.deepEqual(await listAccounts(world.rules), [])
  }
})

test('signUp accepts only a hash that this key verified, and for a limited time', async () => {
  const { world, caller, held } = await withCode()
  const request = { ...held, ...NAMES }
  await assert.rejects(signUpWithCode(world.rules, caller, request), {
    code: 400,
    message: 'PHONE_CODE_INVALID',
  })
  await assert.rejects(signUpWithCode(world.rules, caller, { ...request, phoneCodeHash: '' }), {
    message: 'PHONE_CODE_EMPTY',
  })
  await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  await assert.rejects(signUpWithCode(world.rules, await world.caller(), request), EXPIRED)
  world.clock.advance(600_000)
  await assert.rejects(signUpWithCode(world.rules, caller, request), EXPIRED)
})

test('names are trimmed, and a missing or overlong name is refused', async () => {
  const { world, caller, held } = await withCode()
  await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
  const signUp = (firstName: string, lastName = '') =>
    signUpWithCode(world.rules, caller, { ...held, firstName, lastName })
  await assert.rejects(signUp(' '), { code: 400, message: 'FIRSTNAME_INVALID' })
  await assert.rejects(signUp('a'.repeat(65)), { message: 'FIRSTNAME_INVALID' })
  await assert.rejects(signUp('a', 'b'.repeat(65)), { code: 400, message: 'LASTNAME_INVALID' })
  for (const unseen of ['\u0000', '\u200b', ' \u00ad ', '\u2800', '\u3164', '\ufeff\u202e', '\u001b']) {
    await assert.rejects(signUp(unseen), { message: 'FIRSTNAME_INVALID' }, JSON.stringify(unseen))
    await assert.rejects(signUp('a', unseen), { message: 'LASTNAME_INVALID' }, JSON.stringify(unseen))
  }
  const { user } = await signUp(` ${'🙂'.repeat(64)} `)
  assert.equal(user.firstName, '🙂'.repeat(64))
})

test('ten wrong guesses lock the number for a day, whichever codes they were for', async () => {
  const world = await createWorld()
  for (let i = 0; i < 2; i++) {
    const { caller, held } = await withCode(world)
    const guesses = times(5, () => signInWithCode(world.rules, caller, { ...held, phoneCode: '00000' }))
    assert.deepEqual(await tally(guesses), { PHONE_CODE_INVALID: 5 })
  }
  await assert.rejects(withCode(world), { code: 406, message: 'PHONE_PASSWORD_FLOOD' })
  world.clock.advance(86_400_000)
  await withCode(world)
})

test('no code of a locked number is compared, not even one sent before', async () => {
  const world = await createWorld()
  const early = await withCode(world)
  for (let i = 0; i < 2; i++) {
    const { caller, held } = await withCode(world)
    await tally(times(5, () => signInWithCode(world.rules, caller, { ...held, phoneCode: '00000' })))
  }
  await assert.rejects(
    signInWithCode(world.rules, early.caller, { ...early.held, phoneCode: '22222' }),
    EXPIRED,
  )
})

test('a completed login clears the failures of its number', async () => {
  const world = await createWorld()
  for (let i = 0; i < 3; i++) {
    const { caller, held } = await withCode(world)
    await tally(times(4, () => signInWithCode(world.rules, caller, { ...held, phoneCode: '00000' })))
    await signInWithCode(world.rules, caller, { ...held, phoneCode: '22222' })
    if (i === 0) await signUpWithCode(world.rules, caller, { ...held, ...NAMES })
  }
})
