/** The chats inside Saved Messages, and reactions beyond one's own, over the wire. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type CablegramServer, startServer } from '@cablegram/server'
import type { ChatReactions, InputPeer, messages, Update, Updates } from '@cablegram/tl/api'
import { fullUpdates, GroupPeople, type GroupPerson, nextRandomId } from './group-people.ts'

let server: CablegramServer
let people: GroupPeople

before(async () => {
  server = await startServer({ store: 'memory' })
  people = new GroupPeople(server)
})

after(async () => {
  await people.close()
  await server.close()
})

const SELF = { _: 'inputPeerSelf' } as const
const EMPTY = { _: 'inputPeerEmpty' } as const
const HIDDEN_AUTHOR = 2_666_000n
const LIKE = { _: 'reactionEmoji', emoticon: '👍' } as const
const FROM_NEWEST = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 100, maxId: 0, minId: 0, hash: 0n }

async function peerOf(of: GroupPerson, other: GroupPerson) {
  const user = await of.user(other)
  assert.ok(user._ === 'inputUser')
  return { _: 'inputPeerUser', userId: user.userId, accessHash: user.accessHash } as const
}

function whole(answer: messages.SavedDialogs) {
  assert.ok(answer._ !== 'messages.savedDialogsNotModified')
  return answer
}

/** Ids of the chats inside Saved Messages; those of groups are negative. */
function idsOf(answer: messages.SavedDialogs): bigint[] {
  return whole(answer).dialogs.map(({ peer }) =>
    peer._ === 'peerUser' ? peer.userId : peer._ === 'peerChat' ? -peer.chatId : 0n,
  )
}

function only<K extends Update['_']>(updates: Updates, kind: K): Extract<Update, { _: K }> {
  const isOfKind = (update: Update): update is Extract<Update, { _: K }> => update._ === kind
  const [found, ...more] = fullUpdates(updates).updates.filter(isOfKind)
  assert.ok(found && more.length === 0)
  return found
}

/** Ada has saved a note, and a message each of Bob, of a group with Bob, and of Cid, who hides who he is. */
async function createScene() {
  const ada = await people.person('ada')
  const other = await people.again(ada)
  const bob = await people.person('bob')
  const cid = await people.person('cid')
  for (const { client } of [ada, other]) await client.updates.getState()
  await cid.client.account.setPrivacy({
    key: { _: 'inputPrivacyKeyForwards' },
    rules: [{ _: 'inputPrivacyValueDisallowAll' }],
  })
  const chatId = await ada.makeGroup('Club', bob)
  const group = { _: 'inputPeerChat', chatId } as const
  await ada.client.messages.sendMessage({ peer: SELF, message: 'a note', randomId: nextRandomId() })
  const save = async (from: InputPeer, id: number) =>
    ada.client.messages.forwardMessages({
      fromPeer: from,
      toPeer: SELF,
      id: [id],
      randomId: [nextRandomId()],
    })
  const write = async (writer: GroupPerson, peer: InputPeer, message: string) => {
    await writer.client.messages.sendMessage({ peer, message, randomId: nextRandomId() })
    const isIt = (update: Extract<Update, { _: 'updateNewMessage' }>) =>
      update.message._ === 'message' && update.message.message === message
    return (await ada.waitFor('updateNewMessage', isIt)).message.id
  }
  await save(await peerOf(ada, bob), await write(bob, await peerOf(bob, ada), 'of Bob'))
  await save(group, await write(bob, group, 'of the group'))
  await save(await peerOf(ada, cid), await write(cid, await peerOf(cid, ada), 'of Cid'))
  return { ada, other, bob, cid, chatId, group }
}

