import type { Courier, Delivery, DeliveryOutcome } from '../../courier/port.ts'
import type { Store } from '../../database/store.ts'
import { type Clock, machineTimer, type StartTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Settings } from '../../ground/settings.ts'
import { refusal } from '../refusal.ts'
import { settleDelivery, unsettledDeliveries } from './decide-deliveries.ts'

/** The ground of rules that send codes. */
export interface CodeGround extends Ground {
  readonly deliveries: Deliveries
}

/** The way of deliveries from the outbox to the courier. */
export interface Deliveries {
  /**
   * Sends what is committed. False where every provider refused for good; at the end of its chain the code is dead then.
   *
   * @throws {RpcError} −500 where nobody has taken it in time, −503 where who took it has not answered; the answer
   * still counts when it comes
   */
  send(delivery: Delivery): Promise<boolean>
  /** Sends again what a crash left between commit and answer, under the same ids. */
  recover(): Promise<void>
}

/** Deliveries that are sent again after a crash at the same time. */
const RECOVER_AT_ONCE = 1000
const RETRY_AFTER_MS = 250

/** The rules of delivery. */
export function createDeliveries(parts: {
  store: Pick<Store, 'decide' | 'look' | 'secret'>
  courier: Courier
  clock: Clock
  settings: Pick<Settings, 'courierTimeoutMs'>
  startTimer?: StartTimer | undefined
}): Deliveries {
  const { store, courier, clock, settings, startTimer = machineTimer } = parts

  async function attempt(delivery: Delivery, onTaken: () => void, triesLeft = 2): Promise<DeliveryOutcome> {
    const outcome = await courier.send(delivery, onTaken).catch((): DeliveryOutcome => ({ kind: 'unknown' }))
    if (outcome.kind !== 'rejected' || !outcome.retryable || triesLeft === 0) return outcome
    await new Promise<void>((resolve) => startTimer(resolve, RETRY_AFTER_MS))
    return attempt(delivery, onTaken, triesLeft - 1)
  }

  async function sendAndSettle(delivery: Delivery, onTaken = () => {}): Promise<boolean> {
    const outcome = await attempt(delivery, onTaken)
    const settled =
      outcome.kind === 'rejected' ? { kind: 'failed' as const, reason: outcome.reason } : outcome
    // A store that is down must not turn a code that was sent into one that was not: the outbox sends it again
    // after the restart, under the same id.
    await store.decide(() => settleDelivery(delivery.id, settled)).catch(() => {})
    return outcome.kind !== 'rejected'
  }

  return {
    async send(delivery) {
      let cancel = (): void => {}
      let isTaken = false
      const onTaken = (): void => {
        isTaken = true
      }
      const timeUp = new Promise<never>((_, reject) => {
        cancel = startTimer(
          () => reject(refusal(isTaken ? 'Timeout' : 'No workers running')),
          settings.courierTimeoutMs,
        )
      })
      try {
        return await Promise.race([sendAndSettle(delivery, onTaken), timeUp])
      } finally {
        cancel()
      }
    },
    async recover() {
      const sent = new Set<string>()
      for (;;) {
        const left = await store.look(() => unsettledDeliveries(store.secret, RECOVER_AT_ONCE, clock.nowMs()))
        // One that could not be settled comes again: the next start sends it.
        const deliveries = left.filter(({ id }) => !sent.has(id))
        if (deliveries.length === 0) return
        for (const { id } of deliveries) sent.add(id)
        await Promise.all(deliveries.map((delivery) => sendAndSettle(delivery)))
      }
    },
  }
}
