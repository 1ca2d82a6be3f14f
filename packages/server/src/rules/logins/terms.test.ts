import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSettings } from '../../ground/settings.ts'
import { createDomain } from '../domain.ts'
import { createAccount } from '../passwords/new-accounts.ts'
import { createWorld, seededRandom, type World } from '../test-world.ts'

const PHONE = '9996621234'
const TERMS = { text: 'Be kind.', popup: true, minAge: 16 }

/** The rules on the same store after the operator changes the terms. */
function withTerms({ store, clock, bus, inbox }: World, terms: typeof TERMS | undefined) {
  const settings = createSettings('box', { terms })
  const { courier } = inbox
  return createDomain({ store, clock, bus, courier, settings, random: seededRandom('later') }).terms
}

test('a sign-up accepts the terms, and existing users are asked', async () => {
  const world = await createWorld({ settings: { terms: TERMS } })
  const { terms } = world.domain
  await createAccount(world.domain, { phone: PHONE, firstName: 'Ada' })
  const [before, after] = [await world.caller(), await world.caller()]
  await world.signIn(before, PHONE)
  await world.signIn(after, '9996620002')
  assert.deepEqual(await terms.pending(await world.again(after)), undefined)
  const caller = await world.again(before)
  const pending = await terms.pending(caller)
  assert.ok(pending)
  assert.deepEqual(pending, { ...TERMS, id: pending.id })
  await terms.accept(caller, pending.id)
  assert.equal(await terms.pending(caller), undefined)
})

test('new terms are shown to everybody again, and only the current ones can be accepted', async () => {
  const world = await createWorld({ settings: { terms: TERMS } })
  const { current } = world.domain.terms
  const caller = await world.caller()
  await world.signIn(caller, PHONE)
  const signedIn = await world.again(caller)
  for (const changes of [{ text: 'Be kinder.' }, { popup: false }, { minAge: 18 }]) {
    const later = withTerms(world, { ...TERMS, ...changes })
    assert.notEqual(later.current?.id, current?.id)
    assert.deepEqual(await later.pending(signedIn), later.current)
    const refused = later.accept(signedIn, current?.id ?? '')
    await assert.rejects(refused, { code: 400, message: 'DATA_JSON_INVALID' })
  }
  assert.equal(await withTerms(world, TERMS).pending(signedIn), undefined)
})

test('a caller without a login cannot ask for terms, and without terms nothing is pending', async () => {
  const world = await createWorld()
  const caller = await world.caller()
  const { terms } = world.domain
  await assert.rejects(terms.pending(caller), { code: 401, message: 'AUTH_KEY_UNREGISTERED' })
  await world.signIn(caller, PHONE)
  const signedIn = await world.again(caller)
  assert.equal(await terms.pending(signedIn), undefined)
  await assert.rejects(terms.accept(signedIn, ''), { message: 'DATA_JSON_INVALID' })
})
