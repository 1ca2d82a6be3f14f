/** The words of messages: a box for each account, and a log of its events. */

/** A formatted part of a text. Offset and length count UTF-16 code units. */
export type TextEntity = { readonly offset: number; readonly length: number } & (
  | { readonly kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler' | 'code' }
  /** Kinds that the server finds by itself. */
  | {
      readonly kind: 'mention' | 'hashtag' | 'cashtag' | 'botCommand' | 'url' | 'email' | 'phone' | 'bankCard'
    }
  | { readonly kind: 'pre'; readonly language: string }
  | { readonly kind: 'textUrl'; readonly url: string }
  /** The name of somebody, who need not have a username. */
  | { readonly kind: 'mentionName'; readonly userId: bigint }
  | { readonly kind: 'customEmoji'; readonly documentId: bigint }
  | { readonly kind: 'blockquote'; readonly isCollapsed: boolean }
  /** A time that each client writes in its own way, with these parts. */
  | { readonly kind: 'date'; readonly dateS: number; readonly parts: readonly DatePart[] }
  | { readonly kind: 'diffInsert' | 'diffDelete' }
  | { readonly kind: 'diffReplace'; readonly oldText: string }
)

/** A part of a written date, or its distance from now. */
export type DatePart = 'relative' | 'shortTime' | 'longTime' | 'shortDate' | 'longDate' | 'dayOfWeek'

/** A text with its formatting. */
export interface FormattedText {
  readonly text: string
  readonly entities: readonly TextEntity[]
}

/**
 * A chat as the owner of a box sees it: a user's id, minus the id of a basic group, or −10^12 − the id of a channel. In
 * Saved Messages it is the owner.
 */
export type PeerId = bigint

/** The first ids of channels, as peers, are just below this. */
export const CHANNELS_BELOW = -1_000_000_000_000n

/** A reply. The id of the message replied to differs from box to box: `replyToId` of the message. */
export interface Reply {
  /** The part of the other message that was chosen, and where it begins there. */
  readonly quote?: {
    readonly text: string
    readonly entities: readonly TextEntity[]
    readonly offset: number
  }
}

/** The origin of a forwarded message. */
export interface Forward {
  /** Undefined if the author's privacy hides it: then there is a name. */
  readonly fromId?: PeerId
  readonly fromName?: string
  readonly dateS: number
  /** In Saved Messages: where it was forwarded from. */
  readonly savedFrom?: { readonly peerId: PeerId; readonly id: number }
}

/** A property of a document, as its sender gave it. */
export type DocumentAttribute =
  | { readonly kind: 'fileName'; readonly fileName: string }
  | { readonly kind: 'imageSize'; readonly width: number; readonly height: number }
  | { readonly kind: 'animated' | 'hasStickers' }
  | {
      readonly kind: 'video'
      readonly durationS: number
      readonly width: number
      readonly height: number
      readonly isRound?: boolean
      readonly canStream?: boolean
      readonly hasNoSound?: boolean
      readonly prefixBytes?: number
      readonly startS?: number
      readonly codec?: string
    }
  | {
      readonly kind: 'audio'
      readonly durationS: number
      readonly isVoice?: boolean
      readonly title?: string
      readonly performer?: string
      /** In base64. */
      readonly waveform?: string
    }
  | {
      readonly kind: 'sticker'
      readonly alt: string
      readonly isMask?: boolean
      readonly maskCoords?: {
        readonly at: number
        readonly x: number
        readonly y: number
        readonly zoom: number
      }
    }
  | {
      readonly kind: 'customEmoji'
      readonly alt: string
      readonly isFree?: boolean
      readonly isTextColor?: boolean
    }

/** A size of a picture that the server keeps. The letter says how large it is. */
export interface PhotoSize {
  readonly letter: string
  readonly width: number
  readonly height: number
  readonly bytes: number
  /** The place of its bytes among those of the smaller sizes; left out: it is the file itself. */
  readonly at?: number
}

/** How a message shows its photo or document. */
export interface Shown {
  readonly isSpoiler?: boolean
  /** It goes so many seconds after it was seen. */
  readonly ttlS?: number
}

/** A photo. It never changes. */
export interface Photo {
  readonly kind: 'photo'
  readonly photoId: bigint
  readonly madeAtS: number
  /** The data centre that its parts came to. */
  readonly dcId: number
  readonly sizes: readonly PhotoSize[]
  /** The smallest size, without what clients add to it: in base64. */
  readonly stripped?: string
  /** A film that clients show in place of the photo. */
  readonly film?: PhotoFilm
  /** An emoji that clients draw in place of the photo. */
  readonly emoji?: PhotoEmoji
}

/** A film that is shown in place of a photo. Its bytes are behind those of the smaller sizes. */
export interface PhotoFilm {
  readonly width: number
  readonly height: number
  readonly bytes: number
  readonly at: number
  /** The moment of it that the photo shows. */
  readonly startS?: number
}

/** A custom emoji on a background. */
export interface PhotoEmoji {
  readonly emojiId: bigint
  /** Red, green and blue in 24 bits; they run into each other. */
  readonly colours: readonly number[]
}

/** A file of any other kind. It never changes. */
export interface Document {
  readonly kind: 'document'
  readonly documentId: bigint
  readonly madeAtS: number
  /** The data centre that its parts came to. */
  readonly dcId: number
  readonly mime: string
  readonly size: number
  readonly attributes: readonly DocumentAttribute[]
  /** The preview that its sender or the server made. */
  readonly thumb?: PhotoSize
  /** The smallest size of a picture, without what clients add to it: in base64. */
  readonly stripped?: string
}

/** Something in a message besides text. */
export type Media =
  | (Photo & Shown)
  | (Document & Shown)
  /** `poll`: as the owner of the box sees it. */
  | { readonly kind: 'poll'; readonly pollId: bigint; readonly poll?: SeenPoll }
  | {
      readonly kind: 'contact'
      readonly phone: string
      readonly firstName: string
      readonly lastName: string
      readonly vcard: string
      readonly userId: bigint
    }
  | { readonly kind: 'geo'; readonly lat: number; readonly long: number }
  | {
      readonly kind: 'venue'
      readonly lat: number
      readonly long: number
      readonly title: string
      readonly address: string
      /** A service that knows places, and the place and its type there. */
      readonly provider: string
      readonly place: string
      readonly placeType: string
    }
  | { readonly kind: 'dice'; readonly emoticon: string; readonly value: number }

/** A poll as somebody has made it. It may be in many messages: a forward is the same poll. */
export interface Poll {
  readonly question: FormattedText
  readonly answers: readonly PollAnswer[]
  /** Only some answers are right, and nobody can take a vote back. */
  readonly isQuiz: boolean
  readonly isMultiple: boolean
  /** Everybody sees who voted for what. */
  readonly hasPublicVoters: boolean
  readonly isRevotingDisabled: boolean
  /** People may add answers. */
  readonly hasOpenAnswers?: boolean
  readonly isShuffled: boolean
  readonly hidesResults: boolean
  /** The places of the right answers of a quiz. */
  readonly correct: readonly number[]
  /** The explanation of a quiz. */
  readonly solution?: FormattedText
  readonly closePeriodS?: number
  readonly closesAtS?: number
}

/** An answer to choose in a poll. The option, in base64, is its name among clients. */
export interface PollAnswer extends FormattedText {
  readonly option: string
  /** Somebody has added it later. */
  readonly addedById?: bigint
  readonly addedAtS?: number
}

/** A poll as one person sees it. */
export interface SeenPoll extends Poll {
  readonly isClosed: boolean
  readonly isOwn: boolean
  readonly totalVoters: number
  /** Votes by answer; undefined for those who may not see them yet. */
  readonly counts?: readonly number[]
  /** The places of the answers that the viewer chose. */
  readonly chosen: readonly number[]
  /** The last to vote, if everybody sees who does. */
  readonly recentVoterIds: readonly bigint[]
  /** The last to vote for each answer, for those who see that. */
  readonly recentByAnswer?: readonly (readonly bigint[])[]
  /** The viewer made it, and has not seen the newest votes. */
  readonly hasUnreadVotes?: boolean
}

/** A reaction: an emoji, or the id of a document with a picture after `#`. */
export type Reaction = string

/** The reactions to a message as one person sees them. */
export interface SeenReactions {
  /** The commonest first. `chosenPlace`: the place among the viewer's own, from 1. */
  readonly counts: readonly {
    readonly reaction: Reaction
    readonly count: number
    readonly chosenPlace?: number
  }[]
  /** The newest ones. */
  readonly recent: readonly {
    readonly userId: bigint
    readonly reaction: Reaction
    readonly atS: number
    readonly isOwn: boolean
    /** The viewer wrote the message, and has not seen this one. */
    readonly isUnread: boolean
  }[]
}

/** The look of a button. */
export interface ButtonStyle {
  readonly background?: 'primary' | 'danger' | 'success'
  /** The document of the picture in front of the text. */
  readonly iconId?: bigint
}

/** A chat where an inline query may go. */
export type QueryPeerType = 'sameBot' | 'bot' | 'user' | 'group' | 'supergroup' | 'channel'

/** A button under a message, or in place of the keyboard. Data of callbacks is in base64. */
export type Button = { readonly text: string; readonly style?: ButtonStyle } & (
  | { readonly kind: 'text' }
  | { readonly kind: 'callback'; readonly data: string; readonly needsPassword: boolean }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'switchInline'
      readonly query: string
      readonly isSamePeer: boolean
      /** The chats to choose from; empty: all. */
      readonly peerTypes: readonly QueryPeerType[]
    }
  | { readonly kind: 'profile'; readonly userId: bigint }
  | { readonly kind: 'requestPhone' | 'requestLocation' }
  | { readonly kind: 'requestPoll'; readonly isQuiz?: boolean }
  | { readonly kind: 'copy'; readonly copied: string }
  | {
      readonly kind: 'requestPeer'
      /** The number that the bot knows the button by. */
      readonly buttonNumber: number
      readonly asksFor: PeerRequest
      /** The most peers to choose. */
      readonly most: number
      readonly needsName: boolean
      readonly needsUsername: boolean
    }
)

