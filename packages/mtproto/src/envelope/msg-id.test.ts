import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../../../../test/vectors/msg-id-seqno.json' with { type: 'json' }
import { isContentRelated, MSG_ID_BITS, msgIdAt, msgIdTimeS, nextMsgId, seqNoAfter } from './msg-id.ts'

for (const vector of vectors.msg_id) {
  test(`the ids at ${vector.unix_seconds} s and ${vector.nanos} ns are those of the vector`, () => {
    const at = (bits: 0 | 1 | 3) => `${msgIdAt(vector.unix_seconds, vector.nanos, bits)}`
    assert.equal(at(MSG_ID_BITS.client), vector.client_msg_id)
    assert.equal(at(MSG_ID_BITS.serverResponse), vector.server_response_msg_id)
    assert.equal(at(MSG_ID_BITS.serverOther), vector.server_other_msg_id)
  })
}

test('ids ascend whatever the clock does, keep their bits and stay near the time', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: -5, max: 20 }), fc.constantFrom(0, 1, 3)), {
    maxLength: 100,
  })
  fc.assert(
    fc.property(steps, (moves) => {
      let [nowMs, last] = [1_700_000_000_000, 0n]
      for (const [moveMs, bits] of moves) {
        nowMs += moveMs
        const msgId = nextMsgId(nowMs, last, bits)
        assert.ok(msgId > last)
        assert.equal(Number(msgId & 3n), bits)
        assert.ok(Math.abs(msgIdTimeS(msgId, nowMs / 1000) - nowMs / 1000) < 2)
        last = msgId
      }
    }),
  )
})

test('seq_no counts the content-related messages as in the vector', () => {
  let contentRelatedBefore = 0
  for (const { content_related, seq_no } of vectors.client_seq_no_sequence) {
    assert.equal(seqNoAfter(contentRelatedBefore, content_related), seq_no)
    assert.equal(isContentRelated(seq_no), content_related)
    if (content_related) contentRelatedBefore++
  }
})
