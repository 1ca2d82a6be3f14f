/**
 * A program that uses the client: it is told of messages, makes calls, closes its client and makes another, and is killed. What
 * it saves is on a disk that outlives it.
 */
import { getEventListeners } from 'node:events'
import { ConnectionError, RpcError } from '@cablegram/mtproto'
import { Rng } from '@cablegram/mtproto/testing'
import {
  type MessageEvent,
  type PeerLike,
  type SessionStorage,
  TelegramClient,
  UpdatesError,
} from '../../../packages/client/src/index.ts'
import type { ServerInfo } from '../../../packages/client/src/server/server.ts'
import { applyChanges } from '../../../packages/client/src/storage/state.ts'
import { Network, type NetworkParts } from './network.ts'
import { ProgramClock } from './timers.ts'

/** A message as the handlers of a program were told of it. */
export interface ToldMessage {
  readonly id: number
  readonly text: string
  /** The number of clients before. */
  readonly life: number
  /** The pts that the program had saved when this life began. */
  readonly sincePts: number
}

/** A text that the program has sent, and its outcome: the message's id, or the error that the caller was told. */
export interface SentText {
  readonly text: string
  outcome: number | 'refused' | 'timeout' | 'ended' | undefined
}

/** Parts of a program. */
export interface ProgramParts extends Omit<NetworkParts, 'rng'> {
  readonly name: string
  readonly number: number
  readonly seed: number
  readonly userId: bigint
  readonly rng: Rng
  readonly info: ServerInfo
  /** The session as an earlier run has left it. */
  readonly session: string
  readonly isPfs: boolean
  /** What a client has saved beside its session is gone when it dies. */
  readonly forgetsCursor?: boolean | undefined
  readonly note: (...parts: readonly unknown[]) => void
}

/** Errors that a handler throws on purpose. */
class HandlerFailure extends Error {}

/** A process of the program: it ends by itself, or is killed. */
interface Run {
  readonly life: number
  readonly client: TelegramClient
  readonly clock: ProgramClock
  readonly network: Network
  readonly sincePts: number
  /** Given to every call. */
  readonly aborter: AbortController
  isCurrent: boolean
  handling: number
  /** Calls without an outcome. */
  calls: number
}

/** How long a program waits before it connects again, or works on a message, at most. */
const LONGEST_REST_MS = 8_000
/** The type of the error of a call that may have run: its answer is gone. */
const ANSWER_LOST = 'RPC_ANSWER_LOST'

/** Handlers throw on purpose, and those that answer wait for calls. */
function isExpected(error: unknown): boolean {
  return error instanceof HandlerFailure || (error instanceof UpdatesError && error.code === 'HANDLER_SLOW')
}

/** Floods, and errors of the server: nothing else is wrong with what programs ask. */
function isMadeByFault(error: unknown): boolean {
  return error instanceof RpcError && (error.code === 420 || error.code === 500 || error.code === -503)
}

/** One program. */
export class Program {
  readonly name: string
  readonly userId: bigint
  readonly told: ToldMessage[] = []
  readonly sent: SentText[] = []
  readonly wrong: string[] = []
  /** Calls by outcome. */
  readonly outcomes: Map<string, number> = new Map()
  /** The pts at which it began to listen. */
  beginPts: number | undefined
  clients = 0
  readonly #parts: ProgramParts
  readonly #disk: { session: string; readonly state: Map<string, string> }
  #run: Run | undefined
  #lives = 0
  #offsetMs = 0
  #isClosing = false
  #lastText = 0

  constructor(parts: ProgramParts) {
    this.#parts = parts
    this.name = parts.name
    this.userId = parts.userId
    this.#disk = { session: parts.session, state: new Map() }
  }

  /** True while it waits for something. */
  get isBusy(): boolean {
    const run = this.#run
    return run === undefined || this.#isClosing || run.calls > 0 || run.handling > 0 || !run.isCurrent
  }

  /** Where it stands, for reports of runs that do not end. */
  get standing(): string {
    const { calls, handling, isCurrent } = this.#run ?? {}
    return `${this.name}: ${calls} calls, ${handling} handlers, ${isCurrent ? 'up to date' : 'behind'}`
  }

