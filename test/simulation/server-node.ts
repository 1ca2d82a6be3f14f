import { readFileSync } from 'node:fs'
import {
  createServerMachine,
  type Machine,
  type MsgId,
  type Random,
  RpcError,
  type ServerInput,
  type ServerKey,
  type ServerOutput,
  type SessionRef,
} from '@cablegram/mtproto'
import { importRsaPrivateKey, parseRsaPublicKey, type RsaPublicKey } from '@cablegram/mtproto/crypto'
import { encode } from '@cablegram/tl/service'

const { rsa_key: rsa } = JSON.parse(
  readFileSync(new URL('../vectors/auth-key.json', import.meta.url), 'utf8'),
)
const PRIVATE_KEY = importRsaPrivateKey(rsa.private_pem_pkcs1)
/** What clients know the server by. */
export const SERVER_KEYS: readonly RsaPublicKey[] = [parseRsaPublicKey(rsa.public_pem_pkcs1)]

/** Stands for invokeWithLayer + initConnection. */
export const INIT_PREFIX: Uint8Array = Uint8Array.of(0x0d, 0x0d, 0x9b, 0xda)
const BIND_ID = 0xcdd42a05
const BOOL_TRUE = Uint8Array.of(0xb5, 0x75, 0x72, 0x99)

/** A request that the node has been told to run. */
export interface RanRequest {
  /** How often the process had been started anew. */
  readonly life: number
  readonly session: SessionRef
  readonly msgId: MsgId
  readonly callId: number
}

/** The body of call `callId`: what to answer it with, and how big. */
export function encodeCall(callId: number, answer: 'echo' | 'error', answerBytes: number): Uint8Array {
  const body = new Uint8Array(16)
  const view = new DataView(body.buffer)
  view.setUint32(0, 0x5eed5eed)
  view.setUint32(4, callId)
  view.setUint32(8, answer === 'echo' ? 0 : 1)
  view.setUint32(12, answerBytes)
  return body
}

/** The answer to an echo call: its id and bytes that gzip cannot shorten much. */
export function encodeEcho(callId: number, length: number): Uint8Array {
  const body = new Uint8Array(length)
  for (let i = 4; i < length; i++) body[i] = Math.imul(i + callId, 2654435761) >>> 24
  new DataView(body.buffer).setUint32(0, 0xec000000 + callId)
  return body
}

/** The error of an error call. */
export function errorOf(callId: number): RpcError {
  return new RpcError(420, `FLOOD_WAIT_${callId}`)
}

/** A server machine with what a gateway does about it, its keys in memory that outlives the machine. */
export class ServerNode {
  readonly keys: Map<bigint, ServerKey> = new Map()
  readonly ran: RanRequest[] = []
  machine: Machine<ServerInput, ServerOutput>
  readonly #random: Random
  /** So many bindings are refused, as if the permanent key were unknown. */
  bindErrors = 0
  readonly #bound = new Set<bigint>()
  readonly #inited = new Set<bigint>()
  #life = 0

  constructor(random: Random) {
    this.#random = random
    this.machine = this.#start()
  }

  /** The process dies and starts again: sessions and temporary keys are gone. */
  restart(): void {
    for (const [id, { expiresAtS }] of this.keys) if (expiresAtS !== undefined) this.keys.delete(id)
    this.#life += 1
    this.machine = this.#start()
  }

  /** The node forgets which permanent keys its temporary ones belong to. */
  unbind(): void {
    this.#bound.clear()
  }

  #start(): Machine<ServerInput, ServerOutput> {
    return createServerMachine({
      random: this.#random,
      rsaKeys: [PRIVATE_KEY],
      saltSecret: new Uint8Array(32).fill(7),
    })
  }

  keep(key: ServerKey): boolean {
    if (this.keys.has(key.authKey.id)) return false
    this.keys.set(key.authKey.id, key)
    return true
  }

  /** What a gateway answers, by the rules of protocol.md sections 8 and 10. */
  answer(request: Extract<ServerOutput, { kind: 'request' }>): Uint8Array {
    const { session, msgId, body } = request
    const { authKeyId } = session
    const view = new DataView(body.buffer, body.byteOffset, body.length)
    if (view.getUint32(0, true) === BIND_ID) {
      this.bindErrors -= 1
      if (this.bindErrors >= 0) return rpcError(400, 'ENCRYPTED_MESSAGE_INVALID')
      this.#bound.add(authKeyId)
      return BOOL_TRUE
    }
    if (this.keys.get(authKeyId)?.expiresAtS !== undefined && !this.#bound.has(authKeyId)) {
      return rpcError(401, 'AUTH_KEY_PERM_EMPTY')
    }
    const isWrapped = INIT_PREFIX.every((byte, i) => byte === body[i])
    if (!isWrapped && !this.#inited.has(authKeyId)) return rpcError(400, 'CONNECTION_NOT_INITED')
    this.#inited.add(authKeyId)
    const at = isWrapped ? INIT_PREFIX.length : 0
    const callId = view.getUint32(at + 4)
    this.ran.push({ life: this.#life, session, msgId, callId })
    if (view.getUint32(at + 8) === 0) return encodeEcho(callId, view.getUint32(at + 12))
    const error = errorOf(callId)
    return rpcError(error.code, error.message)
  }
}

function rpcError(errorCode: number, errorMessage: string): Uint8Array {
  return encode('RpcError', { _: 'rpc_error', errorCode, errorMessage })
}
