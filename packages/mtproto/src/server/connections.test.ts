import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encryptMessage } from '../envelope/index.ts'
import { computeCipher, type ServerOutput } from '../index.ts'
import { inSession, KEY, random, request, World } from '../properties/server-world.ts'

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

/** A session whose packets of 1,000 bytes or more are sealed and opened elsewhere. */
const offloading = (): World => inSession({}, { offloadsCiphersFrom: 1_000 })

type Job = Extract<ServerOutput, { kind: 'cipher' }>

/** The packets that are to be sealed or opened, since the last look. */
function jobs(world: World): Job[] {
  const isJob = (output: ServerOutput): output is Job => output.kind === 'cipher'
  const found = world.outputs.filter(isJob)
  world.outputs.splice(0, world.outputs.length, ...world.outputs.filter((output) => !isJob(output)))
  return found
}

function end(world: World, { connection, job, task }: Job): void {
  world.step({ kind: 'ciphered', connection, job, result: computeCipher(task) })
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
  const [first, second] = jobs(world)
  assert.ok(first && second)
  end(world, second)
  assert.deepEqual(world.names(), [])
  end(world, first)
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
  assert.deepEqual(jobs(world), [])
  assert.deepEqual(world.names(), ['rpc_result', 'rpc_result'])
})

test('a connection whose packet could not be sealed ends, and one that has gone gets none', () => {
  const world = offloading()
  for (const file of [1, 2]) world.answerFile(world.send(request(1)), new Uint8Array(4_000).fill(file))
  const [first, second] = jobs(world)
  assert.ok(first && second)
  world.step({ kind: 'ciphered', connection: 1, job: first.job, result: undefined })
  assert.deepEqual(world.closed(), ['INTERNAL'])
  end(world, second)
  assert.deepEqual([world.names(), second.task.packet.length], [[], 0])
})

/** A request that is opened elsewhere. */
const longRequest = (first: number): Uint8Array => new Uint8Array(4_000).fill(first)

test('packets that come behind one that is opened elsewhere wait for it, and run in order', () => {
  const world = offloading()
  const sent = [
    world.send(longRequest(1)),
    world.send(request(2)),
    world.send(longRequest(3)),
    world.send(request(4)),
  ]
  world.service({ _: 'ping', pingId: 7n })
  assert.deepEqual([world.requests(), world.names()], [[], []])
  const [first, ...others] = jobs(world)
  assert.ok(first && others.length === 0, 'one at a time')
  end(world, first)
  assert.deepEqual([world.requests(), world.names()], [sent.slice(0, 2), []])
  const [third] = jobs(world)
  assert.ok(third)
  end(world, third)
  assert.deepEqual(world.requests(), sent)
  assert.deepEqual(world.names(), ['pong'])
  const bodies = world.outputs.flatMap((output) => (output.kind === 'request' ? output.body : []))
  assert.deepEqual(bodies, [longRequest(1), request(2), longRequest(3), request(4)])
})

test('the first packet under a key may be opened elsewhere, and its key is forgotten if nobody has used it', () => {
  const world = new World({}, { offloadsCiphersFrom: 1_000 })
  world.open(1)
  const msgId = world.send(longRequest(1))
  for (const job of jobs(world)) end(world, job)
  assert.deepEqual(world.requests(), [msgId])
  const gone = new World({}, { offloadsCiphersFrom: 1_000 })
  gone.open(1)
  gone.send(longRequest(1))
  assert.equal(gone.machine.tableSizes['keys'], 1)
  gone.step({ kind: 'closed', connection: 1 })
  for (const job of jobs(gone)) end(gone, job)
  assert.equal(gone.machine.tableSizes['keys'], 0)
})

test('a packet that is opened elsewhere runs once, however often it comes', () => {
  const world = offloading()
  const msgId = world.send(longRequest(1))
  world.send(longRequest(1), { msgId })
  for (let [job] = jobs(world); job; [job] = jobs(world)) end(world, job)
  assert.deepEqual(world.requests(), [msgId])
})

test('a packet that is not authentic ends its connection, whoever opens it, with all that came behind it', () => {
  for (const offloadsCiphersFrom of [1_000, undefined]) {
    const world = inSession({}, { offloadsCiphersFrom })
    const packet = encryptMessage(
      KEY.authKey,
      'client',
      { msgId: world.nextId(), seqNo: 1, salt: KEY.firstSalt, sessionId: 1n, body: longRequest(1) },
      random,
    )
    packet[500] = (packet[500] ?? 0) ^ 1
    world.sendPacket(packet)
    world.send(request(2))
    for (const job of jobs(world)) end(world, job)
    assert.deepEqual([world.closed(), world.requests()], [['PACKET_REJECTED'], []])
  }
})

test('a packet whose key is forgotten while it is opened is refused', () => {
  const world = offloading()
  world.send(longRequest(1))
  const [job] = jobs(world)
  assert.ok(job)
  world.keys.delete(KEY.authKey.id)
  world.step({ kind: 'dropKey', authKeyId: KEY.authKey.id, reason: 'unknown' })
  end(world, job)
  assert.deepEqual(world.requests(), [])
})

test('a connection that closes takes what it kept out of the sum of all', () => {
  const world = new World({ maxBegunBytes: 6_000, maxConnectionFaults: 1 }, { offloadsCiphersFrom: 1_000 })
  for (const connection of [1, 2]) {
    world.keys.set(KEY.authKey.id, KEY)
    world.open(connection)
    world.send(longRequest(1), { connection })
    world.send(longRequest(2), { connection })
    const [job] = jobs(world)
    assert.ok(job)
    // Without its connection: the client has not used the key yet.
    world.keys.delete(KEY.authKey.id)
    world.step({ kind: 'dropKey', authKeyId: KEY.authKey.id, reason: 'unknown' })
    end(world, job)
  }
  assert.deepEqual(world.closed(), ['AUTH_KEY_UNKNOWN', 'AUTH_KEY_UNKNOWN'])
  world.open(3)
  world.step({ kind: 'bytes', connection: 3, chunk: new Uint8Array(4).fill(0xee) })
  const begun = new Uint8Array(4_000)
  new DataView(begun.buffer).setUint32(0, 1_000_000, true)
  world.step({ kind: 'bytes', connection: 3, chunk: begun })
  assert.equal(world.closed().length, 2)
})

test('what comes while a packet is opened counts as unfinished', () => {
  const world = inSession({ maxBegunBytes: 3_000 }, { offloadsCiphersFrom: 1_000 })
  world.send(longRequest(1))
  assert.deepEqual(world.closed(), [])
  world.send(longRequest(2))
  assert.deepEqual(world.closed(), ['FRAMES_UNFINISHED'])
})
