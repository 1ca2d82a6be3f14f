/** Basic groups over the wire: who is told what, and who sees the group how. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { Message, Update } from '@cablegram/tl/api'
import { chatOf, fullUpdates, GroupPeople, type GroupPerson, nextRandomId } from './group-people.ts'

const peerOf = (chatId: bigint) => ({ _: 'inputPeerChat', chatId }) as const

function actionOf(message: Message | undefined): string {
  return message?._ === 'messageService' ? message.action._ : String(message?._)
}

async function actionsIn(who: GroupPerson, chatId: bigint): Promise<string[]> {
  return (await who.history(chatId)).map(actionOf)
}

describe('groups', () => {
  let server: CablegramServer
  let people: GroupPeople
  let ada: GroupPerson
  let bob: GroupPerson
  let cid: GroupPerson
  before(async () => {
    server = await startServer({ store: 'memory', testClock: true })
    people = new GroupPeople(server)
    ada = await people.person('ada')
    bob = await people.person('bob')
    cid = await people.person('cid')
  })
  after(async () => {
    await people.close()
    await server.close()
  })

  test('a new group is in the answer with one updateMessageID first, and is pushed to who is in it', async () => {
    const made = await ada.client.messages.createChat({ users: [await ada.user(bob)], title: 'Chess' })
    assert.deepEqual(made.missingInvitees, [])
    const { updates, chats, users } = fullUpdates(made.updates)
    assert.deepEqual(
      updates.map(({ _ }) => _),
      ['updateMessageID', 'updateChatParticipants', 'updateNewMessage'],
    )
    const [given, , told] = updates
    assert.ok(given?._ === 'updateMessageID' && told?._ === 'updateNewMessage')
    assert.equal(given.id, told.message.id)
    assert.equal(actionOf(told.message), 'messageActionChatCreate')
    assert.deepEqual(users.map(({ id }) => id).toSorted(), [ada.id, bob.id].toSorted())
    const [chat] = chats
    assert.ok(chat?._ === 'chat' && chat.creator === true)
    assert.deepEqual([chat.title, chat.participantsCount, chat.version], ['Chess', 2, 1])
    const pushed = await bob.waitFor('updateNewMessage')
    assert.equal(actionOf(pushed.message), 'messageActionChatCreate')
    const members = await bob.waitFor('updateChatParticipants')
    assert.ok(members.participants._ === 'chatParticipants')
    assert.deepEqual(
      members.participants.participants.map(({ _ }) => _),
      ['chatParticipantCreator', 'chatParticipant'],
    )
    for (const { updates, chats, users } of bob.pushed) {
      if (updates.length === 0) continue
      const [seen] = chats
      assert.ok(seen?._ === 'chat' && seen.creator === undefined, 'each sees the group with their own eyes')
      assert.ok(users.some(({ id }) => id === ada.id))
    }
  })

  test('texts in a group reach every member, and nobody who was removed', async () => {
    const chatId = await ada.makeGroup('Texts', bob, cid)
    await ada.write(chatId, 'for all')
    await ada.client.messages.deleteChatUser({ chatId, userId: await ada.user(cid) })
    await bob.write(chatId, 'for two')
    const created = 'messageActionChatCreate'
    for (const who of [ada, bob]) {
      const history = await who.history(chatId)
      assert.deepEqual(
        history.map((each) => (each._ === 'message' ? each.message : actionOf(each))),
        [created, 'for all', 'messageActionChatDeleteUser', 'for two'],
      )
    }
    assert.deepEqual(await actionsIn(cid, chatId), [created, 'message', 'messageActionChatDeleteUser'])
    await assert.rejects(cid.write(chatId, 'late'), { code: 403, type: 'CHAT_WRITE_FORBIDDEN' })
    assert.deepEqual(await cid.chat(chatId), { _: 'chatForbidden', id: chatId, title: 'Texts' })
    const full = await cid.client.messages.getFullChat({ chatId })
    assert.ok(full.fullChat._ === 'chatFull')
    assert.equal(full.fullChat.participants._, 'chatParticipantsForbidden')
    assert.ok(cid.pushed.at(-1)?.chats.some(({ _ }) => _ === 'chatForbidden'))
    const known = async () => {
      const { date: _, ...state } = await cid.client.updates.getState()
      return [await cid.history(chatId), state, cid.pushed.length]
    }
    const before = await known()
    const [, forAll] = await ada.history(chatId)
    assert.ok(forAll)
    const message = { peer: peerOf(chatId), id: forAll.id }
    await ada.client.messages.editMessage({ ...message, message: 'for those who stay' })
    await ada.client.messages.sendReaction({
      ...{ peer: message.peer, msgId: forAll.id, reaction: [{ _: 'reactionEmoji', emoticon: '👍' }] },
    })
    await ada.client.messages.updatePinnedMessage({ ...message, silent: true })
    await bob.waitFor('updatePinnedMessages')
    await ada.client.messages.deleteMessages({ id: [forAll.id], revoke: true })
    await bob.waitFor('updateDeleteMessages')
    assert.deepEqual(await known(), before, 'what one has left stays as it was, and nothing of it is told')
  })

  test('a new member gets the last texts with the replies among them', async () => {
    const chatId = await ada.makeGroup('History', bob)
    await ada.write(chatId, 'one')
    const [, first] = await bob.history(chatId)
    assert.ok(first)
    await bob.client.messages.sendMessage({
      peer: peerOf(chatId),
      message: 'two',
      randomId: nextRandomId(),
      replyTo: { _: 'inputReplyToMessage', replyToMsgId: first.id },
    })
    await ada.write(chatId, 'three')
    await ada.client.messages.addChatUser({ chatId, userId: await ada.user(cid), fwdLimit: 2 })
    const got = await cid.history(chatId)
    assert.deepEqual(
      got.map((each) => (each._ === 'message' ? each.message : actionOf(each))),
      ['two', 'three', 'messageActionChatAddUser'],
    )
    const dates = got.map((each) => (each._ === 'messageEmpty' ? 0 : each.date))
    assert.deepEqual(dates, dates.toSorted(), 'dates rise with the ids')
    const dan = await people.person('dan')
    await bob.client.messages.addChatUser({ chatId, userId: await bob.user(dan), fwdLimit: 100 })
    const [one, two] = await dan.history(chatId)
    assert.ok(one?._ === 'message' && two?._ === 'message' && two.replyTo?._ === 'messageReplyHeader')
    assert.equal(two.replyTo.replyToMsgId, one.id)
    const { state, newMessages } = await differenceOf(dan)
    assert.equal(newMessages.length, 4)
    assert.equal(state.pts, (await dan.client.updates.getState()).pts)
  })

  test('mentions and replies set marks for those whom they are about', async () => {
    const chatId = await ada.makeGroup('Marks', bob, cid)
    const userId = await ada.user(bob)
    const entity = { _: 'inputMessageEntityMentionName', offset: 0, length: 5, userId } as const
    const hello = { peer: peerOf(chatId), message: 'Hello!', randomId: nextRandomId(), entities: [entity] }
    await ada.client.messages.sendMessage(hello)
    const [, forBob] = await bob.history(chatId)
    const [, forCid] = await cid.history(chatId)
    assert.ok(forBob?._ === 'message' && forBob.mentioned === true && forBob.mediaUnread === true)
    assert.ok(forCid?._ === 'message' && forCid.mentioned === undefined)
    const replyTo = { _: 'inputReplyToMessage', replyToMsgId: forCid.id } as const
    await cid.client.messages.sendMessage({
      peer: peerOf(chatId),
      message: 'yes',
      randomId: nextRandomId(),
      replyTo,
    })
    const reply = (await ada.history(chatId)).at(-1)
    assert.ok(reply?._ === 'message' && reply.mentioned === true)
  })

  test('rights of members are told, and bind what members send', async () => {
    const chatId = await ada.makeGroup('Quiet', bob)
    const bannedRights = { _: 'chatBannedRights', sendMessages: true, untilDate: 0 } as const
    const answer = await ada.client.messages.editChatDefaultBannedRights({
      peer: peerOf(chatId),
      bannedRights,
    })
    const [update] = fullUpdates(answer).updates
    assert.ok(update?._ === 'updateChatDefaultBannedRights')
    assert.deepEqual([update.version, update.defaultBannedRights.sendMessages], [2, true])
    const pushed = await bob.waitFor('updateChatDefaultBannedRights')
    assert.deepEqual(pushed, update)
    await assert.rejects(bob.write(chatId, 'a'), { code: 403, type: 'CHAT_WRITE_FORBIDDEN' })
    await ada.write(chatId, 'who leads it may')
    const plain = { _: 'chatBannedRights', sendPlain: true, untilDate: 0 } as const
    await ada.client.messages.editChatDefaultBannedRights({ peer: peerOf(chatId), bannedRights: plain })
    await assert.rejects(bob.write(chatId, 'a'), { code: 403, type: 'CHAT_SEND_PLAIN_FORBIDDEN' })
    await ada.client.messages.editChatAdmin({ chatId, userId: await ada.user(bob), isAdmin: true })
    await bob.write(chatId, 'admins may, too')
    const seen = await bob.chat(chatId)
    assert.ok(seen._ === 'chat' && seen.adminRights?.inviteUsers === true && seen.version === 4)
    const full = await bob.client.messages.getFullChat({ chatId })
    assert.ok(full.fullChat._ === 'chatFull' && full.fullChat.exportedInvite?._ === 'chatInviteExported')
    assert.equal(full.fullChat.exportedInvite.adminId, bob.id)
  })

  test('another session of who changes a group is told like everybody else', async () => {
    const chatId = await ada.makeGroup('Devices', bob)
    const other = await people.again(ada)
    await other.client.updates.getState()
    const titled = await ada.client.messages.editChatTitle({ chatId, title: 'Renamed' })
    assert.equal(chatOf(titled)._ === 'chat' && chatOf(titled)._, 'chat')
    const told = await other.waitFor('updateNewMessage', isNewIn(chatId))
    assert.equal(actionOf(told.message), 'messageActionChatEditTitle')
    await ada.client.messages.editChatAbout({ peer: peerOf(chatId), about: 'What it is for' })
    await other.waitFor('updateChat')
    const full = await other.client.messages.getFullChat({ chatId })
    assert.equal(full.fullChat.about, 'What it is for')
    const repeated = ada.pushed.flatMap(({ updates }) => updates).filter(isNewIn(chatId))
    assert.deepEqual(repeated, [], 'the session that makes changes has them in its answers')
  })

  test('who brought a member is told of with the members, also after they have left', async () => {
    const chatId = await ada.makeGroup('Brought', bob)
    await bob.client.messages.addChatUser({ chatId, userId: await bob.user(cid), fwdLimit: 0 })
    await bob.client.messages.deleteChatUser({ chatId, userId: { _: 'inputUserSelf' } })
    const left = await cid.waitFor(
      'updateChatParticipants',
      ({ participants: list }) =>
        list._ === 'chatParticipants' && list.chatId === chatId && list.participants.length === 2,
    )
    const pushed = cid.pushed.find(({ updates }) => updates.includes(left))
    assert.ok(pushed?.users.some(({ id }) => id === bob.id))
    const { users } = await ada.client.messages.getFullChat({ chatId })
    assert.ok(users.some(({ id }) => id === bob.id))
  })

  test('people join by a link, or wait until who leads the group lets them in', async () => {
    const chatId = await ada.makeGroup('Links', bob)
    const peer = peerOf(chatId)
    const link = await ada.client.messages.exportChatInvite({ peer, title: 'Friends' })
    assert.ok(link._ === 'chatInviteExported')
    const hash = link.link.split('+').at(-1) ?? ''
    const shown = await cid.client.messages.checkChatInvite({ hash })
    assert.ok(shown._ === 'chatInvite' && shown.title === 'Links' && shown.participantsCount === 2)
    const joined = await cid.client.messages.importChatInvite({ hash })
    assert.ok(joined._ === 'messages.chatInviteJoinResultOk')
    const { updates } = fullUpdates(joined.updates)
    const message = updates.flatMap((each) => (each._ === 'updateNewMessage' ? each.message : []))
    assert.deepEqual(message.map(actionOf), ['messageActionChatJoinedByLink'])
    assert.equal((await cid.client.messages.checkChatInvite({ hash }))._, 'chatInviteAlready')

    const dan = await people.person('dan')
    const asking = await ada.client.messages.exportChatInvite({ peer, requestNeeded: true })
    assert.ok(asking._ === 'chatInviteExported')
    const asked = asking.link.split('+').at(-1) ?? ''
    await assert.rejects(dan.client.messages.importChatInvite({ hash: asked }), {
      type: 'INVITE_REQUEST_SENT',
    })
    const pending = await ada.waitFor('updatePendingJoinRequests')
    assert.deepEqual([pending.requestsPending, pending.recentRequesters], [1, [dan.id]])
    const full = await ada.client.messages.getFullChat({ chatId })
    assert.ok(full.fullChat._ === 'chatFull' && full.fullChat.requestsPending === 1)
    const userId = await ada.user(dan)
    const approved = await ada.client.messages.hideChatJoinRequest({ peer, userId, approved: true })
    const kinds = fullUpdates(approved).updates.map(({ _ }) => _)
    assert.deepEqual(kinds, ['updateChatParticipants', 'updatePendingJoinRequests', 'updateNewMessage'])
    assert.deepEqual(await actionsIn(dan, chatId), ['messageActionChatJoinedByRequest'])
    const own = await dan.history(chatId)
    assert.ok(own[0]?._ === 'messageService' && own[0].out === true)
    assert.deepEqual(await ada.client.messages.getOnlines({ peer }), { _: 'chatOnlines', onlines: 0 })
  })

  test('groups in common, and groups one is not in', async () => {
    const [eve, fay] = [await people.person('eve'), await people.person('fay')]
    const first = await eve.makeGroup('First', fay)
    const second = await eve.makeGroup('Second', fay, bob)
    const common = await eve.client.messages.getCommonChats({
      userId: await eve.user(fay),
      maxId: 0n,
      limit: 1,
    })
    assert.ok(common._ === 'messages.chatsSlice' && common.count === 2)
    assert.deepEqual(
      common.chats.map(({ id }) => id),
      [second],
    )
    await assert.rejects(bob.client.messages.getFullChat({ chatId: first }), { type: 'CHAT_ID_INVALID' })
    await assert.rejects(bob.write(first, 'a'), { type: 'PEER_ID_INVALID' })
  })

  test('leaving with one’s history takes it from one’s own box alone', async () => {
    const chatId = await ada.makeGroup('Gone', bob)
    await ada.write(chatId, 'a')
    const userId = { _: 'inputUserSelf' } as const
    await bob.client.messages.deleteChatUser({ chatId, userId, revokeHistory: true })
    assert.deepEqual(await actionsIn(bob, chatId), ['messageActionChatDeleteUser'])
    assert.equal((await ada.history(chatId)).length, 3)
    const seen = await bob.chat(chatId)
    assert.ok(seen._ === 'chat' && seen.left === true)
    await bob.client.messages.addChatUser({ chatId, userId, fwdLimit: 0 })
    assert.equal((await ada.chat(chatId))._, 'chat')
  })
})

function isNewIn(chatId: bigint) {
  return (update: Update): boolean => {
    if (update._ !== 'updateNewMessage' || update.message._ === 'messageEmpty') return false
    const { peerId } = update.message
    return peerId._ === 'peerChat' && peerId.chatId === chatId
  }
}

async function differenceOf({ client }: GroupPerson) {
  const date = Math.floor(Date.now() / 1000)
  const answer = await client.updates.getDifference({ pts: 1, date, qts: 0 })
  assert.ok(answer._ === 'updates.difference')
  return answer
}
