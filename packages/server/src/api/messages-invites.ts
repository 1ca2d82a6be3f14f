import type { Chat, Update } from '@cablegram/tl/api'
import { waitingFor } from '../rules/groups/full-groups.ts'
import {
  adminsWithInvites,
  changeInvite,
  deleteInvite,
  deleteRevokedInvites,
  exportInvite,
  inviteOf,
  invitesOf,
} from '../rules/groups/invites.ts'
import {
  answerAllJoinRequests,
  answerJoinRequest,
  checkInvite,
  importInvite,
  listImporters,
} from '../rules/groups/joins.ts'
import { hashOf } from '../rules/groups/link.ts'
import { refusal } from '../rules/index.ts'
import { chatIdOf, groupUpdates, membersUpdate } from './groups.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { seenChats, seenUsers } from './peer-book.ts'
import { peerOf, userIdOf } from './peers.ts'
import { tlImporter, tlInvite, tlWaiting } from './tl-chats.ts'

/** Makes a link to a group. */
export const exportChatInvite: Handler<'messages.exportChatInvite'> = async (request, context) => {
  const chatId = chatIdOf(await peerOf(request.peer, context))
  if (request.subscriptionPricing !== undefined) throw refusal('PRICING_CHAT_INVALID')
  const { title = '', expireDate = 0, usageLimit = 0, requestNeeded, legacyRevokePermanent } = request
  const options = { title, expiresAtS: expireDate, usageLimit, needsRequest: requestNeeded === true }
  const replaces = legacyRevokePermanent === true
  return tlInvite(await exportInvite(context.on, context.caller, chatId, options, replaces), context.nowS)
}

/** Changes a link, or ends it. */
export const editExportedChatInvite: Handler<'messages.editExportedChatInvite'> = async (
  request,
  context,
) => {
  const chatId = chatIdOf(await peerOf(request.peer, context))
  const { link, revoked, expireDate, usageLimit, requestNeeded, title } = request
  const { invite, replacement } = await changeInvite(context.on, context.caller, chatId, {
    link,
    isRevoked: revoked === true,
    ...(expireDate !== undefined && { expiresAtS: expireDate }),
    ...(usageLimit !== undefined && { usageLimit }),
    ...(requestNeeded !== undefined && { needsRequest: requestNeeded }),
    ...(title !== undefined && { title }),
  })
  const users = await seenUsers([invite.adminId], context)
  const changed = tlInvite(invite, context.nowS)
  if (replacement === undefined) return { _: 'messages.exportedChatInvite', invite: changed, users }
  const newInvite = tlInvite(replacement, context.nowS)
  return { _: 'messages.exportedChatInviteReplaced', invite: changed, newInvite, users }
}

/** Shows a link. */
export const getExportedChatInvite: Handler<'messages.getExportedChatInvite'> = async (
  { peer, link },
  context,
) => {
  const chatId = chatIdOf(await peerOf(peer, context))
  const invite = await inviteOf(context.on, context.caller, chatId, link)
  const users = await seenUsers([invite.adminId], context)
  return { _: 'messages.exportedChatInvite', invite: tlInvite(invite, context.nowS), users }
}

/** Lists somebody's links. */
export const getExportedChatInvites: Handler<'messages.getExportedChatInvites'> = async (
  request,
  context,
) => {
  const chatId = chatIdOf(await peerOf(request.peer, context))
  const adminId = await userIdOf(request.adminId, context)
  const { invites, count } = await invitesOf(context.on, context.caller, chatId, {
    adminId,
    isRevoked: request.revoked === true,
    offsetS: request.offsetDate ?? 0,
    offsetHash: hashOf(request.offsetLink ?? '') ?? '',
    limit: request.limit,
  })
  const users = await seenUsers([adminId], context)
  return {
    _: 'messages.exportedChatInvites',
    count,
    invites: invites.map((invite) => tlInvite(invite, context.nowS)),
    users,
  }
}

/** Counts the links of everybody who has one. */
export const getAdminsWithInvites: Handler<'messages.getAdminsWithInvites'> = async ({ peer }, context) => {
  const chatId = chatIdOf(await peerOf(peer, context))
  const admins = await adminsWithInvites(context.on, context.caller, chatId)
  return {
    _: 'messages.chatAdminsWithInvites',
    admins: admins.map(({ adminId, count, revokedCount }) => ({
      _: 'chatAdminWithInvites',
      adminId,
      invitesCount: count,
      revokedInvitesCount: revokedCount,
    })),
    users: await seenUsers(
      admins.map(({ adminId }) => adminId),
      context,
    ),
  }
}