test('Saved Messages has a chat for each chat that something was saved from, and pages of them', async () => {
  const { ada, bob, chatId, group } = await createScene()
  const { client } = ada
  const query = { offsetDate: 0, offsetId: 0, offsetPeer: EMPTY, hash: 0n }
  const all = whole(await client.messages.getSavedDialogs({ ...query, limit: 100 }))
  assert.equal(all._, 'messages.savedDialogs')
  assert.deepEqual(idsOf(all), [HIDDEN_AUTHOR, -chatId, bob.id, ada.id])
  const named = new Set([...all.users.map(({ id }) => id), ...all.chats.map(({ id }) => -id)])
  for (const id of idsOf(all)) assert.ok(named.has(id), `${id} is in the answer`)
  assert.deepEqual(
    all.messages.map((message) => message._ === 'message' && message.message),
    ['of Cid', 'of the group', 'of Bob', 'a note'],
  )
  const [first] = all.messages
  assert.ok(first?._ === 'message')
  assert.deepEqual(
    [first.savedPeerId, first.fwdFrom?.savedFromPeer],
    [{ _: 'peerUser', userId: HIDDEN_AUTHOR }, undefined],
  )
  const page = whole(await client.messages.getSavedDialogs({ ...query, limit: 2 }))
  assert.ok(page._ === 'messages.savedDialogsSlice')
  assert.deepEqual([page.count, idsOf(page)], [4, [HIDDEN_AUTHOR, -chatId]])
  const [, last] = page.messages
  assert.ok(last?._ === 'message')
  const offset = { offsetId: last.id, offsetDate: last.date, offsetPeer: group }
  const rest = await client.messages.getSavedDialogs({ ...query, ...offset, limit: 2 })
  assert.deepEqual(idsOf(rest), [bob.id, ada.id])
  const end = { offsetId: 1, offsetDate: 1, offsetPeer: SELF }
  assert.deepEqual(idsOf(await client.messages.getSavedDialogs({ ...query, ...end, limit: 2 })), [])
  const some = await client.messages.getSavedDialogsByID({ ids: [group, SELF] })
  assert.deepEqual(idsOf(some), [-chatId, ada.id])
})

test('pins of chats inside Saved Messages are told to the other devices', async () => {
  const { ada, other, bob, chatId, group } = await createScene()
  const { messages: calls } = ada.client
  const bobPeer = await peerOf(ada, bob)
  const toggle = (peer: InputPeer, pinned: boolean) =>
    calls.toggleSavedDialogPin({ pinned, peer: { _: 'inputDialogPeer', peer } })
  await toggle(bobPeer, true)
  const told = await other.waitFor('updateSavedDialogPinned')
  assert.deepEqual(
    [told.pinned, told.peer],
    [true, { _: 'dialogPeer', peer: { _: 'peerUser', userId: bob.id } }],
  )
  await toggle(group, true)
  assert.deepEqual(idsOf(await calls.getPinnedSavedDialogs()), [-chatId, bob.id])
  const order = [bobPeer, group].map((peer) => ({ _: 'inputDialogPeer', peer }) as const)
  await calls.reorderPinnedSavedDialogs({ order })
  const pins = await other.waitFor('updatePinnedSavedDialogs')
  assert.deepEqual(
    pins.order?.map((each) => each._ === 'dialogPeer' && each.peer._),
    ['peerUser', 'peerChat'],
  )
  const query = { offsetDate: 0, offsetId: 0, offsetPeer: EMPTY, limit: 100, hash: 0n }
  const listed = whole(await calls.getSavedDialogs(query))
  assert.deepEqual(idsOf(listed), [bob.id, -chatId, HIDDEN_AUTHOR, ada.id])
  assert.deepEqual(
    listed.dialogs.map((dialog) => dialog._ === 'savedDialog' && dialog.pinned),
    [true, true, undefined, undefined],
  )
  const others = await calls.getSavedDialogs({ ...query, excludePinned: true })
  assert.deepEqual(idsOf(others), [HIDDEN_AUTHOR, ada.id])
  await calls.reorderPinnedSavedDialogs({ force: true, order: [] })
  assert.deepEqual(idsOf(await calls.getPinnedSavedDialogs()), [])
})

test('what was saved from a chat is read, unpinned and deleted by itself', async () => {
  const { ada, bob, group } = await createScene()
  const { messages: calls } = ada.client
  const history = async (peer: InputPeer) => {
    const found = await calls.getSavedHistory({ ...FROM_NEWEST, peer })
    assert.ok(found._ === 'messages.messages')
    return found.messages.map((message) => (message._ === 'message' ? message.message : ''))
  }
  assert.deepEqual(await history(group), ['of the group'])
  assert.deepEqual(await history(SELF), ['a note'])
  const all = await calls.getHistory({ ...FROM_NEWEST, peer: SELF })
  assert.ok(all._ === 'messages.messages')
  for (const { id } of all.messages) await calls.updatePinnedMessage({ peer: SELF, id, silent: true })
  const unpinned = await calls.unpinAllMessages({ peer: SELF, savedPeerId: group })
  assert.equal(unpinned.ptsCount, 1)
  const deleted = await calls.deleteSavedHistory({ peer: group, maxId: 0 })
  assert.deepEqual([deleted.ptsCount, deleted.offset], [1, 0])
  assert.deepEqual([await history(group), await history(await peerOf(ada, bob))], [[], ['of Bob']])
})

