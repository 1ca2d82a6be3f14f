import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { secureRandom } from '../random.ts'
import { dialNodePosts } from './node-posts.ts'
import { nodeWebSocketDial } from './node-web-socket.ts'
import type { TransportEvents } from './transport.ts'

const dial = nodeWebSocketDial(secureRandom)
const SILENT: TransportEvents = {
  onBytes: () => {},
  onTransportError: () => {},
  onUnanswered: () => {},
  onClosed: () => {},
}
const open: { close(): void }[] = []
after(() => {
  for (const each of open) each.close()
})

/** A server that does this to every connection once its first bytes have arrived. */
async function serving(onHead: (socket: Socket, head: string) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', (head) => onHead(socket, head.toString('latin1')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  })
  return (server.address() as AddressInfo).port
}

const signal = () => new AbortController().signal

/** The server's answer that opens the WebSocket. */
function accept(head: string): string {
  const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? ''
  const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`
}

for (const [what, answer, message] of [
  [
    '404',
    'HTTP/1.1 404 Not Found\r\nServer: nginx/1.25.3\r\nContent-Length: 0\r\n\r\n',
    /answers 404 Not Found \(nginx\/1\.25\.3\) instead of opening a WebSocket/,
  ],
  [
    '403 without a name',
    'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n',
    /answers 403 Forbidden instead/,
  ],
  [
    'a redirect',
    'HTTP/1.1 301 Moved Permanently\r\nLocation: https://example.org/\r\nContent-Length: 0\r\n\r\n',
    /answers 301 Moved Permanently/,
  ],
  ['200', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi', /answers 200 OK/],
  [
    '502',
    'HTTP/1.1 502 Bad Gateway\r\nserver: cloudflare\r\nContent-Length: 0\r\n\r\n',
    /502 Bad Gateway \(cloudflare\)/,
  ],
  [
    'a 101 without the hash of our key',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n',
    /something else than a WebSocket/,
  ],
  ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n', /is SSH \(SSH-2\.0-OpenSSH_9\.6\), not a WebSocket server/],
  ['a TLS alert', Buffer.from([21, 3, 1, 0, 2, 2, 70]), /speaks TLS\. Use wss: instead of ws:/],
  ['random bytes', Buffer.from([200, 1, 2, 3, 4, 5, 6, 7, 8]), /is another service/],
] as const) {
  test(`an upgrade answered by ${what} is reported as what it is`, async () => {
    const port = await serving((socket) => socket.end(answer))
    await assert.rejects(dial({ host: '127.0.0.1', port }, SILENT, signal()), {
      code: 'SERVER_NOT_MTPROTO',
      message,
    })
  })
}

test('a server without TLS behind a wss: URL is reported', async () => {
  const port = await serving((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const address = { host: 'x', port: 1, wsUrl: `wss://127.0.0.1:${port}/apiws` }
  await assert.rejects(dial(address, SILENT, signal()), {
    message: /does not speak TLS, .* Try ws: instead of wss:/,
  })
})

