import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Nudge } from '../bus/nudge.ts'
import type { Store } from '../database/store.ts'
import type { MovableClock } from '../ground/clock.ts'
import { oneAtATime } from '../ground/one-at-a-time.ts'
import { advanceClock, findClock } from '../nodes/decide-clock.ts'
import { joinNodes, type Membership } from '../nodes/membership.ts'
import { createSharedFaults } from '../nodes/shared-faults.ts'
import { Faults } from '../rpc/faults.ts'
import type { Settings } from '../rules/index.ts'
import { VERSION } from './info.ts'
import { nodeOptionsOf, otherSettings } from './node-options.ts'
import type { ResolvedOptions } from './options.ts'

/** The parts of a server that its nodes have in common; a single node has them for itself. */
export interface Whole {
  readonly faults: Faults
  /** Undefined for a single node. */
  readonly membership: Membership | undefined
  /** Moves the test clock, of all nodes if there are several. */
  advanceClock(ms: number): Promise<void>
  /** Follows what other nodes do with faults and clock. @param onClock called when the clock has been moved */
  follow(onClock: (aheadMs: number) => void): () => void
}

/** Parts that the whole is made of. */
export interface WholeParts {
  readonly store: Store
  readonly bus: Bus
  readonly clock: MovableClock
  readonly logger: Logger
  /** Of this node. */
  readonly name: string
  readonly settings: Settings
  /** Of the folder of files. */
  readonly filesId: string
  readonly setOthers: (numbers: ReadonlyMap<string, number>) => void
  /** Sends what nodes that were killed left in the outbox. */
  readonly recover: () => Promise<void>
}

/**
 * Joins the other nodes, if the database can have some.
 *
 * @throws {UsageError} CLOCK_SKEW, NODE_OPTIONS_DIFFER
 */
export async function joinWhole(options: ResolvedOptions, parts: WholeParts): Promise<Whole> {
  const { store, clock, logger, name, settings, filesId, setOthers, recover } = parts
  if (options.postgres === undefined) return createSingle(clock)
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'the list of nodes was not updated')
  const membership = await joinNodes({
    store,
    node: { name, version: VERSION, options: nodeOptionsOf(options, settings, filesId) },
    nowMs: options.nowMs,
    onOtherSettings: (number, different) => logger.warn({ node: number }, otherSettings(number, different)),
    onOthers: (nodes) => setOthers(new Map(nodes.map((node) => [node.name, node.number]))),
    onDead(nodes) {
      logger.warn({ nodes: nodes.map(({ number }) => number) }, 'nodes have ended without goodbye')
      recover().catch(onTrouble)
    },
    onTrouble,
  })
  try {
    const faults = new Faults(createSharedFaults(store, membership.number))
    await faults.refresh()
    clock.setAhead(await store.look(findClock))
    return createWhole(parts, membership, faults)
  } catch (error) {
    await membership.leave()
    throw error
  }
}

function createSingle(clock: MovableClock): Whole {
  let onMoved: (aheadMs: number) => void = () => {}
  return {
    faults: new Faults(),
    membership: undefined,
    async advanceClock(ms) {
      clock.advance(ms)
      onMoved(clock.aheadMs)
    },
    follow(onClock) {
      onMoved = onClock
      return () => {}
    },
  }
}

function createWhole(
  { store, bus, clock, logger }: WholeParts,
  membership: Membership,
  faults: Faults,
): Whole {
  let onMoved: (aheadMs: number) => void = () => {}
  const setAhead = (aheadMs: number): void => {
    if (aheadMs === clock.aheadMs) return
    clock.setAhead(aheadMs)
    onMoved(aheadMs)
  }
  const readClock = oneAtATime(async () => setAhead(await store.look(findClock)))
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'news of other nodes was not read')
  return {
    faults,
    membership,
    async advanceClock(ms) {
      await store.decide(() => advanceClock(ms))
      // Another node may have moved the clock meanwhile.
      await readClock()
    },
    follow(onClock) {
      onMoved = onClock
      const hear = ({ kind }: Pick<Nudge, 'kind'>): void => {
        const isAny = kind === 'anything' || kind === 'reset'
        if (isAny || kind === 'faults') faults.refresh().catch(onTrouble)
        if (isAny || kind === 'clock') readClock().catch(onTrouble)
      }
      const stop = bus.subscribe(hear)
      // Something may have come between the join and now.
      hear({ kind: 'anything' })
      return stop
    },
  }
}
