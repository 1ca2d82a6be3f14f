import { RpcError } from '@cablegram/mtproto'
import { DecodeError, UsageError } from '@cablegram/tl'
import { decodeRequest } from '@cablegram/tl/layers'

const MAX_ACCOUNTS = 1_000
const MAX_CALLS_OF_ACCOUNT = 1_000
/** Of the requests and answers of all accounts, as they went over the wire. */
const MAX_BYTES = 16 * 1024 * 1024

/** The end of a call: an answer, a refusal, or neither, because a fault withheld both. */
export type CallEnd =
  | { readonly kind: 'answered'; readonly result: unknown; readonly bytes: number }
  | { readonly kind: 'refused'; readonly error: RpcError }
  | { readonly kind: 'withheld' }

/** A call that an account has made. */
export interface WatchedCall {
  /** From 1 on, in the order in which the calls of the account began. */
  readonly id: number
  readonly method: string
  /** The request as a TL value; undefined if it could not be read. */
  readonly request: unknown
  /** Undefined while the call is under way. */
  end: CallEnd | undefined
}

/** A call that has begun. */
export interface OpenCall {
  /** The first end counts. */
  end(end: CallEnd): void
}

interface Watched {
  readonly calls: Stored[]
  /** Calls that have begun. */
  begun: number
  /** Calls that have begun, and calls that have ended. */
  changes: number
}

interface Stored extends WatchedCall {
  bytes: number
}

/** Remembers the calls of the accounts that a test acts as: what a bot under test has asked for, and what it was told. */
export class WatchedCalls {
  /** The account that was asked about longest ago first. */
  readonly #watched = new Map<bigint, Watched>()
  #bytes = 0

  /** Remembers the calls of an account from now on. */
  watch(userId: bigint): void {
    const known = this.#watched.get(userId)
    this.#watched.delete(userId)
    this.#watched.set(userId, known ?? { calls: [], begun: 0, changes: 0 })
    if (this.#watched.size > MAX_ACCOUNTS) this.#forgetOldest()
  }

  /** Notes that an account calls something. @returns undefined for an account that nobody watches */
  begin(userId: bigint | undefined, method: string, body: Uint8Array): OpenCall | undefined {
    const watched = userId === undefined ? undefined : this.#watched.get(userId)
    if (watched === undefined) return undefined
    watched.begun += 1
    watched.changes += 1
    const bytes = body.length
    const call: Stored = { id: watched.begun, method, request: readable(body), end: undefined, bytes }
    this.#add(watched, call)
    return {
      end: (end) => {
        if (call.end !== undefined) return
        call.end = end
        watched.changes += 1
        if (end.kind === 'answered' && watched.calls.includes(call)) this.#grow(call, end.bytes)
      },
    }
  }

  /** The calls of an account that are remembered, the oldest first. */
  of(userId: bigint): readonly WatchedCall[] {
    return this.#watched.get(userId)?.calls ?? []
  }

  /** A number that changes with each call of an account that begins or ends. */
  changesOf(userId: bigint): number {
    return this.#watched.get(userId)?.changes ?? 0
  }

  /** Forgets everything. */
  clear(): void {
    this.#watched.clear()
    this.#bytes = 0
  }

  #add(watched: Watched, call: Stored): void {
    watched.calls.push(call)
    if (watched.calls.length > MAX_CALLS_OF_ACCOUNT) this.#dropFirst(watched)
    this.#bytes += call.bytes
    this.#shrink()
  }

  #grow(call: Stored, bytes: number): void {
    call.bytes += bytes
    this.#bytes += bytes
    this.#shrink()
  }

  #shrink(): void {
    for (const watched of this.#watched.values()) {
      while (this.#bytes > MAX_BYTES && watched.calls.length > 0) this.#dropFirst(watched)
    }
  }

  #dropFirst(watched: Watched): void {
    const first = watched.calls.shift()
    this.#bytes -= first?.bytes ?? 0
  }

  #forgetOldest(): void {
    const [oldest] = this.#watched
    if (oldest === undefined) return
    const [userId, { calls }] = oldest
    for (const { bytes } of calls) this.#bytes -= bytes
    this.#watched.delete(userId)
  }
}

function readable(body: Uint8Array): unknown {
  try {
    return decodeRequest(body)
  } catch (error) {
    if (error instanceof DecodeError || error instanceof UsageError || error instanceof RpcError)
      return undefined
    throw error
  }
}
