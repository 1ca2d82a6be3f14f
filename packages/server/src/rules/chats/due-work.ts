import type { Nudge } from '../../bus/nudge.ts'
import { type Clock, machineTimer } from '../../ground/clock.ts'
import type { Ground } from '../../ground/ground.ts'
import { oneAtATime } from '../../ground/one-at-a-time.ts'
import { forgetChats } from '../groups/forget-chats.ts'
import { closeDuePolls } from './close-due-polls.ts'
import { doEach } from './do-each.ts'
import { type DueLater, findDueLater } from './scheduled/decide-due.ts'
import { WHEN_ONLINE_S } from './scheduled/decide-queue.ts'
import { sendDue, sendToOnline } from './scheduled/send-due.ts'

/** A nudge may be lost: work that was not heard of is found this much later. */
const LOOK_EVERY_MS = 60_000
const RETRY_AFTER_MS = 1000

/** Parts of the work that waits for a time. */
export interface DueGround extends Pick<Ground, 'store' | 'clock' | 'settings' | 'bus' | 'startTimer'> {
  /** Told of what kept work from being done. The next run tries again. */
  readonly onTrouble: (error: unknown) => void
}

/** The work that waits for a time. */
export interface DueWork {
  /** Does all whose time has come. Call it when the clock was moved. */
  run(): Promise<void>
  /** Resolves once nothing of it runs any more. */
  stop(): Promise<void>
}

/**
 * Does what people have planned, at its time: sends messages, and closes polls. Also finishes work that a killed process left:
 * histories that boxes lose. The tables say what there is to do; each node may do it, and nothing is done twice.
 */
export function startDueWork(on: DueGround): DueWork {
  const { store, clock, bus, startTimer = machineTimer, onTrouble } = on
  let isStopped = false
  let cancel = (): void => {}
  let later: DueLater = UNKNOWN

  const run = oneAtATime(async () => {
    if (isStopped) return
    later = UNKNOWN
    try {
      await doEach([sendDue, closeDuePolls, forgetChats], (work) => work(on))
      const found = await store.look(findDueLater)
      // News may have come since the look.
      later = { ...found, nextAtS: earlier(found.nextAtS, later.nextAtS) }
      wait(waitMs(clock, later.nextAtS))
    } catch (error) {
      retry(error)
    }
  })

  /** Those who have come online, or gone, since the last look: only what waits for them is looked up. */
  const seen = new Set<bigint>()
  const sendToSeen = oneAtATime(async () => {
    const userIds = isStopped ? [] : [...seen]
    seen.clear()
    await doEach(userIds, (userId) => sendToOnline(on, userId)).catch(retry)
  })

  function note(userId: bigint): void {
    seen.add(userId)
    void sendToSeen()
  }

  function retry(error: unknown): void {
    onTrouble(error)
    // Work is there already: nothing that is heard of puts the next run off.
    later = { ...UNKNOWN, nextAtS: 0 }
    wait(RETRY_AFTER_MS)
  }

  function wait(ms: number): void {
    cancel()
    if (!isStopped) cancel = startTimer(() => void run(), ms)
  }

  function hear(nudge: Nudge): void {
    if (isStopped || !isNews(nudge, later)) return
    if (nudge.kind === 'status') note(BigInt(nudge.userId))
    else if (nudge.kind === 'due' && isLater(clock, nudge.atS)) waitForEarlier(nudge.atS)
    else void run()
  }

  function waitForEarlier(atS: number): void {
    if (later.nextAtS !== undefined && later.nextAtS <= atS) return
    later = { ...later, nextAtS: atS }
    wait(waitMs(clock, atS))
  }

  const unsubscribe = bus.subscribe(hear)
  void run()
  return {
    run,
    async stop() {
      isStopped = true
      cancel()
      unsubscribe()
      await run()
      await sendToSeen()
    },
  }
}

/** The state during a run: nothing is known, and somebody may be waited for. */
const UNKNOWN: DueLater = { nextAtS: undefined, waitsForOnline: true }

function earlier(oneS: number | undefined, otherS: number | undefined): number | undefined {
  return oneS === undefined || otherS === undefined ? (oneS ?? otherS) : Math.min(oneS, otherS)
}

/** Tells whether work is for a time to come. Those whom a message waits for may be online already. */
function isLater(clock: Clock, atS: number): boolean {
  return atS * 1000 > clock.nowMs() && atS !== WHEN_ONLINE_S
}

/** Tells whether there may be work to do since a nudge. */
function isNews({ kind }: Nudge, { waitsForOnline }: DueLater): boolean {
  if (kind === 'status') return waitsForOnline
  return kind === 'due' || kind === 'clock' || kind === 'reset' || kind === 'anything'
}

function waitMs(clock: Clock, nextAtS: number | undefined): number {
  if (nextAtS === undefined) return LOOK_EVERY_MS
  return Math.min(LOOK_EVERY_MS, Math.max(0, nextAtS * 1000 - clock.nowMs()))
}