/** Removes a link that has ended. */
export const deleteExportedChatInvite: Handler<'messages.deleteExportedChatInvite'> = async (
  { peer, link },
  context,
) => {
  await deleteInvite(context.on, context.caller, chatIdOf(await peerOf(peer, context)), link)
  return true
}

/** Removes all links of somebody's that have ended. */
export const deleteRevokedExportedChatInvites: Handler<'messages.deleteRevokedExportedChatInvites'> = async (
  request,
  context,
) => {
  const chatId = chatIdOf(await peerOf(request.peer, context))
  const adminId = await userIdOf(request.adminId, context)
  await deleteRevokedInvites(context.on, context.caller, chatId, adminId)
  return true
}

/** Shows the group of a link. */
export const checkChatInvite: Handler<'messages.checkChatInvite'> = async ({ hash }, context) => {
  const preview = await checkInvite(context.on, context.caller, hash)
  if (preview.kind === 'member')
    return { _: 'chatInviteAlready', chat: await seenChat(preview.chatId, context) }
  const { title, about, memberCount, knownIds, needsRequest } = preview
  return {
    _: 'chatInvite',
    ...(needsRequest && { requestNeeded: true }),
    title,
    ...(about !== '' && { about }),
    photo: { _: 'photoEmpty', id: 0n },
    participantsCount: memberCount,
    ...(knownIds.length > 0 && { participants: await seenUsers(knownIds, context) }),
    color: 0,
  }
}

async function seenChat(chatId: bigint, context: HandlerContext): Promise<Chat> {
  const [chat] = await seenChats([chatId], context)
  return chat ?? { _: 'chatForbidden', id: chatId, title: '' }
}

/** Joins the group of a link. */
export const importChatInvite: Handler<'messages.importChatInvite'> = async ({ hash }, context) => {
  const change = await importInvite(context.on, context.caller, hash)
  const news = await membersUpdate(change.chatId, context)
  return { _: 'messages.chatInviteJoinResultOk', updates: await groupUpdates(change, news, context) }
}

/** Lists people who came by a link, or wait to be let in. */
export const getChatInviteImporters: Handler<'messages.getChatInviteImporters'> = async (
  request,
  context,
) => {
  const chatId = chatIdOf(await peerOf(request.peer, context))
  const { requested, link, q: named, offsetDate: offsetS, offsetUser, limit } = request
  const { importers, count } = await listImporters(context.on, context.caller, chatId, {
    isWaiting: requested === true,
    link,
    named,
    offsetS,
    offsetUserId: offsetUser._ === 'inputUserEmpty' ? 0n : await userIdOf(offsetUser, context),
    limit,
  })
  const users = await seenUsers(
    importers.map(({ userId }) => userId),
    context,
  )
  return { _: 'messages.chatInviteImporters', count, importers: importers.map(tlImporter), users }
}

/** Lets somebody in who waits, or sends them away. */
export const hideChatJoinRequest: Handler<'messages.hideChatJoinRequest'> = async (request, context) => {
  const chatId = chatIdOf(await peerOf(request.peer, context))
  const userId = await userIdOf(request.userId, context)
  const isApproved = request.approved === true
  const change = await answerJoinRequest(context.on, context.caller, chatId, userId, isApproved)
  return await groupUpdates(change, await requestNews(chatId, isApproved, context), context)
}

/** Lets in everybody who waits, or sends all of them away. */
export const hideAllChatJoinRequests: Handler<'messages.hideAllChatJoinRequests'> = async (
  request,
  context,
) => {
  const chatId = chatIdOf(await peerOf(request.peer, context))
  const isApproved = request.approved === true
  const change = await answerAllJoinRequests(context.on, context.caller, chatId, request.link, isApproved)
  return await groupUpdates(change, await requestNews(chatId, isApproved, context), context)
}

/** The news that fewer people wait; those who do are known from when they came. */
async function requestNews(chatId: bigint, isApproved: boolean, context: HandlerContext): Promise<Update[]> {
  const waiting = tlWaiting(chatId, await waitingFor(context.on, chatId))
  return isApproved ? [...(await membersUpdate(chatId, context)), waiting] : [waiting]
}
