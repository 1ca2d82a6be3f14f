import type {
  Chat,
  ChatAdminRights,
  ChatBannedRights,
  ChatFull,
  ChatInviteImporter,
  ChatParticipant,
  ChatParticipants,
  ChatPhoto,
  ChatReactions,
  ExportedChatInvite,
  Update,
} from '@cablegram/tl/api'
import type { NotifySettings } from '../rules/dialogs/words.ts'
import { linkOf } from '../rules/groups/link.ts'
import {
  type AllowedReactions,
  BANNED,
  type FullGroup,
  type GroupAct,
  type Importer,
  type Invite,
  type Member,
  type MemberList,
  type SeenGroup,
  type WaitingList,
} from '../rules/groups/words.ts'
import type { Avatar } from '../rules/people/words.ts'
import { tlAvatar } from './tl-avatar.ts'
import { tlNotifySettings } from './tl-notify.ts'
import { tlReaction } from './tl-reactions.ts'

/** The time that rights are given until: for ever. */
const FOR_EVER_S = 2_147_483_647

/** The rights of an admin of a basic group: each admin has all of these. */
const ADMIN_RIGHTS: ChatAdminRights = {
  _: 'chatAdminRights',
  changeInfo: true,
  deleteMessages: true,
  banUsers: true,
  inviteUsers: true,
  pinMessages: true,
  manageCall: true,
  other: true,
  manageRanks: true,
}

/** A group as the viewer sees it. @param nowS on the wall clock; the rules' clock may be ahead of it */
export function tlGroup(group: SeenGroup, nowS: number): Chat {
  const { chatId: id, title } = group
  if (group.kind === 'forbidden') return { _: 'chatForbidden', id, title }
  const { role } = group
  return {
    _: 'chat',
    ...(role === 'creator' && { creator: true }),
    ...(role === undefined && { left: true }),
    ...(group.isDeactivated && { deactivated: true }),
    ...(group.isProtected && { noforwards: true }),
    id,
    title,
    photo: tlChatPhoto(group.avatar),
    participantsCount: group.memberCount,
    date: Math.min(group.createdAtS, nowS),
    version: group.version,
    ...((role === 'creator' || role === 'admin') && { adminRights: ADMIN_RIGHTS }),
    defaultBannedRights: tlBannedRights(group.defaultRights),
  }
}

function tlChatPhoto(avatar: Avatar | undefined): ChatPhoto {
  return avatar === undefined ? { _: 'chatPhotoEmpty' } : { _: 'chatPhoto', ...tlAvatar(avatar) }
}

/** Things that members must not do, in TL. */
export function tlBannedRights(bits: number): ChatBannedRights {
  const banned = (Object.keys(BANNED) as GroupAct[]).filter((act) => (bits & BANNED[act]) !== 0)
  return {
    _: 'chatBannedRights',
    ...Object.fromEntries(banned.map((act) => [act, true])),
    untilDate: FOR_EVER_S,
  }
}

/** Things that members must not do, as bits. */
export function bannedBits(rights: ChatBannedRights): number {
  const banned = (Object.keys(BANNED) as GroupAct[]).filter((act) => rights[act] === true)
  return banned.reduce((bits, act) => bits | BANNED[act], 0)
}

/** The people whom a list of members names: also those who brought members, and may have left. */
export function peopleOf({ members }: MemberList): bigint[] {
  return members.flatMap(({ userId, inviterId }) => [userId, inviterId])
}

/** The members of a group. @param nowS on the wall clock; the rules' clock may be ahead of it */
export function tlMemberList({ chatId, version, members }: MemberList, nowS: number): ChatParticipants {
  return {
    _: 'chatParticipants',
    chatId,
    participants: members.map((member) => tlMember(member, nowS)),
    version,
  }
}

/** The part that somebody has in a group. */
export function tlMember(
  { userId, role, inviterId, joinedAtS, rank = '' }: Omit<Member, 'rank'> & Partial<Member>,
  nowS: number,
): ChatParticipant {
  const ranked = rank === '' ? {} : { rank }
  if (role === 'creator') return { _: 'chatParticipantCreator', userId, ...ranked }
  const _ = role === 'admin' ? 'chatParticipantAdmin' : 'chatParticipant'
  return { _, userId, inviterId, date: Math.min(joinedAtS, nowS), ...ranked }
}

/** A group with all that its page shows. */
export function tlFullGroup(full: FullGroup, notify: NotifySettings, nowS: number): ChatFull {
  const { chatId: id, about, list, link, waiting, pinnedId, folderId, reactions } = full
  return {
    _: 'chatFull',
    id,
    about,
    participants: list ? tlMemberList(list, nowS) : { _: 'chatParticipantsForbidden', chatId: id },
    notifySettings: tlNotifySettings(notify),
    ...(link !== undefined && { exportedInvite: tlInvite(link, nowS) }),
    ...(pinnedId !== 0 && { pinnedMsgId: pinnedId }),
    ...(folderId !== 0 && { folderId }),
    ...(waiting !== undefined &&
      waiting.count > 0 && { requestsPending: waiting.count, recentRequesters: [...waiting.newestIds] }),
    availableReactions: tlAllowedReactions(reactions),
  }
}

function tlAllowedReactions(reactions: AllowedReactions): ChatReactions {
  if (reactions === 'all') return { _: 'chatReactionsAll' }
  if (reactions.length === 0) return { _: 'chatReactionsNone' }
  return { _: 'chatReactionsSome', reactions: reactions.map(tlReaction) }
}

/** A link to a group. */
export function tlInvite(invite: Invite, nowS: number): ExportedChatInvite {
  const { expiresAtS, usageLimit, uses, waiting, title } = invite
  return {
    _: 'chatInviteExported',
    ...(invite.isRevoked && { revoked: true }),
    ...(invite.isPermanent && { permanent: true }),
    ...(invite.needsRequest && { requestNeeded: true }),
    link: linkOf(invite.hash),
    adminId: invite.adminId,
    date: Math.min(invite.createdAtS, nowS),
    ...(expiresAtS !== 0 && { expireDate: expiresAtS }),
    ...(usageLimit !== 0 && { usageLimit }),
    ...(uses !== 0 && { usage: uses }),
    ...(waiting !== 0 && { requested: waiting }),
    ...(title !== '' && { title }),
  }
}

/** Somebody who came by a link, or waits to be let in. */
export function tlImporter({ userId, atS: date, isWaiting, approvedBy }: Importer): ChatInviteImporter {
  return {
    _: 'chatInviteImporter',
    ...(isWaiting && { requested: true }),
    userId,
    date,
    ...(approvedBy !== 0n && { approvedBy }),
  }
}

/** The news that other people wait to be let into a group. */
export function tlWaiting(chatId: bigint, { count, newestIds }: WaitingList): Update {
  return {
    _: 'updatePendingJoinRequests',
    peer: { _: 'peerChat', chatId },
    requestsPending: count,
    recentRequesters: [...newestIds],
  }
}
