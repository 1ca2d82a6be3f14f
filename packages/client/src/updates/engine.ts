import type { MethodName, Params, Peer, Results, Updates } from '@cablegram/tl/api'
import type { Clock } from '../net/clock.ts'
import { steadyClock } from '../net/steady-clock.ts'
import { WakeTimer } from '../net/wake-timer.ts'
import { inputOfAnswer } from './answers.ts'
import { type CursorStorage, KeptCursor } from './cursor-text.ts'
import { failureOf } from './failure-of.ts'
import type { UpdatesLimits } from './limits.ts'
import { UpdatesMachine } from './machine.ts'
import type {
  Ask,
  ChannelCursor,
  CursorChanges,
  Health,
  MachineStep,
  UpdateEvent,
  UpdatesInput,
  UpdatesOutput,
} from './words.ts'

/** Time that changes of the cursor wait, so that many are written at once. */
const SAVE_AFTER_MS = 300
/** How long a request about updates waits for its answer. */
const ASK_TIMEOUT_MS = 30_000

/** Makes a call of the API. */
export type CallMethod = <Method extends MethodName>(
  method: Method,
  params: Params<Method>,
  options: { readonly timeoutMs: number },
) => Promise<Results[Method]>

/** What the client remembers of users and chats; answers and updates are remembered before the engine hears of them. */
export interface KnownPeers {
  /** Whether all of them are known: the short forms of messages do not describe them. */
  knows(peers: readonly Peer[]): boolean
  /** The access hash of a channel, if one was told. */
  accessHashOf(channelId: bigint): Promise<bigint | undefined>
}

/** Parts of the engine. */
export interface UpdatesEngineParts {
  /** The user who is signed in. */
  readonly userId: bigint
  readonly clock: Clock
  readonly storage: CursorStorage
  readonly call: CallMethod
  readonly peers: KnownPeers
  /** Takes an update in its turn, and calls `done` when its handlers are. */
  readonly onUpdate: (event: UpdateEvent, done: () => void) => void
  /** @param error the error behind it, where there is one */
  readonly onHealth: (health: Health, error: unknown) => void
  /** Takes errors of the storage, of listeners and of the engine itself. */
  readonly onError: (error: unknown) => void
  /** Whether to tell what has happened since the cursor was saved. Default: yes. */
  readonly catchUp?: boolean | undefined
  readonly limits?: Partial<UpdatesLimits>
  /** Takes every step of the machine. */
  readonly onStep?: ((step: MachineStep) => void) | undefined
}

/** Drives the machine of updates: makes the calls that it asks for, and keeps its cursor. */
export class UpdatesEngine {
  readonly #parts: UpdatesEngineParts
  readonly #clock: Clock
  readonly #machine: UpdatesMachine
  readonly #kept: KeptCursor
  readonly #inputs: UpdatesInput[] = []
  /** What the machine was told of peers in this step. */
  #knows: boolean[] = []
  #isStepping = false
  readonly #wakeTimer: WakeTimer
  #box: CursorChanges['box']
  #channels = new Map<bigint, ChannelCursor | undefined>()
  #hasSaved = false
  #cancelSave: (() => void) | undefined
  #saving: Promise<void> = Promise.resolve()
  #hasEnded = false

  constructor(parts: UpdatesEngineParts) {
    this.#parts = parts
    this.#clock = steadyClock(parts.clock)
    this.#wakeTimer = new WakeTimer(this.#clock, () => this.step({ kind: 'wake' }))
    const { userId, peers, limits = {} } = parts
    const knows = (named: readonly Peer[]) => {
      const answer = peers.knows(named)
      this.#knows.push(answer)
      return answer
    }
    this.#machine = new UpdatesMachine({ userId, knows, limits })
    this.#kept = new KeptCursor(parts.storage)
  }

  /** The entries that the machine keeps, by table. */
  get tableSizes(): Record<string, number> {
    return this.#machine.tableSizes
  }

  /**
   * Reads the cursor, and begins.
   *
   * @returns whether a cursor says where to go on; without one, the server is asked for the present
   * @throws SessionError if it cannot be read
   */
  async begin(): Promise<boolean> {
    const cursor = await this.#kept.read()
    if (this.#kept.isDamaged) {
      this.#parts.onHealth({ kind: 'lost', reason: 'stateInvalid', channelId: undefined }, undefined)
    }
    const known = this.#parts.catchUp === false ? undefined : cursor
    this.step({ kind: 'begin', cursor: known })
    return known?.box !== undefined
  }

  /** Takes a push. */
  push(updates: Updates): void {
    this.step({ kind: 'updates', updates })
  }

