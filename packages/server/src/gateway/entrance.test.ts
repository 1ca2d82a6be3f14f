import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { encodeTlsRecords, makeFakeHello, type Random, readFakeAnswer } from '@cablegram/mtproto'
import { pino } from 'pino'
import type { Channel } from './channel.ts'
import { Entrance, type EntranceOptions } from './entrance.ts'
import { FakeTls } from './fake-tls.ts'
import { listen } from './listener.ts'
import { Strangers } from './strangers.ts'

const PACKET = Buffer.from('a packet')
const POST = Buffer.from(`POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: ${PACKET.length}\r\n\r\n${PACKET}`)
const timeouts = { headMs: 60_000, requestMs: 60_000, idleMs: 60_000, checkMs: 20 }
/** For tests that await them: a busy machine may take longer between two steps of the others. */
const shortTimeouts = { headMs: 100, requestMs: 200, idleMs: 100, checkMs: 20 }

/** An entrance for the test, and what its channels receive. */
async function open(t: TestContext, options: Partial<EntranceOptions> = {}) {
  const channels: Channel[] = []
  const heard: string[] = []
  const held: number[] = []
  let closed = 0
  const entrance = new Entrance({
    tls: undefined,
    proxyProtocol: false,
    strangers: new Strangers({ maxPerAddress: 100, limitsLoopback: true, nowMs: () => 0 }),
    logger: pino({ level: 'silent' }),
    hint: () => 'Elsewhere.',
    timeouts,
    onChannel(channel) {
      channels.push(channel)
      const onClosed = () => {
        closed += 1
      }
      const onBytes = (bytes: Uint8Array) => void heard.push(Buffer.from(bytes).toString())
      const onHeld = (bytes: number) => void held.push(bytes)
      channel.open({ onBytes, onHeld, onDrained: () => undefined, onClosed }, 1000)
    },
    ...options,
  })
  const listener = await listen(
    { host: '127.0.0.1', port: 0, maxConnections: 100 },
    (socket) => void entrance.accept(socket, undefined),
    (error) => assert.fail(error),
  )
  t.after(async () => {
    entrance.stop()
    entrance.close()
    for (const channel of channels) channel.destroy()
    listener.stop()
    await listener.closed
  })
  const dial = () => {
    const socket = connect({ port: listener.port, host: '127.0.0.1' })
    let text = ''
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
    })
    const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()))
    return { socket, received: () => text, ended }
  }
  const channel = (): Channel => channels.at(-1) ?? assert.fail('there is no channel')
  return { dial, channel, heard, held, closedChannels: () => closed }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Resolves in the turn in which this text arrives. */
async function answered(socket: Socket, received: () => string, text: string): Promise<void> {
  while (!received().includes(text)) await once(socket, 'data')
}

/** Timers that the test fires: their delays, in the order they were started. */
function handTimers() {
  const running = new Map<number, () => void>()
  const startTimer = (run: () => void, ms: number): (() => void) => {
    running.set(ms, run)
    return () => void (running.get(ms) === run && running.delete(ms))
  }
  return { startTimer, running }
}

test('a silent connection has a minute, and one that began a header has ten seconds', async (t) => {
  const { startTimer, running } = handTimers()
  const { dial } = await open(t, { startTimer })
  const { socket, ended } = dial()
  await until(() => running.size > 0)
  assert.deepEqual([...running.keys()], [60_000])
  socket.write('PO')
  await until(() => running.size === 2)
  assert.deepEqual([...running.keys()], [60_000, 10_000])
  running.get(10_000)?.()
  await ended
})

test('a silent connection is closed after its minute', async (t) => {
  const { startTimer, running } = handTimers()
  const { dial } = await open(t, { startTimer })
  const { ended } = dial()
  await until(() => running.size > 0)
  running.get(60_000)?.()
  await ended
})

test('a client behind a balancer may be silent for a minute after the header', async (t) => {
  const { startTimer, running } = handTimers()
  const { dial, heard } = await open(t, { startTimer, proxyProtocol: true })
  const { socket } = dial()
  const header = Buffer.from('0d0a0d0a000d0a515549540a20000000', 'hex')
  socket.write(header.subarray(0, 5))
  await until(() => running.has(10_000))
  socket.write(header.subarray(5))
  await until(() => !running.has(10_000))
  assert.deepEqual([...running.keys()], [60_000])
  socket.write(POST)
  await until(() => heard.length === 1)
  assert.equal(running.size, 0)
})

test('clients behind a balancer count by the address it announces', async (t) => {
  const strangers = new Strangers({ maxPerAddress: 1, limitsLoopback: true, nowMs: () => 0 })
  const { dial } = await open(t, { proxyProtocol: true, strangers })
  const header = (lastByte: number) =>
    Buffer.concat([
      Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex'),
      Buffer.from([203, 0, 113, lastByte, 192, 0, 2, 1, 1, 2, 3, 4]),
    ])
  const [one, other, sameAsOne] = [dial(), dial(), dial()]
  one.socket.write(header(7))
  await until(() => strangers.size === 1)
  other.socket.write(header(8))
  await until(() => strangers.size === 2)
  sameAsOne.socket.write(header(7))
  await one.ended
  assert.equal(strangers.size, 2)
  assert.equal(other.socket.destroyed, false)
})

