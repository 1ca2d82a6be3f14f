import type { Nudge } from '../../bus/nudge.ts'
import type { BoxEnds } from '../../rules/messages/decide-box-log.ts'
import { endsOf, messageOfNews, newsAfter } from '../../rules/messages/news.ts'
import type { BoxEvent, LoggedSideEvent, PeerId } from '../../rules/messages/words.ts'
import { refusing } from '../acts/refusals.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import { about, type EventFilter, type FoundEvent, foundIn, isWanted } from './event-filter.ts'
import { peerNamed, userNamed } from './named-peers.ts'
import { ownIdOf } from './own-ids.ts'
import { peerCards } from './peer-cards.ts'
import { showOne } from './show-messages.ts'
import { type WaitLimits, waitInBox } from './wait-in-box.ts'
import type { EventKind, EventWait, PersonEvent } from './words.ts'

/** A place in the logs of a box. */
export type EventPlace = BoxEnds

/** An event with its place. */
interface PlacedEvent {
  readonly event: FoundEvent
  readonly place: EventPlace
}

/** Kinds of changes without a pts that are news to people. */
const SIDE_KINDS: Readonly<Record<string, EventKind>> = { reactions: 'reaction', poll: 'poll' }

/** The end of somebody's logs: events after it are news. */
export async function eventPlaceOf(on: OnConsole, { caller }: Actor): Promise<EventPlace> {
  return await endsOf(on, caller)
}

/**
 * Waits for an event of somebody's after a place; undefined when the time is up.
 *
 * @param isNew is asked of each event that is wanted, the oldest first; the first that passes is given
 */
export async function waitForEvent(
  on: OnConsole,
  actor: Actor,
  wait: EventWait & WaitLimits,
  isNew: (place: EventPlace) => boolean = () => true,
): Promise<PersonEvent | undefined> {
  const filter = await refusing(filterOf(on, actor, wait))
  let after = placeOf(wait.after) ?? (await eventPlaceOf(on, actor))
  const look = async (heard: Nudge | undefined): Promise<PlacedEvent | undefined> => {
    const typing = heard?.kind === 'typing' ? typingOf(heard) : undefined
    if (typing !== undefined && isWanted(typing, filter)) return { event: typing, place: after }
    for (;;) {
      const { events, sideEvents, upTo, isLast } = await newsAfter(on, actor.caller, after)
      const placed = await placedEvents(on, actor, { events, sideEvents, after })
      const found = placed.find(({ event, place }) => isWanted(event, filter) && isNew(place))
      if (found !== undefined) return found
      after = upTo
      if (isLast) return undefined
    }
  }
  const found = await waitInBox(on, actor.account.id, look, wait)
  return found && (await showEvent(on, actor, found))
}

async function filterOf(on: OnConsole, actor: Actor, wait: EventWait): Promise<EventFilter> {
  const { caller } = actor
  const { kind, with: chat, from, messageId } = wait
  return {
    kind,
    peerId: chat === undefined ? undefined : await peerNamed(on, caller, chat),
    fromId: from === undefined ? undefined : await userNamed(on, caller, from),
    messageId: messageId === undefined ? undefined : await ownIdOf(on, actor, messageId),
  }
}

interface News {
  readonly events: readonly BoxEvent[]
  readonly sideEvents: readonly LoggedSideEvent[]
  readonly after: EventPlace
}

async function placedEvents(
  on: OnConsole,
  { caller }: Actor,
  { events, sideEvents, after }: News,
): Promise<PlacedEvent[]> {
  const placed: PlacedEvent[] = []
  for (const logged of events) {
    const event = foundIn(logged)
    if (event !== undefined) placed.push({ event, place: { ...after, pts: logged.pts } })
  }
  for (const logged of sideEvents) {
    const kind = SIDE_KINDS[logged.kind]
    const message = kind === undefined ? undefined : await messageOfNews(on, caller, logged)
    if (kind === undefined || message === undefined) continue
    placed.push({ event: { kind, ...about(message) }, place: { ...after, sideSeq: logged.seq } })
  }
  return placed
}

function typingOf({ peerId, fromId, action }: Extract<Nudge, { kind: 'typing' }>): FoundEvent {
  return { kind: 'typing', peerId: BigInt(peerId), fromId: BigInt(fromId), action }
}

async function showEvent(on: OnConsole, { account }: Actor, found: PlacedEvent): Promise<PersonEvent> {
  const { peerId, fromId, message, ...rest } = found.event
  const cards = await peerCards(on, account.id, [peerId, fromId].filter(isPeer))
  return {
    ...rest,
    cursor: cursorOf(found.place),
    ...(peerId !== undefined && { chat: cards(peerId) }),
    ...(fromId !== undefined && { from: cards(fromId) }),
    ...(message && { message: await showOne(on, account.id, message) }),
  }
}

function isPeer(peerId: PeerId | undefined): peerId is PeerId {
  return peerId !== undefined
}

/** A place as text. */
export function cursorOf({ pts, sideSeq }: EventPlace): string {
  return `${pts}.${sideSeq}`
}

function placeOf(cursor: string | undefined): EventPlace | undefined {
  const [, pts, sideSeq] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor ?? '') ?? []
  return pts === undefined || sideSeq === undefined
    ? undefined
    : { pts: Number(pts), sideSeq: Number(sideSeq) }
}
