import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { beginMoment } from './moment.ts'

let server: CablegramServer

before(async () => {
  server = await startServer({ store: 'memory' })
})
after(() => server.close())

/** A client on a machine whose clock is wrong by this much. */
function clientAt(wrongByS: number, session = '') {
  const clock = {
    nowMs: () => Date.now() + wrongByS * 1_000,
    after(delayMs: number, action: () => void) {
      const timer = setTimeout(action, delayMs)
      return () => clearTimeout(timer)
    },
  }
  return new TelegramClient(session === '' ? memorySession() : memorySession(session), {
    server: server.info,
    platform: { clock },
  })
}

const WRONG_BY_S = [60, 3_600, 86_400 * 200, -60, -200, -3_600, -86_400 * 365]

test("the client knows the server's time, however wrong its own clock is", async () => {
  for (const wrongByS of WRONG_BY_S) {
    const [moment, beganMs] = [beginMoment(), Date.now()]
    const client = clientAt(wrongByS)
    const login = await client.login()
    const state = await login.act('exportLoginToken')
    const errorMs = client.serverNowMs() - Date.now()
    // It was told the time, in seconds, at some point since.
    const tookMs = Date.now() - beganMs
    assert.ok(Math.abs(errorMs) <= tookMs + 1_000, `${wrongByS} s: ${errorMs} ms after ${tookMs} ms`)
    assert.ok(state.at === 'waitQr')
    moment.assertHolds(state.expiresAtS - 30)
    login.close()
    await client.close()
  }
})

test('a login saved under a wrong clock continues once the clock is right', async () => {
  for (const [index, wrongByS] of WRONG_BY_S.entries()) {
    const client = clientAt(wrongByS)
    const login = await client.login()
    await login.act('sendCode', { phoneNumber: `+999662500${index}` })
    const session = await client.exportSession()
    login.close()
    await client.close()

    const right = clientAt(0, session)
    const resumed = await right.login()
    assert.equal(resumed.state.at, 'waitCode', `${wrongByS} s`)
    assert.equal((await resumed.act('signIn', { code: '22222' })).at, 'waitSignUp')
    resumed.close()
    await right.close()
  }
})
