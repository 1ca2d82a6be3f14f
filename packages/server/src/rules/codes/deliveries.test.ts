import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Courier, Delivery, DeliveryOutcome } from '../../courier/port.ts'
import { text } from '../../database/columns.ts'
import { sql } from '../../database/decision.ts'
import { openStore } from '../../database/index.ts'
import type { StartTimer } from '../../ground/clock.ts'
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
    await deliveries.recover()
    assert.deepEqual(new Set(await states()), new Set(['accepted']))
    assert.equal(new Set(ids).size, committed.length)
  })
})
