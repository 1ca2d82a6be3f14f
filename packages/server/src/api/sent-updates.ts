import type { Update, Updates } from '@cablegram/tl/api'
import { requireUserId } from '../rules/accounts/keys.ts'
import type { Written } from '../rules/chats/decide-write.ts'
import type { BoxEvent } from '../rules/messages/words.ts'
import { boxUpdates } from './box-updates.ts'
import type { HandlerContext } from './handler.ts'
import { shortSent } from './short-updates.ts'

/**
 * The answer to a call with the events that it caused in the caller's box. Each message that it sent has its random id
 * first: clients that find none, or find it behind the message, begin to ask for what they take for missing.
 */
export async function sentUpdates(
  { on, caller, nowS }: HandlerContext,
  events: readonly BoxEvent[],
): Promise<Updates> {
  const viewer = { on, viewerId: requireUserId(caller.state), nowS }
  const answer = await boxUpdates({ events, sideEvents: [] }, viewer)
  return { ...answer, updates: [...events.flatMap(messageId), ...answer.updates] }
}

/**
 * The answer to a text, in the short form if the settings ask for that. A text that came again is told in full: it may have
 * changed since, or be another than this request says.
 */
export async function sentText(
  context: HandlerContext,
  { event, others, isNew }: Pick<Written, 'event' | 'others' | 'isNew'>,
): Promise<Updates> {
  const answer = await sentUpdates(context, [event, ...others])
  const isShort = isNew && context.on.settings.shortUpdates === 'like-telegram'
  return isShort && answer._ === 'updates' ? shortSent(answer) : answer
}

function messageId(event: BoxEvent): readonly Update[] {
  if (event.kind !== 'newMessage' || event.randomId === undefined) return []
  return [{ _: 'updateMessageID', id: event.message.id, randomId: event.randomId }]
}
