import type { Nudge } from '../../bus/nudge.ts'
import type { BoxEvent } from './words.ts'

type BoxNudge = Extract<Nudge, { readonly kind: 'box' }>

const fresh = new WeakMap<object, readonly BoxEvent[]>()

/**
 * Notes the events that a nudge of this process is about, so that its subscribers need not read them from the store. A nudge
 * of another node has none. They are forgotten with the nudge.
 */
export function withEvents(nudge: BoxNudge, events: readonly BoxEvent[]): BoxNudge {
  fresh.set(nudge, events)
  return nudge
}

/** The events that a nudge is about, as they were written; undefined: the store has to be read. */
export function freshEventsOf(nudge: BoxNudge): readonly BoxEvent[] | undefined {
  return fresh.get(nudge)
}
