/** The words of people on demand: what a test says and hears when it acts as somebody. */

/** A name of somebody or of a group: `@username`, `+phone`, an id (below zero: a group's), or `me`. */
export type PeerName = string | number

/**
 * Somebody to act as. Whatever is left out is made up: a test number, or the username of a bot.
 *
 * @example
 * const ada: NewPerson = { firstName: 'Ada', username: 'ada_test' }
 * const bot: NewPerson = { firstName: 'Echo', username: 'echo_bot', bot: true }
 */
export interface NewPerson {
  readonly phone?: string | undefined
  readonly firstName: string
  readonly lastName?: string | undefined
  /** With or without an @. The names of bots end in `bot`. */
  readonly username?: string | undefined
  /** Make a bot instead. */
  readonly bot?: boolean | undefined
}

/** An account, as who acts for it knows it. */
export interface PersonInfo {
  readonly id: number
  /** In international form; bots have none. */
  readonly phone?: string | undefined
  /** Without an @. */
  readonly username?: string | undefined
  readonly firstName: string
  readonly lastName: string
  readonly isBot: boolean
}

/** A new account. A bot has its token, which is shown this once. */
export interface NewPersonInfo extends PersonInfo {
  readonly token?: string | undefined
}

/** A person, a bot or a group, as somebody sees it. */
export interface PeerCard {
  /** Below zero: a group. */
  readonly id: number
  readonly kind: 'person' | 'bot' | 'group' | 'service' | 'deleted'
  /** The name, or the title of a group. */
  readonly name: string
  /** Without an @. */
  readonly username?: string | undefined
}

/** The kinds of formatting that a message can be written with. */
export type EntityKind =
  | 'bold'
  | 'italic'
  | 'underline'
  | 'strike'
  | 'spoiler'
  | 'code'
  | 'pre'
  | 'textUrl'
  | 'mentionName'
  | 'customEmoji'
  | 'blockquote'

/** A formatted part of a text; places count UTF-16 code units. */
export interface NewEntity {
  readonly kind: EntityKind
  readonly offset: number
  readonly length: number
  /** Of `textUrl`. */
  readonly url?: string | undefined
  /** Of `pre`. */
  readonly language?: string | undefined
  /** Of `mentionName`: whom it names. */
  readonly user?: PeerName | undefined
  /** Of `customEmoji`. */
  readonly documentId?: string | undefined
  /** Of `blockquote`. */
  readonly isCollapsed?: boolean | undefined
}

/** A formatted part of a message, also of the kinds that the server finds by itself: `mention`, `url`, `botCommand` … */
export interface SeenEntity {
  readonly kind: string
  readonly offset: number
  readonly length: number
  readonly url?: string | undefined
  readonly language?: string | undefined
  readonly userId?: number | undefined
  readonly documentId?: string | undefined
  readonly isCollapsed?: boolean | undefined
}

/** The kinds of files that a person can send. `round` is a video note; an `animation` has no sound. */
export type FileKind = 'photo' | 'document' | 'voice' | 'audio' | 'video' | 'animation' | 'round'

/** The kinds of media that a person can send. */
export type MediaKind = 'poll' | 'dice' | 'contact' | 'geo' | FileKind

/** The kinds of media by which a wait selects messages; `file`: any with bytes. */
export type WaitedMedia = MediaKind | 'venue' | 'sticker' | 'customEmoji' | 'file'

/**
 * Something to send besides text.
 *
 * @example
 * const poll: NewPersonMedia = { kind: 'poll', question: 'Tea?', answers: ['Yes', 'No'] }
 * const dice: NewPersonMedia = { kind: 'dice', emoji: '🎲' }
 * const photo: NewPersonMedia = { kind: 'photo' }
 */
export interface NewPersonMedia {
  readonly kind: MediaKind
  /** Of a poll. */
  readonly question?: string | undefined
  readonly answers?: readonly string[] | undefined
  /** Of a quiz: the place of the right answer, from 0. */
  readonly correct?: number | undefined
  readonly isMultiple?: boolean | undefined
  /** Everybody sees who voted for what. */
  readonly isPublic?: boolean | undefined
  /** Of a dice. */
  readonly emoji?: string | undefined
  /** Of a contact. */
  readonly phone?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Of a place. */
  readonly lat?: number | undefined
  readonly long?: number | undefined
  /** The bytes of a file: at most 16 MiB. Default: a small file for tests, of its kind. */
  readonly base64?: string | undefined
  /** Of a file. Default: a name of its kind; voice and video notes have none. */
  readonly fileName?: string | undefined
  /** The type of a file. Default: by its name, or by its kind. */
  readonly mime?: string | undefined
  /** Of a voice note, an audio file, a video, an animation and a video note. Default: 1. */
  readonly durationS?: number | undefined
  /** Of a video, an animation and a video note. Default: 64. */
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** Of an audio file. */
  readonly title?: string | undefined
  /** A photo or video is covered until somebody taps it. */
  readonly isSpoiler?: boolean | undefined
}

