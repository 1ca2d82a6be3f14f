import type { ClientLimits, ServerLimits } from '../options.ts'
import { Rng } from './rng.ts'

/** The amount of work in a simulation, and the faults that may happen. */
export interface Scenario {
  readonly seed: number
  /** Machines, each with its own connection and session; they share a key unless each makes its own. */
  readonly clients?: number
  /** Of each client. */
  readonly calls: number
  /** `bare` is HTTP. */
  readonly framing?: 'abridged' | 'intermediate' | 'padded' | 'bare'
  /** Of packets, in both directions. */
  readonly lossRate?: number
  readonly duplicateRate?: number
  /** Of packets that may overtake others. */
  readonly reorderRate?: number
  readonly maxDelayMs?: number
  /** Of connections, for each packet; half of them in the middle of it. */
  readonly cutRate?: number
  /** Of calls that are cancelled while they run. */
  readonly cancelRate?: number
  readonly serverRestarts?: number
  /** Jumps of each client's clock, by hours. */
  readonly clockJumps?: number
  /** Jumps of the server's clock. */
  readonly serverClockJumps?: number
  /** The longest jump of a clock, either way; three hours by default. */
  readonly maxJumpMs?: number
  /** The largest error of a client's clock from the start, either way. */
  readonly maxSkewMs?: number
  /** Errors of the first clients' clocks, instead of random ones. */
  readonly skewsMs?: readonly number[]
  /** The server's clock minus the client's, as a session file has it. */
  readonly timeOffsetMs?: number
  /** The true time when it begins. */
  readonly startMs?: number
  /** Jumps of the rules' clock, ahead by up to an hour: salts rotate, temporary keys expire. */
  readonly ruleJumps?: number
  readonly pfs?: { readonly expiresInS: number }
  /** Of the first attempts to bind a temporary key. */
  readonly bindErrors?: number
  /** So many bindings are answered with FLOOD_WAIT. */
  readonly bindFloods?: number
  /** Times that the server forgets which temporary keys are bound. */
  readonly unbinds?: number
  /** Times that each client destroys its key and makes another; only for clients that make their own. */
  readonly destroys?: number
  /** Packets that an attacker sends again, from connections of its own, after the server took them. */
  readonly replays?: number
  /** Slow computations of key exchanges are done elsewhere, and sometimes fail. */
  readonly offloads?: boolean
  /** Without it clients start with a key that the server knows: making one costs 20 ms of real time. */
  readonly makesKey?: boolean
  readonly limits?: Partial<ClientLimits>
  readonly serverLimits?: Partial<ServerLimits>
  /** In which all calls are made; the wire gets well ten minutes later. */
  readonly forMs?: number
}

/** Tells whether a server may forget, without a restart, a session that its client still uses. */
export function forgetsSessions({ serverLimits, serverClockJumps = 0 }: Scenario): boolean {
  // After hours in one leap nothing has been used for long.
  if (serverClockJumps > 0) return true
  return serverLimits?.maxKeySessions !== undefined || serverLimits?.maxSessions !== undefined
}

/** Tells whether a client may have to give up a session, and then does not know which of its calls ran. */
export function losesSessions(scenario: Scenario): boolean {
  const { serverRestarts = 0, clockJumps = 0, maxSkewMs = 0, skewsMs = [], timeOffsetMs = 0 } = scenario
  const { destroys = 0, pfs } = scenario
  const ends = serverRestarts + clockJumps + maxSkewMs + skewsMs.length + Math.abs(timeOffsetMs) + destroys
  return forgetsSessions(scenario) || ends > 0 || pfs !== undefined
}

const HOUR_MS = 3_600_000

/** The scenario of a seed: mild or wild, with some of what can go wrong. */
export function scenarioOf(seed: number): Scenario {
  const rng = new Rng(Math.imul(seed, 0x9e3779b1) ^ 0x5ce7a810)
  const sometimes = (rate: number, most: number) => (rng.chance(rate) ? rng.between(1, most) : 0)
  const makesKey = rng.chance(1 / 24)
  const isWild = !makesKey && rng.chance(0.25)
  const rate = (wild: number) => (isWild ? rng.between(0, 100) / 100 : rng.between(0, 15) / 100) * wild
  const clients = makesKey ? 1 : rng.between(1, 3)
  const evicts = rng.chance(0.1)
  const scenario: Scenario = {
    seed,
    clients,
    calls: rng.between(1, 12),
    framing: rng.pick(['abridged', 'intermediate', 'padded'] as const),
    lossRate: rng.chance(0.8) ? rate(0.6) : 0,
    duplicateRate: rng.chance(0.5) ? rate(0.6) : 0,
    reorderRate: rng.chance(0.5) ? rate(1) : 0,
    maxDelayMs: rng.pick([20, 400, 400, 5_000]),
    cutRate: rng.chance(0.6) ? rng.between(1, 50) / 1000 : 0,
    cancelRate: rng.chance(0.3) ? 0.2 : 0,
    serverRestarts: sometimes(0.15, 3),
    clockJumps: sometimes(0.15, 3),
    maxSkewMs: rng.chance(0.15) ? rng.between(1, 6) * HOUR_MS : 0,
    ruleJumps: sometimes(0.2, 4),
    ...(makesKey && rng.chance(0.6) && { pfs: { expiresInS: rng.between(60, 600) } }),
    unbinds: makesKey ? sometimes(0.3, 1) : 0,
    makesKey,
    ...(evicts && { serverLimits: { maxKeySessions: clients } }),
    forMs: rng.chance(0.03) ? 2 * HOUR_MS : rng.pick([5_000, 60_000]),
  }
  const isHttp = rng.chance(0.15)
  return {
    ...scenario,
    ...(isHttp && { framing: 'bare' }),
    serverClockJumps: sometimes(0.1, 2),
    ...(makesKey && { destroys: sometimes(0.3, 1), offloads: rng.chance(0.5) }),
    // The rules' clock is a test's; where it leaps, salts of the future are good within the time of a packet.
    replays: scenario.ruleJumps === 0 ? sometimes(0.3, 40) : 0,
  }
}
