import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkFakeHello,
  encodeTlsRecords,
  makeFakeAnswer,
  type Random,
  TlsRecordReader,
} from '@cablegram/mtproto'
import { fakeTls } from './fake-tls.ts'
import { httpConnect } from './http-connect.ts'
import { socks5 } from './socks5.ts'
import { type FirstPeer, talkFirst } from './talk-first.ts'
import type { Address, Dial, Transport, TransportEvents } from './transport.ts'

const PROXY = { host: '10.0.0.1', port: 1080 }
const TARGET = { host: '149.154.167.51', port: 443 }
const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length))

const bytes = (...parts: (string | number | number[] | Uint8Array)[]) =>
  new Uint8Array(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...Buffer.from(part)] : typeof part === 'number' ? [part] : [...part],
    ),
  )

/** A peer that takes one write after the other and answers each; the answers come in pieces of `pieceBytes`. */
class ScriptedProxy {
  readonly sent: Uint8Array[] = []
  readonly dialled: Address[] = []
  isClosed = false
  events: TransportEvents | undefined
  readonly #answers: (Uint8Array | 'closes' | 'waits')[]
  readonly #pieceBytes: number

  constructor(answers: (Uint8Array | 'closes' | 'waits')[], pieceBytes = 1) {
    this.#answers = answers
    this.#pieceBytes = pieceBytes
  }

