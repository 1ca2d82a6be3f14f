import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import exchange from '../../../../test/vectors/auth-key.json' with { type: 'json' }
import { bytesToHex, hexToBytes } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import { decodePlain, encodePlain, readAuthKeyId } from './plain.ts'

for (const { name, messages } of exchange.transcripts) {
  test(`the messages of ${name} match their envelopes`, () => {
    for (const { msg_id, body, envelope } of messages) {
      assert.equal(bytesToHex(encodePlain(BigInt(msg_id), hexToBytes(body))), envelope)
      assert.equal(readAuthKeyId(hexToBytes(envelope)), 0n)
      const message = decodePlain(hexToBytes(envelope), 4096)
      assert.deepEqual([`${message.msgId}`, bytesToHex(message.body)], [msg_id, body])
    }
  })
}

test('transport padding behind an unencrypted message is ignored', () => {
  const packet = hexToBytes(`${bytesToHex(encodePlain(4n, new Uint8Array(8)))}aabbcc`)
  assert.deepEqual(decodePlain(packet, 8), { msgId: 4n, body: new Uint8Array(8) })
})

test('any bytes are an unencrypted message or a typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (packet) => {
      try {
        assert.ok(decodePlain(packet, 60).body.length >= 4)
      } catch (error) {
        assert.ok(error instanceof ProtocolError && error.code === 'PLAIN_MESSAGE_INVALID')
      }
      assert.equal(readAuthKeyId(packet) === undefined, packet.length < 20)
    }),
    { numRuns: 300 },
  )
})
