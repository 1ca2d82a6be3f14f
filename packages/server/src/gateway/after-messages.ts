import { type MsgId, RpcError, type SessionRef } from '@cablegram/mtproto'

const WAIT_MS = 500
const MAX_SESSIONS = 4096
const MAX_MESSAGES = 128

/**
 * Remembers how the latest requests of each session went, for invokeAfterMsg: true once a request has
 * succeeded, false once it has failed.
 */
export class AfterMessages {
  /** The longest unused session first, the oldest message first; a promise while the request runs. */
  readonly #sessions = new Map<string, Map<MsgId, Promise<boolean> | boolean>>()

  /** Notes a request that has begun. */
  add(session: SessionRef, msgId: MsgId, succeeded: Promise<boolean>): void {
    const name = `${session.authKeyId}:${session.sessionId}`
    const messages = this.#sessions.get(name) ?? new Map<MsgId, Promise<boolean> | boolean>()
    this.#sessions.delete(name)
    this.#sessions.set(name, messages)
    messages.set(msgId, succeeded)
    succeeded.then((outcome) => {
      // A promise is some times as large as what came of it.
      if (messages.has(msgId)) messages.set(msgId, outcome)
    })
    dropOldest(messages, MAX_MESSAGES)
    dropOldest(this.#sessions, MAX_SESSIONS)
  }

  /**
   * Waits until all these requests of the session have succeeded.
   * @throws {RpcError} MSG_WAIT_FAILED where one is unknown or has failed, MSG_WAIT_TIMEOUT where one takes longer
   */
  async wait(session: SessionRef, msgIds: readonly MsgId[]): Promise<void> {
    const messages = this.#sessions.get(`${session.authKeyId}:${session.sessionId}`)
    const outcomes = msgIds.map((msgId) => messages?.get(msgId) ?? false)
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(() => resolve('timeout'), WAIT_MS)
    })
    const outcome = await Promise.race([Promise.all(outcomes), timeout])
    clearTimeout(timer)
    if (outcome === 'timeout') throw new RpcError(400, 'MSG_WAIT_TIMEOUT')
    if (outcome.includes(false)) throw new RpcError(400, 'MSG_WAIT_FAILED')
  }
}

function dropOldest(entries: Map<unknown, unknown>, limit: number): void {
  if (entries.size <= limit) return
  const [oldest] = entries.keys()
  entries.delete(oldest)
}
