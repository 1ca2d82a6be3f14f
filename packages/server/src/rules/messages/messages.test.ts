import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createSettings, type Settings } from '../../ground/settings.ts'
import { deleteByIds } from '../chats/delete-messages.ts'
import { letInByToken, showLoginToken } from '../logins/login-tokens.ts'
import { removeAccount } from '../people/remove-account.ts'
import { createWorld } from '../test-world.ts'
import { boxOf } from './box-of.ts'
import { appendMessage } from './decide-append-message.ts'
import { addSideEvent } from './decide-side-log.ts'
import { differenceSince, stateOf } from './difference.ts'
import { dialogsWith, historyOf, markRead, messagesOf } from './messages.ts'
import type { NewMessage } from './words.ts'

const PHONE = '9996621234'
const SERVICE = 777000n

/** An account with two logins, and the updates its sessions received. */
async function createScene(settings: Partial<Settings> = {}) {
  const world = await createWorld({ settings })
  const [first, second] = [await world.caller(), await world.caller()]
  await world.signIn(first, PHONE)
  const one = await world.again(first)
  // By a QR code, which sends no message: the box is empty.
  const { apiId, apiHash } = world.app
  const show = () => showLoginToken(world.rules, second, { apiId, apiHash, exceptIds: [] })
  const shown = await show()
  await letInByToken(world.rules, one, shown.kind === 'show' ? shown.token : assert.fail())
  await show()
  const other = await world.again(second)
  const userId = one.state.at === 'authorized' ? one.state.userId : assert.fail()
  const told = world.hearEvents()
  const { store } = world.rules
  const box = boxOf(world.rules.settings, userId)
  const deliver = async (randomId: bigint, changes: Partial<NewMessage> = {}): Promise<boolean> => {
    const about = { peerId: SERVICE, fromId: SERVICE, isOut: false, dateS: 5, text: 'hi', entities: [] }
    const message = { ...about, randomId, ...changes }
    const outcome = await store.decide(() => appendMessage(store.secret, box, message))
    return outcome.kind !== 'noBox'
  }
  return { ...world, one, other, userId, told, deliver }
}

const since = (pts: number, more: { limit?: number; totalLimit?: number } = {}) => ({
  pts,
  dateS: 1,
  limit: undefined,
  totalLimit: undefined,
  ...more,
})

test('a message exists once under one pts, however often it is delivered', async () => {
  const { deliver, told, userId, rules, one } = await createScene()
  assert.deepEqual(await Promise.all([deliver(1n), deliver(1n), deliver(1n)]), [true, true, true])
  assert.equal(told.length, 1)
  const { boxId, event } = told[0] ?? assert.fail()
  assert.equal(boxId, userId)
  assert.ok(event.kind === 'newMessage')
  assert.deepEqual([event.message.id, event.pts, event.ptsCount, event.causedBy], [1, 2, 1, undefined])
  assert.deepEqual(await stateOf(rules, one), { pts: 2, unreadCount: 1 })
})

test('reading and deleting are answered, and the other sessions are told', async () => {
  const { deliver, told, rules, one, other, userId } = await createScene()
  for (const id of [1n, 2n, 3n]) await deliver(id)
  told.splice(0)
  assert.deepEqual(await markRead(rules, one, SERVICE, 2), { pts: 5, ptsCount: 1 })
  assert.deepEqual(await markRead(rules, one, SERVICE, 2), { pts: 5, ptsCount: 0 })
  assert.deepEqual(await deleteByIds(rules, other, [1, 3, 9], false), { pts: 7, ptsCount: 2 })
  assert.deepEqual(await deleteByIds(rules, other, [1], false), { pts: 7, ptsCount: 0 })
  const readInbox = { kind: 'readInbox', peerId: SERVICE, maxId: 2, unreadCount: 1, pts: 5, ptsCount: 1 }
  assert.deepEqual(told, [
    { boxId: userId, event: { ...readInbox, causedBy: one.authKeyId } },
    {
      boxId: userId,
      event: { kind: 'deleteMessages', ids: [1, 3], pts: 7, ptsCount: 2, causedBy: other.authKeyId },
    },
  ])
  const { dialogs, state } = await dialogsWith(rules, one, [SERVICE])
  const [dialog] = dialogs
  assert.deepEqual([dialog?.topMessage?.id, dialog?.unreadCount, dialog?.readInboxMaxId], [2, 0, 2])
  assert.deepEqual(state, { pts: 7, unreadCount: 0 })
})

