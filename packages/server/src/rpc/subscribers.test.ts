import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionRef } from '@cablegram/mtproto'
import { decode, LAYER } from '@cablegram/tl/api'
import type { Store } from '../database/store.ts'
import { listAccounts } from '../rules/accounts/accounts.ts'
import { changeAuthorization } from '../rules/accounts/authorizations.ts'
import { setPhoneRule } from '../rules/accounts/phone-bans.ts'
import { settleUnpaidCodes } from '../rules/codes/paid-codes.ts'
import type { Rules } from '../rules/index.ts'
import { logOutKey } from '../rules/logins/log-out.ts'
import { letInByToken, showLoginToken } from '../rules/logins/login-tokens.ts'
import { putNotice } from '../rules/messages/decide-notice.ts'
import { markRead } from '../rules/messages/messages.ts'
import { createAccount } from '../rules/passwords/new-accounts.ts'
import { createWorld, type WorldOptions } from '../rules/test-world.ts'
import { LayerCodecs } from './layer-codecs.ts'
import { Subscribers } from './subscribers.ts'

const NOW_S = 1_800_000_000
const PHONE = '+9996621234'

/** Two logins of one account, and the pushes by session id. */
async function createScene(options: WorldOptions = {}) {
  const world = await createWorld(options)
  const [first, second] = [await world.caller(), await world.caller()]
  for (const one of [first, second]) await world.signIn(one, '+9996621234')
  const [user] = await listAccounts(world.rules, '9996621234')
  const userId = user?.id ?? assert.fail()
  const closed = new Set<number>()
  const isOpen = (connection: number) => !closed.has(connection)
  const subscribers = new Subscribers(world.rules, new LayerCodecs(), { isOpen })
  const pushed: bigint[] = []
  const outlet = { nowS: () => NOW_S, push: ({ sessionId }: SessionRef) => pushed.push(sessionId) }
  let work: Promise<void>[] = []
  world.bus.subscribe((nudge) => work.push(subscribers.hear(nudge, outlet)))
  let count = 0n
  return {
    ...world,
    first,
    second,
    userId,
    subscribers,
    closed,
    note: (authKeyId: bigint, sessionId: bigint, layer: number = LAYER) =>
      subscribers.note({
        ...{ authKeyId, session: { authKeyId, sessionId }, layer, userId },
        connection: Number(sessionId),
      }),
    deliver: (peerId = 777000n) => {
      count += 1n
      const message = { peerId, fromId: peerId, isOut: false, dateS: 5, text: 'hi', entities: [] }
      const notice = { userId, message: { ...message, randomId: count } }
      return world.store.decide(() => putNotice(world.rules, notice))
    },
    /** Waits until so many sessions were told. */
    async pushes(number: number): Promise<void> {
      while (pushed.length < number) await new Promise((resolve) => setImmediate(resolve))
    },
    /** The sessions that were told meanwhile, in order. */
    async told(): Promise<bigint[]> {
      const outcomes = await Promise.allSettled(work)
      work = []
      const failed = outcomes.find((outcome) => outcome.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return pushed.splice(0)
    },
  }
}

test('every session of every login is told except the one that has it in an answer', async () => {
  const { first, second, note, deliver, told, rules, again, subscribers, userId, pushes } =
    await createScene()
  await deliver()
  assert.deepEqual(await told(), [], 'nobody has called anything')
  note(first.authKeyId, 1n)
  note(second.authKeyId, 2n)
  note(first.authKeyId, 3n)
  note(first.authKeyId, 1n)
  note(77n, 4n)
  await deliver()
  assert.deepEqual((await told()).toSorted(), [1n, 2n, 3n])
  const call = subscribers.beginCall(first.authKeyId, { authKeyId: first.authKeyId, sessionId: 1n })
  const place = await markRead(rules, await again(first), 777000n, 0)
  await call.settle({ boxId: userId, places: [place] })
  call.sent()
  await pushes(2)
  assert.deepEqual((await told()).toSorted(), [2n, 3n])
})

test('an event is told to all of a key if no answer to a call of its tells of it', async () => {
  const { first, second, note, told, rules, again, subscribers, deliver, pushes } = await createScene()
  await deliver()
  note(first.authKeyId, 1n)
  note(second.authKeyId, 2n)
  const call = subscribers.beginCall(first.authKeyId, { authKeyId: first.authKeyId, sessionId: 1n })
  await markRead(rules, await again(first), 777000n, 0)
  assert.deepEqual(await told(), [2n], 'the call may still tell of it')
  call.settle(undefined)
  await pushes(1)
  assert.deepEqual(await told(), [1n])
})

test('only the eight most recently active sessions of a key are told', async () => {
  const { first, note, deliver, told } = await createScene()
  for (let id = 1n; id <= 20n; id++) note(first.authKeyId, id)
  await deliver()
  assert.deepEqual(await told(), [13n, 14n, 15n, 16n, 17n, 18n, 19n, 20n])
})

test('a session that only listens is told, however many sessions for files its key has left behind', async () => {
  const { first, note, closed, deliver, told } = await createScene()
  for (let id = 1n; id <= 20n; id++) {
    note(first.authKeyId, id)
    if (id > 2n) closed.add(Number(id))
  }
  await deliver()
  assert.deepEqual((await told()).slice(0, 3), [1n, 2n, 15n])
})

test('a logged-out key is told nothing', async () => {
  const { rules, first, second, note, deliver, told } = await createScene()
  note(first.authKeyId, 1n)
  note(second.authKeyId, 2n)
  await logOutKey(rules, first)
  await deliver()
  assert.deepEqual(await told(), [2n])
})

test('an update that one layer cannot carry reaches the other layers, in order', async () => {
  const { first, second, note, deliver, told } = await createScene()
  note(first.authKeyId, 1n, 131)
  note(second.authKeyId, 2n)
  await deliver(2n ** 40n)
  await assert.rejects(told(), { code: 'TL_VALUE' })
  assert.deepEqual(await told(), [2n])
  await Promise.all([deliver(), deliver()])
  assert.deepEqual((await told()).map(String), ['1', '2'], 'both messages are in one update')
})

test('events whose nudges were lost are told once when anything may have changed', async () => {
  const { first, deliver, rules, userId } = await createScene({ settings: { maxEvents: 2 } })
  const other = new Subscribers(rules, new LayerCodecs(), { isShared: true })
  await other.begin(userId)
  other.note({ authKeyId: first.authKeyId, session: { ...first, sessionId: 1n }, layer: LAYER, userId })
  const pushed: string[] = []
  const push = (_: SessionRef, body: Uint8Array) => {
    const updates = decode('Updates', body)
    pushed.push(updates._ === 'updates' ? String(updates.updates.map(({ _: kind }) => kind)) : updates._)
  }
  const lookAtAll = async () => {
    await other.hear({ kind: 'anything' }, { nowS: () => NOW_S, push })
    return pushed.splice(0)
  }
  for (let times = 0; times < 2; times++) await deliver()
  assert.deepEqual(await lookAtAll(), ['updateNewMessage,updateNewMessage'])
  assert.deepEqual(await lookAtAll(), [])
  for (let times = 0; times < 4; times++) await deliver()
  assert.deepEqual(await lookAtAll(), ['updatesTooLong'], 'the log has two of four')
  assert.deepEqual(await lookAtAll(), [])
})

/** Long numbers as digits, for JSON, which also leaves absent fields out. */
function text(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function newAuthorization(about: object) {
  return { _: 'updateShort', update: { _: 'updateNewAuthorization', ...about }, date: NOW_S }
}

test('a new login is told to the others with its device and place, and to itself never', async () => {
  const world = await createWorld()
  const [first, second] = [await world.caller(), await world.caller({ ip: '10.0.0.2' })]
  const subscribers = new Subscribers(world.rules, new LayerCodecs())
  const told: [bigint, object][] = []
  const push = ({ authKeyId }: { authKeyId: bigint }, body: Uint8Array) => {
    const updates = decode('Updates', body)
    // The others are messages of the service chat.
    if (updates._ === 'updateShort') told.push([authKeyId, JSON.parse(JSON.stringify(updates, text))])
  }
  const work: Promise<void>[] = []
  world.bus.subscribe((nudge) => work.push(subscribers.hear(nudge, { nowS: () => NOW_S, push })))
  for (const { authKeyId } of [first, second]) {
    subscribers.note({ authKeyId, session: { authKeyId, sessionId: 1n }, layer: LAYER, userId: undefined })
  }
  await world.signIn(first, '+9996621234')
  await world.signIn(second, '+9996621234')
  await Promise.all(work.splice(0))
  const { state } = await world.again(second)
  const hash = String(state.at === 'authorized' && state.hash)
  const about = { unconfirmed: true, device: '', location: '10.0.0.2', date: NOW_S }
  assert.deepEqual(told.splice(0), [[first.authKeyId, newAuthorization({ hash, ...about })]])
  await changeAuthorization(world.rules, await world.again(first), {
    hash: BigInt(hash),
    confirmed: true,
    encryptedRequestsDisabled: undefined,
    callRequestsDisabled: undefined,
  })
  await Promise.all(work)
  assert.deepEqual(told, [[second.authKeyId, newAuthorization({ hash })]])
})

/** A node that hears of nothing, with a session of each of these keys, and what that was told. */
function deafNode(rules: Rules) {
  const subscribers = new Subscribers(rules, new LayerCodecs(), { isShared: true })
  const told: [bigint, string][] = []
  const push = ({ authKeyId }: SessionRef, body: Uint8Array): void => {
    const updates = decode('Updates', body)
    if (updates._ === 'updateShort') told.push([authKeyId, updates.update._])
  }
  const note = (authKeyId: bigint, userId?: bigint): void =>
    subscribers.note({ authKeyId, session: { authKeyId, sessionId: 1n }, layer: LAYER, userId })
  const look = async (): Promise<[bigint, string][]> => {
    await subscribers.hear({ kind: 'anything' }, { nowS: () => NOW_S, push })
    return told.splice(0)
  }
  return { subscribers, note, look }
}

test('a login whose nudge was lost is told once, and once more when it is confirmed', async () => {
  const world = await createWorld()
  const [first, second] = [await world.caller(), await world.caller({ ip: '10.0.0.2' })]
  await world.signIn(first, PHONE)
  const [user] = await listAccounts(world.rules, PHONE.slice(1))
  const userId = user?.id ?? assert.fail()
  const { subscribers, note, look } = deafNode(world.rules)
  await subscribers.begin(userId)
  for (const { authKeyId } of [first, second]) note(authKeyId, userId)
  assert.deepEqual(await look(), [], 'the login that was there before')
  await world.signIn(second, PHONE)
  assert.deepEqual(await look(), [[first.authKeyId, 'updateNewAuthorization']])
  assert.deepEqual(await look(), [])
  const { state } = await world.again(second)
  await changeAuthorization(world.rules, await world.again(first), {
    hash: state.at === 'authorized' ? state.hash : 0n,
    confirmed: true,
    encryptedRequestsDisabled: undefined,
    callRequestsDisabled: undefined,
  })
  assert.deepEqual(
    (await look()).toSorted(),
    [first, second].map(({ authKeyId }) => [authKeyId, 'updateNewAuthorization']),
  )
  assert.deepEqual(await look(), [])
})

test('a QR code whose nudge was lost is told once it is accepted', async () => {
  const world = await createWorld()
  const [phone, screen] = [await world.caller(), await world.caller()]
  await world.signIn(phone, PHONE)
  const { note, look } = deafNode(world.rules)
  note(screen.authKeyId)
  const shown = await showLoginToken(world.rules, screen, { ...world.app, exceptIds: [] })
  assert.ok(shown.kind === 'show')
  assert.deepEqual(await look(), [])
  await letInByToken(world.rules, await world.again(phone), shown.token)
  assert.deepEqual(await look(), [[screen.authKeyId, 'updateLoginToken']])
  assert.deepEqual(await look(), [])
})

test('a code that was paid for is told though the nudge was lost', async () => {
  const world = await createWorld({ settings: { codePayments: 'operator' } })
  const caller = await world.caller()
  await setPhoneRule(world.rules, { digits: '999', rule: 'channels', channels: ['payment', 'sms'] })
  const { note, look } = deafNode(world.rules)
  note(caller.authKeyId)
  await world.sendCode(caller, PHONE)
  assert.deepEqual(await look(), [])
  assert.equal(await settleUnpaidCodes(world.rules, PHONE.slice(1)), 1)
  assert.deepEqual(await look(), [[caller.authKeyId, 'updateSentPhoneCode']])
  assert.deepEqual(await look(), [])
})

test('a node that closes ends the look that is under way and begins no other', async () => {
  const world = await createWorld()
  let looks = 0
  let held: Promise<void> = Promise.resolve()
  const store: Store = {
    ...world.store,
    async look(run) {
      looks += 1
      await held
      return await world.store.look(run)
    },
  }
  const { subscribers, note, look } = deafNode({ ...world.rules, store })
  // More accounts than one look asks about.
  for (let index = 1000; index < 1101; index += 1) {
    const user = await createAccount(world.rules, { phone: `+999662${index}`, firstName: 'A' })
    await subscribers.begin(user.id)
    note(BigInt(index), user.id)
  }
  looks = 0
  let letThrough: () => void = () => {}
  held = new Promise((resolve) => {
    letThrough = resolve
  })
  const looking = look()
  let isClosed = false
  const closing = subscribers.close().then(() => {
    isClosed = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(isClosed, false)
  letThrough()
  await Promise.all([looking, closing])
  assert.equal(looks, 1)
})
