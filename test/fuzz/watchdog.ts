import { Worker } from 'node:worker_threads'

const INPUT_BYTES = 1 << 16

/**
 * Ends the process when one input runs for longer than `limitMs`, and names it: a hang cannot be caught
 * from within.
 */
export class Watchdog {
  readonly #head: Int32Array
  readonly #input: Uint8Array
  readonly #worker: Worker

  constructor(target: string, limitMs: number) {
    const memory = new SharedArrayBuffer(8 + INPUT_BYTES)
    this.#head = new Int32Array(memory, 0, 2)
    this.#input = new Uint8Array(memory, 8)
    this.#worker = new Worker(new URL('./watchdog-thread.ts', import.meta.url), {
      workerData: { memory, target, limitMs },
    })
    this.#worker.unref()
  }

  /** Notes the input that is about to run. */
  watch(input: Uint8Array): void {
    this.#input.set(input.subarray(0, INPUT_BYTES))
    this.#head[1] = input.length
    Atomics.add(this.#head, 0, 1)
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }
}