  begin(): void {
    const { agenda, number, seed, rng, info, rates, server, isPfs, note } = this.#parts
    this.#lives += 1
    const life = this.#lives
    this.clients += 1
    note(this.name, 'begins', life)
    const clock = new ProgramClock(agenda, this.#offsetMs)
    const network = new Network({ rates, rng, agenda, server })
    const client = new TelegramClient(this.#storage(life), {
      server: info,
      framing: rates.framing,
      pfs: isPfs,
      floodWaitMaxS: 20,
      platform: {
        clock,
        random: new Rng(Math.imul(seed, 31) + number * 1_000 + life).bytes,
        dial: network.dial,
      },
    })
    const run: Run = {
      life,
      client,
      clock,
      network,
      sincePts: this.#savedPts(),
      aborter: new AbortController(),
      isCurrent: false,
      handling: 0,
      calls: 0,
    }
    this.#run = run
    client.on('message', (event) => this.#handle(run, event))
    client.on('connection', ({ state }) => {
      if (this.#run !== run) return
      if (state === 'upToDate') run.isCurrent = true
      if (state === 'catchingUp') run.isCurrent = false
    })
    client.on('error', (error) => {
      if (this.#run === run && !isExpected(error)) this.#fail(`told of ${error}`)
    })
    void this.#connect(run)
  }

  /** The process dies where it is, and another one begins after a while. */
  kill(awayMs: number): void {
    const run = this.#run
    if (run === undefined || this.#isClosing) return
    this.#parts.note(this.name, 'is killed')
    this.#leave(run)
    if (this.#parts.forgetsCursor) this.#disk.state.clear()
    run.clock.die()
    run.network.die()
    const { agenda } = this.#parts
    agenda.at(agenda.nowMs + awayMs, () => this.begin())
  }

  /** Closes the client, which must leave nothing, and makes another. */
  async reopen(): Promise<void> {
    if (this.#run === undefined || this.#isClosing || this.isAsleep) return
    await this.close()
    this.begin()
  }

  /** Closes the client. No timer, socket or listener of its is left. */
  async close(): Promise<void> {
    const run = this.#run
    if (run === undefined || this.#isClosing) return
    this.#isClosing = true
    await run.client.close()
    this.#isClosing = false
    this.#parts.note(this.name, 'is closed')
    this.#leave(run)
    // What calls reject with at the close is known a moment later.
    await new Promise((resolve) => setImmediate(resolve))
    const left = {
      calls: run.calls,
      timers: run.clock.running,
      sockets: run.network.sockets,
      listeners: getEventListeners(run.aborter.signal, 'abort').length,
    }
    for (const [what, count] of Object.entries(left)) {
      if (count > 0) this.#fail(`${count} ${what} left after close`)
    }
  }

  get isAsleep(): boolean {
    return this.#run?.clock.isAsleep === true
  }

  /** Its machine sleeps for a while. */
  sleep(forMs: number): void {
    const run = this.#run
    if (run === undefined || this.#isClosing || this.isAsleep) return
    this.#parts.note(this.name, 'sleeps', forMs)
    run.clock.sleep()
    run.network.sleep()
    const { agenda } = this.#parts
    agenda.at(agenda.nowMs + forMs, () => {
      if (this.#run === run) this.#wake()
    })
  }

  #wake(): void {
    this.#run?.clock.wake()
    this.#run?.network.wake()
  }

  /** Its clock is set. */
  jumpClock(byMs: number): void {
    this.#parts.note(this.name, 'clock', byMs)
    this.#run?.clock.jump(byMs)
  }

  /** From here on its network is good, and its machine does not sleep. */
  heal(): void {
    this.#run?.network.heal()
    this.#wake()
  }

  /** Sends a text. */
  async send(peer: PeerLike): Promise<void> {
    const sent = this.#nextText()
    await this.#call(
      'sendMessage',
      async ({ client, aborter }) => {
        const { id } = await client.sendMessage(peer, sent.text, { signal: aborter.signal })
        sent.outcome = id
      },
      sent,
    )
  }

  /** Sends a file, and reads it back. */
  async sendFile(peer: PeerLike, bytes: number): Promise<void> {
    const sent = this.#nextText()
    const content = new Uint8Array(bytes).map((_, index) => (index * 31 + bytes) & 0xff)
    const file = { name: 'notes.bin', bytes: content }
    await this.#call(
      'sendFile',
      async ({ client, aborter }) => {
        const { signal } = aborter
        const message = await client.sendFile(peer, file.bytes, {
          name: file.name,
          caption: sent.text,
          signal,
        })
        sent.outcome = message.id
        let length = 0
        for await (const part of client.download(message, { signal })) length += part.length
        if (length !== bytes) this.#fail(`a file of ${bytes} bytes came back with ${length}`)
      },
      sent,
    )
  }

  /** Reads a page of a history. */
  async read(peer: PeerLike): Promise<void> {
    await this.#call('history', async ({ client, aborter }) => {
      for await (const _ of client.history(peer, { limit: 20, signal: aborter.signal }));
    })
  }

  /** Makes a small call. */
  async ask(): Promise<void> {
    await this.#call('getNearestDc', async ({ client, aborter }) => {
      const answer = await client.help.getNearestDc({}, { signal: aborter.signal })
      if (answer._ !== 'nearestDc') this.#fail(`help.getNearestDc was answered with ${answer._}`)
    })
  }

  #nextText(): SentText {
    this.#lastText += 1
    const sent: SentText = { text: `${this.name} #${this.#lastText}`, outcome: undefined }
    this.sent.push(sent)
    return sent
  }

  async #call(what: string, make: (run: Run) => Promise<void>, sent?: SentText): Promise<void> {
    const run = this.#run
    if (run === undefined || this.#isClosing) {
      if (sent) sent.outcome = 'refused'
      return
    }
    run.calls += 1
    this.#parts.note(this.name, run.life, what, 'begins')
    try {
      await make(run)
      this.#noteOutcome(run, what, 'answered')
    } catch (error) {
      const outcome = this.#outcomeOf(run, what, error)
      if (sent) sent.outcome ??= outcome
      this.#noteOutcome(run, what, outcome)
    } finally {
      run.calls -= 1
    }
  }

