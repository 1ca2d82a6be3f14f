/** The logs of all boxes, as the database has them. */
import assert from 'node:assert/strict'

const KEPT_EVENTS = 10_000

/** Where each log begins and ends, and how many events it has. */
const LOGS = `SELECT b.box_id, b.pts, min(l.pts) AS first, max(l.pts) AS last, count(l.pts) AS events
  FROM boxes b LEFT JOIN box_log l ON l.box_id = b.box_id GROUP BY b.box_id, b.pts`

/** Asks the database of a server. */
export type Query = (text: string) => Promise<readonly Readonly<Record<string, unknown>>[]>

/** Each log goes to its box's pts without a hole, from the beginning or with as many events as a log keeps. */
export async function assertWholeLogs(query: Query): Promise<void> {
  for (const { pts, first, last, events } of await query(LOGS)) {
    const count = Number(events)
    if (count === 0) assert.equal(Number(pts), 1)
    else {
      assert.equal(last, pts)
      assert.equal(count, Number(last) - Number(first) + 1, 'the log has no hole')
      assert.ok(Number(first) === 2 || count === KEPT_EVENTS)
    }
  }
}
