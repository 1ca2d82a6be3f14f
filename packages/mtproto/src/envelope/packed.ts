import { concatBytes, gzip, unpack } from '../crypto/index.ts'
import { ProtocolError } from '../errors.ts'
import type { MsgId } from '../machine.ts'
import { readConstructorId } from './container.ts'

/** The constructor id of gzip_packed. */
export const GZIP_PACKED_ID = 0x3072cfa1
/** The constructor id of rpc_result. */
export const RPC_RESULT_ID = 0xf35c6d01
/** Smaller bodies do not get smaller by enough. */
const MIN_GZIP_BYTES = 256

/** The answer to a request, before it is taken apart. */
export interface RpcResult {
  readonly reqMsgId: MsgId
  /** A view: the serialized result, rpc_error or gzip_packed. */
  readonly result: Uint8Array
}

/** rpc_result: id, req_msg_id, and the result unchanged, copied because it may be kept for long. */
export function encodeRpcResult(reqMsgId: MsgId, result: Uint8Array): Uint8Array {
  const body = new Uint8Array(12 + result.length)
  const view = new DataView(body.buffer)
  view.setUint32(0, RPC_RESULT_ID, true)
  view.setBigInt64(4, reqMsgId, true)
  body.set(result, 12)
  return body
}

/**
 * The parts of an rpc_result.
 *
 * @throws ProtocolError RPC_RESULT_INVALID
 */
export function decodeRpcResult(body: Uint8Array): RpcResult {
  if (body.length < 16 || readConstructorId(body) !== RPC_RESULT_ID) {
    throw new ProtocolError('RPC_RESULT_INVALID', 'an rpc_result is too short')
  }
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  return { reqMsgId: view.getBigInt64(4, true), result: body.subarray(12) }
}

/** `body` as gzip_packed if that makes it smaller, else `body` itself. A packed body stays as it is. */
export function pack(body: Uint8Array): Uint8Array {
  if (body.length < MIN_GZIP_BYTES || isPacked(body)) return body
  const data = gzip(body)
  const head =
    data.length <= 253
      ? Uint8Array.of(data.length)
      : Uint8Array.of(0xfe, data.length, data.length >> 8, data.length >> 16)
  const padding = new Uint8Array(-(head.length + data.length) & 3)
  const packed = concatBytes(idBytes(GZIP_PACKED_ID), head, data, padding)
  return packed.length < body.length ? packed : body
}

/** Tells whether a body is gzip_packed. */
export function isPacked(body: Uint8Array): boolean {
  return readConstructorId(body) === GZIP_PACKED_ID
}

/**
 * The contents of a gzip_packed; any other body as it is. The contents may be packed again: the caller limits the depth.
 *
 * @throws ProtocolError GZIP_INVALID, GZIP_TOO_LARGE beyond `maxBytes`
 */
export function unpackBody(body: Uint8Array, maxBytes: number): Uint8Array {
  return isPacked(body) ? unpack(packedData(body), maxBytes) : body
}

function packedData(body: Uint8Array): Uint8Array {
  const short = body[4] ?? 0
  const isLong = short === 0xfe
  const length = isLong ? (body[5] ?? 0) | ((body[6] ?? 0) << 8) | ((body[7] ?? 0) << 16) : short
  const start = isLong ? 8 : 5
  if (short === 0xff || start + length > body.length) {
    throw new ProtocolError('GZIP_INVALID', 'a gzip_packed ends before its data does')
  }
  return body.subarray(start, start + length)
}

function idBytes(id: number): Uint8Array {
  return Uint8Array.of(id, id >> 8, id >> 16, id >> 24)
}
