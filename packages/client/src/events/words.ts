import type { RpcError } from '@cablegram/mtproto'
import type {
  InputBotInlineMessageID,
  InputBotInlineResult,
  SendMessageAction,
  Update,
  UserStatus,
} from '@cablegram/tl/api'
import type { Command } from '../message/command.ts'
import type { Message } from '../message/message.ts'
import type { EditMessageOptions } from '../methods/edit-message.ts'
import type { SendMessageOptions } from '../methods/send-message.ts'
import type { Chat } from '../peers/views.ts'
import type { TextLike } from '../text/formatted.ts'

/** A message that somebody has written or changed. */
export interface MessageEvent {
  readonly message: Message
  /** The same as `message.chat`. */
  readonly chat: Chat
  /** The same as `message.sender`. */
  readonly sender: Chat
  /** The command that the text begins with; undefined if it begins with none, or with one for another bot. */
  readonly command: Command | undefined
  readonly raw: Update
  /**
   * Sends an answer to the message, as `sendMessage` does. A handler that is told of the message again after a crash sends the
   * same answers again: they come once.
   *
   * @throws PeerError; UsageError; RpcError; ConnectionError
   */
  readonly reply: (text: TextLike, options?: Omit<SendMessageOptions, 'replyTo'>) => Promise<Message>
}

/** Messages that are gone. */
export interface DeleteEvent {
  readonly ids: readonly number[]
  /** The channel or supergroup; undefined for private chats and groups, whose messages share one row of ids. */
  readonly chat: Chat | undefined
  readonly raw: Update
}

/** Messages that somebody has read. */
export interface ReadEvent {
  readonly chat: Chat
  /** All messages up to this id are read. */
  readonly maxId: number
  /** `own`: the account has read what others wrote; `others`: they have read what the account wrote. */
  readonly by: 'own' | 'others'
  /** The messages that are still unread, where the server says so. */
  readonly unreadCount: number | undefined
  readonly raw: Update
}

/** Somebody is typing, recording, or choosing something; it holds for six seconds. */
export interface TypingEvent {
  readonly chat: Chat
  readonly sender: Chat
  readonly action: SendMessageAction
  readonly raw: Update
}

/** Somebody came, or went. */
export interface StatusEvent {
  readonly user: Chat
  readonly isOnline: boolean
  readonly status: UserStatus
  readonly raw: Update
}

/** The answer to the press of a button. */
export interface CallbackAnswer {
  readonly text?: string | undefined
  /** Shows the text in a window that the user has to close. */
  readonly alert?: boolean | undefined
  readonly url?: string | undefined
  /** How long the user's program may show the same answer again, in seconds. Default: 0. */
  readonly cacheS?: number | undefined
}

/** Somebody has pressed a button of this bot. */
export interface CallbackQueryEvent {
  readonly queryId: bigint
  readonly sender: Chat
  /** The chat of the message; undefined for a message that was sent through the bot. */
  readonly chat: Chat | undefined
  readonly messageId: number | InputBotInlineMessageID
  /** The data of the button, as text. */
  readonly data: string
  readonly raw: Update
  /** Answers, so that the button stops to wait. @throws RpcError QUERY_ID_INVALID after a while */
  readonly answer: (answer?: CallbackAnswer) => Promise<void>
  /**
   * Replaces the text and the buttons of the message with the button, also of one that was sent through the bot.
   *
   * @throws PeerError; UsageError; RpcError such as MESSAGE_NOT_MODIFIED
   */
  readonly edit: (text: TextLike, options?: EditMessageOptions) => Promise<void>
}

/** The answer to an inline query. */
export interface InlineAnswer {
  /** How long the server may give the same answer to others, in seconds. Default: 300. */
  readonly cacheS?: number | undefined
  /** The answer is for this user only. */
  readonly isPersonal?: boolean | undefined
  readonly isGallery?: boolean | undefined
  /** The offset with which the rest is asked for. */
  readonly nextOffset?: string | undefined
}

/** Somebody types the name of this bot and a text after it. */
export interface InlineQueryEvent {
  readonly queryId: bigint
  readonly sender: Chat
  readonly text: string
  readonly offset: string
  readonly raw: Update
  /** @throws RpcError QUERY_ID_INVALID after a while */
  readonly answer: (results: InputBotInlineResult[], options?: InlineAnswer) => Promise<void>
}

