import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ClientInput,
  type ClientOutput,
  ConnectionError,
  type Machine,
  RpcError,
  SecurityError,
  TransportError,
} from '@cablegram/mtproto'
import type { Clock } from './clock.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import type { Transport, TransportEvents } from './transport.ts'

/** A clock that stands still until the test advances it. */
class TestClock implements Clock {
  #now = 0
  #timers: { atMs: number; action: () => void }[] = []

  nowMs(): number {
    return this.#now
  }

  after(delayMs: number, action: () => void): () => void {
    const timer = { atMs: this.#now + delayMs, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer)
    }
  }

  get pending(): number {
    return this.#timers.length
  }

  /** Lets time pass: timers fire in order, and promises settle in between. */
  async run(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settle()
      const next = this.#timers.toSorted((a, b) => a.atMs - b.atMs)[0]
      if (!next || next.atMs > end) break
      this.#timers = this.#timers.filter((each) => each !== next)
      this.#now = Math.max(this.#now, next.atMs)
      next.action()
    }
    this.#now = end
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A machine that outputs `ready` at the first bytes and keeps its input; a test adds other answers. */
class ScriptedMachine implements Machine<ClientInput, ClientOutput> {
  wakeAtMs: number | undefined
  readonly inputs: ClientInput[] = []
  answer: (input: ClientInput) => ClientOutput[] = (input) =>
    input.kind === 'bytes' ? [{ kind: 'ready' }] : []

  step(input: ClientInput): ClientOutput[] {
    this.inputs.push(input)
    return this.answer(input)
  }

  kinds(): string[] {
    return this.inputs.map(({ kind }) => kind)
  }
}

/** A network whose dials the test answers. */
class TestNetwork {
  readonly clock = new TestClock()
  readonly machine = new ScriptedMachine()
  readonly sent: string[] = []
  readonly closed: Transport[] = []
  dials = 0
  down = false
  events: TransportEvents | undefined

  options(more: Partial<ConnectionOptions> = {}): ConnectionOptions {
    return {
      machine: this.machine,
      addresses: [{ host: '127.0.0.1', port: 10443 }],
      nextStep: 'Start one with `npx cablegram serve`.',
      dial: async (_address, events) => {
        this.dials += 1
        if (this.down) throw new Error('ECONNREFUSED')
        this.events = events
        const transport: Transport = {
          send: (chunk) => this.sent.push(new TextDecoder().decode(chunk)),
          close: () => this.closed.push(transport),
        }
        return transport
      },
      clock: this.clock,
      fraction: () => 1,
      connectTimeoutMs: 5000,
      backoff: { firstMs: 100, maxMs: 1000 },
      onUpdate: () => {},
      onNewSession: () => {},
      onSave: () => {},
      onListenerError: (error) => assert.ifError(error),
      ...more,
    }
  }

  receive(text = 'x'): void {
    this.events?.onBytes(new TextEncoder().encode(text))
  }

  async opened(more: Partial<ConnectionOptions> = {}): Promise<Connection> {
    const connection = new Connection(this.options(more))
    const open = connection.open()
    await settle()
    this.receive()
    await open
    return connection
  }
}

function outgoing(method = 'help.getConfig') {
  return {
    method,
    body: new Uint8Array(4),
    timeoutMs: 60_000,
    decode: (body: Uint8Array) => new TextDecoder().decode(body),
  }
}

const closing = new ConnectionError('CLIENT_CLOSED', 'closed')

test('open resolves when the machine is ready and sends its first bytes', async () => {
  const network = new TestNetwork()
  const encoded = new TextEncoder().encode('hello')
  network.machine.answer = (input) =>
    input.kind === 'opened' ? [{ kind: 'send', chunk: encoded }] : [{ kind: 'ready' }]
  const connection = await network.opened()
  assert.deepEqual(network.sent, ['hello'])
  assert.deepEqual(network.machine.kinds(), ['opened', 'bytes'])
  connection.close(closing)
  assert.equal(network.closed.length, 1)
  assert.equal(network.clock.pending, 0)
})

test('a refused connection fails at once and says what to do', async () => {
  const network = new TestNetwork()
  network.down = true
  await assert.rejects(new Connection(network.options()).open(), {
    code: 'SERVER_UNREACHABLE',
    message: 'No server answers at 127.0.0.1:10443. Start one with `npx cablegram serve`.',
  })
  assert.equal(network.clock.pending, 0)
})

test('a server that accepts and stays silent times out', async () => {
  const network = new TestNetwork()
  const open = new Connection(network.options()).open()
  const rejected = assert.rejects(open, { code: 'CONNECT_TIMEOUT' })
  await network.clock.run(5000)
  await rejected
  assert.equal(network.closed.length, 1)
})

test('the client redials a server that goes away while it connects', async () => {
  const network = new TestNetwork()
  const open = new Connection(network.options()).open()
  await settle()
  network.down = true
  network.events?.onClosed(undefined)
  await network.clock.run(150)
  network.down = false
  await network.clock.run(500)
  network.receive()
  await open
  assert.equal(network.dials, 3)
})

test('an endless dial is aborted, even after the first success', async () => {
  const network = new TestNetwork()
  let aborted = 0
  const connection = await network.opened()
  const options = network.options({
    dial: (_address, _events, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted += 1
          reject(signal.reason)
        })
      }),
  })
  connection.close(closing)
  const rejected = assert.rejects(new Connection(options).open(), { code: 'CONNECT_TIMEOUT' })
  await network.clock.run(5000)
  await rejected
  assert.equal(aborted, 1)
})