test('an address may hold a limited number of connections without a key, and a new one closes the oldest', async (t) => {
  const strangers = new Strangers({ maxPerAddress: 2, limitsLoopback: true, nowMs: () => 0 })
  const { dial, heard } = await open(t, { strangers })
  const first = dial()
  await until(() => strangers.size === 1)
  first.socket.write('P')
  const second = dial()
  await until(() => strangers.size === 2)
  const third = dial()
  await first.ended
  third.socket.write(POST)
  await until(() => heard.length === 1)
  assert.equal(second.socket.destroyed, false)
})

test('a head or body that trickles in is closed nevertheless', async (t) => {
  const { dial } = await open(t, { timeouts: shortTimeouts })
  const drips = ['POST /api HTTP/1.1\r\n', 'POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n']
  await Promise.all(
    drips.map(async (start) => {
      const { socket, ended, received } = dial()
      socket.write(start)
      const timer = setInterval(() => socket.write('x'), 20)
      await ended
      clearInterval(timer)
      assert.match(received(), /^HTTP\/1\.1 408 /)
    }),
  )
})

test('a slow request is held, answered, and its connection reused', async (t) => {
  const { dial, channel, heard } = await open(t, { timeouts: shortTimeouts })
  const { socket, received, ended } = dial()
  socket.write(POST)
  await until(() => heard.length === 1)
  // Longer than any of the timeouts.
  await new Promise((resolve) => setTimeout(resolve, 300))
  channel().write(Buffer.from('first'))
  // In the same turn: an idle connection does not last long.
  await answered(socket, received, 'first')
  socket.write(POST)
  await until(() => heard.length === 2)
  channel().write(Buffer.from('second'))
  // Nothing else arrives.
  await ended
  assert.match(received(), /first.*second/s)
  assert.deepEqual(heard, ['a packet', 'a packet'])
})

test('pipelined requests wait for earlier answers, and too many are cut off', async (t) => {
  const { dial, channel, heard } = await open(t)
  const { socket, received, ended } = dial()
  socket.write(Buffer.concat([POST, POST, POST]))
  await until(() => heard.length === 1)
  for (const answer of ['one', 'two', 'three']) channel().write(Buffer.from(answer))
  await until(() => received().includes('three'))
  assert.match(received(), /one.*two.*three/s)
  assert.equal(heard.length, 3)
  socket.write(Buffer.concat(Array.from({ length: 20 }, () => POST)))
  await ended
})

test('bodies count while they are read and while they wait, and no longer', async (t) => {
  const { dial, channel, heard, held } = await open(t)
  const { socket } = dial()
  const chunks = Buffer.from('1\r\nx\r\n'.repeat(1000))
  socket.write(
    Buffer.concat([
      POST,
      Buffer.from('POST /api HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'),
      chunks,
    ]),
  )
  await until(() => heard.length === 1 && (held.at(-1) ?? 0) >= 1000)
  assert.ok(Math.max(...held) <= 2000, 'a byte a chunk costs two bytes at most')
  socket.write('0\r\n\r\n')
  await until(() => held.at(-1) === 1000)
  channel().write(Buffer.from('one'))
  await until(() => heard.length === 2)
  assert.equal(held.at(-1), 0)
  assert.equal(heard[1], 'x'.repeat(1000))
})

test('a body of 4096 bytes may arrive in one-byte chunks, and a longer one is cut off', async (t) => {
  const { dial, heard, held } = await open(t)
  const head = 'POST /api HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  const taken = dial()
  taken.socket.write(`${head}${'1\r\nx\r\n'.repeat(4096)}0\r\n\r\n`)
  await until(() => heard.length === 1)
  assert.equal(heard[0], 'x'.repeat(4096))
  const cutOff = dial()
  cutOff.socket.write(`${head}${'1\r\nx\r\n'.repeat(4097)}`)
  await cutOff.ended
  assert.equal(held.at(-1), 0)
})

test('an abandoned body no longer counts', async (t) => {
  const { dial, held } = await open(t)
  const { socket } = dial()
  socket.write('POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 4000\r\n\r\nhello')
  await until(() => (held.at(-1) ?? 0) > 0)
  socket.destroy()
  await until(() => held.at(-1) === 0)
})

test('a paused channel gets no request until it resumes', async (t) => {
  const { dial, channel, heard, held } = await open(t)
  const { socket } = dial()
  socket.write(POST)
  await until(() => heard.length === 1)
  channel().pause()
  channel().write(Buffer.from('answer'))
  socket.write(POST)
  await until(() => held.at(-1) === PACKET.length)
  assert.equal(heard.length, 1)
  channel().resume()
  await until(() => heard.length === 2)
  socket.destroy()
})

