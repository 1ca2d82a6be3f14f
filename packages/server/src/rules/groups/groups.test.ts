import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Caller } from '../../ground/caller.ts'
import { removeUser } from '../accounts/decide-users.ts'
import { seePeers } from '../avatars/see-peers.ts'
import { historyOf } from '../messages/messages.ts'
import type { Message } from '../messages/words.ts'
import { createWorld, signedIn, type World } from '../test-world.ts'
import { checkGroups, commonGroups, fullGroup, membersIn } from './full-groups.ts'
import {
  addToGroup,
  createGroup,
  deleteGroup,
  editAbout,
  editAdmin,
  editCreator,
  editRank,
  editRights,
  editTitle,
  protectGroup,
  removeFromGroup,
} from './groups.ts'
import { BANNED } from './words.ts'

/** Somebody who is signed in. */
interface Person {
  readonly id: bigint
  readonly caller: Caller
}

const person = (world: World, index: number): Promise<Person> => signedIn(world, `999662${2000 + index}`)

async function scene() {
  const world = await createWorld()
  const [ada, bob, cid, dan] = [
    await person(world, 1),
    await person(world, 2),
    await person(world, 3),
    await person(world, 4),
  ]
  const { rules } = world
  const make = async (title: string, ...others: Person[]) =>
    await createGroup(rules, ada.caller, { title, userIds: others.map(({ id }) => id) })
  /** The messages of a group that somebody has, oldest first. */
  const told = async ({ caller }: Person, chatId: bigint): Promise<readonly Message[]> => {
    const query = { offsetId: 0, offsetDateS: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0 }
    return (await historyOf(rules, caller, { ...query, peerId: -chatId })).messages.toReversed()
  }
  const actions = async (who: Person, chatId: bigint) =>
    (await told(who, chatId)).map(({ action }) => action?.kind)
  const seen = async ({ id }: Person, chatId: bigint) =>
    (await seePeers(rules, id, { chatIds: [chatId] })).groups[0]
  return { ...world, ada, bob, cid, dan, make, told, actions, seen }
}

test('a new group is told to all who are in it, by one service message', async () => {
  const { make, ada, bob, cid, dan, told, seen, rules } = await scene()
  const { chatId, events, missingIds } = await make('  Chess\n club ', bob, cid, bob, ada)
  assert.deepEqual(missingIds, [])
  const [event] = events
  assert.ok(event?.kind === 'newMessage' && event.randomId !== undefined)
  const action = { kind: 'chatCreate', title: 'Chess club', userIds: [bob.id, cid.id] }
  for (const who of [ada, bob, cid]) {
    const messages = await told(who, chatId)
    assert.deepEqual(
      messages.map((each) => [each.action, each.fromId, each.isOut]),
      [[action, ada.id, who === ada]],
    )
    const group = await seen(who, chatId)
    assert.ok(group?.kind === 'group')
    assert.deepEqual([group.title, group.memberCount, group.version], ['Chess club', 3, 1])
    assert.equal(group.role, who === ada ? 'creator' : 'member')
  }
  assert.deepEqual(await seen(dan, chatId), { kind: 'forbidden', chatId, title: '' })
  await assert.rejects(checkGroups(rules, dan.caller, [chatId]), { message: 'CHAT_ID_INVALID' })
  await assert.rejects(fullGroup(rules, dan.caller, chatId), { message: 'CHAT_ID_INVALID' })
})

test('a group needs a title and somebody else, and holds two hundred', async () => {
  const { rules, ada, bob, make } = await scene()
  await assert.rejects(make(' \n'), { message: 'CHAT_TITLE_EMPTY' })
  await assert.rejects(make('Alone', ada), { message: 'USERS_TOO_FEW' })
  await assert.rejects(make('Nobody', { ...bob, id: 99_999n }), { message: 'INPUT_USER_DEACTIVATED' })
  await assert.rejects(make('Service', { ...bob, id: 777_000n }), { message: 'USER_ID_INVALID' })
  const userIds = Array.from({ length: 200 }, (_, index) => BigInt(index + 100_000))
  await assert.rejects(createGroup(rules, ada.caller, { title: 'Big', userIds }), {
    message: 'USERS_TOO_MUCH',
  })
  const { chatId } = await make('😀'.repeat(200), bob)
  const [group] = (await seePeers(rules, ada.id, { chatIds: [chatId] })).groups
  assert.equal(group?.title, '😀'.repeat(128))
})

