import type { ClientLimits, ServerLimits } from '../options.ts'
import { Rng } from './rng.ts'

/** What may go wrong, and how much there is to do. */
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
  /** How often a client's clock is set to something else, by hours. */
  readonly clockJumps?: number
  /** How often the server's is. */
  readonly serverClockJumps?: number
  /** How far such a jump goes, either way; three hours unless told. */
  readonly maxJumpMs?: number
  /** How wrong a client's is from the start, either way. */
  readonly maxSkewMs?: number
  /** How wrong those of the first clients are, instead. */
  readonly skewsMs?: readonly number[]
  /** The server's clock minus the client's, as a session file has it. */
  readonly timeOffsetMs?: number
  /** The true time when it begins. */
  readonly startMs?: number
  /** How often the rules' clock jumps ahead, by up to an hour: salts rotate, temporary keys expire. */
  readonly ruleJumps?: number
  readonly pfs?: { readonly expiresInS: number }
  /** Of the first attempts to bind a temporary key. */
  readonly bindErrors?: number
  /** How often the server forgets which temporary keys are bound. */
  readonly unbinds?: number
  /** How often each client destroys its key, and makes another: only where it makes its own. */
  readonly destroys?: number
  /** How often an attacker sends a packet again that the server has had, from a connection of its own. */
  readonly replays?: number
  /** What takes long in a key exchange is computed elsewhere, or cannot be. */
  readonly offloads?: boolean
  /** Without it clients start with a key that the server knows: making one costs 20 ms of real time. */
  readonly makesKey?: boolean
  readonly limits?: Partial<ClientLimits>
  readonly serverLimits?: Partial<ServerLimits>
  /** In which all calls are made; the wire gets well ten minutes later. */
  readonly forMs?: number
}

/** Whether a server may forget a session that its client still uses, without being started anew. */
export function forgetsSessions({ serverLimits, serverClockJumps = 0 }: Scenario): boolean {
  // After hours in one leap nothing has been used for long.
  if (serverClockJumps > 0) return true
  return serverLimits?.maxKeySessions !== undefined || serverLimits?.maxSessions !== undefined
}

/** Whether a client may have to give up a session, and with it the knowledge of what has run. */
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
