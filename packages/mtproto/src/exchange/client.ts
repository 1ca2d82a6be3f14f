import {
  type AesKeyIv,
  deriveAuxHash,
  deriveFirstSalt,
  deriveNewNonceHash,
  deriveTmpAes,
  type encryptRsaPad,
  factorPq,
  makeAuthKey,
  type RsaPublicKey,
  readLong,
  timingSafeEqual,
} from '../crypto/index.ts'
import { ProtocolError, SecurityError } from '../errors.ts'
import type { AuthKey, Random } from '../machine.ts'
import { encodeService, type PqInnerData, type ServiceMessage, type ServiceMessageOf } from '../service.ts'
import { makeClientDh } from './big-numbers.ts'
import { checkLength, checkNonce, checkNonces, EXCHANGE_BYTES } from './checks.ts'
import { decryptInner, encryptInner } from './inner-data.ts'

/** Options of a client's exchange. */
export interface ClientExchangeSetup {
  readonly random: Random
  readonly serverKeys: readonly RsaPublicKey[]
  /** As in p_q_inner_data_dc; undefined for the older form that names no data centre. */
  readonly dcId: number | undefined
  /** For a temporary key. */
  readonly expiresInS: number | undefined
  /** The padding of the inner data: RSA_PAD, or the old one for servers that know no other. */
  readonly encryptInnerData: typeof encryptRsaPad
}

/** Times that dh_gen_retry is followed; two in a row are as likely as a SHA-1 collision. */
const MAX_DH_RETRIES = 5

interface Nonces {
  readonly nonce: Uint8Array
  readonly serverNonce: Uint8Array
}

interface AwaitResPq {
  readonly at: 'awaitResPq'
  readonly nonce: Uint8Array
}

interface AwaitDhParams extends Nonces {
  readonly at: 'awaitDhParams'
  readonly newNonce: Uint8Array
}

interface AwaitDhGen extends Nonces {
  readonly at: 'awaitDhGen'
  readonly newNonce: Uint8Array
  readonly tmpAes: AesKeyIv
  readonly dh: { readonly g: number; readonly dhPrime: Uint8Array; readonly gA: Uint8Array }
  readonly serverTimeS: number
  readonly key: Uint8Array
  readonly retries: number
}

/** A client's exchange between two messages. */
export type ClientExchange = AwaitResPq | AwaitDhParams | AwaitDhGen

/** A key made, with what else both sides know from making it. */
export interface MadeKey {
  readonly authKey: AuthKey
  readonly firstSalt: bigint
  /** The server's clock when it sent server_DH_inner_data, modulo 2^32. */
  readonly serverTimeS: number
}

/** The result of a message: the next message to send, or the key. */
export type ClientStep =
  | { readonly state: ClientExchange; readonly send: Uint8Array }
  | { readonly made: MadeKey }

/** Begins an exchange with req_pq_multi. */
export function startExchange(setup: ClientExchangeSetup): { state: ClientExchange; send: Uint8Array } {
  const nonce = setup.random(16)
  return { state: { at: 'awaitResPq', nonce }, send: encodeService({ _: 'req_pq_multi', nonce }) }
}

/**
 * Takes the server's next message.
 *
 * @throws ProtocolError, DecodeError: the exchange is over
 */
export function onExchangeMessage(
  state: ClientExchange,
  message: ServiceMessage,
  setup: ClientExchangeSetup,
): ClientStep {
  switch (message._) {
    case 'resPQ':
      if (state.at === 'awaitResPq') return onResPq(state, message, setup)
      break
    case 'server_DH_params_ok':
      if (state.at === 'awaitDhParams') return onServerDhParams(state, message, setup)
      break
    case 'dh_gen_ok':
    case 'dh_gen_retry':
    case 'dh_gen_fail':
      if (state.at === 'awaitDhGen') return onDhGen(state, message, setup)
      break
  }
  throw new ProtocolError('EXCHANGE_UNEXPECTED', `${message._} in a key exchange that is ${state.at}`)
}

/** resPQ → req_DH_params: factors pq and says which key it trusts. */
export function onResPq(
  state: AwaitResPq,
  message: ServiceMessageOf<'resPQ'>,
  setup: ClientExchangeSetup,
): ClientStep {
  const { nonce, serverNonce, pq } = message
  checkNonce(nonce, state.nonce)
  checkLength(pq, EXCHANGE_BYTES.factor, 'pq')
  const offered = message.serverPublicKeyFingerprints
  const serverKey = setup.serverKeys.find(({ fingerprint }) => offered.includes(fingerprint))
  if (!serverKey) {
    throw new SecurityError(
      'SERVER_KEY_UNKNOWN',
      'the server has none of the public keys we know: it is another server, or its key has changed',
    )
  }
  const { p, q } = factorPq(pq)
  const newNonce = setup.random(32)
  const inner = encodeService(
    makeInnerData({ pq, p, q, nonce, serverNonce, newNonce }, setup.dcId, setup.expiresInS),
  )
  const send = encodeService({
    _: 'req_DH_params',
    nonce,
    serverNonce,
    p,
    q,
    publicKeyFingerprint: serverKey.fingerprint,
    encryptedData: setup.encryptInnerData(serverKey, inner, setup.random),
  })
  return { state: { at: 'awaitDhParams', nonce, serverNonce, newNonce }, send }
}

