import type { MsgId, ServerInput, ServerKey, ServerOutput, SessionRef, SizedMachine } from '../machine.ts'
import { decodeCall, encodeEcho, encodeError, encodeRefetched, errorOf, type SimulatedCall } from './calls.ts'

const BIND_ID = 0xcdd42a05
const BOOL_TRUE = Uint8Array.of(0xb5, 0x75, 0x72, 0x99)

/** A request that the node has been told to run. */
export interface RanRequest extends SimulatedCall {
  /** The number of restarts of the process before. */
  readonly life: number
  readonly session: SessionRef
  readonly msgId: MsgId
}

/** A client's updates, and the session that gets them. */
interface Inbox {
  /** The number of updates so far. */
  updates: number
  /** The session that was seen last for the first time; undefined while the process knows none. */
  session: SessionRef | undefined
  readonly sessions: Set<bigint>
}

/** A server machine with what a gateway does about it; its permanent keys and what has happened outlive the machine. */
export class ServerNode {
  readonly keys: Map<bigint, ServerKey> = new Map()
  readonly ran: RanRequest[] = []
  machine: SizedMachine<ServerInput, ServerOutput>
  /** So many bindings are refused, as if the permanent key were unknown. */
  bindErrors = 0
  /** So many bindings have to wait. */
  bindFloods = 0
  life = 0
  readonly #start: (life: number) => SizedMachine<ServerInput, ServerOutput>
  /** Which permanent key each temporary one speaks for. */
  readonly #bound = new Map<bigint, bigint>()
  readonly #inited = new Set<bigint>()
  readonly #inboxes = new Map<number, Inbox>()

  constructor(start: (life: number) => SizedMachine<ServerInput, ServerOutput>) {
    this.#start = start
    this.machine = start(0)
  }

  /** The process dies and starts again: sessions and temporary keys are gone. */
  restart(): void {
    for (const [id, { expiresAtS }] of this.keys) if (expiresAtS !== undefined) this.keys.delete(id)
    for (const inbox of this.#inboxes.values()) {
      inbox.session = undefined
      inbox.sessions.clear()
    }
    this.life += 1
    this.machine = this.#start(this.life)
  }

  /** The node forgets which permanent keys its temporary ones belong to. */
  unbind(): void {
    this.#bound.clear()
  }

  /** The key is gone, and the temporary ones bound to it; these, or undefined where there was no such key. */
  destroy(authKeyId: bigint): bigint[] | undefined {
    if (!this.keys.delete(authKeyId)) return undefined
    const bound = [...this.#bound].filter(([, permAuthKeyId]) => permAuthKeyId === authKeyId)
    return bound.map(([tempAuthKeyId]) => tempAuthKeyId).filter((id) => this.keys.delete(id))
  }

  keep(key: ServerKey): boolean {
    if (this.keys.has(key.authKey.id)) return false
    this.keys.set(key.authKey.id, key)
    return true
  }

  /** Something happens that a client is to hear of: its number, and the session to tell, if there is one. */
  update(client: number): { number: number; session: SessionRef | undefined } {
    const inbox = this.#inbox(client)
    inbox.updates += 1
    return { number: inbox.updates - 1, session: inbox.session }
  }

  /** The number of updates for a client. */
  updates(client: number): number {
    return this.#inbox(client).updates
  }

  /** Answers as a gateway does, by the rules of protocol.md sections 8 and 10. */
  answer({ session, msgId, body }: Extract<ServerOutput, { kind: 'request' }>): {
    readonly body: Uint8Array
    readonly call?: SimulatedCall
  } {
    const { authKeyId } = session
    const view = new DataView(body.buffer, body.byteOffset, body.length)
    if (view.getUint32(0, true) === BIND_ID) {
      const permAuthKeyId = view.getBigInt64(4, true)
      this.bindFloods -= 1
      if (this.bindFloods >= 0) return { body: encodeError(420, 'FLOOD_WAIT_1') }
      this.bindErrors -= 1
      if (this.bindErrors >= 0 || !this.keys.has(permAuthKeyId))
        return { body: encodeError(400, 'ENCRYPTED_MESSAGE_INVALID') }
      this.#bound.set(authKeyId, permAuthKeyId)
      return { body: BOOL_TRUE }
    }
    if (this.keys.get(authKeyId)?.expiresAtS !== undefined && !this.#bound.has(authKeyId)) {
      return { body: encodeError(401, 'AUTH_KEY_PERM_EMPTY') }
    }
    const { call, isWrapped } = decodeCall(body)
    if (!isWrapped && !this.#inited.has(authKeyId)) return { body: encodeError(400, 'CONNECTION_NOT_INITED') }
    this.#inited.add(authKeyId)
    this.ran.push({ ...call, life: this.life, session, msgId })
    this.#note(call.client, session)
    return { body: this.#run(call), call }
  }

  #run(call: SimulatedCall): Uint8Array {
    if (call.asked === 'echo') return encodeEcho(call)
    if (call.asked === 'refetch') return encodeRefetched(this.updates(call.client))
    const error = errorOf(call.callId)
    return encodeError(error.code, error.message)
  }

  /** A session that has been replaced does not get the updates back by what it still asks. */
  #note(client: number, session: SessionRef): void {
    const inbox = this.#inbox(client)
    if (inbox.session !== undefined && inbox.sessions.has(session.sessionId)) return
    inbox.sessions.add(session.sessionId)
    inbox.session = session
  }

  #inbox(client: number): Inbox {
    const inbox = this.#inboxes.get(client) ?? { updates: 0, session: undefined, sessions: new Set() }
    this.#inboxes.set(client, inbox)
    return inbox
  }
}