  readonly dial: Dial = async (address, events) => {
    this.dialled.push(address)
    this.events = events
    return {
      send: (chunk) => {
        this.sent.push(chunk)
        const answer = this.#answers.shift()
        if (answer !== undefined && answer !== 'waits') setImmediate(() => this.#answer(answer))
      },
      close: () => {
        this.isClosed = true
      },
    }
  }

  #answer(answer: Uint8Array | 'closes'): void {
    if (answer === 'closes') {
      this.events?.onClosed(undefined)
      return
    }
    for (let at = 0; at < answer.length; at += this.#pieceBytes) {
      if (!this.isClosed) this.events?.onBytes(answer.subarray(at, at + this.#pieceBytes))
    }
  }

  async through(
    peer: FirstPeer,
    target: Address = TARGET,
    signal = new AbortController().signal,
  ): Promise<{ transport: Transport; got: Uint8Array[]; closedFor: (Error | undefined)[] }> {
    const got: Uint8Array[] = []
    const closedFor: (Error | undefined)[] = []
    const events: TransportEvents = {
      onBytes: (chunk) => got.push(chunk),
      onTransportError: () => assert.fail('there are none'),
      onUnanswered: () => assert.fail('there are none'),
      onClosed: (cause) => closedFor.push(cause),
    }
    const transport = await talkFirst(this.dial, peer)(target, events, signal)
    return { transport, got, closedFor }
  }
}

const LOGIN = { user: 'ada', password: 'pa:ss' }
const BOUND = bytes(5, 0, 0, 1, [0, 0, 0, 0], [0, 0])

for (const [what, target, address] of [
  ['IPv4', TARGET, [1, 149, 154, 167, 51, 1, 187]],
  ['a name', { host: 'dc.example', port: 80 }, [3, 10, ...Buffer.from('dc.example'), 0, 80]],
  [
    'IPv6',
    { host: '2001:67c:4e8:f002::a', port: 443 },
    [4, 0x20, 1, 6, 0x7c, 4, 0xe8, 0xf0, 2, 0, 0, 0, 0, 0, 0, 0, 10, 1, 187],
  ],
  [
    'an IPv4 address in IPv6',
    { host: '::ffff:1.2.3.4', port: 1 },
    [4, ...new Array(10).fill(0), 255, 255, 1, 2, 3, 4, 0, 1],
  ],
] as const) {
  for (const pieceBytes of [1, 100]) {
    test(`SOCKS5 connects to ${what}, answered in pieces of ${pieceBytes}`, async () => {
      const bound = bytes(5, 0, 0, 3, 4, 'name', [0, 0])
      const proxy = new ScriptedProxy([bytes(5, 0), bound], pieceBytes)
      const { transport, got, closedFor } = await proxy.through(socks5(PROXY, undefined), target)
      assert.deepEqual(proxy.dialled, [PROXY])
      assert.deepEqual(proxy.sent, [bytes(5, 1, 0), bytes(5, 1, 0, [...address])])
      transport.send(bytes('hello'))
      assert.deepEqual(proxy.sent.at(-1), bytes('hello'))
      proxy.events?.onBytes(bytes('world'))
      assert.deepEqual(got, [bytes('world')])
      proxy.events?.onClosed(undefined)
      assert.deepEqual(closedFor, [undefined])
      transport.close()
      assert.ok(proxy.isClosed)
    })
  }
}

test('SOCKS5 signs in where the proxy asks for it', async () => {
  const proxy = new ScriptedProxy([bytes(5, 2), bytes(1, 0), BOUND])
  await proxy.through(socks5(PROXY, LOGIN))
  assert.deepEqual(proxy.sent.slice(0, 2), [bytes(5, 2, 0, 2), bytes(1, 3, 'ada', 5, 'pa:ss')])
})

test('SOCKS5 keeps the login to itself where the proxy does not ask', async () => {
  const proxy = new ScriptedProxy([bytes(5, 0), BOUND])
  await proxy.through(socks5(PROXY, LOGIN))
  assert.equal(proxy.sent.length, 2)
})

test('an HTTP proxy connects, and keeps bytes that come with its answer', async () => {
  const answer = bytes('HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n')
  const proxy = new ScriptedProxy([bytes(answer, 'early')], 1000)
  const { got, transport } = await proxy.through(httpConnect(PROXY, LOGIN), { host: '::1', port: 443 })
  const login = Buffer.from('ada:pa:ss').toString('base64')
  const asked = `CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\nProxy-Authorization: Basic ${login}\r\n\r\n`
  assert.deepEqual(proxy.sent, [bytes(asked)])
  proxy.events?.onBytes(bytes('late'))
  assert.deepEqual(got, [], 'the client speaks first')
  transport.send(bytes('hello'))
  assert.deepEqual(got, [bytes('early'), bytes('late')])
})

test('a proxy that hangs up behind its answer is heard once the client has spoken', async () => {
  const proxy = new ScriptedProxy([bytes('HTTP/1.1 200 OK\r\n\r\n')], 1000)
  const { transport, closedFor } = await proxy.through(httpConnect(PROXY, undefined))
  proxy.events?.onClosed(new Error('gone'))
  assert.deepEqual(closedFor, [])
  transport.send(bytes('hello'))
  assert.match(String(closedFor), /gone/)
})

/** A network where this has happened by the time that the connection is there. */
function eager(happened: (events: TransportEvents) => void): { dial: Dial; sent: Uint8Array[] } {
  const sent: Uint8Array[] = []
  const dial: Dial = async (_address, events) => {
    happened(events)
    return { send: (chunk) => sent.push(chunk), close: () => {} }
  }
  return { dial, sent }
}

const deaf: TransportEvents = { onBytes() {}, onTransportError() {}, onUnanswered() {}, onClosed() {} }

test('bytes and an end that come before the conversation are part of it', async () => {
  const signal = new AbortController().signal
  const early = eager(({ onBytes }) => onBytes(bytes(5, 0)))
  void talkFirst(early.dial, socks5(PROXY, undefined))(TARGET, deaf, signal)
  await new Promise(setImmediate)
  assert.deepEqual(early.sent[0], bytes(5, 1, 0))
  assert.equal(early.sent.length, 2, 'the answer to the first turn was there')
  const ended = eager(({ onClosed }) => onClosed(undefined))
  await assert.rejects(talkFirst(ended.dial, socks5(PROXY, undefined))(TARGET, deaf, signal), {
    code: 'PROXY_HUNG_UP',
  })
})

const refused = 'PROXY_REFUSED'
const login = 'PROXY_LOGIN_REFUSED'
const other = 'NOT_A_PROXY'
for (const [what, peer, answers, code, message] of [
  [
    'SOCKS5 has no route',
    socks5(PROXY, undefined),
    [bytes(5, 0), bytes(5, 3, 0, 1)],
    refused,
    /149\.154\.167\.51:443: it has no route/,
  ],
  [
    'SOCKS5 finds nobody',
    socks5(PROXY, undefined),
    [bytes(5, 0), bytes(5, 5)],
    refused,
    /nobody listens there/,
  ],
  [
    'SOCKS5 has a code of its own',
    socks5(PROXY, undefined),
    [bytes(5, 0), bytes(5, 0x42)],
    refused,
    /answer is 66/,
  ],
  [
    'SOCKS5 wants a login',
    socks5(PROXY, undefined),
    [bytes(5, 0xff)],
    login,
    /asks for a user and a password/,
  ],
  ['SOCKS5 refuses the login', socks5(PROXY, LOGIN), [bytes(5, 2), bytes(1, 1)], login, /the user "ada"/],
  [
    'an HTTP proxy is no SOCKS5',
    socks5(PROXY, undefined),
    [bytes('HTTP/1.1 400 Bad Request\r\n\r\n')],
    other,
    /SOCKS5 proxy at 10\.0\.0\.1:1080 (is HTTP|answers in another)/,
  ],
  [
    'HTTP forbids',
    httpConnect(PROXY, undefined),
    [bytes('HTTP/1.1 403 Forbidden\r\n\r\n')],
    refused,
    /it answers "HTTP\/1\.1 403 Forbidden"/,
  ],
  [
    'HTTP wants a login',
    httpConnect(PROXY, undefined),
    [bytes('HTTP/1.0 407 Who\r\n\r\n')],
    login,
    /asks for a user/,
  ],
  [
    'HTTP refuses the login',
    httpConnect(PROXY, LOGIN),
    [bytes('HTTP/1.1 407 Who\r\n\r\n')],
    login,
    /the user "ada"/,
  ],
  ['a SOCKS5 proxy is no HTTP', httpConnect(PROXY, undefined), [bytes(5, 0xff)], other, /another protocol/],
  [
    'the proxy hangs up',
    httpConnect(PROXY, undefined),
    ['closes' as const],
    'PROXY_HUNG_UP',
    /HTTP proxy at 10\.0\.0\.1:1080 has ended/,
  ],
  [
    'the answer has no end',
    httpConnect(PROXY, undefined),
    [bytes('HTTP/1.1 200 ', 'x'.repeat(70_000))],
    'PROXY_HUNG_UP',
    /without an answer/,
  ],
] as const) {
  test(`a refusal is explained without the password: ${what}`, async () => {
    const proxy = new ScriptedProxy([...answers], 70_000)
    await assert.rejects(proxy.through(peer), (error: Error & { code?: string }) => {
      assert.equal(error.code, code)
      assert.match(error.message, message)
      assert.ok(!error.message.includes(LOGIN.password))
      return true
    })
    assert.ok(proxy.isClosed)
  })
}

test('a proxy that does not answer at all is named', async () => {
  const dial: Dial = () => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))
  const events = { onBytes() {}, onTransportError() {}, onUnanswered() {}, onClosed() {} }
  const dialling = talkFirst(dial, socks5(PROXY, LOGIN))(TARGET, events, new AbortController().signal)
  await assert.rejects(dialling, {
    code: 'PROXY_UNREACHABLE',
    message: /^The SOCKS5 proxy at 10\.0\.0\.1:1080 does not answer \(ECONNREFUSED\)/,
  })
})

