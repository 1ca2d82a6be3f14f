import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeContainer } from '../envelope/index.ts'
import { inSession, KEY, random, request, World } from '../properties/server-world.ts'
import { decodeService } from '../service.ts'

test('a message runs once: a duplicate is acknowledged, and its answer resent under its own id', () => {
  const world = inSession()
  const msgId = world.send(request(1))
  world.send(request(1), { msgId })
  assert.deepEqual(world.requests(), [msgId])
  const [ack] = world.seen()
  assert.deepEqual(ack?.service, { _: 'msgs_ack', msgIds: [msgId] })
  world.answer(msgId, request(2))
  const [answered] = world.seen()
  world.send(request(1), { msgId })
  const [again] = world.seen()
  assert.deepEqual(again, answered)
  assert.equal(again?.rpc?.reqMsgId, msgId)
  world.service({ _: 'msgs_ack', msgIds: [again?.msgId ?? 0n] })
  world.send(request(1), { msgId })
  assert.deepEqual(world.names(), ['msgs_ack'])
  assert.deepEqual(world.requests(), [msgId])
})

test('a duplicate of a long answer is only announced, and msg_resend_req fetches it', () => {
  const world = inSession({ maxRepeatBytes: 100 })
  const msgId = world.send(request(1))
  const long = random(1000)
  world.answer(msgId, long)
  const [answered] = world.seen()
  world.send(request(1), { msgId })
  const [info] = world.seen()
  assert.ok(info?.service?._ === 'msg_detailed_info')
  assert.equal(info.service.msgId, msgId)
  assert.equal(info.service.answerMsgId, answered?.msgId)
  world.service({ _: 'msg_resend_req', msgIds: [info.service.answerMsgId] })
  assert.deepEqual(world.seen(), [answered])
})

test('msg_resend_ans_req fetches the answers to requests, and states if there are none', () => {
  const world = inSession({ maxRepeatBytes: 100 })
  const msgId = world.send(request(1))
  const running = world.send(request(2))
  world.answer(msgId, random(1000))
  const [answer] = world.seen()
  world.service({ _: 'msg_resend_ans_req', msgIds: [msgId] })
  const again = world.seen()
  assert.deepEqual(
    again.map((message) => message.msgId),
    [answer?.msgId],
  )
  assert.equal(again[0]?.rpc?.reqMsgId, msgId)
  world.service({ _: 'msg_resend_ans_req', msgIds: [msgId, running] })
  assert.deepEqual(world.names(), ['rpc_result', 'msgs_state_info'])
})

test('resent messages travel in their own packet, so that a client that refuses them misses nothing new', () => {
  const world = inSession()
  for (const body of [request(1), request(2)]) world.answer(world.send(body), body)
  world.seen()
  world.step({ kind: 'closed', connection: 1 })
  world.later(600)
  world.open(2)
  world.frames(2)
  world.service({ _: 'ping', pingId: 1n }, { connection: 2 })
  assert.equal(world.frames(2), 2)
  assert.deepEqual(
    world.seen(2).map(({ service }) => service?._ ?? 'again'),
    ['new_session_created', 'again', 'again', 'pong'],
  )
})

test('a slow answer is preceded by an acknowledgement', () => {
  const world = inSession({ ackDelayMs: 500 })
  const msgId = world.send(request(1))
  assert.deepEqual(world.names(), [])
  world.later(1)
  const [ack] = world.seen()
  assert.deepEqual(ack?.service, { _: 'msgs_ack', msgIds: [msgId] })
  world.later(10)
  assert.deepEqual(world.names(), [])
  world.answer(msgId, request(2))
  assert.deepEqual(world.names(), ['rpc_result'])
})

