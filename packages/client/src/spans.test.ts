import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError } from '@cablegram/mtproto'
import { ConnectionSpans, contextOf, type StartSpan } from './spans.ts'

test('a context names its span, and can be changed without the one before', () => {
  const span = { setAttribute() {}, setStatus() {}, end() {} }
  const key = Symbol.for('OpenTelemetry Context Key SPAN')
  const context = contextOf(span)
  assert.equal(context.getValue(key), span)
  const other = context.setValue(Symbol.for('x'), 1)
  assert.deepEqual([other.getValue(key), other.getValue(Symbol.for('x'))], [span, 1])
  assert.equal(context.getValue(Symbol.for('x')), undefined)
  assert.equal(other.deleteValue(key).getValue(key), undefined)
})

/** Spans as lines: what began in which, what was set, and how each ended. */
function lines(): { start: StartSpan; told: string[] } {
  const told: string[] = []
  const start: StartSpan = (name, fields, parent) => {
    const context = contextOf({ setAttribute() {}, setStatus() {}, end() {} })
    told.push(`${name} ${JSON.stringify(fields)}${parent ? ' inside' : ''}`)
    return {
      context,
      set: (more) => told.push(`${name} has ${JSON.stringify(more)}`),
      end: () => told.push(`${name} ends`),
      fail: (error) => told.push(`${name} fails ${error instanceof Error ? error.message : ''}`),
    }
  }
  return { start, told }
}

test('a connection has a span for each attempt, and the handshake is inside', () => {
  const { start, told } = lines()
  const spans = new ConnectionSpans(start, { 'cablegram.dc': 2 })
  spans.onState({ at: 'connecting' })
  spans.onOpened({ host: '1.1.1.1', port: 443 })
  spans.onState({ at: 'connected' })
  spans.onState({ at: 'lost', waitMs: 1, error: undefined })
  spans.onState({ at: 'connecting' })
  spans.onOpened({ host: '::1', port: 443 })
  spans.onState({ at: 'ended', error: new ConnectionError('CLIENT_CLOSED', 'closed') })
  assert.deepEqual(told, [
    'connect {"cablegram.dc":2}',
    'connect has {"server.address":"1.1.1.1","server.port":443}',
    'handshake {} inside',
    'handshake ends',
    'connect ends',
    'connect {"cablegram.dc":2}',
    'connect has {"server.address":"::1","server.port":443}',
    'handshake {} inside',
    'handshake fails closed',
    'connect fails closed',
  ])
})
