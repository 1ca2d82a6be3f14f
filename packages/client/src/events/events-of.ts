import type { Peer, Message as TlMessage, Update } from '@cablegram/tl/api'
import { commandIn } from '../message/command.ts'
import { messageOf } from '../message/message.ts'
import type { MethodClient } from '../methods/method-client.ts'
import { idOfPeer } from '../peers/ids.ts'
import { jsonOf } from '../peers/json.ts'
import { type Chat, chatsIn, type FindChat } from '../peers/views.ts'
import type { UpdateEvent } from '../updates/words.ts'
import { answerCallback, answerInline, editPressed, replyTo } from './answer.ts'
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

/** Parts that events are made with. */
export interface EventMakers {
  readonly client: MethodClient
}

interface Making extends EventMakers {
  readonly find: FindChat
}

/** The event that an update makes; undefined if it makes none. Answers to own calls make no events. */
export function eventOf(taken: UpdateEvent, makers: EventMakers): MadeEvent | undefined {
  const made = madeOf(taken, makers)
  if (made) Object.defineProperty(made.event, 'toJSON', TO_JSON)
  return made
}

/** As messages do, an event goes into JSON without its TL value, and with ids as decimal strings. */
const TO_JSON: PropertyDescriptor = {
  value(this: MadeEvent['event']) {
    const { raw: _, ...fields } = this
    return jsonOf(fields)
  },
}

function madeOf(taken: UpdateEvent, makers: EventMakers): MadeEvent | undefined {
  if (taken.isOwn) return undefined
  const { update } = taken
  const making = { ...makers, find: chatsIn(taken, makers.client.peers) }
  const { find } = making
  switch (update._) {
    case 'updateNewMessage':
    case 'updateNewChannelMessage':
      return written('message', update.message, update, making)
    case 'updateEditMessage':
    case 'updateEditChannelMessage':
      return written('edit', update.message, update, making)
    case 'updateDeleteMessages':
      return {
        name: 'delete',
        event: { ids: update.messages, chat: undefined, raw: update },
        lane: 'deleted',
      }
    case 'updateDeleteChannelMessages': {
      const chat = find(idOfChannel(update.channelId))
      return { name: 'delete', event: { ids: update.messages, chat, raw: update }, lane: laneOf(chat) }
    }
    case 'updateReadHistoryInbox':
      return read(find(idOfPeer(update.peer)), 'own', update)
    case 'updateReadHistoryOutbox':
      return read(find(idOfPeer(update.peer)), 'others', update)
    case 'updateReadChannelInbox':
      return read(find(idOfChannel(update.channelId)), 'own', update)
    case 'updateReadChannelOutbox':
      return read(find(idOfChannel(update.channelId)), 'others', update)
    case 'updateUserTyping':
      return typing(update.userId, { _: 'peerUser', userId: update.userId }, update, find)
    case 'updateChatUserTyping':
      return typing(-update.chatId, update.fromId, update, find)
    case 'updateChannelUserTyping':
      return typing(idOfChannel(update.channelId), update.fromId, update, find)
    case 'updateUserStatus': {
      const { userId, status } = update
      const event = { user: find(userId), isOnline: status._ === 'userStatusOnline', status, raw: update }
      return { name: 'status', event, lane: `status ${userId}` }
    }
    case 'updateBotCallbackQuery':
    case 'updateInlineBotCallbackQuery':
      return pressed(update, making)
    case 'updateBotInlineQuery': {
      const { queryId, userId, query: text, offset } = update
      const answer = answerInline(making.client, queryId)
      const event = { queryId, sender: find(userId), text, offset, raw: update, answer }
      return { name: 'inlineQuery', event, lane: `inline ${userId}` }
    }
    default:
      return undefined
  }
}

function idOfChannel(channelId: bigint): bigint {
  return idOfPeer({ _: 'peerChannel', channelId })
}

function laneOf({ id }: Chat): string {
  return `chat ${id}`
}

function written(
  name: 'message' | 'edit',
  tlMessage: TlMessage,
  raw: Update,
  { find, client }: Making,
): MadeEvent | undefined {
  const message = messageOf(tlMessage, find, client.peers.selfId)
  if (message === undefined) return undefined
  const { chat, sender } = message
  const { selfId } = client.peers
  const ownNames = selfId === undefined ? [] : (client.peers.recent(selfId)?.usernames ?? [])
  const command = commandIn(message.text, ownNames)
  const event = { message, chat, sender, command, raw, reply: replyTo(client, message) }
  return { name, event, lane: laneOf(chat) }
}

type Read = Extract<
  Update,
  {
    _:
      | 'updateReadHistoryInbox'
      | 'updateReadHistoryOutbox'
      | 'updateReadChannelInbox'
      | 'updateReadChannelOutbox'
  }
>

function read(chat: Chat, by: ReadEvent['by'], raw: Read): MadeEvent {
  const unreadCount = 'stillUnreadCount' in raw ? raw.stillUnreadCount : undefined
  return { name: 'read', event: { chat, maxId: raw.maxId, by, unreadCount, raw }, lane: laneOf(chat) }
}

type Typing = Extract<Update, { _: 'updateUserTyping' | 'updateChatUserTyping' | 'updateChannelUserTyping' }>

function typing(chatId: bigint, from: Peer, raw: Typing, find: FindChat): MadeEvent {
  const chat = find(chatId)
  const event = { chat, sender: find(idOfPeer(from)), action: raw.action, raw }
  return { name: 'typing', event, lane: laneOf(chat) }
}

type Pressed = Extract<Update, { _: 'updateBotCallbackQuery' | 'updateInlineBotCallbackQuery' }>

function pressed(raw: Pressed, { client, find }: Making): MadeEvent {
  const { queryId, msgId: messageId, data: bytes } = raw
  const sender = find(raw.userId)
  const chat = raw._ === 'updateBotCallbackQuery' ? find(idOfPeer(raw.peer)) : undefined
  const data = new TextDecoder().decode(bytes ?? new Uint8Array())
  const answer = answerCallback(client, queryId)
  const edit = editPressed(client, chat, messageId)
  const event = { queryId, sender, chat, messageId, data, raw, answer, edit }
  return { name: 'callbackQuery', event, lane: laneOf(chat ?? sender) }
}
