import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeContainer, encodeRpcResult, encryptMessage, isPacked, unpackBody } from './envelope/index.ts'
import { makeServerFraming } from './framing/index.ts'
import { UsageError } from './index.ts'
import {
  call,
  KEY,
  PREFIX,
  random,
  SALT,
  type Sent,
  START_MS,
  World,
  withCall,
} from './properties/client-world.ts'
import { decodeService, encodeService, isService } from './service.ts'

test('calls carry initConnection until an answer confirms it, and again on demand', () => {
  const { world, sent } = withCall()
  assert.deepEqual(sent.body.subarray(0, 4), PREFIX)
  world.step({ kind: 'call', callId: 2, body: call(2) })
  const [second] = world.calls()
  assert.equal(second?.body.length, 12)
  world.error(sent.msgId, 400, 'SOMETHING_WRONG')
  assert.deepEqual(world.kinds(), ['ready', 'refused'])
  world.step({ kind: 'call', callId: 3, body: call(3) })
  const [third] = world.calls()
  assert.deepEqual(third?.body, call(3))
  world.error(third?.msgId ?? 0n, 400, 'CONNECTION_NOT_INITED')
  const [again] = world.calls()
  assert.equal(again?.body.length, 12)
  assert.deepEqual(world.kinds(), [])
  world.answer(again?.msgId ?? 0n, call(9))
  const [result] = world.outputs
  assert.ok(result?.kind === 'result' && result.callId === 3)
  assert.deepEqual(result.body, call(9))
})

test('calls that more follows share a packet, in the order in which they came', () => {
  const { world, sent } = withCall()
  world.answer(sent.msgId, call(1))
  world.step({ kind: 'call', callId: 2, body: call(2), isMore: true })
  world.step({ kind: 'call', callId: 3, body: call(3), after: 2, isMore: true })
  assert.deepEqual(world.calls(), [])
  world.step({ kind: 'wake' })
  const [second, third, ...others] = world.calls()
  assert.equal(others.length, 0)
  assert.ok(second && third && second.msgId < third.msgId && second.outerId === third.outerId)
  assert.deepEqual(second.body, call(2))
  assert.deepEqual(third.body.subarray(12), call(3))
})

test('a client gives up initConnection if the server refuses it again and again', () => {
  const { world, sent } = withCall(1, { maxInitRetries: 2 })
  let last: Sent | undefined = sent
  for (let i = 0; i < 3; i++) {
    assert.ok(last)
    world.error(last.msgId, 400, 'CONNECTION_LAYER_INVALID')
    last = world.calls()[0]
  }
  assert.equal(last, undefined)
  const refused = world.outputs.at(-1)
  assert.ok(refused?.kind === 'refused' && refused.error.type === 'CONNECTION_LAYER_INVALID')
})

test('bad_server_salt: the client saves the salt and resends the call under it with a new id', () => {
  const { world, sent } = withCall()
  world.service({
    _: 'bad_server_salt',
    badMsgId: sent.outerId,
    badMsgSeqno: sent.seqNo,
    errorCode: 48,
    newServerSalt: 99n,
  })
  const [again] = world.calls()
  assert.deepEqual(again?.body, sent.body)
  assert.equal(again?.salt, 99n)
  assert.ok(again && again.msgId > sent.msgId)
  const saved = world.outputs.find(({ kind }) => kind === 'save')
  assert.ok(saved?.kind === 'save' && saved.keys?.salts[0]?.salt === 99n)
})

test('a client heeds bad_msg_notification only about messages it sent', () => {
  const { world } = withCall()
  world.service({ _: 'bad_msg_notification', badMsgId: 4n, badMsgSeqno: 0, errorCode: 32 })
  world.service({ _: 'bad_server_salt', badMsgId: 4n, badMsgSeqno: 0, errorCode: 48, newServerSalt: 1n })
  assert.deepEqual(world.calls(), [])
})

