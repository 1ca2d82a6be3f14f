import type { MessageAction, MessageEntity, MessageMedia, Message as TlMessage } from '@cablegram/tl/api'
import { idOfPeer } from '../peers/ids.ts'
import { jsonOf } from '../peers/json.ts'
import type { Chat, FindChat } from '../peers/views.ts'
import { type FileFacts, factsOf, fileOfMedia } from './file-facts.ts'

/** A message that is there: not `messageEmpty`. */
export type TlWrittenMessage = Exclude<TlMessage, { _: 'messageEmpty' }>

/**
 * A message. Prints and serialises without `raw`; in JSON ids are decimal strings, and bytes base64.
 *
 * @example
 * ```ts
 * import type { Message } from '@cablegram/client'
 *
 * export function lineOf(message: Message): string {
 *   const time = new Date(message.dateS * 1000).toISOString()
 *   return `${time} ${message.sender.title}: ${message.text}`
 * }
 * ```
 */
export class Message {
  // A field that is declared only has a place in the object when it gets a value, so an absent one is not printed.
  /** Unique in its supergroup or channel; all other chats of an account number their messages together. */
  readonly id: number
  readonly chat: Chat
  /** The author; in a channel the channel itself, unless it names people. */
  readonly sender: Chat
  /** Text or caption; empty if there is none. */
  readonly text: string
  /** Formatting; offsets and lengths are UTF-16 units, as in strings. */
  readonly entities: readonly MessageEntity[]
  /** Photo, document, poll and so on: the TL value. */
  declare readonly media?: MessageMedia
  /** The name, size and kind of the photo or document, which `client.download(message, …)` gets. */
  declare readonly file?: FileFacts
  /** The id of the message that this one replies to. */
  declare readonly replyTo?: number
  /** Unix seconds. */
  readonly dateS: number
  /**
   * Unix seconds at which the server sends it; only on a message that still waits for that. Such a message has an id of its own
   * row, and can be edited and deleted.
   */
  declare readonly scheduledAtS?: number
  /** Unix seconds of the last edit. */
  declare readonly editDateS?: number
  /**
   * The client's own account wrote it. In the chat with oneself that is every message, unless it is forwarded from somebody
   * else; the flag `out` of the TL value is never set there.
   */
  readonly isOut: boolean
  /** The messages of an album have this in common. */
  declare readonly albumId?: bigint
  /** What happened, in a message that says so and has no text: somebody joined, a title changed. */
  declare readonly action?: MessageAction
  readonly #raw: TlWrittenMessage

  constructor(raw: TlWrittenMessage, chat: Chat, sender: Chat, isScheduled = false) {
    this.id = raw.id
    this.chat = chat
    this.sender = sender
    this.text = raw._ === 'message' ? raw.message : ''
    this.entities = (raw._ === 'message' && raw.entities) || []
    const replyTo = raw.replyTo?._ === 'messageReplyHeader' ? raw.replyTo.replyToMsgId : undefined
    if (replyTo !== undefined) this.replyTo = replyTo
    this.dateS = raw.date
    if (isScheduled) this.scheduledAtS = raw.date
    this.isOut = raw.out === true || isOwnNote(raw, chat)
    if (raw._ === 'messageService') this.action = raw.action
    else {
      const { media, editDate, groupedId } = raw
      if (media !== undefined && media._ !== 'messageMediaEmpty') this.media = media
      const file = fileOfMedia(media)
      if (file !== undefined) this.file = factsOf(file)
      if (editDate !== undefined) this.editDateS = editDate
      if (groupedId !== undefined) this.albumId = groupedId
    }
    this.#raw = raw
  }

  /** The TL value. */
  get raw(): TlWrittenMessage {
    return this.#raw
  }

  /** Ids become decimal strings, bytes base64. */
  toJSON(): object {
    return jsonOf({ ...this })
  }
}

/**
 * The view of a message; undefined for one that is not there.
 *
 * @param findChat the chats of the answer or update that it came in
 * @param selfId the account of the client, which is not named where it wrote to one other person
 * @param isScheduled it waits for its time
 */
export function messageOf(
  raw: TlMessage,
  findChat: FindChat,
  selfId: bigint | undefined,
  isScheduled = false,
): Message | undefined {
  if (raw._ === 'messageEmpty') return undefined
  const chatId = idOfPeer(raw.peerId)
  return new Message(raw, findChat(chatId), findChat(senderIdOf(raw, chatId, selfId)), isScheduled)
}

/** As Telegram's apps show it: in Saved Messages, what the account did not take from others is its own. */
function isOwnNote(raw: TlWrittenMessage, chat: Chat): boolean {
  if (chat.kind !== 'user' || !chat.isSelf) return false
  const forward = raw._ === 'message' ? raw.fwdFrom : undefined
  if (forward === undefined || forward.savedOut === true) return true
  return forward.fromId !== undefined && idOfPeer(forward.fromId) === chat.id
}

function senderIdOf(raw: TlWrittenMessage, chatId: bigint, selfId: bigint | undefined): bigint {
  if (raw.fromId) return idOfPeer(raw.fromId)
  const isPrivateAndOwn = chatId > 0n && raw.out === true && selfId !== undefined
  return isPrivateAndOwn ? selfId : chatId
}
