/** The words of people: how one person sees another, and what each allows the others. */
import type { FormattedText } from '../messages/words.ts'

/** Settings of privacy, by the thing that they guard. */
export const PRIVACY_KEYS = [
  'status',
  'phone',
  'addedByPhone',
  'profilePhoto',
  'forwards',
  'chatInvite',
  'about',
  'phoneCall',
  'phoneP2P',
  'voiceMessages',
  'birthday',
  'starGiftsAutoSave',
  'noPaidMessages',
  'savedMusic',
] as const

/** The thing that a setting of privacy guards. */
export type PrivacyKey = (typeof PRIVACY_KEYS)[number]

/** A rule of privacy: it allows or refuses, and says whom it is about. The first rule about a person counts. */
export type PrivacyRule = { readonly isAllowed: boolean } & (
  | { readonly whom: 'all' | 'contacts' | 'closeFriends' | 'premium' | 'bots' }
  | { readonly whom: 'users'; readonly userIds: readonly bigint[] }
  | { readonly whom: 'chats'; readonly chatIds: readonly bigint[] }
)

/** A person as the owner of a setting sees them. */
export interface Stranger {
  readonly userId: bigint
  readonly isBot: boolean
  /** The owner has them as a contact. */
  readonly isContact: boolean
  /** Basic groups that they are members of, among those that the rules name. */
  readonly chatIds: ReadonlySet<bigint>
}

/** The time at which a person was there last, as far as somebody else may know. */
export type SeenStatus =
  | { readonly kind: 'online'; readonly forS: number }
  | { readonly kind: 'offline'; readonly lastSeenAtS: number }
  /** isByOwn: the viewer hides their own status, and is told no more for that reason. */
  | { readonly kind: 'recently' | 'lastWeek' | 'lastMonth' | 'longAgo'; readonly isByOwn: boolean }

/** A user as somebody sees them. */
export type SeenPerson =
  | { readonly kind: 'deleted'; readonly id: bigint }
  | SeenService
  | (SeenNames & {
      readonly kind: 'person'
      readonly isSelf: boolean
      readonly isContact: boolean
      /** Each has the other as a contact. */
      readonly isMutualContact: boolean
      /** Undefined if it is hidden. */
      readonly phone: string | undefined
      readonly status: SeenStatus
    })
  | (SeenNames & {
      readonly kind: 'bot'
      readonly isSelf: boolean
      readonly isContact: boolean
      readonly infoVersion: number
      readonly readsAll: boolean
      readonly joinsGroups: boolean
    })

/** The user that writes in the server's name. */
interface SeenService {
  readonly kind: 'service'
  readonly id: bigint
  readonly firstName: string
  readonly phone: string
}

/** The photo that stands for a person or a group. */
export interface Avatar {
  readonly photoId: bigint
  /** The data centre that has it. */
  readonly dcId: number
  /** Its smallest size, without what clients add to it: in base64. */
  readonly stripped?: string
  /** Clients show a film or an emoji in its place. */
  readonly isMoving?: true
}

interface SeenNames {
  readonly id: bigint
  /** Undefined if there is none, or the viewer may not see it. */
  readonly avatar?: Avatar | undefined
  /** A contact has the names that the viewer gave them. */
  readonly firstName: string
  readonly lastName: string
  readonly username: string | undefined
}

/** Changes to a profile; absent parts stay. */
export interface ProfileChange {
  readonly firstName?: string
  readonly lastName?: string
  readonly about?: string
}

/** An entry of somebody's address book. */
export interface AddressBookEntry {
  /** Digits only. */
  readonly phone: string
  readonly firstName: string
  readonly lastName: string
}

/** An entry whose number is nobody's yet. */
export interface SavedEntry extends AddressBookEntry {
  readonly addedAtS: number
}

/** Somebody's contacts, by ascending id. */
export interface ContactList {
  readonly contacts: readonly { readonly userId: bigint; readonly isMutual: boolean }[]
  /** Entries whose number is nobody's yet. */
  readonly savedCount: number
}

/** Somebody whom an account has blocked. */
export interface Blocked {
  readonly peerId: bigint
  readonly atS: number
}

/** A part of an account's blocks, the newest first, and the number of all of them. */
export interface BlockedList {
  readonly blocked: readonly Blocked[]
  readonly count: number
}

/** The bar above a chat with somebody: what a client offers there. */
export interface ChatBar {
  readonly mayReportSpam: boolean
  readonly mayAddContact: boolean
  readonly mayBlock: boolean
  /** The other is a contact who does not know the caller's number. */
  readonly maySharePhone: boolean
}

/** A day of birth. */
export interface Birthday {
  readonly day: number
  /** From 1. */
  readonly month: number
  /** Undefined: it is not told. */
  readonly year?: number | undefined
}

/** A kind of chats that are counted by how much somebody writes there. */
export type TopCategory = 'correspondents' | 'bots' | 'groups'

/** A chat, and how much somebody writes there. */
export interface TopPeer {
  readonly peerId: bigint
  readonly rating: number
}

/** The chats of a kind where somebody writes most. */
export interface TopPeers {
  readonly category: TopCategory
  /** The number of all of them. */
  readonly count: number
  readonly peers: readonly TopPeer[]
}

/** Chats whose reactions, or votes, notify somebody. */
export type ReactionSource = 'contacts' | 'all'

/** Notifications about reactions. A source that is undefined is off. */
export interface ReactionNotices {
  readonly messages?: ReactionSource | undefined
  readonly stories?: ReactionSource | undefined
  readonly pollVotes?: ReactionSource | undefined
  readonly sound: NoticeSound
  readonly showsPreviews: boolean
}

/** A sound of notifications. */
export type NoticeSound =
  | { readonly kind: 'default' | 'none' }
  | { readonly kind: 'local'; readonly title: string; readonly data: string }
  | { readonly kind: 'ringtone'; readonly id: string }

/** Somebody's profile, beyond what everybody sees. */
export interface FullPerson {
  readonly about: string
  /** Undefined if it is hidden, or unknown. */
  readonly birthday?: Birthday | undefined
  /** Hides from the viewer when messages are read. */
  readonly hidesReadTimes?: boolean
  /** The viewer's own note about a contact. */
  readonly note?: FormattedText | undefined
  readonly isBlocked: boolean
  readonly bar: ChatBar
  readonly commonGroups: number
  /** The newest message pinned in the chat with them; 0 if there is none. */
  readonly pinnedId: number
  readonly folderId: number
}

/** Settings of privacy that are no rules; absent ones are off. */
export interface GlobalPrivacy {
  /** New chats with strangers go to the archive. */
  readonly archivesStrangers?: boolean
  readonly keepsArchivedUnmuted?: boolean
  readonly keepsArchivedFolders?: boolean
  readonly hidesReadMarks?: boolean
}
