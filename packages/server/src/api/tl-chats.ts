import type { Chat, ChatAdminRights, ChatBannedRights } from '@cablegram/tl/api'
import { BANNED, type GroupAct, type SeenGroup } from '../rules/groups/words.ts'

/** The time that rights are given until: for ever. */
const FOR_EVER_S = 2_147_483_647

/** What admins of a basic group may do. They have no single rights: each has all of these. */
const ADMIN_RIGHTS: ChatAdminRights = {
  _: 'chatAdminRights',
  changeInfo: true,
  deleteMessages: true,
  banUsers: true,
  inviteUsers: true,
  pinMessages: true,
  manageCall: true,
  other: true,
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
    photo: { _: 'chatPhotoEmpty' },
    participantsCount: group.memberCount,
    date: Math.min(group.createdAtS, nowS),
    version: group.version,
    ...((role === 'creator' || role === 'admin') && { adminRights: ADMIN_RIGHTS }),
    defaultBannedRights: tlBannedRights(group.defaultRights),
  }
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
