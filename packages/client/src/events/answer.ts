import type { MethodName, Params, Results } from '@cablegram/tl/api'
import type { CallbackQueryEvent, InlineQueryEvent } from './words.ts'

/** The part of a client that answers. */
export interface AnsweringClient {
  call<Method extends MethodName>(method: Method, params: Params<Method>): Promise<Results[Method]>
}

/** Answers the press of a button. */
export function answerCallback(client: AnsweringClient, queryId: bigint): CallbackQueryEvent['answer'] {
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
export function answerInline(client: AnsweringClient, queryId: bigint): InlineQueryEvent['answer'] {
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
