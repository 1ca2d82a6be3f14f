import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { createWorld, signedIn, type World } from '../test-world.ts'
import { fullGroup, membersIn, waitingFor } from './full-groups.ts'
import { createGroup, editAdmin, removeFromGroup } from './groups.ts'
import {
  adminsWithInvites,
  changeInvite,
  deleteInvite,
  deleteRevokedInvites,
  exportInvite,
  inviteOf,
  invitesOf,
} from './invites.ts'
import {
  answerAllJoinRequests,
  answerJoinRequest,
  checkInvite,
  importInvite,
  listImporters,
} from './joins.ts'
import { linkOf } from './link.ts'
import type { InviteOptions } from './words.ts'

const PLAIN: InviteOptions = { title: '', expiresAtS: 0, usageLimit: 0, needsRequest: false }
const EXPIRED = { code: 406, message: 'INVITE_HASH_EXPIRED' }
const ALL = { link: undefined, named: undefined, offsetS: 0, offsetUserId: 0n, limit: 100 }

interface Person {
  readonly id: bigint
  readonly caller: Caller
}

const person = (world: World, index: number): Promise<Person> => signedIn(world, `999662${3000 + index}`)

/** A group of Ada, its creator, and Bob; the others have only its links. */
async function scene() {
  const world = await createWorld()
  const people: Person[] = []
  for (const index of [1, 2, 3, 4, 5]) people.push(await person(world, index))
  const [ada, bob, cid, dan, eve] = people
  assert.ok(ada && bob && cid && dan && eve)
  const { rules } = world
  const { chatId } = await createGroup(rules, ada.caller, { title: 'Club', userIds: [bob.id] })
  const nowS = Math.floor(world.clock.nowMs() / 1000)
  const link = async (options: Partial<InviteOptions> = {}) =>
    await exportInvite(rules, ada.caller, chatId, { ...PLAIN, ...options }, false)
  return { ...world, ada, bob, cid, dan, eve, chatId, nowS, link }
}

test('a link shows the group to a stranger, brings them in, and counts', async () => {
  const { rules, link, cid, ada, chatId } = await scene()
  const { hash } = await link({ title: 'For friends' })
  const shown = await checkInvite(rules, cid.caller, hash)
  assert.deepEqual(shown, {
    kind: 'stranger',
    title: 'Club',
    about: '',
    memberCount: 2,
    knownIds: [],
    needsRequest: false,
  })
  const { events } = await importInvite(rules, cid.caller, hash)
  const [event] = events
  assert.ok(event?.kind === 'newMessage')
  assert.deepEqual(event.message.action, { kind: 'chatJoinedByLink', inviterId: ada.id })
  assert.deepEqual(await checkInvite(rules, cid.caller, hash), { kind: 'member', chatId })
  await assert.rejects(importInvite(rules, cid.caller, hash), { message: 'USER_ALREADY_PARTICIPANT' })
  const { uses, title } = await inviteOf(rules, ada.caller, chatId, linkOf(hash))
  assert.deepEqual([uses, title], [1, 'For friends'])
  assert.equal((await membersIn(rules, chatId))?.version, 2)
  const { importers } = await listImporters(rules, ada.caller, chatId, { ...ALL, isWaiting: false })
  assert.deepEqual(
    importers.map(({ userId }) => userId),
    [cid.id],
  )
})

