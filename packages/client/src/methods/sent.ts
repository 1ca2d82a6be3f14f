import { ProtocolError } from '@cablegram/mtproto'
import type { Message as TlMessage, Update, Updates } from '@cablegram/tl/api'
import { Message, messageOf } from '../message/message.ts'
import { peerOfId } from '../peers/ids.ts'
import type { FoundPeer } from '../peers/resolve.ts'
import { chatsIn, type FindChat } from '../peers/views.ts'
import type { FormattedText } from '../text/formatted.ts'
import type { MethodClient } from './method-client.ts'

/** A message that was sent, for answers that repeat only a part of it. */
export interface Outgoing {
  readonly to: FoundPeer
  readonly text: FormattedText
  readonly replyTo: number | undefined
}

/** Updates and the chats that they name; one for the short forms. */
function openUpdates(
  client: MethodClient,
  updates: Updates,
): { list: readonly Update[]; findChat: FindChat } {
  switch (updates._) {
    case 'updates':
    case 'updatesCombined':
      return { list: updates.updates, findChat: chatsIn(updates, client.peers) }
    case 'updateShort':
      return { list: [updates.update], findChat: chatsIn(NOBODY, client.peers) }
    default:
      return { list: [], findChat: chatsIn(NOBODY, client.peers) }
  }
}

const NOBODY = { users: [], chats: [] }

/**
 * The messages that the answer of a send tells of, in the order of the random ids; undefined for one that it does not tell of.
 */
export function sentMessages(
  client: MethodClient,
  updates: Updates,
  randomIds: readonly bigint[],
): (Message | undefined)[] {
  const { list, findChat } = openUpdates(client, updates)
  const messages = new Map<number, NewMessage>()
  const ids = new Map<bigint, number>()
  for (const update of list) {
    if (update._ === 'updateMessageID') ids.set(update.randomId, update.id)
    else if (isNewMessage(update)) messages.set(update.message.id, update)
  }
  // An answer without numbers tells of the messages in their order.
  const inOrder = ids.size === 0 ? [...messages.values()] : []
  return randomIds.map((randomId, index) => {
    const id = ids.get(randomId)
    const told = id === undefined ? inOrder[index] : messages.get(id)
    return told && messageIn(client, told, findChat)
  })
}

/** The message that the answer of a send tells of. @throws ProtocolError ANSWER_INVALID */
export function sentMessage(
  client: MethodClient,
  updates: Updates,
  randomId: bigint,
  outgoing: Outgoing,
): Message {
  if (updates._ === 'updateShortSentMessage') return shortSent(client, updates, outgoing)
  if (updates._ === 'updateShortMessage' || updates._ === 'updateShortChatMessage') {
    return shortMessage(client, updates, outgoing)
  }
  const [message] = sentMessages(client, updates, [randomId])
  if (message) return message
  throw missing('a send', updates)
}

/** The message that the answer of an edit tells of. @throws ProtocolError ANSWER_INVALID */
export function editedMessage(client: MethodClient, updates: Updates, id: number): Message {
  const { list, findChat } = openUpdates(client, updates)
  for (const update of list) {
    const isEdit = update._ === 'updateEditMessage' || update._ === 'updateEditChannelMessage'
    if (!isEdit && !isNewMessage(update)) continue
    if (update.message.id !== id) continue
    const message = messageIn(client, update, findChat)
    if (message) return message
  }
  throw missing('an edit', updates)
}

function messageIn(
  { peers }: MethodClient,
  { _, message }: NewMessage | Edit,
  findChat: FindChat,
): Message | undefined {
  return messageOf(message, findChat, peers.selfId, _ === 'updateNewScheduledMessage')
}

function isNewMessage(update: Update): update is NewMessage {
  return (NEW as readonly string[]).includes(update._)
}

const NEW = ['updateNewMessage', 'updateNewChannelMessage', 'updateNewScheduledMessage'] as const
type NewMessage = Extract<Update, { _: (typeof NEW)[number] }>
type Edit = Extract<Update, { _: 'updateEditMessage' | 'updateEditChannelMessage' }>

/** The answer has number and date; the rest is what was sent. */
function shortSent(
  client: MethodClient,
  { id, date, media, entities, ttlPeriod }: Extract<Updates, { _: 'updateShortSentMessage' }>,
  outgoing: Outgoing,
): Message {
  const rest = {
    ...(media !== undefined && { media }),
    ...(entities !== undefined && { entities }),
    ...(ttlPeriod !== undefined && { ttlPeriod }),
  }
  return written(client, { id, date, ...rest }, outgoing)
}

function shortMessage(
  client: MethodClient,
  update: Extract<Updates, { _: 'updateShortMessage' | 'updateShortChatMessage' }>,
  outgoing: Outgoing,
): Message {
  const { id, date, entities, message } = update
  const text = { text: message, entities: entities ?? [] }
  return written(client, { id, date, ...(entities !== undefined && { entities }) }, { ...outgoing, text })
}

function written(
  client: MethodClient,
  fields: Pick<Extract<TlMessage, { _: 'message' }>, 'id' | 'date' | 'media' | 'entities'>,
  { to, text, replyTo }: Outgoing,
): Message {
  const { selfId } = client.peers
  const peerId = peerOfId(to.chat.id)
  if (peerId === undefined || selfId === undefined) throw missing('a send', undefined)
  const isSaved = to.chat.id === selfId
  const raw: TlMessage = {
    _: 'message',
    ...(!isSaved && { out: true }),
    fromId: { _: 'peerUser', userId: selfId },
    peerId,
    message: text.text,
    ...(replyTo !== undefined && { replyTo: { _: 'messageReplyHeader', replyToMsgId: replyTo } }),
    ...fields,
  }
  const sender = chatsIn(NOBODY, client.peers)(selfId)
  return new Message(raw, to.chat, isSaved ? to.chat : sender)
}

function missing(what: string, updates: Updates | undefined): ProtocolError {
  const message = `The answer of ${what} (${updates?._ ?? 'nothing'}) does not say which message it was.`
  return new ProtocolError('ANSWER_INVALID', message)
}