test('pages of every origin may send a pre-flight, but only under the paths for browsers', async (t) => {
  const { dial } = await open(t)
  const ask = async (method: string, path: string): Promise<string> => {
    const { socket, received, ended } = dial()
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    await ended
    return received()
  }
  const ofWebA = ['/apiw1', '/apiw1_test', '/apiw1_premium', '/apiw1_test_premium']
  for (const path of ['/apiw', '/apiw_test', '/apiw_test1', ...ofWebA]) {
    const allowed = await ask('OPTIONS', path)
    assert.match(allowed, /^HTTP\/1\.1 204 /)
    assert.match(allowed, /^access-control-allow-origin: \*\r$/m)
    assert.match(allowed, /^access-control-allow-methods: POST, OPTIONS\r$/m)
  }
  for (const path of ['/api', '/api_test']) {
    const refused = await ask('OPTIONS', path)
    assert.match(refused, /^HTTP\/1\.1 405 /)
    assert.doesNotMatch(refused, /access-control/)
  }
  assert.match(await ask('GET', '/apiw1'), /^HTTP\/1\.1 405 [\s\S]*^allow: POST\r$/m)
  assert.match(await ask('OPTIONS', '/'), /^HTTP\/1\.1 404 /)
})

test('the status says why an answer is missing', async (t) => {
  const { dial, channel, heard } = await open(t)
  const ends: readonly (readonly [number, (channel: Channel) => void])[] = [
    [404, (one) => one.refuse(-404)],
    [429, (one) => one.refuse(-429)],
    [400, (one) => one.end('fault')],
    [503, (one) => one.end('leaving')],
  ]
  for (const [i, [status, end]] of ends.entries()) {
    const { socket, received, ended } = dial()
    socket.write(POST)
    await until(() => heard.length === i + 1)
    end(channel())
    await ended
    assert.match(received(), new RegExp(`^HTTP/1\\.1 ${status} `))
  }
})

test('a client that leaves while it waits is noticed', async (t) => {
  const { dial, heard, closedChannels } = await open(t)
  const { socket } = dial()
  socket.write(POST)
  await until(() => heard.length === 1)
  socket.destroy()
  await until(() => closedChannels() === 1)
})

test('a connection with many pipelined requests is closed, whatever they ask', async (t) => {
  const { dial } = await open(t)
  const preflight = 'OPTIONS /apiw HTTP/1.1\r\nHost: x\r\n\r\n'
  const polite = dial()
  polite.socket.write(preflight.repeat(16))
  await until(() => polite.received().split('204 No Content').length === 17)
  const rude = dial()
  rude.socket.write(preflight.repeat(1000))
  await rude.ended
  assert.equal(polite.socket.destroyed, false)
})

test('a WebSocket answers the last of many pings, one at a time', async (t) => {
  const { dial } = await open(t)
  const { socket, received } = dial()
  const key = Buffer.alloc(16).toString('base64')
  socket.write(
    `GET /apiws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: binary\r\n\r\n',
  )
  await until(() => received().includes('\r\n\r\n'))
  const ping = (text: string) => Buffer.concat([Buffer.from([0x89, 0x81, 0, 0, 0, 0]), Buffer.from(text)])
  socket.write(Buffer.concat([...Array(1000).fill(ping('a')), ping('z')]))
  await until(() => received().endsWith('\x8a\x01z'))
  assert.ok(received().split('\x8a\x01').length < 1000)
})

const SECRET = Buffer.from('00112233445566778899aabbccddeeff', 'hex')
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))
const fakeTls = () =>
  new FakeTls({
    mtproxySecrets: [Buffer.concat([Buffer.from([0xee]), SECRET, Buffer.from('a.example')])],
    random,
    nowMs: () => 1_000_000,
  })
const helloWith = (secret: Uint8Array) => makeFakeHello({ secret, domain: 'a.example', nowS: 1000, random })

test('a signed ClientHello is answered, and records are unwrapped; the same hello is not answered again', async (t) => {
  const { dial, heard, channel, closedChannels } = await open(t, { fakeTls: fakeTls() })
  const hello = helloWith(SECRET)
  const { socket, received } = dial()
  socket.write(hello)
  const length = () => readFakeAnswer(SECRET, hello, Buffer.from(received(), 'latin1'))
  await until(() => length() !== undefined)
  socket.write(encodeTlsRecords(PACKET))
  await until(() => heard.length > 0)
  assert.deepEqual(heard, ['a packet'])
  const answered = length() ?? 0
  channel().write(Buffer.from('an answer'))
  const record = Buffer.from(encodeTlsRecords(Buffer.from('an answer'))).toString('latin1')
  await until(() => received().length === answered + record.length)
  assert.equal(received().slice(answered), record)
  socket.write('no record')
  await until(() => closedChannels() === 1)
  const again = dial()
  again.socket.write(hello)
  await again.ended
  assert.equal(again.received(), '')
})

test('a ClientHello with another secret gets no answer', async (t) => {
  const { dial } = await open(t, { fakeTls: fakeTls() })
  const { socket, received, ended } = dial()
  socket.write(helloWith(new Uint8Array(16)))
  await ended
  assert.equal(received(), '')
})
