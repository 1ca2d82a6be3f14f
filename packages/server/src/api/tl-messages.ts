import type { Dialog as TlDialog, Message as TlMessage, Update } from '@cablegram/tl/api'
import type { BoxEvent, Dialog, Message } from '../rules/messages/words.ts'
import { tlEntities } from './tl-entities.ts'

/**
 * A message in its owner's box.
 * @param nowS on the wall clock; the rules' clock may be ahead of it
 */
export function tlMessage(message: Message, nowS: number): Extract<TlMessage, { _: 'message' }> {
  const { id, peerId, fromId, isOut, dateS, text, entities } = message
  // In Saved Messages nothing is outgoing, and a message belongs to the topic of its author.
  const isSaved = isOut && peerId === fromId
  return {
    _: 'message',
    ...(isOut && !isSaved && { out: true }),
    id,
    fromId: { _: 'peerUser', userId: fromId },
    peerId: { _: 'peerUser', userId: peerId },
    ...(isSaved && { savedPeerId: { _: 'peerUser', userId: fromId } }),
    date: Math.min(dateS, nowS),
    message: text,
    ...(entities.length > 0 && { entities: tlEntities(entities) }),
  }
}

/** A chat in its owner's list. The other side's read mark is not told. */
export function tlDialog({ peerId, topMessage, readInboxMaxId, unreadCount }: Dialog): TlDialog {
  return {
    _: 'dialog',
    peer: { _: 'peerUser', userId: peerId },
    topMessage: topMessage?.id ?? 0,
    readInboxMaxId,
    readOutboxMaxId: 0,
    unreadCount,
    unreadMentionsCount: 0,
    unreadReactionsCount: 0,
    unreadPollVotesCount: 0,
    notifySettings: { _: 'peerNotifySettings' },
  }
}

/** An event of a box in TL. */
export function tlBoxEvent(event: BoxEvent, nowS: number): Update {
  const { pts, ptsCount } = event
  switch (event.kind) {
    case 'newMessage':
      return { _: 'updateNewMessage', message: tlMessage(event.message, nowS), pts, ptsCount }
    case 'readInbox':
      return {
        _: 'updateReadHistoryInbox',
        peer: { _: 'peerUser', userId: event.peerId },
        maxId: event.maxId,
        stillUnreadCount: event.unreadCount,
        pts,
        ptsCount,
      }
    case 'deleteMessages':
      return { _: 'updateDeleteMessages', messages: [...event.ids], pts, ptsCount }
  }
}

/**
 * The hash that a client sends to say that it already has these messages.
 *
 * @see https://core.telegram.org/api/offsets#hash-generation
 */
export function historyHash(messages: readonly Message[]): bigint {
  let hash = 0n
  for (const { id } of messages) {
    hash ^= hash >> 21n
    hash = BigInt.asUintN(64, hash ^ (hash << 35n))
    hash = BigInt.asUintN(64, (hash ^ (hash >> 4n)) + BigInt(id))
  }
  return BigInt.asIntN(64, hash)
}