/** The people or chats that a button asks for. */
export type PeerRequest =
  | { readonly kind: 'user'; readonly isBot?: boolean; readonly isPremium?: boolean }
  | {
      readonly kind: 'group' | 'channel'
      /** The person has made it. */
      readonly isOwn: boolean
      /** The bot is in it. */
      readonly hasBot: boolean
      readonly hasUsername?: boolean
      readonly isForum?: boolean
      /** Rights of admins that the person has there, and that the bot has, as bits of `chatAdminRights`. */
      readonly ownRights?: number
      readonly botRights?: number
    }

/** A peer that somebody has chosen for a bot, with no more than the bot has asked for. */
export interface SharedPeer {
  readonly peerId: PeerId
  readonly firstName?: string
  readonly lastName?: string
  /** Of a group. */
  readonly title?: string
  readonly username?: string
}

/** Buttons of a bot's message. */
export type Markup =
  | { readonly kind: 'inline'; readonly rows: readonly (readonly Button[])[] }
  | {
      readonly kind: 'keyboard'
      readonly rows: readonly (readonly Button[])[]
      readonly isResized: boolean
      readonly isSingleUse: boolean
      readonly isSelective: boolean
      readonly isPersistent: boolean
      readonly placeholder: string
    }
  | { readonly kind: 'hide'; readonly isSelective: boolean }
  | {
      readonly kind: 'forceReply'
      readonly isSingleUse: boolean
      readonly isSelective: boolean
      readonly placeholder: string
    }

