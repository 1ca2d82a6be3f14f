/** The words of bots: what starts them, and presses of their buttons. */
import type { Role } from '../groups/words.ts'
import type { PeerId, Reaction } from '../messages/words.ts'

/** A start of a bot. */
export interface BotStart {
  readonly botId: bigint
  /** The bot, or the group that it is to start in. */
  readonly peerId: PeerId
  /** The text that the bot alone is told. */
  readonly param: string
  readonly randomId: bigint
}

/** A press of a button under a bot's message. */
export interface Press {
  readonly peerId: PeerId
  readonly messageId: number
  /** Of the button. */
  readonly data: Uint8Array
  /** For buttons that ask for the password. Undefined: the client gives none. */
  readonly password?: GivenPassword | undefined
}

/** The answer of a client to a password question, as in SRP. */
export interface GivenPassword {
  readonly srpId: bigint
  readonly a: Uint8Array
  readonly m1: Uint8Array
}

/** A press as the bot is told of it. */
export interface PressQuery {
  readonly queryId: bigint
  readonly userId: bigint
  /** The message, as the bot's box has it. */
  readonly peerId: PeerId
  readonly messageId: number
  readonly data: Uint8Array
  /** The same for all presses in a chat. */
  readonly chatInstance: bigint
}

/** The answer of a bot to a press. */
export interface PressAnswer {
  readonly message: string | undefined
  readonly isAlert: boolean
  readonly url: string | undefined
  /** Seconds for which a client may keep it. */
  readonly cacheS: number
}

/** The part that somebody has in a group, as bots are told of it. */
export interface MemberState {
  readonly role: Role
  readonly inviterId: bigint
  readonly joinedAtS: number
}

/** An event that only bots are told of. It counts in the bot's qts, not in its box. */
export type BotEvent =
  /** Somebody has blocked the bot, or blocks it no more. */
  | { readonly kind: 'stopped'; readonly userId: bigint; readonly isStopped: boolean }
  /** Somebody came into a group that the bot leads, left it, or has another part there; or the bot itself. */
  | {
      readonly kind: 'member'
      readonly chatId: bigint
      readonly actorId: bigint
      readonly userId: bigint
      readonly before?: MemberState | undefined
      readonly now?: MemberState | undefined
      /** Of the link by which they came. */
      readonly hash?: string | undefined
    }
  /** Somebody has voted in a poll of the bot's, or has taken the vote back. */
  | {
      readonly kind: 'vote'
      readonly pollId: bigint
      readonly userId: bigint
      /** The names of the chosen answers, in base64, and their places. */
      readonly options: readonly string[]
      readonly places: readonly number[]
    }
  /** Somebody reacts to a message in another way than before. The message is named as in the bot's box. */
  | {
      readonly kind: 'reaction'
      readonly peerId: PeerId
      readonly messageId: number
      readonly userId: bigint
      readonly before: readonly Reaction[]
      readonly now: readonly Reaction[]
    }
  /** Somebody asks to be let into a group that the bot leads. */
  | { readonly kind: 'requester'; readonly chatId: bigint; readonly userId: bigint; readonly hash: string }

/** An event of a bot in its place. */
export type LoggedBotEvent = BotEvent & { readonly qts: number; readonly atS: number }

/** A part of the log of a bot. */
export interface BotLogSlice {
  readonly events: readonly LoggedBotEvent[]
  /** The qts of a client that knows these events. */
  readonly upToQts: number
  /** The last qts of the bot. */
  readonly qts: number
}

/** A command that apps offer in chats with a bot. */
export interface BotCommand {
  readonly command: string
  readonly description: string
}

/** The chats and people for whom commands are. A narrower scope counts before a wider one. */
export type CommandScope =
  | { readonly kind: 'default' | 'users' | 'chats' | 'chatAdmins' }
  /** A private chat or a group; the admins of a group. */
  | { readonly kind: 'peer' | 'peerAdmins'; readonly peerId: PeerId }
  | { readonly kind: 'peerUser'; readonly peerId: PeerId; readonly userId: bigint }

/** The button beside the text field in the chat with a bot. */
export type MenuButton =
  | { readonly kind: 'default' | 'commands' }
  | { readonly kind: 'web'; readonly text: string; readonly url: string }

/** The name and the texts of a bot in one language. */
export interface BotTexts {
  readonly name: string
  /** On its page. */
  readonly about: string
  /** In its empty chat. */
  readonly description: string
}

/** A bot as somebody sees it in one chat. */
export interface BotCard {
  readonly botId: bigint
  readonly description: string
  readonly commands: readonly BotCommand[]
  readonly menuButton: MenuButton
}

/** Rights that apps suggest for a bot, as bits of `chatAdminRights`. */
export interface SuggestedRights {
  readonly inGroups: number
  readonly inChannels: number
}

/** The peers that somebody gives a bot whose button asked for them. */
export interface PeerSharing {
  readonly botId: bigint
  /** The message that brought the keyboard. */
  readonly messageId: number
  readonly buttonNumber: number
  readonly peerIds: readonly PeerId[]
}
