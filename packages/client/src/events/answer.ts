import type { Message } from '../message/message.ts'
import type { MethodClient } from '../methods/method-client.ts'
import { sendMessage } from '../methods/send-message.ts'
import type { CallbackQueryEvent, InlineQueryEvent, MessageEvent } from './words.ts'

/** Answers a message. */
export function replyTo(client: MethodClient, message: Message): MessageEvent['reply'] {
  return (text, options) => sendMessage(client, message, text, { ...options, replyTo: message })
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
