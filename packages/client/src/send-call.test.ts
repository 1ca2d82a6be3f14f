/** Calls on their way to an answer, in simulated time: waits, repetitions, chains. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import { FloodWaits, kindsOfCall } from './flood-waits.ts'
import type { Link } from './link.ts'
import { outcomeOver, settled, TestClock } from './login/test-clock.ts'
import type { OutgoingCall } from './net/calls.ts'
import { type CallWait, type SendOptions, sendCall } from './send-call.ts'
import { Turns } from './turns.ts'

/** A client's calls, answered by a function; the time of each is noted. */
class World {
  readonly clock = new TestClock()
  readonly turns = new Turns()
  readonly known = new FloodWaits()
  readonly sent: string[] = []
  readonly waits: CallWait[] = []
  /** Calls under way on the connection. */
  readonly open = new Set<string>()
  readonly #startMs = this.clock.nowMs()
  readonly #answer: (method: string) => Promise<unknown>

  constructor(answer: (method: string) => Promise<unknown>) {
    this.#answer = answer
  }

  /** The time that each call still had when it was sent. */
  readonly left: (number | undefined)[] = []
  /** How long it takes to connect. */
  connectMs = 0

  readonly #dc = {
    call: async (call: OutgoingCall<unknown>) => {
      this.left.push(call.leftMs)
      const { before } = call.turn ?? {}
      if (before && before.sent?.by !== this) throw new RpcError(400, 'MSG_WAIT_FAILED', call.method)
      if (call.turn) call.turn.sent = { by: this, callId: 1 }
      this.sent.push(`${call.method} ${(this.clock.nowMs() - this.#startMs) / 1000}${before ? ' after' : ''}`)
      try {
        return await this.#answer(call.method)
      } finally {
        if (call.turn) call.turn.sent = undefined
      }
    },
  }

  readonly closing = new AbortController()
  /** The steps of a login or a move that never end. */
  hangs: 'bringLogin' | 'switchDc' | undefined

  readonly #link = {
    closed: this.closing.signal,
    facts: { session: { userId: 1n } },
    bringLogin: () => this.#done('bringLogin'),
    switchDc: () => this.#done('switchDc'),
    opened: () => undefined,
    open: async () => {
      if (this.connectMs > 0) await new Promise<void>((resolve) => this.clock.after(this.connectMs, resolve))
      return this.#dc
    },
    isHome: () => this.hangs !== 'bringLogin',
    onRefused: () => false,
  } as unknown as Link

  async #done(step: 'bringLogin' | 'switchDc'): Promise<void> {
    if (this.hangs === step) await new Promise<never>(() => {})
  }

  call(
    method: string,
    options: Partial<SendOptions> & { signal?: AbortSignal; timeoutMs?: number } = {},
  ): Promise<unknown> {
    const { signal, timeoutMs = 60_000, ...more } = options
    const call = {
      method,
      signal,
      body: new Uint8Array(),
      decode: () => undefined,
      timeoutMs,
      turn: more.turn,
    }
    return sendCall(this.#link, call, {
      dcId: undefined,
      floodWaitMaxS: 10,
      clock: this.clock,
      waits: { known: this.known, kinds: kindsOfCall(method, {}) },
      onWait: (wait) => this.waits.push(wait),
      ...more,
    })
  }

  inChain(method: string, options: Partial<SendOptions> = {}): Promise<unknown> {
    return this.turns.take('chain', async (turn) => this.call(method, { ...options, turn }))
  }
}

/** Answers as a list says, then with 'done'. */
function answers(...list: (string | undefined)[]): () => Promise<unknown> {
  return async () => {
    const text = list.shift()
    if (text === undefined) return 'done'
    const [code, type = ''] = text.split(' ')
    throw new RpcError(Number(code), type)
  }
}

test('a short wait is slept, and told', async () => {
  const world = new World(answers('420 FLOOD_WAIT_7'))
  assert.deepEqual(await outcomeOver(world.clock, world.call('a.b')), { status: 'fulfilled', value: 'done' })
  assert.deepEqual(world.sent, ['a.b 0', 'a.b 7'])
  assert.deepEqual(
    world.waits.map(({ reason, method, waitMs }) => [reason, method, waitMs]),
    [['flood', 'a.b', 7_000]],
  )
})

test('a long wait is thrown, and calls in it are refused without being sent', async () => {
  const world = new World(answers('420 FLOOD_WAIT_30'))
  await assert.rejects(world.call('a.b'), { type: 'FLOOD_WAIT', argument: 30 })
  await world.clock.advance(12_000)
  await assert.rejects(world.call('a.b'), { code: 420, type: 'FLOOD_WAIT', argument: 18, method: 'a.b' })
  assert.equal(await world.call('c.d'), 'done')
  await world.clock.advance(10_000)
  const late = await outcomeOver(world.clock, world.call('a.b'))
  assert.equal(late.status, 'fulfilled')
  assert.deepEqual(world.sent, ['a.b 0', 'c.d 12', 'a.b 30'])
})

test('calls side by side wait as long as the last refusal of their kind says, and no longer in all than allowed', async () => {
  const world = new World(answers('420 FLOOD_WAIT_3', '420 FLOOD_WAIT_8'))
  const both = Promise.all([world.call('a.b'), world.call('a.b')])
  assert.equal((await outcomeOver(world.clock, both)).status, 'fulfilled')
  assert.deepEqual(world.sent, ['a.b 0', 'a.b 0', 'a.b 8', 'a.b 8'])
})