test('a session that was away receives everything in slices of the requested size', async () => {
  const { deliver, rules, one } = await createScene({ maxDifference: 3 })
  for (let id = 1n; id <= 7n; id++) await deliver(id)
  const heard: number[][] = []
  for (let pts = 1; pts < 8; ) {
    const slice = await differenceSince(rules, one, since(pts, pts === 1 ? { limit: 1 } : {}))
    assert.ok(slice.kind === 'events')
    heard.push(slice.events.map((event) => event.pts))
    pts = slice.upToPts
  }
  assert.deepEqual(heard, [[2], [3, 4, 5], [6, 7, 8]])
  const nothing = await differenceSince(rules, one, since(8))
  assert.deepEqual(nothing, {
    kind: 'events',
    events: [],
    sideEvents: [],
    upToPts: 8,
    pts: 8,
    unreadCount: 7,
  })
})

test('a state older than the log is led to what is kept, or told to start anew', async () => {
  const scene = { maxEvents: 4 }
  const { deliver, rules, one } = await createScene(scene)
  for (let id = 1n; id <= 6n; id++) await deliver(id)
  const led = await differenceSince(rules, one, since(2))
  assert.deepEqual(led, { kind: 'events', events: [], sideEvents: [], upToPts: 3, pts: 7, unreadCount: 6 })
  const next = await differenceSince(rules, one, since(3))
  assert.ok(next.kind === 'events')
  assert.deepEqual(
    next.events.map(({ pts }) => pts),
    [4, 5, 6, 7],
  )
  assert.equal((await differenceSince(rules, one, since(3, { totalLimit: 4 }))).kind, 'events')
  const tooLong = { kind: 'tooLong', pts: 7, unreadCount: 6 }
  assert.deepEqual(await differenceSince(rules, one, since(3, { totalLimit: 3 })), tooLong)
  assert.deepEqual(await differenceSince(rules, one, since(2, { totalLimit: 100 })), tooLong)
  const strict = { ...rules, settings: { ...rules.settings, trimmedDifference: 'tooLong' as const } }
  assert.deepEqual(await differenceSince(strict, one, since(2)), tooLong)
})

test('a state that was never given out is refused', async () => {
  const { rules, one } = await createScene()
  const rejects = (change: object, message: string) =>
    assert.rejects(differenceSince(rules, one, { ...since(1), ...change }), { message })
  await rejects({ pts: 0 }, 'PERSISTENT_TIMESTAMP_EMPTY')
  await rejects({ pts: -1 }, 'PERSISTENT_TIMESTAMP_INVALID')
  await rejects({ pts: 2 }, 'PERSISTENT_TIMESTAMP_INVALID')
  await rejects({ dateS: 0 }, 'DATE_EMPTY')
})

test('messages need a login, and every list is limited', async () => {
  const { rules, one, caller, deliver } = await createScene()
  const stranger = await caller()
  await assert.rejects(stateOf(rules, stranger), { message: 'AUTH_KEY_UNREGISTERED' })
  await assert.rejects(deleteByIds(rules, stranger, [1], false), { message: 'AUTH_KEY_UNREGISTERED' })
  const ids = Array.from({ length: 201 }, (_, n) => n)
  await assert.rejects(messagesOf(rules, one, ids), { message: 'LIMIT_INVALID' })
  await assert.rejects(deleteByIds(rules, one, ids, false), { message: 'LIMIT_INVALID' })
  for (let id = 1n; id <= 101n; id++) await deliver(id)
  const whole = { peerId: SERVICE, offsetId: 0, offsetDateS: 0, addOffset: 0, maxId: 0, minId: 0 }
  for (const [limit, length] of [
    [2 ** 31 - 1, 100],
    [-1, 0],
  ] as const) {
    const { messages: stretch, count } = await historyOf(rules, one, { ...whole, limit })
    assert.deepEqual([stretch.length, count], [length, 101])
  }
})

test('a change that was committed after a difference with a later date is in the next one', async () => {
  const { rules, one, userId } = await createScene()
  const { pts } = await stateOf(rules, one)
  const since = { pts, dateS: 1_000, limit: undefined, totalLimit: undefined }
  for (const [subject, atS] of [
    [1n, 997],
    [2n, 990],
  ] as const) {
    await rules.store.decide(() => addSideEvent(userId, { kind: 'draft', subject, atS }, undefined))
  }
  const missed = await differenceSince(rules, one, since)
  assert.ok(missed.kind === 'events')
  assert.deepEqual(
    missed.sideEvents.map(({ subject }) => subject),
    [1n],
  )
})

test('messages outlive their events by far, because no event tells that they go', () => {
  const { maxMessages, maxEvents } = createSettings()
  assert.ok(maxMessages >= 100 * maxEvents)
})

test('a message box is limited and is deleted with its account', async () => {
  const { deliver, one, rules, userId } = await createScene({ maxMessages: 2 })
  for (const id of [1n, 2n, 3n]) await deliver(id)
  const left = await messagesOf(rules, one, [1, 2, 3])
  assert.deepEqual(
    left.map(({ id }) => id),
    [2, 3],
  )
  await removeAccount(rules, userId)
  assert.equal(await deliver(4n), false)
})
