import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '@cablegram/server'

test('the console has its page and API at one address', async () => {
  await using server = await startServer({ store: 'memory' })
  assert.equal('page' in server.info, false)
  assert.match(await (await fetch(server.info.console)).text(), /<title>/)
  assert.deepEqual(await (await fetch(`${server.info.console}/server.json`)).json(), server.info)
})

test('the console refuses a port that browsers and fetch block', async () => {
  for (const consolePort of [10_080, 6000, 22]) {
    await assert.rejects(startServer({ store: 'memory', consolePort }), {
      code: 'CONSOLE_PORT_BLOCKED',
      message: `The console cannot be on port ${consolePort}: browsers and fetch refuse to open that port. Use another one, such as 10081.`,
    })
  }
})
