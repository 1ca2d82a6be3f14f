import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { loggingOf, logMessages } from './decide-log-messages.ts'
import type { BoxLimits, Place } from './words.ts'

const EVERYWHERE = `m.body_id IN ${LISTED_IDS} AND m.is_pinned <> :isPinned`
const HERE = `${EVERYWHERE} AND m.box_id = :boxId`

const everywhere = {
  logging: loggingOf(EVERYWHERE),
  set: sql`UPDATE messages SET is_pinned = :isPinned WHERE body_id IN ${LISTED_IDS} AND is_pinned <> :isPinned`,
}
const here = {
  logging: loggingOf(HERE),
  set: sql`
    UPDATE messages SET is_pinned = :isPinned
    WHERE body_id IN ${LISTED_IDS} AND is_pinned <> :isPinned AND box_id = :boxId`,
}

/** Messages to pin, or to unpin. */
export interface PinChange {
  readonly bodyIds: readonly bigint[]
  readonly isPinned: boolean
  /** In this box alone; undefined: in every box that has them. */
  readonly boxId: bigint | undefined
  readonly causedBy?: bigint | undefined
}

/** Pins or unpins messages. The boxes are locked before. @returns the places of the events; none if nothing changed */
export function* changePin(
  { bodyIds, isPinned, boxId, causedBy }: PinChange,
  limits: BoxLimits,
): Decision<ReadonlyMap<bigint, Place>> {
  const flag = Number(isPinned)
  const [statements, which] =
    boxId === undefined
      ? [everywhere, { ids: idList(bodyIds), isPinned: flag }]
      : [here, { ids: idList(bodyIds), isPinned: flag, boxId }]
  const logged = { kind: 'pinned', detail: String(flag), causedBy } as const
  const places = yield* logMessages(statements.logging, which, logged, limits)
  if (places.size > 0) yield* statements.set.send(which)
  return places
}
