import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import type { Machine, ServerInput, ServerOutput } from '@cablegram/mtproto'
import { pino } from 'pino'
import type { Outcome } from '../rpc/apply-fault.ts'
import type { Channel, ChannelEvents } from './channel.ts'
import { Driver, type DriverOptions } from './driver.ts'
import { listen } from './listener.ts'
import { SocketChannel } from './socket-channel.ts'

const SESSION = { authKeyId: 1n, sessionId: 2n }

/** A machine that reacts as `react` says and records its input. */
function machineOf(react: (input: ServerInput) => ServerOutput[]) {
  const inputs: ServerInput[] = []
  const machine: Machine<ServerInput, ServerOutput> & { wakeAtMs: number | undefined } = {
    wakeAtMs: undefined,
    step(input) {
      inputs.push(input)
      return react(input)
    },
  }
  return { machine, inputs }
}

type Options = Pick<DriverOptions, 'machine'> & Partial<DriverOptions>

function driverOf(options: Options): Driver {
  return new Driver({
    nowMs: Date.now,
    keys: { find: async () => undefined, keep: async () => true, destroy: async () => true },
    compute: async () => undefined,
    cipher: async () => undefined,
    run: async () => ({ kind: 'answered', body: new Uint8Array(4) }),
    logger: pino({ level: 'silent' }),
    ...options,
  })
}

async function open(options: Options) {
  const driver = driverOf(options)
  const listener = await listen(
    { host: '127.0.0.1', port: 0, maxConnections: 8 },
    (socket) => driver.accept(new SocketChannel(socket)),
    (error) => assert.fail(error),
  )
  const close = async () => {
    listener.stop()
    await driver.close(1000)
    await listener.closed
  }
  return { driver, port: listener.port, close }
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: false }, () => resolve(socket))
    socket.on('error', () => undefined)
  })
}