test('codes 16 and 17 set the clock, 17 and malformed-message codes start a new session, and all resend the call', () => {
  for (const [errorCode, isNew, aheadS] of [
    [16, false, 500],
    [17, true, -500],
    [20, false, 0],
    [18, true, 0],
    [19, true, 0],
    [32, true, 0],
    [33, true, 0],
    [34, true, 0],
    [35, true, 0],
    [64, true, 0],
  ] as const) {
    const { world, sent } = withCall()
    const before = world.sessionId
    const { outerId: badMsgId, seqNo: badMsgSeqno } = sent
    world.service({ _: 'bad_msg_notification', badMsgId, badMsgSeqno, errorCode }, { aheadS })
    const [again] = world.calls()
    assert.deepEqual(again?.body, sent.body, String(errorCode))
    assert.equal(world.sessionId !== before, isNew, String(errorCode))
    const serverS = START_MS / 1000 + aheadS
    assert.ok(Math.abs(Number((again?.msgId ?? 0n) >> 32n) - serverS) <= 1, String(errorCode))
  }
})

test('a client leaves a server that refuses every session', () => {
  const { world, sent } = withCall()
  let last: Sent | undefined = sent
  for (let i = 0; i < 10 && last; i++) {
    const { outerId: badMsgId } = last
    world.service({ _: 'bad_msg_notification', badMsgId, badMsgSeqno: 1, errorCode: 32 })
    last = world.calls()[0]
  }
  const lost = world.outputs.at(-1)
  assert.ok(lost?.kind === 'reconnect' && lost.reason.code === 'SESSION_REJECTED')
})

test('an unanswered call is resent on the next connection under its own id in a container', () => {
  const { world, sent } = withCall()
  world.reconnect()
  const [again] = world.calls()
  assert.equal(again?.msgId, sent.msgId)
  assert.equal(again?.seqNo, sent.seqNo)
  assert.notEqual(again?.outerId, sent.outerId)
  world.answer(sent.msgId, call(7))
  assert.deepEqual(world.kinds(), ['ready', 'result'])
})

test('a session created anew is sent its lost calls under their own ids, once per unique_id', () => {
  const { world, sent } = withCall()
  const created = { _: 'new_session_created', uniqueId: 1n, serverSalt: 7n } as const
  world.service({ ...created, firstMsgId: sent.outerId }, { seqNo: 1 })
  assert.deepEqual(world.calls(), [])
  world.kinds()
  const later = { ...created, uniqueId: 2n, firstMsgId: sent.outerId + 1n }
  world.service(later, { seqNo: 3 })
  const [again] = world.calls()
  assert.deepEqual(again?.body, sent.body)
  assert.ok(again && again.msgId === sent.msgId && again.outerId > sent.msgId && again.salt === 7n)
  world.service(later, { seqNo: 5 })
  assert.deepEqual(world.calls(), [])
  assert.deepEqual(world.kinds(), ['newSession', 'save'])
})

test('an answer counts even if new_session_created in the same container resends its call', () => {
  const { world, sent } = withCall()
  const after = sent.outerId + 4n
  const created = { _: 'new_session_created', firstMsgId: after, uniqueId: 1n, serverSalt: SALT } as const
  const first = (BigInt(START_MS / 1000) << 32n) + 0x101n
  const messages = [
    { msgId: first, seqNo: 1, body: encodeService(created) },
    { msgId: first + 4n, seqNo: 3, body: encodeRpcResult(sent.msgId, call(7)) },
  ]
  world.send(encodeContainer(messages), { seqNo: 4, msgId: first + 8n })
  assert.equal(world.kinds().filter((kind) => kind === 'result').length, 1)
  assert.deepEqual(world.calls(), [])
  assert.equal(world.machine.tableSizes['requests'], 0)
})

test('a later new_session_created counts even if the first was lost', () => {
  const { world, sent } = withCall()
  world.kinds()
  const created = { _: 'new_session_created', uniqueId: 1n, serverSalt: SALT } as const
  world.service({ ...created, firstMsgId: sent.outerId + 4n }, { seqNo: 1 })
  assert.ok(world.kinds().includes('newSession'))
})