test('unacknowledged messages are resent on the next connection, with answers made meanwhile', () => {
  const world = inSession()
  const first = world.send(request(1))
  const second = world.send(request(2))
  world.answer(first, request(3))
  const before = world.seen()
  world.step({ kind: 'closed', connection: 1 })
  world.answer(second, request(4))
  world.step({
    kind: 'push',
    session: { authKeyId: KEY.authKey.id, sessionId: 1n },
    body: Uint8Array.of(0x7e, 0xaf, 0x17, 0xe3),
  })
  world.open(2)
  world.service({ _: 'ping', pingId: 3n }, { connection: 2 })
  const after = world.seen(2)
  const answers = after.filter(({ rpc }) => rpc)
  assert.deepEqual(
    answers[0],
    before.find(({ rpc }) => rpc),
  )
  assert.equal(answers[1]?.rpc?.reqMsgId, second)
  assert.ok(
    after.some(({ service, rpc, seqNo }) => !service && !rpc && seqNo % 2 === 1),
    'the update',
  )
  assert.ok(after.some(({ service }) => service?._ === 'pong'))
  assert.equal(new Set(after.map(({ msgId }) => msgId)).size, after.length)
})

test('msgs_state_req reports the fate of messages', () => {
  const world = inSession()
  const running = world.send(request(1))
  const answered = world.send(request(2))
  world.answer(answered, request(3))
  world.seen()
  const unknown = running + 1n
  const tooHigh = world.nextId() + 400n
  const asked = world.service({ _: 'msgs_state_req', msgIds: [running, answered, unknown, tooHigh] })
  assert.deepEqual(world.seen()[0]?.service, {
    _: 'msgs_state_info',
    reqMsgId: asked,
    info: Uint8Array.of(4 + 32, 4 + 8 + 32 + 64, 2, 3),
  })
})

test('the state of a message says what it needs and what each side knows of it', () => {
  const world = inSession()
  const answered = world.send(request(1))
  world.answer(answered, request(2))
  const answer = world.seen().find(({ rpc }) => rpc)
  assert.ok(answer)
  const ack = world.service({ _: 'msgs_ack', msgIds: [answer.msgId] })
  const ping = world.service({ _: 'ping', pingId: 1n }, { seqNo: 3 })
  world.seen()
  world.service({ _: 'msgs_state_req', msgIds: [answered, ack, ping] })
  const [state] = world.seen()
  assert.ok(state?.service?._ === 'msgs_state_info')
  assert.deepEqual([...state.service.info], [4 + 8 + 32 + 64 + 128, 4 + 16, 4 + 8])
})

test('a lost answer counts as made, so that a client which asks sends its request again', () => {
  const world = inSession()
  const msgId = world.send(request(1))
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  world.step({ kind: 'withhold', session, msgId, wasRun: true, asBadSalt: false })
  world.seen()
  world.service({ _: 'msgs_state_req', msgIds: [msgId] })
  const [state] = world.seen()
  assert.ok(state?.service?._ === 'msgs_state_info')
  assert.deepEqual([...state.service.info], [4 + 8 + 32 + 64])
})

test('rpc_drop_answer drops a queued answer, and says so about an unfinished one', () => {
  const world = inSession()
  const drop = (reqMsgId: bigint) => {
    const asked = world.service({ _: 'rpc_drop_answer', reqMsgId }, { seqNo: 1 })
    const { rpc } = world.seen()[0] ?? {}
    assert.equal(rpc?.reqMsgId, asked)
    return rpc && decodeService(rpc.result)._
  }
  const running = world.send(request(1))
  assert.equal(drop(running), 'rpc_answer_dropped_running')
  world.answer(running, request(2))
  const late = world.seen()[0]?.rpc
  assert.equal(late && decodeService(late.result)._, 'rpc_answer_dropped_running')
  const answered = world.send(request(1))
  world.answer(answered, request(2))
  world.seen()
  assert.equal(drop(answered), 'rpc_answer_dropped')
  assert.equal(drop(answered), 'rpc_answer_unknown')
})

test('an unacknowledged update is announced on the same connection and resent on request', () => {
  const world = inSession({ offerAfterMs: 75_000 })
  world.step({ kind: 'push', session: { authKeyId: KEY.authKey.id, sessionId: 1n }, body: request(9) })
  const [update] = world.seen()
  assert.ok(update)
  world.later(74)
  assert.deepEqual(world.seen(), [])
  world.later(76)
  const offers = world.seen().flatMap(({ service }) => service ?? [])
  const offer = offers.find((one) => one._ === 'msg_new_detailed_info' && one.answerMsgId === update.msgId)
  assert.ok(offer)
  world.service({ _: 'msg_resend_req', msgIds: [update.msgId] })
  assert.ok(world.seen().some(({ msgId }) => msgId === update.msgId))
  world.service({ _: 'msgs_ack', msgIds: [update.msgId] })
  world.later(300)
  assert.ok(
    world
      .seen()
      .every(({ service }) => service?._ !== 'msg_new_detailed_info' || service.answerMsgId !== update.msgId),
  )
})

