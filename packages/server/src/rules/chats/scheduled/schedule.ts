import { type Decision, nudge } from '../../../database/decision.ts'
import type { Caller } from '../../../ground/caller.ts'
import type { Ground } from '../../../ground/ground.ts'
import { endLeak, lockLeak } from '../../codes/decide-leaking-messages.ts'
import type { Leak } from '../../codes/words.ts'
import { dropDraft } from '../../dialogs/decide-drafts.ts'
import { claimAllMedia, claimMedia } from '../../files/decide-media.ts'
import { boxOf } from '../../messages/box-of.ts'
import { findStored } from '../../messages/decide-history.ts'
import { keepPoll } from '../../messages/decide-polls.ts'
import { findSent } from '../../messages/decide-sent-messages.ts'
import type { BoxEvent, Message, PeerId } from '../../messages/words.ts'
import { accepted, isRefused, type Refused, refused } from '../../refusal.ts'
import { type Album, type FoundAlbum, findAlbum, makeAlbum, sendAlbum } from '../albums.ts'
import { findBar, type OpenChat, openChat } from '../decide-open-chat.ts'
import { chargeSending, findSpentSending } from '../decide-send-budgets.ts'
import { newMessage, toReply, type Writing, type WritingGround } from '../decide-write.ts'
import { checkForwarding, type Forwarding, findCopies, forwardMessages } from '../forward-messages.ts'
import { checkMedia, findBarOfMaking, type MadePoll, type NewMedia, sendMedia } from '../send-media.ts'
import { checkText, groundOf, sendText } from '../send-message.ts'
import { countQueue, enqueue, findQueued, MAX_QUEUED, type NewQueued, tellQueue } from './decide-queue.ts'
import { dueDate } from './due-date.ts'
import { seeQueued } from './see-queue.ts'

/** A message that waits, as its writer sees it. */
export interface Waiting {
  readonly randomId: bigint
  readonly message: Message
}

/** Messages of a call: they wait, or have been sent. */
export type Scheduled =
  | { readonly kind: 'waiting'; readonly waiting: readonly Waiting[] }
  | { readonly kind: 'sent'; readonly events: readonly BoxEvent[] }

/** Messages to put in the queue of a chat. */
interface Scheduling {
  readonly peerId: PeerId
  readonly dueAtS: number
  readonly writings: readonly Writing[]
  readonly poll: MadePoll | undefined
  readonly leak: Leak | undefined
}

/**
 * Writes a text that is sent later.
 *
 * @param dateS the time; {@link WHEN_ONLINE_S}: when the other one is online
 * @throws {RpcError} SCHEDULE_BOT_NOT_ALLOWED, SCHEDULE_DATE_TOO_LATE, SCHEDULE_STATUS_PRIVATE, SCHEDULE_TOO_MUCH, and those of
 *   sending it now
 */
export async function scheduleText(
  on: Ground,
  caller: Caller,
  writing: Writing,
  dateS: number,
): Promise<Scheduled> {
  const dueAtS = await dueDate(on, caller, writing.peerId, dateS)
  if (dueAtS === undefined) {
    const { event, others } = await sendText(on, caller, writing)
    return { kind: 'sent', events: [event, ...others] }
  }
  const { ground, checked, leak } = await checkText(on, caller, writing)
  const { peerId } = writing
  const scheduling = { peerId, dueAtS, writings: [checked], poll: undefined, leak }
  return accepted(await on.store.decide(() => schedule(ground, scheduling)))
}