test('a call resolves with its decoded answer', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.machine.answer = (input) =>
    input.kind === 'call'
      ? [{ kind: 'result', callId: input.callId, body: new TextEncoder().encode('answer') }]
      : []
  assert.equal(await connection.call(outgoing()), 'answer')
  assert.equal(network.clock.pending, 0)
})

test('a refusal names its method', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.machine.answer = (input) =>
    input.kind === 'call'
      ? [{ kind: 'refused', callId: input.callId, error: new RpcError(420, 'FLOOD_WAIT_30') }]
      : []
  await assert.rejects(connection.call(outgoing('auth.sendCode')), {
    code: 420,
    type: 'FLOOD_WAIT',
    argument: 30,
    method: 'auth.sendCode',
  })
})

test('an unreadable answer fails only its own call', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.machine.answer = (input) =>
    input.kind === 'call' ? [{ kind: 'result', callId: input.callId, body: new Uint8Array(0) }] : []
  const unreadable = {
    ...outgoing(),
    decode: () => {
      throw new Error('not TL')
    },
  }
  await assert.rejects(connection.call(unreadable), /not TL/)
  assert.equal(await connection.call(outgoing()), '')
})

test('an unanswered call ends at its deadline, and the machine forgets it', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  const rejected = assert.rejects(connection.call(outgoing('auth.signIn')), {
    code: 'CALL_TIMEOUT',
    message:
      /^auth\.signIn was not answered within 60 s: the server at .* is connected, but has not answered\.$/,
  })
  await network.clock.run(60_000)
  await rejected
  assert.deepEqual(network.machine.inputs.at(-1), { kind: 'cancel', callId: 1 })
})

test('a timed-out call tells what happened to the connection', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => assert.fail('answered'),
      (error: Error) => error,
    )
  network.down = true
  const down = failure(connection.call(outgoing('auth.signIn')))
  network.events?.onClosed(new Error('read ECONNRESET'))
  await network.clock.run(60_000)
  const error = await down
  assert.match(error.message, /within 60 s: there is no connection to .* \(No server answers at .*\)\.$/)
  assert.ok(error.cause instanceof ConnectionError && error.cause.code === 'SERVER_UNREACHABLE')

  network.down = false
  await network.clock.run(60_000)
  network.receive()
  const lost = failure(connection.call(outgoing('auth.signIn')))
  network.events?.onClosed(new Error('read ECONNRESET'))
  await network.clock.run(10_000)
  network.receive()
  await network.clock.run(50_000)
  assert.match((await lost).message, /was lost meanwhile \(read ECONNRESET\)\.$/)
  assert.equal(((await lost).cause as Error).message, 'read ECONNRESET')

  const silent = failure(connection.call(outgoing('auth.signIn')))
  await network.clock.run(60_000)
  assert.match((await silent).message, /is connected, but has not answered\.$/)
  assert.equal((await silent).cause, undefined)
})

