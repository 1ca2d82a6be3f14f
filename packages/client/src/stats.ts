/** The calls of a client since it was made. */
export interface CallStats {
  /** Without an answer yet; calls that wait are among them. */
  readonly inFlight: number
  readonly total: number
  readonly answered: number
  readonly failed: {
    /** The server has refused them, other than for a wait. */
    readonly refused: number
    /** A wait was longer than the call may wait (420). */
    readonly flooded: number
    readonly timedOut: number
    /** Given up by their signal. */
    readonly aborted: number
    /** The connection or the session has ended. */
    readonly lost: number
    readonly other: number
  }
}

/** A connection to a data centre. */
export interface ConnectionStats {
  readonly dcId: number
  /** `home` carries calls and updates, `upload` and `download` parts of files, `away` calls to another data centre. */
  readonly purpose: 'home' | 'away' | 'upload' | 'download'
  readonly state: 'connecting' | 'connected' | 'lost' | 'closed'
  /** Host and port, while it is connected. */
  readonly address?: string
  /** Time from the last call to its answer in ms, once there was one. */
  readonly answerMs?: number
}

/** The updates that handlers are told of. */
export interface UpdateStats {
  /** Whether everything that the server has told is with the handlers. */
  readonly isCaughtUp: boolean
  /** Handed to handlers since the client was made. */
  readonly delivered: number
  /** With handlers that have not resolved. */
  readonly unconfirmed: number
  /** Held back until missing ones are there. */
  readonly waiting: number
  /** How often some were missing. */
  readonly gaps: number
  /** Channels whose counters are followed. */
  readonly channels: number
}

/**
 * Facts about a client at this moment, as plain values that `JSON.stringify` takes. Counts are since the client was made.
 *
 * @example
 * ```ts
 * import type { TelegramClient } from '@cablegram/client'
 *
 * export function healthOf(client: TelegramClient): string {
 *   const { calls, updates } = client.stats()
 *   return `${calls.inFlight} calls under way, ${updates?.unconfirmed ?? 0} updates with handlers`
 * }
 * ```
 */
export interface ClientStats {
  readonly connections: readonly ConnectionStats[]
  readonly calls: CallStats
  /** Waits that the server has asked for, and those before repetitions. */
  readonly waits: {
    readonly total: number
    readonly totalMs: number
    /** Kinds of calls that are held up by an earlier refusal. */
    readonly remembered: number
  }
  /** On the wire, of connections to the server's data centres, with all overhead but that of TCP. */
  readonly bytes: { readonly sent: number; readonly received: number }
  /** Undefined without a handler of updates. */
  readonly updates: UpdateStats | undefined
  /** Users and chats. */
  readonly peers: { readonly atHand: number }
}
