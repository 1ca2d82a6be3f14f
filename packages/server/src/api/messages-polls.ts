import type { MessagePeerVote, Updates } from '@cablegram/tl/api'
import type { Voter } from '../rules/chats/decide-votes.ts'
import { type AnswersChanged, addAnswer, deleteAnswer } from '../rules/chats/poll-answers.ts'
import { seeAllVotes, unreadVotes } from '../rules/chats/unread-votes.ts'
import { listVotes, pollResults, type VotesPage, vote } from '../rules/chats/votes.ts'
import type { Handler, HandlerContext } from './handler.ts'
import { messageParts } from './message-parts.ts'
import { peerBook } from './peer-book.ts'
import { knownUserIdOf, peerOf, tlPeer } from './peers.ts'
import { pollUpdates, together } from './poll-updates.ts'
import { sentUpdates } from './sent-updates.ts'
import { textEntities } from './tl-entities.ts'
import { optionBytes, optionOf } from './tl-polls.ts'

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

/** Adds an answer to a poll that lets people do so. @throws {RpcError} POLL_ANSWER_INVALID */
export const addPollAnswer: Handler<'messages.addPollAnswer'> = async ({ peer, msgId, answer }, context) => {
  const message = { peerId: await peerOf(peer, context), messageId: msgId }
  const { text, entities } = answer.text
  const written = { text, entities: await textEntities(entities, (user) => knownUserIdOf(user, context)) }
  return await changedPoll(await addAnswer(context.on, context.caller, message, written), context)
}

/** Takes an answer away that somebody has added to a poll. */
export const deletePollAnswer: Handler<'messages.deletePollAnswer'> = async (
  { peer, msgId, option },
  context,
) => {
  const message = { peerId: await peerOf(peer, context), messageId: msgId }
  return await changedPoll(await deleteAnswer(context.on, context.caller, message, optionOf(option)), context)
}

/** The poll as it is now, and the message that says so. */
async function changedPoll({ events, ...opened }: AnswersChanged, context: HandlerContext): Promise<Updates> {
  return together(await sentUpdates(context, events), await pollUpdates(opened, context))
}

/** Lists the caller's polls with votes that the caller has not seen. */
export const getUnreadPollVotes: Handler<'messages.getUnreadPollVotes'> = async (request, context) => {
  const peerId = await peerOf(request.peer, context)
  const { messages, count } = await unreadVotes(context.on, context.caller, { ...request, peerId })
  const parts = await messageParts(messages, context)
  if (messages.length === count) return { _: 'messages.messages', ...parts }
  return { _: 'messages.messagesSlice', count, ...parts }
}

/** Marks the votes in the caller's polls of a chat as seen. */
export const readPollVotes: Handler<'messages.readPollVotes'> = async ({ peer }, context) => {
  const affected = await seeAllVotes(context.on, context.caller, await peerOf(peer, context))
  return { _: 'messages.affectedHistory', ...affected, offset: 0 }
}
