import { long } from '../../database/columns.ts'
import { type Decision, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { findUsers } from '../accounts/decide-users.ts'
import { findAllows } from '../people/decide-people.ts'

const listThoseWith = sql`
  SELECT user_id FROM contacts WHERE contact_id = :viewerId AND contact_id > 0 AND user_id IN ${LISTED_IDS}`

/** Somebody who forwards messages. */
export interface Forwarder {
  readonly userId: bigint
  readonly isBot: boolean
}

/** The names of those authors who do not want to be found by messages that others forward. */
export function* findHiddenNames(
  { userId, isBot }: Forwarder,
  authorIds: readonly bigint[],
): Decision<ReadonlyMap<bigint, string>> {
  const others = [...new Set(authorIds)].filter((id) => id !== userId)
  const hidden = new Map<bigint, string>()
  if (others.length === 0) return hidden
  const allows = yield* findAllows(others)
  const rows = yield* listThoseWith.rows({ viewerId: userId, ids: idList(others) })
  const friends = new Set(rows.map((row) => long(row, 'user_id')))
  const guarded = others.filter(
    (id) => !allows('forwards', id, { userId, isBot, isContact: friends.has(id) }),
  )
  if (guarded.length === 0) return hidden
  for (const { id, firstName, lastName } of yield* findUsers(guarded)) {
    hidden.set(id, `${firstName} ${lastName}`.trim())
  }
  return hidden
}
