/** Errors that clients saw in a fault, and calls that go on until they are answered. */
import { setTimeout as wait } from 'node:timers/promises'
import { ConnectionError, RpcError } from '@cablegram/mtproto'

const PAUSE_MS = 50

/** Counts what clients saw. */
export class Seen {
  readonly #counts = new Map<string, number>()

  /** Notes an error that a client may meet while something is broken. @throws the error, if it is another one */
  note(error: unknown): void {
    if (!isPassing(error)) throw error
    const name = error instanceof RpcError ? `${error.code} ${error.message}` : error.code
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1)
  }

  /** Calls again after each error that passes, as programs do. */
  async untilAnswered<T>(call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call()
      } catch (error) {
        this.note(error)
        await wait(PAUSE_MS)
      }
    }
  }

  /** In words, what was noted since the last time. */
  take(): string {
    const words = this.toString()
    this.#counts.clear()
    return words
  }

  /** In words, the most frequent first. */
  toString(): string {
    const counted = [...this.#counts].toSorted(([, one], [, other]) => other - one)
    if (counted.length === 0) return 'no error'
    return counted.map(([name, times]) => `${name} (${times} times)`).join(', ')
  }
}

/** Failures of the server or of the way to it: the request may be repeated. Refusals are not. */
function isPassing(error: unknown): error is RpcError | ConnectionError {
  if (error instanceof ConnectionError) return error.code !== 'CLIENT_CLOSED'
  return error instanceof RpcError && (error.code >= 500 || error.code < 0)
}