test('a session that has answered and is created anew was another one', () => {
  const { world, sent } = withCall()
  world.answer(sent.msgId, call(7))
  world.kinds()
  const created = { _: 'new_session_created', uniqueId: 1n, serverSalt: SALT } as const
  world.service({ ...created, firstMsgId: sent.outerId + 4n }, { seqNo: 3 })
  assert.ok(world.kinds().includes('newSession'))
})

test('a packet that was answered is not sent again, whatever is said of it', () => {
  const { world, sent } = withCall()
  world.answer(sent.msgId, call(7))
  world.kinds()
  const rejected = { badMsgId: sent.outerId, badMsgSeqno: sent.seqNo, errorCode: 48, newServerSalt: 99n }
  world.service({ _: 'bad_server_salt', ...rejected })
  assert.deepEqual(world.kinds(), [])
  assert.deepEqual(world.calls(), [])
})

test('cancelling a call drops its answer, and an unsent call needs nothing', () => {
  const { world, sent } = withCall()
  world.step({ kind: 'cancel', callId: 1 })
  assert.deepEqual(world.services(), [{ _: 'rpc_drop_answer', reqMsgId: sent.msgId }])
  world.answer(sent.msgId, call(1))
  world.kinds()
  world.step({ kind: 'closed' })
  world.step({ kind: 'call', callId: 2, body: call(2) })
  world.step({ kind: 'cancel', callId: 2 })
  world.open()
  assert.equal(world.services().filter(({ _ }) => _ === 'rpc_drop_answer').length, 1)
})

test('an answer is delivered once however often it arrives, and acknowledged each time', () => {
  const { world, sent } = withCall(1, { ackCount: 2 })
  const msgId = (BigInt(START_MS / 1000) << 32n) + 401n
  for (let i = 0; i < 2; i++) world.send(encodeRpcResult(sent.msgId, call(1)), { msgId })
  assert.deepEqual(world.kinds(), ['ready', 'result'])
  assert.deepEqual(world.services(), [{ _: 'msgs_ack', msgIds: [msgId, msgId] }])
})

test('acknowledgements go with the next packet, or alone after a delay', () => {
  const { world, sent } = withCall(1, { ackDelayMs: 1000 })
  const msgId = world.send(encodeRpcResult(sent.msgId, call(1)))
  assert.deepEqual(world.services(), [])
  world.step({ kind: 'call', callId: 2, body: call(2) })
  assert.deepEqual(world.services(), [{ _: 'msgs_ack', msgIds: [msgId] }])
  const update = world.send(call(3), { seqNo: 3 })
  world.later(999)
  assert.deepEqual(world.services(), [])
  world.later(1)
  assert.deepEqual(world.services(), [{ _: 'msgs_ack', msgIds: [update] }])
})

test('a long request is sent gzipped, and a gzipped answer or update is delivered unpacked', () => {
  const { world } = withCall()
  const body = new Uint8Array(4000).fill(3)
  world.step({ kind: 'call', callId: 2, body })
  const [sent] = world.calls()
  assert.ok(sent && isPacked(sent.body) && sent.body.length < 200)
  assert.deepEqual(unpackBody(sent.body, 10_000).subarray(4), body)
  world.kinds()
  world.answer(sent.msgId, sent.body)
  world.send(sent.body, { seqNo: 3 })
  const bodies = world.outputs.flatMap((output) =>
    output.kind === 'result' || output.kind === 'update' ? [output.body.length] : [],
  )
  assert.deepEqual(bodies, [4004, 4004])
})

test('a client asks about an unanswered call and resends it if the server does not have it', () => {
  const { world, sent } = withCall(1, { askAfterMs: 1000, pongTimeoutMs: 60_000 })
  world.later(1000)
  const asked = world.sent.find(({ body }) => isService(body) && decodeService(body)._ === 'msgs_state_req')
  assert.ok(asked)
  world.sent.length = 0
  world.service({ _: 'msgs_state_info', reqMsgId: asked.msgId, info: Uint8Array.of(2) })
  assert.equal(world.calls()[0]?.msgId, sent.msgId)
})

