import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { secureRandom } from '../random.ts'
import { dialNodePosts } from './node-posts.ts'
import { nodeWebSocketDial } from './node-web-socket.ts'
import { dialPosts } from './posts.ts'
import { dialWebSocket } from './web-socket.ts'

const EVENTS = { onBytes: () => {}, onTransportError: () => {}, onUnanswered: () => {}, onClosed: () => {} }

for (const [name, dial] of [
  ['WebSocket of the runtime', dialWebSocket],
  ['WebSocket of Node', nodeWebSocketDial(secureRandom)],
  ['HTTP by fetch', dialPosts],
  ['HTTP of Node', dialNodePosts],
] as const) {
  test(`${name}: a refused connection and a hang-up reject`, async () => {
    const server = createServer((socket) => socket.destroy())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
    await assert.rejects(dial(address, EVENTS, new AbortController().signal))
    server.close()
    await once(server, 'close')
    await assert.rejects(dial(address, EVENTS, new AbortController().signal))
  })

  test(`${name}: an aborted attempt rejects with the reason`, async () => {
    const server = createServer((socket) => socket.on('error', () => {}))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
    await assert.rejects(dial(address, EVENTS, AbortSignal.abort(new Error('given up'))), /given up/)
    const abort = new AbortController()
    const attempt = dial(address, EVENTS, abort.signal)
    setTimeout(() => abort.abort(new Error('too long')), 20)
    await assert.rejects(attempt, /too long/)
    server.close()
  })
}
