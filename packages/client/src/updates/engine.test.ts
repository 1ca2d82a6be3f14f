import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RpcError } from '@cablegram/mtproto'
import type { MethodName, Results, Update, Updates } from '@cablegram/tl/api'
import { settled, TestClock } from '../login/test-clock.ts'
import { SessionError } from '../storage/errors.ts'
import { UpdatesEngine } from './engine.ts'
import type { Health } from './words.ts'

const STATE = { _: 'updates.state', pts: 10, qts: 1, date: 500, seq: 1, unreadCount: 0 } as const
const EMPTY = { _: 'updates.differenceEmpty', date: 500, seq: 1 } as const

/** An engine with a storage and a server of its own. */
class Bench {
  readonly clock = new TestClock()
  readonly texts = new Map<string, string>()
  readonly asked: string[] = []
  readonly told: Update[] = []
  readonly health: Health[] = []
  readonly errors: unknown[] = []
  writes = 0
  failsToWrite = false
  onTold: () => void = () => {}
  knows: () => boolean = () => true
  answer: (method: MethodName) => unknown = (method) => (method === 'updates.getState' ? STATE : EMPTY)

  engine(catchUp?: boolean): UpdatesEngine {
    return new UpdatesEngine({
      catchUp,
      userId: 7n,
      clock: this.clock,
      storage: {
        get: async (key) => this.texts.get(key),
        write: async (changes) => {
          this.writes += 1
          if (this.failsToWrite) throw new Error('the disk is full')
          for (const [key, text] of changes) this.texts.set(key, text ?? '')
        },
      },
      call: async <Method extends MethodName>(method: Method) => {
        this.asked.push(method)
        return this.answer(method) as Results[Method]
      },
      peers: { knows: () => this.knows(), accessHashOf: async (id) => (id === 5n ? 99n : undefined) },
      onUpdate: ({ update }, done) => {
        this.told.push(update)
        this.onTold()
        done()
      },
      onHealth: (health) => this.health.push(health),
      onError: (error) => this.errors.push(error),
    })
  }
}

function news(pts: number): Updates {
  const peerId = { _: 'peerUser', userId: 1n } as const
  const message = { _: 'message', id: pts, peerId, date: 600, message: 'text' } as const
  const update = { _: 'updateNewMessage', message, pts, ptsCount: 1 } as const
  return { _: 'updates', updates: [update], users: [], chats: [], date: 600, seq: 0 }
}

test('many changes of the cursor are written at once, and the last ones when the engine closes', async () => {
  const bench = new Bench()
  const engine = bench.engine()
  await engine.begin()
  await settled()
  for (let pts = 11; pts <= 200; pts += 1) engine.push(news(pts))
  await bench.clock.advance(300)
  assert.equal(bench.writes, 1)
  assert.match(bench.texts.get('updates') ?? '', /"pts":200/)
  engine.push(news(201))
  await engine.close()
  assert.match(bench.texts.get('updates') ?? '', /"pts":201/)
  assert.equal(bench.clock.waiting, 0)
  engine.push(news(202))
  assert.equal(bench.told.length, 191)
})

test('after a sleep, what is due by the clock is asked for at once', async () => {
  const bench = new Bench()
  const engine = bench.engine()
  await engine.begin()
  await settled()
  const due = bench.clock.waiting
  bench.clock.set(bench.clock.nowMs() + 10 * 60_000)
  engine.resetTimers()
  assert.deepEqual(bench.asked, ['updates.getState'], 'ten minutes without an update are nothing unusual')
  assert.equal(bench.clock.waiting, due)
  await bench.clock.advance(5 * 60_000)
  assert.deepEqual(
    bench.asked,
    ['updates.getState', 'updates.getDifference'],
    'the timer did not know of the sleep',
  )
  bench.clock.set(bench.clock.nowMs() + 20 * 60_000)
  engine.resetTimers()
  await settled()
  assert.equal(bench.asked.length, 3)
  await engine.close()
})

test('an engine that does not catch up begins at the present, whatever was kept', async () => {
  const bench = new Bench()
  bench.texts.set('updates', '{"version":1,"pts":3,"qts":1,"dateS":400}')
  await bench.engine().begin()
  await settled()
  await bench.engine(false).begin()
  await settled()
  assert.deepEqual(bench.asked, ['updates.getDifference', 'updates.getState'])
})

test('a cursor that cannot be written is said, and written with the next changes', async () => {
  const bench = new Bench()
  const engine = bench.engine()
  await engine.begin()
  await settled()
  bench.failsToWrite = true
  engine.push(news(11))
  await bench.clock.advance(300)
  assert.equal(bench.errors.length, 1)
  bench.failsToWrite = false
  await engine.close()
  assert.match(bench.texts.get('updates') ?? '', /"pts":11/)
})

test('a damaged cursor is said, and the engine begins at the present', async () => {
  const bench = new Bench()
  bench.texts.set('updates', '{"version":1')
  const engine = bench.engine()
  await engine.begin()
  await settled()
  assert.deepEqual(bench.health[0], { kind: 'lost', reason: 'stateInvalid', channelId: undefined })
  assert.deepEqual(bench.asked, ['updates.getState'])
  await engine.close()
})