test('a client asks for an answer that exists but did not arrive, and acknowledges one that did', () => {
  const { world, sent } = withCall(1, { ackCount: 1 })
  const info = { _: 'msg_detailed_info', msgId: sent.msgId, bytes: 8, status: 0 } as const
  const answerMsgId = (BigInt(START_MS / 1000) << 32n) + 801n
  world.service({ ...info, answerMsgId })
  assert.deepEqual(world.services(), [{ _: 'msg_resend_req', msgIds: [answerMsgId] }])
  world.send(encodeRpcResult(sent.msgId, call(1)), { msgId: answerMsgId })
  world.services()
  world.service({ ...info, answerMsgId })
  assert.deepEqual(world.services(), [{ _: 'msgs_ack', msgIds: [answerMsgId] }])
})

test('a client leaves a server that does not answer the ping, and keeps pinging one that does', () => {
  const world = new World({ pingIntervalMs: 30_000, pongTimeoutMs: 10_000 })
  const [ping] = world.services()
  assert.ok(ping?._ === 'ping_delay_disconnect')
  world.service({ _: 'pong', msgId: 4n, pingId: ping.pingId })
  assert.deepEqual(world.kinds(), ['ready'])
  world.later(29_999)
  assert.deepEqual(world.services(), [])
  world.later(1)
  assert.equal(world.services()[0]?._, 'ping_delay_disconnect')
  world.later(10_000)
  const lost = world.outputs.at(-1)
  assert.ok(lost?.kind === 'reconnect' && lost.reason.code === 'PONG_TIMEOUT')
})

test('a connection in doubt stays if the server answers, and a call without an answer goes out on the next one if not', () => {
  const { world, sent } = withCall(1, { probeTimeoutMs: 3_000 })
  world.step({ kind: 'probe' })
  const [ping] = world.services()
  assert.ok(ping?._ === 'ping_delay_disconnect')
  world.service({ _: 'pong', msgId: 4n, pingId: ping.pingId })
  world.later(3_000)
  assert.ok(!world.kinds().includes('reconnect'))
  world.step({ kind: 'probe' })
  world.later(3_000)
  assert.ok(world.kinds().includes('reconnect'))
  world.calls()
  world.reconnect()
  assert.deepEqual(
    world.calls().map(({ msgId }) => msgId),
    [sent.msgId],
  )
})

test('one -404 asks for another connection, and a second in a row discards the key', () => {
  const { world } = withCall()
  world.refuse(-404)
  assert.deepEqual(world.kinds(), ['reconnect'])
  world.reconnect()
  world.refuse(-404)
  assert.deepEqual(world.outputs, [
    { kind: 'save', keys: undefined },
    { kind: 'reconnect', reason: world.outputs[1]?.kind === 'reconnect' && world.outputs[1].reason },
  ])
})

test('a -404 between understood packets costs nothing', () => {
  const { world, sent } = withCall()
  for (let i = 0; i < 3; i++) {
    world.refuse(-404)
    world.reconnect()
    world.service({ _: 'pong', msgId: sent.msgId, pingId: 0n })
  }
  assert.ok(!world.kinds().includes('save'))
})

test('an inauthentic packet ends the connection and delivers nothing', () => {
  const { world, sent } = withCall()
  const message = {
    msgId: 5n,
    seqNo: 1,
    salt: SALT,
    sessionId: world.sessionId,
    body: encodeRpcResult(sent.msgId, call(1)),
  }
  const packet = encryptMessage(KEY, 'server', message, random)
  packet[50] = (packet[50] ?? 0) ^ 1
  const framing = makeServerFraming({ random })
  framing.push(Uint8Array.of(0xee, 0xee, 0xee, 0xee))
  world.step({ kind: 'bytes', chunk: framing.encodeFrame(packet) })
  assert.deepEqual(world.kinds(), ['reconnect'])
})

test('a client refuses a packet with an old message, so that packets cannot be held back', () => {
  const { world, sent } = withCall()
  world.send(encodeRpcResult(sent.msgId, call(1)), { aheadS: -301 })
  assert.deepEqual(world.kinds(), [])
})