test('a member is brought in, leaves, is brought back by a mutual contact only, and may come back alone', async () => {
  const { make, rules, ada, bob, cid, actions, seen } = await scene()
  const { chatId } = await make('Club', bob)
  await addToGroup(rules, bob.caller, chatId, cid.id, 0)
  await assert.rejects(addToGroup(rules, ada.caller, chatId, cid.id, 0), {
    message: 'USER_ALREADY_PARTICIPANT',
  })
  assert.deepEqual((await membersIn(rules, chatId))?.version, 2)
  assert.deepEqual(await actions(cid, chatId), ['chatAddUser'])
  await removeFromGroup(rules, cid.caller, chatId, cid.id, false)
  const left = await seen(cid, chatId)
  assert.ok(left?.kind === 'group')
  assert.deepEqual([left.role, left.version, left.memberCount], [undefined, 3, 2])
  assert.deepEqual(await actions(ada, chatId), ['chatCreate', 'chatAddUser', 'chatDeleteUser'])
  assert.deepEqual(await actions(cid, chatId), ['chatAddUser', 'chatDeleteUser'])
  await assert.rejects(addToGroup(rules, ada.caller, chatId, cid.id, 0), {
    message: 'USER_NOT_MUTUAL_CONTACT',
  })
  await assert.rejects(editTitle(rules, cid.caller, chatId, 'Mine'), { message: 'CHAT_WRITE_FORBIDDEN' })
  await addToGroup(rules, cid.caller, chatId, cid.id, 0)
  assert.equal((await membersIn(rules, chatId))?.members.length, 3)
})

test('admins remove members, members only those whom they brought, and the removed have no way back', async () => {
  const { make, rules, ada, bob, cid, dan, actions, seen } = await scene()
  const { chatId } = await make('Club', bob, cid)
  await assert.rejects(removeFromGroup(rules, bob.caller, chatId, cid.id, false), {
    message: 'CHAT_ADMIN_REQUIRED',
  })
  await addToGroup(rules, bob.caller, chatId, dan.id, 0)
  await removeFromGroup(rules, bob.caller, chatId, dan.id, false)
  assert.deepEqual(await seen(dan, chatId), { kind: 'forbidden', chatId, title: 'Club' })
  assert.deepEqual(await actions(dan, chatId), ['chatAddUser', 'chatDeleteUser'])
  await assert.rejects(addToGroup(rules, dan.caller, chatId, dan.id, 0), { message: 'CHAT_WRITE_FORBIDDEN' })
  await editTitle(rules, ada.caller, chatId, 'Chess')
  assert.equal((await actions(dan, chatId)).length, 2, 'nothing comes to somebody who is out')
  await editAdmin(rules, ada.caller, chatId, bob.id, true)
  await removeFromGroup(rules, bob.caller, chatId, cid.id, true)
  assert.deepEqual(await actions(cid, chatId), ['chatDeleteUser'], 'the history is gone from their box')
  await assert.rejects(removeFromGroup(rules, bob.caller, chatId, ada.id, false), {
    message: 'CHAT_ADMIN_REQUIRED',
  })
  await assert.rejects(removeFromGroup(rules, bob.caller, chatId, cid.id, false), {
    message: 'USER_NOT_PARTICIPANT',
  })
})

test('a new member gets the last messages, under their own ids and in order', async () => {
  const { make, rules, ada, bob, cid, told } = await scene()
  const { chatId } = await make('Club', bob)
  for (const title of ['One', 'Two', 'Three']) await editTitle(rules, ada.caller, chatId, title)
  await addToGroup(rules, ada.caller, chatId, cid.id, 50)
  const messages = await told(cid, chatId)
  assert.deepEqual(
    messages.map(({ action }) => action?.kind),
    ['chatAddUser'],
    'service messages stay with those who were there',
  )
})

test('rights of members bind members, and only who leads the group sets them', async () => {
  const { make, rules, ada, bob, cid } = await scene()
  const { chatId } = await make('Club', bob, cid)
  const bits = BANNED.changeInfo | BANNED.inviteUsers
  await assert.rejects(editRights(rules, bob.caller, chatId, bits), { message: 'CHAT_ADMIN_REQUIRED' })
  await editRights(rules, ada.caller, chatId, bits)
  await assert.rejects(editRights(rules, ada.caller, chatId, bits), { message: 'CHAT_NOT_MODIFIED' })
  await assert.rejects(editTitle(rules, bob.caller, chatId, 'Bob'), { message: 'CHAT_ADMIN_REQUIRED' })
  await assert.rejects(addToGroup(rules, bob.caller, chatId, 5n, 0), { message: 'CHAT_ADMIN_REQUIRED' })
  await assert.rejects(editAdmin(rules, bob.caller, chatId, cid.id, true), { message: 'CHAT_ADMIN_REQUIRED' })
  await editAdmin(rules, ada.caller, chatId, bob.id, true)
  await editTitle(rules, bob.caller, chatId, 'Bob')
  await assert.rejects(editTitle(rules, bob.caller, chatId, 'Bob'), { message: 'CHAT_NOT_MODIFIED' })
  await editAbout(rules, bob.caller, chatId, ' About Bob ')
  await assert.rejects(editAbout(rules, bob.caller, chatId, 'About Bob'), {
    message: 'CHAT_ABOUT_NOT_MODIFIED',
  })
  await assert.rejects(editAbout(rules, bob.caller, chatId, 'a'.repeat(256)), {
    message: 'CHAT_ABOUT_TOO_LONG',
  })
  const full = await fullGroup(rules, bob.caller, chatId)
  assert.equal(full.about, 'About Bob')
  assert.equal(full.link?.adminId, bob.id, 'an admin has a permanent link')
  assert.equal((await fullGroup(rules, cid.caller, chatId)).link, undefined)
  assert.equal((await membersIn(rules, chatId))?.version, 3)
})

