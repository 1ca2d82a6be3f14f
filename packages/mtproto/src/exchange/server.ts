import {
  type AesKeyIv,
  bytesToBigInt,
  checkDhPublic,
  DH_GENERATOR,
  DH_PRIME,
  deriveAuxHash,
  deriveFirstSalt,
  deriveNewNonceHash,
  deriveTmpAes,
  makeAuthKey,
  openRsaBlock,
  type PqFactors,
  type RsaPlaintext,
  type RsaPrivateKey,
  readLong,
} from '../crypto/index.ts'
import { ProtocolError, SecurityError, TransportError } from '../errors.ts'
import type { AuthKey, Random } from '../machine.ts'
import { decodePadded, encodeService, type PqInnerData, type ServiceMessageOf } from '../service.ts'
import { checkLength, checkNonces, EXCHANGE_BYTES, isSameNumber } from './checks.ts'
import {
  type KeyComputed,
  type MakeKey,
  makeKey,
  type OpenParams,
  openParams,
  type ParamsOpened,
} from './compute.ts'
import { decryptInner, encryptInner } from './inner-data.ts'

/** A key that a server proves itself with. */
export interface ExchangeKey {
  readonly fingerprint: bigint
  readonly key: RsaPrivateKey
  /** The data centre that has it alone; undefined: all that have none of their own. */
  readonly dcId?: number | undefined
}

/** Options of a server's exchanges. */
export interface ServerExchangeSetup {
  readonly random: Random
  readonly rsaKeys: readonly ExchangeKey[]
  /** Tells whether the connection's data centre has this key. Default: it has all. */
  readonly hasKey?: ((key: ExchangeKey) => boolean) | undefined
  readonly makePq: (random: Random) => PqFactors & { readonly pq: Uint8Array }
  /** Tells whether clients may name a data centre: the absolute value, without the test offset. */
  readonly acceptsDc: (dcId: number) => boolean
  readonly maxDhRetries: number
}

interface Nonces {
  readonly nonce: Uint8Array
  readonly serverNonce: Uint8Array
}

/** The data centre that a client names in an exchange. */
export interface NamedDc {
  /** Absolute value, without the test offset. */
  readonly id: number
  readonly isTest: boolean
}

/** resPQ has been sent. */
export interface AwaitReqDhParams extends Nonces {
  readonly at: 'awaitReqDhParams'
  readonly pq: Uint8Array
}

/** server_DH_params_ok or dh_gen_retry has been sent. */
export interface AwaitSetClientDhParams extends Nonces {
  readonly at: 'awaitSetClientDhParams'
  readonly newNonce: Uint8Array
  readonly tmpAes: AesKeyIv
  readonly a: Uint8Array
  readonly dc: NamedDc | undefined
  /** Of a temporary key. */
  readonly expiresInS: number | undefined
  /** The retry_id of the next attempt: 0, then the auth_key_aux_hash of the attempt before. */
  readonly retryId: bigint
  readonly retries: number
}

/** There is a key; nothing is answered before it is kept. */
export interface AwaitKept extends Omit<AwaitSetClientDhParams, 'at'> {
  readonly at: 'awaitKept'
  readonly authKey: AuthKey
  readonly firstSalt: bigint
}

/** dh_gen_ok or dh_gen_fail has been sent. */
export interface ServerExchangeDone extends Nonces {
  readonly at: 'done'
}

/** A server's exchange between two messages. */
export type ServerExchange = AwaitReqDhParams | AwaitSetClientDhParams | AwaitKept | ServerExchangeDone

/** The state after a message, and what to send. */
export interface ServerStep<State extends ServerExchange> {
  readonly state: State
  readonly send: Uint8Array
}

/** Clients ask for a day at most. */
const MAX_EXPIRES_IN_S = 86_400
/** The number that clients of the test environment add to data centre ids. */
const TEST_OFFSET = 10_000
const INNER_DATA = [
  'p_q_inner_data_dc',
  'p_q_inner_data_temp_dc',
  'p_q_inner_data',
  'p_q_inner_data_temp',
] as const

/** req_pq, req_pq_multi → resPQ, with the fingerprint of every key that the data centre has. */
export function onReqPq(
  message: ServiceMessageOf<'req_pq' | 'req_pq_multi'>,
  setup: ServerExchangeSetup,
): ServerStep<AwaitReqDhParams> {
  const { nonce } = message
  const serverNonce = setup.random(16)
  const { pq } = setup.makePq(setup.random)
  const state: AwaitReqDhParams = { at: 'awaitReqDhParams', nonce, serverNonce, pq }
  return { state, send: encodeResPq(state, setup) }
}

