import { UsageError } from '@cablegram/tl'
import type { Store } from '../database/store.ts'
import { machineTimer, type StartTimer } from '../ground/clock.ts'
import { beatNode, type LiveNode, type Node, removeNode } from './decide-nodes.ts'
import { databaseTimeMs } from './decide-skew.ts'
import { type Difference, findDifferences } from './differences.ts'

/** A node's place among the nodes of its server. */
export interface Membership {
  /** Another one for each node that runs. */
  readonly number: number
  /** The nodes that run, as far as this one knows. */
  readonly nodes: readonly LiveNode[]
  /** Lead of this machine's clock over the database's; below 0: it is behind. */
  readonly skewMs: number
  /** The clock is too far off for the rules to work. */
  readonly isClockOff: boolean
  /** Takes the node off the list. */
  leave(): Promise<void>
}

/** Options of a node that joins. */
export interface JoinOptions {
  readonly store: Pick<Store, 'decide' | 'look'>
  readonly node: Node
  /** The wall clock. */
  readonly nowMs: () => number
  /** The clock of the database. Default: the database is asked. */
  readonly databaseNowMs?: (() => Promise<number>) | undefined
  readonly startTimer?: StartTimer | undefined
  /** Called at the start for each node that runs with other settings. */
  readonly onOtherSettings?: ((number: number, settings: readonly Difference[]) => void) | undefined
  /** Called when nodes have stopped beating without leaving; only on the node with the lowest number. */
  readonly onDead?: ((nodes: readonly LiveNode[]) => void) | undefined
  /** Called after each beat, with the other nodes that run. */
  readonly onOthers?: ((nodes: readonly LiveNode[]) => void) | undefined
  /** Called when a beat was not written, or the clock goes wrong. */
  readonly onTrouble?: ((error: unknown) => void) | undefined
}

const BEAT_MS = 5_000
/** A node that has missed three beats is gone. Beats go by the clock of the database: a node's own may go wrong. */
const GONE_AFTER_MS = 16_000
const FORGOTTEN_AFTER_MS = 600_000
/** Codes live for minutes, and clients refuse messages that are half a minute from the future. */
export const MAX_SKEW_MS = 2_000

/**
 * Joins the nodes of a server.
 *
 * @throws {UsageError} CLOCK_SKEW, NODE_OPTIONS_DIFFER: one sentence with the next step
 */
export async function joinNodes(options: JoinOptions): Promise<Membership> {
  const membership = new Beats(options)
  await membership.join()
  return membership
}

class Beats implements Membership {
  readonly #options: JoinOptions
  readonly #startTimer: StartTimer
  #nodes: readonly LiveNode[] = []
  #skewMs = 0
  #hasLeft = false
  #cancel: () => void = () => {}
  #beating: Promise<void> = Promise.resolve()
  readonly #dead = new Set<string>()

  constructor(options: JoinOptions) {
    this.#options = options
    this.#startTimer = options.startTimer ?? machineTimer
  }

  get number(): number {
    return this.#nodes.find(({ name }) => name === this.#options.node.name)?.number ?? 0
  }

  get nodes(): readonly LiveNode[] {
    return this.#nodes.filter((node) => this.#isAlive(node))
  }

  get skewMs(): number {
    return this.#skewMs
  }

  get isClockOff(): boolean {
    return Math.abs(this.#skewMs) > MAX_SKEW_MS
  }

  async join(): Promise<void> {
    await this.#measure()
    if (this.isClockOff) throw clockSkew(this.#skewMs)
    await this.#write()
    const { node } = this.#options
    for (const other of this.nodes) {
      const { same, settings } = findDifferences(node.options, other.options)
      if (settings.length > 0) this.#options.onOtherSettings?.(other.number, settings)
      if (same.length === 0) continue
      await this.leave()
      throw optionsDiffer(same, other.number)
    }
    this.#beatLater()
  }

  async leave(): Promise<void> {
    this.#hasLeft = true
    this.#cancel()
    // Beats on their way would enter the node again.
    await this.#beating
    await this.#options.store.decide(() => removeNode(this.#options.node.name))
  }

  #isAlive({ name, beatAtMs }: LiveNode): boolean {
    return name === this.#options.node.name || beatAtMs > this.#databaseMs() - GONE_AFTER_MS
  }

  #beatLater(): void {
    this.#cancel = this.#startTimer(() => {
      this.#beatLater()
      // A slow database may not have answered the one before.
      this.#beating = bothOf(
        this.#beating,
        this.#beat().catch((error) => this.#options.onTrouble?.(error)),
      )
    }, BEAT_MS)
  }

  async #beat(): Promise<void> {
    await this.#measure()
    if (!this.#hasLeft) await this.#write()
  }

  /** The time of the database, as measured last. */
  #databaseMs(): number {
    return this.#options.nowMs() - this.#skewMs
  }

  async #write(): Promise<void> {
    const { store, node } = this.#options
    const atMs = this.#databaseMs()
    const nodes = await store.decide(() => beatNode(node, atMs, atMs - FORGOTTEN_AFTER_MS))
    if (this.#hasLeft) return
    this.#nodes = nodes
    this.#report()
  }

  #report(): void {
    this.#options.onOthers?.(this.nodes.filter(({ name }) => name !== this.#options.node.name))
    const gone = this.#nodes.filter((node) => !this.#isAlive(node) && !this.#dead.has(node.name))
    // One that only stood still may be gone again, and for good.
    const dead = new Set(this.#nodes.filter((node) => !this.#isAlive(node)).map(({ name }) => name))
    for (const name of this.#dead) if (!dead.has(name)) this.#dead.delete(name)
    if (gone.length === 0) return
    for (const { name } of gone) this.#dead.add(name)
    const [lowest] = this.nodes
    if (lowest?.name === this.#options.node.name) this.#options.onDead?.(gone)
  }

  async #measure(): Promise<void> {
    const { store, nowMs, databaseNowMs = () => store.look(databaseTimeMs) } = this.#options
    const beforeMs = nowMs()
    const theirsMs = await databaseNowMs()
    const afterMs = nowMs()
    // The database read its clock somewhere between the two.
    const [aheadMs, behindMs] = [beforeMs - theirsMs, afterMs - theirsMs]
    this.#skewMs = aheadMs > 0 ? aheadMs : Math.min(0, behindMs)
  }
}

/** Resolves to nothing: a list of both would have the list before in it, and so on since the start. */
async function bothOf(one: Promise<void>, other: Promise<void>): Promise<void> {
  await one
  await other
}

function clockSkew(skewMs: number): UsageError {
  const direction = skewMs > 0 ? 'ahead of' : 'behind'
  return new UsageError(
    'CLOCK_SKEW',
    `The clock of this machine is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${direction} that of the database: set both by NTP, and start again.`,
  )
}

function optionsDiffer(different: readonly Difference[], number: number): UsageError {
  const options = different.map((one) => ({ ...one, name: optionName(one.name) }))
  const theirs = options.map(({ name, theirs }) => `${name} ${theirs}`).join(', ')
  const ours = options.map(({ name, ours }) => `${name} ${ours}`).join(', ')
  return new UsageError(
    'NODE_OPTIONS_DIFFER',
    `Node ${number} of this database runs with ${theirs}, and this one with ${ours}: give all nodes the same, or stop the others first.`,
  )
}

function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
