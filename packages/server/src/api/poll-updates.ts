import type { Updates } from '@cablegram/tl/api'
import type { OpenedPoll } from '../rules/chats/votes.ts'
import type { HandlerContext, ResultOf } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { peopleInPoll, pollUpdate } from './tl-polls.ts'

/** An answer with a poll as it is now. */
export async function pollUpdates(
  { pollId, poll }: OpenedPoll,
  context: HandlerContext,
): Promise<ResultOf<'messages.sendVote'>> {
  const book = peerBook(context)
  book.add(...peopleInPoll(poll))
  return {
    _: 'updates',
    updates: [pollUpdate(pollId, poll)],
    ...(await book.lists()),
    date: context.nowS,
    seq: 0,
  }
}

/** Two answers as one. */
export function together(first: Updates, second: Updates): Updates {
  if (first._ !== 'updates' || second._ !== 'updates') return first
  const byId = <T extends { readonly id: bigint }>(all: readonly T[]): T[] => [
    ...new Map(all.map((each) => [each.id, each])).values(),
  ]
  return {
    ...first,
    updates: [...first.updates, ...second.updates],
    users: byId([...first.users, ...second.users]),
    chats: byId([...first.chats, ...second.chats]),
  }
}
