import type { Update, Updates } from '@cablegram/tl/api'
import type { Scheduled } from '../rules/chats/scheduled/schedule.ts'
import type { Message } from '../rules/messages/words.ts'
import type { HandlerContext } from './handler.ts'
import { peerBook } from './peer-book.ts'
import { sentUpdates } from './sent-updates.ts'
import { viewerIn } from './side-view.ts'
import { waitingUpdate } from './tl-scheduled.ts'

/** The answer to a call that sends messages later: each has its random id first, as those that are sent at once. */
export async function scheduledUpdates(context: HandlerContext, scheduled: Scheduled): Promise<Updates> {
  if (scheduled.kind === 'sent') return await sentUpdates(context, scheduled.events)
  const { waiting } = scheduled
  const ids = waiting.map(({ randomId, message: { id } }): Update => ({ _: 'updateMessageID', id, randomId }))
  return await waitingAnswer(
    context,
    waiting.map(({ message }) => message),
    ids,
  )
}

/** The answer to an edit of a message that waits. */
export function editedWaiting(context: HandlerContext, message: Message): Promise<Updates> {
  return waitingAnswer(context, [message], [])
}

async function waitingAnswer(
  context: HandlerContext,
  waiting: readonly Message[],
  first: readonly Update[],
): Promise<Updates> {
  const book = peerBook(context)
  book.addMessages(waiting)
  const updates = [...first, ...waiting.map((message) => waitingUpdate(message, viewerIn(context)))]
  return { _: 'updates', updates, ...(await book.lists()), date: context.nowS, seq: 0 }
}