const ended = (socket: Socket) => new Promise<void>((resolve) => socket.on('close', () => resolve()))

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('driver', () => {
  it('frees the packet of a large request once it is answered, and no sooner, and leaves small ones alone', async () => {
    const packets = [new Uint8Array(20_000), new Uint8Array(1_000)]
    const { machine } = machineOf((input) => {
      if (input.kind !== 'bytes') return []
      return packets.map((packet, at) => {
        const body = packet.subarray(8)
        return { kind: 'request', connection: 1, session: SESSION, msgId: BigInt(at), seqNo: 1, body }
      })
    })
    const lengths: number[] = []
    let left = packets.length
    const run = async ({ body }: { readonly body: Uint8Array }): Promise<Outcome> => {
      await new Promise(setImmediate)
      lengths.push(body.length)
      setImmediate(() => {
        left -= 1
      })
      return { kind: 'answered', body: new Uint8Array(4) }
    }
    const { port, close } = await open({ machine, run })
    const socket = await dial(port)
    socket.write('1')
    await until(() => left === 0)
    assert.deepEqual(lengths, [19_992, 992])
    assert.deepEqual(
      packets.map(({ length }) => length),
      [0, 1_000],
    )
    socket.destroy()
    await close()
  })

  it('breaks a connection in the middle of an answer that is to be cut, and leaves others alone', async () => {
    const { machine, inputs } = machineOf((input) => {
      if (input.kind === 'bytes') {
        const { connection } = input
        return [
          {
            kind: 'request',
            connection,
            session: SESSION,
            msgId: BigInt(connection),
            seqNo: 1,
            body: new Uint8Array(4),
          },
        ]
      }
      if (input.kind !== 'answer') return []
      return [
        { kind: 'send', connection: Number(input.msgId), chunk: new TextEncoder().encode('0123456789') },
      ]
    })
    const run = async ({ msgId }: { readonly msgId: bigint }): Promise<Outcome> => ({
      kind: 'answered',
      body: new Uint8Array(4),
      isCut: msgId === 1n,
    })
    const { port, close } = await open({ machine, run })
    const got: string[] = ['', '']
    const sockets = [await dial(port), await dial(port)]
    for (const [at, socket] of sockets.entries()) socket.on('data', (data) => (got[at] += data.toString()))
    const [first, second] = sockets
    const over = first && ended(first)
    first?.write('ask')
    await over
    second?.write('ask')
    await until(() => got[1]?.length === 10)
    assert.deepEqual(got, ['01234', '0123456789'])
    assert.deepEqual(
      inputs.filter(({ kind }) => kind === 'closed'),
      [{ kind: 'closed', connection: 1 }],
    )
    await close()
  })

  it("carries bytes in and the machine's output out", async () => {
    const { machine, inputs } = machineOf((input) =>
      input.kind === 'bytes' ? [{ kind: 'send', connection: input.connection, chunk: input.chunk }] : [],
    )
    const { port, close } = await open({ machine })
    const socket = await dial(port)
    const echo = new Promise<string>((resolve) => socket.on('data', (data) => resolve(data.toString())))
    socket.write('hello')
    assert.equal(await echo, 'hello')
    socket.end()
    await ended(socket)
    await until(() => inputs.at(-1)?.kind === 'closed')
    assert.deepEqual(
      inputs.map((input) => input.kind),
      ['opened', 'bytes', 'closed'],
    )
    await close()
  })

  it('says keyKept once the key is stored, and closes the connection if it cannot be stored', async () => {
    const authKey = { id: 5n, key: new Uint8Array(256) }
    const key = { authKey, expiresAtS: undefined, firstSalt: 0n, createdAtS: 0 }
    let exchange = 0
    const { machine, inputs } = machineOf((input) =>
      input.kind === 'bytes'
        ? [
            {
              kind: 'keyMade',
              exchange: ++exchange,
              connection: input.connection,
              key,
              dcId: 2,
              isTest: false,
            },
          ]
        : [],
    )
    let keep: (kept: boolean) => void = () => undefined
    let fail: (error: Error) => void = () => undefined
    const keys: DriverOptions['keys'] = {
      find: async () => undefined,
      keep: () =>
        new Promise((resolve, reject) => {
          keep = resolve
          fail = reject
        }),
      destroy: async () => true,
    }
    const { port, close } = await open({ machine, keys })
    const socket = await dial(port)
    socket.write('1')
    await until(() => exchange === 1)
    assert.equal(
      inputs.some((input) => input.kind === 'keyKept'),
      false,
    )
    keep(true)
    await until(() => inputs.at(-1)?.kind === 'keyKept')
    assert.deepEqual(inputs.at(-1), { kind: 'keyKept', exchange: 1, kept: true })
    socket.write('2')
    await until(() => exchange === 2)
    fail(new Error('the disk is full'))
    await until(() => inputs.at(-1)?.kind === 'closed')
    assert.equal(inputs.filter((input) => input.kind === 'keyKept').length, 1)
    await close()
  })

  it('reports whether a key to destroy is gone, was unknown or could not be destroyed', async () => {
    const session = { authKeyId: 9n, sessionId: 1n }
    const { machine, inputs } = machineOf((input) =>
      input.kind === 'bytes' ? [{ kind: 'destroyKey', session }] : [],
    )
    const destroyed = [
      async () => true,
      async () => false,
      () => Promise.reject(new Error('the disk is full')),
    ]
    const keys: DriverOptions['keys'] = {
      find: async () => undefined,
      keep: async () => true,
      destroy: () => destroyed.shift()?.() ?? assert.fail('asked once too often'),
    }
    const { port, close } = await open({ machine, keys })
    const socket = await dial(port)
    for (const outcome of ['ok', 'none', 'fail']) {
      socket.write('x')
      await until(() => inputs.at(-1)?.kind === 'keyDestroyed')
      assert.deepEqual(inputs.pop(), { kind: 'keyDestroyed', session, outcome })
    }
    socket.destroy()
    await close()
  })

  it('does not call a key unknown because the store fails', async () => {
    const { machine, inputs } = machineOf((input) =>
      input.kind === 'bytes' ? [{ kind: 'needKey', authKeyId: 9n }] : [],
    )
    let tries = 0
    const keys: DriverOptions['keys'] = {
      async find() {
        if (++tries === 1) throw new Error('the store is down')
        return undefined
      },
      keep: async () => true,
      destroy: async () => true,
    }
    const { port, close } = await open({ machine, keys })
    const socket = await dial(port)
    socket.write('x')
    await until(() => tries === 1)
    assert.equal(inputs.at(-1)?.kind, 'bytes')
    await until(() => inputs.at(-1)?.kind === 'key')
    assert.equal(tries, 2)
    socket.destroy()
    await close()
  })

  it('closes the connection of a slow reader', async () => {
    const { machine } = machineOf((input) =>
      input.kind === 'bytes'
        ? Array.from({ length: 64 }, () => ({
            kind: 'send' as const,
            connection: input.connection,
            chunk: new Uint8Array(256 * 1024),
          }))
        : [],
    )
    const { port, close } = await open({ machine, limits: { maxBufferedBytes: 1024 * 1024 } })
    const socket = await dial(port)
    socket.pause()
    socket.write('x')
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.resume()
    await ended(socket)
    assert.ok(socket.bytesRead < 16 * 1024 * 1024)
    await close()
  })

  it('stops reading while the requests of a connection have too many bytes', async () => {
    let bytes = 0
    const { machine } = machineOf((input) => {
      if (input.kind !== 'bytes') return []
      bytes += input.chunk.length
      const { connection } = input
      return [{ kind: 'request', connection, session: SESSION, msgId: 4n, seqNo: 1, body: new Uint8Array(4) }]
    })
    let finish: () => void = () => undefined
    const run = () =>
      new Promise<Outcome>((resolve) => {
        finish = () => resolve({ kind: 'answered', body: new Uint8Array(4) })
      })
    const requests = { maxRunning: 1, maxConnectionBytes: 1, sharedBytes: 1, maxBytes: 2 }
    const { port, close } = await open({ machine, run, limits: { requests } })
    const socket = await dial(port)
    socket.write('1')
    await until(() => bytes === 1)
    socket.write('2')
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(bytes, 1)
    finish()
    await until(() => bytes === 2)
    finish()
    socket.destroy()
    await close()
  })

  it('reads pings behind a thousand short requests, and stops behind 4 MiB, until one of them has ended', async () => {
    let bytes = 0
    let requests = 0
    const { machine } = machineOf((input) => {
      if (input.kind !== 'bytes') return []
      bytes += input.chunk.length
      const { connection } = input
      const [length = 0] = input.chunk
      if (length === 0) return []
      requests += 1
      const body = new Uint8Array(length * 1024)
      return [{ kind: 'request', connection, session: SESSION, msgId: BigInt(requests), seqNo: 1, body }]
    })
    const finish: (() => void)[] = []
    const run = () =>
      new Promise<Outcome>((resolve) => {
        finish.push(() => resolve({ kind: 'answered', body: new Uint8Array(4) }))
      })
    const { port, close } = await open({ machine, run })
    const socket = await dial(port)
    const write = async (kib: number): Promise<void> => {
      const before = bytes
      socket.write(Uint8Array.of(kib))
      while (bytes === before) await new Promise(setImmediate)
    }
    for (let n = 0; n < 1000; n++) await write(1)
    assert.equal(finish.length, 128)
    await write(0)
    // A request of 1 KiB counts 2.
    while (requests < 1009) await write(255)
    socket.write(Uint8Array.of(255))
    await new Promise((resolve) => setTimeout(resolve, 50))
    assert.equal(requests, 1009)
    const ending = setInterval(() => {
      for (const end of finish.splice(0)) end()
    }, 1)
    await until(() => requests === 1010)
    socket.destroy()
    await close()
    clearInterval(ending)
  })

  it('finishes running requests before it closes', async () => {
    const { machine } = machineOf((input) => {
      if (input.kind === 'bytes') {
        const { connection } = input
        return [
          { kind: 'request', connection, session: SESSION, msgId: 4n, seqNo: 1, body: new Uint8Array(4) },
        ]
      }
      return input.kind === 'answer' ? [{ kind: 'send', connection: 1, chunk: Buffer.from('answer') }] : []
    })
    let finish: (() => void) | undefined
    const run = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      return { kind: 'answered' as const, body: new Uint8Array(4) }
    }
    const { port, close } = await open({ machine, run })
    const socket = await dial(port)
    let received = ''
    socket.on('data', (data) => {
      received += data.toString()
    })
    socket.write('x')
    await until(() => finish !== undefined)
    const closing = close()
    finish?.()
    await Promise.all([closing, ended(socket)])
    assert.equal(received, 'answer')
  })

  it('does not wait for its deadline if clients close their side', async () => {
    const { machine } = machineOf(() => [])
    const { driver, port, close } = await open({ machine })
    const sockets = await Promise.all([dial(port), dial(port), dial(port)])
    for (const socket of sockets) socket.resume()
    const allEnded = Promise.all(sockets.map(ended))
    await until(() => driver.connections().length === 3)
    // Three weeks.
    await driver.close(2 ** 31 - 1)
    await allEnded
    await close()
  })

  it('reports once that a client has shown a key, and passes on what a channel holds', () => {
    const { machine, inputs } = machineOf((input) =>
      input.kind === 'bytes' ? [{ kind: 'proven', connection: input.connection }] : [],
    )
    const driver = driverOf({ machine, nowMs: () => 0 })
    let proven = 0
    let events: ChannelEvents | undefined
    const channel: Channel = {
      framing: 'bare',
      ip: '203.0.113.7',
      localIp: '192.0.2.1',
      bufferedBytes: 0,
      open: (its) => {
        events = its
      },
      write: () => undefined,
      refuse: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
      end: () => undefined,
      destroy: () => undefined,
    }
    driver.accept(channel, {
      onProven: () => {
        proven += 1
      },
    })
    events?.onHeld(1000)
    assert.equal(proven, 0)
    events?.onBytes(Buffer.from('x'))
    assert.equal(proven, 1)
    events?.onClosed()
    events?.onHeld(0)
    assert.deepEqual(
      inputs.map((input) => (input.kind === 'held' ? `${input.kind} ${input.bytes}` : input.kind)),
      ['opened', 'held 1000', 'bytes', 'closed'],
    )
  })

  it('wakes the machine when it asks for it', async () => {
    const { machine, inputs } = machineOf((input) => {
      machine.wakeAtMs = input.kind === 'opened' ? Date.now() + 30 : undefined
      return []
    })
    const { port, close } = await open({ machine })
    const socket = await dial(port)
    await until(() => inputs.at(-1)?.kind === 'wake')
    socket.destroy()
    await close()
  })

  it('leaves its timer as it is when the machine asks for a later wake, and sets another one then', async () => {
    const { machine, inputs } = machineOf(() => {
      const wakes = [10, 20, 20]
      machine.wakeAtMs = wakes[inputs.length - 1]
      return []
    })
    const driver = driverOf({ machine, nowMs: () => 0 })
    for (const bytes of [1, 2]) driver.input({ kind: 'held', connection: 1, bytes })
    await until(() => inputs.length === 4)
    assert.deepEqual(
      inputs.map(({ kind }) => kind),
      ['held', 'held', 'wake', 'wake'],
    )
    await driver.close(0)
  })

  it('reads from others while requests wait for their clients to read, whatever they are', async () => {
    const { driver, accept } = openCrowded(async ({ askRoom }) => {
      await askRoom?.(1)
      return { kind: 'withheld', wasRun: false, hasSucceeded: false, instead: undefined }
    })
    const other = accept(0)
    const slow = Array.from({ length: 10 }, () => accept(100))
    for (const { events } of slow) for (let n = 0; n < 3; n++) events?.onBytes(new Uint8Array(4096))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(other.isPaused, false)
    other.events?.onBytes(new Uint8Array(4))
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(other.isPaused, false)
    const added = accept(0)
    assert.equal(added.isPaused, false)
    for (const { events } of [...slow, other, added]) events?.onClosed()
    await driver.close(0)
  })

  it('reads from no connection, old or new, once requests have twice the room, and from all once there is room', async () => {
    const ends: (() => void)[] = []
    const { driver, accept } = openCrowded(
      () =>
        new Promise((resolve) => {
          ends.push(() => resolve({ kind: 'answered', body: new Uint8Array(4) }))
        }),
    )
    const [idle, short, ...long] = [accept(0), accept(0), accept(0), accept(0), accept(0)]
    short.events?.onBytes(new Uint8Array(4))
    long[0]?.events?.onBytes(new Uint8Array(8 * 1024))
    assert.deepEqual(
      [idle, short, ...long].map(({ isPaused }) => isPaused),
      [false, true, true, false, false],
    )
    long[1]?.events?.onBytes(new Uint8Array(8 * 1024))
    const added = accept(0)
    assert.deepEqual(
      [idle, ...long, added].map(({ isPaused }) => isPaused),
      [true, true, true, true, true],
    )
    for (const end of ends) end()
    await new Promise((resolve) => setImmediate(resolve))
    const all = [idle, short, ...long, added]
    assert.ok(all.every(({ isPaused }) => !isPaused))
    for (const { events } of all) events?.onClosed()
    await driver.close(0)
  })

  it('counts what comes out of packed requests, and has the next one wait', async () => {
    const begun: number[] = []
    const ends: (() => void)[] = []
    const { driver, accept } = openCrowded(async ({ connection, unpacking }) => {
      await unpacking?.begin(12 * 1024)
      begun.push(connection)
      unpacking?.end(10 * 1024)
      await new Promise<void>((resolve) => ends.push(resolve))
      return { kind: 'answered', body: new Uint8Array(4) }
    })
    const [first, second, idle] = [accept(0), accept(0), accept(0)]
    first.events?.onBytes(new Uint8Array(100))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([first.isPaused, idle.isPaused], [true, false], 'eight kilobytes are exceeded')
    second.events?.onBytes(new Uint8Array(100))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(begun, [1])
    ends[0]?.()
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(begun, [1, 2])
    ends[1]?.()
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok([first, second, idle].every(({ isPaused }) => !isPaused))
    for (const { events } of [first, second, idle]) events?.onClosed()
    await driver.close(0)
  })

  it('reads nothing from a connection while a packet of it is opened, and goes on then', async () => {
    const { machine, inputs } = machineOf((input) => {
      if (input.kind !== 'bytes') return []
      const task = {
        kind: 'open',
        authKey: { id: 1n, key: new Uint8Array(256) },
        packet: input.chunk,
      } as const
      return [{ kind: 'cipher', connection: input.connection, job: 7, task }]
    })
    let end = (): void => undefined
    const opened = new Promise<undefined>((resolve) => {
      end = () => resolve(undefined)
    })
    const driver = driverOf({ machine, cipher: () => opened })
    const [one, other] = [watchedChannel(0), watchedChannel(0)]
    for (const channel of [one, other]) driver.accept(channel)
    one.events?.onBytes(new Uint8Array(100))
    assert.deepEqual([one.isPaused, other.isPaused], [true, false])
    end()
    await until(() => !one.isPaused)
    assert.deepEqual(inputs.at(-1), { kind: 'ciphered', connection: 1, job: 7, result: undefined })
    for (const { events } of [one, other]) events?.onClosed()
    await driver.close(0)
  })

  it('reads those in the middle of a packet before one whose packet has ended', async () => {
    const chunk = (last: boolean) => new Uint8Array(64 * 1024).fill(last ? 1 : 0)
    const { machine } = machineOf((input) => {
      if (input.kind !== 'bytes' || input.chunk[0] === 0) return []
      const [authKey, packet] = [{ id: 1n, key: new Uint8Array(256) }, input.chunk]
      return [
        { kind: 'cipher', connection: input.connection, job: 7, task: { kind: 'open', authKey, packet } },
      ]
    })
    const driver = driverOf({ machine, cipher: async () => undefined })
    // Nine, of which eight go on in a turn.
    const channels = Array.from({ length: 9 }, () => watchedChannel(0))
    for (const channel of channels) driver.accept(channel)
    for (const { events } of channels) events?.onBytes(chunk(false))
    await until(() => channels.every(({ isPaused }) => !isPaused))
    for (const [at, { events }] of channels.entries()) events?.onBytes(chunk(at === 0))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(
      channels.map(({ isPaused }) => isPaused),
      [true, ...Array(8).fill(false)],
    )
    await until(() => channels.every(({ isPaused }) => !isPaused))
    for (const { events } of channels) events?.onClosed()
    await driver.close(0)
  })

  it('counts a packet that is being sealed as buffered, and breaks it if its answer was to be cut', async () => {
    const packet = new Uint8Array(100)
    const { machine } = machineOf((input) => {
      const [connection, job] = [1, 7]
      if (input.kind === 'bytes') {
        return [
          { kind: 'request', connection, session: SESSION, msgId: 1n, seqNo: 1, body: new Uint8Array(4) },
        ]
      }
      const task = { kind: 'seal', authKey: { id: 1n, key: new Uint8Array(256) }, packet } as const
      if (input.kind === 'answer') return [{ kind: 'cipher', connection, job, task }]
      return input.kind === 'ciphered' ? [{ kind: 'send', connection, chunk: packet }] : []
    })
    let end = (): void => undefined
    const sealed = new Promise<undefined>((resolve) => {
      end = () => resolve(undefined)
    })
    const limits = { pauseAtBufferedBytes: 50 }
    const run = async (): Promise<Outcome> => ({ kind: 'answered', body: packet, isCut: true })
    const driver = driverOf({ machine, cipher: () => sealed, run, limits })
    const channel = watchedChannel(0)
    const written: number[] = []
    channel.write = (chunk) => written.push(chunk.length)
    driver.accept(channel)
    channel.events?.onBytes(new Uint8Array(8))
    await until(() => channel.isPaused)
    assert.deepEqual(written, [])
    end()
    await until(() => written.length > 0)
    assert.deepEqual([written, driver.connections()], [[50], []])
    channel.events?.onClosed()
    await driver.close(0)
  })
})

