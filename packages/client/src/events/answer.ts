import type { Random } from '@cablegram/mtproto'
import { readLong } from '@cablegram/mtproto/crypto'
import type { Message } from '../message/message.ts'
import { inputPeerOf, type PeerClient } from '../peers/resolve.ts'
import type { CallbackQueryEvent, InlineQueryEvent, MessageEvent } from './words.ts'

/** Answers a message. */
export function replyTo(client: PeerClient, random: Random, message: Message): MessageEvent['reply'] {
  return async (text) => {
    await client.call('messages.sendMessage', {
      peer: await inputPeerOf(client, message),
      message: text,
      randomId: readLong(random(8)),
      replyTo: { _: 'inputReplyToMessage', replyToMsgId: message.id },
    })
  }
}

/** Answers the press of a button. */
export function answerCallback(client: PeerClient, queryId: bigint): CallbackQueryEvent['answer'] {
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
export function answerInline(client: PeerClient, queryId: bigint): InlineQueryEvent['answer'] {
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