test('an update whose listener throws is said and done, and those behind it are told', async () => {
  const bench = new Bench()
  const engine = bench.engine()
  await engine.begin()
  await settled()
  const fault = new Error('a fault of a listener')
  bench.onTold = () => {
    bench.onTold = () => {}
    throw fault
  }
  const [first, second] = [news(11), news(12)] as const
  assert.ok('updates' in first && 'updates' in second)
  engine.push({ ...first, updates: [...first.updates, ...second.updates] })
  assert.deepEqual(bench.errors, [fault])
  assert.equal(bench.told.length, 2)
  await engine.close()
  assert.match(bench.texts.get('updates') ?? '', /"pts":12/)
})

test('a push that the machine fails at is said, and what it told is asked for', async () => {
  const bench = new Bench()
  const engine = bench.engine()
  await engine.begin()
  await settled()
  const fault = new Error('a fault of the machine')
  bench.knows = () => {
    throw fault
  }
  bench.asked.length = 0
  const short = { id: 11, userId: 1n, message: 'text', pts: 11, ptsCount: 1, date: 600 }
  engine.push({ _: 'updateShortMessage', ...short })
  await settled()
  assert.deepEqual(bench.errors, [fault])
  assert.deepEqual(bench.asked, ['updates.getDifference'])
  bench.knows = () => true
  engine.push(news(11))
  assert.equal(bench.told.length, 1)
  await engine.close()
})

test('a clock that is set back holds up no request', async () => {
  const bench = new Bench()
  const engine = bench.engine()
  await engine.begin()
  await settled()
  engine.push(news(13))
  bench.clock.set(bench.clock.nowMs() - 3_600_000)
  bench.asked.length = 0
  await bench.clock.advance(500)
  assert.deepEqual(bench.asked, ['updates.getDifference'])
  await engine.close()
})

test('a channel is asked about with its access hash, and given up without one', async () => {
  const bench = new Bench()
  bench.answer = (method) => {
    if (method === 'updates.getState') return STATE
    throw new RpcError(406, 'CHANNEL_PRIVATE')
  }
  const engine = bench.engine()
  await engine.begin()
  await settled()
  for (const channelId of [5n, 6n]) {
    const update = { _: 'updateChannelTooLong', channelId } as const
    engine.push({ _: 'updateShort', update, date: 1 })
  }
  await settled()
  assert.deepEqual(bench.asked, ['updates.getState', 'updates.getChannelDifference'])
  const losses = bench.health.filter(({ kind }) => kind === 'lost')
  assert.deepEqual(
    losses.map((loss) => 'channelId' in loss && loss.channelId),
    [6n, 5n],
  )
  await engine.close()
})

test('the end of the login stops the requests', async () => {
  const bench = new Bench()
  bench.answer = () => {
    throw new RpcError(401, 'SESSION_REVOKED')
  }
  const engine = bench.engine()
  await engine.begin()
  await settled()
  assert.deepEqual(bench.health.at(-1), { kind: 'ended' })
  await bench.clock.advance(3_600_000)
  assert.equal(bench.asked.length, 1)
  assert.equal(bench.clock.waiting, 0)
})

test('a storage that fails for long loses nothing: the difference is asked for again and again', async () => {
  const bench = new Bench()
  bench.texts.set('updates', JSON.stringify({ version: 1, pts: 10, qts: 1, dateS: 500 }))
  bench.answer = () => {
    throw new SessionError('SESSION_STORAGE', 'the disk is full')
  }
  const engine = bench.engine()
  await engine.begin()
  for (let n = 0; n < 20; n += 1) await bench.clock.advance(60_000)
  assert.deepEqual(
    bench.health.filter(({ kind }) => kind === 'lost'),
    [],
  )
  assert.deepEqual([...new Set(bench.asked)], ['updates.getDifference'])
  await engine.close()
})

test('an engine that is closed in the middle of a step leaves no timer, and calls no more', async () => {
  const bench = new Bench()
  bench.texts.set('updates', JSON.stringify({ version: 1, pts: 10, qts: 1, dateS: 500 }))
  const engine = bench.engine()
  const [first, second] = [news(11), news(12)]
  bench.answer = () => ({
    ...{ _: 'updates.differenceSlice', newEncryptedMessages: [], otherUpdates: [], users: [], chats: [] },
    newMessages: [first, second].flatMap((push) =>
      'updates' in push ? push.updates.flatMap((each) => ('message' in each ? [each.message] : [])) : [],
    ),
    intermediateState: { ...STATE, pts: 12 },
  })
  let closing: Promise<void> | undefined
  bench.onTold = () => {
    closing = engine.close()
  }
  await engine.begin()
  await settled()
  await closing
  assert.deepEqual([bench.told.length, bench.clock.waiting], [1, 0])
  assert.deepEqual(bench.asked, ['updates.getDifference'])
})
