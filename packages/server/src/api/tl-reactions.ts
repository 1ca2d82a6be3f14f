import type { MessageReactions, Reaction as TlReaction, Update } from '@cablegram/tl/api'
import { refusal } from '../rules/index.ts'
import type { PeerId, Reaction, SeenReactions } from '../rules/messages/words.ts'
import { tlPeer } from './peers.ts'

/** A reaction in TL. */
export function tlReaction(reaction: Reaction): TlReaction {
  if (!reaction.startsWith('#')) return { _: 'reactionEmoji', emoticon: reaction }
  return { _: 'reactionCustomEmoji', documentId: BigInt(reaction.slice(1)) }
}

/** A client's reaction. @throws {RpcError} REACTION_EMPTY, REACTION_INVALID */
export function reactionOf(reaction: TlReaction): Reaction {
  switch (reaction._) {
    case 'reactionEmoji':
      return reaction.emoticon
    case 'reactionCustomEmoji':
      return `#${reaction.documentId}`
    case 'reactionEmpty':
      throw refusal('REACTION_EMPTY')
    // Paid ones are sent by a method of their own.
    case 'reactionPaid':
      throw refusal('REACTION_INVALID')
  }
}

/** The reactions to a message, as the viewer sees them. */
export function tlReactions({ counts, recent }: SeenReactions, peerId: PeerId): MessageReactions {
  return {
    _: 'messageReactions',
    ...(peerId < 0n && { canSeeList: true }),
    results: counts.map(({ reaction, count, chosenPlace }) => ({
      _: 'reactionCount',
      ...(chosenPlace !== undefined && { chosenOrder: chosenPlace }),
      reaction: tlReaction(reaction),
      count,
    })),
    ...(recent.length > 0 && {
      recentReactions: recent.map(({ userId, reaction, atS, isOwn, isUnread }) => ({
        _: 'messagePeerReaction',
        ...(isUnread && { unread: true }),
        ...(isOwn && { my: true }),
        peerId: tlPeer(userId),
        date: atS,
        reaction: tlReaction(reaction),
      })),
    }),
  }
}

/** A change of the reactions to a message, under its id in the viewer's box. */
export function reactionsUpdate(peerId: PeerId, id: number, reactions: SeenReactions): Update {
  return {
    _: 'updateMessageReactions',
    peer: tlPeer(peerId),
    msgId: id,
    reactions: tlReactions(reactions, peerId),
  }
}
