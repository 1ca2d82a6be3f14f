/** The words of basic groups: members, what they may do, and the links that bring new ones. */
import type { PeerId } from '../messages/words.ts'
import type { Avatar } from '../people/words.ts'

/** The part that somebody has in a group. */
export type Role = 'creator' | 'admin' | 'member'

/** A basic group with its members, as acts in it need it. */
export interface Group {
  readonly chatId: bigint
  readonly creatorId: bigint
  readonly isDeactivated: boolean
  /** Nobody may forward from it. */
  readonly isProtected: boolean
  /** Bits of what members must not do, as in `chatBannedRights`. */
  readonly defaultRights: number
  readonly roles: ReadonlyMap<bigint, Role>
}

/** Something that members of a group may be kept from. */
export type GroupAct =
  | 'sendMessages'
  | 'sendMedia'
  | 'sendStickers'
  | 'sendGifs'
  | 'sendGames'
  | 'sendInline'
  | 'embedLinks'
  | 'sendPolls'
  | 'changeInfo'
  | 'inviteUsers'
  | 'pinMessages'
  | 'manageTopics'
  | 'sendPhotos'
  | 'sendVideos'
  | 'sendRoundvideos'
  | 'sendAudios'
  | 'sendVoices'
  | 'sendDocs'
  | 'sendPlain'
  | 'editRank'
  | 'sendReactions'

/** The bits of things that members may be kept from, as in `chatBannedRights`. */
export const BANNED: Readonly<Record<GroupAct, number>> = {
  sendMessages: 1 << 1,
  sendMedia: 1 << 2,
  sendStickers: 1 << 3,
  sendGifs: 1 << 4,
  sendGames: 1 << 5,
  sendInline: 1 << 6,
  embedLinks: 1 << 7,
  sendPolls: 1 << 8,
  changeInfo: 1 << 10,
  inviteUsers: 1 << 15,
  pinMessages: 1 << 17,
  manageTopics: 1 << 18,
  sendPhotos: 1 << 19,
  sendVideos: 1 << 20,
  sendRoundvideos: 1 << 21,
  sendAudios: 1 << 22,
  sendVoices: 1 << 23,
  sendDocs: 1 << 24,
  sendPlain: 1 << 25,
  editRank: 1 << 26,
  sendReactions: 1 << 27,
}

/** Tells whether somebody may do something in a group: who is no member may nothing, and default rights bind members only. */
export function mayIn({ roles, defaultRights }: Group, userId: bigint, act: GroupAct): boolean {
  const role = roles.get(userId)
  return role !== undefined && (role !== 'member' || (defaultRights & BANNED[act]) === 0)
}

/** Tells whether somebody leads a group: as its creator or as an admin. */
export function leads({ roles }: Group, userId: bigint): boolean {
  const role = roles.get(userId)
  return role === 'creator' || role === 'admin'
}

/** A group as somebody sees it. */
export type SeenGroup =
  /** The viewer was removed, or was never in it. */
  | { readonly kind: 'forbidden'; readonly chatId: bigint; readonly title: string }
  | {
      readonly kind: 'group'
      readonly chatId: bigint
      readonly title: string
      /** Undefined: the viewer has left. */
      readonly role: Role | undefined
      readonly isDeactivated: boolean
      readonly isProtected: boolean
      readonly memberCount: number
      readonly createdAtS: number
      /** Grows with members, admins and default rights. */
      readonly version: number
      readonly defaultRights: number
      readonly avatar?: Avatar | undefined
    }

/** Somebody in a group. */
export interface Member {
  readonly userId: bigint
  readonly role: Role
  readonly inviterId: bigint
  readonly joinedAtS: number
  /** A word beside the name; empty: none. */
  readonly rank: string
}

/** The members of a group, and the version of their list. */
export interface MemberList {
  readonly chatId: bigint
  readonly version: number
  readonly members: readonly Member[]
}

/** People who wait to be let into a group: their number, and the newest of them. */
export interface WaitingList {
  readonly count: number
  readonly newestIds: readonly bigint[]
}

/** The reactions that a group allows: all, or these emoji. */
export type AllowedReactions = 'all' | readonly string[]

/** The column in which a group keeps the reactions that it allows: `all`, `none`, or a list in JSON. */
export function ofAllowed(allowed: AllowedReactions): string {
  if (allowed === 'all') return 'all'
  return allowed.length === 0 ? 'none' : JSON.stringify(allowed)
}

/** The reactions of {@link ofAllowed}. */
export function toAllowed(column: string): AllowedReactions {
  if (column === 'all') return 'all'
  return column === 'none' || column === '' ? [] : JSON.parse(column)
}

/** A group with all that its page shows. */
export interface FullGroup {
  readonly chatId: bigint
  readonly about: string
  /** Undefined to who is no member. */
  readonly list: MemberList | undefined
  /** The viewer's own permanent link; undefined to who does not lead the group. */
  readonly link: Invite | undefined
  /** Undefined to who does not lead the group. */
  readonly waiting: WaitingList | undefined
  readonly pinnedId: number
  readonly folderId: number
  readonly reactions: AllowedReactions
}

/** A link that brings new members. */
export interface Invite {
  readonly hash: string
  readonly peerId: PeerId
  readonly adminId: bigint
  readonly title: string
  readonly createdAtS: number
  /** 0: never. */
  readonly expiresAtS: number
  /** 0: any number of members. */
  readonly usageLimit: number
  readonly uses: number
  /** People who wait to be let in by it. */
  readonly waiting: number
  readonly needsRequest: boolean
  /** Each who leads the group has one of these. */
  readonly isPermanent: boolean
  readonly isRevoked: boolean
}

/** The options of a link. */
export interface InviteOptions {
  readonly title: string
  readonly expiresAtS: number
  readonly usageLimit: number
  readonly needsRequest: boolean
}

/** Somebody who came by a link, or waits to be let in. */
export interface Importer {
  readonly userId: bigint
  readonly atS: number
  readonly isWaiting: boolean
  /** 0: nobody needed to. */
  readonly approvedBy: bigint
}

/** A group as its link shows it to people who may join. */
export type LinkPreview =
  | { readonly kind: 'member'; readonly chatId: bigint }
  | {
      readonly kind: 'stranger'
      readonly title: string
      readonly about: string
      readonly memberCount: number
      /** Contacts of the viewer's who are in it. */
      readonly knownIds: readonly bigint[]
      readonly needsRequest: boolean
    }
