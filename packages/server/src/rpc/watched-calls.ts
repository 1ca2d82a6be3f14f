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
    const { value: request, fileBytes } = told(readable(body))
    const bytes = body.length - fileBytes
    const call: Stored = { id: watched.begun, method, request, end: undefined, bytes }
    this.#add(watched, call)
    return {
      end: (end) => {
        if (call.end !== undefined) return
        const { end: kept, fileBytes } = withoutFile(end)
        call.end = kept
        watched.changes += 1
        if (kept.kind === 'answered' && watched.calls.includes(call)) this.#grow(call, kept.bytes - fileBytes)
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
    // Calls that are under way do not find themselves any more when they end.
    for (const { calls } of this.#watched.values()) calls.length = 0
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
    for (const { bytes } of calls.splice(0)) this.#bytes -= bytes
    this.#watched.delete(userId)
  }
}

/** Says how long the bytes of a file are, in place of the bytes: they belong to others, and are many. */
function told(value: unknown): { readonly value: unknown; readonly fileBytes: number } {
  if (!isFilePart(value)) return { value, fileBytes: 0 }
  const fileBytes = value.bytes.length
  return { value: { ...value, bytes: `${fileBytes} bytes` }, fileBytes }
}

function withoutFile(end: CallEnd): { readonly end: CallEnd; readonly fileBytes: number } {
  if (end.kind !== 'answered') return { end, fileBytes: 0 }
  const { value: result, fileBytes } = told(end.result)
  return { end: { ...end, result }, fileBytes }
}

/** Tells whether a request or an answer has a part of a file. */
function isFilePart(value: unknown): value is { readonly _: string; readonly bytes: Uint8Array } {
  if (typeof value !== 'object' || value === null || !('_' in value) || !('bytes' in value)) return false
  return String(value._).startsWith('upload.') && value.bytes instanceof Uint8Array
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
