/** A real server on a data folder that is killed with -9, starts again on its ports, and is told to have faults. */
import { setTimeout as wait } from 'node:timers/promises'
import type { Rng } from '@cablegram/mtproto/testing'
import type { Fault } from '../../packages/server/src/rpc/faults.ts'
import { portsOf, type ReadyLine, type ServeProcess, startServe } from '../e2e/serve.ts'

/** The longest that the server is away after a kill. */
const LONGEST_AWAY_MS = 3_000
/** Attempts to start. */
const MOST_STARTS = 10
/** Between two kills, and between two faults: at most, and half of that in the mean. */
const KILL_EVERY_MS = 40_000
const FAULT_EVERY_MS = 2_000
/** The data centre that files are said to be in. */
const OTHER_DC = 4

/** The server, through all its lives. */
export class TroubledServer {
  kills = 0
  faults = 0
  readonly #data: string
  readonly #rng: Rng
  readonly #stopping = new AbortController()
  #troubles: Promise<unknown> = Promise.resolve()
  #serve: ServeProcess

  private constructor(data: string, rng: Rng, serve: ServeProcess) {
    this.#data = data
    this.#rng = rng
    this.#serve = serve
  }

  static async start(data: string, rng: Rng): Promise<TroubledServer> {
    return new TroubledServer(data, rng, await start(await argumentsOf(data)))
  }

  /** The description of the server: its ports stay the same. */
  get info(): ReadyLine {
    return this.#serve.ready
  }

  /** Begins to kill it, and to give it faults. */
  beginTroubles(): void {
    this.#troubles = Promise.all([
      this.#repeat(KILL_EVERY_MS, () => this.#kill()),
      this.#repeat(FAULT_EVERY_MS, () => this.#addFault()),
    ])
  }

  /** From here on nothing goes wrong. */
  async endTroubles(): Promise<void> {
    this.#stopping.abort()
    await this.#troubles
    await this.#console('DELETE', undefined)
  }

  async stop(): Promise<void> {
    await this.#serve.stop('SIGTERM')
  }

  async #repeat(withinMs: number, act: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      await wait(this.#rng.between(1, withinMs), undefined, { signal }).catch(() => undefined)
      if (!signal.aborted) await act()
    }
  }

  async #kill(): Promise<void> {
    await this.#serve.stop('SIGKILL')
    this.kills += 1
    await wait(this.#rng.between(0, LONGEST_AWAY_MS))
    this.#serve = await start(await argumentsOf(this.#data, this.#serve))
  }

  /** While the server is away nobody takes a fault. */
  async #addFault(): Promise<void> {
    if (await this.#console('POST', faultOf(this.#rng))) this.faults += 1
  }

  async #console(method: string, body: Fault | undefined): Promise<boolean> {
    try {
      const answer = await fetch(new URL('/api/faults', this.info.console), {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
      if (!answer.ok) throw new Error(`${method} /api/faults was answered with ${answer.status}`)
      return true
    } catch (error) {
      // fetch says TypeError where nobody listens.
      if (error instanceof TypeError && !this.#stopping.signal.aborted) return false
      throw error
    }
  }
}

/** On a busy machine a start may take too long, and is killed: one kill more. */
async function start(args: string[]): Promise<ServeProcess> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startServe(args)
    } catch (error) {
      if (tries === MOST_STARTS || !String(error).includes('SIGKILL')) throw error
    }
  }
}

async function argumentsOf(data: string, before?: ServeProcess): Promise<string[]> {
  return ['--data', data, '--log', 'error', ...(await portsOf(before))]
}

function faultOf(rng: Rng): Fault {
  const times = rng.between(1, 3)
  return rng.pick<Fault>([
    { badSalt: true, times },
    { error: { code: 420, type: `FLOOD_WAIT_${rng.between(1, 5)}` }, times },
    { method: 'updates.getDifference', error: { code: 420, type: 'FLOOD_WAIT_3' }, times },
    { error: { code: 500, type: 'INTERNAL' }, times },
    { error: { code: -503, type: 'Timeout' }, times },
    { fileDc: OTHER_DC, times },
    { drop: true, times },
    { close: true, times },
    { cut: true, times },
    { transport: -429, times },
    { delayMs: rng.between(1, 3_000), times },
    { push: 'drop', times: rng.between(1, 10) },
    { push: 'double', times: rng.between(1, 10) },
    { push: 'delay', delayMs: rng.between(1, 3_000), times: rng.between(1, 10) },
    { push: 'reorder', times: rng.between(1, 10) },
    { difference: 'slice', times: rng.between(1, 10) },
    { difference: 'outdated', times },
  ])
}
