import { long } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import { findPeople } from './decide-people.ts'
import { findNear } from './decide-told-people.ts'
import type { SeenStatus } from './words.ts'

const setOnline = sql`
  UPDATE users SET online_until_s = :untilS, last_seen_at_s = :nowS WHERE id = :userId AND is_bot = 0`
const setOffline = sql`
  UPDATE users SET online_until_s = 0, last_seen_at_s = :nowS
  WHERE id = :userId AND is_bot = 0 AND online_until_s > :nowS AND last_seen_at_s <= :seenByS`
const listContactIds = sql`
  SELECT c.contact_id FROM contacts c JOIN users u ON u.id = c.contact_id AND u.is_bot = 0
  WHERE c.user_id = :userId AND c.contact_id > 0 ORDER BY c.contact_id`

/** Counts an account as online until then. Those near it who are connected are told. */
export function* goOnline(userId: bigint, nowS: number, untilS: number): Decision<void> {
  if ((yield* setOnline.run({ userId, nowS, untilS })) > 0) {
    yield* nudge({ kind: 'status', userId: String(userId) })
  }
}

/** Counts an account as offline from now on, unless it was seen later than `seenByS`. Those near it are told, if it was online. */
export function* goOffline(userId: bigint, nowS: number, seenByS: number = nowS): Decision<void> {
  if ((yield* setOffline.run({ userId, nowS, seenByS })) > 0) {
    yield* nudge({ kind: 'status', userId: String(userId) })
  }
}

/** A status as one of those sees it who are told of it. */
export interface StatusNews {
  readonly viewerId: bigint
  readonly status: SeenStatus
}

/** The status of an account, as those of the viewers see it who have the account as a contact or a chat with it. */
export function* findStatusNews(
  userId: bigint,
  viewerIds: readonly bigint[],
  nowS: number,
): Decision<StatusNews[]> {
  const near = new Set(yield* findNear(userId))
  const news: StatusNews[] = []
  for (const viewerId of viewerIds.filter((id) => near.has(id))) {
    const [person] = yield* findPeople({ viewerId, nowS }, [userId])
    if (person?.kind === 'person') news.push({ viewerId, status: person.status })
  }
  return news
}

/** The contacts of an account who have a status: all but bots. */
export function* findContactsWithStatus(userId: bigint): Decision<bigint[]> {
  return (yield* listContactIds.rows({ userId })).map((row) => long(row, 'contact_id'))
}
