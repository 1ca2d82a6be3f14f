import type {
  MessageAction,
  MessageFwdHeader,
  MessageReplyHeader,
  RequestedPeer,
  Dialog as TlDialog,
  Message as TlMessage,
  Update,
} from '@cablegram/tl/api'
import type { MediaSource } from '../rules/files/media-access.ts'
import type {
  BoxEvent,
  Dialog,
  Forward,
  Message,
  ServiceAction,
  SharedPeer,
} from '../rules/messages/words.ts'
import { listHash } from './list-hash.ts'
import { tlPeer } from './peers.ts'
import type { BoxViewer } from './side-view.ts'
import { tlEntities } from './tl-entities.ts'
import { tlPhoto } from './tl-files.ts'
import { tlMarkup } from './tl-markup.ts'
import { tlMedia } from './tl-media.ts'
import { tlNotifySettings } from './tl-notify.ts'
import { tlPollAnswer } from './tl-polls.ts'
import { tlReactions } from './tl-reactions.ts'

/** A message in its owner's box. On the wall clock it is never in the future; the rules' clock may be ahead. */
export function tlMessage(message: Message, viewer: BoxViewer): TlMessage {
  const { action, text, entities, media, markup, forward, viaBotId, reactions, editedAtS } = message
  const shared = sharedFields(message, viewer.nowS)
  if (action !== undefined) {
    return { ...shared, _: 'messageService', action: tlAction(action, message, viewer) }
  }
  // Not by spreads: a page has a hundred messages, and each spread of nothing takes as long as a field.
  const tl: Extract<TlMessage, { _: 'message' }> = { ...shared, _: 'message', message: text }
  if (message.isFromScheduled) tl.fromScheduled = true
  if (message.isPinned) tl.pinned = true
  if (message.isProtected) tl.noforwards = true
  if (forward !== undefined) tl.fwdFrom = tlForward(forward)
  if (viaBotId !== undefined) tl.viaBotId = viaBotId
  if (entities.length > 0) tl.entities = tlEntities(entities)
  if (media !== undefined) tl.media = tlMedia(media, viewer, sourceOf(message))
  if (message.groupedId !== undefined) tl.groupedId = message.groupedId
  if (markup !== undefined) tl.replyMarkup = tlMarkup(markup)
  if (reactions !== undefined) tl.reactions = tlReactions(reactions, message.peerId)
  if (editedAtS !== undefined) tl.editDate = editedAtS
  return tl
}

/** The message as the place to which clients go for a new file reference. */
function sourceOf({ id }: Message): MediaSource {
  return { kind: 1, id: BigInt(id) }
}

/** The fields that messages and service messages have in common. */
type SharedFields = Pick<
  Extract<TlMessage, { _: 'message' }>,
  | 'id'
  | 'fromId'
  | 'peerId'
  | 'savedPeerId'
  | 'replyTo'
  | 'date'
  | 'out'
  | 'mentioned'
  | 'mediaUnread'
  | 'silent'
>

/** In Saved Messages nothing is outgoing. */
function sharedFields(message: Message, nowS: number): SharedFields {
  const { id, peerId, fromId, isOut, dateS } = message
  const isSaved = isOut && peerId === fromId
  const replyTo = tlReply(message)
  const shared: SharedFields = {
    id,
    fromId: tlPeer(fromId),
    peerId: tlPeer(peerId),
    date: Math.min(dateS, nowS),
  }
  if (isOut && !isSaved) shared.out = true
  if (message.isMentioned) shared.mentioned = true
  if (message.hasUnreadContent) shared.mediaUnread = true
  if (message.isSilent) shared.silent = true
  // Messages of before there were chats in it are of the owner's own.
  if (isSaved) shared.savedPeerId = tlPeer(message.savedPeerId ?? fromId)
  if (replyTo !== undefined) shared.replyTo = replyTo
  return shared
}

function tlReply({ replyToId, reply }: Message): MessageReplyHeader | undefined {
  if (replyToId === undefined && reply === undefined) return undefined
  const quote = reply?.quote
  return {
    _: 'messageReplyHeader',
    ...(replyToId !== undefined && { replyToMsgId: replyToId }),
    ...(quote !== undefined && {
      quote: true,
      quoteText: quote.text,
      ...(quote.entities.length > 0 && { quoteEntities: tlEntities(quote.entities) }),
      quoteOffset: quote.offset,
    }),
  }
}

function tlForward({ fromId, fromName, dateS, savedFrom }: Forward): MessageFwdHeader {
  return {
    _: 'messageFwdHeader',
    ...(fromId !== undefined && { fromId: tlPeer(fromId) }),
    ...(fromName !== undefined && { fromName }),
    date: dateS,
    ...(savedFrom !== undefined && {
      savedFromPeer: tlPeer(savedFrom.peerId),
      savedFromMsgId: savedFrom.id,
    }),
  }
}

