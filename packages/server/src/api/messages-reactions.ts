import type { ChatReactions, messages, Reaction as TlReaction, Update } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import { REACTION_EMOJI } from '../rules/chats/reaction-emoji.ts'
import { reactionPictures } from '../rules/chats/reaction-pictures.ts'
import {
  setDefaultReaction as chooseDefault,
  setAllowedReactions,
  tagsOf,
} from '../rules/chats/reaction-settings.ts'
import {
  listReactors,
  reactionsTo,
  seeAllReactions,
  setReactions,
  unreadReactions,
} from '../rules/chats/reactions.ts'
import { removeReaction, removeReactionsOf } from '../rules/chats/remove-reactions.ts'
import type { AllowedReactions } from '../rules/groups/words.ts'
import { refusal } from '../rules/index.ts'
import type { Reaction, SeenReactions } from '../rules/messages/words.ts'
import { chatIdOf } from './groups.ts'
import { constantAnswer, type Handler } from './handler.ts'
import { listHash } from './list-hash.ts'
import { peerBook } from './peer-book.ts'
import { peerOf, tlPeer } from './peers.ts'
import { viewerIn } from './side-view.ts'
import { tlMessage } from './tl-messages.ts'
import { tlPicture } from './tl-pictures.ts'
import { reactionOf, reactionsUpdate, tlReaction } from './tl-reactions.ts'

/** Replaces the caller's reactions to a message. */
export const sendReaction: Handler<'messages.sendReaction'> = async (request, context) => {
  const { on, caller, nowS } = context
  const peerId = await peerOf(request.peer, context)
  const reactions = (request.reaction ?? []).map(reactionOf)
  const seen = await setReactions(on, caller, { peerId, id: request.msgId, reactions })
  const book = peerBook(context)
  book.add(peerId, ...reactorsIn(seen))
  return {
    _: 'updates',
    updates: [reactionsUpdate(peerId, request.msgId, seen)],
    ...(await book.lists()),
    date: nowS,
    seq: 0,
  }
}

/** Gives the reactions to messages. */
export const getMessagesReactions: Handler<'messages.getMessagesReactions'> = async (request, context) => {
  const { on, caller, nowS } = context
  const peerId = await peerOf(request.peer, context)
  const book = peerBook(context)
  book.add(peerId)
  const updates: Update[] = []
  for (const [id, seen] of await reactionsTo(on, caller, peerId, request.id)) {
    book.add(...reactorsIn(seen))
    updates.push(reactionsUpdate(peerId, id, seen))
  }
  return { _: 'updates', updates, ...(await book.lists()), date: nowS, seq: 0 }
}

function reactorsIn({ recent }: SeenReactions): bigint[] {
  return recent.map(({ userId }) => userId)
}

/** Lists who reacted to a message, and how. */
export const getMessageReactionsList: Handler<'messages.getMessageReactionsList'> = async (
  request,
  context,
) => {
  const { on, caller } = context
  const page = await listReactors(on, caller, {
    peerId: await peerOf(request.peer, context),
    id: request.id,
    reaction: request.reaction && reactionOf(request.reaction),
    offset: request.offset ?? '',
    limit: request.limit,
  })
  const viewerId = requireUserId(caller.state)
  const book = peerBook(context)
  book.add(...page.reactors.map(({ userId }) => userId))
  return {
    _: 'messages.messageReactionsList',
    count: page.count,
    reactions: page.reactors.map(({ userId, reaction, atS }) => ({
      _: 'messagePeerReaction',
      ...(userId === viewerId && { my: true }),
      peerId: tlPeer(userId),
      date: atS,
      reaction: tlReaction(reaction),
    })),
    ...(await book.lists()),
    ...(page.nextOffset !== undefined && { nextOffset: page.nextOffset }),
  }
}

/** Lists the caller's messages with reactions that the caller has not seen. */
export const getUnreadReactions: Handler<'messages.getUnreadReactions'> = async (request, context) => {
  const peerId = await peerOf(request.peer, context)
  const { messages, count } = await unreadReactions(context.on, context.caller, { ...request, peerId })
  const book = peerBook(context)
  book.addMessages(messages)
  const parts = {
    messages: messages.map((message) => tlMessage(message, viewerIn(context))),
    topics: [],
    ...(await book.lists()),
  }
  if (messages.length === count) return { _: 'messages.messages', ...parts }
  return { _: 'messages.messagesSlice', count, ...parts }
}

/** Marks the reactions in a chat as seen. */
export const readReactions: Handler<'messages.readReactions'> = async ({ peer }, context) => {
  const affected = await seeAllReactions(context.on, context.caller, await peerOf(peer, context))
  return { _: 'messages.affectedHistory', ...affected, offset: 0 }
}

const PICTURES_HASH = 2
/** The answers by data centre: they are large, and the same for everybody. */
const available = new Map<number, messages.AvailableReactions>()

/** Gives the pictures of reactions. TDLib reacts only with emoji that have some. */
export const getAvailableReactions: Handler<'messages.getAvailableReactions'> = ({ hash }, { caller }) => {
  if (hash === PICTURES_HASH) return { _: 'messages.availableReactionsNotModified' }
  const made = available.get(caller.dcId) ?? constantAnswer(availableIn(caller.dcId))
  available.set(caller.dcId, made)
  return made
}

