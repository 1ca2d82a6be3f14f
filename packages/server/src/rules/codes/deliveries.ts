import type { Courier, Delivery, DeliveryOutcome } from '../../courier/port.ts'
import { StoreError } from '../../database/errors.ts'
import type { Store } from '../../database/store.ts'
import { type Clock, machineTimer, type StartTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import type { Settings } from '../../ground/settings.ts'
import { refusal } from '../refusal.ts'
import {
  claimDeliveries,
  hasFreeDelivery,
  releaseDeliveries,
  renewDeliveries,
  settleDelivery,
} from './decide-deliveries.ts'
import type { SettledAs } from './words.ts'

/** The ground of rules that send codes. */
export interface CodeGround extends Ground {
  readonly deliveries: Deliveries
}

/** The way of deliveries from the outbox to the courier. */
export interface Deliveries {
  /**
   * Sends a delivery that is committed. False if every provider refused for good; at the end of its chain the code is dead
   * then.
   *
   * @throws {RpcError} −500 if nobody has taken it in time, −503 if somebody took it and has not answered; the answer still
   * counts when it comes
   */
  send(delivery: Delivery): Promise<boolean>
  /**
   * Sends again what a crash left between commit and answer, under the same ids. Deliveries of nodes that run are theirs.
   *
   * @param isAlone no other node runs: what it claimed is nobody's
   */
  recover(isAlone?: boolean): Promise<void>
  /**
   * Keeps the claims of this node on what it sends, and goes on recovering what nodes that are killed leave behind.
   *
   * @returns the function that stops it
   */
  watch(): () => void
}

/** Deliveries that are recovered at the same time. */
const RECOVER_AT_ONCE = 1000
const RETRY_AFTER_MS = 250
/** Deliveries in flight above which this node recovers no more. */
const MAX_OURS = 10_000
/** Time between two looks at claims; a lease has several. */
const WATCH_EVERY_MS = 1000

/** Parts of the deliveries of a node. */
export interface DeliveryParts {
  readonly store: Pick<Store, 'decide' | 'look' | 'secret'>
  readonly courier: Courier
  readonly clock: Clock
  readonly settings: Pick<Settings, 'courierTimeoutMs'>
  readonly startTimer?: StartTimer | undefined
}

/** A delivery that stays in the outbox, and is sent when its claim has run out. */
interface Kept {
  readonly kind: 'kept'
}

/** A courier that writes to the store, as the inbox does, has done nothing if the store is away. */
function outcomeOf(error: unknown): DeliveryOutcome | Kept {
  return { kind: error instanceof StoreError ? 'kept' : 'unknown' }
}

/** The rules of delivery. */
export function createDeliveries(parts: DeliveryParts): Deliveries {
  const { store, courier, clock, settings, startTimer = machineTimer } = parts
  /** Deliveries that this node is sending, with their outcome if the store has not noted it yet. */
  const ours = new Map<string, SettledAs | undefined>()

  async function attempt(
    delivery: Delivery,
    onTaken: () => void,
    triesLeft = 2,
  ): Promise<DeliveryOutcome | Kept> {
    const outcome = await courier.send(delivery, onTaken).catch(outcomeOf)
    if (outcome.kind !== 'rejected' || !outcome.retryable || triesLeft === 0) return outcome
    await new Promise<void>((resolve) => startTimer(resolve, RETRY_AFTER_MS))
    return attempt(delivery, onTaken, triesLeft - 1)
  }

  async function sendAndSettle(delivery: Delivery, onTaken = () => {}): Promise<boolean> {
    ours.set(delivery.id, undefined)
    const outcome = await attempt(delivery, onTaken)
    if (outcome.kind === 'kept') {
      ours.delete(delivery.id)
      return true
    }
    const settled = outcome.kind === 'rejected' ? { ...outcome, kind: 'failed' as const } : outcome
    // A store that is down must not turn a code that was sent into one that was not: the outcome is noted later, or
    // the delivery is sent again after a restart, under the same id.
    await settle(delivery.id, settled).catch(() => ours.set(delivery.id, settled))
    return outcome.kind !== 'rejected'
  }

  async function settle(id: string, outcome: SettledAs): Promise<void> {
    await store.decide(() => settleDelivery(id, outcome))
    ours.delete(id)
  }

  async function recover(isAlone = false): Promise<void> {
    if (isAlone) await store.decide(releaseDeliveries)
    while (await store.look(() => hasFreeDelivery(clock.nowMs()))) {
      const sends = await claimSome()
      await Promise.all(sends.map((send) => send()))
    }
  }

  /** Claims deliveries that nobody sends. @returns what sends them */
  async function claimSome(): Promise<(() => Promise<boolean>)[]> {
    const nowMs = clock.nowMs()
    const claimed = await store.decide(() => claimDeliveries(store.secret, RECOVER_AT_ONCE, nowMs))
    return claimed.filter(({ id }) => !ours.has(id)).map((delivery) => () => sendAndSettle(delivery))
  }

  async function lookAfterClaims(): Promise<void> {
    if (ours.size > 0) {
      const [ids, nowMs] = [[...ours.keys()], clock.nowMs()]
      await store.decide(() => renewDeliveries(ids, nowMs))
    }
    for (const [id, outcome] of ours) if (outcome !== undefined) await settle(id, outcome)
    const hasRoom = ours.size < MAX_OURS
    if (!hasRoom || !(await store.look(() => hasFreeDelivery(clock.nowMs())))) return
    // A courier that hangs must not keep what comes later waiting.
    for (const send of await claimSome()) void send()
  }

  return {
    recover,
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
    watch() {
      let isStopped = false
      let cancel = startTimer(onTime, WATCH_EVERY_MS)
      async function onTime(): Promise<void> {
        // A store in trouble says so itself; the next time makes up for this one.
        await lookAfterClaims().catch(() => {})
        if (!isStopped) cancel = startTimer(onTime, WATCH_EVERY_MS)
      }
      return () => {
        isStopped = true
        cancel()
      }
    },
  }
}
