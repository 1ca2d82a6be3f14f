import type { InputChatPhoto, Update } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import { knownPhoto, photoOfGroup } from '../rules/avatars/avatars.ts'
import { botsOfGroup } from '../rules/bots/bots.ts'
import { hasWaiting } from '../rules/chats/scheduled/queue.ts'
import { notifySettingsOf } from '../rules/dialogs/notify.ts'
import { makeAvatar } from '../rules/files/make-avatar.ts'
import { NO_SOURCE } from '../rules/files/media-access.ts'
import { checkGroups, commonGroups, fullGroup, onlineMembers, rightsOf } from '../rules/groups/full-groups.ts'
import {
  addToGroup,
  createGroup,
  deleteGroup,
  editAbout,
  editAdmin,
  editCreator,
  editPhoto,
  editRank,
  editRights,
  editTitle,
  protectGroup,
  removeFromGroup,
} from '../rules/groups/groups.ts'
import { refusal } from '../rules/index.ts'
import type { Photo } from '../rules/messages/words.ts'
import { checkMayGiveAway } from '../rules/passwords/fresh-owners.ts'
import { requirePassword } from '../rules/passwords/passwords.ts'
import { checkTexts } from './check-texts.ts'
import { chatIdOf, groupUpdates, membersUpdate } from './groups.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { answerOf } from './password-answers.ts'
import { peerBook, seenChats } from './peer-book.ts'
import { peerOf, userIdOf } from './peers.ts'
import { rightsUpdate } from './side-groups.ts'
import { viewerIn } from './side-view.ts'
import { langOf, tlBotInfo } from './tl-bots.ts'
import { bannedBits, peopleOf, tlFullGroup } from './tl-chats.ts'
import { claimOf, sentAvatarOf, tlPhoto } from './tl-files.ts'

const MAX_IDS = 200

/** Makes a group. The client knows its first message by the random id. */
export const createChat: Handler<'messages.createChat'> = async (request, context) => {
  if ((request.ttlPeriod ?? 0) !== 0) throw refusal('TTL_PERIOD_INVALID')
  if (request.users.length > MAX_IDS) throw refusal('USERS_TOO_MUCH')
  const userIds = await Promise.all(request.users.map((user) => userIdOf(user, context)))
  const created = await createGroup(context.on, context.caller, { title: request.title, userIds })
  const ids = created.events.flatMap((event): Update[] => {
    if (event.kind !== 'newMessage') return []
    return [{ _: 'updateMessageID', id: event.message.id, randomId: event.randomId ?? 0n }]
  })
  const news = [...ids, ...(await membersUpdate(created.chatId, context))]
  return {
    _: 'messages.invitedUsers',
    updates: await groupUpdates(created, news, context),
    missingInvitees: created.missingIds.map((userId) => ({ _: 'missingInvitee', userId })),
  }
}

/** Brings somebody into a group. */
export const addChatUser: Handler<'messages.addChatUser'> = async (
  { chatId, fwdLimit, ...request },
  context,
) => {
  const userId = await userIdOf(request.userId, context)
  const change = await addToGroup(context.on, context.caller, chatId, userId, fwdLimit)
  const news = await membersUpdate(chatId, context)
  const updates = await groupUpdates(change, news, context)
  return { _: 'messages.invitedUsers', updates, missingInvitees: [] }
}

/** Takes somebody out of a group, or lets the caller leave. */
export const deleteChatUser: Handler<'messages.deleteChatUser'> = async (request, context) => {
  const { chatId, revokeHistory } = request
  const userId = await userIdOf(request.userId, context)
  const forgets = revokeHistory === true
  const change = await removeFromGroup(context.on, context.caller, chatId, userId, forgets)
  const hasLeft = userId === requireUserId(context.caller.state)
  return await groupUpdates(change, hasLeft ? [] : await membersUpdate(chatId, context), context)
}

/** Gives a group another title. */
export const editChatTitle: Handler<'messages.editChatTitle'> = async ({ chatId, title }, context) =>
  await groupUpdates(await editTitle(context.on, context.caller, chatId, title), [], context)

/** Gives a group another photo, or none. */
export const editChatPhoto: Handler<'messages.editChatPhoto'> = async ({ chatId, photo }, context) => {
  const { on, caller } = context
  const edited = await editPhoto(on, caller, chatId, () => chatPhotoOf(photo, context))
  return await groupUpdates(edited, [], context)
}

async function chatPhotoOf(photo: InputChatPhoto, context: HandlerContext): Promise<Photo | undefined> {
  const { on, caller } = context
  switch (photo._) {
    case 'inputChatPhotoEmpty':
      return undefined
    case 'inputChatPhoto': {
      const claim = claimOf(photo.id)
      return claim && (await knownPhoto(on, caller, claim))
    }
    case 'inputChatUploadedPhoto':
      return await makeAvatar(on, caller, sentAvatarOf(photo))
  }
}

/** Gives a group another description. */
export const editChatAbout: Handler<'messages.editChatAbout'> = async ({ peer, about }, context) => {
  await editAbout(context.on, context.caller, chatIdOf(await peerOf(peer, context)), about)
  return true
}

/** Makes a member an admin, or ends that. */
export const editChatAdmin: Handler<'messages.editChatAdmin'> = async (request, context) => {
  const userId = await userIdOf(request.userId, context)
  await editAdmin(context.on, context.caller, request.chatId, userId, request.isAdmin)
  return true
}

