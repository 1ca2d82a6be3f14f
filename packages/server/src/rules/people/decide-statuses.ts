import { long } from '../../database/columns.ts'
import { type Decision, nudge, sql } from '../../database/decision.ts'
import { idList, LISTED_IDS } from '../../database/id-list.ts'
import { findPeople } from './decide-people.ts'
import { findNear } from './decide-told-people.ts'
import type { SeenStatus } from './words.ts'

const setOnline = sql`
  UPDATE users SET online_until_s = :untilS, last_seen_at_s = :nowS WHERE id = :userId AND is_bot = 0`
const setOffline = sql`
  UPDATE users SET online_until_s = 0, last_seen_at_s = :nowS
  WHERE id = :userId AND is_bot = 0 AND online_until_s > :nowS AND last_seen_at_s <= :seenByS`
const listUnseen = sql`
  SELECT u.id FROM users u JOIN ${LISTED_IDS} l ON l.listed_id = u.id
  WHERE u.online_until_s > :nowS AND u.last_seen_at_s < :seenByS ORDER BY u.id`
const setSeen = sql`
  UPDATE users SET last_seen_at_s = :nowS WHERE id IN ${LISTED_IDS} AND online_until_s > :nowS AND last_seen_at_s < :nowS`
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

/** Those of these accounts that count as online, and were not seen since a second. */
export function* findUnseen(userIds: readonly bigint[], nowS: number, seenByS: number): Decision<bigint[]> {
  return (yield* listUnseen.rows({ ids: idList(userIds), nowS, seenByS })).map((row) => long(row, 'id'))
}

/** Notes that accounts are still there. Those that count as offline stay so. */
export function* seeAgain(userIds: readonly bigint[], nowS: number): Decision<void> {
  yield* setSeen.send({ ids: idList(userIds), nowS })
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