/** Sends a poll, a dice, a contact or a place later. @throws {RpcError} as {@link scheduleText}, and those of media */
export async function scheduleMedia(
  on: Ground,
  caller: Caller,
  writing: Writing,
  { media, dateS }: { readonly media: NewMedia; readonly dateS: number },
): Promise<Scheduled> {
  const dueAtS = await dueDate(on, caller, writing.peerId, dateS)
  if (dueAtS === undefined) {
    const { event, others } = await sendMedia(on, caller, writing, media)
    return { kind: 'sent', events: [event, ...others] }
  }
  const { peerId } = writing
  if (media.kind === 'file') {
    const known = await on.store.look(() =>
      waitingOrBarred(groundOf(on, caller), peerId, [{ writing, media }]),
    )
    if (known !== undefined) return accepted(known)
  }
  const { ground, checked, poll, leak } = await checkMedia(on, caller, writing, media)
  const scheduling = { peerId, dueAtS, writings: [checked], poll: poll && withoutEnd(poll), leak }
  const scheduled = await on.store.decide(function* () {
    const gone = yield* claimMedia(checked.content.media)
    return gone ?? (yield* schedule(ground, scheduling))
  })
  return accepted(scheduled)
}

/** Sends an album later. @throws {RpcError} as {@link scheduleText}, and those of albums */
export async function scheduleAlbum(
  on: Ground,
  caller: Caller,
  album: Album,
  dateS: number,
): Promise<Scheduled> {
  const dueAtS = await dueDate(on, caller, album.peerId, dateS)
  if (dueAtS === undefined) return await sendAlbum(on, caller, album)
  const ground = groundOf(on, caller)
  const found = await findAlbum(on, caller, album)
  const known = await on.store.look(() => waitingOrBarred(ground, found.peerId, found.items))
  if (known !== undefined) return accepted(known)
  const { peerId, writings, leak } = await makeAlbum(on, caller, found)
  const scheduled = await on.store.decide(function* () {
    const gone = yield* claimAllMedia(writings.map(({ content }) => content.media))
    return gone ?? (yield* schedule(ground, { peerId, dueAtS, writings, poll: undefined, leak }))
  })
  return accepted(scheduled)
}

/** Looks before files are loaded or put together. A call that comes again has the answer of the first. */
function* waitingOrBarred(
  on: WritingGround,
  peerId: PeerId,
  items: FoundAlbum['items'],
): Decision<Scheduled | Refused | undefined> {
  const writings = items.map(({ writing }) => writing)
  const before = yield* findRepeated(on, { peerId, writings })
  if (before !== undefined) return before
  const media = items.map((item) => item.media)
  const bar = yield* findBarOfMaking(on, peerId, media)
  return bar ?? (yield* findFullQueue(on, { peerId, writings }))
}

/** The period after which a poll closes begins once the poll is sent. */
function withoutEnd({ pollId, poll }: MadePoll): MadePoll {
  if (poll.closePeriodS === undefined) return { pollId, poll }
  const { closesAtS: _, ...open } = poll
  return { pollId, poll: open }
}

/** Forwards messages later. @throws {RpcError} as {@link scheduleText}, and those of forwarding */
export async function scheduleForwards(
  on: Ground,
  caller: Caller,
  asked: Forwarding,
  dateS: number,
): Promise<Scheduled> {
  const dueAtS = await dueDate(on, caller, asked.toPeerId, dateS)
  if (dueAtS === undefined) {
    const { events } = await forwardMessages(on, caller, asked)
    return { kind: 'sent', events }
  }
  const { ground, given } = await checkForwarding(on, caller, asked)
  const scheduled = await on.store.decide(function* () {
    const writings = yield* findCopies(ground, asked, given)
    if (isRefused(writings)) return writings
    const { toPeerId: peerId } = asked
    return yield* schedule(ground, { peerId, dueAtS, writings, poll: undefined, leak: undefined })
  })
  return accepted(scheduled)
}