/** A file to send. */
export type NewPersonFile = NewPersonMedia & { readonly kind: FileKind }

/**
 * Up to ten files to send together: photos and videos, or documents, or audio files.
 *
 * @example
 * const album: NewPersonAlbum = { to: '@bob', text: 'Tea', media: [{ kind: 'photo' }, { kind: 'video' }] }
 */
export interface NewPersonAlbum {
  readonly to: PeerName
  readonly media: readonly NewPersonFile[]
  /** Stands under the first. */
  readonly text?: string | undefined
  readonly replyTo?: MessageName | undefined
  readonly isSilent?: boolean | undefined
}

/** A button that a bot sends: with `data` it is told of presses, with `url` it opens a page. */
export interface NewButton {
  readonly text: string
  /** At most 64 bytes. */
  readonly data?: string | undefined
  readonly url?: string | undefined
}

/** A key that asks for people, bots or a group; the person who presses it chooses them. */
export interface NewPeerKey {
  readonly text: string
  readonly asksFor: 'person' | 'bot' | 'group'
  /** The most people or bots to choose: 1, the default, to 10. */
  readonly most?: number | undefined
}

/** A message: its id in the person's own box, or a message as anybody has it, whose copy in the own box is meant. */
export type MessageName = number | { readonly id: number; readonly boxId: number }

/** A message to send. */
export interface NewPersonMessage {
  readonly to: PeerName
  readonly text?: string | undefined
  readonly entities?: readonly NewEntity[] | undefined
  readonly media?: NewPersonMedia | undefined
  /** The message that it replies to. */
  readonly replyTo?: MessageName | undefined
  readonly isSilent?: boolean | undefined
  /** Rows of buttons under the message; of a bot. */
  readonly buttons?: readonly (readonly NewButton[])[] | undefined
  /** Rows of keys in place of the keyboard: texts, or requests for people; of a bot. */
  readonly keyboard?: readonly (readonly (string | NewPeerKey)[])[] | undefined
}

/** A button under a message, or of the keyboard that it brings. */
export interface SeenButton {
  readonly kind: string
  readonly text: string
  /** The data of a callback, as text. */
  readonly data?: string | undefined
  readonly url?: string | undefined
}

/** An answer of a poll. */
export interface SeenAnswer {
  readonly text: string
  /** Undefined to who may not see the votes yet. */
  readonly votes?: number | undefined
  readonly isChosen: boolean
}

/** The part of a message besides its text. */
export interface SeenMedia {
  readonly kind: string
  /** Of a poll. */
  readonly question?: string | undefined
  readonly answers?: readonly SeenAnswer[] | undefined
  readonly totalVoters?: number | undefined
  readonly isClosed?: boolean | undefined
  readonly isQuiz?: boolean | undefined
  /** Of a dice. */
  readonly emoji?: string | undefined
  readonly value?: number | undefined
  /** Of a contact. */
  readonly phone?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  /** Of a place. */
  readonly lat?: number | undefined
  readonly long?: number | undefined
  /** Of a place with a name. */
  readonly title?: string | undefined
  readonly address?: string | undefined
  /** Of a file: its length. `GET …/files/{messageId}` (`download`) has the bytes themselves. */
  readonly bytes?: number | undefined
  /** Of a file that is not a photo. */
  readonly fileName?: string | undefined
  readonly mime?: string | undefined
  readonly durationS?: number | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** The sizes of a photo, or the preview of another file. */
  readonly sizes?: readonly SeenSize[] | undefined
  readonly isSpoiler?: boolean | undefined
}

/** A size of a photo, or a preview. */
export interface SeenSize {
  readonly letter: string
  readonly width: number
  readonly height: number
  readonly bytes: number
}

/** The file of a message to read. */
export interface FileQuery {
  readonly messageId: MessageName
  /** The letter of a size. Default: the whole file, or the largest size of a photo. */
  readonly size?: string | undefined
}

/** An emoji under a message. */
export interface SeenReaction {
  readonly emoji: string
  readonly count: number
  /** The person whose box it is reacted so. */
  readonly isOwn: boolean
}

/** An event of a chat, told as a message. */
export interface SeenService {
  readonly kind: string
  readonly title?: string | undefined
  readonly userIds?: readonly number[] | undefined
}