/** An event of a chat, told as a message. */
export type ServiceAction =
  | { readonly kind: 'chatCreate'; readonly title: string; readonly userIds: readonly bigint[] }
  | { readonly kind: 'chatEditTitle'; readonly title: string }
  | { readonly kind: 'chatEditPhoto'; readonly photo: Photo }
  | { readonly kind: 'chatDeletePhoto' }
  | { readonly kind: 'chatAddUser'; readonly userIds: readonly bigint[] }
  | { readonly kind: 'chatDeleteUser'; readonly userId: bigint }
  | { readonly kind: 'chatJoinedByLink'; readonly inviterId: bigint }
  | { readonly kind: 'chatJoinedByRequest' }
  /** The group has another creator. */
  | { readonly kind: 'changeCreator'; readonly userId: bigint }
  | { readonly kind: 'pinMessage' }
  | { readonly kind: 'pollAddAnswer' | 'pollDeleteAnswer'; readonly answer: PollAnswer }
  | { readonly kind: 'historyClear' }
  | { readonly kind: 'contactSignUp' }
  /** Somebody lets a bot write to them. */
  | { readonly kind: 'botAllowed' }
  /** Somebody has chosen the peers that a bot asked for. */
  | {
      readonly kind: 'requestedPeers'
      readonly buttonNumber: number
      readonly peerIds: readonly PeerId[]
      readonly shared: readonly SharedPeer[]
    }