/** The resPQ of this exchange: a repeated request gets the same again. */
export function encodeResPq(state: AwaitReqDhParams, setup: ServerExchangeSetup): Uint8Array {
  const { nonce, serverNonce, pq } = state
  const { rsaKeys, hasKey = () => true } = setup
  const serverPublicKeyFingerprints = rsaKeys.filter(hasKey).map(({ fingerprint }) => fingerprint)
  return encodeService({ _: 'resPQ', nonce, serverNonce, pq, serverPublicKeyFingerprints })
}

/**
 * The computation that req_DH_params needs before it can be answered.
 *
 * @throws ProtocolError: the exchange is over, -404
 */
export function openReqDhParams(
  state: AwaitReqDhParams,
  message: ServiceMessageOf<'req_DH_params'>,
  setup: ServerExchangeSetup,
): OpenParams {
  checkNonces(message, state)
  const { p, q, encryptedData } = message
  checkLength(p, EXCHANGE_BYTES.factor, 'p')
  checkLength(q, EXCHANGE_BYTES.factor, 'q')
  checkLength(encryptedData, EXCHANGE_BYTES.encryptedData, 'encrypted_data')
  const pq = bytesToBigInt(state.pq)
  // Both factors are above 1, or a client could skip the work.
  if (bytesToBigInt(p) * bytesToBigInt(q) !== pq || isSameNumber(p, state.pq) || isSameNumber(q, state.pq)) {
    throw new ProtocolError('PQ_INVALID', 'p and q are not the factors of pq')
  }
  const { rsaKeys, hasKey = () => true } = setup
  const named = message.publicKeyFingerprint
  const rsaKey = rsaKeys.findIndex((each) => each.fingerprint === named && hasKey(each))
  if (rsaKey < 0) {
    throw new ProtocolError('FINGERPRINT_UNKNOWN', 'there is no RSA key with this fingerprint')
  }
  return { kind: 'openParams', rsaKey, encryptedData: encryptedData.slice() }
}

/**
 * req_DH_params, with what it needed computed → server_DH_params_ok.
 *
 * @throws ProtocolError, DecodeError: the exchange is over, -404
 * @throws TransportError -444
 */
export function concludeReqDhParams(
  state: AwaitReqDhParams,
  { p, q }: Pick<ServiceMessageOf<'req_DH_params'>, 'p' | 'q'>,
  { block, dh }: ParamsOpened,
  setup: ServerExchangeSetup,
  nowMs: number,
): ServerStep<AwaitSetClientDhParams> {
  const { nonce, serverNonce } = state
  const plaintext = block && openRsaBlock(block)
  if (!plaintext || !dh) {
    throw new SecurityError('INNER_DATA_INVALID', 'the RSA block has neither of the two paddings')
  }
  const inner = readInnerData(plaintext)
  checkNonces(inner, state)
  checkLength(inner.pq, EXCHANGE_BYTES.factor, 'pq')
  checkLength(inner.p, EXCHANGE_BYTES.factor, 'p')
  checkLength(inner.q, EXCHANGE_BYTES.factor, 'q')
  if (!isSameNumber(inner.pq, state.pq) || !isSameNumber(inner.p, p) || !isSameNumber(inner.q, q)) {
    throw new SecurityError(
      'INNER_DATA_INVALID',
      'the numbers in the inner data differ from those in the message',
    )
  }
  const dc = 'dc' in inner ? readDc(inner.dc) : undefined
  if (dc !== undefined && !setup.acceptsDc(dc.id)) throw new TransportError(-444)
  const expiresInS = 'expiresIn' in inner ? Math.min(inner.expiresIn, MAX_EXPIRES_IN_S) : undefined
  if (expiresInS !== undefined && expiresInS <= 0) {
    throw new ProtocolError('EXPIRES_IN_INVALID', 'the requested lifetime of a temporary key is over')
  }
  const { newNonce } = inner
  const tmpAes = deriveTmpAes(newNonce, serverNonce)
  const { a, gA } = dh
  // The wire has 32 bits for it: from 2038 on it is negative.
  const serverTime = Math.floor(nowMs / 1000) | 0
  const answer = { nonce, serverNonce, g: DH_GENERATOR, dhPrime: DH_PRIME, gA, serverTime }
  const encryptedAnswer = encryptInner(tmpAes, { _: 'server_DH_inner_data', ...answer }, setup.random)
  return {
    state: {
      at: 'awaitSetClientDhParams',
      nonce,
      serverNonce,
      newNonce,
      tmpAes,
      a,
      dc,
      expiresInS,
      retryId: 0n,
      retries: 0,
    },
    send: encodeService({ _: 'server_DH_params_ok', nonce, serverNonce, encryptedAnswer }),
  }
}