function availableIn(dcId: number): messages.AvailableReactions {
  const reactions = reactionPictures().map(({ emoji, still, moving }) => {
    const [picture, animation] = [tlPicture(still, dcId), tlPicture(moving, dcId)]
    return {
      _: 'availableReaction' as const,
      reaction: emoji,
      title: emoji,
      staticIcon: picture,
      appearAnimation: animation,
      selectAnimation: animation,
      activateAnimation: animation,
      effectAnimation: animation,
      aroundAnimation: animation,
      centerIcon: animation,
    }
  })
  return { _: 'messages.availableReactions', hash: PICTURES_HASH, reactions }
}

const TOP_HASH = 1n

/** Suggests the customary reactions. */
export const getTopReactions: Handler<'messages.getTopReactions'> = ({ hash, limit }) => {
  if (hash === TOP_HASH) return { _: 'messages.reactionsNotModified' }
  const reactions = REACTION_EMOJI.slice(0, Math.max(0, limit)).map(tlReaction)
  return { _: 'messages.reactions', hash: TOP_HASH, reactions }
}

/** Suggests the reactions that the caller used last: the server does not keep them. */
export const getRecentReactions: Handler<'messages.getRecentReactions'> = () => ({
  _: 'messages.reactions',
  hash: 0n,
  reactions: [],
})

/** Forgets the reactions that the caller used last, of which the server keeps none. */
export const clearRecentReactions: Handler<'messages.clearRecentReactions'> = () => true

/** Chooses the reaction of a double tap; help.getConfig tells it. */
export const setDefaultReaction: Handler<'messages.setDefaultReaction'> = async ({ reaction }, context) => {
  await chooseDefault(context.on, context.caller, knownReactionOf(reaction))
  return true
}

/** A reaction where only emoji are meant. @throws {RpcError} REACTION_INVALID */
function knownReactionOf(reaction: TlReaction): Reaction {
  if (reaction._ !== 'reactionEmoji') throw refusal('REACTION_INVALID')
  return reaction.emoticon
}

/** Chooses the reactions that a group allows. */
export const setChatAvailableReactions: Handler<'messages.setChatAvailableReactions'> = async (
  { peer, availableReactions, reactionsLimit: limit },
  context,
) => {
  const chatId = chatIdOf(await peerOf(peer, context))
  const allowed = allowedIn(availableReactions)
  await setAllowedReactions(context.on, context.caller, chatId, { allowed, limit })
  const book = peerBook(context)
  book.add(-chatId)
  const updates: Update[] = [{ _: 'updateChat', chatId }]
  return { _: 'updates', updates, ...(await book.lists()), date: context.nowS, seq: 0 }
}

function allowedIn(reactions: ChatReactions): AllowedReactions {
  switch (reactions._) {
    case 'chatReactionsAll':
      return 'all'
    case 'chatReactionsNone':
      return []
    case 'chatReactionsSome':
      return reactions.reactions.map(knownReactionOf)
  }
}

/** Takes the reactions of somebody off a message, as somebody who leads the group. */
export const deleteParticipantReaction: Handler<'messages.deleteParticipantReaction'> = async (
  { peer, msgId: id, participant },
  context,
) => {
  const peerId = await peerOf(peer, context)
  const reactorId = await peerOf(participant, context)
  const seen = await removeReaction(context.on, context.caller, { peerId, id, reactorId })
  const book = peerBook(context)
  book.add(peerId, ...reactorsIn(seen))
  const updates = [reactionsUpdate(peerId, id, seen)]
  return { _: 'updates', updates, ...(await book.lists()), date: context.nowS, seq: 0 }
}

/** Takes the reactions of somebody off all messages of a group, as somebody who leads it. */
export const deleteParticipantReactions: Handler<'messages.deleteParticipantReactions'> = async (
  { peer, participant },
  context,
) => {
  const [peerId, reactorId] = [await peerOf(peer, context), await peerOf(participant, context)]
  await removeReactionsOf(context.on, context.caller, { peerId, reactorId })
  return true
}

/** Lists the reactions with which the caller tags messages in Saved Messages. */
export const getSavedReactionTags: Handler<'messages.getSavedReactionTags'> = async (
  { peer, hash: known },
  context,
) => {
  const tags = await tagsOf(context.on, context.caller, peer && (await peerOf(peer, context)))
  const hash = listHash(tags.flatMap(({ reaction, count }) => [REACTION_EMOJI.indexOf(reaction) + 1, count]))
  if (known !== 0n && known === hash) return { _: 'messages.savedReactionTagsNotModified' }
  return {
    _: 'messages.savedReactionTags',
    tags: tags.map(({ reaction, count }) => ({
      _: 'savedReactionTag',
      reaction: tlReaction(reaction),
      count,
    })),
    hash,
  }
}

/** Suggests emoji for tags. */
export const getDefaultTagReactions: Handler<'messages.getDefaultTagReactions'> = ({ hash }) => {
  if (hash === TOP_HASH) return { _: 'messages.reactionsNotModified' }
  const reactions = REACTION_EMOJI.slice(0, MAX_TAGS).map(tlReaction)
  return { _: 'messages.reactions', hash: TOP_HASH, reactions }
}

const MAX_TAGS = 20
