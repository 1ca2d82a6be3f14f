import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TransportError } from '../errors.ts'
import { QuickAcks, WaitingPackets } from './index.ts'

test('quick acknowledgements are awaited for the last 256 packets, each once', () => {
  const acks = new QuickAcks()
  for (let token = 0; token < 257; token++) acks.await(token, [token])
  assert.deepEqual(acks.take(0), [], 'the oldest is forgotten')
  assert.deepEqual(acks.take(1), [1])
  assert.deepEqual(acks.take(1), [])
  assert.deepEqual(acks.take(256), [256])
})

const packet = (connection: number, length: number) => ({
  connection,
  packet: new Uint8Array(length),
  wantsQuickAck: false,
})

test('packets that wait for a key are dropped with their connection, and only those', () => {
  const waiting = new WaitingPackets(1000)
  assert.equal(waiting.add(1n, packet(1, 100)), true)
  assert.equal(waiting.add(1n, packet(2, 100)), false, 'the key is being looked up')
  waiting.add(2n, packet(1, 100))
  waiting.drop(1)
  assert.deepEqual(
    waiting.take(1n).map(({ connection }) => connection),
    [2],
  )
  assert.deepEqual(waiting.take(2n), [])
  assert.equal(waiting.size, 0)
})

test('waiting bytes are limited for each connection, and processed packets free their room', () => {
  const waiting = new WaitingPackets(1000)
  waiting.add(1n, packet(1, 600))
  assert.throws(() => waiting.add(2n, packet(1, 401)), TransportError)
  const other = new WaitingPackets(1000)
  other.add(1n, packet(1, 600))
  other.add(1n, packet(2, 1000))
  other.take(1n)
  other.add(1n, packet(1, 1000))
  assert.throws(() => other.add(1n, packet(1, 1)), TransportError)
})
