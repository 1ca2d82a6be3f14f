import { ConnectionError, RpcError } from '@cablegram/mtproto'
import type { Clock } from './clock.ts'

/** A call on its way. */
export interface OutgoingCall<Result> {
  readonly method: string
  readonly body: Uint8Array
  /** Reads the answer; the bytes are only valid while it runs. */
  readonly decode: (body: Uint8Array) => Result
  /** For the answer, repetitions included. */
  readonly timeoutMs: number
  /** The rest of that, if it was sent before. */
  readonly leftMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Its place in a chain of calls that the server is to run in order. */
  readonly turn?: CallTurn | undefined
}

/** The place of a call in a chain of calls. */
export interface CallTurn {
  /** The call before, until that is over. */
  readonly before: CallTurn | undefined
  /** The id of the call, and the connection that it was sent on. */
  sent: { readonly by: object; readonly callId: number } | undefined
}

/** Why a call got no answer in time. */
export interface TimeoutReason {
  readonly text: string
  readonly cause: Error | undefined
}

/** Tells what the connection went through since a time. */
export type ExplainTimeout = (sinceMs: number) => TimeoutReason

interface PendingCall {
  readonly method: string
  settle(body: Uint8Array): void
  reject(error: unknown): void
}

/** The calls that have no answer yet, each with its deadline. */
export class Calls {
  readonly #clock: Clock
  readonly #onGivenUp: (callId: number) => void
  readonly #explainTimeout: ExplainTimeout
  readonly #pending = new Map<number, PendingCall>()
  #lastCallId = 0
  /** The time from the last call to its answer; undefined before the first one. */
  answerMs: number | undefined

  /** @param onGivenUp called when a deadline or an abort signal has ended a call */
  constructor(clock: Clock, onGivenUp: (callId: number) => void, explainTimeout: ExplainTimeout) {
    this.#clock = clock
    this.#onGivenUp = onGivenUp
    this.#explainTimeout = explainTimeout
  }

  /** Registers a call: its id, and the promise of its result. */
  add<Result>(call: OutgoingCall<Result>): { callId: number; result: Promise<Result> } {
    this.#lastCallId += 1
    const callId = this.#lastCallId
    const result = new Promise<Result>((resolve, reject) => {
      const giveUp = (error: unknown) => {
        done()
        reject(error)
        this.#onGivenUp(callId)
      }
      const onAbort = () => giveUp(call.signal?.reason)
      call.signal?.addEventListener('abort', onAbort, { once: true })
      const sinceMs = this.#clock.nowMs()
      const cancelTimer = this.#clock.after(call.leftMs ?? call.timeoutMs, () => {
        giveUp(timeoutError(call, this.#explainTimeout(sinceMs)))
      })
      const done = () => {
        this.#pending.delete(callId)
        call.signal?.removeEventListener('abort', onAbort)
        if (call.turn) call.turn.sent = undefined
        cancelTimer()
      }
      this.#pending.set(callId, {
        method: call.method,
        settle: (body) => {
          done()
          this.answerMs = Math.max(this.#clock.nowMs() - sinceMs, 0)
          try {
            resolve(call.decode(body))
          } catch (error) {
            reject(error)
          }
        },
        reject: (error) => {
          done()
          reject(error)
        },
      })
    })
    return { callId, result }
  }

  /** The answer is there. One that nobody waits for any longer is dropped. */
  settle(callId: number, body: Uint8Array): void {
    this.#pending.get(callId)?.settle(body)
  }

  /** The server said no; only here is it known to what. */
  refuse(callId: number, error: RpcError): void {
    const call = this.#pending.get(callId)
    call?.reject(new RpcError(error.code, error.message, call.method))
  }

  /** It could not even be sent. */
  fail(callId: number, error: unknown): void {
    this.#pending.get(callId)?.reject(error)
  }

  /** None of them will be answered. */
  failAll(error: Error): void {
    for (const call of [...this.#pending.values()]) call.reject(error)
  }
}

/** The error for a call that has no answer in time. */
export function timeoutError(
  { method, timeoutMs }: { readonly method: string; readonly timeoutMs: number },
  { text, cause }: TimeoutReason,
): ConnectionError {
  const message = `${method} was not answered within ${timeoutMs / 1000} s: ${text}.`
  return new ConnectionError('CALL_TIMEOUT', message, cause === undefined ? undefined : { cause })
}
