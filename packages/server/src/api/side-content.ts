import { queuePlace } from '../rules/chats/scheduled/decide-queue.ts'
import { findWaiting } from '../rules/chats/scheduled/queue.ts'
import { findMessages } from '../rules/messages/decide-history.ts'
import { seePolls } from '../rules/messages/decide-polls.ts'
import type { SideUpdate } from './side-view.ts'
import { peopleInPoll, pollUpdate } from './tl-polls.ts'
import { reactionsUpdate } from './tl-reactions.ts'
import { leftQueueUpdate, waitingUpdate } from './tl-scheduled.ts'

/** Tells of votes in a poll, or of its end. */
const pollChanged: SideUpdate = async ({ subject: pollId }, { on: { store }, viewerId, book }) => {
  const poll = (await store.look(() => seePolls(store.secret, viewerId, [pollId]))).get(pollId)
  if (poll === undefined) return []
  book.add(...peopleInPoll(poll))
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

/** Tells of a message that waits, as it is now, or that it waits no more. */
const queueChanged: SideUpdate = async ({ subject, detail = '' }, viewer) => {
  const {
    on: { store },
    viewerId,
    book,
  } = viewer
  const { peerId, id } = queuePlace(subject)
  const [waiting] = await store.look(() => findWaiting(store, viewerId, peerId, [id]))
  book.add(peerId)
  if (waiting === undefined) {
    return [leftQueueUpdate({ peerId, ids: [id], sentIds: detail === '' ? [] : [Number(detail)] })]
  }
  book.addMessages([waiting])
  return [waitingUpdate(waiting, viewer)]
}

/** The updates about what messages contain besides text, and about those that wait, by the kinds of their changes. */
export const CONTENT_SIDE_UPDATES: Readonly<
  Record<'poll' | 'reactions' | 'scheduled' | 'config', SideUpdate>
> = {
  poll: pollChanged,
  reactions: reactionsChanged,
  scheduled: queueChanged,
  config: () => [{ _: 'updateConfig' }],
}
