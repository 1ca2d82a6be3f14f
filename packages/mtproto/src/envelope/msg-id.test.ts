import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../../../../test/vectors/msg-id-seqno.json' with { type: 'json' }
import { decodeContainer, encodeContainer } from './container.ts'
import {
  isContentRelated,
  isLater,
  MSG_ID_BITS,
  msgIdAt,
  msgIdTimeS,
  nextMsgId,
  seqNoAfter,
  unwrapS,
  wrapS,
} from './msg-id.ts'

for (const vector of vectors.msg_id) {
  test(`the ids at ${vector.unix_seconds} s and ${vector.nanos} ns match the vector`, () => {
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

test('ids are compared by their distance, before and after 2038 and 2106', () => {
  for (const edgeS of [2 ** 31, 2 ** 32, 2 ** 31 - 1000, 0]) {
    const [before, after] = [msgIdAt(edgeS - 1, 5, 0), msgIdAt(edgeS + 1, 5, 0)]
    assert.ok(isLater(after, before) && !isLater(before, after) && !isLater(after, after))
    assert.ok(nextMsgId((edgeS + 1) * 1000, before, 0) === msgIdAt(edgeS + 1, 0, 0))
    for (const id of [before, after]) assert.equal(BigInt.asIntN(64, id), id, 'signed, as on the wire')
  }
})

test('the time of an id is derived from a time near it', () => {
  for (const unixS of [0, 1, 946_684_800, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 2 ** 31]) {
    const id = msgIdAt(unixS, 0, 0)
    for (const offS of [0, 1e9, -1e9, 2e9, -2e9]) {
      const nearS = Math.max(0, unixS + offS)
      assert.equal(msgIdTimeS(id, nearS), unixS, `${unixS} from ${nearS}`)
    }
    assert.equal(unwrapS(wrapS(unixS), unixS + 1e9), unixS)
  }
})

test('a container sent after 2038 may hold messages from before it', () => {
  const edgeMs = 2 ** 31 * 1000
  const [inner, outer] = [nextMsgId(edgeMs - 1, undefined, 0), nextMsgId(edgeMs + 1, undefined, 0)]
  const body = encodeContainer([{ msgId: inner, seqNo: 1, body: new Uint8Array(4) }])
  assert.equal(decodeContainer({ msgId: outer, seqNo: 2, body })?.length, 1)
  assert.equal(decodeContainer({ msgId: inner, seqNo: 2, body }), undefined)
})