test('groups in common are listed newest first, without those that one has left', async () => {
  const { make, rules, ada, bob, cid } = await scene()
  const made = [await make('One', bob), await make('Two', bob, cid), await make('Three', bob)]
  const [one, two, three] = made.map(({ chatId }) => chatId)
  assert.ok(one && two && three)
  const all = await commonGroups(rules, ada.caller, bob.id, { maxId: 0n, limit: 10 })
  assert.deepEqual(all, { chatIds: [three, two, one], count: 3 })
  await removeFromGroup(rules, bob.caller, three, bob.id, false)
  const fewer = await commonGroups(rules, ada.caller, bob.id, { maxId: two, limit: 10 })
  assert.deepEqual(fewer, { chatIds: [one], count: 2 })
  await assert.rejects(commonGroups(rules, ada.caller, ada.id, { maxId: 0n, limit: 1 }), {
    message: 'USER_ID_INVALID',
  })
})

test('a deleted account is in no group any more, and its messages stay', async () => {
  const { make, rules, store, ada, bob, cid, actions } = await scene()
  const { chatId } = await make('Club', bob, cid)
  await editTitle(rules, bob.caller, chatId, 'Renamed')
  await store.decide(() => removeUser(bob.id))
  const list = await membersIn(rules, chatId)
  assert.deepEqual(
    list?.members.map(({ userId }) => userId),
    [ada.id, cid.id].toSorted((one, other) => Number(one - other)),
  )
  assert.equal(list?.version, 2)
  await editTitle(rules, ada.caller, chatId, 'Again')
  assert.deepEqual(await actions(cid, chatId), ['chatCreate', 'chatEditTitle', 'chatEditTitle'])
})

test('the creator of a group protects it, gives it to another, and ends it', async () => {
  const { make, ada, bob, cid, told, actions, seen, rules } = await scene()
  const { chatId } = await make('Chess club', bob, cid)
  await assert.rejects(protectGroup(rules, bob.caller, chatId, true), { message: 'CHAT_ADMIN_REQUIRED' })
  await protectGroup(rules, ada.caller, chatId, true)
  const shown = await seen(bob, chatId)
  assert.ok(shown?.kind === 'group' && shown.isProtected)
  await assert.rejects(protectGroup(rules, ada.caller, chatId, true), { message: 'CHAT_NOT_MODIFIED' })
  const before = shown.version
  await editCreator(rules, ada.caller, chatId, bob.id)
  assert.deepEqual(await actions(cid, chatId), ['chatCreate', 'changeCreator'])
  const [ofAda, ofBob] = [await seen(ada, chatId), await seen(bob, chatId)]
  assert.ok(ofAda?.kind === 'group' && ofAda.role === 'admin' && ofAda.version > before)
  assert.ok(ofBob?.kind === 'group' && ofBob.role === 'creator')
  await assert.rejects(deleteGroup(rules, ada.caller, chatId), { message: 'CHAT_ADMIN_REQUIRED' })
  await deleteGroup(rules, bob.caller, chatId)
  for (const who of [ada, bob, cid]) {
    assert.deepEqual(await told(who, chatId), [])
    const left = await seen(who, chatId)
    assert.ok(left?.kind === 'group' && left.isDeactivated && left.role === undefined)
  }
  await assert.rejects(addToGroup(rules, cid.caller, chatId, cid.id, 0), { message: 'CHAT_ID_INVALID' })
})

test('members choose a word beside their name, and who leads the group gives it to members', async () => {
  const { make, ada, bob, cid, rules } = await scene()
  const { chatId } = await make('Chess club', bob, cid)
  const ranks = async () => (await membersIn(rules, chatId))?.members.map(({ rank }) => rank)
  await editRank(rules, bob.caller, chatId, { userId: bob.id, rank: ' the  rook ' })
  await editRank(rules, ada.caller, chatId, { userId: cid.id, rank: 'pawn' })
  assert.deepEqual(await ranks(), ['', 'the rook', 'pawn'])
  const byBob = (userId: bigint) => editRank(rules, bob.caller, chatId, { userId, rank: 'x' })
  await assert.rejects(byBob(cid.id), { message: 'CHAT_ADMIN_REQUIRED' })
  await editRights(rules, ada.caller, chatId, BANNED.editRank)
  await assert.rejects(byBob(bob.id), { message: 'CHAT_ADMIN_REQUIRED' })
  for (const rank of ['♟️ pawn', 'a'.repeat(17)]) {
    const asked = editRank(rules, ada.caller, chatId, { userId: cid.id, rank })
    await assert.rejects(asked, { message: 'ADMIN_RANK_INVALID' })
  }
})
