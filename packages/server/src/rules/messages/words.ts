/** The words of messages: a box for each account, and a log of its events. */

/** A part of a text that is set apart; in UTF-16 code units. */
export interface TextEntity {
  readonly kind: 'bold' | 'italic' | 'underline' | 'strike' | 'code'
  readonly offset: number
  readonly length: number
}

/** A message in somebody's box: the other side of the chat has one of its own, under another id. */
export interface Message {
  /** Counts in the box, from 1; never given again. */
  readonly id: number
  /** The user at the other end of the chat; the owner, of what they keep for themselves. */
  readonly peerId: bigint
  readonly fromId: bigint
  /** The owner has sent it. */
  readonly isOut: boolean
  readonly dateS: number
  readonly text: string
  readonly entities: readonly TextEntity[]
}

/** A message to put in a box. */
export interface NewMessage extends Omit<Message, 'id'> {
  /** Whatever the sender sends again under it is the message that is there. */
  readonly randomId: bigint
}

/** A message of the service user to an account. */
export interface Notice {
  readonly userId: bigint
  readonly message: NewMessage
}

/** How much of a box is kept: the oldest goes first. */
export interface BoxLimits {
  readonly keptMessages: number
  readonly keptEvents: number
}

/** A box: the messages of an account with their log. A later channel has one of its own. */
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

/** What can happen in a box. */
export type BoxChange =
  | { readonly kind: 'newMessage'; readonly message: Message }
  /** Messages of others up to there are read. */
  | {
      readonly kind: 'readInbox'
      readonly peerId: bigint
      readonly maxId: number
      readonly unreadCount: number
    }
  | { readonly kind: 'deleteMessages'; readonly ids: readonly number[] }

/** Where a box stands. */
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

/** A chat, as it stands in a box. */
export interface Dialog {
  readonly peerId: bigint
  /** The newest; undefined where the chat is empty. */
  readonly topMessage: Message | undefined
  readonly readInboxMaxId: number
  readonly unreadCount: number
}

/** Which chats: those with a message, the newest first. */
export interface DialogsQuery {
  /** Only with a newest message of a lower id; 0: from the first. */
  readonly offsetId: number
  /** Only with a newest message of an earlier second; 0: from the first. */
  readonly offsetDateS: number
  readonly limit: number
}

/** Chats of a box, newest first, and the number of all of them. */
export interface DialogList {
  readonly dialogs: Dialog[]
  readonly count: number
}

/** Which messages of a chat: a stretch of them, the newest first. */
export interface HistoryQuery {
  readonly peerId: bigint
  /** The stretch begins behind the messages from this id on; 0: with the newest. */
  readonly offsetId: number
  /** Likewise, behind those of this second and later. */
  readonly offsetDateS: number
  /** How many more to pass over; below 0, how many of those passed over to include. */
  readonly addOffset: number
  readonly limit: number
  /** Only ids below and above; 0: any. */
  readonly maxId: number
  readonly minId: number
}

/** A stretch of a chat. */
export interface HistorySlice {
  readonly messages: readonly Message[]
  /** Of all messages that could have been in a stretch. */
  readonly count: number
  /** How many of those come before the first. */
  readonly skipped: number
}

/** A stretch of the log, and where the box stands; `trimmed`: what comes next is not in the log any more. */
export type LogSlice = BoxState &
  (
    | {
        readonly kind: 'events'
        /** Without those whose message is gone again. */
        readonly events: readonly BoxEvent[]
        /** The pts of who has heard all this. */
        readonly upToPts: number
      }
    | { readonly kind: 'trimmed' }
  )
