import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digitRuns } from './digit-runs.ts'

test('a code is found as people write it and not inside a longer number', () => {
  const written = [
    '12345',
    'my code: 12345!',
    '12-345',
    '1 2 3 4 5',
    '１２３４５',
    'a12345b',
    '123.45',
    '12-345 2026',
  ]
  for (const text of written) assert.ok(digitRuns(text).includes('12345'), text)
  for (const text of ['', '123456', '012345', '1234', '12 345 6', '12--345', '12 and 345'])
    assert.ok(!digitRuns(text).includes('12345'), text)
})

test('a long text has one run of digits for each possible start', () => {
  assert.equal(digitRuns('1-'.repeat(2048)).length, 2048 + 1)
})
