import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeAuthKey } from '../crypto/index.ts'
import { CLIENT_LIMITS } from '../options.ts'
import { Outbox } from './outbox.ts'

const NOW_MS = 1_750_000_000_000

test('an outbox knows of the first packet that the server took, whichever answer comes first', () => {
  const random = (length: number) => new Uint8Array(length).fill(5)
  const outbox = new Outbox({
    random,
    limits: CLIENT_LIMITS,
    authKey: makeAuthKey(new Uint8Array(256).fill(4)),
  })
  const [first, second] = [1, 2].map((callId) => {
    outbox.request({ kind: 'call', callId }, () => new Uint8Array(4))
    outbox.flush(1n, NOW_MS + callId, NOW_MS + callId)
    return outbox.msgIdOf(callId) ?? assert.fail()
  })
  assert.ok(first !== undefined && second !== undefined && first < second)
  for (const msgId of [second, first]) assert.ok(outbox.takeAnswered(msgId))
  assert.equal(outbox.hasSentBefore(second), true)
  assert.equal(outbox.hasSentBefore(first), false)
})
