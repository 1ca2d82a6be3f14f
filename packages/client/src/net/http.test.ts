import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { httpGet } from './http.ts'

/** Ports that the Fetch standard blocks. */
const BLOCKED = [6669, 6668, 6667, 6666, 6665, 6566, 6000]
const LIMITS = { timeoutMs: 60_000, maxBytes: 100 }

async function listen(server: Server, ports: readonly number[]): Promise<URL> {
  for (const port of ports) {
    server.listen(port, '127.0.0.1')
    // `once` rejects at an error, such as that of a port in use.
    const listening = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    if (listening) return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  }
  throw new Error('all of these ports are taken')
}

test('the client can ask a port that fetch blocks', async () => {
  const server = createServer((_, response) => response.writeHead(201).end('yes'))
  const url = await listen(server, BLOCKED)
  assert.deepEqual(await httpGet(url, LIMITS), { status: 201, text: 'yes' })
  server.close()
})

test('a long answer is cut, and an endless one is abandoned', async () => {
  const server = createServer((request, response) => {
    response.write('x'.repeat(1_000))
    if (request.url === '/slow') response.write(' ')
    else response.end()
  })
  const url = await listen(server, [0])
  assert.equal((await httpGet(url, LIMITS)).text.length, 100)
  const slow = { timeoutMs: 200, maxBytes: 10_000 }
  await assert.rejects(httpGet(new URL('/slow', url), slow), { name: 'AbortError' })
  server.closeAllConnections()
  server.close()
})