test('a group says which reactions it allows, and who leads it takes them away', async () => {
  const ada = await people.person('ada')
  const bob = await people.person('bob')
  await bob.client.updates.getState()
  const chatId = await ada.makeGroup('Club', bob)
  const peer = { _: 'inputPeerChat', chatId } as const
  const some: ChatReactions = { _: 'chatReactionsSome', reactions: [LIKE] }
  const answer = await ada.client.messages.setChatAvailableReactions({ peer, availableReactions: some })
  assert.equal(only(answer, 'updateChat').chatId, chatId)
  await bob.waitFor('updateChat')
  const full = await bob.client.messages.getFullChat({ chatId })
  assert.ok(full.fullChat._ === 'chatFull')
  assert.deepEqual(full.fullChat.availableReactions, some)
  await ada.write(chatId, 'hi')
  const { message } = await bob.waitFor(
    'updateNewMessage',
    (update) => update.message._ === 'message' && update.message.message === 'hi',
  )
  const msgId = message.id
  const heart = { _: 'reactionEmoji', emoticon: '❤' } as const
  await assert.rejects(bob.client.messages.sendReaction({ peer, msgId, reaction: [heart] }), {
    type: 'REACTION_INVALID',
  })
  await bob.client.messages.sendReaction({ peer, msgId, reaction: [LIKE] })
  const history = await ada.history(chatId)
  const own = history.find((each) => each._ === 'message' && each.message === 'hi')?.id ?? 0
  await assert.rejects(bob.client.messages.deleteParticipantReaction({ peer, msgId, participant: SELF }), {
    type: 'CHAT_ADMIN_REQUIRED',
  })
  const participant = await peerOf(ada, bob)
  const removed = await ada.client.messages.deleteParticipantReaction({ peer, msgId: own, participant })
  assert.deepEqual(only(removed, 'updateMessageReactions').reactions.results, [])
  const isEmpty = ({ reactions }: Extract<Update, { _: 'updateMessageReactions' }>) =>
    reactions.results.length === 0
  await bob.waitFor('updateMessageReactions', isEmpty)
  await bob.client.messages.sendReaction({ peer, msgId, reaction: [LIKE] })
  await ada.client.messages.deleteParticipantReactions({ peer, participant })
  const [after_] = await ada.client.messages
    .getMessagesReactions({ peer, id: [own] })
    .then((found) => fullUpdates(found).updates)
  assert.deepEqual(after_?._ === 'updateMessageReactions' && after_.reactions.results, [])
})

test('the reaction of a double tap is that of all devices, and tags are counted', async () => {
  const { ada, other, group } = await createScene()
  const heart = { _: 'reactionEmoji', emoticon: '❤' } as const
  assert.deepEqual((await ada.client.help.getConfig()).reactionsDefault, heart)
  await ada.client.messages.setDefaultReaction({ reaction: LIKE })
  await other.waitFor('updateConfig')
  assert.deepEqual((await other.client.help.getConfig()).reactionsDefault, LIKE)
  const all = await ada.client.messages.getHistory({ ...FROM_NEWEST, peer: SELF })
  assert.ok(all._ === 'messages.messages')
  for (const { id } of all.messages.slice(0, 2)) {
    await ada.client.messages.sendReaction({ peer: SELF, msgId: id, reaction: [LIKE] })
  }
  const tags = await ada.client.messages.getSavedReactionTags({ hash: 0n })
  assert.ok(tags._ === 'messages.savedReactionTags')
  assert.deepEqual(tags.tags, [{ _: 'savedReactionTag', reaction: LIKE, count: 2 }])
  const { hash } = tags
  assert.equal(
    (await ada.client.messages.getSavedReactionTags({ hash }))._,
    'messages.savedReactionTagsNotModified',
  )
  const ofGroup = await ada.client.messages.getSavedReactionTags({ peer: group, hash: 0n })
  assert.equal(ofGroup._ === 'messages.savedReactionTags' && ofGroup.tags[0]?.count, 1)
})
