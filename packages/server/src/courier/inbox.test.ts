import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBus } from '../bus/bus.ts'
import { createWorld } from '../rules/test-world.ts'
import { createInbox } from './inbox.ts'

const PHONE = '+9996621234'

test('a waiting caller gets the newest existing code or the next one to arrive', async () => {
  const { inbox, sendCode, caller } = await createWorld()
  const waiting = inbox.wait({ phone: PHONE })
  const other = await sendCode(await caller(), '+9996632222')
  const sent = await sendCode(await caller(), PHONE)
  const entry = await waiting
  assert.equal(entry?.phoneCodeHash, sent.phoneCodeHash)
  assert.deepEqual(await inbox.wait({ phone: '999 662 1234' }), entry)
  assert.equal((await inbox.wait({ phone: '+9996632222' }))?.phoneCodeHash, other.phoneCodeHash)
  assert.deepEqual(await inbox.wait({}), entry)
})

test('a wait skips codes sent before it', async () => {
  const { inbox, sendCode, caller, clock } = await createWorld()
  await sendCode(await caller(), PHONE)
  const [first] = await inbox.list()
  const afterId = inbox.wait({ phone: PHONE, afterId: first?.id })
  const afterS = inbox.wait({ phone: PHONE, afterS: (first?.sentAtS ?? 0) + 1 })
  clock.advance(1000)
  const { phoneCodeHash } = await sendCode(await caller(), PHONE)
  assert.equal((await afterId)?.phoneCodeHash, phoneCodeHash)
  assert.equal((await afterS)?.phoneCodeHash, phoneCodeHash)
})

test('a wait does not return a code that can no longer be used', async () => {
  const { inbox, sendCode, caller, clock } = await createWorld()
  await sendCode(await caller(), PHONE)
  clock.advance(24 * 60 * 60 * 1000)
  assert.equal((await inbox.list(PHONE))[0]?.state, 'expired')
  const waiting = inbox.wait({ phone: PHONE })
  const { phoneCodeHash } = await sendCode(await caller(), PHONE)
  assert.equal((await waiting)?.phoneCodeHash, phoneCodeHash)
})

test('a wait ends when its time is up or the caller leaves', async () => {
  const { inbox } = await createWorld()
  assert.equal(await inbox.wait({ timeoutMs: 5 }), undefined)
  assert.equal(await inbox.wait({ signal: AbortSignal.abort() }), undefined)
  const leaving = new AbortController()
  const waiting = inbox.wait({ signal: leaving.signal })
  leaving.abort()
  assert.equal(await waiting, undefined)
})

test('a repeated delivery is kept and announced once', async () => {
  const { inbox, sendCode, caller } = await createWorld()
  await sendCode(await caller(), PHONE)
  const [entry] = await inbox.list()
  assert.ok(entry)
  let announced = 0
  inbox.onEntry(() => announced++)
  const outcome = await inbox.courier.send({ ...entry, purpose: 'login', phone: '9996621234' })
  assert.deepEqual(outcome, { kind: 'accepted', reference: entry.id })
  assert.equal(announced, 0)
  assert.equal((await inbox.list()).length, 1)
})

test('a caller that waits gets a code that was used before its news came', async () => {
  const { store, clock, caller, signIn } = await createWorld()
  const bus = createBus()
  const otherNode = createInbox({ store, bus, clock })
  const waiting = otherNode.wait({ phone: PHONE, timeoutMs: 60_000 })
  await signIn(await caller(), PHONE)
  bus.publish([{ kind: 'inbox', seq: 1 }])
  assert.equal((await waiting)?.state, 'used')
})

test('a caller that waits gets a code that is used while its news is read', async () => {
  const { store, clock, caller, sendCode, signIn } = await createWorld()
  const bus = createBus()
  const used: string[] = []
  const otherNode = createInbox({
    store: {
      ...store,
      look: async (decide) => {
        const found = await store.look(decide)
        // The first look that finds the code is the one for the news: the client uses the code before the next.
        if (Array.isArray(found) && found.length > 0 && used.length === 0) {
          used.push(PHONE)
          await signIn(await caller(), PHONE)
        }
        return found
      },
    },
    bus,
    clock,
  })
  const waiting = otherNode.wait({ phone: PHONE, timeoutMs: 60_000 })
  await sendCode(await caller(), PHONE)
  bus.publish([{ kind: 'inbox', seq: 1 }])
  assert.equal((await waiting)?.phone, PHONE)
})
