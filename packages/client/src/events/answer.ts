import { sha256 } from '@cablegram/mtproto/crypto'
import type { Message } from '../message/message.ts'
import { editInlineMessage, editMessage } from '../methods/edit-message.ts'
import type { MethodClient } from '../methods/method-client.ts'
import { sendMessage } from '../methods/send-message.ts'
import type { Chat } from '../peers/views.ts'
import type { CallbackQueryEvent, InlineQueryEvent, MessageEvent } from './words.ts'

/**
 * Answers a message. A handler that is told of it again, after a crash, answers under the same numbers: nothing is sent twice.
 */
export function replyTo(client: MethodClient, message: Message): MessageEvent['reply'] {
  let count = 0
  return async (text, options) => {
    count += 1
    const randomId = options?.randomId ?? replyId(client.peers.selfId, message, count)
    return await sendMessage(client, message, text, { ...options, randomId, replyTo: message })
  }
}

/** The number of an answer follows from what is answered: an edit is not the message before it. */
function replyId(selfId: bigint | undefined, { chat, id, text, raw }: Message, count: number): bigint {
  const editedAtS = raw._ === 'message' ? (raw.editDate ?? 0) : 0
  const named = [selfId ?? 0n, chat.id, id, editedAtS, count, text].join(' ')
  const hash = sha256(new TextEncoder().encode(named))
  return new DataView(hash.buffer, hash.byteOffset).getBigInt64(0) || 1n
}

/** Answers the press of a button. */
export function answerCallback(client: MethodClient, queryId: bigint): CallbackQueryEvent['answer'] {
  return async ({ text, alert, url, cacheS = 0 } = {}) => {
    await client.call('messages.setBotCallbackAnswer', {
      queryId,
      cacheTime: cacheS,
      message: text,
      alert,
      url,
    })
  }
}

/** Edits the message whose button was pressed. */
export function editPressed(
  client: MethodClient,
  chat: Chat | undefined,
  messageId: CallbackQueryEvent['messageId'],
): CallbackQueryEvent['edit'] {
  return async (text, options) => {
    if (typeof messageId === 'object') await editInlineMessage(client, messageId, text, options)
    else if (chat) await editMessage(client, { id: messageId, chat }, text, options)
  }
}

/** Telegram's own default. */
const CACHE_S = 300

/** Answers an inline query. */
export function answerInline(client: MethodClient, queryId: bigint): InlineQueryEvent['answer'] {
  return async (results, { cacheS = CACHE_S, isPersonal, isGallery, nextOffset } = {}) => {
    await client.call('messages.setInlineBotResults', {
      queryId,
      results,
      cacheTime: cacheS,
      private: isPersonal,
      gallery: isGallery,
      nextOffset,
    })
  }
}