function makeInnerData(
  numbers: Omit<ServiceMessageOf<'p_q_inner_data'>, '_'>,
  dc: number | undefined,
  expiresIn: number | undefined,
): PqInnerData {
  if (dc === undefined) {
    return expiresIn === undefined
      ? { _: 'p_q_inner_data', ...numbers }
      : { _: 'p_q_inner_data_temp', ...numbers, expiresIn }
  }
  return expiresIn === undefined
    ? { _: 'p_q_inner_data_dc', ...numbers, dc }
    : { _: 'p_q_inner_data_temp_dc', ...numbers, dc, expiresIn }
}

/** server_DH_params_ok → set_client_DH_params: checks the server's numbers and makes the key. */
export function onServerDhParams(
  state: AwaitDhParams,
  message: ServiceMessageOf<'server_DH_params_ok'>,
  setup: ClientExchangeSetup,
): ClientStep {
  checkNonces(message, state)
  const { nonce, serverNonce, newNonce } = state
  const tmpAes = deriveTmpAes(newNonce, serverNonce)
  const inner = decryptInner(tmpAes, 'server_DH_inner_data', message.encryptedAnswer)
  checkNonces(inner, state)
  const { g, dhPrime, gA } = inner
  const serverTimeS = inner.serverTime >>> 0
  checkLength(dhPrime, EXCHANGE_BYTES.dh, 'dh_prime')
  checkLength(gA, EXCHANGE_BYTES.dh, 'g_a')
  return attempt({ nonce, serverNonce, newNonce, tmpAes, dh: { g, dhPrime, gA }, serverTimeS }, 0n, 0, setup)
}

/** One set_client_DH_params. */
function attempt(
  exchange: Omit<AwaitDhGen, 'at' | 'key' | 'retries'>,
  retryId: bigint,
  retries: number,
  setup: ClientExchangeSetup,
): ClientStep {
  const { nonce, serverNonce, tmpAes, dh } = exchange
  const { gB, key } = makeClientDh(dh.g, dh.dhPrime, dh.gA, setup.random)
  const inner = { _: 'client_DH_inner_data', nonce, serverNonce, retryId, gB } as const
  const encryptedData = encryptInner(tmpAes, inner, setup.random)
  const send = encodeService({ _: 'set_client_DH_params', nonce, serverNonce, encryptedData })
  return { state: { at: 'awaitDhGen', ...exchange, key, retries }, send }
}

/** dh_gen_ok, _retry or _fail: each proves with its hash that the server has the key. */
export function onDhGen(
  state: AwaitDhGen,
  message: ServiceMessageOf<'dh_gen_ok' | 'dh_gen_retry' | 'dh_gen_fail'>,
  setup: ClientExchangeSetup,
): ClientStep {
  checkNonces(message, state)
  const { newNonce, key } = state
  const auxHash = deriveAuxHash(key)
  const checkHash = (hash: Uint8Array, number: 1 | 2 | 3) => {
    if (!timingSafeEqual(hash, deriveNewNonceHash(newNonce, number, auxHash))) {
      throw new SecurityError('NEW_NONCE_HASH_MISMATCH', 'the server computed another key')
    }
  }
  switch (message._) {
    case 'dh_gen_ok':
      checkHash(message.newNonceHash1, 1)
      return {
        made: {
          authKey: makeAuthKey(key),
          firstSalt: deriveFirstSalt(newNonce, state.serverNonce),
          serverTimeS: state.serverTimeS,
        },
      }
    case 'dh_gen_retry': {
      checkHash(message.newNonceHash2, 2)
      if (state.retries >= MAX_DH_RETRIES) throw new ProtocolError('DH_GEN_FAILED', 'too many dh_gen_retry')
      const { nonce, serverNonce, tmpAes, dh, serverTimeS } = state
      const exchange = { nonce, serverNonce, newNonce, tmpAes, dh, serverTimeS }
      return attempt(exchange, readLong(auxHash), state.retries + 1, setup)
    }
    case 'dh_gen_fail':
      checkHash(message.newNonceHash3, 3)
      throw new ProtocolError('DH_GEN_FAILED', 'the server has given up the key exchange')
  }
}