/** The part of a message that all boxes share. */
export interface MessageContent {
  readonly text: string
  readonly entities: readonly TextEntity[]
  readonly reply?: Reply
  readonly forward?: Forward
  readonly viaBotId?: bigint
  readonly media?: Media
  /** The album that it belongs to. */
  readonly groupedId?: bigint
  readonly markup?: Markup
  /** Of a service message, which has no text. */
  readonly action?: ServiceAction
  readonly isSilent?: boolean
  /** Nobody may forward it. */
  readonly isProtected?: boolean
  readonly isFromScheduled?: boolean
  /** Of `/start`: what only the bot is told besides. */
  readonly start?: { readonly botId: bigint; readonly param: string }
}

/** A message in somebody's box. The other side of the chat has its own, under another id. */
export interface Message extends MessageContent {
  /** Ids count in the box, from 1. No id is given twice. */
  readonly id: number
  readonly peerId: PeerId
  readonly fromId: bigint
  /** Tells whether the owner of the box sent the message. */
  readonly isOut: boolean
  readonly dateS: number
  /** The time of the last change of its text; absent if there was none. */
  readonly editedAtS?: number
  /** The message replied to, if this box has it. */
  readonly replyToId?: number
  /** The chat of Saved Messages it belongs to. */
  readonly savedPeerId?: PeerId
  /** It names the owner of the box, or replies to them. */
  readonly isMentioned?: boolean
  /** The owner has not seen the mention, or not listened to it. */
  readonly hasUnreadContent?: boolean
  readonly isPinned?: boolean
  readonly hasReactions?: boolean
  /** Reactions to it, as the owner of the box sees them. */
  readonly reactions?: SeenReactions
}

/** A message to put in a box. */
export interface NewMessage extends Omit<Message, 'id'> {
  /** The sender's own id: a message that comes again under the same one is not added again. */
  readonly randomId: bigint
}

