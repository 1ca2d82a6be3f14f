import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type StatusQuery, seenStatus } from './seen-status.ts'

const DAY_S = 86_400
const NOW_S = 1000 * DAY_S
const QUERY: StatusQuery = {
  onlineUntilS: 0,
  lastSeenAtS: NOW_S - 60,
  nowS: NOW_S,
  isBlocked: false,
  isHidden: false,
  isHiddenByOwn: false,
}

test('whoever may see a status sees it to the second', () => {
  assert.deepEqual(seenStatus(QUERY), { kind: 'offline', lastSeenAtS: NOW_S - 60 })
  assert.deepEqual(seenStatus({ ...QUERY, onlineUntilS: NOW_S + 300 }), { kind: 'online', forS: 300 })
  assert.equal(seenStatus({ ...QUERY, onlineUntilS: NOW_S }).kind, 'offline', 'the time is over')
})

test('a hidden status is rough: three days, a week, a month', () => {
  const kindAfter = (days: number) =>
    seenStatus({ ...QUERY, isHidden: true, lastSeenAtS: NOW_S - days * DAY_S }).kind
  assert.deepEqual([0, 2.9, 3, 6.9, 7, 29.9, 30].map(kindAfter), [
    'recently',
    'recently',
    'lastWeek',
    'lastWeek',
    'lastMonth',
    'lastMonth',
    'longAgo',
  ])
  assert.equal(seenStatus({ ...QUERY, isHidden: true, onlineUntilS: NOW_S + 9 }).kind, 'recently')
})

test('a status that is rough only because the viewer hides theirs says so', () => {
  const own = { ...QUERY, isHiddenByOwn: true }
  assert.deepEqual(seenStatus(own), { kind: 'recently', isByOwn: true })
  assert.deepEqual(seenStatus({ ...own, isHidden: true }), { kind: 'recently', isByOwn: false })
})

test('the blocked learn nothing', () => {
  const query = { ...QUERY, isBlocked: true, onlineUntilS: NOW_S + 300 }
  assert.deepEqual(seenStatus(query), { kind: 'longAgo', isByOwn: false })
})