/** A message in somebody's box. Each person has their own id for it. */
export interface PersonMessage {
  readonly id: number
  /** The person whose box has it under this id. */
  readonly boxId: number
  readonly chat: PeerCard
  readonly from: PeerCard
  readonly text: string
  readonly dateS: number
  readonly isOut: boolean
  readonly entities?: readonly SeenEntity[] | undefined
  readonly editedAtS?: number | undefined
  /** The id of the message that it replies to, in the same box. */
  readonly replyTo?: number | undefined
  readonly forwardedFrom?: PeerCard | undefined
  readonly isSilent?: boolean | undefined
  readonly isPinned?: boolean | undefined
  readonly isMentioned?: boolean | undefined
  readonly media?: SeenMedia | undefined
  /** The same for all messages of an album. */
  readonly albumId?: string | undefined
  /** The place of the buttons, or a change of the keyboard. */
  readonly markup?: 'inline' | 'keyboard' | 'hide' | 'forceReply' | undefined
  /** Rows of buttons. */
  readonly buttons?: readonly (readonly SeenButton[])[] | undefined
  readonly reactions?: readonly SeenReaction[] | undefined
  /** Of a service message, which has no text. */
  readonly service?: SeenService | undefined
}

/** The messages of a chat to list, the oldest first. */
export interface MessagesQuery {
  readonly with: PeerName
  /** The first messages after this one. Default: the last ones of the chat. */
  readonly afterId?: number | undefined
  /** Default and most: 100. */
  readonly limit?: number | undefined
}

/** The message of others to wait for. */
export interface MessageWait {
  /** Only in this chat. */
  readonly with?: PeerName | undefined
  /** Only of this author. */
  readonly from?: PeerName | undefined
  /** Only with media of this kind. */
  readonly media?: WaitedMedia | undefined
  /** Only after this message. Default: after the last message that the person has written there. */
  readonly afterId?: number | undefined
  readonly timeoutMs?: number | undefined
}

/** A new text for a message. */
export interface MessageEdit {
  readonly messageId: MessageName
  readonly text: string
  readonly entities?: readonly NewEntity[] | undefined
}

/** Messages to take away. */
export interface MessageDeletion {
  readonly messageIds: readonly MessageName[]
  /** Default true: from everybody who has them. */
  readonly forAll?: boolean | undefined
}

/** A reaction to a message; null takes it back. */
export interface MessageReaction {
  readonly messageId: MessageName
  readonly emoji: string | null
}

/** A vote in a poll: texts of answers, or their places from 0. An empty list takes the votes back. */
export interface PollVote {
  readonly messageId: MessageName
  readonly options: readonly (string | number)[]
}

/** Messages of one chat to forward to another. */
export interface MessagesForward {
  readonly messageIds: readonly MessageName[]
  readonly to: PeerName
}

/** A message to pin, or to unpin. */
export interface MessagePin {
  readonly messageId: MessageName
  /** Default true. */
  readonly on?: boolean | undefined
}

/** A chat to read, up to a message or whole. */
export interface ChatReading {
  readonly with: PeerName
  readonly maxId?: MessageName | undefined
}

/** Something that somebody does before a message comes. */
export type TypingAction =
  | 'typing'
  | 'cancel'
  | 'recordVideo'
  | 'recordAudio'
  | 'recordRound'
  | 'geoLocation'
  | 'chooseContact'
  | 'chooseSticker'
  | 'gamePlay'
  | 'uploadVideo'
  | 'uploadAudio'
  | 'uploadPhoto'
  | 'uploadDocument'
  | 'uploadRound'

/** Somebody writes, or does something else, in a chat. */
export interface Typing {
  readonly to: PeerName
  /** Default: typing. */
  readonly action?: TypingAction | undefined
}

/** A group to make. */
export interface NewPersonGroup {
  readonly title: string
  /** Its first members, without its creator. */
  readonly with: readonly PeerName[]
}

/** A group that was made. */
export interface NewGroupInfo extends PeerCard {
  /** The ids of people who did not let themselves be brought. */
  readonly missing: readonly number[]
}

/** Somebody to bring into a group, or to take out. */
export interface MemberChange {
  readonly chat: PeerName
  readonly user: PeerName
}

/** A member to make an admin. */
export interface AdminChange extends MemberChange {
  /** Default true; false ends it. */
  readonly on?: boolean | undefined
}

/** A group to leave. */
export interface GroupLeaving {
  readonly chat: PeerName
}

/** A group to make a link to. */
export interface NewLink {
  readonly chat: PeerName
  /** An admin has to let in those who come by it. */
  readonly needsRequest?: boolean | undefined
}

/** A link to a group. */
export interface GroupLink {
  readonly link: string
}

/** A group to join. */
export interface GroupJoin {
  readonly link: string
}