test('an abort signal ends a call', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  const controller = new AbortController()
  const call = connection.call({ ...outgoing(), signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(call, /enough/)
  assert.ok(network.machine.inputs.some((input) => input.kind === 'cancel' && input.callId === 1))
  await assert.rejects(connection.call({ ...outgoing(), signal: controller.signal }), /enough/)
})

test('a lost connection is redialled with growing pauses', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.down = true
  network.events?.onClosed(undefined)
  assert.equal(network.machine.inputs.at(-1)?.kind, 'closed')
  await network.clock.run(100)
  assert.equal(network.dials, 2)
  await network.clock.run(199)
  assert.equal(network.dials, 2)
  await network.clock.run(1)
  assert.equal(network.dials, 3)
  network.down = false
  await network.clock.run(400)
  assert.equal(network.machine.inputs.at(-1)?.kind, 'opened')
  connection.close(closing)
  assert.equal(network.clock.pending, 0)
})

test('a connection in doubt is probed, and one that waits to be dialled again is dialled at once', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  connection.probe()
  assert.equal(network.machine.inputs.at(-1)?.kind, 'probe')
  network.down = true
  network.events?.onClosed(undefined)
  await network.clock.run(700)
  const dials = network.dials
  network.down = false
  connection.probe()
  assert.equal(network.dials, dials + 1)
  await network.clock.run(0)
  assert.equal(network.machine.inputs.at(-1)?.kind, 'opened')
  connection.close(closing)
  connection.probe()
  assert.equal(network.clock.pending, 0)
})

test('a dial in doubt is given up for a new one', async () => {
  const network = new TestNetwork()
  const { dial } = network.options()
  const signals: AbortSignal[] = []
  const connection = new Connection(
    network.options({
      dial: (address, events, signal) => {
        signals.push(signal)
        return signals.length > 1 ? dial(address, events, signal) : new Promise(() => {})
      },
    }),
  )
  const open = connection.open()
  connection.probe()
  await settle()
  network.receive()
  await open
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [true, false],
  )
  connection.close(closing)
  assert.equal(network.clock.pending, 0)
})

test('pauses are short again after a connection that lasted', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  for (let round = 0; round < 4; round += 1) {
    network.events?.onClosed(undefined)
    await network.clock.run(1000)
    network.receive()
  }
  const dials = network.dials
  await network.clock.run(10_000)
  network.events?.onClosed(undefined)
  await network.clock.run(100)
  assert.equal(network.dials, dials + 1)
  connection.close(closing)
})

test('a server that restarts again and again is redialled soon each time', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  for (let round = 0; round < 10; round += 1) {
    network.events?.onClosed(undefined)
    const dials = network.dials
    // The third pause of this test is the longest: 100, 200, 400.
    await network.clock.run(400)
    assert.equal(network.dials, dials + 1)
    network.receive()
  }
  connection.close(closing)
})

test('a call whose deadline passes while the connection is lost says why', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.down = true
  network.events?.onClosed(undefined)
  const rejected = assert.rejects(connection.call(outgoing('auth.signIn')), (error: Error) => {
    assert.match(
      error.message,
      /^auth\.signIn was not answered within 60 s: there is no connection to \S+ \(No server/,
    )
    assert.equal((error.cause as { code?: unknown }).code, 'SERVER_UNREACHABLE')
    return true
  })
  await network.clock.run(60_000)
  await rejected
  connection.close(closing)
})

const SEVERAL = [
  { host: '1.1.1.1', port: 443 },
  { host: '::1', port: 443 },
]

test('the next dial tries a failed address last and the one that served first', async () => {
  const network = new TestNetwork()
  const dialled: string[] = []
  const { dial } = network.options()
  const options = network.options({
    addresses: SEVERAL,
    dial: (address, events, signal) => {
      dialled.push(address.host)
      return dial(address, events, signal)
    },
  })
  const connection = new Connection(options)
  const open = connection.open()
  await settle()
  // The server accepts and hangs up.
  network.events?.onClosed(undefined)
  await network.clock.run(100)
  network.receive()
  await open
  network.events?.onClosed(undefined)
  await network.clock.run(1000)
  assert.deepEqual(dialled, ['1.1.1.1', '::1', '::1'])
  connection.close(closing)
})

test('an error names all addresses if none of them accepts', async () => {
  const network = new TestNetwork()
  network.down = true
  await assert.rejects(new Connection(network.options({ addresses: SEVERAL })).open(), {
    message: 'No server answers at 1.1.1.1:443, [::1]:443. Start one with `npx cablegram serve`.',
  })
})

