import { encodeService, type ServiceMessage } from '../../../packages/mtproto/src/service.ts'
import { generatedSchema } from '../../../packages/tl/src/properties/schemas.ts'
import type { Rng } from '../../simulation/rng.ts'
import { join, mark, pick, word } from '../target.ts'

const { schema } = generatedSchema('service')
const IDS = [...schema.constructors, ...schema.methods].map(({ id }) => id)
/**
 * rpc_result, gzip_packed, vector, invokeAfterMsg, invokeWithLayer, boolTrue: the neighbours of service
 * messages.
 */
const NEIGHBOUR_IDS = [0xf35c6d01, 0x3072cfa1, 0x1cb5c415, 0xcb9f372d, 0xda9b0d0d, 0x997275b5]

/** Constructor ids of the service schema, and places for values that only a run knows. */
export const SERVICE_WORDS: readonly Uint8Array[] = [
  ...[...IDS, ...NEIGHBOUR_IDS].map(word),
  ...Array.from({ length: 12 }, (_, index) => mark(index)),
]

const MARKED = 0x00000003_f1f1f1f1n

/** A serialized service message of any kind, with marks for message ids. */
export function makeService(rng: Rng): Uint8Array {
  const ids = Array.from({ length: rng.between(0, 5) }, () => MARKED + (BigInt(rng.between(0, 12)) << 32n))
  const [id = MARKED] = ids
  const small = rng.between(-2, 100)
  const messages: readonly ServiceMessage[] = [
    { _: 'msgs_ack', msgIds: ids },
    { _: 'msgs_state_req', msgIds: ids },
    { _: 'msg_resend_req', msgIds: ids },
    { _: 'msg_resend_ans_req', msgIds: ids },
    { _: 'msgs_state_info', reqMsgId: id, info: rng.bytes(ids.length) },
    { _: 'msgs_all_info', msgIds: ids, info: rng.bytes(ids.length) },
    { _: 'msg_detailed_info', msgId: id, answerMsgId: id + 1n, bytes: small, status: 0 },
    { _: 'msg_new_detailed_info', answerMsgId: id, bytes: small, status: 0 },
    {
      _: 'bad_msg_notification',
      badMsgId: id,
      badMsgSeqno: small,
      errorCode: pick(rng, [16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64]),
    },
    { _: 'bad_server_salt', badMsgId: id, badMsgSeqno: small, errorCode: 48, newServerSalt: 1n },
    { _: 'new_session_created', firstMsgId: id, uniqueId: 1n, serverSalt: 1n },
    { _: 'pong', msgId: id, pingId: 1n },
    { _: 'ping', pingId: 1n },
    { _: 'ping_delay_disconnect', pingId: 1n, disconnectDelay: small },
    { _: 'destroy_session', sessionId: id },
    { _: 'destroy_auth_key' },
    { _: 'rpc_drop_answer', reqMsgId: id },
    { _: 'get_future_salts', num: small },
    { _: 'http_wait', maxDelay: small, waitAfter: small, maxWait: small },
    {
      _: 'future_salts',
      reqMsgId: id,
      now: 1_750_000_000,
      salts: [{ _: 'future_salt', validSince: 1_750_000_000, validUntil: 1_750_003_600, salt: 1n }],
    },
    { _: 'rpc_error', errorCode: 420, errorMessage: 'FLOOD_WAIT_3' },
    { _: 'destroy_auth_key_ok' },
    { _: 'rpc_answer_dropped', msgId: id, seqNo: small, bytes: small },
  ]
  const body = encodeService(pick(rng, messages))
  if (rng.chance(0.2)) return join(word(0xf35c6d01), mark(rng.between(0, 12)), body)
  return rng.chance(0.1) ? join(word(pick(rng, IDS)), body) : body
}