test('an attempt that is given up closes the connection to the proxy', async () => {
  const proxy = new ScriptedProxy(['waits'])
  const giveUp = new AbortController()
  const rejected = assert.rejects(proxy.through(socks5(PROXY, undefined), TARGET, giveUp.signal), /enough/)
  await new Promise(setImmediate)
  giveUp.abort(new Error('enough'))
  await rejected
  assert.ok(proxy.isClosed)
})

// ---- the imitation of TLS ------------------------------------------------------------------------------------

const SECRET = random(16)
const SETUP = { secret: SECRET, domain: 'www.example.org', nowS: 1_800_000_000, random }

/** A network whose peer answers the hello with this secret. */
function answering(secret: Uint8Array): { dial: Dial; sent: Uint8Array[]; events: () => TransportEvents } {
  const sent: Uint8Array[] = []
  let heard: TransportEvents | undefined
  const dial: Dial = async (_address, events) => {
    heard = events
    return {
      send: (chunk) => {
        sent.push(chunk)
        if (sent.length === 1) setImmediate(() => events.onBytes(makeFakeAnswer(secret, chunk, random)))
      },
      close: () => {},
    }
  }
  return { dial, sent, events: () => heard ?? assert.fail('nobody has dialled') }
}

test('fake TLS signs its hello, checks the answer, and wraps data in records', async () => {
  const proxy = answering(SECRET)
  const got: Uint8Array[] = []
  const closedFor: (Error | undefined)[] = []
  const events = {
    onBytes: (chunk: Uint8Array) => void got.push(chunk),
    onTransportError: () => assert.fail('there are none'),
    onUnanswered: () => assert.fail('there are none'),
    onClosed: (cause: Error | undefined) => void closedFor.push(cause),
  }
  const peer = fakeTls('10.0.0.1:443', () => SETUP)
  const transport = await talkFirst(proxy.dial, peer)(TARGET, events, new AbortController().signal)
  assert.ok(checkFakeHello(SECRET, proxy.sent[0] ?? bytes(), SETUP.nowS))
  transport.send(bytes('one'))
  transport.send(bytes('two'))
  assert.deepEqual([...(proxy.sent[1] ?? [])].slice(0, 6), [0x14, 3, 3, 0, 1, 1])
  const reader = new TlsRecordReader()
  const read = proxy.sent.slice(1).map((chunk) => reader.push(chunk))
  assert.deepEqual(read, [bytes('one'), bytes('two')])
  proxy.events().onBytes(encodeTlsRecords(bytes('three')))
  assert.deepEqual(got, [bytes('three')])
  proxy.events().onBytes(bytes(0x15, 3, 3, 0, 2, 2, 40))
  assert.match(String(closedFor[0]), /an alert/)
})

test('fake TLS does not talk to a proxy that does not know the secret', async () => {
  const proxy = answering(random(16))
  const events = { onBytes() {}, onTransportError() {}, onUnanswered() {}, onClosed() {} }
  const peer = fakeTls('10.0.0.1:443', () => SETUP)
  await assert.rejects(talkFirst(proxy.dial, peer)(TARGET, events, new AbortController().signal), {
    code: 'MTPROXY_REJECTED',
    message: /MTProxy at 10\.0\.0\.1:443 does not accept the secret.*clock/,
  })
  assert.equal(proxy.sent.length, 1)
})
