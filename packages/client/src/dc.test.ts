import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError, checkFakeHello, makeFakeAnswer } from '@cablegram/mtproto'
import { makeDcConnection } from './dc.ts'
import { settled, TestClock } from './login/test-clock.ts'
import type { TransportEvents } from './net/transport.ts'
import { platform } from './node-platform.ts'
import { PRODUCTION } from './server/telegram.ts'

test('each hello of fake TLS has the time that is known by then', async () => {
  const key = new Uint8Array(16).fill(7)
  const secret = `ee${'07'.repeat(16)}${Buffer.from('www.example.org').toString('hex')}`
  const clock = new TestClock()
  const hellos: Uint8Array[] = []
  let peer: TransportEvents | undefined
  let offsetMs = 0
  const connection = makeDcConnection({
    dcId: 2,
    addresses: [],
    server: PRODUCTION,
    initPrefix: new Uint8Array(0),
    options: { mtproxy: { host: '10.0.0.1', port: 443, secret } },
    platform: {
      ...platform,
      clock,
      dial: async (_address, events) => {
        peer = events
        let hasSaidHello = false
        return {
          send: (chunk) => {
            if (hasSaidHello) return
            hasSaidHello = true
            hellos.push(chunk)
            setImmediate(() => events.onBytes(makeFakeAnswer(key, chunk, platform.random)))
          },
          close: () => {},
        }
      },
    },
    serverNowMs: () => clock.nowMs() + offsetMs,
    saved: undefined,
    onUpdate: () => {},
    onNewSession: () => {},
    onListenerError: (error) => assert.ifError(error),
    onSave: () => {},
  })
  const opening = assert.rejects(connection.open(), { code: 'CLIENT_CLOSED' })
  await settled()
  await settled()
  offsetMs = 7_200_000
  peer?.onClosed(undefined)
  await clock.advance(1_000)
  await settled()
  connection.close(new ConnectionError('CLIENT_CLOSED', 'over'))
  await opening
  const [first = key, second = key] = hellos
  const nowS = Math.floor(clock.nowMs() / 1000)
  assert.ok(checkFakeHello(key, first, nowS))
  assert.ok(checkFakeHello(key, second, nowS + 7_200))
})
