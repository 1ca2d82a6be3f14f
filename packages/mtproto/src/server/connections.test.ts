import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inSession, request, World } from '../properties/server-world.ts'

test('ping_delay_disconnect closes a connection unless it is repeated', () => {
  const world = inSession()
  world.service({ _: 'ping_delay_disconnect', pingId: 1n, disconnectDelay: 60 })
  world.later(50)
  world.service({ _: 'ping_delay_disconnect', pingId: 2n, disconnectDelay: 60 })
  world.later(50)
  assert.deepEqual(world.closed(), [])
  world.later(11)
  assert.deepEqual(world.closed(), ['PING_MISSING'])
})

test('a stranger with the most unfinished frames is closed before a known client', () => {
  const world = inSession({ maxBegunBytes: 4_000 })
  const begun = (bytes: number): Uint8Array => {
    const chunk = new Uint8Array(bytes)
    new DataView(chunk.buffer).setUint32(0, 1_000_000, true)
    return chunk
  }
  const intermediate = new Uint8Array(4).fill(0xee)
  for (const [connection, bytes] of [
    [2, 600],
    [3, 1_500],
    [4, 2_000],
  ] as const) {
    world.open(connection)
    world.step({ kind: 'bytes', connection, chunk: intermediate })
    world.step({ kind: 'bytes', connection, chunk: begun(bytes) })
  }
  const closed = () => world.outputs.flatMap((output) => (output.kind === 'close' ? output : []))
  assert.deepEqual(
    closed().map(({ connection, reason }) => [connection, reason?.code]),
    [[4, 'FRAMES_UNFINISHED']],
    'an unfinished frame takes what has come of it',
  )
  const id = world.send(request(1))
  world.answer(id, request(2))
  assert.equal(world.seen().filter(({ rpc }) => rpc).length, 1)
})

test('a connection that shows no key is closed after a timeout', () => {
  const world = new World({ strangerLifeMs: 1000 })
  world.open(1)
  world.later(2)
  assert.deepEqual(world.closed(), ['CONNECTION_IDLE'])
})

test('a transport error is sent as a frame of four bytes', () => {
  const world = new World()
  world.open(1)
  world.send(request(1))
  world.seen()
  for (const code of [-404, -429, -444]) {
    world.step({ kind: 'sendTransportError', connection: 1, code })
    assert.deepEqual(world.seen(), [{ msgId: 0n, seqNo: code }])
  }
  world.step({ kind: 'sendTransportError', connection: 7, code: -404 })
})
