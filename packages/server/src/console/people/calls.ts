import type { WatchedCall } from '../../gateway/index.ts'
import { machineTimer } from '../../ground/clock.ts'
import type { AccountEnds } from '../../rules/messages/decide-box-log.ts'
import type { OnConsole } from '../on-console.ts'
import type { Actor } from './actor.ts'
import type { WaitLimits } from './wait-in-box.ts'
import type { CallsQuery, Idleness, PersonCall } from './words.ts'

/** Time between two looks at somebody who is busy. */
const LOOK_MS = 10
const QUIET_MS = 50
/** Calls that a reason names. */
const MOST_NAMES = 3

/** The calls that somebody's clients have made on this node since a test first acted as the account: the last 1,000. */
export function listCalls(on: OnConsole, { account }: Actor, { afterId = 0 }: CallsQuery = {}): PersonCall[] {
  const calls = on.gateway.watchedCalls.of(account.id)
  return calls.filter(({ id }) => id > afterId).map(showCall)
}

function showCall({ id, method, request, end }: WatchedCall): PersonCall {
  const state = end?.kind ?? 'underWay'
  const call = { id, method, state, ...(request !== undefined && { request: plain(request) }) } as const
  if (end?.kind === 'answered') return { ...call, answer: plain(end.result) }
  if (end?.kind !== 'refused') return call
  return { ...call, error: { code: end.error.code, type: end.error.message } }
}

/** A TL value as JSON has it: longs as decimal strings, bytes as base64. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  return Object.fromEntries(fields.map(([name, field]) => [name, plain(field)]))
}

/** The options of a wait for quiet. */
export interface IdleLimits extends WaitLimits {
  /** Nothing may happen for this long. */
  readonly quietMs?: number | undefined
}

/**
 * Waits until all news has gone out to somebody's clients on this node, their calls are over, and nothing has happened for a
 * while. From then on silence is an answer: the client does nothing more by itself.
 */
export async function waitUntilIdle(on: OnConsole, actor: Actor, limits: IdleLimits): Promise<Idleness> {
  const { quietMs = QUIET_MS, timeoutMs, signal } = limits
  const pauses = new Pauses(on, signal)
  const stopTimer = (on.startTimer ?? machineTimer)(() => pauses.end(), timeoutMs)
  try {
    for (;;) {
      const before = await lookAt(on, actor)
      await pauses.pause(before.reason === undefined ? quietMs : LOOK_MS)
      const after = await lookAt(on, actor)
      const isQuiet = before.reason === undefined && after.reason === undefined && isSame(before, after)
      if (isQuiet) return { isIdle: true }
      if (pauses.isOver)
        return { isIdle: false, reason: after.reason ?? 'Something has happened within the time of quiet.' }
    }
  } finally {
    stopTimer()
    pauses.close()
  }
}

/** The state of somebody's clients at a moment. */
interface Look {
  /** Undefined if nothing is under way. */
  readonly reason: string | undefined
  readonly ends: AccountEnds | undefined
  readonly changes: number
}

async function lookAt({ gateway }: OnConsole, { account }: Actor): Promise<Look> {
  const changes = gateway.watchedCalls.changesOf(account.id)
  const ends = await gateway.toldEnds(account.id)
  return { ends, changes, reason: busyWith(gateway, account, ends) }
}

function busyWith(
  gateway: OnConsole['gateway'],
  { id, firstName }: Actor['account'],
  ends: AccountEnds | undefined,
): string | undefined {
  if (!gateway.isHere(id)) return `${firstName} has no client that is connected and has called something.`
  const underWay = gateway.watchedCalls.of(id).filter(({ end }) => end === undefined)
  if (underWay.length > 0) return `Calls are under way: ${namesOf(underWay)}.`
  return ends === undefined ? 'Updates are still going out.' : undefined
}

function namesOf(calls: readonly WatchedCall[]): string {
  const names = [...new Set(calls.map(({ method }) => method))]
  return [...names.slice(0, MOST_NAMES), ...(names.length > MOST_NAMES ? ['…'] : [])].join(', ')
}

function isSame(one: Look, other: Look): boolean {
  const [before, after] = [one.ends, other.ends]
  if (before === undefined || after === undefined || one.changes !== other.changes) return false
  return before.pts === after.pts && before.qts === after.qts && before.sideSeq === after.sideSeq
}

/** Pauses that all end when the time is up. */
class Pauses {
  readonly #on: OnConsole
  readonly #signal: AbortSignal | undefined
  #wake: () => void = () => {}
  isOver: boolean

  constructor(on: OnConsole, signal: AbortSignal | undefined) {
    this.#on = on
    this.#signal = signal
    this.isOver = signal?.aborted === true
    signal?.addEventListener('abort', this.end)
  }

  readonly end = (): void => {
    this.isOver = true
    this.#wake()
  }

  async pause(ms: number): Promise<void> {
    if (this.isOver) return
    let stop = (): void => {}
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      stop = (this.#on.startTimer ?? machineTimer)(resolve, ms)
    })
    stop()
  }

  close(): void {
    this.#signal?.removeEventListener('abort', this.end)
  }
}
