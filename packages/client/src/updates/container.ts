import type { Chat, Message, Peer, Requests, Update, Updates, User } from '@cablegram/tl/api'

/** The updates in a container, whatever its form. */
export interface Opened {
  readonly updates: readonly Update[]
  readonly users: readonly User[]
  readonly chats: readonly Chat[]
  readonly dateS: number
  /** The numbers of the packet; 0: it is not counted. */
  readonly seqStart: number
  readonly seq: number
  /** Users and groups that the client must know already: the short forms do not describe them. */
  readonly assumed: readonly Peer[]
}

type Short = Extract<Updates, { _: 'updateShortMessage' | 'updateShortChatMessage' }>
type ShortSent = Extract<Updates, { _: 'updateShortSentMessage' }>

const NOBODY = { users: [], chats: [], seqStart: 0, seq: 0, assumed: [] } as const

/** Opens a container; undefined if it says no more than that something happened. */
export function openContainer(container: Updates, userId: bigint): Opened | undefined {
  switch (container._) {
    case 'updates':
      return opened(container, container.seq)
    case 'updatesCombined':
      return opened(container, container.seqStart)
    case 'updateShort':
      return { ...NOBODY, updates: [container.update], dateS: container.date }
    case 'updateShortMessage':
    case 'updateShortChatMessage': {
      const { pts, ptsCount, date: dateS } = container
      const message = longOf(container, userId)
      const update: Update = { _: 'updateNewMessage', message, pts, ptsCount }
      return { ...NOBODY, updates: [update], dateS, assumed: peersOf(container) }
    }
    // Without the call that it answers, the last one says too little.
    case 'updatesTooLong':
    case 'updateShortSentMessage':
      return undefined
  }
}

function opened(
  { updates, users, chats, date, seq }: Extract<Updates, { _: 'updates' | 'updatesCombined' }>,
  seqStart: number,
): Opened {
  return { updates, users, chats, dateS: date, seqStart, seq, assumed: [] }
}

function longOf(short: Short, userId: bigint): Message {
  const { _: _name, pts: _pts, ptsCount: _count, ...rest } = short
  const self: Peer = { _: 'peerUser', userId }
  if (rest && 'chatId' in rest) {
    const { chatId, fromId, ...same } = rest
    return {
      _: 'message',
      ...same,
      fromId: { _: 'peerUser', userId: fromId },
      peerId: { _: 'peerChat', chatId },
    }
  }
  const { userId: other, ...same } = rest
  const peerId: Peer = { _: 'peerUser', userId: other }
  return { _: 'message', ...same, fromId: same.out === true ? self : peerId, peerId }
}

function peersOf(short: Short): Peer[] {
  const named: Peer[] =
    short._ === 'updateShortMessage'
      ? [{ _: 'peerUser', userId: short.userId }]
      : [
          { _: 'peerUser', userId: short.fromId },
          { _: 'peerChat', chatId: short.chatId },
        ]
  const { fwdFrom, viaBotId, entities = [] } = short
  if (fwdFrom?.fromId) named.push(fwdFrom.fromId)
  if (viaBotId !== undefined) named.push({ _: 'peerUser', userId: viaBotId })
  for (const entity of entities) {
    if (entity._ === 'messageEntityMentionName') named.push({ _: 'peerUser', userId: entity.userId })
  }
  return named
}

/** The answer of messages.sendMessage in full: the client has the rest of what it has sent. */
export function openSent(
  sent: ShortSent,
  { peer, message, silent, replyTo, noforwards }: Requests['messages.sendMessage'],
  userId: bigint,
): Updates {
  const { id, date, out, entities, media, ttlPeriod, pts, ptsCount } = sent
  const replyToMsgId = replyTo?._ === 'inputReplyToMessage' ? replyTo.replyToMsgId : undefined
  const full: Message = {
    _: 'message',
    id,
    date,
    message,
    fromId: { _: 'peerUser', userId },
    peerId: peerOf(peer, userId),
    ...(out && { out }),
    ...(silent && { silent }),
    ...(noforwards && { noforwards }),
    ...(entities && { entities }),
    ...(media && { media }),
    ...(ttlPeriod !== undefined && { ttlPeriod }),
    ...(replyToMsgId !== undefined && { replyTo: { _: 'messageReplyHeader', replyToMsgId } }),
  }
  const update: Update = { _: 'updateNewMessage', message: full, pts, ptsCount }
  return { _: 'updates', updates: [update], users: [], chats: [], date, seq: 0 }
}

function peerOf(peer: Requests['messages.sendMessage']['peer'], userId: bigint): Peer {
  switch (peer._) {
    case 'inputPeerChat':
      return { _: 'peerChat', chatId: peer.chatId }
    case 'inputPeerUser':
    case 'inputPeerUserFromMessage':
      return { _: 'peerUser', userId: peer.userId }
    case 'inputPeerChannel':
    case 'inputPeerChannelFromMessage':
      return { _: 'peerChannel', channelId: peer.channelId }
    default:
      return { _: 'peerUser', userId }
  }
}
