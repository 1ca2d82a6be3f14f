import type { ConnectionId } from '@cablegram/mtproto'

/** A session over HTTP. */
interface UnsentSession {
  bytes: number
  /** Connections that have asked for files. */
  readonly connections: Set<ConnectionId>
}

/**
 * Counts bytes of files that are made for sessions over HTTP and wait for a request of theirs, which takes them along: no buffer
 * of a connection shows them.
 */
export class UnsentFiles {
  readonly #sessions = new Map<bigint, UnsentSession>()
  readonly #sessionOf = new Map<ConnectionId, bigint>()

  /** Notes that a connection asks for files for a session. */
  ask(connection: ConnectionId, sessionId: bigint): void {
    if (this.#sessionOf.get(connection) === sessionId) return
    this.close(connection)
    const session = this.#sessions.get(sessionId) ?? { bytes: 0, connections: new Set() }
    session.connections.add(connection)
    this.#sessions.set(sessionId, session)
    this.#sessionOf.set(connection, sessionId)
  }

  /** Bytes that wait for any request of the connection's session. */
  bytesFor(connection: ConnectionId): number {
    const sessionId = this.#sessionOf.get(connection)
    return sessionId === undefined ? 0 : (this.#sessions.get(sessionId)?.bytes ?? 0)
  }

  /** Counts an answer that is made. */
  make(sessionId: bigint, bytes: number): void {
    const session = this.#sessions.get(sessionId)
    if (session !== undefined) session.bytes += bytes
  }

  /** Notes what a request of a session has taken along. @returns connections that have asked for files of the session */
  send(sessionId: bigint, bytes: number): readonly ConnectionId[] {
    const session = this.#sessions.get(sessionId)
    if (session === undefined || session.bytes === 0) return []
    session.bytes = Math.max(0, session.bytes - bytes)
    return [...session.connections]
  }

  /** Forgets a connection that has closed, and its session with the last one. */
  close(connection: ConnectionId): void {
    const sessionId = this.#sessionOf.get(connection)
    if (sessionId === undefined) return
    this.#sessionOf.delete(connection)
    const session = this.#sessions.get(sessionId)
    session?.connections.delete(connection)
    if (session?.connections.size === 0) this.#sessions.delete(sessionId)
  }
}
