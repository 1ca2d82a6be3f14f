/** An hour of clients in use, and everything that goes wrong in it. */
import { Rng } from '@cablegram/mtproto/testing'
import type { Settings } from '../../../packages/server/src/ground/settings.ts'
import { chatSettingsOf } from '../chats/world.ts'
import type { WireRates } from './network.ts'

/** The amount of work, and what goes wrong. */
export interface ClientScenario extends WireRates {
  readonly seed: number
  readonly people: number
  readonly devicesEach: number
  readonly settings: Partial<Settings>
  /** In which all of this happens; then the network and the server get well. */
  readonly forMs: number
  /** Calls that programs make. */
  readonly operations: number
  /** The server dies, and is back after up to ten seconds, in some seeds two minutes. */
  readonly serverRestarts: number
  readonly longestOutageMs: number
  /** Programs that are killed, and begun again with what they have saved. */
  readonly kills: number
  /** Programs that close their client, and make another. */
  readonly closes: number
  /** Clocks of clients that are set, by up to three hours. */
  readonly clockJumps: number
  /** Machines that sleep, for up to twenty minutes: their timers stand still, and their connections are gone unnoticed. */
  readonly sleeps: number
  /** Faults that the server is told to have: salts, floods, migrations, lost answers, lost and doubled updates. */
  readonly faults: number
  /** Programs lose what the client has saved beside the session: the checks have to notice. */
  readonly forgetsCursor?: boolean
}

const HOUR_MS = 3_600_000

/** The scenario of a seed: mild or wild, with some of what can go wrong. */
export function clientScenarioOf(seed: number): ClientScenario {
  const rng = new Rng(Math.imul(seed, 0x9e3779b1) ^ 0x3c6ef372)
  const isWild = rng.chance(0.25)
  const rate = (wild: number) => (isWild ? rng.between(0, 100) / 100 : rng.between(0, 15) / 100) * wild
  return {
    seed,
    framing: rng.pick(['abridged', 'intermediate', 'padded'] as const),
    people: rng.between(2, 3),
    devicesEach: rng.between(1, 2),
    operations: rng.between(40, 120),
    lossRate: rng.chance(0.6) ? rate(0.3) : 0,
    duplicateRate: rng.chance(0.5) ? rate(0.5) : 0,
    reorderRate: rng.chance(0.5) ? rate(1) : 0,
    cutRate: rng.chance(0.7) ? rng.between(1, 50) / 1000 : 0,
    maxDelayMs: rng.pick([20, 400, 400, 3_000]),
    forMs: HOUR_MS,
    settings: chatSettingsOf(rng),
    serverRestarts: rng.between(0, 6),
    longestOutageMs: rng.pick([1_000, 10_000, 120_000]),
    kills: rng.between(0, 6),
    closes: rng.between(0, 6),
    clockJumps: rng.between(0, 6),
    faults: rng.between(0, 60),
    sleeps: rng.between(0, 6),
  }
}
