import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMemoryFiles } from '../../files/memory.ts'
import { createSettings } from '../../ground/settings.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { createRules } from '../rules.ts'
import { createWorld, seededRandom, type World } from '../test-world.ts'
import { acceptCurrentTerms, currentTerms, findPendingTerms } from './terms.ts'

const PHONE = '9996621234'
const TERMS = { text: 'Be kind.', popup: true, minAge: 16 }

/** The rules on the same store after the operator changes the terms. */
function withTerms({ store, clock, bus, inbox }: World, terms: typeof TERMS | undefined) {
  const settings = createSettings('box', { terms })
  const { courier } = inbox
  const random = seededRandom('later')
  const files = createMemoryFiles({ random, nowMs: () => clock.nowMs() })
  return createRules({ store, files, clock, bus, courier, settings, random })
}

test('a sign-up accepts the terms, and existing users are asked', async () => {
  const world = await createWorld({ settings: { terms: TERMS } })
  const on = world.rules
  await createAccount(world.rules, { phone: PHONE, firstName: 'Ada' })
  const [before, after] = [await world.caller(), await world.caller()]
  await world.signIn(before, PHONE)
  await world.signIn(after, '9996620002')
  assert.deepEqual(await findPendingTerms(on, await world.again(after)), undefined)
  const caller = await world.again(before)
  const pending = await findPendingTerms(on, caller)
  assert.ok(pending)
  assert.deepEqual(pending, { ...TERMS, id: pending.id })
  await acceptCurrentTerms(on, caller, pending.id)
  assert.equal(await findPendingTerms(on, caller), undefined)
})

test('new terms are shown to everybody again, and only the current ones can be accepted', async () => {
  const world = await createWorld({ settings: { terms: TERMS } })
  const current = currentTerms(world.rules.settings)
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  const signedIn = await world.again(caller)
  for (const changes of [{ text: 'Be kinder.' }, { popup: false }, { minAge: 18 }]) {
    const later = withTerms(world, { ...TERMS, ...changes })
    assert.notEqual(currentTerms(later.settings)?.id, current?.id)
    assert.deepEqual(await findPendingTerms(later, signedIn), currentTerms(later.settings))
    const refused = acceptCurrentTerms(later, signedIn, current?.id ?? '')
    await assert.rejects(refused, { code: 400, message: 'DATA_JSON_INVALID' })
  }
  assert.equal(await findPendingTerms(withTerms(world, TERMS), signedIn), undefined)
})

test('a caller without a login cannot ask for terms, and without terms nothing is pending', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const on = world.rules
  await assert.rejects(findPendingTerms(on, caller), { code: 401, message: 'AUTH_KEY_UNREGISTERED' })
  await world.signIn(caller, PHONE)
  const signedIn = await world.again(caller)
  assert.equal(await findPendingTerms(on, signedIn), undefined)
  await assert.rejects(acceptCurrentTerms(on, signedIn, ''), { message: 'DATA_JSON_INVALID' })
})