test('a signal ends a wait for an earlier refusal', async () => {
  const world = new World(answers('420 FLOOD_WAIT_11'))
  await assert.rejects(world.call('a.b'))
  await world.clock.advance(5_000)
  const abort = new AbortController()
  const waiting = world.call('a.b', { signal: abort.signal })
  await settled()
  abort.abort(new Error('enough'))
  await assert.rejects(waiting, /enough/)
  assert.equal(world.clock.waiting, 0)
})

test('trouble at the server is waited out only where a call may be made twice', async () => {
  const trouble = ['500 INTERNAL', '-503 Timeout', '500 INTERNAL']
  const once = new World(answers(...trouble))
  await assert.rejects(once.call('a.b'), { code: 500 })
  const world = new World(answers(...trouble.slice(1)))
  const outcome = await outcomeOver(world.clock, world.call('a.b', { retryBy: () => 0 }))
  assert.equal(outcome.status, 'fulfilled')
  assert.deepEqual(world.sent, ['a.b 0', 'a.b 0.5', 'a.b 1.5'])
  assert.deepEqual(
    world.waits.map(({ reason }) => reason),
    ['retry', 'retry'],
  )
  const hopeless = new World(answers(...trouble))
  const end = await outcomeOver(hopeless.clock, hopeless.call('a.b', { retryBy: () => 0 }))
  assert.equal(end.status, 'rejected')
  const known = new World(answers('500 RANDOM_ID_DUPLICATE'))
  await assert.rejects(known.call('a.b', { retryBy: () => 0 }), { type: 'RANDOM_ID_DUPLICATE' })
})

test('the time of a call includes connecting and repetitions, and not the waits that the server asks for', async () => {
  const world = new World(answers('420 FLOOD_WAIT_7', '500 INTERNAL'))
  world.connectMs = 2_000
  const call = world.call('a.b', { timeoutMs: 10_000, retryBy: () => 0 })
  assert.equal((await outcomeOver(world.clock, call)).status, 'fulfilled')
  assert.deepEqual(world.sent, ['a.b 2', 'a.b 11', 'a.b 13.5'])
  assert.deepEqual(world.left, [8_000, 6_000, 3_500])
})

test('a call whose time is over while it connects ends then', async () => {
  const world = new World(answers())
  world.connectMs = 60_000
  const outcome = await outcomeOver(world.clock, world.call('a.b', { timeoutMs: 1_000 }))
  assert.ok(outcome.status === 'rejected')
  assert.match(String(outcome.reason), /a\.b was not answered within 1 s: there is no connection yet/)
})

test('a repetition that would come too late is not waited for', async () => {
  const world = new World(answers('500 INTERNAL'))
  await assert.rejects(world.call('a.b', { timeoutMs: 400, retryBy: () => 0 }), { code: 500 })
  assert.equal(world.clock.waiting, 0)
})

test('calls of a chain are sent one after the other, and keep their order when the first one has to wait', async () => {
  const script = new Map([
    ['1', ['420 FLOOD_WAIT_2']],
    ['2', ['400 MSG_WAIT_FAILED']],
    ['3', ['400 MSG_WAIT_FAILED']],
  ])
  const done: string[] = []
  const world: World = new World(async (method) => {
    // The clock stands still meanwhile.
    await new Promise<void>((resolve) => world.clock.after(0, resolve))
    const text = script.get(method)?.shift()
    if (text !== undefined) throw new RpcError(Number(text.split(' ')[0]), text.split(' ')[1] ?? '')
    done.push(method)
  })
  const chain = Promise.all([world.inChain('1'), world.inChain('2'), world.inChain('3')])
  assert.equal((await outcomeOver(world.clock, chain)).status, 'fulfilled')
  assert.deepEqual(done, ['1', '2', '3'])
  assert.deepEqual(world.sent, ['1 0', '2 0 after', '3 0 after', '1 2', '2 2', '3 2'])
  assert.equal(world.turns.size, 0)
})

test('a call of a chain that fails does not hold up those behind it', async () => {
  const world = new World(async (method) => {
    await settled()
    if (method === '1') throw new RpcError(403, 'CHAT_WRITE_FORBIDDEN')
    return method
  })
  const [first, second] = await Promise.allSettled([world.inChain('1'), world.inChain('2')])
  assert.equal(first?.status, 'rejected')
  assert.deepEqual(second, { status: 'fulfilled', value: '2' })
})

test('a refusal that no call before explains is thrown', async () => {
  const world = new World(answers('400 MSG_WAIT_FAILED'))
  await assert.rejects(world.inChain('1'), { type: 'MSG_WAIT_FAILED' })
  assert.equal(world.turns.size, 0)
})

for (const [hangs, what] of [
  ['bringLogin', 'its login is brought to another data centre'],
  ['switchDc', 'the account moves to another data centre'],
] as const) {
  test(`a call that waits while ${what} hears its signal, its time and the end of the client`, async () => {
    const begin = (options: { signal?: AbortSignal }) => {
      const world = new World(answers('303 USER_MIGRATE_4'))
      world.hangs = hangs
      return { world, call: world.call('a.b', { ...options, timeoutMs: 5_000 }) }
    }
    const abort = new AbortController()
    const aborted = assert.rejects(begin({ signal: abort.signal }).call, { message: 'given up' })
    await settled()
    abort.abort(new Error('given up'))
    await aborted
    const { world, call } = begin({})
    const closed = assert.rejects(call, { message: 'closed' })
    await settled()
    world.closing.abort(new Error('closed'))
    await closed
    const late = begin({})
    const outOfTime = assert.rejects(late.call, { code: 'CALL_TIMEOUT' })
    await settled()
    await late.world.clock.advance(5_000)
    await outOfTime
    assert.equal(late.world.clock.waiting + world.clock.waiting, 0)
  })
}
