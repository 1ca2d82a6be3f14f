import type { Peer, Update } from '@cablegram/tl/api'
import type { UpdateEvent } from '../updates/words.ts'
import { type AnsweringClient, answerCallback, answerInline } from './answer.ts'
import { channelIdOf, peerIdOf } from './peer-id.ts'
import type { ClientEvents, ReadEvent } from './words.ts'

/** Events that updates make. */
export type UpdateEventName = Exclude<keyof ClientEvents, 'raw' | 'connection' | 'wait' | 'error'>

/** An event that an update has made. */
export type MadeEvent = {
  [Name in UpdateEventName]: {
    readonly name: Name
    readonly event: ClientEvents[Name]
    /** The chat in which it stands in order. */
    readonly lane: string
  }
}[UpdateEventName]

/** The event that an update makes; undefined if it makes none. Answers to own calls make no events. */
export function eventOf({ update, isOwn }: UpdateEvent, client: AnsweringClient): MadeEvent | undefined {
  if (isOwn) return undefined
  switch (update._) {
    case 'updateDeleteMessages':
      return deleted(update.messages, undefined, update)
    case 'updateDeleteChannelMessages':
      return deleted(update.messages, channelIdOf(update.channelId), update)
    case 'updateReadHistoryInbox':
      return read(peerIdOf(update.peer), update.maxId, 'own', update.stillUnreadCount, update)
    case 'updateReadHistoryOutbox':
      return read(peerIdOf(update.peer), update.maxId, 'others', undefined, update)
    case 'updateReadChannelInbox':
      return read(channelIdOf(update.channelId), update.maxId, 'own', update.stillUnreadCount, update)
    case 'updateReadChannelOutbox':
      return read(channelIdOf(update.channelId), update.maxId, 'others', undefined, update)
    case 'updateUserTyping':
      return typing(update.userId, { _: 'peerUser', userId: update.userId }, update)
    case 'updateChatUserTyping':
      return typing(-update.chatId, update.fromId, update)
    case 'updateChannelUserTyping':
      return typing(channelIdOf(update.channelId), update.fromId, update)
    case 'updateUserStatus': {
      const { userId, status } = update
      const isOnline = status._ === 'userStatusOnline'
      return { name: 'status', event: { userId, isOnline, status, raw: update }, lane: `status ${userId}` }
    }
    case 'updateBotCallbackQuery':
    case 'updateInlineBotCallbackQuery':
      return pressed(update, client)
    case 'updateBotInlineQuery': {
      const { queryId, userId: senderId, query: text, offset } = update
      const answer = answerInline(client, queryId)
      const event = { queryId, senderId, text, offset, raw: update, answer }
      return { name: 'inlineQuery', event, lane: `inline ${senderId}` }
    }
    default:
      return undefined
  }
}

function laneOf(chatId: bigint): string {
  return `chat ${chatId}`
}

function deleted(ids: readonly number[], chatId: bigint | undefined, raw: Update): MadeEvent {
  const lane = chatId === undefined ? 'deleted' : laneOf(chatId)
  return { name: 'delete', event: { ids, chatId, raw }, lane }
}

function read(
  chatId: bigint,
  maxId: number,
  by: ReadEvent['by'],
  unreadCount: number | undefined,
  raw: Update,
): MadeEvent {
  return { name: 'read', event: { chatId, maxId, by, unreadCount, raw }, lane: laneOf(chatId) }
}

type Typing = Extract<Update, { _: 'updateUserTyping' | 'updateChatUserTyping' | 'updateChannelUserTyping' }>

function typing(chatId: bigint, from: Peer, raw: Typing): MadeEvent {
  const event = { chatId, senderId: peerIdOf(from), action: raw.action, raw }
  return { name: 'typing', event, lane: laneOf(chatId) }
}

type Pressed = Extract<Update, { _: 'updateBotCallbackQuery' | 'updateInlineBotCallbackQuery' }>

function pressed(raw: Pressed, client: AnsweringClient): MadeEvent {
  const { queryId, userId: senderId, msgId: messageId, data: bytes } = raw
  const chatId = raw._ === 'updateBotCallbackQuery' ? peerIdOf(raw.peer) : undefined
  const data = new TextDecoder().decode(bytes ?? new Uint8Array())
  const answer = answerCallback(client, queryId)
  const event = { queryId, senderId, chatId, messageId, data, raw, answer }
  return { name: 'callbackQuery', event, lane: laneOf(chatId ?? senderId) }
}
