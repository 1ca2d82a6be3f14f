import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeSeal, type ServerOutput } from '../index.ts'
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

/** A session whose packets with 1,000 bytes of a file or more are sealed elsewhere. */
const offloading = (): World => inSession({}, { offloadsSealsFrom: 1_000 })

/** The packets that are to be sealed, since the last look. */
function seals(world: World): Extract<ServerOutput, { kind: 'seal' }>[] {
  return world.outputs.splice(0).flatMap((output) => (output.kind === 'seal' ? output : []))
}

test('packets wait for those in front of them that are sealed elsewhere, and leave in order', () => {
  const world = offloading()
  const files = [new Uint8Array(4_000).fill(1), new Uint8Array(8_000).fill(2)]
  for (const file of files) {
    const memory = world.answerFile(world.send(request(1)), file)
    assert.ok(
      memory.every(({ length }) => length === 0),
      'the machine has copied it',
    )
  }
  world.service({ _: 'ping', pingId: 7n })
  world.step({ kind: 'sendTransportError', connection: 1, code: -429 })
  assert.deepEqual(world.names(), [])
  const [first, second] = seals(world)
  assert.ok(first && second)
  world.step({ ...second, kind: 'sealed', packet: computeSeal(second.task) })
  assert.deepEqual(world.names(), [])
  world.step({ ...first, kind: 'sealed', packet: computeSeal(first.task) })
  const seen = world.seen()
  const results = seen.flatMap(({ rpc }) => (rpc ? rpc.result : []))
  assert.deepEqual(results, files)
  assert.deepEqual(
    seen.map(({ service, rpc, seqNo }) => service?._ ?? (rpc ? 'rpc_result' : seqNo)),
    ['rpc_result', 'rpc_result', 'pong', -429],
  )
  world.service({ _: 'ping', pingId: 8n })
  assert.deepEqual(world.names(), ['pong'])
})

test('short bytes of files and other answers are sealed at once', () => {
  const world = offloading()
  world.answerFile(world.send(request(1)), new Uint8Array(400))
  world.answer(world.send(request(2)), new Uint8Array(4_000).fill(3))
  assert.deepEqual(seals(world), [])
  assert.deepEqual(world.names(), ['rpc_result', 'rpc_result'])
})

test('a connection whose packet could not be sealed ends, and one that has gone gets none', () => {
  const world = offloading()
  for (const file of [1, 2]) world.answerFile(world.send(request(1)), new Uint8Array(4_000).fill(file))
  const [first, second] = seals(world)
  assert.ok(first && second)
  world.step({ kind: 'sealed', connection: 1, seal: first.seal, packet: undefined })
  assert.deepEqual(world.closed(), ['INTERNAL'])
  const packet = computeSeal(second.task)
  world.step({ kind: 'sealed', connection: 1, seal: second.seal, packet })
  assert.deepEqual([world.names(), packet.length], [[], 0])
})
