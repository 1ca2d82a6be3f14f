import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Courier, Delivery, DeliveryOutcome } from '../../courier/port.ts'
import { text } from '../../database/columns.ts'
import { sql } from '../../database/decision.ts'
import { StoreError } from '../../database/errors.ts'
import { openStore, type Store } from '../../database/index.ts'
import type { Clock, StartTimer } from '../../ground/clock.ts'
import { seededRandom } from '../test-world.ts'
import { keepDelivery } from './decide-deliveries.ts'
import { createDeliveries } from './deliveries.ts'

const DELIVERY: Delivery = {
  id: '0'.repeat(32),
  phone: '9996621234',
  code: '22222',
  channel: 'sms',
  purpose: 'login',
  phoneCodeHash: '',
  to: '+9996621234',
  text: 'Login code: 22222',
  sentAtS: 1,
  expiresAtS: 301,
}
const NOW_MS = 2_000
const COURIER_TIMEOUT_MS = 5_000

const statesOfDeliveries = sql`SELECT state FROM deliveries ORDER BY seq`

/** Deliveries on a clock that the test advances, of a store that holds these. */
async function setUp(courier: Courier, committed: readonly Delivery[] = [DELIVERY]) {
  const timers: { readonly ms: number; readonly run: () => void }[] = []
  const startTimer: StartTimer = (run, ms) => {
    const timer = { ms, run }
    timers.push(timer)
    return () => void timers.splice(timers.indexOf(timer), 1)
  }
  const store = openStore({ random: seededRandom('deliveries') })
  await Promise.all(
    committed.map((delivery) => store.decide(() => keepDelivery(store.secret, delivery, NOW_MS))),
  )
  const settings = { courierTimeoutMs: COURIER_TIMEOUT_MS }
  const clock = { nowMs: () => NOW_MS }
  const deliveries = createDeliveries({ store, courier, clock, settings, startTimer })
  const states = async (): Promise<string[]> =>
    (await store.look(() => statesOfDeliveries.rows())).map((row) => text(row, 'state'))
  /** Ends the wait for the courier, or the pause before the next attempt. */
  const timeUp = (what: 'courier' | 'pause'): void => {
    const at = timers.findIndex(({ ms }) => (ms === COURIER_TIMEOUT_MS) === (what === 'courier'))
    const [timer] = timers.splice(at, 1)
    timer?.run()
  }
  return { deliveries, states, timeUp }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('deliveries', () => {
  it('waits a limited time for a courier and says whether anybody had started', async () => {
    for (const [isTaken, type] of [
      [false, 'No workers running'],
      [true, 'Timeout'],
    ] as const) {
      let finish: (outcome: DeliveryOutcome) => void = () => {}
      const { deliveries, states, timeUp } = await setUp({
        send: (_delivery, onTaken) => {
          if (isTaken) onTaken?.()
          return new Promise((resolve) => {
            finish = resolve
          })
        },
      })
      const sent = assert.rejects(deliveries.send(DELIVERY), { message: type })
      timeUp('courier')
      await sent
      finish({ kind: 'accepted', reference: '' })
      while ((await states())[0] === 'pending') await turn()
      assert.deepEqual(await states(), ['accepted'], 'the answer counts when it comes')
    }
  })

  it('retries twice, after a pause each, if the provider allows it', async () => {
    let tries = 0
    const { deliveries, timeUp } = await setUp({
      send: async () => {
        tries += 1
        return { kind: 'rejected', reason: 'busy', retryable: true }
      },
    })
    const sent = deliveries.send(DELIVERY)
    for (const expected of [1, 2]) {
      await turn()
      assert.equal(tries, expected)
      timeUp('pause')
    }
    assert.equal(await sent, false)
    assert.equal(tries, 3)
  })

  it('sends everything that a crash left behind', async () => {
    const committed = Array.from({ length: 2_500 }, (_, at) => ({ ...DELIVERY, id: String(at) }))
    const ids: string[] = []
    const { deliveries, states } = await setUp(
      {
        send: async ({ id }) => {
          ids.push(id)
          return { kind: 'accepted', reference: '' }
        },
      },
      committed,
    )
    await deliveries.recover(true)
    assert.deepEqual(new Set(await states()), new Set(['accepted']))
    assert.equal(new Set(ids).size, committed.length)
  })

  it('leaves alone what a running node sends, and sends again what a killed one left', async () => {
    const sent: string[] = []
    const clock = { nowMs: () => NOW_MS }
    const committed = ['a', 'b'].map((id) => ({ ...DELIVERY, id }))
    const { store, watched } = await setUpNodes(committed, clock, sent)
    const hanging = watched('first', () => new Promise(() => {}))
    const [first] = committed
    void hanging.deliveries.send(first ?? DELIVERY)
    const second = watched('second', async () => ({ kind: 'accepted', reference: '' }))
    for (const ms of [1000, 2000, 3000, 4000, 5000]) {
      clock.nowMs = () => NOW_MS + ms
      await second.tick()
      await hanging.tick()
    }
    assert.deepEqual(sent, ['first a', 'second b'], 'b was sent by nobody, a is on its way')
    hanging.stop()
    for (const ms of [9000, 9999]) {
      clock.nowMs = () => NOW_MS + ms
      await second.tick()
    }
    assert.deepEqual(sent, ['first a', 'second b'], 'until the lease ends')
    clock.nowMs = () => NOW_MS + 10_000
    await second.tick()
    assert.deepEqual(sent, ['first a', 'second b', 'second a'])
    second.stop()
    await store.close()
  })

  it('notes an outcome later if the store is down when the courier answers', async () => {
    const clock = { nowMs: () => NOW_MS }
    const { store, watched, breakNext, states } = await setUpNodes([DELIVERY], clock, [])
    const node = watched('node', async () => ({ kind: 'accepted', reference: 'r' }))
    breakNext()
    assert.equal(await node.deliveries.send(DELIVERY), true)
    assert.deepEqual(await states(), ['pending'])
    await node.tick()
    assert.deepEqual(await states(), ['accepted'])
    node.stop()
    await store.close()
  })

  it('sends a delivery again if the store was away when the courier wanted to write', async () => {
    const clock = { nowMs: () => NOW_MS }
    const sent: string[] = []
    const { store, watched, states } = await setUpNodes([DELIVERY], clock, sent)
    const answers: (() => Promise<DeliveryOutcome>)[] = [
      () => Promise.reject(new StoreError('STORE_UNREACHABLE', 'cut off')),
    ]
    const accept = async (): Promise<DeliveryOutcome> => ({ kind: 'accepted', reference: 'r' })
    const node = watched('node', () => (answers.shift() ?? accept)())
    assert.equal(await node.deliveries.send(DELIVERY), true, 'the code is good')
    assert.deepEqual(await states(), ['pending'])
    clock.nowMs = () => NOW_MS + 5_000
    await node.tick()
    await turn()
    assert.deepEqual([await states(), sent.length], [['accepted'], 2])
    node.stop()
    await store.close()
  })
})

/** Nodes on one store, each with a timer that the test runs. */
async function setUpNodes(committed: readonly Delivery[], clock: Clock, sent: string[]) {
  const store = openStore({ random: seededRandom('nodes') })
  for (const delivery of committed)
    await store.decide(() => keepDelivery(store.secret, delivery, clock.nowMs()))
  let isBroken = false
  const decide: Store['decide'] = (run) => {
    if (!isBroken) return store.decide(run)
    isBroken = false
    return Promise.reject(new Error('the store is down'))
  }
  const parts = { store: { ...store, decide }, clock, settings: { courierTimeoutMs: 60_000 } }
  return {
    store,
    states: async () => (await store.look(() => statesOfDeliveries.rows())).map((row) => text(row, 'state')),
    breakNext: () => {
      isBroken = true
    },
    watched(name: string, answer: () => Promise<DeliveryOutcome>) {
      const timers: { readonly ms: number; readonly run: () => unknown }[] = []
      const startTimer: StartTimer = (run, ms) => {
        timers.push({ ms, run })
        return () => {}
      }
      const send: Courier['send'] = ({ id }) => {
        sent.push(`${name} ${id}`)
        return answer()
      }
      const deliveries = createDeliveries({ ...parts, courier: { send }, startTimer })
      const stop = deliveries.watch()
      return {
        deliveries,
        stop,
        /** The next time that the node looks after its claims. */
        async tick() {
          const at = timers.findIndex(({ ms }) => ms === 1000)
          await timers.splice(at, 1)[0]?.run()
          await turn()
        },
      }
    },
  }
}
