import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionRef } from '@cablegram/mtproto'
import { decode, encode, LAYER } from '@cablegram/tl/api'
import { resetStore } from '../database/reset.ts'
import type { Store } from '../database/store.ts'
import type { Caller } from '../ground/caller.ts'
import { listAccounts, removeSession } from '../rules/accounts/accounts.ts'
import {
  changeAuthorization,
  endAuthorization,
  endOtherAuthorizations,
} from '../rules/accounts/authorizations.ts'
import { removeUser } from '../rules/accounts/decide-users.ts'
import { findKey } from '../rules/accounts/keys.ts'
import { setPhoneRule } from '../rules/accounts/phone-bans.ts'
import { settleUnpaidCodes } from '../rules/codes/paid-codes.ts'
import type { Rules } from '../rules/index.ts'
import { logOutKey } from '../rules/logins/log-out.ts'
import { letInByToken, showLoginToken } from '../rules/logins/login-tokens.ts'
import { giveOutLogin, takeInLogin } from '../rules/logins/transfers.ts'
import { putNotice } from '../rules/messages/decide-notice.ts'
import { markRead } from '../rules/messages/messages.ts'
import { createAccount } from '../rules/passwords/new-accounts.ts'
import { createWorld, type WorldOptions } from '../rules/test-world.ts'
import { LayerCodecs } from './layer-codecs.ts'
import { Subscribers } from './subscribers.ts'

const NOW_S = 1_800_000_000
const PHONE = '+9996621234'
const DAY_MS = 86_400_000
/** In every layer. */
const UPDATES_TOO_LONG = encode('Updates', { _: 'updatesTooLong' })

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

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
  const tooLong: bigint[] = []
  const push = ({ sessionId }: SessionRef, body: Uint8Array): void => {
    pushed.push(sessionId)
    if (Buffer.compare(body, UPDATES_TOO_LONG) === 0) tooLong.push(sessionId)
  }
  const outlet = { nowS: () => NOW_S, push }
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
    /** The sessions that have to ask for the difference, in order. */
    tooLong,
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
      while (pushed.length < number) await turn()
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

test('a logged-out key is told of that, and of nothing more', async () => {
  const { rules, first, second, note, deliver, told, tooLong } = await createScene()
  note(first.authKeyId, 1n)
  note(second.authKeyId, 2n)
  note(first.authKeyId, 3n)
  await logOutKey(rules, first)
  assert.deepEqual(await told(), [1n, 3n])
  assert.deepEqual(tooLong.splice(0), [1n, 3n])
  await deliver()
  assert.deepEqual(await told(), [2n])
  assert.deepEqual(tooLong, [])
})

/** Each of these ends the first login of a scene. */
const ENDS: Readonly<Record<string, (scene: Awaited<ReturnType<typeof createScene>>) => Promise<unknown>>> = {
  'another login ends it': async ({ rules, first, second, again }) =>
    endAuthorization(rules, await again(second), hashOf(await again(first))),
  'another login ends all others': async ({ rules, second, again }) =>
    endOtherAuthorizations(rules, await again(second)),
  'the operator removes it': async ({ rules, first, again, userId }) =>
    removeSession(rules, userId, hashOf(await again(first))),
  'its number is banned': ({ rules }) => setPhoneRule(rules, { digits: PHONE.slice(1), rule: 'ban' }),
  'its account is deleted': ({ store, userId }) => store.decide(() => removeUser(userId)),
  'the server is reset': ({ store }) => store.decide(() => resetStore(1)),
  // Each key that is made has the server look for idle logins.
  'nobody has used it for long': ({ clock, caller }) => {
    clock.advance(400 * DAY_MS)
    return caller()
  },
}

function hashOf({ state }: Caller): bigint {
  return state.at === 'authorized' ? state.hash : assert.fail()
}

for (const [name, end] of Object.entries(ENDS)) {
  test(`sessions hear that their login has ended: ${name}`, async () => {
    const scene = await createScene()
    // For a day a login may not end others.
    scene.clock.advance(2 * DAY_MS)
    scene.note(scene.first.authKeyId, 1n)
    scene.note(scene.first.authKeyId, 2n)
    await end(scene)
    await scene.told()
    assert.deepEqual(scene.tooLong, [1n, 2n])
  })
}

test('a session whose own call ends its login hears of it after the answer', async () => {
  const { rules, first, note, told, tooLong, subscribers } = await createScene()
  const { authKeyId } = first
  note(authKeyId, 1n)
  note(authKeyId, 2n)
  const logOut = subscribers.beginCall(authKeyId, { authKeyId, sessionId: 1n })
  await logOutKey(rules, first)
  await turn()
  assert.ok(logOut.settle(undefined) !== undefined, 'it has to say when the answer has left')
  await turn()
  assert.deepEqual(tooLong, [])
  logOut.sent()
  await told()
  assert.deepEqual(tooLong, [1n, 2n])
})

test('a key that signs in anew is told of no end', async () => {
  const { first, note, told, tooLong, signIn, again } = await createScene()
  note(first.authKeyId, 1n)
  await signIn(await again(first), PHONE)
  await told()
  assert.deepEqual(tooLong, [])
})

test('a login that ends while a call of a new session is read is told to that session, too', async () => {
  const { rules, first, note, told, tooLong, subscribers } = await createScene()
  const record = (await findKey(rules, first.authKeyId)) ?? assert.fail()
  await logOutKey(rules, first)
  await told()
  note(first.authKeyId, 1n)
  subscribers.check(record)
  while (tooLong.length === 0) await turn()
  assert.deepEqual(tooLong, [1n])
})

test('a login whose end was told by no nudge is told once, with the logins that were brought elsewhere', async () => {
  const world = await createWorld()
  const [first, second, abroad] = [
    await world.caller(),
    await world.caller(),
    await world.caller({ dcId: 4 }),
  ]
  for (const one of [first, second]) await world.signIn(one, PHONE)
  await takeInLogin(world.rules, abroad, await giveOutLogin(world.rules, await world.again(first), 4))
  const [user] = await listAccounts(world.rules, PHONE.slice(1))
  const userId = user?.id ?? assert.fail()
  const { subscribers, note, look } = deafNode(world.rules)
  await subscribers.begin(userId)
  for (const { authKeyId } of [first, second, abroad]) note(authKeyId, userId)
  assert.deepEqual(await look(), [])
  await removeSession(world.rules, userId, hashOf(await world.again(first)))
  assert.deepEqual(
    await look(),
    [first, abroad].map(({ authKeyId }) => [authKeyId, 'updatesTooLong']),
  )
  assert.deepEqual(await look(), [])
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
    // Not what the log tells.
    if (updates._ === 'updates') return
    told.push([authKeyId, updates._ === 'updateShort' ? updates.update._ : updates._])
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
  note(first.authKeyId, userId)
  assert.deepEqual(await look(), [], 'the login that was there before')
  await world.signIn(second, PHONE)
  note(second.authKeyId, userId)
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
  await turn()
  assert.equal(isClosed, false)
  letThrough()
  await Promise.all([looking, closing])
  assert.equal(looks, 1)
})