test('another service at the address is reported at once, or waited out where a server used to be', async () => {
  const network = new TestNetwork()
  const open = new Connection(network.options()).open()
  await settle()
  network.receive('HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n')
  await assert.rejects(open, {
    code: 'SERVER_NOT_MTPROTO',
    message:
      'The peer at 127.0.0.1:10443 is HTTP (HTTP/1.1 400 Bad Request, nginx), not an MTProto server. Check the address and the port.',
  })
  assert.equal(network.closed.length, 1)
  const later = new TestNetwork()
  const connection = await later.opened()
  later.events?.onClosed(undefined)
  await later.clock.run(100)
  later.receive('SSH-2.0-OpenSSH_9.6\r\n')
  await later.clock.run(1000)
  assert.equal(later.dials, 3)
  later.receive()
  connection.close(closing)
})

test('a transport closed by a foreign service ends the first attempt and no later one', async () => {
  const foreign = new ConnectionError('SERVER_NOT_MTPROTO', 'it answers 415')
  const network = new TestNetwork()
  const rejected = assert.rejects(new Connection(network.options()).open(), foreign)
  await settle()
  network.events?.onClosed(foreign)
  await rejected
  const later = new TestNetwork()
  const connection = await later.opened()
  later.events?.onClosed(foreign)
  await later.clock.run(100)
  assert.equal(later.dials, 2)
  connection.close(closing)
})

test('a server that closes every connection is reported as such', async () => {
  const network = new TestNetwork()
  const rejected = assert.rejects(new Connection(network.options()).open(), {
    message: /\(last: the server closed the connection\)/,
  })
  await settle()
  network.events?.onClosed(undefined)
  await network.clock.run(5000)
  await rejected
})

test('a connection that times out reports the last failure', async () => {
  const network = new TestNetwork()
  const rejected = assert.rejects(new Connection(network.options()).open(), {
    code: 'CONNECT_TIMEOUT',
    message: /within 5 s \(last: it hangs up\)\. Start one/,
  })
  await settle()
  network.events?.onClosed(new Error('it hangs up'))
  await network.clock.run(5000)
  await rejected
})

test('a server that puts the client off is there: nobody is told to start it', async () => {
  const network = new TestNetwork()
  network.machine.answer = ({ kind }) =>
    kind === 'bytes' ? [{ kind: 'reconnect', reason: new RpcError(420, 'FLOOD_WAIT_300') }] : []
  const rejected = assert.rejects(new Connection(network.options()).open(), {
    code: 'CONNECT_TIMEOUT',
    message: /\(last: FLOOD_WAIT_300\)\. The server runs, .* in 300 s\.$/,
  })
  await settle()
  network.receive()
  await network.clock.run(5000)
  await rejected
})

test('a call waits out a lost connection', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.events?.onClosed(undefined)
  const call = connection.call(outgoing())
  network.machine.answer = (input) =>
    input.kind === 'opened' ? [{ kind: 'result', callId: 1, body: new TextEncoder().encode('late') }] : []
  await network.clock.run(100)
  assert.equal(await call, 'late')
  connection.close(closing)
})

test('the connection is replaced when the machine asks for it', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.machine.answer = (input) =>
    input.kind === 'bytes' ? [{ kind: 'reconnect', reason: new TransportError(-429) }] : []
  network.receive()
  assert.equal(network.closed.length, 1)
  assert.equal(network.machine.inputs.at(-1)?.kind, 'closed')
  await network.clock.run(100)
  assert.equal(network.dials, 2)
  connection.close(closing)
})

test('every call fails with the error of a failed machine, now and later', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  const call = connection.call(outgoing())
  network.machine.answer = () => [
    { kind: 'failed', error: new SecurityError('NONCE_MISMATCH', 'the nonce is wrong') },
  ]
  network.receive()
  await assert.rejects(call, { code: 'NONCE_MISMATCH' })
  await assert.rejects(connection.call(outgoing()), { code: 'NONCE_MISMATCH' })
  assert.equal(network.clock.pending, 0)
})

test('close fails the waiting calls', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  const call = connection.call(outgoing())
  connection.close(closing)
  await assert.rejects(call, { code: 'CLIENT_CLOSED' })
  assert.equal(network.clock.pending, 0)
})

