import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import vectors from '../../../../test/vectors/message-v2.json' with { type: 'json' }
import { bytesToHex, hexToBytes } from '../crypto/index.ts'
import { decodeContainer, encodeContainer, type InnerMessage, MAX_CONTAINER_MESSAGES } from './container.ts'
import { decodeRpcResult, unpackBody } from './packed.ts'

const { client_packet, client_inner, server_packet, server_inner } = vectors.session_example

for (const [name, packet, inner] of [
  ['client', client_packet, client_inner],
  ['server', server_packet, server_inner],
] as const) {
  test(`the ${name}'s container of the session example decodes and encodes`, () => {
    const outer = { msgId: BigInt(packet.msg_id), seqNo: packet.seq_no, body: hexToBytes(packet.body) }
    const messages = decodeContainer(outer)
    assert.ok(messages)
    const read = messages.map(({ msgId, seqNo, body }) => [`${msgId}`, seqNo, bytesToHex(body)])
    assert.deepEqual(
      read,
      inner.map(({ msg_id, seq_no, body }) => [msg_id, seq_no, body]),
    )
    assert.equal(bytesToHex(encodeContainer(messages)), packet.body)
  })
}

test('the packed result in the session example is unpacked', () => {
  const body = hexToBytes(server_inner[1]?.body ?? '')
  const { reqMsgId, result } = decodeRpcResult(body)
  assert.equal(`${reqMsgId}`, client_inner[0]?.msg_id)
  // nearestDc#8e1a1775
  assert.equal(bytesToHex(unpackBody(result, 1000).subarray(0, 4)), '75171a8e')
})

test('an invalid container is rejected', () => {
  const ping: InnerMessage = { msgId: 4n, seqNo: 1, body: new Uint8Array(12) }
  const decode = (
    messages: readonly InnerMessage[],
    change: (body: Uint8Array) => Uint8Array = (body) => body,
  ) => decodeContainer({ msgId: 100n, seqNo: 10, body: change(encodeContainer(messages)) })
  assert.equal(decode([ping])?.length, 1)
  assert.deepEqual(decode([]), [])
  assert.equal(decode([{ ...ping, msgId: 100n }]), undefined)
  assert.equal(decode([{ ...ping, seqNo: 11 }]), undefined)
  assert.equal(decode([{ ...ping, body: encodeContainer([]) }]), undefined)
  assert.equal(decode([{ ...ping, body: new Uint8Array(6) }]), undefined)
  assert.equal(decode([{ ...ping, body: new Uint8Array(0) }]), undefined)
  assert.equal(
    decode([ping], (body) => body.subarray(0, body.length - 4)),
    undefined,
  )
  assert.equal(
    decode([ping], (body) => hexToBytes(`${bytesToHex(body)}00000000`)),
    undefined,
  )
  assert.equal(
    decode([ping], (body) => body.fill(0xff, 4, 8)),
    undefined,
  )
  assert.equal(
    decode([ping], (body) => body.fill(0, 0, 4)),
    undefined,
  )
  const most = Array<InnerMessage>(MAX_CONTAINER_MESSAGES).fill(ping)
  assert.equal(decode(most)?.length, MAX_CONTAINER_MESSAGES)
  assert.equal(decode([...most, ping]), undefined)
})

test('any bytes decode to a container or are rejected', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.uint8Array({ maxLength: 200 }), (count, rest) => {
      const body = hexToBytes(`dcf8f173${count.toString(16).padStart(2, '0')}000000${bytesToHex(rest)}`)
      const messages = decodeContainer({ msgId: 1n << 62n, seqNo: 1 << 30, body })
      if (messages) assert.equal(bytesToHex(encodeContainer(messages)), bytesToHex(body))
    }),
    { numRuns: 200 },
  )
})