test('a link that is empty, wrong, unknown, ended, used up or too old brings nobody in', async () => {
  const { rules, link, cid, dan, ada, chatId, clock, nowS } = await scene()
  for (const ask of [checkInvite, importInvite]) {
    await assert.rejects(ask(rules, cid.caller, ''), { code: 400, message: 'INVITE_HASH_EMPTY' })
    await assert.rejects(ask(rules, cid.caller, 'no hash'), { code: 400, message: 'INVITE_HASH_INVALID' })
    await assert.rejects(ask(rules, cid.caller, 'a'.repeat(16)), EXPIRED)
  }
  const once = await link({ usageLimit: 1 })
  await importInvite(rules, cid.caller, once.hash)
  await assert.rejects(importInvite(rules, dan.caller, once.hash), EXPIRED)
  const old = await link({ expiresAtS: nowS + 60 })
  const ended = await link()
  await changeInvite(rules, ada.caller, chatId, { link: ended.hash, isRevoked: true })
  await assert.rejects(checkInvite(rules, dan.caller, ended.hash), EXPIRED)
  clock.advance(61_000)
  await assert.rejects(importInvite(rules, dan.caller, old.hash), EXPIRED)
})

test('somebody who was removed comes back by no link; somebody who left does', async () => {
  const { rules, link, cid, ada, bob, chatId } = await scene()
  const { hash } = await link()
  await importInvite(rules, cid.caller, hash)
  await removeFromGroup(rules, ada.caller, chatId, cid.id, false)
  await assert.rejects(importInvite(rules, cid.caller, hash), EXPIRED)
  await removeFromGroup(rules, bob.caller, chatId, bob.id, false)
  await importInvite(rules, bob.caller, hash)
})

test('options of a link are checked', async () => {
  const { link, nowS } = await scene()
  await assert.rejects(link({ usageLimit: -1 }), { message: 'USAGE_LIMIT_INVALID' })
  await assert.rejects(link({ usageLimit: 100_000 }), { message: 'USAGE_LIMIT_INVALID' })
  await assert.rejects(link({ usageLimit: 1, needsRequest: true }), { message: 'USAGE_LIMIT_INVALID' })
  await assert.rejects(link({ expiresAtS: nowS }), { message: 'EXPIRE_DATE_INVALID' })
})

test('each who leads a group has one permanent link, which is replaced when it ends', async () => {
  const { rules, ada, bob, chatId } = await scene()
  const first = (await fullGroup(rules, ada.caller, chatId)).link
  assert.ok(first?.isPermanent && first.adminId === ada.id)
  await assert.rejects(
    changeInvite(rules, ada.caller, chatId, { link: first.hash, isRevoked: false, title: 'a' }),
    {
      message: 'CHAT_INVITE_PERMANENT',
    },
  )
  const changed = await changeInvite(rules, ada.caller, chatId, { link: linkOf(first.hash), isRevoked: true })
  assert.ok(changed.invite.isRevoked && changed.replacement?.isPermanent)
  const third = await exportInvite(rules, ada.caller, chatId, PLAIN, true)
  assert.deepEqual((await fullGroup(rules, ada.caller, chatId)).link, third)
  await editAdmin(rules, ada.caller, chatId, bob.id, true)
  const admins = await adminsWithInvites(rules, ada.caller, chatId)
  assert.deepEqual(admins, [
    { adminId: ada.id, count: 1, revokedCount: 2 },
    { adminId: bob.id, count: 1, revokedCount: 0 },
  ])
  await assert.rejects(adminsWithInvites(rules, bob.caller, chatId), { message: 'CHAT_ADMIN_REQUIRED' })
})

