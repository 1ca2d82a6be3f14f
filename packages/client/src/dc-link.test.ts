import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientOutput, ConnectionError, ProtocolError } from '@cablegram/mtproto'
import { DcLink } from './dc-link.ts'
import { TestClock } from './login/test-clock.ts'
import { Connection, type ConnectionOptions } from './net/connection.ts'

/** A connection to a server that never says that it has destroyed a key. */
function silentConnection(
  clock: TestClock,
  onSave: ConnectionOptions['onSave'],
  onDestroyKey: ClientOutput[] = [],
): Connection {
  const answers: Partial<Record<string, ClientOutput[]>> = {
    opened: [{ kind: 'ready' }],
    destroyKey: onDestroyKey,
  }
  return new Connection({
    machine: { wakeAtMs: undefined, step: ({ kind }) => answers[kind] ?? [] },
    addresses: [{ host: '127.0.0.1', port: 10443 }],
    nextStep: '',
    dial: async () => ({ send: () => {}, close: () => {} }),
    clock,
    fraction: () => 1,
    connectTimeoutMs: 5_000,
    onUpdate: () => {},
    onNewSession: () => {},
    onSave,
    onListenerError: (error) => assert.ifError(error),
  })
}

test('a link that is closed waits no longer for the end of its key', async () => {
  const clock = new TestClock()
  const link = new DcLink({
    dcId: 2,
    clock,
    makeConnection: (onSave) => silentConnection(clock, onSave),
    onSave: () => {},
    isHome: () => true,
  })
  await link.open()
  const before = clock.waiting
  const destroyed = link.destroyKey()
  assert.equal(clock.waiting, before + 1)
  link.close(new ConnectionError('CLIENT_CLOSED', 'closed'))
  await destroyed
  assert.equal(clock.waiting, 0)
})

test('a link waits no longer for the end of its key when the connection ends by itself', async () => {
  const clock = new TestClock()
  const failed: ClientOutput = { kind: 'failed', error: new ProtocolError('MSG_KEY_MISMATCH', 'over') }
  const link = new DcLink({
    dcId: 2,
    clock,
    makeConnection: (onSave) => silentConnection(clock, onSave, [failed]),
    onSave: () => {},
    isHome: () => true,
  })
  await link.open()
  await link.destroyKey()
  assert.equal(clock.waiting, 0)
})