test('a connection that is closed while its dial settles stays closed, and leaves the transport', async () => {
  for (let turns = 0; turns < 12; turns++) {
    const network = new TestNetwork()
    const options = network.options()
    let answer = () => {}
    const dial: ConnectionOptions['dial'] = (...args) =>
      new Promise((resolve) => {
        answer = () => resolve(options.dial(...args))
      })
    const connection = new Connection({ ...options, dial })
    const rejected = assert.rejects(connection.open(), { code: 'CLIENT_CLOSED' })
    answer()
    let later = Promise.resolve()
    for (let i = 0; i < turns; i++) later = later.then(() => {})
    await later.then(() => connection.close(closing))
    await settle()
    await rejected
    assert.ok(connection.hasEnded, `after ${turns} turns`)
    assert.equal(network.closed.length, 1, `after ${turns} turns`)
    assert.equal(network.clock.pending, 0)
  }
})

test('one timer wakes the machine when it asks for it', async () => {
  const network = new TestNetwork()
  network.machine.wakeAtMs = 3000
  const connection = await network.opened()
  assert.equal(network.clock.pending, 1)
  network.machine.answer = () => {
    network.machine.wakeAtMs = undefined
    return []
  }
  await network.clock.run(2999)
  assert.ok(!network.machine.kinds().includes('wake'))
  await network.clock.run(1)
  assert.ok(network.machine.kinds().includes('wake'))
  assert.equal(network.clock.pending, 0)
  connection.close(closing)
})

test('a timer that is set for an earlier time stays', async () => {
  const network = new TestNetwork()
  network.machine.wakeAtMs = 3000
  const connection = await network.opened()
  network.machine.wakeAtMs = 8000
  network.receive()
  await network.clock.run(3000)
  assert.equal(network.machine.kinds().filter((kind) => kind === 'wake').length, 1)
  await network.clock.run(4999)
  network.machine.wakeAtMs = undefined
  await network.clock.run(1)
  assert.equal(network.machine.kinds().filter((kind) => kind === 'wake').length, 2)
  assert.equal(network.clock.pending, 0)
  connection.close(closing)
})

test('calls of one turn reach the machine together, and a long one at once', async () => {
  const network = new TestNetwork()
  const connection = await network.opened()
  network.machine.inputs.length = 0
  const ended = ['help.getConfig', 'help.getNearestDc'].map((method) =>
    assert.rejects(connection.call(outgoing(method)), closing),
  )
  assert.deepEqual(network.machine.kinds(), [])
  await Promise.resolve()
  assert.deepEqual(network.machine.kinds(), ['call', 'call', 'wake'])
  const part = { ...outgoing('upload.saveFilePart'), body: new Uint8Array(131_072) }
  ended.push(assert.rejects(connection.call(part), closing))
  assert.deepEqual(network.machine.kinds(), ['call', 'call', 'wake', 'call'])
  const areMore = network.machine.inputs.map((input) => input.kind === 'call' && input.isMore)
  assert.deepEqual(areMore, [true, true, false, false])
  connection.close(closing)
  await Promise.all(ended)
})

test('a call from a listener waits until the current outputs are handled', async () => {
  const network = new TestNetwork()
  const order: string[] = []
  const calls: Promise<unknown>[] = []
  const connection: Connection = await network.opened({
    onUpdate: () => {
      calls.push(connection.call(outgoing()))
      order.push('update')
    },
    onNewSession: () => order.push('newSession'),
  })
  network.machine.answer = (input) => {
    order.push(input.kind)
    if (input.kind === 'bytes') return [{ kind: 'update', body: new Uint8Array(4) }, { kind: 'newSession' }]
    return input.kind === 'call' ? [{ kind: 'result', callId: input.callId, body: new Uint8Array(0) }] : []
  }
  network.receive()
  assert.deepEqual(order, ['bytes', 'update', 'newSession', 'call'])
  await Promise.all(calls)
  connection.close(closing)
})

test('a listener that throws loses neither the connection nor what comes after', async () => {
  const network = new TestNetwork()
  const errors: unknown[] = []
  const boom = () => {
    throw new Error('boom')
  }
  const connection = await network.opened({
    onUpdate: boom,
    onNewSession: boom,
    onSave: boom,
    onState: boom,
    onOpened: boom,
    onListenerError: (error) => errors.push(error),
  })
  network.machine.answer = () => [
    { kind: 'newSession' },
    { kind: 'save', keys: undefined },
    { kind: 'update', body: new Uint8Array() },
    { kind: 'send', chunk: new TextEncoder().encode('after') },
  ]
  network.receive()
  assert.deepEqual(network.sent.at(-1), 'after')
  assert.equal(connection.hasEnded, false)
  connection.close(closing)
  // Connecting, open, connected; three outputs; ended.
  assert.equal(errors.length, 7)
})
