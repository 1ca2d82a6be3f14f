/** Lost answers of the methods of basic groups and their links. */
import assert from 'node:assert/strict'
import type { TelegramClient } from '@cablegram/client'
import type { InputUser } from '@cablegram/tl/api'
import { createUser } from './console.ts'
import { PICTURE_FILE, sendPicture } from './lost-file-rows.ts'
import type { LostAnswerRow, LostCall, LostWorld } from './lost-world.ts'

const SELF = { _: 'inputUserSelf' } as const

/** Ada's group with Bob in it, and Cid, who is not. */
export interface Scene {
  readonly client: TelegramClient
  readonly bob: InputUser
  readonly cid: InputUser
  readonly cidClient: TelegramClient
  readonly chatId: bigint
  readonly peer: { readonly _: 'inputPeerChat'; readonly chatId: bigint }
}

let names = 0

/** An account with a username, signed in. */
async function named(world: LostWorld): Promise<{ client: TelegramClient; username: string }> {
  const phone = world.phone()
  const username = `lost_group_${++names}`
  await createUser(world.ready.console, { phone, firstName: 'Bob', username })
  return { client: await world.again(phone), username }
}

async function found(client: TelegramClient, username: string): Promise<InputUser> {
  const { users } = await client.contacts.resolveUsername({ username })
  const [user] = users
  assert.ok(user?._ === 'user' && user.accessHash !== undefined)
  return { _: 'inputUser', userId: user.id, accessHash: user.accessHash }
}

/** Makes Ada's group. */
export async function sceneIn(world: LostWorld): Promise<Scene> {
  const client = await world.user()
  const [second, third] = [await named(world), await named(world)]
  const [bob, cid] = [await found(client, second.username), await found(client, third.username)]
  const { updates } = await client.messages.createChat({ users: [bob], title: 'Club' })
  assert.ok(updates._ === 'updates')
  const chatId = updates.chats[0]?.id ?? 0n
  return { client, bob, cid, cidClient: third.client, chatId, peer: { _: 'inputPeerChat', chatId } }
}

/** A row whose call is made in a group. */
function inGroup(
  make: (scene: Scene, link: string) => Omit<LostCall, 'client'> & Partial<LostCall>,
): LostAnswerRow {
  return async (world) => {
    const scene = await sceneIn(world)
    const invite = await scene.client.messages.exportChatInvite({ peer: scene.peer })
    assert.ok(invite._ === 'chatInviteExported')
    return { client: scene.client, ...make(scene, invite.link) }
  }
}

/** The number of messages in a group: a change that was made once is told once. */
async function messagesIn(client: TelegramClient, chatId: bigint): Promise<number> {
  const page = { offsetId: 0, offsetDate: 0, addOffset: 0, limit: 10, maxId: 0, minId: 0, hash: 0n }
  const history = await client.messages.getHistory({ ...page, peer: { _: 'inputPeerChat', chatId } })
  return history._ === 'messages.messages' ? history.messages.length : -1
}

/** Somebody waits to be let in by a link. */
async function asksIn({ client, cidClient, peer }: Scene): Promise<void> {
  const invite = await client.messages.exportChatInvite({ peer, requestNeeded: true })
  const hash = invite._ === 'chatInviteExported' ? (invite.link.split('+').at(-1) ?? '') : ''
  await assert.rejects(cidClient.messages.importChatInvite({ hash }), { type: 'INVITE_REQUEST_SENT' })
}

/** A row whose call answers somebody who waits. */
function answering(make: (scene: Scene) => { call(): Promise<unknown>; told: unknown }): LostAnswerRow {
  return async (world) => {
    const scene = await sceneIn(world)
    await asksIn(scene)
    const check = async () => assert.equal(await messagesIn(scene.client, scene.chatId), 2)
    return { client: scene.client, ...make(scene), check }
  }
}

