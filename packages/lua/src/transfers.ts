import { ConnectionError } from '@cablegram/client'
import type { Progress } from './library/host.ts'

/** Options of a call that tells of its progress. */
export interface TransferOptions {
  readonly onProgress: (doneBytes: number, totalBytes?: number) => void
  readonly signal: AbortSignal
}

interface Transfer {
  readonly abort: AbortController
  /** The newest progress that the script has not heard of: older ones are of no use to it. */
  progress: Progress | undefined
  /** Wakes the script, which waits for progress or the end of the call. */
  wake: () => void
  readonly ended: Promise<unknown>
  isOver: boolean
}

/** Calls of a script that send or get files and tell of their progress. The script asks for news, as its thread blocks. */
export class Transfers {
  readonly #open = new Map<number, Transfer>()
  #last = 0

  /** Begins a call. @returns its number */
  begin(call: (options: TransferOptions) => Promise<unknown>): number {
    this.#last += 1
    const abort = new AbortController()
    const onProgress = (doneBytes: number, totalBytes?: number) => {
      transfer.progress = { doneBytes, totalBytes }
      transfer.wake()
    }
    const end = () => {
      transfer.isOver = true
      transfer.wake()
    }
    const ended = Promise.resolve().then(() => call({ onProgress, signal: abort.signal }))
    const transfer: Transfer = {
      abort,
      progress: undefined,
      wake: () => {},
      ended,
      isOver: false,
    }
    // `next` gives the error to the script.
    ended.then(end, end)
    this.#open.set(this.#last, transfer)
    return this.#last
  }

  /** The progress that the script has not heard of, as soon as there is any, or the answer of the call. */
  async next(number: number): Promise<Progress> {
    const transfer = this.#open.get(number)
    if (transfer === undefined) throw new Error(`there is no transfer ${number}`)
    if (transfer.progress === undefined && !transfer.isOver) {
      await new Promise<void>((resolve) => {
        transfer.wake = resolve
      })
    }
    const { progress } = transfer
    transfer.progress = undefined
    if (progress !== undefined) return progress
    this.#open.delete(number)
    return { answer: await transfer.ended }
  }

  /** Ends a call: its function `on_progress` has failed. */
  giveUp(number: number): void {
    this.#open
      .get(number)
      ?.abort.abort(new ConnectionError('CLIENT_CLOSED', 'The script gave the transfer up'))
    this.#open.delete(number)
  }

  /** The script has ended. */
  close(): void {
    for (const number of this.#open.keys()) this.giveUp(number)
  }
}
