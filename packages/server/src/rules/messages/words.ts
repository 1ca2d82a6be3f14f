/** The words of messages: a box for each account, and a log of its events. */

/** A formatted part of a text. Offset and length count UTF-16 code units. */
export interface TextEntity {
  readonly kind: 'bold' | 'italic' | 'underline' | 'strike' | 'code'
  readonly offset: number
  readonly length: number
}

/** A message in somebody's box. The other side of the chat has its own, under another id. */
export interface Message {
  /** Ids count in the box, from 1. No id is given twice. */
  readonly id: number
  /** The user at the other end of the chat; in Saved Messages, the owner. */
  readonly peerId: bigint
  readonly fromId: bigint
  /** Tells whether the owner of the box sent the message. */
  readonly isOut: boolean
  readonly dateS: number
  readonly text: string
  readonly entities: readonly TextEntity[]
}

/** A message to put in a box. */
export interface NewMessage extends Omit<Message, 'id'> {
  /** The sender's own id: a message that comes again under the same one is not added again. */
  readonly randomId: bigint
}

/** A message of the service user to an account. */
export interface Notice {
  readonly userId: bigint
  readonly message: NewMessage
}

/** Numbers of messages and events that a box keeps; the oldest go first. */
export interface BoxLimits {
  readonly keptMessages: number
  readonly keptEvents: number
}

/** A box: the messages of an account, with their log. */
export interface Box extends BoxLimits {
  /** An account's own id; that of a channel will be −10^12 − its id. */
  readonly boxId: bigint
}

/** The place of an event in the log: `pts`, behind the `ptsCount` events it counts for. */
export interface Place {
  readonly pts: number
  readonly ptsCount: number
}

/** An event of a box. */
export type BoxEvent = BoxChange &
  Place & {
    /** The key whose call caused it, if a call did: the sessions of that key have it in their answer. */
    readonly causedBy?: bigint
  }

/** A message that came to a box. */
export type NewMessageEvent = Extract<BoxEvent, { kind: 'newMessage' }>

/** A change of a box. */
export type BoxChange =
  | { readonly kind: 'newMessage'; readonly message: Message }
  /** Messages of others up to `maxId` are read. */
  | {
      readonly kind: 'readInbox'
      readonly peerId: bigint
      readonly maxId: number
      readonly unreadCount: number
    }
  | { readonly kind: 'deleteMessages'; readonly ids: readonly number[] }

/** The state of a box. */
export interface BoxState {
  readonly pts: number
  readonly unreadCount: number
}

/** The outcome of putting a message in a box. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly event: NewMessageEvent }
  /** The box has the message already; the event is the same. */
  | { readonly kind: 'repeated'; readonly event: NewMessageEvent }
  /** The account is gone. */
  | { readonly kind: 'noBox' }

/** The outcome of reading or removing messages; no event if that changed nothing. */
export interface Affected {
  readonly pts: number
  readonly event: BoxEvent | undefined
}

/** A chat of a box. */
export interface Dialog {
  readonly peerId: bigint
  /** The newest message; undefined if the chat is empty. */
  readonly topMessage: Message | undefined
  readonly readInboxMaxId: number
  readonly unreadCount: number
}

/** A query for chats that have messages, newest first. */
export interface DialogsQuery {
  /** Only chats whose newest message has a lower id; 0: any. */
  readonly offsetId: number
  /** Only chats whose newest message is of an earlier second; 0: any. */
  readonly offsetDateS: number
  readonly limit: number
}

/** Chats of a box, newest first, and the number of all of them. */
export interface DialogList {
  readonly dialogs: Dialog[]
  readonly count: number
}

/** A query for a stretch of a chat, newest message first. */
export interface HistoryQuery {
  readonly peerId: bigint
  /** The stretch begins below this id; 0: with the newest message. */
  readonly offsetId: number
  /** The stretch begins before this second; 0: with the newest message. */
  readonly offsetDateS: number
  /** Messages to skip after that; a negative number goes back towards newer ones. */
  readonly addOffset: number
  readonly limit: number
  /** Only ids below `maxId` and above `minId`; 0: any. */
  readonly maxId: number
  readonly minId: number
}

/** A stretch of a chat. */
export interface HistorySlice {
  readonly messages: readonly Message[]
  /** The number of messages that the chat has between `minId` and `maxId`. */
  readonly count: number
  /** The number of those that are newer than the stretch. */
  readonly skipped: number
}

/** A part of the log, with the state of the box. `trimmed`: the log no longer has the next event. */
export type LogSlice = BoxState &
  (
    | {
        readonly kind: 'events'
        /** New messages that were deleted since are left out. */
        readonly events: readonly BoxEvent[]
        /** The pts of a client that knows these events. */
        readonly upToPts: number
      }
    | { readonly kind: 'trimmed' }
  )
