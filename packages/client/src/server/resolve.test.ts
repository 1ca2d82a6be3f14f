import assert from 'node:assert/strict'
import { createHash, createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { resolveServer } from './resolve.ts'
import { PRODUCTION, TEST } from './telegram.ts'

const info = {
  event: 'ready',
  dcs: [{ id: 2, host: '127.0.0.1', port: 10443, wsUrl: 'ws://127.0.0.1:10443/apiws' }],
  publicKeys: [{ pem: 'a key', fingerprint: '1234567890abcdef' }],
  apps: [{ apiId: 7, apiHash: 'hash', title: 'An app' }],
  console: 'http://127.0.0.1:10081',
  layer: 228,
  version: '0.1.0',
}

/** Runs `action` while a console answers `body` on loopback. */
async function withConsole(
  status: number,
  body: string,
  action: (url: string) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/server.json' ? status : 404).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    await action(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

test("Telegram's keys match the vectors and have their fingerprints", async () => {
  const vectors = JSON.parse(
    await readFile(new URL('../../../../test/vectors/rsa-fingerprint.json', import.meta.url), 'utf8'),
  )
  for (const [server, fingerprint] of [
    [PRODUCTION, 'd09d1d85de64fd85'],
    [TEST, 'b25898df208d2603'],
  ] as const) {
    const vector = vectors.telegram_public_keys.find(
      (each: { fingerprint_hex: string }) => each.fingerprint_hex === fingerprint,
    )
    const modulus = createPublicKey(server.publicKeys[0]?.pem ?? '').export({ format: 'jwk' }).n ?? ''
    assert.equal(Buffer.from(modulus, 'base64url').toString('hex'), vector.modulus)
    const hashed = Buffer.from(`fe000100${vector.modulus}03010001`, 'hex')
    const sha1 = createHash('sha1').update(hashed).digest()
    assert.equal(sha1.subarray(-8).reverse().toString('hex'), fingerprint)
  }
})

test('Telegram is known by name', async () => {
  assert.equal((await resolveServer('production', 1000)).test, false)
  assert.equal((await resolveServer('test', 1000)).test, true)
})

test('a server description such as the ready line is accepted', async () => {
  const server = await resolveServer(info, 1000)
  assert.deepEqual(server.dcs, info.dcs)
  assert.equal(server.defaultDcId, 2)
  assert.deepEqual(server.apps, [{ apiId: 7, apiHash: 'hash' }])
})

test('the console says where the server is', async () => {
  await withConsole(200, JSON.stringify(info), async (url) => {
    const server = await resolveServer(url, 1000)
    assert.equal(server.name, url)
    assert.equal(server.dcs[0]?.port, 10443)
  })
})

test('the error says what to do if there is no console', async () => {
  let url = ''
  await withConsole(200, '', async (open) => {
    url = open
  })
  await assert.rejects(resolveServer(url, 1000), {
    name: 'ConnectionError',
    code: 'SERVER_UNREACHABLE',
    message: `No server answers at ${url} (ECONNREFUSED). Start one with \`npx cablegram serve\`.`,
  })
})

test('a console that requires a token gets it, and the error asks for it if it is missing', async () => {
  const server = createServer((request, response) => {
    const isIt = request.headers.authorization === 'Bearer secret'
    response.writeHead(isIt ? 200 : 401).end(isIt ? JSON.stringify(info) : '{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    assert.equal((await resolveServer(url, 1000, 'secret')).name, url)
    await assert.rejects(resolveServer(url, 1000), { code: 'SERVER_INVALID', message: /asks for a token/ })
    await assert.rejects(resolveServer(url, 1000, 'x'), {
      message: /does not take this token: .*--console-token/,
    })
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('the error says so if something else answers as the console', async () => {
  const wrong = { ...info, publicKeys: [{ pem: 3 }] }
  for (const [status, body, message] of [
    [404, 'not here', /answers 404/],
    [200, '<html>', /no JSON/],
    [200, JSON.stringify(wrong), /publicKeys\[0\]\.pem is not text/],
    [200, JSON.stringify({ ...info, dcs: [] }), /dcs is not a list with a data centre/],
    [
      200,
      JSON.stringify({ ...info, dcs: [{ ...info.dcs[0], wsUrl: '/apiws' }] }),
      /wsUrl is not a ws: or wss: URL/,
    ],
    [
      200,
      JSON.stringify({ ...info, dcs: [{ ...info.dcs[0], host: 'a\r\nb' }] }),
      /host is not a name or an IP address/,
    ],
    [200, ' '.repeat(2 << 20), /no JSON/],
  ] as const) {
    await withConsole(status, body, async (url) => {
      await assert.rejects(resolveServer(url, 1000), { code: 'SERVER_INVALID', message })
    })
  }
})

test('a server that is neither a name nor a URL is a usage error', async () => {
  await assert.rejects(resolveServer('127.0.0.1:10081', 1000), { name: 'UsageError', code: 'SERVER_INVALID' })
  await assert.rejects(resolveServer('localhost', 1000), { code: 'SERVER_INVALID' })
})
