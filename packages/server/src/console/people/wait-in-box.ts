import type { Bus } from '../../bus/bus.ts'
import type { Nudge } from '../../bus/nudge.ts'
import { machineTimer } from '../../ground/clock.ts'
import { ConsoleError } from '../error.ts'
import type { OnConsole } from '../on-console.ts'

/** Waits that may go on at once, on each node. */
const MAX_WAITS = 1000
/** Nudges with news of their own that a wait keeps; more are news of the same kind. */
const MAX_HEARD = 100

const waits = new WeakMap<Bus, number>()

/** The end of a wait. */
export interface WaitLimits {
  readonly timeoutMs: number
  /** Ends the wait early. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Waits until a look into somebody's box finds something: it looks at once, and each time that the bus tells of the box.
 *
 * @returns undefined when the time is up
 * @throws {ConsoleError} 429 TOO_MANY_WAITS
 */
export async function waitInBox<T>(
  on: OnConsole,
  boxId: bigint,
  look: (heard: Nudge | undefined) => Promise<T | undefined>,
  limits: WaitLimits,
): Promise<T | undefined> {
  const count = waits.get(on.bus) ?? 0
  if (count >= MAX_WAITS) throw tooManyWaits()
  waits.set(on.bus, count + 1)
  try {
    return await lookAgain(on, boxId, look, limits)
  } finally {
    waits.set(on.bus, (waits.get(on.bus) ?? 1) - 1)
  }
}

async function lookAgain<T>(
  on: OnConsole,
  boxId: bigint,
  look: (heard: Nudge | undefined) => Promise<T | undefined>,
  { timeoutMs, signal }: WaitLimits,
): Promise<T | undefined> {
  const isOver = { yet: signal?.aborted === true }
  const heard: Nudge[] = []
  let wake = (): void => {}
  const end = (): void => {
    isOver.yet = true
    wake()
  }
  // Listen first, look after: what comes in between is looked for twice, not missed.
  const stopListening = on.bus.subscribe((nudge) => {
    if (!isAbout(nudge, boxId)) return
    if (nudge.kind === 'typing' && heard.length < MAX_HEARD) heard.push(nudge)
    wake()
  })
  const stopTimer = (on.startTimer ?? machineTimer)(end, timeoutMs)
  signal?.addEventListener('abort', end)
  try {
    for (;;) {
      const news = new Promise<void>((resolve) => {
        wake = resolve
      })
      const found = await look(heard.shift())
      if (found !== undefined || isOver.yet) return found
      if (heard.length === 0) await news
    }
  } finally {
    stopListening()
    stopTimer()
    signal?.removeEventListener('abort', end)
  }
}

/** Nudges without a box may stand for lost ones. */
function isAbout(nudge: Nudge, boxId: bigint): boolean {
  if (nudge.kind === 'box' || nudge.kind === 'typing') return nudge.boxId === String(boxId)
  return nudge.kind === 'anything' || nudge.kind === 'reset'
}

function tooManyWaits(): ConsoleError {
  return new ConsoleError(
    429,
    'TOO_MANY_WAITS',
    `${MAX_WAITS} calls wait for messages already.`,
    'Wait with fewer calls at once, or with a shorter timeoutMs.',
  )
}