  #noteOutcome(run: Run, what: string, outcome: string): void {
    this.#parts.note(this.name, run.life, what, outcome)
    const key = `${what} ${outcome}`
    this.outcomes.set(key, (this.outcomes.get(key) ?? 0) + 1)
  }

  #outcomeOf(run: Run, what: string, error: unknown): 'refused' | 'timeout' | 'ended' {
    if (error instanceof ConnectionError && error.code === 'CLIENT_CLOSED') {
      if (this.#run === run && !this.#isClosing) this.#fail(`${what} failed with ${error.code}`)
      return 'ended'
    }
    if (error instanceof ConnectionError) return 'timeout'
    if (error instanceof RpcError && error.type === ANSWER_LOST) return 'timeout'
    if (!isMadeByFault(error))
      this.#fail(`${what} failed with ${error instanceof Error ? error.stack : error}`)
    return 'refused'
  }

  /** Some messages take long to work on, some handlers throw, and some answer. */
  async #handle(run: Run, { message, reply }: MessageEvent): Promise<void> {
    const { rng, agenda, note } = this.#parts
    if (this.#run !== run) {
      this.#fail(`told of message ${message.id} after its end`)
      return
    }
    note(this.name, run.life, 'told', message.id)
    this.told.push({ id: message.id, text: message.text, life: run.life, sincePts: run.sincePts })
    run.handling += 1
    try {
      if (rng.chance(0.3)) {
        const doneMs = agenda.nowMs + rng.between(0, LONGEST_REST_MS)
        await new Promise<void>((resolve) => agenda.at(doneMs, resolve))
      }
      if (rng.chance(0.05)) throw new HandlerFailure('on purpose')
      if (rng.chance(0.1) && !message.text.startsWith('re: ') && this.#run === run) {
        await this.#call('reply', async () => void (await reply(`re: ${message.text}`)))
      }
    } finally {
      run.handling -= 1
    }
  }

  /** As programs do: it tries until the server is there. */
  async #connect(run: Run): Promise<void> {
    const { agenda } = this.#parts
    while (this.#run === run && !this.#isClosing) {
      try {
        await run.client.connect()
        return
      } catch (error) {
        if (this.#run !== run || this.#isClosing) return
        if (!(error instanceof ConnectionError)) this.#fail(`connect failed with ${error}`)
        await new Promise<void>((resolve) => agenda.at(agenda.nowMs + LONGEST_REST_MS, resolve))
      }
    }
  }

  #leave(run: Run): void {
    this.#offsetMs = run.clock.offsetMs
    this.#run = undefined
  }

  #fail(why: string): void {
    this.wrong.push(`${this.name}, client ${this.#lives}: ${why}`)
  }

  /** The disk, as a process has it: what it writes after its death is not written. */
  #storage(life: number): SessionStorage {
    const disk = this.#disk
    const isAlive = (): boolean => this.#lives === life
    return {
      name: `the session of ${this.name}`,
      open: async () => disk.session,
      write: async (text) => {
        if (isAlive()) disk.session = text
      },
      close: async () => undefined,
      state: {
        name: `the state of ${this.name}`,
        open: async () => undefined,
        get: async (key) => disk.state.get(key),
        write: async (changes) => {
          if (!isAlive()) return
          applyChanges(disk.state, changes)
          if (this.#savedPts() > 0) this.beginPts ??= this.#savedPts()
        },
        close: async () => undefined,
      },
    }
  }

  #savedPts(): number {
    for (const [key, text] of this.#disk.state) {
      if (key.endsWith('updates')) return Number(JSON.parse(text).pts)
    }
    return 0
  }
}