/** A piece of news about the connection, and about the updates that come over it. */
export type ConnectionEvent =
  | { readonly state: 'connecting' }
  /** Calls flow. */
  | { readonly state: 'connected' }
  /** The connection was lost, and is made again. */
  | { readonly state: 'lost'; readonly error: unknown }
  /** The client was closed, its login has ended, or the server cannot be trusted; the next call connects again if it may. */
  | { readonly state: 'closed'; readonly error: unknown }
  /** Updates are missing, and are being asked for. */
  | { readonly state: 'catchingUp' }
  /** Every update that the server has told is told. */
  | { readonly state: 'upToDate' }
  /** So many updates wait for handlers that no more are taken until they are done. */
  | { readonly state: 'handlersBusy'; readonly waiting: number }

/** The client waits before it does something again. */
export type WaitEvent =
  | {
      /** The server has asked for it. */
      readonly reason: 'flood'
      readonly waitMs: number
      /** The method that is called again. */
      readonly method: string
      readonly error: RpcError
    }
  | {
      /** The server is in trouble, or a request for missing updates has failed. */
      readonly reason: 'retry'
      readonly waitMs: number
      /** The method that is called again. */
      readonly method: string
      /** The `RpcError` of a call; for missing updates also other errors, such as a `ConnectionError`. */
      readonly error: Error | undefined
    }
  | {
      /** The connection was lost. */
      readonly reason: 'reconnect'
      readonly waitMs: number
      readonly method: undefined
      /** Undefined if the connection was closed without an error. */
      readonly error: Error | undefined
    }

/** The values that events hand to their handlers. */
export interface ClientEvents {
  message: MessageEvent
  edit: MessageEvent
  delete: DeleteEvent
  read: ReadEvent
  typing: TypingEvent
  status: StatusEvent
  callbackQuery: CallbackQueryEvent
  inlineQuery: InlineQueryEvent
  /** Every update, as the server sent it. */
  raw: Update
  connection: ConnectionEvent
  wait: WaitEvent
  error: unknown
}

/** The name of an event. */
export type EventName = keyof ClientEvents

/** A handler of an event; the update counts as delivered when it has resolved. */
export type EventHandler<Name extends EventName> = (event: ClientEvents[Name]) => unknown

/**
 * Somebody, by id as bots know it (users positive, groups negative, channels from -100… down), by '@name', as a chat that the
 * client gave, or 'me'.
 */
export type ChatFilter = bigint | string | Chat

interface OfChat {
  readonly chat?: ChatFilter | readonly ChatFilter[] | undefined
}

interface OfSender {
  /** The one who did it. */
  readonly sender?: ChatFilter | readonly ChatFilter[] | undefined
}

/** A command of a bot, without its slash and in any case: `'start'`; or several. */
export type CommandFilter = string | readonly string[]

/** A text that matches as a whole, or a pattern that occurs in it. */
export type TextFilter = string | RegExp

/** The filter of messages. */
export interface MessageFilter extends OfChat, OfSender {
  /** Messages that others wrote, with true; own ones, with false. */
  readonly incoming?: boolean | undefined
  /** Messages that the account wrote, with true; those of others, with false. */
  readonly outgoing?: boolean | undefined
  readonly text?: TextFilter | undefined
  /** Messages with this command, also as `/start@name_of_the_bot`. */
  readonly command?: CommandFilter | undefined
}

/** The filters of each event: a handler hears only of what passes all of them. */
export interface EventFilters {
  message: MessageFilter
  edit: MessageFilter
  delete: OfChat
  read: OfChat & { readonly by?: ReadEvent['by'] | undefined }
  typing: OfChat & OfSender
  status: { readonly user?: ChatFilter | readonly ChatFilter[] | undefined }
  callbackQuery: OfChat & OfSender & { readonly data?: TextFilter | undefined }
  inlineQuery: OfSender & { readonly text?: TextFilter | undefined }
  raw: {
    /** The name of the update's constructor; or several. */
    readonly _?: Update['_'] | readonly Update['_'][] | undefined
  }
  connection: { readonly state?: ConnectionEvent['state'] | undefined }
  wait: { readonly reason?: WaitEvent['reason'] | undefined }
  error: Readonly<Record<string, never>>
}