test('msgs_all_info reports which messages have arrived', () => {
  const world = inSession()
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  for (const first of [7, 8]) world.step({ kind: 'push', session, body: request(first) })
  const [one, two] = world.seen()
  assert.ok(one && two)
  world.service({ _: 'msgs_all_info', msgIds: [one.msgId, two.msgId], info: Uint8Array.of(4, 2) })
  const again = world.seen().map(({ msgId }) => msgId)
  assert.ok(!again.includes(one.msgId) && again.includes(two.msgId))
})

test('a withheld request that did not run may run again', () => {
  const world = new World()
  world.open(1)
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  const msgId = world.send(request(1))
  world.step({ kind: 'withhold', session, msgId, wasRun: false, asBadSalt: false })
  world.send(request(1), { msgId })
  assert.equal(world.requests().length, 2)
  world.seen()
  world.step({ kind: 'withhold', session, msgId, wasRun: false, asBadSalt: true })
  const [refusal] = world.seen()
  assert.ok(refusal?.service?._ === 'bad_server_salt')
  assert.equal(refusal.service.badMsgId, msgId)
  world.send(request(1), { msgId, salt: refusal.service.newServerSalt })
  assert.equal(world.requests().length, 3)
})

test('a withheld request that ran is acknowledged, and its answer is lost', () => {
  const world = new World()
  world.open(1)
  const session = { authKeyId: KEY.authKey.id, sessionId: 1n }
  const msgId = world.send(request(1))
  world.seen()
  world.step({ kind: 'withhold', session, msgId, wasRun: true, asBadSalt: false })
  assert.deepEqual(
    world.seen().map(({ service }) => service?._),
    ['msgs_ack'],
  )
  world.send(request(1), { msgId })
  const [again] = world.seen()
  assert.equal(again?.rpc?.reqMsgId, msgId)
  assert.equal(world.requests().length, 1)
})

test('two parts of 512 KiB in one container are two requests', () => {
  const world = inSession()
  const part = (first: number): Uint8Array => new Uint8Array(524_288 + 28).fill(first)
  const messages = [1, 2].map((n) => ({ msgId: world.nextId(), seqNo: n * 2 - 1, body: part(n) }))
  world.send(encodeContainer(messages), { seqNo: 4 })
  assert.deepEqual(
    world.outputs.flatMap((output) =>
      output.kind === 'request' ? [[output.msgId, output.body.length]] : [],
    ),
    messages.map(({ msgId, body }) => [msgId, body.length]),
  )
})

/** Zeros pack well. */
const PART = new Uint8Array(50_000)

test('bytes of a file are not packed, and once sent only their message is kept', () => {
  const world = inSession()
  const msgId = world.send(request(1))
  world.answerFile(msgId, PART)
  const [answer] = world.seen()
  assert.deepEqual(answer?.rpc?.result, PART)
  world.send(request(1), { msgId })
  assert.deepEqual(world.names(), ['msgs_ack'], 'the connection lives: the answer is on its way')
  assert.deepEqual(world.requests(), [msgId])
  world.service({ _: 'msg_resend_req', msgIds: [answer?.msgId ?? 0n] })
  assert.deepEqual(world.names(), ['msgs_state_info'])
  world.later(1000)
  assert.ok(!world.names().includes('msg_detailed_info'), 'nothing is offered that is not kept')
})

