import { type Decision, sql } from '../../database/decision.ts'
import { loggingOf, logMessages } from './decide-log-messages.ts'
import type { BoxLimits, Place } from './words.ts'

const EVERYWHERE = 'm.body_id = :bodyId AND m.is_pinned <> :isPinned'
const HERE = `${EVERYWHERE} AND m.box_id = :boxId`

const everywhere = {
  logging: loggingOf(EVERYWHERE),
  set: sql`UPDATE messages SET is_pinned = :isPinned WHERE body_id = :bodyId AND is_pinned <> :isPinned`,
}
const here = {
  logging: loggingOf(HERE),
  set: sql`
    UPDATE messages SET is_pinned = :isPinned
    WHERE body_id = :bodyId AND is_pinned <> :isPinned AND box_id = :boxId`,
}

/** A message to pin, or to unpin. */
export interface PinChange {
  readonly bodyId: bigint
  readonly isPinned: boolean
  /** In this box alone; undefined: in every box that has the message. */
  readonly boxId: bigint | undefined
  readonly causedBy?: bigint | undefined
}

/** Pins or unpins a message. The boxes are locked before. @returns the places of the events; none if nothing changed */
export function* changePin(
  { bodyId, isPinned, boxId, causedBy }: PinChange,
  limits: BoxLimits,
): Decision<ReadonlyMap<bigint, Place>> {
  const flag = Number(isPinned)
  const [statements, which] =
    boxId === undefined ? [everywhere, { bodyId, isPinned: flag }] : [here, { bodyId, isPinned: flag, boxId }]
  const logged = { kind: 'pinned', detail: String(flag), causedBy } as const
  const places = yield* logMessages(statements.logging, which, logged, limits)
  if (places.size > 0) yield* statements.set.send(which)
  return places
}
