import { concatBytes, longToBytes } from '../crypto/index.ts'
import { readConstructorId } from '../envelope/index.ts'
import { RpcError, UsageError } from '../errors.ts'
import type { ClientInput } from '../machine.ts'
import { decodeService } from '../service.ts'
import type { ClientSession } from './client-session.ts'

/** Options of a client's calls. */
export interface CallsSetup {
  /** Serialized invokeWithLayer + initConnection up to its query. */
  readonly initPrefix: Uint8Array
  readonly maxPendingCalls: number
  /** Retries of a call that is refused for its key's state, before the refusal is its answer. */
  readonly maxRetries: number
  /** Calls go under temporary keys. */
  readonly hasTemporaryKeys: boolean
}

/** The meaning of an answer for its call. */
export type CallOutcome =
  | { readonly kind: 'result'; readonly callId: number; readonly body: Uint8Array }
  | { readonly kind: 'refused'; readonly callId: number; readonly error: RpcError }
  /** The call is fine, its temporary key is not bound: it waits for another. */
  | { readonly kind: 'unbound' }
  /** It goes out again, introduced, or nobody waits for it. */
  | { readonly kind: 'none' }

/** A call of a method. */
type NewCall = Pick<Extract<ClientInput, { kind: 'call' }>, 'callId' | 'body' | 'after'>

interface Call {
  readonly body: Uint8Array
  /** The call that the server is to run before. */
  readonly after: number | undefined
  /** The session it was sent in; undefined while it waits for a key. */
  session: ClientSession | undefined
  isWrapped: boolean
  retries: number
}

/** The id of invokeAfterMsg, in the order of the wire: `invokeAfterMsg msg_id:long query:!X`. */
const INVOKE_AFTER_MSG = Uint8Array.of(0x2d, 0x37, 0x9f, 0xcb)
const RPC_ERROR_ID = 0x2144ca19
const NOT_INITED = ['CONNECTION_NOT_INITED', 'CONNECTION_LAYER_INVALID']

/**
 * The calls of a client, over all its keys and sessions. They are sent as queries of invokeWithLayer and initConnection
 * until an answer shows that the server knows both, and again after each new key.
 *
 * @see protocol.md section 8
 */
export class Calls {
  readonly #setup: CallsSetup
  readonly #calls = new Map<number, Call>()
  #waiting: number[] = []
  /** The server knows our layer and client info under the key in use. */
  #isInited = false

  constructor(setup: CallsSetup) {
    this.#setup = setup
  }

  /** The number of entries. */
  get size(): number {
    return this.#calls.size
  }

  has(callId: number): boolean {
    return this.#calls.has(callId)
  }

  /** @throws UsageError CALL_ID_TAKEN, TOO_MANY_CALLS */
  check(callId: number): void {
    if (this.#calls.has(callId)) throw new UsageError('CALL_ID_TAKEN', `call ${callId} is already pending`)
    if (this.#calls.size >= this.#setup.maxPendingCalls) {
      throw new UsageError('TOO_MANY_CALLS', `${this.#calls.size} calls are pending; wait for some of them`)
    }
  }

  add({ callId, body, after }: NewCall): void {
    this.#calls.set(callId, { body, after, session: undefined, isWrapped: false, retries: 0 })
    this.#waiting.push(callId)
  }

  cancel(callId: number): void {
    const call = this.#calls.get(callId)
    if (!call) return
    this.#calls.delete(callId)
    this.#waiting = this.#waiting.filter((waiting) => waiting !== callId)
    call.session?.cancel((tag) => tag.kind === 'call' && tag.callId === callId)
  }

  /** Notes that there is another key: the server must be told again who we are. */
  onNewKey(): void {
    this.#isInited = false
  }

  /** Sends what waits. */
  handOver(session: ClientSession): void {
    for (const callId of this.#waiting) {
      const call = this.#calls.get(callId)
      if (!call) continue
      call.session = session
      call.isWrapped = !this.#isInited
      // Made when it is sent: the call before may have got another id since.
      session.request({ kind: 'call', callId }, () => this.#wrapped(call, session))
    }
    this.#waiting = []
  }

  /** @see protocol.md section 8 */
  #wrapped({ body, after, isWrapped }: Call, session: ClientSession): Uint8Array {
    const before = after === undefined ? undefined : session.msgIdOf(after)
    const ordered = before === undefined ? body : concatBytes(INVOKE_AFTER_MSG, longToBytes(before), body)
    return isWrapped ? concatBytes(this.#setup.initPrefix, ordered) : ordered
  }

  /** Takes the calls of ended sessions back, to wait for the next session. */
  takeBack(sessions: readonly (ClientSession | undefined)[]): void {
    for (const [callId, call] of this.#calls) {
      if (!call.session || !sessions.includes(call.session)) continue
      call.session = undefined
      this.#waiting.push(callId)
    }
  }

  /**
   * Decides about an answer.
   *
   * @param from the session it came in
   * @param isInUse whether that is under the key that calls are sent with now
   */
  onAnswer(callId: number, result: Uint8Array, from: ClientSession, isInUse: boolean): CallOutcome {
    const call = this.#calls.get(callId)
    if (!call) return { kind: 'none' }
    const error = readRpcError(result)
    const isNotInited = error !== undefined && NOT_INITED.includes(error.type)
    const isUnbound = error?.type === 'AUTH_KEY_PERM_EMPTY' && this.#setup.hasTemporaryKeys
    if ((isNotInited || isUnbound) && call.retries < this.#setup.maxRetries) {
      // It waits to be sent again already, or has been: twice would run it twice.
      if (call.session !== from) return { kind: 'none' }
      call.retries += 1
      call.session = undefined
      this.#isInited = false
      this.#waiting.push(callId)
      return { kind: isUnbound ? 'unbound' : 'none' }
    }
    if (call.isWrapped && !isNotInited && isInUse) this.#isInited = true
    this.#calls.delete(callId)
    return error ? { kind: 'refused', callId, error } : { kind: 'result', callId, body: result }
  }
}

/** The error that a result is, if it is one. */
export function readRpcError(result: Uint8Array): RpcError | undefined {
  if (readConstructorId(result) !== RPC_ERROR_ID) return undefined
  const error = decodeService(result)
  return error._ === 'rpc_error' ? new RpcError(error.errorCode, error.errorMessage) : undefined
}
