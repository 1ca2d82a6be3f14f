import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionError } from '@cablegram/mtproto'
import type { Clock } from './clock.ts'
import { alternateFamilies, dialFirst } from './dial-first.ts'
import type { Address, Dial, Transport } from './transport.ts'

const EVENTS = { onBytes: () => {}, onTransportError: () => {}, onUnanswered: () => {}, onClosed: () => {} }

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** A network on which the test decides when an address answers, and the time. */
class Network {
  readonly dialled: string[] = []
  readonly aborted: string[] = []
  readonly closed: string[] = []
  #timers: (() => void)[] = []
  readonly #pending = new Map<string, { answer(): void; fail(error: Error): void }>()

  readonly clock: Clock = {
    nowMs: () => 0,
    after: (_delayMs, action) => {
      this.#timers.push(action)
      return () => {
        this.#timers = this.#timers.filter((each) => each !== action)
      }
    },
  }

  readonly dial: Dial = ({ host }, _events, signal) => {
    this.dialled.push(host)
    signal.addEventListener('abort', () => this.aborted.push(host))
    return new Promise((resolve, reject) => {
      const transport: Transport = { send: () => {}, close: () => this.closed.push(host) }
      this.#pending.set(host, { answer: () => resolve(transport), fail: reject })
    })
  }

  get timers(): number {
    return this.#timers.length
  }

  async tick(): Promise<void> {
    for (const timer of this.#timers.splice(0)) timer()
    await settle()
  }

  async answer(host: string): Promise<void> {
    this.#pending.get(host)?.answer()
    await settle()
  }

  async fail(host: string, error: Error = new Error(`${host} failed`)): Promise<void> {
    this.#pending.get(host)?.fail(error)
    await settle()
  }
}

const [FOUR, SIX, LAST]: readonly Address[] = ['four', 'six', 'last'].map((host) => ({ host, port: 1 })) as [
  Address,
  Address,
  Address,
]
const ALL = [FOUR, SIX, LAST].filter((address) => address !== undefined)

test('only one address is dialled if it answers at once', async () => {
  const network = new Network()
  const dialling = dialFirst(ALL, network, EVENTS, new AbortController().signal)
  await network.answer('four')
  assert.equal((await dialling).address, FOUR)
  assert.deepEqual(network.dialled, ['four'])
  assert.equal(network.timers, 0)
})

test('the next address is tried beside a silent one, and the slower attempts are cancelled', async () => {
  const network = new Network()
  const dialling = dialFirst(ALL, network, EVENTS, new AbortController().signal)
  await network.tick()
  assert.deepEqual(network.dialled, ['four', 'six'])
  await network.answer('six')
  assert.equal((await dialling).address, SIX)
  assert.deepEqual(network.aborted, ['four'])
  await network.answer('four')
  assert.deepEqual(network.closed, ['four'], 'one that answers too late is closed')
  assert.equal(network.timers, 0)
})

test('the next address is tried as soon as one has failed', async () => {
  const network = new Network()
  const dialling = dialFirst(ALL, network, EVENTS, new AbortController().signal)
  await network.fail('four')
  await network.fail('six')
  assert.deepEqual(network.dialled, ['four', 'six', 'last'])
  await network.answer('last')
  assert.equal((await dialling).address, LAST)
})

test('a server answer is reported before a system error when every address fails', async () => {
  const refused = new Error('refused')
  const foreign = new ConnectionError('SERVER_NOT_MTPROTO', 'it is HTTP')
  for (const [errors, told] of [
    [[refused, foreign, refused], foreign],
    [[refused, new Error('second'), new Error('third')], refused],
  ] as const) {
    const network = new Network()
    const rejected = assert.rejects(dialFirst(ALL, network, EVENTS, new AbortController().signal), told)
    for (const [i, host] of ['four', 'six', 'last'].entries()) await network.fail(host, errors[i])
    await rejected
    assert.equal(network.timers, 0)
  }
})

test('an abort cancels every attempt and closes one that answers later', async () => {
  const network = new Network()
  const abort = new AbortController()
  const rejected = assert.rejects(dialFirst(ALL, network, EVENTS, abort.signal), /enough/)
  await network.tick()
  abort.abort(new Error('enough'))
  await rejected
  assert.deepEqual(network.aborted, ['four', 'six'])
  await network.answer('six')
  assert.deepEqual(network.closed, ['six'])
  await assert.rejects(dialFirst(ALL, new Network(), EVENTS, abort.signal), /enough/)
})

test('a dial that throws counts as failed', async () => {
  const dial: Dial = ({ host }) => {
    if (host !== 'last') throw new Error(`${host} threw`)
    return Promise.resolve({ send: () => {}, close: () => {} })
  }
  const { clock } = new Network()
  const { signal } = new AbortController()
  assert.equal((await dialFirst(ALL, { dial, clock }, EVENTS, signal)).address, LAST)
  await assert.rejects(dialFirst([FOUR], { dial, clock }, EVENTS, signal), /four threw/)
})

test('without an address there is an error at once', async () => {
  const { signal } = new AbortController()
  await assert.rejects(dialFirst([], new Network(), EVENTS, signal), /no address/)
})

test('IPv4 and IPv6 addresses alternate', () => {
  const hosts = (list: readonly string[]) =>
    alternateFamilies(list.map((host) => ({ host, port: 1 }))).map(({ host }) => host)
  for (const [given, ordered] of [
    [[], []],
    [['1.1.1.1'], ['1.1.1.1']],
    [
      ['1.1.1.1', '2.2.2.2', '::1'],
      ['1.1.1.1', '::1', '2.2.2.2'],
    ],
    [
      ['::1', '::2', '::3', '1.1.1.1'],
      ['::1', '1.1.1.1', '::2', '::3'],
    ],
    [
      ['1.1.1.1', '::1', '::2', '::3'],
      ['1.1.1.1', '::1', '::2', '::3'],
    ],
  ] as const) {
    assert.deepEqual(hosts(given), ordered)
  }
})
