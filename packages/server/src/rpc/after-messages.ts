import type { MsgId, SessionRef } from '@cablegram/mtproto'
import { machineTimer, type StartTimer } from '../ground/clock.ts'
import { refusal } from '../rules/index.ts'

const WAIT_MS = 500
const MAX_SESSIONS = 4096
const MAX_MESSAGES = 128

/** Outcomes of a session's latest requests, the oldest first; a promise while the request runs. */
type Outcomes = Map<MsgId, Promise<boolean> | boolean>

/** Remembers how the latest requests of each session went, for invokeAfterMsg: whether each has succeeded. */
export class AfterMessages {
  readonly #timeoutCode: number
  readonly #startTimer: StartTimer
  /** The longest unused session first. */
  readonly #sessions = new Map<SessionRef, Outcomes>()

  /** @param timeoutCode of MSG_WAIT_TIMEOUT */
  constructor(timeoutCode: number, startTimer: StartTimer = machineTimer) {
    this.#timeoutCode = timeoutCode
    this.#startTimer = startTimer
  }

  /**
   * Notes a request that has begun.
   * @param counts whether what `answer` resolves to is success; it always is where this is left out
   */
  add<T>(
    session: SessionRef,
    msgId: MsgId,
    answer: Promise<T>,
    counts: (value: T) => boolean = () => true,
  ): void {
    const outcomes: Outcomes = this.#sessions.get(session) ?? new Map()
    this.#sessions.delete(session)
    this.#sessions.set(session, outcomes)
    const settle = (hasSucceeded: boolean): boolean => {
      // A promise takes several times the memory of its outcome.
      if (outcomes.has(msgId)) outcomes.set(msgId, hasSucceeded)
      return hasSucceeded
    }
    outcomes.set(
      msgId,
      answer.then(
        (value) => settle(counts(value)),
        () => settle(false),
      ),
    )
    dropOldest(outcomes, MAX_MESSAGES)
    dropOldest(this.#sessions, MAX_SESSIONS)
  }

  /**
   * Waits until all these requests of the session have succeeded.
   * @throws {RpcError} MSG_WAIT_FAILED if one is unknown or has failed, MSG_WAIT_TIMEOUT if one takes longer
   */
  async wait(session: SessionRef, msgIds: readonly MsgId[]): Promise<void> {
    const known = this.#sessions.get(session)
    const outcomes = msgIds.map((msgId) => known?.get(msgId) ?? false)
    let cancel = (): void => undefined
    const timeout = new Promise<'timeout'>((resolve) => {
      cancel = this.#startTimer(() => resolve('timeout'), WAIT_MS)
    })
    const outcome = await Promise.race([Promise.all(outcomes), timeout])
    cancel()
    if (outcome === 'timeout') throw refusal('MSG_WAIT_TIMEOUT', { code: this.#timeoutCode })
    if (outcome.includes(false)) throw refusal('MSG_WAIT_FAILED')
  }
}

function dropOldest(entries: Map<unknown, unknown>, limit: number): void {
  if (entries.size <= limit) return
  const [oldest] = entries.keys()
  entries.delete(oldest)
}