test('a request for bytes of a file runs again if its connection ended before the answer was acknowledged', () => {
  const world = inSession()
  const [lost, arrived] = [world.send(request(1)), world.send(request(2))]
  world.answerFile(lost, PART)
  world.answerFile(arrived, PART)
  const second = world.seen().find(({ rpc }) => rpc?.reqMsgId === arrived)
  world.service({ _: 'msgs_ack', msgIds: [second?.msgId ?? 0n] })
  world.step({ kind: 'closed', connection: 1 })
  world.open(2)
  world.service({ _: 'msgs_state_req', msgIds: [lost, arrived] }, { connection: 2 })
  const states = world
    .seen(2)
    .flatMap(({ service }) => (service?._ === 'msgs_state_info' ? service.info : []))
  assert.deepEqual(states, [Uint8Array.of(2, 4 + 8 + 32 + 64 + 128)])
  for (const msgId of [lost, arrived]) world.send(request(1), { msgId, connection: 2 })
  assert.deepEqual(world.requests(), [lost, arrived, lost])
  world.answerFile(lost, PART)
  assert.deepEqual(
    world.seen(2).flatMap(({ rpc }) => rpc?.reqMsgId ?? []),
    [lost],
  )
})

test('the memory of bytes of files is freed, and those that leave together are whole', () => {
  const world = inSession()
  const asked = [1, 2, 3].map((first) => world.send(request(first)))
  world.step({ kind: 'closed', connection: 1 })
  const parts = asked.map((_, index) => PART.map((_byte, at) => at * 31 + index))
  const given = asked.flatMap((msgId, index) => world.answerFile(msgId, parts[index] ?? PART))
  world.open(2)
  world.service({ _: 'ping', pingId: 1n }, { connection: 2 })
  assert.deepEqual(
    world.seen(2).flatMap(({ rpc }) => rpc?.result ?? []),
    parts,
  )
  assert.deepEqual(
    given.filter(({ length }) => length > 0),
    [],
  )
})

test('a client that drops an answer with bytes of a file is told of its whole length', () => {
  const world = inSession()
  const msgId = world.send(request(1))
  world.step({ kind: 'closed', connection: 1 })
  world.answerFile(msgId, PART)
  world.open(2)
  world.service({ _: 'rpc_drop_answer', reqMsgId: msgId }, { connection: 2, seqNo: 3 })
  const results = world.seen(2).flatMap(({ rpc }) => rpc ?? [])
  const [dropped] = results.map(({ result }) => decodeService(result))
  assert.deepEqual(dropped?._ === 'rpc_answer_dropped' && dropped.bytes, 12 + PART.length)
  assert.equal(results.length, 1)
})

test('bytes of a file that are made while nobody is connected are sent on the next connection', () => {
  const world = inSession()
  const msgId = world.send(request(1))
  world.step({ kind: 'closed', connection: 1 })
  world.answerFile(msgId, PART)
  world.open(2)
  world.service({ _: 'ping', pingId: 1n }, { connection: 2 })
  assert.deepEqual(
    world.seen(2).flatMap(({ rpc }) => rpc?.result ?? []),
    [PART],
  )
})

test('where too many bytes of files wait for a connection, the requests for the oldest run again', () => {
  const world = inSession({ maxUnackedBytes: 120_000 })
  const all = [1, 2, 3].map((first) => world.send(request(first)))
  world.step({ kind: 'closed', connection: 1 })
  for (const msgId of all) world.answerFile(msgId, PART)
  world.open(2)
  world.send(request(1), { msgId: all[0] ?? 0n, connection: 2 })
  assert.deepEqual(world.requests(), [...all, all[0]])
  assert.deepEqual(
    world.seen(2).flatMap(({ rpc }) => rpc?.reqMsgId ?? []),
    all.slice(1),
  )
})

test('bytes of files that were sent take no room from other answers, however slowly a client acknowledges', () => {
  const world = inSession({ maxUnackedBytes: 120_000 })
  const other = world.send(request(1))
  world.answer(other, request(2))
  for (let n = 0; n < 10; n++) world.answerFile(world.send(request(3)), PART)
  world.step({ kind: 'closed', connection: 1 })
  world.open(2)
  world.service({ _: 'ping', pingId: 1n }, { connection: 2 })
  assert.deepEqual(
    world.seen(2).flatMap(({ rpc }) => rpc?.reqMsgId ?? []),
    [other],
  )
})