/** {@link openReqDhParams} and {@link concludeReqDhParams} at once, for who computes here. */
export function onReqDhParams(
  state: AwaitReqDhParams,
  message: ServiceMessageOf<'req_DH_params'>,
  setup: ServerExchangeSetup,
  nowMs: number,
): ServerStep<AwaitSetClientDhParams> {
  const task = openReqDhParams(state, message, setup)
  return concludeReqDhParams(state, message, openParams(task, keysOf(setup), setup.random), setup, nowMs)
}

/** Media-only data centres are negative. */
function readDc(named: number): NamedDc {
  const id = Math.abs(named)
  return { id: id % TEST_OFFSET, isTest: id >= TEST_OFFSET }
}

/** Every form of the inner data, under either padding. */
function readInnerData(plaintext: RsaPlaintext): PqInnerData {
  const { message, length } = decodePadded(INNER_DATA, plaintext.data)
  if (!plaintext.isIntact(length)) {
    throw new SecurityError('INNER_DATA_INVALID', 'the hash of the inner data is wrong')
  }
  return message
}

/**
 * The computation that set_client_DH_params needs before there is a key.
 *
 * @throws ProtocolError, DecodeError: the exchange is over, -404
 */
export function openSetClientDhParams(
  state: AwaitSetClientDhParams,
  message: ServiceMessageOf<'set_client_DH_params'>,
): MakeKey {
  checkNonces(message, state)
  const inner = decryptInner(state.tmpAes, 'client_DH_inner_data', message.encryptedData)
  checkNonces(inner, state)
  if (inner.retryId !== state.retryId) {
    throw new ProtocolError('RETRY_ID_INVALID', 'retry_id does not name the attempt before')
  }
  checkLength(inner.gB, EXCHANGE_BYTES.dh, 'g_b')
  checkDhPublic(inner.gB, DH_PRIME)
  return { kind: 'makeKey', a: state.a, gB: inner.gB.slice() }
}

/** set_client_DH_params, with what it needed computed → a key, to be kept before anything is answered. */
export function concludeSetClientDhParams(state: AwaitSetClientDhParams, { key }: KeyComputed): AwaitKept {
  const firstSalt = deriveFirstSalt(state.newNonce, state.serverNonce)
  return { ...state, at: 'awaitKept', authKey: makeAuthKey(key), firstSalt }
}

/** {@link openSetClientDhParams} and {@link concludeSetClientDhParams} at once, for who computes here. */
export function onSetClientDhParams(
  state: AwaitSetClientDhParams,
  message: ServiceMessageOf<'set_client_DH_params'>,
): AwaitKept {
  return concludeSetClientDhParams(state, makeKey(openSetClientDhParams(state, message)))
}

/** The key is kept: dh_gen_ok. Its id was taken: dh_gen_retry, and in the end dh_gen_fail. */
export function onKeyKept(
  state: AwaitKept,
  kept: boolean,
  setup: ServerExchangeSetup,
): ServerStep<ServerExchangeDone | AwaitSetClientDhParams> {
  const { nonce, serverNonce, newNonce } = state
  const auxHash = deriveAuxHash(state.authKey.key)
  const hash = (number: 1 | 2 | 3) => deriveNewNonceHash(newNonce, number, auxHash)
  if (kept) {
    const send = encodeService({ _: 'dh_gen_ok', nonce, serverNonce, newNonceHash1: hash(1) })
    return { state: { at: 'done', nonce, serverNonce }, send }
  }
  if (state.retries >= setup.maxDhRetries) {
    const send = encodeService({ _: 'dh_gen_fail', nonce, serverNonce, newNonceHash3: hash(3) })
    return { state: { at: 'done', nonce, serverNonce }, send }
  }
  const { tmpAes, a, dc, expiresInS } = state
  const send = encodeService({ _: 'dh_gen_retry', nonce, serverNonce, newNonceHash2: hash(2) })
  const retry = { retryId: readLong(auxHash), retries: state.retries + 1 }
  return {
    state: {
      at: 'awaitSetClientDhParams',
      nonce,
      serverNonce,
      newNonce,
      tmpAes,
      a,
      dc,
      expiresInS,
      ...retry,
    },
    send,
  }
}

/** The RSA keys in the order that a task counts them in. */
export function keysOf({ rsaKeys }: Pick<ServerExchangeSetup, 'rsaKeys'>): RsaPrivateKey[] {
  return rsaKeys.map(({ key }) => key)
}
