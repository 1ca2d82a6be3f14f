import { type Decision, nudge } from '../../../database/decision.ts'
import { boxOf } from '../../messages/box-of.ts'
import { lockBoxes } from '../../messages/decide-append-message.ts'
import { findStored } from '../../messages/decide-history.ts'
import { findPolls, removePolls, rewritePoll } from '../../messages/decide-polls.ts'
import { withSeenEvents } from '../../messages/decide-seen.ts'
import type { BoxEvent, PeerId } from '../../messages/words.ts'
import { isRefused, type Refused, refused } from '../../refusal.ts'
import { findBar, type OpenChat, openChat } from '../decide-open-chat.ts'
import { type ReplyTo, toReply, type WritingGround, type Written, writeIn } from '../decide-write.ts'
import { dequeue, listQueue, type Queue, type Queued, tellQueue, WHEN_ONLINE_S } from './decide-queue.ts'
import { findOnline } from './due-date.ts'

/** The messages of a queue to send: those that their writer names, or all whose time has come. */
export type ToSend = { readonly kind: 'asked'; readonly ids: readonly number[] } | { readonly kind: 'due' }

/** A message that waits no more. */
export interface Gone {
  readonly id: number
  /** The id under which it was sent; undefined: it could not be. */
  readonly sentId: number | undefined
}

/** Messages of a queue that were sent, with the events in their writer's box. */
export interface QueueSent {
  readonly kind: 'sent'
  readonly events: readonly BoxEvent[]
  readonly gone: readonly Gone[]
}

/**
 * Sends messages of a queue, the first first, and takes them out of it, all in one: each is sent once, whoever does so. One
 * that may not be sent any more is dropped at its time; where its writer asks for it, none is sent.
 */
export function* sendQueued(
  on: WritingGround,
  peerId: PeerId,
  toSend: ToSend,
): Decision<QueueSent | Refused> {
  const { secret, settings, actor } = on
  const { userId: boxId } = actor
  const chat = yield* openChat(settings, boxId, peerId)
  if (isRefused(chat)) yield* lockBoxes([boxOf(settings, boxId)])
  const chosen = yield* chosenIn(on, { boxId, peerId }, toSend)
  if (toSend.kind === 'asked' && chosen.length === 0) return refused('MESSAGE_ID_INVALID')
  const events: BoxEvent[] = []
  const gone: Gone[] = []
  for (const queued of chosen) {
    const written = isRefused(chat) ? chat : yield* sendOne(on, chat, queued)
    if (!isRefused(written)) {
      events.push(written.event, ...written.others)
      gone.push({ id: queued.id, sentId: written.event.message.id })
    } else if (toSend.kind === 'asked') return written
    else gone.push({ id: queued.id, sentId: undefined })
  }
  yield* leaveQueue(on, { boxId, peerId }, gone)
  yield* removePolls(chosen.flatMap((queued) => (isSent(queued, gone) ? [] : ownPoll(queued))))
  return { kind: 'sent', events: yield* withSeenEvents(secret, boxId, events), gone }
}

function* chosenIn({ secret, nowS }: WritingGround, queue: Queue, toSend: ToSend): Decision<Queued[]> {
  if (toSend.kind === 'asked') return (yield* listQueue(secret, queue, toSend.ids)).toReversed()
  const all = (yield* listQueue(secret, queue)).toReversed()
  const { boxId: viewerId, peerId } = queue
  const isForOnline = all.some(({ dueAtS }) => dueAtS === WHEN_ONLINE_S)
  const isOnline = isForOnline && (yield* findOnline({ viewerId, nowS }, peerId)) === true
  return all.filter(({ dueAtS }) => (dueAtS === WHEN_ONLINE_S ? isOnline : dueAtS <= nowS))
}

function* sendOne(on: WritingGround, chat: OpenChat, queued: Queued): Decision<Written | Refused> {
  const { peerId, content, randomId, savedPeerId } = queued
  const bar = yield* findBar(chat, on.actor.userId, content.media)
  if (bar !== undefined) return bar
  yield* beginPoll(on, queued)
  const replyTo = yield* replyNow(on, queued)
  const writing = { peerId, content: { ...content, isFromScheduled: true }, randomId, replyTo, savedPeerId }
  const written = yield* writeIn(on, chat, writing, undefined)
  if (isRefused(written)) return written
  // Clients know the message by its id in the queue: the random id was that of another call.
  const { randomId: _, ...event } = written.event
  return { ...written, event }
}

/** A reply to a message that is gone says nothing of it, and a quote that has changed is left out. */
function* replyNow(
  { secret, actor }: WritingGround,
  { peerId, replyTo }: Queued,
): Decision<ReplyTo | undefined> {
  if (replyTo === undefined) return undefined
  const [target] = yield* findStored(secret, actor.userId, [replyTo.id])
  for (const reply of [replyTo, { id: replyTo.id }]) {
    if (!isRefused(toReply(reply, target, peerId))) return reply
  }
  return undefined
}

/** The period after which a poll closes begins now. */
function* beginPoll({ secret, nowS }: WritingGround, queued: Queued): Decision<void> {
  const [stored] = yield* findPolls(secret, ownPoll(queued))
  if (stored?.poll.closePeriodS === undefined) return
  const closesAtS = nowS + stored.poll.closePeriodS
  yield* rewritePoll(secret, { ...stored, poll: { ...stored.poll, closesAtS } })
  yield* nudge({ kind: 'due', atS: closesAtS })
}

/** Takes messages out of a queue, and tells their writer's sessions. */
export function* leaveQueue(
  { nowS, actor }: WritingGround,
  queue: Queue,
  gone: readonly Gone[],
): Decision<void> {
  if (gone.length === 0) return
  yield* dequeue(
    queue,
    gone.map(({ id }) => id),
  )
  for (const { id, sentId } of gone) {
    yield* tellQueue({ ...queue, id, sentId, atS: nowS, causedBy: actor.authKeyId })
  }
}

/** The poll that was made for a message. */
export function ownPoll({ ownsPoll, content: { media } }: Queued): bigint[] {
  return ownsPoll && media?.kind === 'poll' ? [media.pollId] : []
}

function isSent({ id }: Queued, gone: readonly Gone[]): boolean {
  return gone.some((each) => each.id === id && each.sentId !== undefined)
}