  /** Takes the answer of a call. */
  answered(method: string, params: object, answer: unknown): void {
    const input = inputOfAnswer(method, params, answer, this.#parts.userId)
    if (input !== undefined) this.step(input)
  }

  /** Feeds the machine. Inputs that come up while outputs are being done wait their turn. */
  step(input: UpdatesInput): void {
    if (this.#hasEnded) return
    this.#inputs.push(input)
    if (this.#isStepping) return
    this.#isStepping = true
    try {
      for (let next = this.#inputs.shift(); next && !this.#hasEnded; next = this.#inputs.shift()) {
        for (const output of this.#stepMachine(next)) {
          // Whoever was told of the one before may have closed the client.
          if (this.#hasEnded) break
          this.#doOrTell(output)
        }
      }
    } finally {
      this.#isStepping = false
    }
    this.#scheduleWake()
  }

  /** Timers stand still while the machine sleeps: what is due by the clock is done now, and the rest is timed anew. */
  resetTimers(): void {
    this.#wakeTimer.set(undefined)
    this.step({ kind: 'wake' })
  }

  /** Ends it: saves the cursor, and leaves no timer. Answers that are on their way are not waited for. */
  async close(): Promise<void> {
    if (this.#hasEnded) return await this.#saving
    this.#hasEnded = true
    this.#inputs.length = 0
    this.#scheduleWake()
    this.#cancelSave?.()
    this.#cancelSave = undefined
    await this.#saving
    await this.#save()
  }

  #stepMachine(input: UpdatesInput): readonly UpdatesOutput[] {
    const nowMs = this.#clock.nowMs()
    this.#knows = []
    let outputs: readonly UpdatesOutput[]
    try {
      outputs = this.#machine.step(input, nowMs)
    } catch (error) {
      // A fault of ours may cost a push, but not the process: nobody else is there to catch it.
      this.#parts.onError(error)
      if (input.kind === 'updates') this.#inputs.push({ kind: 'missed', isUnreadable: true })
      return []
    }
    const { onStep } = this.#parts
    onStep?.({ nowMs, input, knows: this.#knows, outputs, wakeAtMs: this.#machine.wakeAtMs })
    return outputs
  }

  /** An output that fails does not take the others with it; an update counts as delivered then. */
  #doOrTell(output: UpdatesOutput): void {
    try {
      this.#do(output)
    } catch (error) {
      this.#parts.onError(error)
      if (output.kind === 'tell') this.step({ kind: 'confirmed', token: output.token })
    }
  }

  #do(output: UpdatesOutput): void {
    switch (output.kind) {
      case 'tell':
        this.#parts.onUpdate(output.event, () => this.step({ kind: 'confirmed', token: output.token }))
        break
      case 'ask':
        void this.#ask(output.ask)
        break
      case 'save':
        this.#keep(output.changes)
        break
      case 'health':
        this.#parts.onHealth(output.health, this.#lastError)
        break
    }
  }

  /** The error of the request that the machine was told of last. */
  #lastError: unknown

  async #ask(ask: Ask): Promise<void> {
    let input: UpdatesInput
    try {
      input = await this.#answerTo(ask)
      this.#lastError = undefined
    } catch (error) {
      this.#lastError = error
      input = { kind: 'failed', ask, failure: failureOf(error, ask) }
    }
    this.step(input)
  }

  async #answerTo(ask: Ask): Promise<UpdatesInput> {
    const { call, peers } = this.#parts
    const options = { timeoutMs: ASK_TIMEOUT_MS }
    if (ask.of === 'state') return { kind: 'state', state: await call('updates.getState', {}, options) }
    if (ask.of === 'difference') {
      const { pts, qts, dateS: date, ptsLimit, qtsLimit } = ask
      const difference = await call('updates.getDifference', { pts, qts, date, ptsLimit, qtsLimit }, options)
      return { kind: 'difference', difference }
    }
    const { channelId, pts, limit } = ask
    const accessHash = await peers.accessHashOf(channelId)
    if (accessHash === undefined) return { kind: 'failed', ask, failure: { kind: 'noAccess' } }
    const difference = await call(
      'updates.getChannelDifference',
      {
        channel: { _: 'inputChannel', channelId, accessHash },
        filter: { _: 'channelMessagesFilterEmpty' },
        pts,
        limit,
      },
      options,
    )
    return { kind: 'channelDifference', channelId, difference }
  }

  #scheduleWake(): void {
    this.#wakeTimer.set(this.#hasEnded ? undefined : this.#machine.wakeAtMs)
  }

  #keep({ box, channels }: CursorChanges): void {
    if (this.#hasEnded) return
    this.#box = box ?? this.#box
    for (const [id, channel] of channels) this.#channels.set(id, channel)
    // A program that dies right after its first start must not begin at the present once more.
    const delayMs = this.#hasSaved ? SAVE_AFTER_MS : 0
    this.#cancelSave ??= this.#parts.clock.after(delayMs, () => {
      this.#cancelSave = undefined
      this.#hasSaved = true
      this.#saving = this.#saving.then(() => this.#save())
    })
  }

  /** Writes what has changed; what cannot be written is written with the next changes. */
  async #save(): Promise<void> {
    const box = this.#box
    const channels = this.#channels
    if (box === undefined && channels.size === 0) return
    this.#box = undefined
    this.#channels = new Map()
    try {
      const changes = { ...(box && { box }), channels }
      await this.#kept.write(changes)
    } catch (error) {
      this.#box ??= box
      this.#channels = new Map([...channels, ...this.#channels])
      this.#parts.onError(error)
    }
  }
}
