import { RpcError } from '../errors.ts'
import { encodeService } from '../service.ts'

/** The request of a simulated client: an echo, an error, or everything that it has missed. */
export type Asked = 'echo' | 'error' | 'refetch'

/** A method call of a simulation. */
export interface SimulatedCall {
  readonly client: number
  readonly callId: number
  readonly asked: Asked
  /** Of an echo. */
  readonly answerBytes: number
}

const CALL_ID = 0x5eed5eed
const UPDATE_ID = 0xe317af7e
const KINDS: readonly Asked[] = ['echo', 'error', 'refetch']

/** Stands for invokeWithLayer + initConnection. */
export const INIT_PREFIX: Uint8Array = Uint8Array.of(0x0d, 0x0d, 0x9b, 0xda)

/** A call as bytes. */
export function encodeCall({ client, callId, asked, answerBytes }: SimulatedCall): Uint8Array {
  return words(CALL_ID, client, callId, KINDS.indexOf(asked), answerBytes)
}

/** The call that a body is, with or without the prefix. */
export function decodeCall(body: Uint8Array): { call: SimulatedCall; isWrapped: boolean } {
  const isWrapped = INIT_PREFIX.every((byte, i) => byte === body[i])
  const view = new DataView(body.buffer, body.byteOffset + (isWrapped ? INIT_PREFIX.length : 0))
  const asked = KINDS[view.getUint32(12)] ?? 'echo'
  const call = {
    client: view.getUint32(4),
    callId: view.getUint32(8),
    asked,
    answerBytes: view.getUint32(16),
  }
  return { call, isWrapped }
}

/** The answer to an echo: its id and bytes that gzip cannot shorten much. */
export function encodeEcho({ client, callId, answerBytes }: SimulatedCall): Uint8Array {
  const body = new Uint8Array(answerBytes)
  for (let i = 4; i < answerBytes; i++) body[i] = Math.imul(i + callId, 2654435761) >>> 24
  new DataView(body.buffer).setUint32(0, 0xec000000 + client * 0x10000 + callId)
  return body
}

/** The answer to a refetch: how many updates there have been. */
export function encodeRefetched(updates: number): Uint8Array {
  return words(UPDATE_ID, updates)
}

/** The error of an error call. */
export function errorOf(callId: number): RpcError {
  return new RpcError(420, `FLOOD_WAIT_${callId}`)
}

/** An rpc_error as bytes. */
export function encodeError(errorCode: number, errorMessage: string): Uint8Array {
  return encodeService({ _: 'rpc_error', errorCode, errorMessage })
}

/** Update number `number` of a client, counted from 0. */
export function encodeUpdate(number: number): Uint8Array {
  return words(UPDATE_ID, number)
}

/** The number in an update, or in the answer to a refetch. */
export function decodeNumber(body: Uint8Array): number {
  return new DataView(body.buffer, body.byteOffset, body.length).getUint32(4)
}

function words(...values: number[]): Uint8Array {
  const body = new Uint8Array(values.length * 4)
  const view = new DataView(body.buffer)
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value)
  return body
}