/** Says what members must not do. */
export const editChatDefaultBannedRights: Handler<'messages.editChatDefaultBannedRights'> = async (
  { peer, bannedRights },
  context,
) => {
  const chatId = chatIdOf(await peerOf(peer, context))
  if (bannedRights.viewMessages === true) throw refusal('BANNED_RIGHTS_INVALID')
  // Some clients say "for ever" with the last second there is.
  if (bannedRights.untilDate !== 0 && bannedRights.untilDate !== FOR_EVER_S)
    throw refusal('UNTIL_DATE_INVALID')
  const change = await editRights(context.on, context.caller, chatId, bannedBits(bannedRights))
  const rights = await rightsOf(context.on, chatId)
  const news = rights === undefined ? [] : [rightsUpdate(chatId, rights)]
  return await groupUpdates(change, news, context)
}

const FOR_EVER_S = 2_147_483_647

/** Shows a group with its members. */
export const getFullChat: Handler<'messages.getFullChat'> = async ({ chatId }, context) => {
  const full = await fullGroup(context.on, context.caller, chatId)
  const book = peerBook(context)
  book.add(-chatId, ...(full.list === undefined ? [] : peopleOf(full.list)))
  book.add(...(full.waiting?.newestIds ?? []))
  const viewerId = requireUserId(context.caller.state)
  const notify = await notifySettingsOf(context.on, viewerId, { kind: 'peer', peerId: -chatId })
  const hasScheduled = await hasWaiting(context.on, context.caller, -chatId)
  const photo = await photoOfGroup(context.on, context.caller, chatId)
  const bots = await botsOfGroup(context.on, context.caller, chatId, langOf(context))
  const fullChat = {
    ...tlFullGroup(full, notify, context.nowS),
    ...(hasScheduled && { hasScheduled }),
    ...(photo && { chatPhoto: tlPhoto(photo, viewerIn(context), NO_SOURCE) }),
    ...(bots.length > 0 && { botInfo: bots.map(tlBotInfo) }),
  }
  return { _: 'messages.chatFull', fullChat, ...(await book.lists()) }
}

/** Shows groups that the caller is in, or was. */
export const getChats: Handler<'messages.getChats'> = async ({ id: ids }, context) => {
  if (ids.length > MAX_IDS) throw refusal('LIMIT_INVALID')
  await checkGroups(context.on, context.caller, ids)
  return { _: 'messages.chats', chats: await seenChats(ids, context) }
}

/** Lists the groups that the caller and somebody else are in. */
export const getCommonChats: Handler<'messages.getCommonChats'> = async (
  { maxId, limit, ...request },
  context,
) => {
  const userId = await userIdOf(request.userId, context)
  const { chatIds, count } = await commonGroups(context.on, context.caller, userId, { maxId, limit })
  const chats = await seenChats(chatIds, context)
  if (chats.length === count) return { _: 'messages.chats', chats }
  return { _: 'messages.chatsSlice', count, chats }
}

/** Counts the members of a group who are online. */
export const getOnlines: Handler<'messages.getOnlines'> = async ({ peer }, context) => {
  const chatId = chatIdOf(await peerOf(peer, context))
  return { _: 'chatOnlines', onlines: await onlineMembers(context.on, chatId) }
}

/** Lets members of a group forward and save what is written there, or forbids it. Of the chats, only groups have this. */
export const toggleNoForwards: Handler<'messages.toggleNoForwards'> = async ({ peer, enabled }, context) => {
  const chatId = chatIdOf(await peerOf(peer, context))
  return await groupUpdates(await protectGroup(context.on, context.caller, chatId, enabled), [], context)
}

/** Ends a group for everybody. */
export const deleteChat: Handler<'messages.deleteChat'> = async ({ chatId }, context) => {
  await deleteGroup(context.on, context.caller, chatId)
  return true
}

/** Gives a group to another member. */
export const editChatCreator: Handler<'messages.editChatCreator'> = async (
  { peer, password, ...request },
  context,
) => {
  // Clients ask whether they may by a call without an answer to the password.
  await checkMayGiveAway(context.on, context.caller)
  await requirePassword(context.on, context.caller, answerOf(password))
  const chatId = chatIdOf(await peerOf(peer, context))
  const userId = await userIdOf(request.userId, context)
  const change = await editCreator(context.on, context.caller, chatId, userId)
  return await groupUpdates(change, await membersUpdate(chatId, context), context)
}

/** Tells who will have a group once its creator leaves: nobody, as it stays with the creator. */
export const getFutureChatCreatorAfterLeave: Handler<'messages.getFutureChatCreatorAfterLeave'> = async (
  { peer },
  context,
) => {
  chatIdOf(await peerOf(peer, context))
  return { _: 'userEmpty', id: 0n }
}

/** Gives a member of a group a word beside the name. */
export const editChatParticipantRank: Handler<'messages.editChatParticipantRank'> = async (
  { peer, participant, rank },
  context,
) => {
  checkTexts(rank)
  const chatId = chatIdOf(await peerOf(peer, context))
  const userId = await peerOf(participant, context)
  const changed = await editRank(context.on, context.caller, chatId, { userId, rank })
  const update: Update = {
    _: 'updateChatParticipantRank',
    chatId,
    userId,
    rank: changed.rank,
    version: changed.version,
  }
  return await groupUpdates({ kind: 'changed', chatId, events: [] }, [update], context)
}