test('links are listed newest first, and removed once they have ended', async () => {
  const { rules, link, ada, bob, chatId, clock } = await scene()
  const made: string[] = []
  for (const title of ['One', 'Two', 'Three']) {
    clock.advance(1000)
    made.unshift((await link({ title })).hash)
  }
  const query = { adminId: ada.id, isRevoked: false, offsetS: 0, offsetHash: '', limit: 2 }
  const page = await invitesOf(rules, ada.caller, chatId, query)
  assert.equal(page.count, 4, 'the permanent one counts')
  assert.deepEqual(
    page.invites.map(({ hash }) => hash),
    made.slice(0, 2),
  )
  const last = page.invites.at(-1)
  assert.ok(last)
  const rest = await invitesOf(rules, ada.caller, chatId, {
    ...query,
    offsetS: last.createdAtS,
    offsetHash: last.hash,
  })
  assert.deepEqual(rest.invites[0]?.hash, made[2])
  assert.equal(rest.invites.length, 2)
  const [one = '', two = ''] = made
  await assert.rejects(deleteInvite(rules, ada.caller, chatId, one), { message: 'INVITE_REVOKED_MISSING' })
  for (const hash of [one, two])
    await changeInvite(rules, ada.caller, chatId, { link: hash, isRevoked: true })
  await deleteInvite(rules, ada.caller, chatId, one)
  await assert.rejects(inviteOf(rules, ada.caller, chatId, one), {
    code: 400,
    message: 'INVITE_HASH_EXPIRED',
  })
  await deleteRevokedInvites(rules, ada.caller, chatId, ada.id)
  assert.equal((await invitesOf(rules, ada.caller, chatId, { ...query, isRevoked: true })).count, 0)
  await assert.rejects(invitesOf(rules, ada.caller, chatId, { ...query, adminId: bob.id }), {
    message: 'ADMIN_ID_INVALID',
  })
  await assert.rejects(invitesOf(rules, bob.caller, chatId, query), { message: 'CHAT_ADMIN_REQUIRED' })
})

test('people who ask to be let in wait until somebody who leads the group answers', async () => {
  const { rules, link, ada, bob, cid, dan, eve, chatId } = await scene()
  const { hash } = await link({ needsRequest: true })
  for (const { caller } of [cid, dan, eve, cid])
    await assert.rejects(importInvite(rules, caller, hash), { code: 400, message: 'INVITE_REQUEST_SENT' })
  assert.equal((await membersIn(rules, chatId))?.members.length, 2)
  const waiting = await waitingFor(rules, chatId)
  assert.deepEqual([waiting.count, waiting.newestIds.length], [3, 3])
  const asked = await listImporters(rules, ada.caller, chatId, { ...ALL, link: hash, isWaiting: true })
  assert.equal(asked.count, 3)
  const named = await listImporters(rules, ada.caller, chatId, { ...ALL, named: 'LOVE', isWaiting: true })
  assert.equal(named.count, 3)
  const other = await listImporters(rules, ada.caller, chatId, { ...ALL, named: '%', isWaiting: true })
  assert.equal(other.count, 0)
  await assert.rejects(
    listImporters(rules, ada.caller, chatId, { ...ALL, link: hash, named: 'a', isWaiting: true }),
    { message: 'SEARCH_WITH_LINK_NOT_SUPPORTED' },
  )
  await assert.rejects(answerJoinRequest(rules, bob.caller, chatId, cid.id, true), {
    message: 'CHAT_ADMIN_REQUIRED',
  })
  const { events } = await answerJoinRequest(rules, ada.caller, chatId, cid.id, true)
  const [event] = events
  assert.ok(event?.kind === 'newMessage')
  assert.deepEqual([event.message.action?.kind, event.message.fromId], ['chatJoinedByRequest', cid.id])
  assert.equal(event.message.isOut, false, 'the message is the comer’s')
  await answerJoinRequest(rules, ada.caller, chatId, dan.id, false)
  for (const { id } of [cid, dan])
    await assert.rejects(answerJoinRequest(rules, ada.caller, chatId, id, true), {
      message: id === cid.id ? 'USER_ALREADY_PARTICIPANT' : 'HIDE_REQUESTER_MISSING',
    })
  await assert.rejects(importInvite(rules, dan.caller, hash), { message: 'INVITE_REQUEST_SENT' })
  const both = await answerAllJoinRequests(rules, ada.caller, chatId, linkOf(hash), true)
  assert.equal(both.events.length, 2)
  assert.equal((await membersIn(rules, chatId))?.members.length, 5)
  assert.equal((await inviteOf(rules, ada.caller, chatId, hash)).uses, 3)
  assert.equal((await waitingFor(rules, chatId)).count, 0)
})
