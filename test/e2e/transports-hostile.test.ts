import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { memorySession, TelegramClient } from '@cablegram/client'
import { type CablegramServer, startServer } from '@cablegram/server'
import { type Exchange, exchange } from './raw-socket.ts'

const CLOSED_WITHIN_MS = 30_000
const TOO_LONG = 4 * 1024 * 1024 + 1
let server: CablegramServer
/** A server whose port requires a PROXY header. */
let balanced: CablegramServer

before(async () => {
  server = await startServer({ store: 'memory' })
  balanced = await startServer({ store: 'memory', proxyProtocol: true })
})

after(async () => {
  await server.close()
  await balanced.close()
})

const portOf = ({ info }: CablegramServer): number => info.dcs[0]?.port ?? 0

async function assertUnharmed(): Promise<void> {
  for (const transport of ['tcp', 'websocket', 'http'] as const) {
    const client = new TelegramClient(memorySession(), { transport, server: server.info })
    assert.equal((await client.help.getNearestDc({})).thisDc, 2)
    await client.close()
  }
}

function http(...lines: string[]): Buffer {
  return Buffer.from(`${[...lines, 'Host: localhost'].join('\r\n')}\r\n\r\n`)
}

function send(bytes: Uint8Array): Promise<Exchange> {
  return exchange(portOf(server), bytes, CLOSED_WITHIN_MS)
}

const statusOf = ({ received }: Exchange): string => received.toString('latin1', 9, 12)

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
]
const BINARY = 'Sec-WebSocket-Protocol: binary'

describe('invalid HTTP', () => {
  const requests: readonly (readonly [string, string, string[]])[] = [
    ['another path', '404', ['GET /favicon.ico HTTP/1.1']],
    ['an unknown path', '404', ['GET //[ HTTP/1.1']],
    ['no POST', '405', ['GET /api HTTP/1.1']],
    ['a page request that is not a WebSocket', '426', ['GET /apiws HTTP/1.1']],
    ['bytes that turn out not to be HTTP', '400', ['POST what is this']],
    ['an overlong head', '431', ['GET / HTTP/1.1', `X: ${'x'.repeat(20_000)}`]],
    ['a WebSocket elsewhere', '404', ['GET /ws HTTP/1.1', ...UPGRADE, BINARY]],
    ['a WebSocket without the subprotocol', '400', ['GET /apiws HTTP/1.1', ...UPGRADE]],
    [
      'a WebSocket with another subprotocol',
      '400',
      ['GET /apiws HTTP/1.1', ...UPGRADE, 'Sec-WebSocket-Protocol: text, binary2'],
    ],
    [
      'a WebSocket of another version',
      '400',
      ['GET /apiws HTTP/1.1', ...UPGRADE.with(2, 'Sec-WebSocket-Version: 12'), BINARY],
    ],
    [
      'a body with an overlong announced length',
      '413',
      ['POST /api HTTP/1.1', `Content-Length: ${TOO_LONG}`],
    ],
    ['an empty body', '400', ['POST /api HTTP/1.1', 'Content-Length: 0']],
    ['the same as to an HTTP proxy', '400', ['POST HTTP://127.0.0.1:80/api HTTP/1.1', 'Content-Length: 0']],
  ]
  for (const [name, status, lines] of requests) {
    it(`${name}: ${status}, and the connection is closed`, async () => {
      const got = await send(http(...lines))
      assert.equal(statusOf(got), status)
      assert.ok(got.closedByServer)
    })
  }

  it('a body that exceeds the limit gets 413', async () => {
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000), Buffer.from('\r\n')])
    const head = http('POST /api HTTP/1.1', 'Transfer-Encoding: chunked')
    const got = await send(Buffer.concat([head, ...Array.from({ length: 5 }, () => chunk)]))
    assert.equal(statusOf(got), '413')
    assert.ok(got.closedByServer)
  })

  it('a packet under an unknown key gets 404', async () => {
    const body = Buffer.alloc(64, 7)
    const got = await send(Buffer.concat([http('POST /api HTTP/1.1', `Content-Length: 64`), body]))
    assert.equal(statusOf(got), '404')
  })

  it('pages of any origin may ask, but only under the paths for them', async () => {
    const ask = ['Origin: https://example.org', 'Access-Control-Request-Method: POST', 'Connection: close']
    const allowed = await send(http('OPTIONS /apiw HTTP/1.1', ...ask))
    assert.equal(statusOf(allowed), '204')
    assert.match(allowed.received.toString(), /^access-control-allow-origin: \*\r$/im)
    const refused = await send(http('OPTIONS /api HTTP/1.1', ...ask))
    assert.equal(statusOf(refused), '405')
    assert.doesNotMatch(refused.received.toString(), /access-control/i)
  })

  it('requests after a refused one get no answer, and too many are cut off', async () => {
    const post = Buffer.concat([http('POST /api HTTP/1.1', 'Content-Length: 64'), Buffer.alloc(64, 7)])
    const few = await send(Buffer.concat([post, post, post]))
    assert.deepEqual(few.received.toString().match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 404'])
    assert.ok(few.closedByServer)
    const many = await send(Buffer.concat(Array.from({ length: 200 }, () => post)))
    assert.ok(many.closedByServer)
  })

  after(assertUnharmed)
})

