import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Courier, Delivery, DeliveryOutcome } from '../../courier/port.ts'
import type { StartTimer } from '../../ground/clock.ts'
import { createDeliveries } from './deliveries.ts'

const DELIVERY: Delivery = {
  id: '0'.repeat(32),
  phone: '9996621234',
  code: '22222',
  channel: 'sms',
  purpose: 'login',
  phoneCodeHash: 'hash',
  to: '+9996621234',
  text: 'Login code: 22222',
  sentAtS: 1,
  expiresAtS: 301,
}
const COURIER_TIMEOUT_MS = 5_000

/** Deliveries on a clock that the test advances. */
function setUp(courier: Courier, committed: readonly Delivery[] = []) {
  const timers: { readonly ms: number; readonly run: () => void }[] = []
  const settled: string[] = []
  const startTimer: StartTimer = (run, ms) => {
    const timer = { ms, run }
    timers.push(timer)
    return () => void timers.splice(timers.indexOf(timer), 1)
  }
  const outbox = {
    settle: async (_id: string, outcome: { kind: string }) => void settled.push(outcome.kind),
    unsettled: async (limit: number) => committed.slice(settled.length, settled.length + limit),
  }
  const deliveries = createDeliveries({
    store: { outbox },
    courier,
    clock: { nowMs: () => 0 },
    settings: { courierTimeoutMs: COURIER_TIMEOUT_MS },
    startTimer,
  })
  /** Ends the wait for the courier, or the pause before the next attempt. */
  const timeUp = (what: 'courier' | 'pause'): void => {
    const at = timers.findIndex(({ ms }) => (ms === COURIER_TIMEOUT_MS) === (what === 'courier'))
    const [timer] = timers.splice(at, 1)
    timer?.run()
  }
  return { deliveries, settled, timeUp }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('deliveries', () => {
  it('waits a limited time for a courier and says whether anybody had started', async () => {
    for (const [isTaken, type] of [
      [false, 'No workers running'],
      [true, 'Timeout'],
    ] as const) {
      let finish: (outcome: DeliveryOutcome) => void = () => {}
      const { deliveries, settled, timeUp } = setUp({
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
      await turn()
      assert.deepEqual(settled, ['accepted'], 'the answer counts when it comes')
    }
  })

  it('retries twice, after a pause each, if the provider allows it', async () => {
    let tries = 0
    const { deliveries, timeUp } = setUp({
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
    const { deliveries, settled } = setUp(
      {
        send: async ({ id }) => {
          ids.push(id)
          return { kind: 'accepted', reference: '' }
        },
      },
      committed,
    )
    await deliveries.recover()
    assert.equal(settled.length, committed.length)
    assert.equal(new Set(ids).size, committed.length)
  })
})
