import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { startServer } from '@cablegram/server'
import { ownPhone, signUp, testPhone } from './logins.ts'

const TIMES = {
  '1990': Date.UTC(1990, 0, 1),
  'ten seconds before 2^31 s': 2 ** 31 * 1000 - 10_000,
  '2040': Date.UTC(2040, 5, 1),
  '2105': Date.UTC(2105, 0, 1),
} as const

for (const [when, serverMs] of Object.entries(TIMES)) {
  for (const transport of ['tcp', 'websocket', 'http'] as const) {
    for (const pfs of [false, true]) {
      test(`a login works with the server's clock at ${when}, over ${transport}${pfs ? ' with temporary keys' : ''}`, async () => {
        const aheadMs = serverMs - Date.now()
        const server = await startServer({ store: 'memory', nowMs: () => Date.now() + aheadMs })
        const client = new TelegramClient(memorySession(), { server: server.info, transport, pfs })
        try {
          await signUp(client, server.info, testPhone(1))
          assert.equal(await ownPhone(client), testPhone(1).slice(1))
          const { authorizations } = await client.account.getAuthorizations({})
          const createdS = (authorizations[0]?.dateCreated ?? 0) >>> 0
          assert.ok(Math.abs(createdS - serverMs / 1000) < 60, `${createdS}`)
          await client.updates.getState({})
          await client.help.getConfig({})
        } finally {
          await client.close()
          await server.close()
        }
      })
    }
  }
}