function tlAction(action: ServiceAction, message: Message, viewer: BoxViewer): MessageAction {
  switch (action.kind) {
    case 'chatCreate':
      return { _: 'messageActionChatCreate', title: action.title, users: [...action.userIds] }
    case 'chatEditTitle':
      return { _: 'messageActionChatEditTitle', title: action.title }
    case 'chatEditPhoto':
      return { _: 'messageActionChatEditPhoto', photo: tlPhoto(action.photo, viewer, sourceOf(message)) }
    case 'chatDeletePhoto':
      return { _: 'messageActionChatDeletePhoto' }
    case 'chatAddUser':
      return { _: 'messageActionChatAddUser', users: [...action.userIds] }
    case 'chatDeleteUser':
      return { _: 'messageActionChatDeleteUser', userId: action.userId }
    case 'chatJoinedByLink':
      return { _: 'messageActionChatJoinedByLink', inviterId: action.inviterId }
    case 'chatJoinedByRequest':
      return { _: 'messageActionChatJoinedByRequest' }
    case 'changeCreator':
      return { _: 'messageActionChangeCreator', newCreatorId: action.userId }
    case 'pollAddAnswer':
      return { _: 'messageActionPollAppendAnswer', answer: tlPollAnswer(action.answer) }
    case 'pollDeleteAnswer':
      return { _: 'messageActionPollDeleteAnswer', answer: tlPollAnswer(action.answer) }
    case 'pinMessage':
      return { _: 'messageActionPinMessage' }
    case 'historyClear':
      return { _: 'messageActionHistoryClear' }
    case 'contactSignUp':
      return { _: 'messageActionContactSignUp' }
    case 'botAllowed':
      return { _: 'messageActionBotAllowed', fromRequest: true }
    case 'requestedPeers': {
      const { buttonNumber: buttonId, peerIds, shared } = action
      if (message.isOut) return { _: 'messageActionRequestedPeer', buttonId, peers: peerIds.map(tlPeer) }
      return { _: 'messageActionRequestedPeerSentMe', buttonId, peers: shared.map(tlShared) }
    }
  }
}

function tlShared({ peerId, firstName, lastName, title, username }: SharedPeer): RequestedPeer {
  if (peerId < 0n) {
    return { _: 'requestedPeerChat', chatId: -peerId, ...(title !== undefined && { title }) }
  }
  const named = firstName !== undefined && { firstName, lastName: lastName ?? '' }
  return { _: 'requestedPeerUser', userId: peerId, ...named, ...(username !== undefined && { username }) }
}

/** A chat in its owner's list. */
export function tlDialog(dialog: Dialog): TlDialog {
  const { peerId, topMessage } = dialog
  return {
    _: 'dialog',
    ...(dialog.isPinned && { pinned: true }),
    ...(dialog.isMarkedUnread && { unreadMark: true }),
    peer: tlPeer(peerId),
    topMessage: topMessage?.id ?? 0,
    readInboxMaxId: dialog.readInboxMaxId,
    readOutboxMaxId: dialog.readOutboxMaxId,
    unreadCount: dialog.unreadCount,
    unreadMentionsCount: dialog.unreadMentionsCount,
    unreadReactionsCount: dialog.unreadReactionsCount,
    unreadPollVotesCount: dialog.unreadVotesCount,
    notifySettings: tlNotifySettings(dialog),
    ...(dialog.folderId !== 0 && { folderId: dialog.folderId }),
  }
}

/** An event of a box in TL. */
export function tlBoxEvent(event: BoxEvent, viewer: BoxViewer): Update {
  const { pts, ptsCount } = event
  switch (event.kind) {
    case 'newMessage':
      return { _: 'updateNewMessage', message: tlMessage(event.message, viewer), pts, ptsCount }
    case 'editMessage':
      return { _: 'updateEditMessage', message: tlMessage(event.message, viewer), pts, ptsCount }
    case 'readInbox': {
      const { maxId, unreadCount: stillUnreadCount } = event
      const peer = tlPeer(event.peerId)
      return { _: 'updateReadHistoryInbox', peer, maxId, stillUnreadCount, pts, ptsCount }
    }
    case 'readOutbox':
      return { _: 'updateReadHistoryOutbox', peer: tlPeer(event.peerId), maxId: event.maxId, pts, ptsCount }
    case 'deleteMessages':
      return { _: 'updateDeleteMessages', messages: [...event.ids], pts, ptsCount }
    case 'pinned': {
      const [peer, messages] = [tlPeer(event.peerId), [...event.ids]]
      return {
        _: 'updatePinnedMessages',
        ...(event.isPinned && { pinned: true }),
        peer,
        messages,
        pts,
        ptsCount,
      }
    }
    case 'readContents':
      return { _: 'updateReadMessagesContents', messages: [...event.ids], pts, ptsCount }
    case 'folder': {
      const folderPeer = { _: 'folderPeer', peer: tlPeer(event.peerId), folderId: event.folderId } as const
      return { _: 'updateFolderPeers', folderPeers: [folderPeer], pts, ptsCount }
    }
  }
}

/**
 * The hash that a client sends to say that it already has these messages.
 *
 * @see https://core.telegram.org/api/offsets#hash-generation
 */
export function historyHash(messages: readonly Message[]): bigint {
  return listHash(messages.map(({ id }) => id))
}