/** A connection that a test looks at. */
interface WatchedChannel extends Channel {
  isPaused: boolean
  events: ChannelEvents | undefined
}

function watchedChannel(bufferedBytes: number): WatchedChannel {
  const channel: WatchedChannel = {
    framing: 'detect',
    ip: '203.0.113.7',
    localIp: '192.0.2.1',
    bufferedBytes,
    isPaused: false,
    events: undefined,
    open: (its) => {
      channel.events = its
    },
    write: () => undefined,
    refuse: () => undefined,
    pause: () => {
      channel.isPaused = true
    },
    resume: () => {
      channel.isPaused = false
    },
    end: () => undefined,
    destroy: () => undefined,
  }
  return channel
}

/** A driver with room for 8 KiB of requests and ten bytes of files, whose machine takes each chunk for a request. */
function openCrowded(run: DriverOptions['run']) {
  const { machine } = machineOf((input) =>
    input.kind === 'bytes'
      ? [
          {
            kind: 'request',
            connection: input.connection,
            msgId: 1n,
            seqNo: 1,
            body: input.chunk.slice(),
            session: { authKeyId: 1n, sessionId: BigInt(input.connection) },
          },
        ]
      : [],
  )
  const driver = new Driver({
    machine,
    nowMs: () => 0,
    keys: { find: async () => undefined, keep: async () => true, destroy: async () => true },
    compute: async () => undefined,
    cipher: async () => undefined,
    run,
    logger: pino({ level: 'silent' }),
    limits: {
      requests: {
        maxRunning: 2,
        maxConnectionBytes: 1024 * 1024,
        sharedBytes: 8 * 1024,
        maxBytes: 16 * 1024,
      },
      files: { maxConnectionBytes: 10, sharedBytes: 1024 * 1024, maxBytes: 2 * 1024 * 1024 },
    },
  })
  const accept = (bufferedBytes: number): WatchedChannel => {
    const channel = watchedChannel(bufferedBytes)
    driver.accept(channel)
    return channel
  }
  return { driver, accept }
}
