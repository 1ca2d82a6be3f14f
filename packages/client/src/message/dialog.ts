import type { Dialog as TlDialog } from '@cablegram/tl/api'
import { jsonOf } from '../peers/json.ts'
import type { Chat } from '../peers/views.ts'
import type { Message } from './message.ts'

/** The TL value of a chat in the list of chats. */
export type TlChatDialog = Extract<TlDialog, { _: 'dialog' }>

/** A chat in the list of chats. Prints and serialises without `raw`. */
export class Dialog {
  readonly chat: Chat
  /** The newest message. */
  declare readonly message?: Message
  /** Messages that were not read. */
  readonly unreadCount: number
  /** Mentions of this account that were not read. */
  readonly unreadMentionsCount: number
  /** Kept at the head of the list. */
  readonly isPinned: boolean
  /** In the archive. */
  readonly isArchived: boolean
  readonly #raw: TlChatDialog

  constructor(raw: TlChatDialog, chat: Chat, message: Message | undefined) {
    this.chat = chat
    if (message !== undefined) this.message = message
    this.unreadCount = raw.unreadCount
    this.unreadMentionsCount = raw.unreadMentionsCount
    this.isPinned = raw.pinned === true
    this.isArchived = raw.folderId === 1
    this.#raw = raw
  }

  /** The TL value. */
  get raw(): TlChatDialog {
    return this.#raw
  }

  /** Ids become decimal strings, bytes base64. */
  toJSON(): object {
    return jsonOf({ ...this })
  }
}
