import type { InputPeer, Results, Dialog as TlDialog } from '@cablegram/tl/api'
import { type Checks, checkOptions, isBoolean } from '../check-options.ts'
import { Dialog } from '../message/dialog.ts'
import { messageOf } from '../message/message.ts'
import type { CallOptions } from '../options.ts'
import { idOfPeer } from '../peers/ids.ts'
import { chatsIn } from '../peers/views.ts'
import { LIST_CHECKS } from './checks.ts'
import type { MethodClient } from './method-client.ts'
import { repeatable } from './sending.ts'

/** Chats in one call. */
const PAGE = 100

/** Options of the list of chats. */
export interface DialogsOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  /** At most so many chats. Default: all. */
  readonly limit?: number | undefined
  /** The chats of the archive. Default: those outside of it. */
  readonly archived?: boolean | undefined
}

const CHECKS: Checks<DialogsOptions> = { ...LIST_CHECKS, archived: isBoolean }

/**
 * The list of chats: those that are pinned, then by the time of their newest message. Pages of 100 are read as the loop goes
 * on.
 *
 * @throws UsageError OPTION_INVALID; RpcError; ConnectionError
 *
 * @example
 * ```ts
 * import { dialogs, type TelegramClient } from '@cablegram/client'
 *
 * export async function unread(client: TelegramClient): Promise<number> {
 *   let count = 0
 *   for await (const dialog of dialogs(client)) count += dialog.unreadCount
 *   return count
 * }
 * ```
 */
export async function* dialogs(
  client: MethodClient,
  options: DialogsOptions = {},
): AsyncGenerator<Dialog, void, undefined> {
  checkOptions(options, CHECKS, 'of dialogs')
  const { limit = Number.POSITIVE_INFINITY } = options
  const seen = new Set<bigint>()
  let left = limit
  let from: Place | undefined = START
  while (left > 0 && from) {
    const page: DialogPage = await readPage(client, from, Math.min(left, PAGE), options)
    const fresh = page.dialogs.filter(({ chat }) => !seen.has(chat.id))
    for (const dialog of fresh.slice(0, left)) {
      options.signal?.throwIfAborted()
      seen.add(dialog.chat.id)
      yield dialog
    }
    left -= fresh.length
    from = fresh.length === 0 ? undefined : page.next
  }
}

/** Place in the list: after this message of this chat. */
interface Place {
  readonly offsetDate: number
  readonly offsetId: number
  readonly offsetPeer: InputPeer
}

interface DialogPage {
  readonly dialogs: readonly Dialog[]
  /** Undefined at the end. */
  readonly next: Place | undefined
}

const START: Place = { offsetDate: 0, offsetId: 0, offsetPeer: { _: 'inputPeerEmpty' } }

async function readPage(
  client: MethodClient,
  from: Place,
  limit: number,
  options: DialogsOptions,
): Promise<DialogPage> {
  const params = {
    ...from,
    limit,
    hash: 0n,
    ...(from !== START && { excludePinned: true }),
    folderId: options.archived === true ? 1 : 0,
  }
  const answer = await client.call('messages.getDialogs', params, repeatable(options))
  if (answer._ === 'messages.dialogsNotModified') return { dialogs: [], next: undefined }
  const views = viewsOf(client, answer)
  return { dialogs: views, next: answer._ === 'messages.dialogs' ? undefined : placeAfter(views) }
}

function viewsOf(
  client: MethodClient,
  answer: Exclude<Results['messages.getDialogs'], { _: 'messages.dialogsNotModified' }>,
): Dialog[] {
  const findChat = chatsIn(answer, client.peers)
  const newest = new Map(
    answer.messages.flatMap((raw) => {
      const message = messageOf(raw, findChat, client.peers.selfId)
      return message ? [[`${message.chat.id} ${message.id}`, message] as const] : []
    }),
  )
  return answer.dialogs.filter(isChat).map((raw) => {
    const chatId = idOfPeer(raw.peer)
    return new Dialog(raw, findChat(chatId), newest.get(`${chatId} ${raw.topMessage}`))
  })
}

function isChat(dialog: TlDialog): dialog is Extract<TlDialog, { _: 'dialog' }> {
  return dialog._ === 'dialog'
}

/** After the last chat that is not pinned and has a message: the list is in the order of those. */
function placeAfter(views: readonly Dialog[]): Place | undefined {
  const last = views.findLast(({ message, chat, isPinned }) => message && chat.inputPeer && !isPinned)
  const { message, chat } = last ?? views.findLast((view) => view.message && view.chat.inputPeer) ?? {}
  if (!message || !chat?.inputPeer) return undefined
  return { offsetDate: message.dateS, offsetId: message.id, offsetPeer: chat.inputPeer }
}
