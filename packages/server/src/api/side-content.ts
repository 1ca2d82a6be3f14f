import { findMessages } from '../rules/messages/decide-history.ts'
import { seePolls } from '../rules/messages/decide-polls.ts'
import type { SideUpdate } from './side-view.ts'
import { pollUpdate } from './tl-polls.ts'
import { reactionsUpdate } from './tl-reactions.ts'

/** Tells of votes in a poll, or of its end. */
const pollChanged: SideUpdate = async ({ subject: pollId }, { on: { store }, viewerId, book }) => {
  const poll = (await store.look(() => seePolls(store.secret, viewerId, [pollId]))).get(pollId)
  if (poll === undefined) return []
  book.add(...poll.recentVoterIds)
  return [pollUpdate(pollId, poll)]
}

/** Tells of the reactions that a message has now. */
const reactionsChanged: SideUpdate = async ({ subject }, { on: { store }, viewerId, book }) => {
  const [message] = await store.look(() => findMessages(store.secret, viewerId, [Number(subject)]))
  if (message === undefined) return []
  const { id, peerId, reactions = { counts: [], recent: [] } } = message
  book.add(peerId, ...reactions.recent.map(({ userId }) => userId))
  return [reactionsUpdate(peerId, id, reactions)]
}

/** The updates about what messages contain besides text, by the kinds of their changes. */
export const CONTENT_SIDE_UPDATES: Readonly<Record<string, SideUpdate>> = {
  poll: pollChanged,
  reactions: reactionsChanged,
}