/** The rows of methods of groups. */
export const LOST_GROUP_ANSWERS: Readonly<Record<string, LostAnswerRow>> = {
  'messages.getFullChat': 'reads',
  'messages.getChats': 'reads',
  'messages.getCommonChats': 'reads',
  'messages.getOnlines': 'reads',
  'messages.getExportedChatInvite': 'reads',
  'messages.getExportedChatInvites': 'reads',
  'messages.getAdminsWithInvites': 'reads',
  'messages.checkChatInvite': 'reads',
  'messages.getChatInviteImporters': 'reads',
  // A second group of this name may be meant: nothing tells a repeat from a wish.
  'messages.createChat': async (world) => {
    const { client, bob } = await sceneIn(world)
    const call = () => client.messages.createChat({ users: [bob], title: 'Once more' })
    return { client, call, told: 'messages.invitedUsers' }
  },
  'messages.addChatUser': inGroup(({ client, cid, chatId }) => ({
    call: () => client.messages.addChatUser({ chatId, userId: cid, fwdLimit: 0 }),
    told: '400 USER_ALREADY_PARTICIPANT',
    check: async () => assert.equal(await messagesIn(client, chatId), 2),
  })),
  'messages.deleteChatUser': inGroup(({ client, bob, chatId }) => ({
    call: () => client.messages.deleteChatUser({ chatId, userId: bob }),
    told: '400 USER_NOT_PARTICIPANT',
    check: async () => assert.equal(await messagesIn(client, chatId), 2),
  })),
  'messages.editChatTitle': inGroup(({ client, chatId }) => ({
    call: () => client.messages.editChatTitle({ chatId, title: 'Renamed' }),
    told: '400 CHAT_NOT_MODIFIED',
    check: async () => assert.equal(await messagesIn(client, chatId), 2),
  })),
  'messages.editChatPhoto': async (world) => {
    const { client, chatId } = await sceneIn(world)
    await sendPicture(client)
    const photo = { _: 'inputChatUploadedPhoto', file: PICTURE_FILE } as const
    return { client, call: () => client.messages.editChatPhoto({ chatId, photo }), told: 'updates' }
  },
  'messages.editChatAbout': inGroup(({ client, peer }) => ({
    call: () => client.messages.editChatAbout({ peer, about: 'About' }),
    told: '400 CHAT_ABOUT_NOT_MODIFIED',
  })),
  'messages.editChatAdmin': inGroup(({ client, bob, chatId }) => ({
    call: () => client.messages.editChatAdmin({ chatId, userId: bob, isAdmin: true }),
    told: true,
  })),
  'messages.editChatDefaultBannedRights': inGroup(({ client, peer }) => ({
    call: () =>
      client.messages.editChatDefaultBannedRights({
        peer,
        bannedRights: { _: 'chatBannedRights', sendPolls: true, untilDate: 0 },
      }),
    told: '400 CHAT_NOT_MODIFIED',
  })),
  'messages.toggleNoForwards': inGroup(({ client, peer }) => ({
    call: () => client.messages.toggleNoForwards({ peer, enabled: true }),
    told: '400 CHAT_NOT_MODIFIED',
  })),
  'messages.deleteChat': inGroup(({ client, chatId }) => ({
    call: () => client.messages.deleteChat({ chatId }),
    told: '400 CHAT_ID_INVALID',
  })),
  'messages.editChatParticipantRank': inGroup(({ client, peer }) => ({
    call: () =>
      client.messages.editChatParticipantRank({ peer, participant: { _: 'inputPeerSelf' }, rank: 'Founder' }),
    told: 'updates',
  })),
  'messages.getFutureChatCreatorAfterLeave': 'reads',
  'messages.editChatCreator': {
    because:
      'a password is answered once: the client asks for a new question, and is told that it leads the group no more',
  },
  // Each link is another one; the first that was made brings nobody anywhere unless it is passed on.
  'messages.exportChatInvite': inGroup(({ client, peer }) => ({
    call: () => client.messages.exportChatInvite({ peer, title: 'For friends' }),
    told: 'chatInviteExported',
  })),
  'messages.editExportedChatInvite': inGroup(({ client, peer }, link) => ({
    call: () => client.messages.editExportedChatInvite({ peer, link, title: 'Renamed' }),
    told: 'messages.exportedChatInvite',
  })),
  'messages.deleteExportedChatInvite': async (world) => {
    const { client, peer } = await sceneIn(world)
    const invite = await client.messages.exportChatInvite({ peer })
    const link = invite._ === 'chatInviteExported' ? invite.link : ''
    await client.messages.editExportedChatInvite({ peer, link, revoked: true })
    const call = () => client.messages.deleteExportedChatInvite({ peer, link })
    return { client, call, told: '400 INVITE_HASH_EXPIRED' }
  },
  'messages.deleteRevokedExportedChatInvites': inGroup(({ client, peer }) => ({
    call: () => client.messages.deleteRevokedExportedChatInvites({ peer, adminId: SELF }),
    told: true,
  })),
  'messages.importChatInvite': inGroup(({ client, cidClient, chatId }, link) => ({
    client: cidClient,
    call: () => cidClient.messages.importChatInvite({ hash: link.split('+').at(-1) ?? '' }),
    told: '400 USER_ALREADY_PARTICIPANT',
    check: async () => assert.equal(await messagesIn(client, chatId), 2),
  })),
  'messages.hideChatJoinRequest': answering(({ client, peer, cid }) => ({
    call: () => client.messages.hideChatJoinRequest({ peer, userId: cid, approved: true }),
    told: '400 USER_ALREADY_PARTICIPANT',
  })),
  'messages.hideAllChatJoinRequests': answering(({ client, peer }) => ({
    call: () => client.messages.hideAllChatJoinRequests({ peer, approved: true }),
    told: 'updates',
  })),
}
