import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postUrl, webSocketUrl } from './urls.ts'

test('WebSocket and HTTP URLs come from the server or from the defaults', () => {
  for (const [address, webSocket, post] of [
    [{ host: '127.0.0.1', port: 10443 }, 'ws://127.0.0.1:10443/apiws', 'http://127.0.0.1:10443/apiw'],
    [{ host: '::1', port: 80 }, 'ws://[::1]:80/apiws', 'http://[::1]/apiw'],
    [
      { host: '1.2.3.4', port: 443, wsUrl: 'wss://venus.web.telegram.org/apiws_test' },
      'wss://venus.web.telegram.org/apiws_test',
      'https://venus.web.telegram.org/apiw_test',
    ],
  ] as const) {
    assert.equal(webSocketUrl(address), webSocket)
    assert.equal(postUrl(address), post)
  }
})