test('salts from future_salts are saved and used in their time', () => {
  const world = new World({ futureSalts: 8, futureSaltsMin: 2 })
  const asked = world.sent.find(({ body }) => isService(body) && decodeService(body)._ === 'get_future_salts')
  assert.ok(asked)
  const startS = START_MS / 1000
  const salts = [0, 1, 2, 3].map((i) => ({
    _: 'future_salt' as const,
    validSince: startS + i * 1800,
    validUntil: startS + i * 1800 + 3600,
    salt: 100n + BigInt(i),
  }))
  world.service({ _: 'future_salts', reqMsgId: asked.msgId, now: startS, salts })
  world.sent.length = 0
  world.nowMs += 3 * 1800 * 1000 + 1000
  world.step({ kind: 'call', callId: 1, body: call(1) })
  assert.equal(world.calls()[0]?.salt, 103n)
})

test('cancelled calls are not resent, and their answers are ignored', () => {
  const { world, sent } = withCall()
  world.step({ kind: 'cancel', callId: 1 })
  world.reconnect()
  assert.deepEqual(world.calls(), [])
  world.answer(sent.msgId, call(1))
  assert.deepEqual(world.kinds(), ['ready'])
})

test('destroying the key discards it and makes a new one at once', () => {
  const world = new World()
  world.services()
  world.step({ kind: 'destroyKey' })
  assert.deepEqual(world.services(), [{ _: 'destroy_auth_key' }])
  world.service({ _: 'destroy_auth_key_ok' })
  assert.deepEqual(world.outputs.at(-1), { kind: 'save', keys: undefined })
  assert.equal(world.machine.wakeAtMs, START_MS + 15_000, 'an exchange is under way')
})

test('calls continue under a key that the server cannot destroy', () => {
  const { world, sent } = withCall()
  world.step({ kind: 'destroyKey' })
  assert.deepEqual(world.services(), [{ _: 'destroy_auth_key' }])
  world.service({ _: 'destroy_auth_key_fail' })
  world.answer(sent.msgId, call(1))
  assert.deepEqual(world.kinds(), ['ready', 'result'])
  world.reconnect()
  assert.ok(!world.services().some(({ _ }) => _ === 'destroy_auth_key'), 'it is not asked again')
})

test('a call id in use and one call too many are usage errors', () => {
  const { world } = withCall(1, { maxPendingCalls: 2 })
  assert.throws(() => world.step({ kind: 'call', callId: 1, body: call(1) }), UsageError)
  world.step({ kind: 'call', callId: 2, body: call(2) })
  assert.throws(() => world.step({ kind: 'call', callId: 3, body: call(3) }), UsageError)
})

test('a call goes after another one for as long as that has no answer, under the id that it has by then', () => {
  const { world, sent } = withCall()
  const after = (msgId: bigint, body: Uint8Array) => {
    const head = new DataView(new ArrayBuffer(12))
    head.setUint32(0, 0xcb9f372d, true)
    head.setBigInt64(4, msgId, true)
    return new Uint8Array([...PREFIX, ...new Uint8Array(head.buffer), ...body])
  }
  world.step({ kind: 'call', callId: 2, body: call(2), after: 1 })
  const [second] = world.calls()
  assert.deepEqual(second?.body, after(sent.msgId, call(2)))
  world.service({
    _: 'bad_server_salt',
    badMsgId: sent.outerId,
    badMsgSeqno: sent.seqNo,
    errorCode: 48,
    newServerSalt: 99n,
  })
  const [firstAgain] = world.calls()
  world.service({
    _: 'bad_server_salt',
    badMsgId: second?.outerId ?? 0n,
    badMsgSeqno: second?.seqNo ?? 0,
    errorCode: 48,
    newServerSalt: 99n,
  })
  const [secondAgain] = world.calls()
  assert.deepEqual(secondAgain?.body, after(firstAgain?.msgId ?? 0n, call(2)))
  world.answer(firstAgain?.msgId ?? 0n, call(9))
  world.step({ kind: 'call', callId: 3, body: call(3), after: 1 })
  assert.deepEqual(world.calls()[0]?.body, call(3))
})