function* schedule(on: WritingGround, scheduling: Scheduling): Decision<Scheduled | Refused> {
  const { secret, settings, nowS, actor } = on
  const { userId, authKeyId: causedBy } = actor
  const { peerId, dueAtS, writings, poll, leak } = scheduling
  yield* lockLeak(leak)
  const chat = yield* openChat(settings, userId, peerId)
  if (isRefused(chat)) return chat
  const before = yield* findRepeated(on, scheduling)
  if (before !== undefined) return before
  // Nobody is there to be refused when the time comes: what waits counts now.
  const sending = { peerId, times: writings.length }
  const spent = yield* findSpentSending(on, sending)
  if (spent !== undefined) return spent
  const full = yield* findFullQueue(on, scheduling)
  if (full !== undefined) return full
  const queued: NewQueued[] = []
  for (const writing of writings) {
    const message = yield* toQueue(on, chat, writing, scheduling)
    if (isRefused(message)) return message
    queued.push(message)
  }
  if (poll !== undefined) yield* keepPoll(secret, { ...poll, creatorId: userId })
  const waiting: Waiting[] = []
  for (const message of queued) {
    const kept = yield* enqueue(secret, userId, message)
    yield* tellQueue({ boxId: userId, peerId, id: kept.id, atS: nowS, causedBy })
    const [seen] = yield* seeQueued(secret, userId, [kept])
    if (seen !== undefined) waiting.push({ randomId: kept.randomId, message: seen })
  }
  if (writings.some(({ clearsDraft }) => clearsDraft)) yield* dropDraft(actor, peerId, nowS)
  // Its notice is a message that is there now: clients take an answer with both kinds for a mistake.
  yield* endLeak(secret, boxOf(settings, userId), leak, undefined)
  yield* chargeSending(on, sending)
  yield* nudge({ kind: 'due', atS: dueAtS })
  return { kind: 'waiting', waiting }
}

/** Messages for a chat. */
type ForChat = Pick<Scheduling, 'peerId' | 'writings'>

/** The refusal of messages for which a queue has no room. */
function* findFullQueue(
  { actor }: WritingGround,
  { peerId, writings }: ForChat,
): Decision<Refused | undefined> {
  const room = MAX_QUEUED - (yield* countQueue({ boxId: actor.userId, peerId }))
  return room < writings.length ? refused('SCHEDULE_TOO_MUCH') : undefined
}

/** The answer to a call that came before: its first message waits, or was sent meanwhile. */
function* findRepeated(
  on: WritingGround,
  { peerId, writings }: ForChat,
): Decision<Scheduled | Refused | undefined> {
  const { secret, actor } = on
  const waiting: Waiting[] = []
  const events: BoxEvent[] = []
  for (const writing of writings) {
    const queued = yield* findQueued(secret, actor.userId, writing.randomId)
    if (queued !== undefined && queued.peerId !== peerId) return refused('RANDOM_ID_DUPLICATE')
    const [message] = queued === undefined ? [] : yield* seeQueued(secret, actor.userId, [queued])
    if (message !== undefined) waiting.push({ randomId: writing.randomId, message })
    const sent = yield* findSent(secret, actor.userId, newMessage(on, writing))
    if (sent?.kind === 'otherChat') return refused('RANDOM_ID_DUPLICATE')
    if (sent !== undefined && 'event' in sent) events.push(sent.event)
    if (sent?.kind === 'deleted') events.push(sent.deletion)
  }
  if (waiting.length > 0) return { kind: 'waiting', waiting }
  return events.length > 0 ? { kind: 'sent', events } : undefined
}

/** A message as it waits. @returns a refusal if it could not be sent now, either */
function* toQueue(
  { secret, actor }: WritingGround,
  chat: OpenChat,
  { content, randomId, replyTo, savedPeerId }: Writing,
  { peerId, dueAtS, poll }: Scheduling,
): Decision<NewQueued | Refused> {
  const bar = yield* findBar(chat, actor.userId, content.media)
  if (bar !== undefined) return bar
  const target = replyTo && (yield* findStored(secret, actor.userId, [replyTo.id]))[0]
  const reply = replyTo && toReply(replyTo, target, peerId)
  if (reply !== undefined && isRefused(reply)) return reply
  return {
    peerId,
    randomId,
    dueAtS,
    content,
    ...(replyTo !== undefined && { replyTo: { id: replyTo.id, ...reply?.reply } }),
    ...(savedPeerId !== undefined && { savedPeerId }),
    ...(poll !== undefined && { ownsPoll: true }),
  }
}
