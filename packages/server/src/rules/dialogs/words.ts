/** The words of lists of chats: drafts, pins, folders, and the settings of single chats. */
import type { PeerId, Reply, TextEntity } from '../messages/words.ts'

/** Something that somebody has begun to write in a chat. */
export interface NewDraft {
  readonly text: string
  readonly entities: readonly TextEntity[]
  /** The message replied to, under its id in the writer's box. */
  readonly replyToId?: number
  readonly reply?: Reply
  readonly hidesPreview?: boolean
  readonly hasMediaAbove?: boolean
}

/** A draft that is kept, and the chat that it is for. */
export interface Draft extends NewDraft {
  readonly peerId: PeerId
  readonly dateS: number
}

/** A folder of the main list: 1 is the archive. */
export type FolderId = 0 | 1

/** The archive as one entry of the list: its newest chat, and what is unread there. */
export interface Archive {
  readonly topPeerId: PeerId
  readonly topId: number
  readonly mutedChats: number
  readonly mutedMessages: number
  /** Those that are not muted. */
  readonly heardChats: number
  readonly heardMessages: number
}

/** The chats of a kind, which have notification settings of their own. */
export type NotifyKind = 'users' | 'groups' | 'channels'

/** The subject of notification settings. */
export type NotifyScope = { readonly kind: 'peer'; readonly peerId: PeerId } | { readonly kind: NotifyKind }

/** Notification settings. What is undefined is as for the kind, or as for everybody. */
export interface NotifySettings {
  readonly muteUntilS: number | undefined
  readonly isSilent: boolean | undefined
  readonly showsPreviews: boolean | undefined
}

/** Notification settings of a chat that are not those of its kind. */
export interface NotifyException extends NotifySettings {
  readonly peerId: PeerId
}

/** Kinds of chats that a folder has. */
export const FILTER_KINDS = ['contacts', 'nonContacts', 'groups', 'broadcasts', 'bots'] as const

/** A kind of chats that a folder has. */
export type FilterKind = (typeof FILTER_KINDS)[number]

/** Chats that a folder leaves out. */
export const FILTER_LIMITS = ['muted', 'read', 'archived'] as const

/** Chats that a folder leaves out. */
export type FilterLimit = (typeof FILTER_LIMITS)[number]

/** A folder that somebody has made: a choice of chats. */
export interface DialogFilter {
  readonly id: number
  readonly title: string
  readonly titleEntities: readonly TextEntity[]
  readonly isTitleStill: boolean
  readonly emoticon?: string
  readonly color?: number
  readonly kinds: readonly FilterKind[]
  readonly leavesOut: readonly FilterLimit[]
  /** The first chats of the folder, in this order. */
  readonly pinnedIds: readonly PeerId[]
  readonly includedIds: readonly PeerId[]
  readonly excludedIds: readonly PeerId[]
}
