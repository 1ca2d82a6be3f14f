import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { TestClock } from './login/test-clock.ts'
import { Observer } from './observer.ts'
import type { LogFields, Logger, Tracer } from './options.ts'

function world() {
  const clock = new TestClock()
  const lines: [level: string, line: string, fields: LogFields][] = []
  const note = (level: string) => (line: string, fields: LogFields) => lines.push([level, line, fields])
  const logger: Logger = {
    debug: note('debug'),
    info: note('info'),
    warn: note('warn'),
    error: note('error'),
  }
  const spans: unknown[][] = []
  const tracer: Tracer = {
    startSpan(name, options) {
      const span: unknown[] = [name, options]
      spans.push(span)
      return {
        setAttribute: (key, value) => span.push([key, value]),
        setStatus: (status) => span.push(status),
        end: () => span.push('end'),
      }
    },
  }
  const errors: unknown[] = []
  const observer = new Observer({ clock, logger, tracer, onError: (error) => errors.push(error) })
  return { clock, lines, spans, errors, observer, logger, tracer }
}

const refuse = (error: unknown) => async () => {
  throw error
}

test('calls are counted by their outcome', async () => {
  const { observer } = world()
  const aborted = AbortSignal.abort(new Error('enough'))
  assert.equal(await observer.call('a.b', undefined, async () => observer.calls.inFlight), 1)
  const errors = [
    new RpcError(400, 'PEER_ID_INVALID'),
    new RpcError(420, 'FLOOD_WAIT_3'),
    new ConnectionError('CALL_TIMEOUT', 'late'),
    new ConnectionError('CLIENT_CLOSED', 'closed'),
    new TypeError('odd'),
  ]
  for (const error of errors) {
    await assert.rejects(observer.call('a.b', undefined, refuse(error)), (thrown) => thrown === error)
  }
  await assert.rejects(observer.call('a.b', aborted, refuse(aborted.reason)), /enough/)
  const failed = { refused: 1, flooded: 1, timedOut: 1, lost: 1, aborted: 1, other: 1 }
  assert.deepEqual(observer.calls, { inFlight: 0, total: 7, answered: 1, failed })
})

test('a span has the names of RPC, and the error', async () => {
  const { observer, spans } = world()
  await observer.call('a.b', undefined, async () => 1)
  await assert.rejects(observer.call('c.d', undefined, refuse(new RpcError(400, 'PEER_ID_INVALID'))))
  const options = (method: string) => ({
    kind: 2,
    attributes: { 'rpc.system': 'mtproto', 'rpc.method': method },
  })
  assert.deepEqual(spans, [
    ['a.b', options('a.b'), 'end'],
    [
      'c.d',
      options('c.d'),
      ['error.type', 'PEER_ID_INVALID'],
      ['rpc.response.status_code', 400],
      { code: 2 },
      'end',
    ],
  ])
})

test('the log has calls, waits, connections and errors, and no text of an error that is not ours', async () => {
  const { observer, lines, clock } = world()
  await observer.call('a.b', undefined, () => clock.advance(70))
  await assert.rejects(observer.call('c.d', undefined, refuse(new RpcError(400, 'PEER_ID_INVALID'))))
  observer.waited({ reason: 'flood', method: 'a.b', waitMs: 3_000, error: new RpcError(420, 'FLOOD_WAIT_3') })
  observer.connection(2, { at: 'connected' })
  observer.connection(2, { at: 'lost', waitMs: 200, error: undefined })
  observer.failed(new Error('a password: hunter2'))
  assert.deepEqual(lines, [
    ['debug', 'call', { method: 'a.b', outcome: 'answered', ms: 70 }],
    [
      'debug',
      'call',
      {
        ...{ method: 'c.d', outcome: 'refused', ms: 0 },
        ...{ 'error.type': 'PEER_ID_INVALID', 'rpc.response.status_code': 400 },
      },
    ],
    [
      'info',
      'wait',
      {
        reason: 'flood',
        method: 'a.b',
        waitMs: 3_000,
        'error.type': 'FLOOD_WAIT',
        'rpc.response.status_code': 420,
      },
    ],
    ['info', 'connection connected', { dcId: 2 }],
    ['warn', 'connection lost', { dcId: 2, waitMs: 200 }],
    ['error', 'error', { 'error.type': 'Error' }],
  ])
  assert.deepEqual(observer.waits, { total: 1, totalMs: 3_000 })
})

test('a logger or a tracer that throws does not touch the call', async () => {
  const errors: unknown[] = []
  const fail = () => {
    throw new Error('broken')
  }
  const observer = new Observer({
    clock: new TestClock(),
    logger: { debug: fail, info: fail, warn: fail, error: fail },
    tracer: { startSpan: fail },
    onError: (error) => errors.push(error),
  })
  assert.equal(await observer.call('a.b', undefined, async () => 5), 5)
  await Promise.resolve()
  assert.equal(errors.length, 2)
})