describe('an invalid WebSocket', () => {
  /** @returns the code it was closed with */
  const closedWith = (say: (socket: WebSocket) => void): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(server.info.dcs[0]?.wsUrl ?? '', ['other', 'binary'])
      socket.onopen = () => {
        assert.equal(socket.protocol, 'binary')
        say(socket)
      }
      socket.onclose = ({ code }) => resolve(code)
    })

  it('text is refused', async () => {
    assert.equal(await closedWith((socket) => socket.send('hello')), 1003)
  })

  it('a message that is too long is refused', async () => {
    assert.equal(await closedWith((socket) => socket.send(new Uint8Array(5 * 1024 * 1024))), 1009)
  })

  it('plain bytes are refused', async () => {
    const code = await closedWith((socket) => socket.send(new Uint8Array(64).fill(0xee)))
    assert.ok(code === 1005 || code === 1000, String(code))
  })

  it('an invalid frame closes it', async () => {
    const head = http('GET /apiws HTTP/1.1', ...UPGRADE, BINARY)
    const { received, closedByServer } = await send(Buffer.concat([head, Buffer.alloc(16, 0xff)]))
    assert.match(received.toString('latin1'), /^HTTP\/1\.1 101 /)
    assert.ok(closedByServer)
  })

  after(assertUnharmed)
})

describe('half-open connections', () => {
  const beginnings: readonly (readonly [string, Buffer])[] = [
    ['nothing', Buffer.alloc(0)],
    ['half a word', Buffer.from('PO')],
    ['half an obfuscated header', Buffer.alloc(30, 0x41)],
    ['half a head', Buffer.from('POST /api HTTP/1.1\r\nContent-Le')],
    ['half a body', Buffer.concat([http('POST /api HTTP/1.1', 'Content-Length: 40'), Buffer.alloc(20)])],
    ['a WebSocket', http('GET /apiws HTTP/1.1', ...UPGRADE, BINARY)],
  ]
  for (const [name, bytes] of beginnings) {
    it(`${name}, then the end: closed`, async () => {
      await new Promise<void>((resolve, reject) => {
        const socket = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true })
        const timer = setTimeout(() => reject(new Error('it is still open')), CLOSED_WITHIN_MS)
        socket.on('error', () => undefined)
        socket.on('data', () => undefined)
        socket.on('end', () => socket.end())
        socket.on('close', () => {
          clearTimeout(timer)
          resolve()
        })
        socket.end(bytes)
      })
    })
  }

  after(assertUnharmed)
})

describe('PROXY headers', () => {
  const header = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007107c6336402d43128cb', 'hex')

  it('are refused unless they are turned on', async () => {
    const got = await send(Buffer.concat([header, Buffer.alloc(64, 0xef)]))
    assert.ok(got.closedByServer)
    assert.equal(got.received.length, 0)
    await assertUnharmed()
  })

  for (const [name, bytes] of [
    ['MTProto without a header', Buffer.from('efefefef', 'hex')],
    ['HTTP without a header', http('GET / HTTP/1.1')],
    ['an invalid header', Buffer.concat([header.subarray(0, 12), Buffer.alloc(16, 0x11)])],
    ['a text header', Buffer.from('PROXY TCP4 203.0.113.7 198.51.100.2 54321 10443\r\n')],
  ] as const) {
    it(`${name} is closed without an answer`, async () => {
      const got = await exchange(portOf(balanced), bytes, CLOSED_WITHIN_MS)
      assert.ok(got.closedByServer)
      assert.equal(got.received.length, 0)
    })
  }

  it('may precede anything that the port accepts', async () => {
    const local = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex')
    for (const head of [header, local]) {
      const got = await exchange(
        portOf(balanced),
        Buffer.concat([head, http('GET / HTTP/1.1')]),
        CLOSED_WITHIN_MS,
      )
      assert.equal(statusOf(got), '404')
      assert.ok(got.received.includes(balanced.info.console))
    }
  })
})
