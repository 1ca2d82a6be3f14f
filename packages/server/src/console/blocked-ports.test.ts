import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BLOCKED_BY_BROWSERS, isBlockedByBrowsers } from './blocked-ports.ts'

test('fetch refuses every port on the list before it connects', async () => {
  for (const port of BLOCKED_BY_BROWSERS) {
    await assert.rejects(fetch(`http://127.0.0.1:${port}/`), ({ cause }: Error) => {
      assert.match(String(cause), /bad port/, `port ${port}`)
      return true
    })
  }
})

test('the default ports of the server are not on the list', () => {
  assert.deepEqual([80, 443, 10_081, 10_443].filter(isBlockedByBrowsers), [])
})