/** A message with what is not told about it. */
export interface StoredMessage extends Message {
  readonly bodyId: bigint
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
  | {
      readonly kind: 'newMessage'
      readonly message: Message
      /** Of a message that the owner of the box sent: the id that their client gave it. */
      readonly randomId?: bigint
    }
  /** The message as it is now. */
  | { readonly kind: 'editMessage'; readonly message: Message }
  /** Messages of others up to `maxId` are read. */
  | {
      readonly kind: 'readInbox'
      readonly peerId: PeerId
      readonly maxId: number
      readonly unreadCount: number
    }
  /** Somebody else has read the owner's messages up to `maxId`. */
  | { readonly kind: 'readOutbox'; readonly peerId: PeerId; readonly maxId: number }
  | {
      readonly kind: 'deleteMessages'
      readonly ids: readonly number[]
      /** It stands for an event about a message that is gone, whose deletion has a place of its own. */
      readonly standsIn?: boolean
    }
  | {
      readonly kind: 'pinned'
      readonly peerId: PeerId
      readonly ids: readonly number[]
      readonly isPinned: boolean
    }
  /** Mentions were seen, or recordings listened to. */
  | { readonly kind: 'readContents'; readonly ids: readonly number[] }
  /** A chat was moved to a folder. */
  | { readonly kind: 'folder'; readonly peerId: PeerId; readonly folderId: number }

/** Kinds of changes that have no pts. */
export type SideKind =
  | 'botCommands'
  | 'botMenuButton'
  | 'buttonPressed'
  | 'chat'
  | 'chatMembers'
  | 'chatRights'
  | 'config'
  | 'contact'
  | 'dialogFilter'
  | 'dialogFilterOrder'
  | 'dialogPinned'
  | 'dialogUnreadMark'
  | 'draft'
  | 'joinRequests'
  | 'notifyKind'
  | 'notifySettings'
  | 'peerBlocked'
  | 'pinnedDialogs'
  | 'pinnedSavedDialogs'
  | 'poll'
  | 'privacy'
  | 'reactions'
  | 'savedDialogPinned'
  | 'scheduled'
  | 'user'
  | 'userName'

/** A change of a box that has no pts, whatever its kind. */
export interface SideNews {
  /** The peer, or another id, that the change is about. */
  readonly subject: bigint
  readonly detail?: string
  readonly atS: number
}

/** A change of a box that has no pts. The newest of each kind about each subject is kept, without content. */
export interface SideEvent extends SideNews {
  readonly kind: SideKind
}

/** A change without a pts in its place: `seq` grows with each of the box. Its kind may be one that only a newer node knows. */
export interface LoggedSideEvent extends Required<SideNews> {
  readonly kind: string
  readonly seq: number
  /** The key whose call caused it, if a call did. */
  readonly causedBy?: bigint
}

/** The state of a box. */
export interface BoxState {
  readonly pts: number
  readonly unreadCount: number
}

/** A message for several boxes: the first is the sender's, where `message` holds and the random id is looked for. */
export interface MessageToBoxes {
  readonly boxes: readonly [Box, ...Box[]]
  readonly message: NewMessage
  /** The body of the message that is replied to: each box has it under an id of its own, or not at all. */
  readonly replyBodyId?: bigint | undefined
  /** Those of the boxes whose owners the message names. */
  readonly mentionedIds?: readonly bigint[] | undefined
  /** The key whose call sends it: its sessions learn of it from the answer. */
  readonly causedBy?: bigint | undefined
}

/** The outcome of putting a message in a box. */
export type AppendOutcome =
  | { readonly kind: 'appended'; readonly event: NewMessageEvent }
  /** The box has the message already: the event has its first pts, and the message as it is now. */
  | { readonly kind: 'repeated'; readonly event: NewMessageEvent }
  /** It was sent, and deleted since. */
  | { readonly kind: 'deleted'; readonly event: NewMessageEvent; readonly deletion: BoxEvent }
  /** The random id is that of a message to another chat. */
  | { readonly kind: 'otherChat' }
  /** The account is gone. */
  | { readonly kind: 'noBox' }

/** The outcome of reading or removing messages; no event if that changed nothing. */
export interface Affected {
  readonly pts: number
  readonly event: BoxEvent | undefined
}

/** A chat of a box. */
export interface Dialog {
  readonly peerId: PeerId
  /** The newest message; undefined if the chat is empty. */
  readonly topMessage: Message | undefined
  readonly readInboxMaxId: number
  readonly readOutboxMaxId: number
  readonly unreadCount: number
  readonly unreadMentionsCount: number
  readonly unreadReactionsCount: number
  readonly unreadVotesCount: number
  readonly isPinned: boolean
  readonly isMarkedUnread: boolean
  /** 1: the archive. */
  readonly folderId: number
  /** Settings of its notifications; undefined: those of its kind. */
  readonly muteUntilS: number | undefined
  readonly isSilent: boolean | undefined
  readonly showsPreviews: boolean | undefined
}

/** A query for chats that have messages: the pinned ones, then the others, newest first. */
export interface DialogsQuery {
  /** Undefined: those of every folder. */
  readonly folderId: number | undefined
  readonly excludesPinned: boolean
  /** The page begins after this place in the list. */
  readonly offset: DialogsOffset
  readonly limit: number
}

/** The last chat of a page, as it was then. */
export interface DialogsOffset {
  /** The date of its newest message; 0: the list begins. */
  readonly dateS: number
  /** The id of its newest message; 0: unknown. */
  readonly id: number
  readonly peerId: PeerId | undefined
}

/** Chats of a box, and the number of all of them. */
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
  /** Of the stretch, only ids below `maxId` and above `minId`; 0: any. */
  readonly maxId: number
  readonly minId: number
}

/** A stretch of a chat. */
export interface HistorySlice {
  readonly messages: readonly Message[]
  /** The number of messages that the chat has. */
  readonly count: number
  /** The number of those that are newer than the stretch. */
  readonly skipped: number
}

/** A part of the log, with the pts of the box. `trimmed`: the log no longer has the next event, but those after `keptAfterPts`. */
export type LogSlice = { readonly pts: number } & (
  | {
      readonly kind: 'events'
      /** One for each pts. A message that is gone since is told as its deletion. */
      readonly events: readonly BoxEvent[]
      /** The pts of a client that knows these events. */
      readonly upToPts: number
    }
  | { readonly kind: 'trimmed'; readonly keptAfterPts: number }
)
