import { ProtocolError } from '../errors.ts'

/** New sessions without an answer in between, before the connection is given up. */
const MAX_RESTARTS = 5
/** Times that the server may say on one connection, without an answer in between, that it has made the session. */
const MAX_CREATED = 16
/** Sessions given up that the server is still to be told of. */
const MAX_ABANDONED = 16

/** Counts the restarts of a client's session, and lists earlier sessions that the server need not keep. */
export class Restarts {
  /** There has been another session before this one. */
  hasRestarted = false
  #inARow = 0
  #created = 0
  readonly #abandoned = new Set<bigint>()

  /** Sessions that the server has not said to have destroyed. */
  get abandoned(): Iterable<bigint> {
    return this.#abandoned
  }

  /** @throws ProtocolError SESSION_REJECTED */
  begin(): void {
    this.#inARow += 1
    this.hasRestarted = true
    if (this.#inARow <= MAX_RESTARTS) return
    throw new ProtocolError('SESSION_REJECTED', 'the server refused too many new sessions in a row')
  }

  /**
   * The server says that it has made the session: each time the application looks for updates that it has missed.
   *
   * @throws ProtocolError SESSION_REJECTED
   */
  onCreated(): void {
    this.#created += 1
    if (this.#created <= MAX_CREATED) return
    throw new ProtocolError('SESSION_REJECTED', 'the server forgot the session too often in a row')
  }

  /** There is another connection. */
  onReopened(): void {
    this.#created = 0
  }

  abandon(sessionId: bigint): void {
    if (this.#abandoned.size < MAX_ABANDONED) this.#abandoned.add(sessionId)
  }

  onDestroyed(sessionId: bigint): void {
    this.#abandoned.delete(sessionId)
  }

  /** The server has answered in a session: it takes it. */
  onAnswer(): void {
    this.#inARow = 0
    this.#created = 0
  }
}