test('another service behind the HTTP transport is reported', async () => {
  const port = await serving((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
  await assert.rejects(dialNodePosts({ host: '127.0.0.1', port }, SILENT, signal()), {
    code: 'SERVER_NOT_MTPROTO',
    message: /is SSH \(SSH-2\.0-OpenSSH_9\.6\), not an HTTP server/,
  })
})

test('a POST answered by a status of another service ends before its body does', async () => {
  const port = await serving((socket) => {
    socket.write('HTTP/1.1 204 No Content\r\n\r\n')
    socket.on('data', () => socket.write('HTTP/1.1 415 Unsupported Media Type\r\nContent-Length: 9\r\n\r\n{'))
  })
  const told = await new Promise<unknown>((resolve) => {
    let end = () => {}
    const onClosed = (cause: Error | undefined) => {
      end()
      resolve(cause)
    }
    void dialNodePosts({ host: '127.0.0.1', port }, { ...SILENT, onClosed }, signal()).then((posts) => {
      end = () => posts.close()
      for (let i = 0; i < 3; i += 1) posts.send(new Uint8Array(4))
    })
  })
  await new Promise((resolve) => setTimeout(resolve, 5))
  assert.match(String(told), /answers 415/)
})

for (const [status, message] of [
  [
    '415 Unsupported Media Type',
    /answers 415 Unsupported Media Type \(nginx\) to a packet: it is not an MTProto server/,
  ],
  ['301 Moved Permanently', /answers 301 Moved Permanently \(nginx\) to a packet/],
  ['404 Not Found', undefined],
  ['429 Too Many Requests', undefined],
  ['503 Service Unavailable', undefined],
] as const) {
  test(`a POST answered by ${status} is reported ${message ? 'as what it is' : 'as a transport error'}`, async () => {
    const port = await serving((socket, head) => {
      const isPost = head.startsWith('POST')
      const line = isPost ? status : '204 No Content'
      socket.write(`HTTP/1.1 ${line}\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n`)
      socket.on('data', () =>
        socket.write(`HTTP/1.1 ${status}\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n`),
      )
    })
    const told = await new Promise<unknown>((resolve) => {
      let end = () => {}
      // The owner closes at once, while the answer is still being read or its connection is being returned
      // for reuse.
      const onEnd = (what: unknown) => {
        end()
        resolve(what)
      }
      const events = { onBytes: onEnd, onTransportError: onEnd, onUnanswered() {}, onClosed: onEnd }
      void dialNodePosts({ host: '127.0.0.1', port }, events, signal()).then((posts) => {
        end = () => posts.close()
        posts.send(new Uint8Array(4))
      })
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (message) assert.match(String(told), message)
    else assert.equal(told, -Number.parseInt(status, 10))
  })
}

test('bytes go both ways, even right behind the upgrade, pings are answered, and a close is reported once', async () => {
  const sent: Buffer[] = []
  const port = await serving((socket, head) => {
    socket.on('data', (chunk) => sent.push(chunk))
    socket.write(Buffer.concat([Buffer.from(accept(head)), Buffer.from([0x82, 3]), Buffer.from('one')]))
    setTimeout(() => socket.write(Buffer.from([0x89, 1, 0x70])), 10)
  })
  const told: string[] = []
  const got = new Promise<void>((resolve) => {
    void dial(
      { host: '127.0.0.1', port },
      {
        onBytes: (chunk) => {
          told.push(Buffer.from(chunk).toString())
          resolve()
        },
        onTransportError: () => {},
        onUnanswered: () => {},
        onClosed: () => told.push('closed'),
      },
      signal(),
    ).then((transport) => {
      told.push('open')
      transport.send(Buffer.from('two'))
    })
  })
  await got
  assert.deepEqual(told, ['open', 'one'])
  while (Buffer.concat(sent).length < 9 + 7) await new Promise((resolve) => setTimeout(resolve, 5))
  const bytes = Buffer.concat(sent)
  assert.deepEqual([bytes[0], bytes[1], bytes[9], bytes[10]], [0x82, 0x83, 0x8a, 0x81])
})

for (const [what, ending, cause] of [
  ['closes', (socket: Socket) => socket.end(Buffer.from([0x88, 2, 3, 0xe8])), undefined],
  ['hangs up', (socket: Socket) => socket.destroy(), undefined],
  ['sends text', (socket: Socket) => socket.write(Buffer.from([0x81, 1, 0x61])), /close code 1003/],
] as const) {
  test(`a server that ${what} is reported once`, async () => {
    const port = await serving((socket, head) =>
      socket.write(accept(head), () => setTimeout(() => ending(socket), 5)),
    )
    const ends: (Error | undefined)[] = []
    await new Promise<void>((resolve) => {
      const onClosed = (error: Error | undefined) => {
        ends.push(error)
        setTimeout(resolve, 10)
      }
      void dial({ host: '127.0.0.1', port }, { ...SILENT, onClosed }, signal())
    })
    assert.equal(ends.length, 1)
    if (cause) assert.match(ends[0]?.message ?? '', cause)
    else assert.equal(ends[0], undefined)
  })
}