/** Somebody to block. */
export interface BlockChange {
  readonly user: PeerName
  /** Default true; false ends it. */
  readonly on?: boolean | undefined
}

/** A chat of somebody's. */
export interface PersonChat {
  readonly chat: PeerCard
  readonly unreadCount: number
  readonly lastMessage?: PersonMessage | undefined
}

/** A bot to start. */
export interface BotStarting {
  readonly bot: PeerName
  /** Told to the bot with `/start`: letters, digits, underscores and hyphens. */
  readonly payload?: string | undefined
  /** The group in which it is to start. Default: the chat with the bot. */
  readonly chat?: PeerName | undefined
}

/** A button to press: by its text, or by the data that the bot is told. */
export interface ButtonPress {
  readonly messageId: MessageName
  readonly button?: string | undefined
  readonly data?: string | undefined
  /** Of a button that asks for people or a group: the chosen ones. */
  readonly peers?: readonly PeerName[] | undefined
}

/** The outcome of a press. */
export interface PressOutcome {
  /** `answer`: the bot has answered; `page`: a page would open; `copy`: a text was copied; `message`: a message was sent. */
  readonly kind: 'answer' | 'page' | 'copy' | 'message'
  /** The text that the bot shows, or that was copied. */
  readonly text?: string | undefined
  /** The text waits until it is confirmed. */
  readonly isAlert?: boolean | undefined
  readonly url?: string | undefined
  readonly message?: PersonMessage | undefined
}

/** A press of a bot's button that waits for its answer. */
export interface ButtonPressed {
  readonly id: string
  readonly from: PeerCard
  readonly chat: PeerCard
  /** The message with the button, as the bot has it; left out if it is gone. */
  readonly message?: PersonMessage | undefined
  readonly data: string
}

/** The answer of a bot to a press. */
export interface PressReply {
  readonly pressId: string
  /** At most 200 characters. */
  readonly text?: string | undefined
  readonly isAlert?: boolean | undefined
  readonly url?: string | undefined
}

/** The longest wait for a press. */
export interface PressWaiting {
  readonly timeoutMs?: number | undefined
}

/** A call that a client of somebody's has made. TL values are in JSON: longs as decimal strings, bytes as base64. */
export interface PersonCall {
  /** From 1 on, in the order in which the calls began. */
  readonly id: number
  readonly method: string
  /** `withheld`: a fault has kept the answer back. */
  readonly state: 'underWay' | 'answered' | 'refused' | 'withheld'
  /** Left out if the request could not be read. */
  readonly request?: unknown
  /** Of an answered call. */
  readonly answer?: unknown
  /** Of a refused call: `type` is the text on the wire. */
  readonly error?: { readonly code: number; readonly type: string } | undefined
}

/** The calls to list. */
export interface CallsQuery {
  /** Only calls after this one. */
  readonly afterId?: number | undefined
}

/** The time to wait until nothing happens any more. */
export interface IdleWait {
  /** Nothing may happen for this long. Default: 50. */
  readonly quietMs?: number | undefined
  readonly timeoutMs?: number | undefined
}

/** Tells whether all news has gone out to somebody's clients, and their calls are over. */
export interface Idleness {
  readonly isIdle: boolean
  /** The reason if not. */
  readonly reason?: string | undefined
}

/** A kind of news that somebody hears of. */
export type EventKind = 'message' | 'edit' | 'delete' | 'read' | 'pin' | 'reaction' | 'poll' | 'typing'

/** News of somebody's, as a client would be told them. */
export interface PersonEvent {
  readonly kind: EventKind
  /** The place of the event: `after` takes it. That of typing is where the wait began. */
  readonly cursor: string
  /** Left out for deletions, whose chat is not told. */
  readonly chat?: PeerCard | undefined
  /** The person who wrote, edited or types. */
  readonly from?: PeerCard | undefined
  /** The message that came or was edited, or that others react to or vote in, as it is now. */
  readonly message?: PersonMessage | undefined
  /** Of deletions and pins: the messages. */
  readonly messageIds?: readonly number[] | undefined
  readonly isPinned?: boolean | undefined
  /** Others have read the person's messages up to this one. */
  readonly maxId?: number | undefined
  /** Of `typing`: what they do. */
  readonly action?: string | undefined
}

/** The event to wait for. */
export interface EventWait {
  /** Default: of any kind. */
  readonly kind?: EventKind | undefined
  /** Only in this chat. */
  readonly with?: PeerName | undefined
  /** Only by this author. */
  readonly from?: PeerName | undefined
  /** Only about this message. */
  readonly messageId?: MessageName | undefined
  /** The cursor of an event: only what came after it. Default: what comes from now on. */
  readonly after?: string | undefined
  readonly timeoutMs?: number | undefined
}
