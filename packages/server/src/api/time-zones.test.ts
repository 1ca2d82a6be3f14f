import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConstantAnswer } from './handler.ts'
import { timeZones } from './time-zones.ts'

const JANUARY_S = 1_768_000_000
const JULY_S = 1_784_000_000
const HOUR_S = 3600

function offsetOf(id: string, nowS: number): number | undefined {
  return timeZones(nowS).timezones.find((zone) => zone.id === id)?.utcOffset
}

test('a zone has its distance from UTC, with summer time', () => {
  assert.equal(offsetOf('Europe/Berlin', JANUARY_S), HOUR_S)
  assert.equal(offsetOf('Europe/Berlin', JULY_S), 2 * HOUR_S)
  assert.equal(offsetOf('America/St_Johns', JANUARY_S), -3.5 * HOUR_S)
  assert.equal(offsetOf('Australia/Eucla', JANUARY_S), 8.75 * HOUR_S)
  assert.equal(offsetOf('Africa/Abidjan', JANUARY_S), 0)
})

test('the list stays the same object until a zone changes, and has another hash then', () => {
  const winter = timeZones(JANUARY_S)
  assert.ok(isConstantAnswer(winter))
  assert.equal(timeZones(JANUARY_S + HOUR_S), winter)
  assert.notEqual(timeZones(JULY_S).hash, winter.hash)
  assert.notEqual(winter.hash, 0)
})

test('a zone is called by its city', () => {
  const names = timeZones(JANUARY_S).timezones.map(({ name }) => name)
  assert.ok(names.includes('New York'))
})
