import type { Peer, Dialog as TlDialog, Message as TlMessage, Update } from '@cablegram/tl/api'
import {
  type BoxEvent,
  CHANNELS_BELOW,
  type Dialog,
  type Message,
  type PeerId,
} from '../rules/messages/words.ts'
import { tlEntities } from './tl-entities.ts'

/**
 * A message in its owner's box.
 * @param nowS on the wall clock; the rules' clock may be ahead of it
 */
export function tlMessage(message: Message, nowS: number): Extract<TlMessage, { _: 'message' }> {
  const { id, peerId, fromId, isOut, dateS, text, entities } = message
  // In Saved Messages nothing is outgoing. Old rows have no topic there: it is that of the owner.
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

/** A peer in TL. */
function tlPeer(peerId: PeerId): Peer {
  if (peerId > 0n) return { _: 'peerUser', userId: peerId }
  if (peerId > CHANNELS_BELOW) return { _: 'peerChat', chatId: -peerId }
  return { _: 'peerChannel', channelId: CHANNELS_BELOW - peerId }
}

/** An event of a box in TL. */
export function tlBoxEvent(event: BoxEvent, nowS: number): Update {
  const { pts, ptsCount } = event
  switch (event.kind) {
    case 'newMessage':
      return { _: 'updateNewMessage', message: tlMessage(event.message, nowS), pts, ptsCount }
    case 'editMessage':
      return { _: 'updateEditMessage', message: tlMessage(event.message, nowS), pts, ptsCount }
    case 'readOutbox':
      return { _: 'updateReadHistoryOutbox', peer: tlPeer(event.peerId), maxId: event.maxId, pts, ptsCount }
    case 'pinned':
      return {
        _: 'updatePinnedMessages',
        ...(event.isPinned && { pinned: true }),
        peer: tlPeer(event.peerId),
        messages: [...event.ids],
        pts,
        ptsCount,
      }
    case 'readContents':
      return { _: 'updateReadMessagesContents', messages: [...event.ids], pts, ptsCount }
    case 'folder':
      return {
        _: 'updateFolderPeers',
        folderPeers: [{ _: 'folderPeer', peer: tlPeer(event.peerId), folderId: event.folderId }],
        pts,
        ptsCount,
      }
    case 'readInbox':
      return {
        _: 'updateReadHistoryInbox',
        peer: tlPeer(event.peerId),
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
