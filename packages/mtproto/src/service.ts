/** The service schema as the machines use it: one value for every message MTProto itself sends. */
import { TlReader } from '@cablegram/tl'
import {
  type AnyConstructor,
  constructorName,
  decode,
  decodeRequest,
  encode,
  encodeRequest,
  type MethodName,
  methodName,
  type P_Q_inner_data,
  type Requests,
  read,
  readRequest,
  type Types,
} from '@cablegram/tl/service'
import { readConstructorId } from './envelope/index.ts'

/** Any message of the service schema but containers, rpc_result and gzip_packed, which are read by hand. */
export type ServiceMessage = AnyConstructor | Requests[MethodName]

/** The message of this TL name. */
export type ServiceMessageOf<N extends ServiceMessage['_']> = Extract<ServiceMessage, { _: N }>

/** The type each message is a constructor of. */
const TYPES: { readonly [N in AnyConstructor['_']]: keyof Types } = {
  resPQ: 'ResPQ',
  p_q_inner_data: 'P_Q_inner_data',
  p_q_inner_data_dc: 'P_Q_inner_data',
  p_q_inner_data_temp: 'P_Q_inner_data',
  p_q_inner_data_temp_dc: 'P_Q_inner_data',
  server_DH_params_ok: 'Server_DH_Params',
  server_DH_params_fail: 'Server_DH_Params',
  server_DH_inner_data: 'Server_DH_inner_data',
  client_DH_inner_data: 'Client_DH_Inner_Data',
  dh_gen_ok: 'Set_client_DH_params_answer',
  dh_gen_retry: 'Set_client_DH_params_answer',
  dh_gen_fail: 'Set_client_DH_params_answer',
  bind_auth_key_inner: 'BindAuthKeyInner',
  rpc_error: 'RpcError',
  rpc_answer_unknown: 'RpcDropAnswer',
  rpc_answer_dropped_running: 'RpcDropAnswer',
  rpc_answer_dropped: 'RpcDropAnswer',
  future_salt: 'FutureSalt',
  future_salts: 'FutureSalts',
  pong: 'Pong',
  destroy_session_ok: 'DestroySessionRes',
  destroy_session_none: 'DestroySessionRes',
  new_session_created: 'NewSession',
  msgs_ack: 'MsgsAck',
  bad_msg_notification: 'BadMsgNotification',
  bad_server_salt: 'BadMsgNotification',
  msg_resend_req: 'MsgResendReq',
  msg_resend_ans_req: 'MsgResendReq',
  msgs_state_req: 'MsgsStateReq',
  msgs_state_info: 'MsgsStateInfo',
  msgs_all_info: 'MsgsAllInfo',
  msg_detailed_info: 'MsgDetailedInfo',
  msg_new_detailed_info: 'MsgDetailedInfo',
  destroy_auth_key_ok: 'DestroyAuthKeyRes',
  destroy_auth_key_none: 'DestroyAuthKeyRes',
  destroy_auth_key_fail: 'DestroyAuthKeyRes',
  http_wait: 'HttpWait',
}

/** A service message as bytes. */
export function encodeService(message: ServiceMessage): Uint8Array {
  return isConstructor(message) ? encode(TYPES[message._], message) : encodeRequest(message)
}

/** Tells whether a body begins with the id of a service message. */
export function isService(body: Uint8Array): boolean {
  const id = readConstructorId(body)
  return constructorName(id) !== undefined || methodName(id) !== undefined
}

/**
 * The service message a body is, all of it.
 *
 * @throws DecodeError
 */
export function decodeService(body: Uint8Array): ServiceMessage {
  return methodName(readConstructorId(body)) === undefined ? decode('Object', body) : decodeRequest(body)
}

/**
 * The service message that a body begins with, and how many bytes it takes: TDLib pads unencrypted messages with
 * random bytes and counts them in message_data_length.
 *
 * @throws DecodeError
 */
export function decodeLeading(body: Uint8Array): { message: ServiceMessage; length: number } {
  const reader = new TlReader(body)
  const isMethod = methodName(readConstructorId(body)) !== undefined
  const message: ServiceMessage = isMethod ? readRequest(reader) : read('Object', reader)
  return { message, length: reader.offset }
}

/**
 * An object that padding follows, and how many bytes it took.
 *
 * @throws DecodeError
 */
export function decodePadded<N extends AnyConstructor['_']>(
  name: readonly N[],
  bytes: Uint8Array,
): { message: ServiceMessageOf<N>; length: number } {
  const reader = new TlReader(bytes)
  const message = read('Object', reader)
  if (!isNamed(message, name)) return reader.unknown(name[0] ?? '')
  return { message, length: reader.offset }
}

function isConstructor(message: ServiceMessage): message is AnyConstructor {
  return message._ in TYPES
}

function isNamed<N extends AnyConstructor['_']>(
  message: ServiceMessage,
  names: readonly N[],
): message is ServiceMessageOf<N> {
  return (names as readonly string[]).includes(message._)
}

export type { AnyConstructor as ServiceConstructor, P_Q_inner_data as PqInnerData }
