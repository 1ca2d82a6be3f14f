import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '@cablegram/server'

/** A port that browsers and fetch refuse, as they do the default, 10080. */
const REFUSED_PORT = 6679

test('a console on a port that browsers refuse has its page on another one too', async () => {
  const server = await startServer({ store: 'memory', consolePort: REFUSED_PORT })
  try {
    const { console, page } = server.info
    assert.ok(console.endsWith(`:${REFUSED_PORT}`))
    await assert.rejects(fetch(console), 'fetch refuses the port')
    assert.match(await (await fetch(page)).text(), /<title>/)
    assert.deepEqual(await (await fetch(`${page}/server.json`)).json(), server.info)
  } finally {
    await server.close()
  }
})

test('a console on any other port is its own page', async () => {
  const server = await startServer({ store: 'memory' })
  try {
    assert.equal(server.info.page, server.info.console)
  } finally {
    await server.close()
  }
})
