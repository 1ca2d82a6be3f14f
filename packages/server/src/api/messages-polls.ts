import type { MessagePeerVote } from '@cablegram/tl/api'
import type { Voter } from '../rules/chats/decide-votes.ts'
import { listVotes, type OpenedPoll, pollResults, type VotesPage, vote } from '../rules/chats/votes.ts'
import type { Handler, HandlerContext, ResultOf } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { peerOf, tlPeer } from './peers.ts'
import { optionBytes, optionOf, pollUpdate } from './tl-polls.ts'

/** Votes in a poll, or takes the vote back. */
export const sendVote: Handler<'messages.sendVote'> = async ({ peer, msgId, options }, context) => {
  const message = { peerId: await peerOf(peer, context), messageId: msgId }
  return await pollUpdates(await vote(context.on, context.caller, message, options.map(optionOf)), context)
}

/** Gives the votes of a poll, as far as the caller may see them. */
export const getPollResults: Handler<'messages.getPollResults'> = async ({ peer, msgId }, context) => {
  const message = { peerId: await peerOf(peer, context), messageId: msgId }
  return await pollUpdates(await pollResults(context.on, context.caller, message), context)
}

async function pollUpdates(
  { pollId, poll }: OpenedPoll,
  context: HandlerContext,
): Promise<ResultOf<'messages.sendVote'>> {
  const book = peerBook(context)
  book.add(...poll.recentVoterIds)
  return {
    _: 'updates',
    updates: [pollUpdate(pollId, poll)],
    ...(await book.lists()),
    date: context.nowS,
    seq: 0,
  }
}

/** Lists who voted for what. */
export const getPollVotes: Handler<'messages.getPollVotes'> = async (request, context) => {
  const page = await listVotes(context.on, context.caller, {
    peerId: await peerOf(request.peer, context),
    messageId: request.id,
    option: request.option && optionOf(request.option),
    offset: request.offset ?? '',
    limit: request.limit,
  })
  const book = peerBook(context)
  book.add(...page.voters.map(({ userId }) => userId))
  return {
    _: 'messages.votesList',
    count: page.count,
    votes: page.voters.map((voter) => tlVote(voter, page, request.option !== undefined)),
    ...(await book.lists()),
    ...(page.nextOffset !== undefined && { nextOffset: page.nextOffset }),
  }
}

/** A query about one answer leaves the answer out; a poll with one vote for each person gives that vote. */
function tlVote({ userId, atS, options }: Voter, { poll }: VotesPage, isOfOption: boolean): MessagePeerVote {
  const shared = { peer: tlPeer(userId), date: atS }
  if (isOfOption) return { _: 'messagePeerVoteInputOption', ...shared }
  const chosen = options.map((place) => optionBytes(poll.answers[place]?.option ?? ''))
  const [only = new Uint8Array()] = chosen
  if (poll.isMultiple) return { _: 'messagePeerVoteMultiple', ...shared, options: chosen }
  return { _: 'messagePeerVote', ...shared, option: only }
}
